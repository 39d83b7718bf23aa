/* json_facts.c - the facts of a session as JSON, and back again: how a worker
 * process hands them to its parent.
 *
 *   {"kind": "imap.response", "packet": 17, "time": 1764..., "client": false,
 *    "values": {"tag": "a2", ...}}
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"

#define REAL_MAX 1e12 /* seconds: 30 000 years */

static json_t *value_of(const struct fact *fact, const struct fact_field *field)
{
    struct text safe = {0};
    double real;
    switch (field->type) {
    case FACT_TEXT:
        text_add_safe(&safe, fact_text(fact, field));
        json_t *string = json_string(text_string(&safe));
        text_free(&safe);
        return string;
    case FACT_UINT:
        return json_integer((json_int_t)fact_uint(fact, field));
    case FACT_REAL:
        real = fact_real(fact, field);
        return json_real(isfinite(real) ? real : 0);
    case FACT_BOOL:
        break;
    }
    return json_boolean(fact_bool(fact, field));
}

static json_t *json_of_fact(const struct fact *fact)
{
    json_t *object = json_object(), *values = json_object();
    for (size_t i = 0; i < fact->kind->field_count; i++) {
        const struct fact_field *field = &fact->kind->fields[i];
        json_object_set_new(values, field->name, value_of(fact, field));
    }
    json_object_set_new(object, "kind", json_string(fact->kind->name));
    json_object_set_new(object, "packet",
                        json_integer((json_int_t)fact->frame));
    json_object_set_new(object, "time", json_integer(fact->time));
    json_object_set_new(object, "client", json_boolean(fact->dir == C2S));
    json_object_set_new(object, "values", values);
    return object;
}

json_t *json_of_facts(const struct facts *facts)
{
    json_t *array = json_array();
    const struct fact **all = facts_in_order(facts);
    for (size_t i = 0; i < facts_kept(facts); i++)
        json_array_append_new(array, json_of_fact(all[i]));
    free(all);
    return array;
}

/* Not trusted: a text is made safe to print once more, which changes nothing
 * that was safe before, and lives in mem. */
static void read_value(struct arena *mem, const json_t *value,
                       const struct fact_field *field, uint8_t *values)
{
    struct span *text = (struct span *)(void *)(values + field->offset);
    uint64_t *uint = (uint64_t *)(void *)(values + field->offset);
    double *real = (double *)(void *)(values + field->offset);
    bool *yes = (bool *)(values + field->offset);
    struct text safe = {0};
    switch (field->type) {
    case FACT_TEXT:
        text_add_safe(&safe, span_of(json_string_value(value)));
        *text = arena_copy(mem, text_span(&safe));
        text_free(&safe);
        break;
    case FACT_UINT:
        *uint = (uint64_t)json_integer_value(value);
        break;
    case FACT_REAL:
        *real = fmax(-REAL_MAX, fmin(REAL_MAX, json_number_value(value)));
        break;
    case FACT_BOOL:
        *yes = json_is_true(value);
        break;
    }
}

/* Not negative, so that two of them can be subtracted. */
static int64_t number(const json_t *object, const char *key)
{
    json_int_t n = json_integer_value(json_object_get(object, key));
    return n > 0 ? n : 0;
}

static void read_fact(struct facts *facts, const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "kind"));
    const struct fact_kind *kind = fact_kind_find(span_of(name));
    const json_t *values = json_object_get(object, "values");
    if (!kind)
        return;
    struct arena *mem = arena_new();
    uint8_t *read = arena_alloc(mem, kind->size);
    for (size_t i = 0; i < kind->field_count; i++)
        read_value(mem, json_object_get(values, kind->fields[i].name),
                   &kind->fields[i], read);
    const struct fact fact = {
        .kind = kind,
        .values = read,
        .frame = (uint64_t)number(object, "packet"),
        .time = number(object, "time"),
        .dir = json_is_true(json_object_get(object, "client")) ? C2S : S2C,
    };
    facts_copy(facts, &fact);
    arena_free(&mem);
}

struct facts *facts_of_json(const json_t *array)
{
    struct facts *facts = facts_new(0);
    for (size_t i = 0; i < json_array_size(array); i++)
        read_fact(facts, json_array_get(array, i));
    return facts;
}
