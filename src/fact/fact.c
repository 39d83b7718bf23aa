/* fact.c - the tables that dissectors/facts.def makes; see fact.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "fact/fact.h"

/* clang-format off */
#define TEXT(kind, field, doc) {#field, FACT_TEXT, offsetof(struct fact_##kind, field), doc},
#define UINT(kind, field, doc) {#field, FACT_UINT, offsetof(struct fact_##kind, field), doc},
#define REAL(kind, field, doc) {#field, FACT_REAL, offsetof(struct fact_##kind, field), doc},
#define BOOL(kind, field, doc) {#field, FACT_BOOL, offsetof(struct fact_##kind, field), doc},
#define FACT(id, name, doc, show, ...) \
    static const struct fact_field fields_##id[] = {__VA_ARGS__};
#include "facts.def"
#undef FACT
#undef TEXT
#undef UINT
#undef REAL
#undef BOOL

/* The 0 at the end is none of them: an array must not be empty. */
#define TEXT(kind, field, doc) offsetof(struct fact_##kind, field),
#define UINT(kind, field, doc)
#define REAL(kind, field, doc)
#define BOOL(kind, field, doc)
#define FACT(id, name, doc, show, ...) \
    static const uint16_t texts_##id[] = {__VA_ARGS__ 0};
#include "facts.def"
#undef FACT
#undef TEXT
#undef UINT
#undef REAL
#undef BOOL

const struct fact_kind fact_kinds[FACT_KINDS] = {
#define FACT(id, name, doc, show, ...) \
    {name, doc, show, sizeof(struct fact_##id), FACT_KIND_##id, \
     sizeof fields_##id / sizeof fields_##id[0], fields_##id, \
     sizeof texts_##id / sizeof texts_##id[0] - 1, texts_##id},
#include "facts.def"
#undef FACT
};
/* clang-format on */

const struct fact_kind *fact_kind_find(struct span name)
{
    for (size_t i = 0; i < FACT_KINDS; i++) {
        if (span_same(span_of(fact_kinds[i].name), name))
            return &fact_kinds[i];
    }
    return NULL;
}

const struct fact_field *fact_field_find(const struct fact_kind *kind,
                                         struct span name)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        if (span_same(span_of(kind->fields[i].name), name))
            return &kind->fields[i];
    }
    return NULL;
}

static const void *at(const struct fact *fact, const struct fact_field *field)
{
    return (const uint8_t *)fact->values + field->offset;
}

struct span fact_text(const struct fact *fact, const struct fact_field *field)
{
    return *(const struct span *)at(fact, field);
}

uint64_t fact_uint(const struct fact *fact, const struct fact_field *field)
{
    return *(const uint64_t *)at(fact, field);
}

double fact_real(const struct fact *fact, const struct fact_field *field)
{
    return *(const double *)at(fact, field);
}

bool fact_bool(const struct fact *fact, const struct fact_field *field)
{
    return *(const bool *)at(fact, field);
}
