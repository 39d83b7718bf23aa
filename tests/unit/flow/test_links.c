/* test_links.c - trouble with a link, and what shows that it is over.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "flow/links.h"

struct fixture {
    struct links *links;
    struct facts *facts;
    uint64_t frame;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->links = links_new();
    f->facts = facts_new(0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    links_free(&f->links);
    facts_free(&f->facts);
    free(f);
    return 0;
}

enum { STATION = 7, OTHER = 9, PEER = 1, GROUP = 0x100 };

static void set_mac(uint8_t mac[6], int who)
{
    memcpy(mac, (uint8_t[]){who == GROUP ? 1 : 2, 0, 0, 0, 0, (uint8_t)who}, 6);
}

/* One each second. */
static void say(struct fixture *f, enum link_message message, int from, int to)
{
    struct packet p = {
        .kind = PACKET_LINK,
        .frame = ++f->frame,
        .time = (int64_t)f->frame * CLOCK_SECOND,
        .has_macs = true,
        .link = {message, from != PEER, 5},
    };
    set_mac(p.source_mac, from);
    set_mac(p.destination_mac, to);
    links_packet(f->links, &p);
}

static const struct fact_link_trouble *told(struct fixture *f, size_t i)
{
    if (i == 0)
        links_tell(f->links, 0, (int64_t)(f->frame + 10) * CLOCK_SECOND, NULL,
                   NULL, f->facts);
    const struct fact *fact = facts_get(f->facts, FACT_KIND_link_trouble, i);
    return fact ? fact->values : NULL;
}

static void what_is_said_again_is_counted(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 3; i++)
        say(f, LINK_KEY_PROVED, STATION, PEER);
    const struct fact_link_trouble *t = told(f, 0);
    assert_non_null(t);
    assert_true(span_same(t->what, SPAN("key")));
    assert_true(span_same(t->station, SPAN("02:00:00:00:00:07")));
    assert_int_equal(t->count, 3);
    assert_true(t->by_station);
    assert_true(t->lasted > 1.9 && t->lasted < 2.1);
    assert_true(t->waited > 9.9 && t->waited < 10.1);
    assert_null(told(f, 1));
}

static void what_goes_right_is_no_trouble_any_more(void **state)
{
    struct fixture *f = *state;
    say(f, LINK_PUT_OUT, PEER, STATION);
    say(f, LINK_NOT_ASSOCIATED, PEER, STATION);
    say(f, LINK_KEY_PROVED, STATION, PEER);
    say(f, LINK_KEY_AGREED, PEER, STATION);
    assert_null(told(f, 0));
}

static void what_goes_right_for_another_is_no_help(void **state)
{
    struct fixture *f = *state;
    say(f, LINK_PPPOE_SOUGHT, STATION, GROUP);
    say(f, LINK_PPPOE_FOUND, PEER, OTHER);
    const struct fact_link_trouble *t = told(f, 0);
    assert_non_null(t);
    assert_true(span_same(t->what, SPAN("pppoe-silent")));
}

static void who_never_answered_was_not_refused(void **state)
{
    struct fixture *f = *state;
    say(f, LINK_EAP_FAILURE, PEER, STATION);
    assert_null(told(f, 0));
}

static void a_switch_may_say_it_to_the_port(void **state)
{
    struct fixture *f = *state;
    say(f, LINK_EAP_ANSWERED, STATION, GROUP);
    say(f, LINK_EAP_FAILURE, PEER, GROUP);
    const struct fact_link_trouble *t = told(f, 0);
    assert_non_null(t);
    assert_true(span_same(t->what, SPAN("eap")));
    assert_true(span_same(t->station, SPAN("02:00:00:00:00:07")));
    assert_true(span_same(t->by, SPAN("02:00:00:00:00:01")));
}

static void a_reason_is_told_in_words(void **state)
{
    struct fixture *f = *state;
    say(f, LINK_PUT_OUT, PEER, STATION);
    const struct fact_link_trouble *t = told(f, 0);
    assert_non_null(t);
    assert_int_equal(t->reason, 5);
    assert_true(span_same(t->reason_text,
                          SPAN("the access point serves too many stations")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_said_again_is_counted),
        TEST(what_goes_right_is_no_trouble_any_more),
        TEST(what_goes_right_for_another_is_no_help),
        TEST(who_never_answered_was_not_refused),
        TEST(a_switch_may_say_it_to_the_port),
        TEST(a_reason_is_told_in_words),
    };
    return cmocka_run_group_tests_name("links", tests, NULL, NULL);
}
