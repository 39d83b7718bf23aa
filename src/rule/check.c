/* check.c - whether a rule's labels are what they may be, and whether the
 * rules of a base go together; see read.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "rule/base.h"
#include "rule/read.h"

const char *const severity_names[] = {"critical", "high", "medium",
                                      "low",      "info", NULL};
const char *const confidence_names[] = {"certain", "likely", "possible", NULL};
const char *const heal_names[HEALS] = {"",        "nothing", "work",
                                       "login", "message", "any-port"};
const char *const where_names[] = {"client",  "local-network", "path", "server",
                                   "account", "capture",       NULL};
const char *const family_names[] = {
    "network", "server",         "account",           "firewall", "client",
    "quota",   "authentication", "security-software", "protocol", "tls",
    "dns",     "capture",        NULL};
const char *const scope_names[SCOPES] = {"session", "lookup", "endpoint",
                                         "client", "capture"};

size_t name_index(const char *const *names, const char *name)
{
    size_t i = 0;
    while (names[i] && strcmp(names[i], name) != 0)
        i++;
    return i;
}

int read_word(struct reader *r, const yaml_node_t *node, const char *what,
              const char *const *words, size_t count)
{
    const char *text = node_text(r->document, node, what, false);
    if (!text)
        return -1;
    char all[256] = "";
    size_t n = 0;
    struct suggestion s = suggestion_for(span_of(text));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], text) == 0)
            return (int)i;
        suggestion_offer(&s, words[i]);
        int more = snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "",
                            words[i]);
        n += more > 0 && (size_t)more < sizeof all - n ? (size_t)more : 0;
    }
    complain(r->document->complaints, node_line(node),
             "%s: \"%s\" is none of %s%s", what, text, all,
             suggestion_text(&s).text);
    return -1;
}

/* Small letters and digits, words joined by single hyphens. */
static bool is_hyphenated(struct span s)
{
    bool joined = true; /* nothing, or a hyphen, stands before */
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (c != '-' || joined))
            return false;
        joined = !letter;
    }
    return s.n > 0 && !joined;
}

bool check_id(struct reader *r, const yaml_node_t *node,
              const struct rule *rule)
{
    struct span what = span_of(rule->id);
    struct span family = span_cut(&what, '.');
    if (!span_same(family, span_of(rule->family)))
        complain(r->document->complaints, node_line(node),
                 "id: \"%s\" should begin with its family: %s.", rule->id,
                 rule->family);
    else if (!is_hyphenated(what))
        complain(r->document->complaints, node_line(node),
                 "id: \"%s\" should be FAMILY.WHAT-HAPPENED in small letters",
                 rule->id);
    else
        return true;
    return false;
}

bool rule_explains_healed(const struct rule *rule)
{
    for (size_t i = 0; i < rule->explain_count; i++) {
        if (strcmp(rule->explains[i], RULE_HEALED) == 0)
            return true;
    }
    return false;
}

bool rule_name_means(const char *name, const char *id)
{
    size_t n = strlen(name);
    if (n > 0 && name[n - 1] == '*')
        return strncmp(name, id, n - 1) == 0;
    return strcmp(name, id) == 0;
}

static bool names_some_rule(const struct rules *rules, const char *name,
                            struct suggestion *s)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (rule_name_means(name, rules->list[i]->id))
            return true;
    }
    /* Only now: what is like it costs time to find out. */
    for (size_t i = 0; i < rules->count; i++)
        suggestion_offer(s, rules->list[i]->id);
    return false;
}

static void check_explains(const struct rules *rules, const struct rule *rule,
                           struct complaints *complaints)
{
    for (size_t i = 0; i < rule->explain_count; i++) {
        const char *name = rule->explains[i];
        struct suggestion s = suggestion_for(span_of(name));
        if (strcmp(name, RULE_HEALED) == 0)
            continue;
        if (names_some_rule(rules, name, &s)) {
            if (strcmp(name, rule->id) == 0)
                complain(complaints, rule->line, "%s explains itself",
                         rule->id);
            continue;
        }
        complain(complaints, rule->line, "%s explains \"%s\", which is no rule"
                                         "%s", rule->id, name,
                 suggestion_text(&s).text);
    }
}

static uint64_t meaning(const struct rule *rule)
{
    uint64_t hash = hash_bytes(span_of(rule->when), (uint64_t)rule->scope);
    return hash_bytes(span_of(rule->unless), hash);
}

static void check_meanings(const struct rules *rules,
                           struct complaints *complaints)
{
    for (size_t i = 1; i < rules->count; i++) {
        const struct rule *rule = rules->list[i];
        for (size_t j = 0; j < i; j++) {
            const struct rule *other = rules->list[j];
            if (rule->meaning != other->meaning)
                continue;
            complaints->file = rule->file;
            complain(complaints, rule->line,
                     "%s has the same condition as %s (%s:%u)", rule->id,
                     other->id, other->file, other->line);
        }
    }
}

void check_base(const struct rules *rules, struct complaints *complaints)
{
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = rules->list[i];
        rule->meaning = meaning(rule);
        complaints->file = rule->file;
        check_explains(rules, rule, complaints);
    }
    check_meanings(rules, complaints);
}
