/* json.c - the comparison for programs; docs/diff.schema.json describes it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "report/json.h"
#include "base/clock.h"
#include "diff/diff.h"

enum { SCHEMA_VERSION = 1 };

static json_t *side_of(const struct diff_side *side)
{
    char time[CLOCK_TEXT];
    if (!side->there)
        return json_null();
    json_t *object = json_object();
    bool packet = side->packet > 0;
    if (packet)
        clock_rfc3339(side->time, time);
    json_object_set_new(object, "packet",
                        packet ? json_integer((json_int_t)side->packet)
                               : json_null());
    json_object_set_new(object, "time",
                        packet ? json_string(time) : json_null());
    json_object_set_new(object, "text", json_string(side->shown));
    return object;
}

static json_t *step_of(const struct diff_step *step)
{
    static const char *const weights[] = {"same", "lesser", "matters"};
    json_t *object = json_object();
    json_object_set_new(object, "step", json_string(step->name));
    json_object_set_new(object, "difference",
                        json_string(weights[step->weight]));
    json_object_set_new(object, "text", json_string(step->says));
    json_object_set_new(object, "also", json_string(step->also));
    json_object_set_new(object, "good", side_of(&step->good));
    json_object_set_new(object, "bad", side_of(&step->bad));
    return object;
}

static json_t *capture_of(const struct result *result,
                          const struct result_session *session)
{
    json_t *object = json_object();
    json_object_set_new(object, "file", json_string(result->file));
    json_object_set_new(object, "verdict",
                        json_string(verdict_names[result->verdict]));
    json_object_set_new(object, "error",
                        result->error ? json_string(result->error)
                                      : json_null());
    json_object_set_new(object, "session",
                        session ? json_of_session(session) : json_null());
    return object;
}

void diff_print_json(const struct diff *diff, const struct report_style *style,
                     FILE *out)
{
    json_t *object = json_object(), *steps = json_array();
    json_t *notes = json_array();
    for (size_t i = 0; i < diff->step_count; i++)
        json_array_append_new(steps, step_of(&diff->steps[i]));
    for (size_t i = 0; i < diff->note_count; i++)
        json_array_append_new(notes, json_string(diff->notes[i]));
    json_object_set_new(object, "schema_version", json_integer(SCHEMA_VERSION));
    json_object_set_new(object, "tool", json_of_tool(style));
    json_object_set_new(object, "good",
                        capture_of(diff->good, diff->good_session));
    json_object_set_new(object, "bad",
                        capture_of(diff->bad, diff->bad_session));
    json_object_set_new(object, "differs", json_boolean(diff->first != NULL));
    json_object_set_new(object, "first",
                        diff->first ? step_of(diff->first) : json_null());
    json_object_set_new(object, "finding",
                        diff->cause ? json_of_finding(diff->cause)
                                    : json_null());
    json_object_set_new(object, "steps", steps);
    json_object_set_new(object, "notes", notes);
    json_dumpf(object, out, JSON_INDENT(2) | REPORT_JSON_FLAGS);
    fputc('\n', out);
    json_decref(object);
}
