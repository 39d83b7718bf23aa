/* address.c - see address.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/address.h"

#include <arpa/inet.h>
#include <string.h>

struct address address_of(struct span bytes)
{
    struct address a = {0};
    if (bytes.n == 4 || bytes.n == 16) {
        a.family = bytes.n == 4 ? 4 : 6;
        memcpy(a.bytes, bytes.p, bytes.n);
    }
    return a;
}

static char *write_byte(uint8_t byte, char *out)
{
    if (byte >= 100)
        *out++ = (char)('0' + byte / 100);
    if (byte >= 10)
        *out++ = (char)('0' + byte / 10 % 10);
    *out++ = (char)('0' + byte % 10);
    return out;
}

/* Each session has some: inet_ntop() takes as long for one as reading all of
 * its headers does. */
static void ipv4_text(const uint8_t bytes[4], char *out)
{
    for (int i = 0; i < 4; i++) {
        out = write_byte(bytes[i], out);
        *out++ = i < 3 ? '.' : '\0';
    }
}

void address_text(const struct address *a, char out[ADDRESS_TEXT])
{
    if (a->family == 4)
        ipv4_text(a->bytes, out);
    else if (a->family == 0 ||
             !inet_ntop(AF_INET6, a->bytes, out, ADDRESS_TEXT))
        memcpy(out, "?", sizeof "?");
}

int address_compare(const struct address *a, const struct address *b)
{
    if (a->family != b->family)
        return a->family < b->family ? -1 : 1;
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static enum address_class class_of_ipv4(const uint8_t *b)
{
    if (b[0] == 0)
        return ADDRESS_UNSPECIFIED;
    if (b[0] == 127)
        return ADDRESS_LOOPBACK;
    if (b[0] == 169 && b[1] == 254)
        return ADDRESS_LINK_LOCAL;
    if (b[0] >= 224)
        return ADDRESS_MULTICAST;
    if (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
        (b[0] == 192 && b[1] == 168) || (b[0] == 100 && (b[1] & 0xc0) == 64))
        return ADDRESS_PRIVATE;
    return ADDRESS_PUBLIC;
}

enum address_class address_class(const struct address *a)
{
    static const uint8_t zero[16];
    const uint8_t *b = a->bytes;
    if (a->family == 4)
        return class_of_ipv4(b);
    if (a->family == 0 || memcmp(b, zero, 16) == 0)
        return ADDRESS_UNSPECIFIED;
    if (memcmp(b, zero, 15) == 0 && b[15] == 1)
        return ADDRESS_LOOPBACK;
    if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80)
        return ADDRESS_LINK_LOCAL;
    if ((b[0] & 0xfe) == 0xfc)
        return ADDRESS_PRIVATE;
    if (b[0] == 0xff)
        return ADDRESS_MULTICAST;
    return ADDRESS_PUBLIC;
}

void station_text(const uint8_t mac[6], char out[STATION_TEXT])
{
    static const uint8_t none[6];
    static const char digits[] = "0123456789abcdef";
    out[0] = '\0';
    if (memcmp(mac, none, sizeof none) == 0)
        return;
    for (int i = 0; i < 6; i++) {
        *out++ = digits[mac[i] >> 4];
        *out++ = digits[mac[i] & 15];
        *out++ = i < 5 ? ':' : '\0';
    }
}
