/* dns_build.h - makes DNS messages for tests.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef TESTS_UNIT_DISSECTORS_DNS_BUILD_H
#define TESTS_UNIT_DISSECTORS_DNS_BUILD_H

#include <string.h>

#include "dns/dns.h"

struct message {
    uint8_t bytes[1024];
    size_t n;
};

static inline void put(struct message *m, const void *bytes, size_t n)
{
    assert_true(n <= sizeof(m->bytes) - m->n);
    memcpy(m->bytes + m->n, bytes, n);
    m->n += n;
}

static inline void put16(struct message *m, uint32_t v)
{
    const uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};
    put(m, bytes, 2);
}

static inline void put32(struct message *m, uint32_t v)
{
    put16(m, v >> 16);
    put16(m, v & 0xffff);
}

/* "a.b" as labels; "" is the root. */
static inline void put_name(struct message *m, const char *name)
{
    struct span rest = span_of(name);
    while (rest.n) {
        struct span label = span_cut(&rest, '.');
        uint8_t n = (uint8_t)label.n;
        put(m, &n, 1);
        put(m, label.p, label.n);
    }
    put(m, "", 1);
}

static inline void add_header(struct message *m, uint16_t id, bool response,
                              uint8_t rcode, uint16_t questions)
{
    put16(m, id);
    put16(m, (response ? 0x8180u : 0x0100u) | rcode);
    put16(m, questions);
    put16(m, 0);
    put16(m, 0);
    put16(m, 0);
}

static inline struct message message_about(uint16_t id, const char *name,
                                           uint16_t type, bool response,
                                           uint8_t rcode)
{
    struct message m = {.n = 0};
    add_header(&m, id, response, rcode, 1);
    put_name(&m, name);
    put16(&m, type);
    put16(&m, 1);
    return m;
}

static inline struct message question(uint16_t id, const char *name,
                                      uint16_t type)
{
    return message_about(id, name, type, false, 0);
}

static inline struct message answer(uint16_t id, const char *name,
                                    uint16_t type, uint8_t rcode)
{
    return message_about(id, name, type, true, rcode);
}

/* One more record in a section: its count is in the header. */
static inline void add_record(struct message *m, enum dns_section section,
                              const char *name, uint16_t type,
                              const struct message *data)
{
    m->bytes[7 + 2 * (size_t)section]++;
    put_name(m, name);
    put16(m, type);
    put16(m, 1);
    put32(m, 300);
    put16(m, (uint32_t)data->n);
    put(m, data->bytes, data->n);
}

static inline void add_name_record(struct message *m, enum dns_section section,
                                   const char *name, uint16_t type,
                                   const char *target)
{
    struct message data = {.n = 0};
    if (type == DNS_MX)
        put16(&data, 10);
    if (type == DNS_SRV) {
        put16(&data, 0);
        put16(&data, 0);
        put16(&data, 993);
    }
    put_name(&data, target);
    add_record(m, section, name, type, &data);
}

static inline void add_a(struct message *m, const char *name,
                         const char *address)
{
    struct message data = {.n = 0};
    put(&data, address, 4);
    add_record(m, DNS_ANSWER, name, DNS_A, &data);
}

/* An OPT record with an extended error. */
static inline void add_ede(struct message *m, uint16_t code, const char *text)
{
    struct span words = span_of(text);
    m->bytes[11]++;
    put_name(m, "");
    put16(m, DNS_OPT);
    put16(m, 1232);
    put32(m, 0);
    put16(m, (uint32_t)words.n + 6);
    put16(m, 15);
    put16(m, (uint32_t)words.n + 2);
    put16(m, code);
    put(m, words.p, words.n);
}

#endif
