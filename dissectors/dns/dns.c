/* dns.c - see dns.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "dns.h"

#include "base/cursor.h"

enum {
    HEADER = 12,
    FLAG_RESPONSE = 0x8000,
    FLAG_TRUNCATED = 0x0200,
    FLAG_RECURSIVE = 0x0080,
    FLAG_AUTHENTIC = 0x0020,
    CLASS_IN = 1,
    LABEL_MAX = 63,
    POINTER = 0xc0, /* the two top bits of a length (RFC 1035 section 4.1.4) */
    POINTERS_MAX = 64, /* in one name; each must lead back, so this is plenty */
    OPTION_EDE = 15,
};

struct span dns_name_span(const struct dns_name *name)
{
    return (struct span){name->text, name->n};
}

static uint8_t shown(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint8_t)(c + ('a' - 'A'));
    return c <= ' ' || c >= 0x7f || c == '.' ? '?' : c;
}

static bool name_add(struct dns_name *name, struct span label)
{
    size_t dot = name->n > 0;
    if (label.n + dot > DNS_NAME_MAX - name->n)
        return false;
    if (dot)
        name->text[name->n++] = '.';
    for (size_t i = 0; i < label.n; i++)
        name->text[name->n++] = shown(label.p[i]);
    return true;
}

/* Reads the name at *at and moves *at behind it.  A pointer must lead to before
 * where this run of labels began: so the name ends. */
static bool read_name(struct span message, size_t *at, struct dns_name *name)
{
    size_t here = *at, run = *at;
    bool jumped = false;
    name->n = 0;
    for (int pointers = 0; pointers < POINTERS_MAX;) {
        struct cursor c = cursor_of(span_skip(message, here));
        uint8_t length = cursor_u8(&c);
        if (!c.bad && (length & POINTER) == POINTER) {
            size_t to = (size_t)(length & ~POINTER) << 8;
            to |= cursor_u8(&c);
            if (c.bad || to >= run)
                return false;
            if (!jumped)
                *at = here + 2;
            jumped = true;
            here = run = to;
            pointers++;
            continue;
        }
        struct span label = cursor_take(&c, length);
        if (c.bad || length > LABEL_MAX)
            return false;
        here += 1u + length;
        if (length == 0) {
            if (!jumped)
                *at = here;
            return true;
        }
        if (!name_add(name, label))
            return false;
    }
    return false;
}

/* name | type 2 | class 2 */
static bool read_question(struct dns_message *m, size_t *at, bool keep)
{
    struct dns_name name;
    if (!read_name(m->bytes, at, &name))
        return false;
    struct cursor c = cursor_of(span_skip(m->bytes, *at));
    uint16_t type = cursor_be16(&c);
    uint16_t class = cursor_be16(&c);
    if (c.bad)
        return false;
    *at += 4;
    if (keep && class == CLASS_IN) {
        m->asks = true;
        m->name = name;
        m->type = type;
    }
    return true;
}

/* code 2 | length 2 | value, repeated; the TTL has upper bits of the rcode */
static void read_edns(struct dns_message *m, const struct dns_record *opt)
{
    m->edns = true;
    m->rcode |= (uint16_t)(opt->ttl >> 24 << 4);
    struct cursor c = cursor_of(opt->data);
    while (c.rest.n > 0 && !c.bad) {
        uint16_t code = cursor_be16(&c);
        struct span value = cursor_take(&c, cursor_be16(&c));
        if (code != OPTION_EDE || value.n < 2 || m->has_ede)
            continue;
        struct cursor v = cursor_of(value);
        m->has_ede = true;
        m->ede = cursor_be16(&v);
        m->ede_text = v.rest;
    }
}

bool dns_read(struct span bytes, struct dns_message *message)
{
    *message = (struct dns_message){.bytes = bytes};
    struct cursor c = cursor_of(bytes);
    message->id = cursor_be16(&c);
    uint16_t flags = cursor_be16(&c);
    uint16_t questions = cursor_be16(&c);
    for (int i = 0; i < 3; i++)
        message->count[i] = cursor_be16(&c);
    if (c.bad)
        return false;
    message->response = (flags & FLAG_RESPONSE) != 0;
    message->truncated = (flags & FLAG_TRUNCATED) != 0;
    message->recursive = (flags & FLAG_RECURSIVE) != 0;
    message->authentic = (flags & FLAG_AUTHENTIC) != 0;
    message->opcode = flags >> 11 & 0x0f;
    message->rcode = flags & 0x0f;

    size_t at = HEADER;
    for (uint16_t i = 0; i < questions; i++) {
        if (!read_question(message, &at, questions == 1))
            return false;
    }
    message->records_at = at;
    struct dns_records records = dns_records(message);
    struct dns_record record;
    while (dns_record_take(&records, &record)) {
        if (record.type == DNS_OPT && record.section == DNS_ADDITIONAL)
            read_edns(message, &record);
    }
    return true;
}

struct dns_records dns_records(const struct dns_message *message)
{
    struct dns_records records = {message->bytes, message->records_at, {0}};
    for (int i = 0; i < 3; i++)
        records.left[i] = message->count[i];
    return records;
}

/* name | type 2 | class 2 | ttl 4 | length 2 | data */
bool dns_record_take(struct dns_records *records, struct dns_record *record)
{
    int section = DNS_ANSWER;
    while (section <= DNS_ADDITIONAL && records->left[section] == 0)
        section++;
    if (section > DNS_ADDITIONAL)
        return false;
    records->left[section]--;
    record->section = (enum dns_section)section;
    if (!read_name(records->bytes, &records->at, &record->name))
        return false;
    struct cursor c = cursor_of(span_skip(records->bytes, records->at));
    record->type = cursor_be16(&c);
    record->class = cursor_be16(&c);
    record->ttl = cursor_be32(&c);
    size_t length = cursor_be16(&c);
    record->data = cursor_take(&c, length);
    record->data_at = records->at + 10;
    records->at = record->data_at + length;
    if (c.bad)
        records->left[0] = records->left[1] = records->left[2] = 0;
    return !c.bad;
}

bool dns_record_target(struct span message, const struct dns_record *record,
                       struct dns_name *target)
{
    size_t at = record->data_at;
    switch (record->type) {
    case DNS_CNAME:
    case DNS_NS:
    case DNS_PTR:
    case DNS_SOA:
        break;
    case DNS_MX:
        at += 2; /* preference */
        break;
    case DNS_SRV:
        at += 6; /* priority, weight, port (RFC 2782) */
        break;
    default:
        return false;
    }
    size_t end = record->data_at + record->data.n;
    return at < end && read_name(span_first(message, end), &at, target);
}

bool dns_stream_take(struct span *stream, struct span *message)
{
    struct cursor c = cursor_of(*stream);
    struct span whole = cursor_take(&c, cursor_be16(&c));
    if (c.bad)
        return false;
    *message = whole;
    *stream = c.rest;
    return true;
}
