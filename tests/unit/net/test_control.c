/* test_control.c - what the ends of a link say about it, whole and cut.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "net/decode.h" /* before cmocka, whose skip() is a macro */

#include "test.h"

#include <pcap.h>

#include "hex.h"

#define NONCE_ON                                                               \
    "0010 0000000000000001 "                                                   \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a "          \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a "          \
    "5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a "
#define KEY(information, data) ETHERNET "888e 02 03 005f 02 " information " "  \
    NONCE_ON data
#define PPPOE(code, session) ETHERNET "8863 11 " code " " session " 0000"
#define PPP(content) ETHERNET "8864 11 00 0001 0008 " content
#define AIR(subtype, from)                                                     \
    subtype "00 0000 020000000001 " from " 020000000002 1000 "

enum { NOTHING = -1 };

struct row {
    const char *name, *hex;
    int link, message; /* enum link_message */
    bool from_station;
    uint16_t reason;
};

/* clang-format off */
static const struct row rows[] = {
    {"key, message 1", KEY("008a", "0000"), DLT_EN10MB, NOTHING, false, 0},
    {"key, message 2", KEY("010a", "0002 3000"), DLT_EN10MB, LINK_KEY_PROVED, true, 0},
    {"key, message 3", KEY("13ca", "0002 3000"), DLT_EN10MB, LINK_KEY_AGREED, false, 0},
    {"key, message 4", KEY("030a", "0000"), DLT_EN10MB, LINK_KEY_AGREED, true, 0},
    {"key, message 4, data not looked at", KEY("030a", "0002 3000"), DLT_EN10MB, LINK_KEY_AGREED, true, 0},
    {"key, message 4 of WPA", KEY("0109", "0000"), DLT_EN10MB, LINK_KEY_AGREED, true, 0},
    {"key of a group", KEY("0382", "0002 3000"), DLT_EN10MB, NOTHING, false, 0},
    {"who are you?", ETHERNET "888e 02 00 0005 01 01 0005 01", DLT_EN10MB, NOTHING, false, 0},
    {"who one is", ETHERNET "888e 02 00 0006 02 01 0006 01 61", DLT_EN10MB, LINK_EAP_ANSWERED, true, 0},
    {"EAP success", ETHERNET "888e 02 00 0004 03 01 0004", DLT_EN10MB, LINK_EAP_SUCCESS, false, 0},
    {"EAP failure", ETHERNET "888e 02 00 0004 04 01 0004", DLT_EN10MB, LINK_EAP_FAILURE, false, 0},
    {"EAPOL start", ETHERNET "888e 02 01 0000", DLT_EN10MB, NOTHING, false, 0},
    {"PADI", PPPOE("09", "0000"), DLT_EN10MB, LINK_PPPOE_SOUGHT, true, 0},
    {"PADO", PPPOE("07", "0000"), DLT_EN10MB, LINK_PPPOE_FOUND, false, 0},
    {"PADR", PPPOE("19", "0000"), DLT_EN10MB, NOTHING, false, 0},
    {"PADS", PPPOE("65", "0001"), DLT_EN10MB, LINK_PPPOE_BEGUN, false, 0},
    {"PADS that refuses", PPPOE("65", "0000"), DLT_EN10MB, LINK_PPPOE_FOUND, false, 0},
    {"PADT", PPPOE("a7", "0001"), DLT_EN10MB, LINK_PPPOE_ENDED, false, 0},
    {"PAP, the question", PPP("c023 01 01 0006 0000"), DLT_EN10MB, NOTHING, false, 0},
    {"PAP, yes", PPP("c023 02 01 0005 00"), DLT_EN10MB, LINK_LOGIN_TAKEN, false, 0},
    {"PAP, no", PPP("c023 03 01 0005 00"), DLT_EN10MB, LINK_LOGIN_REFUSED, false, 0},
    {"CHAP, yes", "ff03 c223 03 01 0004", DLT_PPP, LINK_LOGIN_TAKEN, false, 0},
    {"CHAP, no", "ff03 c223 04 01 0004", DLT_PPP, LINK_LOGIN_REFUSED, false, 0},
    {"let in", AIR("10", "020000000002") "3104 0000 01c0", DLT_IEEE802_11, LINK_ASSOCIATED, false, 0},
    {"not let in", AIR("30", "020000000002") "3104 1100 01c0", DLT_IEEE802_11, LINK_NOT_ASSOCIATED, false, 17},
    {"not authenticated", AIR("b0", "020000000002") "0300 0100 0f00", DLT_IEEE802_11, LINK_NOT_ASSOCIATED, false, 15},
    {"a step of SAE", AIR("b0", "020000000002") "0300 0100 7e00", DLT_IEEE802_11, NOTHING, false, 0},
    {"put out", AIR("c0", "020000000002") "0f00", DLT_IEEE802_11, LINK_PUT_OUT, false, 15},
    {"it leaves", AIR("a0", "020000000001") "0300", DLT_IEEE802_11, LINK_PUT_OUT, true, 3},
    {"a beacon", AIR("80", "020000000002") "0000000000000000 6400 3104", DLT_IEEE802_11, NOTHING, false, 0},
};
/* clang-format on */

static bool decode(const struct row *row, const uint8_t *bytes, size_t n,
                   size_t whole, struct packet *packet)
{
    struct net *net = net_new();
    const struct frame frame = {.link = row->link,
                                .bytes = {bytes, n},
                                .length = (uint32_t)whole};
    bool found = net_decode(net, &frame, packet);
    net_free(&net);
    return found;
}

static void what_is_said_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct packet packet;
        size_t n;
        uint8_t *bytes = hex_bytes(row->hex, &n);
        bool found = decode(row, bytes, n, n, &packet);
        if (found != (row->message != NOTHING) ||
            (found && (packet.kind != PACKET_LINK ||
                       (int)packet.link.message != row->message ||
                       packet.link.from_station != row->from_station ||
                       packet.link.reason != row->reason)))
            fail_msg("%s", row->name);
        free(bytes);
    }
}

/* Each cut frame is a heap copy of exactly its bytes. */
static void nothing_is_read_past_the_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t whole;
        uint8_t *bytes = hex_bytes(rows[i].hex, &whole);
        for (size_t n = 0; n < whole; n++) {
            struct packet packet;
            uint8_t *cut = malloc(n ? n : 1);
            memcpy(cut, bytes, n);
            if (decode(&rows[i], cut, n, whole, &packet))
                assert_int_equal(packet.link.message, rows[i].message);
            free(cut);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_understood),
        cmocka_unit_test(nothing_is_read_past_the_end),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
