/* dialog.h - a conversation written down: what was said, what must be told.
 *
 * The format is described in README.md.  A dialog is read whole into memory of
 * its own and does not change afterwards.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_DIALOGS_DIALOG_H
#define TESTS_DIALOGS_DIALOG_H

#include "base/arena.h"
#include "base/err.h"
#include "dissector.h"

enum step_kind {
    STEP_SAY, /* bytes, by dir */
    STEP_GAP, /* count bytes of dir that were never captured */
    STEP_TLS, /* from here on the bytes are as if decrypted */
};

struct step {
    enum step_kind kind;
    enum dir dir;
    struct span bytes;
    uint64_t count;
    int64_t time;  /* nanoseconds since the dialog began */
    unsigned line; /* in the file */
};

struct wanted_field {
    const struct fact_field *field;
    struct span value; /* as fact_field_show() would write it */
};

enum { WANTED_FIELDS = 24 };

/* "= kind field=value ..." or "!= ...". */
struct wanted {
    const struct fact_kind *kind;
    bool never;
    unsigned line;
    size_t field_count;
    struct wanted_field fields[WANTED_FIELDS];
};

struct dialog {
    struct span protocol; /* "imap" */
    uint16_t port;
    bool show_users, over_tls, midstream, no_synack;
    enum end end;
    enum dir closer;  /* who closed first, or reset */
    int64_t duration; /* time of the end */
    int64_t date;     /* when it was, for captures of it; 0: some day */
    struct step *steps;
    size_t step_count, step_room;
    struct wanted *wanted; /* in the order of the file */
    size_t wanted_count, wanted_room;
    struct span *findings; /* "!" lines: ids */
    size_t finding_count, finding_room;
};

/* Reads a file; everything lives in mem.  The protocol is guessed from the
 * first word of the file's name. */
bool dialog_read(const char *path, struct arena *mem, struct dialog *dialog,
                 struct err *err);

#endif
