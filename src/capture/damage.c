/* damage.c - see damage.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "damage.h"

#include <inttypes.h>

static const char *packets_were(uint64_t packets)
{
    return packets == 1 ? "packet was" : "packets were";
}

enum capture_result cut_short(const struct input *input, uint64_t offset,
                              const char *what, uint64_t said, uint64_t left,
                              uint64_t packets, struct err *err)
{
    const char *trouble = input_trouble(input);
    err_set(err,
            "cut short at offset %" PRIu64 " (%s %" PRIu64 " bytes, %" PRIu64
            " %s left%s%s); %" PRIu64 " %s analysed",
            offset, what, said, left, left == 1 ? "is" : "are",
            trouble ? ": " : "", trouble ? trouble : "", packets,
            packets_were(packets));
    return CAPTURE_DAMAGED;
}

enum capture_result too_long(uint64_t offset, const char *what, uint64_t said,
                             uint64_t packets, struct err *err)
{
    err_set(err,
            "damaged at offset %" PRIu64 " (%s %" PRIu64
            " bytes, which is too long to be true); %" PRIu64 " %s analysed",
            offset, what, said, packets, packets_were(packets));
    return CAPTURE_DAMAGED;
}

enum capture_result too_short(uint64_t offset, uint64_t number, uint64_t said,
                              uint64_t needed, struct err *err)
{
    err_set(err,
            "damaged at offset %" PRIu64 " (the record of packet %" PRIu64
            " says %" PRIu64 " bytes and holds %" PRIu64 "); %" PRIu64
            " %s analysed",
            offset, number, said, needed, number - 1, packets_were(number - 1));
    return CAPTURE_DAMAGED;
}
