/* fuzz_rules.c - any text as a rule file: it is refused with messages, or it is
 * loaded and can be judged.  Never a crash, never a hang.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "rule/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void found(void *user, const struct match *match)
{
    (void)user;
    (void)match;
}

static struct facts *some_facts(void)
{
    struct facts *facts = facts_new(1);
    TELL(facts, mail_login, .result = SPAN("refused"), .text = SPAN("no"),
         .latency = 2, .attempt = 1);
    TELL(facts, mail_login, .result = SPAN("ok"), .attempt = 2);
    TELL(facts, tcp_fin, .by = SPAN("client"), .first = true);
    TELL(facts, session, .port = 143, .logins_refused = 1);
    return facts;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = {""};
    struct rules *rules = rules_load_memory(
        "fuzz.yaml", (struct span){data, size}, NULL, NULL, &err);
    if (!rules)
        return 0;
    struct facts *facts = some_facts();
    struct arena *mem = arena_new();
    for (int scope = SCOPE_SESSION; scope <= SCOPE_CAPTURE; scope++)
        rules_judge(rules, (enum scope)scope, facts, mem, found, NULL);
    arena_free(&mem);
    facts_free(&facts);
    rules_free(&rules);
    return 0;
}
