/* json.h - one capture's result as JSON, and back again.
 *
 * docs/report.schema.json describes the form.  A worker process hands its
 * result to its parent this way, so nothing that any report shows may be
 * missing from it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <jansson.h>

#include "report/report.h"

/* Reals are rounded to microseconds, so 15 digits show them exactly. */
#define REPORT_JSON_FLAGS JSON_REAL_PRECISION(15)

/* "absent", "ok", ...: by enum step_state. */
extern const char *const json_step_states[];

/* New references. */
json_t *json_of_result(const struct result *result);
json_t *json_of_attempt(const struct result_attempt *attempt);
json_t *json_of_session(const struct result_session *session);
json_t *json_of_finding(const struct result_finding *finding);

/* Facts in the order in which they were told, and such facts from JSON that is
 * trusted no more than that of a result: what is no fact is left out. */
json_t *json_of_facts(const struct facts *facts);
struct facts *facts_of_json(const json_t *array);

/* "tool" of the report. */
json_t *json_of_tool(const struct report_style *style);

/* A result from what json_of_result() made.  The text may have been written by
 * a process that hostile packets took over: whatever is in it, the result is
 * well-formed and its strings are safe to print.  NULL when it is not JSON. */
struct result *result_of_json(struct span text);

#endif
