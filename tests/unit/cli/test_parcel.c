/* test_parcel.c - parcels arrive as they were sent, however they are cut, and
 * what is none is seen.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "cli/folder.h"
#include "cli/parcel.h"

/* Exactly these bytes, so that a read past them is seen. */
static enum parcel_result take(struct span bytes, struct parcel *parcel,
                               uint8_t **copy)
{
    *copy = malloc(bytes.n);
    if (bytes.n)
        memcpy(*copy, bytes.p, bytes.n);
    struct span rest = {*copy, bytes.n};
    enum parcel_result result = parcel_take(&rest, parcel);
    assert_int_equal(rest.n, result == PARCEL_OK ? 0 : bytes.n);
    return result;
}

static void what_was_written_is_taken(void **state)
{
    struct parcel parcel;
    uint8_t *copy;
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(parcel_write(ends[1], PARCEL_MEMBER, SPAN("a/b.pcap")));
    char sent[64];
    ssize_t n = read(ends[0], sent, sizeof sent);
    assert_int_equal(n, 5 + 8);
    for (size_t i = 0; i < (size_t)n; i++) {
        struct span some = {(const uint8_t *)sent, i};
        assert_int_equal(take(some, &parcel, &copy), PARCEL_MORE);
        free(copy);
    }
    struct span all = {(const uint8_t *)sent, (size_t)n};
    assert_int_equal(take(all, &parcel, &copy), PARCEL_OK);
    assert_int_equal(parcel.kind, PARCEL_MEMBER);
    assert_true(span_same(parcel.bytes, SPAN("a/b.pcap")));
    free(copy);
    close(ends[0]);
    close(ends[1]);
}

static void what_is_none_is_wrong_at_once(void **state)
{
    static const struct span wrong[] = {
        SPAN_INIT("x"),
        SPAN_INIT("{\"file\":"),
        SPAN_INIT("b\x00\x01\x00\x01"), /* one byte more than may be */
        SPAN_INIT("b\xff\xff\xff\xff"),
    };
    struct parcel parcel;
    uint8_t *copy;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(take(wrong[i], &parcel, &copy), PARCEL_WRONG);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_taken),
        cmocka_unit_test(what_is_none_is_wrong_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
