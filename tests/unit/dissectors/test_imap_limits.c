/* test_imap_limits.c - IMAP sessions that are too large, and places of facts.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include "base/text.h"
#include "imap/imap.h"

struct session {
    struct arena *mem;
    struct facts *facts;
    void *self;
    uint64_t offset[2];
};

static const struct flow_context context = {.server_port = 143};

static struct session session_new(void)
{
    struct session s = {.mem = arena_new(), .facts = facts_new(1)};
    s.self = imap_dissector.open(s.mem, &context);
    return s;
}

static void session_free(struct session *s)
{
    facts_free(&s->facts);
    arena_free(&s->mem);
}

static size_t say(struct session *s, enum dir dir, struct span bytes)
{
    struct chunk chunk = {dir, s->offset[dir], bytes};
    size_t used = imap_dissector.feed(s->self, &chunk, s->facts).used;
    s->offset[dir] += used;
    return used;
}

static void commands_without_replies_are_capped_and_that_is_told(void **state)
{
    struct session s = session_new();
    (void)state;
    for (unsigned i = 0; i < IMAP_PENDING_MAX + 10; i++) {
        struct text line = {0};
        text_addf(&line, "a%u NOOP\r\n", i);
        assert_int_equal(say(&s, C2S, text_span(&line)), line.n);
        text_free(&line);
    }
    assert_int_equal(facts_told(s.facts, FACT_KIND_flow_capped), 1);
    imap_dissector.close(s.self, END_FIN, s.facts);
    assert_int_equal(facts_told(s.facts, FACT_KIND_mail_unanswered),
                     IMAP_PENDING_MAX);
    session_free(&s);
}

static void an_endless_line_is_used_up_as_it_comes(void **state)
{
    static uint8_t part[IMAP_LINE_MAX + 1];
    struct session s = session_new();
    (void)state;
    for (size_t i = 0; i < sizeof part; i++)
        part[i] = 'x';
    say(&s, S2C, SPAN("* PREAUTH ready\r\n"));
    say(&s, C2S, SPAN("a1 NOOP\r\n"));
    for (unsigned i = 0; i < 10; i++) {
        size_t used = say(&s, S2C, (struct span){part, sizeof part});
        assert_in_range(used, sizeof part - 64, sizeof part);
    }
    session_free(&s);
}

/* Which packet brought which bytes: one per byte, for this test. */
static void locate(void *user, enum dir dir, uint64_t offset, uint64_t *frame,
                   int64_t *time)
{
    (void)user;
    *frame = offset + (dir == S2C ? 1000 : 0);
    *time = (int64_t)offset;
}

static void facts_are_told_where_their_line_ends(void **state)
{
    struct session s = session_new();
    (void)state;
    facts_locator_set(s.facts, (struct facts_locator){locate, NULL});
    say(&s, S2C, SPAN("* OK hello\r\n* OK again\r\n"));
    say(&s, C2S, SPAN("a1 LOGIN {3+}\r\nbob x\r\na2 NOOP\r\n"));
    const struct fact *greeting =
        facts_get(s.facts, FACT_KIND_imap_greeting, 0);
    const struct fact *untagged =
        facts_get(s.facts, FACT_KIND_imap_untagged, 0);
    const struct fact *login = facts_get(s.facts, FACT_KIND_imap_request, 0);
    const struct fact *noop = facts_get(s.facts, FACT_KIND_imap_request, 1);
    assert_int_equal(greeting->frame, 1012);
    assert_int_equal(greeting->dir, S2C);
    assert_int_equal(untagged->frame, 1024);
    assert_int_equal(login->frame, 22);
    assert_int_equal(login->dir, C2S);
    assert_int_equal(noop->frame, 31);
    session_free(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_without_replies_are_capped_and_that_is_told),
        cmocka_unit_test(an_endless_line_is_used_up_as_it_comes),
        cmocka_unit_test(facts_are_told_where_their_line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
