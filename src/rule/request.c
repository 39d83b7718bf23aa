/* request.c - see request.h.  No protocol is known here, but how facts.def names
 * kinds and fields: PROTOCOL.request, and `command` of it and of its answers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/request.h"

static struct span text_field(const struct fact *fact, const char *name)
{
    const struct fact_field *field = fact_field_find(fact->kind, span_of(name));
    return field && field->type == FACT_TEXT ? fact_text(fact, field)
                                             : (struct span){NULL, 0};
}

/* "imap" of a fact imap.response, and of a mail.login of IMAP. */
static struct span protocol_of(const struct fact *fact)
{
    struct span name = span_of(fact->kind->name);
    struct span said = text_field(fact, "protocol");
    return said.n ? said : span_first(name, span_find(name, '.'));
}

/* "pop.request" is of "pop3". */
static bool is_request_of(const struct fact_kind *kind, struct span protocol)
{
    struct span rest = span_of(kind->name);
    struct span prefix = span_cut(&rest, '.');
    return span_same(rest, SPAN("request")) && span_starts(protocol, prefix);
}

/* Among the kinds of which there are facts: those are few. */
static const struct fact_kind *request_kind(const struct facts *facts,
                                            struct span protocol)
{
    const struct kinds *kinds = facts_kinds(facts);
    for (unsigned k = 0; (k = kinds_from(kinds, k)) < FACT_KINDS; k++) {
        if (is_request_of(&fact_kinds[k], protocol))
            return &fact_kinds[k];
    }
    return NULL;
}

const struct fact *request_of(const struct facts *facts,
                              const struct fact *answer)
{
    struct span command = text_field(answer, "command");
    const struct fact_kind *kind =
        command.n ? request_kind(facts, protocol_of(answer)) : NULL;
    if (!kind || kind == answer->kind)
        return NULL;
    struct span tag = text_field(answer, "tag");
    const struct fact *found = NULL, *fact;
    for (size_t i = 0;
         (fact = facts_get(facts, (enum fact_kind_number)kind->number, i));
         i++) {
        if (fact->order < answer->order &&
            span_same(text_field(fact, "command"), command) &&
            (!tag.n || span_same(text_field(fact, "tag"), tag)))
            found = fact;
    }
    return found;
}
