/* fact.h - what a fact is: a kind, typed fields, and where it was seen.
 *
 * A fact is something that happened, in the past tense, without judgement.
 * dissectors/facts.def is the one list of kinds.  It makes the structs below,
 * the tables that rules are checked against, `mailwhy facts` and docs/facts.md.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef FACT_FACT_H
#define FACT_FACT_H

#include "base/span.h"

/* Which side of a connection.  The client is who sent the SYN; where none was
 * captured, who the ports and the words say it is. */
enum dir { C2S, S2C };

enum fact_type { FACT_TEXT, FACT_UINT, FACT_REAL, FACT_BOOL };

struct fact_field {
    const char *name;
    enum fact_type type;
    size_t offset; /* in the kind's struct */
    const char *doc;
};

struct fact_kind {
    const char *name; /* as rules write it: "imap.response" */
    const char *doc;
    const char *show; /* a sentence with {field}s: the evidence line */
    size_t size;      /* of the kind's struct */
    unsigned number;  /* 0.. in the order of facts.def */
    size_t field_count;
    const struct fact_field *fields;
    size_t text_count;     /* of the fields, how many are texts */
    const uint16_t *texts; /* their offsets, again: what a copy has to visit */
};

/* The structs: struct fact_imap_response { struct span command; ... } */
#define TEXT(kind, field, doc) struct span field;
#define UINT(kind, field, doc) uint64_t field;
#define REAL(kind, field, doc) double field; /* seconds, unless doc says */
#define BOOL(kind, field, doc) bool field;
#define FACT(id, name, doc, show, ...)                                         \
    struct fact_##id {                                                         \
        __VA_ARGS__                                                            \
    };
#include "facts.def"
#undef FACT
#undef TEXT
#undef UINT
#undef REAL
#undef BOOL

/* FACT_KIND_imap_response is its number; FACT_KINDS how many there are. */
enum fact_kind_number {
#define FACT(id, name, doc, show, ...) FACT_KIND_##id,
#include "facts.def"
#undef FACT
    FACT_KINDS
};

/* All kinds, by number. */
extern const struct fact_kind fact_kinds[FACT_KINDS];

/* By name, or NULL. */
const struct fact_kind *fact_kind_find(struct span name);
const struct fact_field *fact_field_find(const struct fact_kind *kind,
                                         struct span name);

/* One fact as it is kept.  `values` is the kind's struct. */
struct fact {
    const struct fact_kind *kind;
    const void *values;
    uint64_t frame;   /* as Wireshark counts; 0: no single packet shows it */
    int64_t time;     /* nanoseconds, see clock.h */
    uint64_t order;   /* the facts of a subject in the order they were told */
    uint64_t session; /* id of the session it is about; 0: none */
    enum dir dir;     /* who spoke, where somebody did */
};

/* The fields of one fact; the field must be of the kind and of the type. */
struct span fact_text(const struct fact *fact, const struct fact_field *field);
uint64_t fact_uint(const struct fact *fact, const struct fact_field *field);
double fact_real(const struct fact *fact, const struct fact_field *field);
bool fact_bool(const struct fact *fact, const struct fact_field *field);

#endif
