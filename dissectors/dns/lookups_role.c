/* lookups_role.c - what a name is asked for: to judge a failed lookup one must
 * know whether mail needed it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "base/hash.h"
#include "lookups_table.h"

/* As one part of the first label: imap, imap2, imap-mail, gmail-smtp-in. */
static const struct span protocol_words[] = {
    SPAN_INIT("imap"),       SPAN_INIT("imaps"), SPAN_INIT("imap4"),
    SPAN_INIT("pop"),        SPAN_INIT("pop3"),  SPAN_INIT("pops"),
    SPAN_INIT("pop3s"),      SPAN_INIT("smtp"),  SPAN_INIT("smtps"),
    SPAN_INIT("submission"), SPAN_INIT("aspmx"),
    /* as fingers in a hurry type them */
    SPAN_INIT("iamp"),       SPAN_INIT("impa"),  SPAN_INIT("miap"),
    SPAN_INIT("stmp"),       SPAN_INIT("smpt"),  SPAN_INIT("mstp"),
};

/* As the whole first label, numbers at its end apart: mail, mx01. */
static const struct span host_words[] = {
    SPAN_INIT("mail"),
    SPAN_INIT("mx"),
    SPAN_INIT("mailhost"),
    SPAN_INIT("mailserver"),
};

static const struct span whole_names[] = {
    SPAN_INIT("outlook.office365.com"),
    SPAN_INIT("outlook.office.com"),
};

/* Web pages; their programs use other names. */
static const struct span web_names[] = {
    SPAN_INIT("mail.google.com"),    SPAN_INIT("mail.yahoo.com"),
    SPAN_INIT("mail.aol.com"),       SPAN_INIT("mail.proton.me"),
    SPAN_INIT("mail.protonmail.com"), SPAN_INIT("mail.tutanota.com"),
    SPAN_INIT("mail.zoho.com"),      SPAN_INIT("mail.zoho.eu"),
    SPAN_INIT("mail.yandex.com"),    SPAN_INIT("mail.yandex.ru"),
    SPAN_INIT("mail.qq.com"),        SPAN_INIT("mail.163.com"),
    SPAN_INIT("mail.126.com"),       SPAN_INIT("mail.naver.com"),
    SPAN_INIT("mail.ru"),            SPAN_INIT("mail.com"),
};

/* Labels of block and allow lists: a name below them asks about somebody, and
 * "does not exist" is the good answer (RFC 5782). */
static const struct span list_labels[] = {
    SPAN_INIT("dbl"),      SPAN_INIT("dnsbl"),    SPAN_INIT("rbl"),
    SPAN_INIT("rhsbl"),    SPAN_INIT("uribl"),    SPAN_INIT("surbl"),
    SPAN_INIT("spamhaus"), SPAN_INIT("spamcop"),  SPAN_INIT("sorbs"),
    SPAN_INIT("dnswl"),    SPAN_INIT("spameatingmonkey"),
    SPAN_INIT("mailspike"), SPAN_INIT("barracudacentral"),
};

/* RFC 6186, 8314, 5804, 8620. */
static const struct span services[] = {
    SPAN_INIT("_imap"),       SPAN_INIT("_imaps"), SPAN_INIT("_pop3"),
    SPAN_INIT("_pop3s"),      SPAN_INIT("_smtp"),  SPAN_INIT("_submission"),
    SPAN_INIT("_submissions"), SPAN_INIT("_sieve"), SPAN_INIT("_jmap"),
};

/* TLSA: the ports of mail (RFC 6698 section 3). */
static const struct span tlsa_ports[] = {
    SPAN_INIT("_25"),  SPAN_INIT("_110"), SPAN_INIT("_143"), SPAN_INIT("_465"),
    SPAN_INIT("_587"), SPAN_INIT("_993"), SPAN_INIT("_995"),
};

static const struct span autoconfig_words[] = {
    SPAN_INIT("autoconfig"),
    SPAN_INIT("autodiscover"),
    SPAN_INIT("_autodiscover"),
};

#define AMONG(word, words) among((word), (words), sizeof(words) / sizeof(*words))

static bool among(struct span word, const struct span *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (span_same(word, words[i]))
            return true;
    }
    return false;
}

static struct span without_number(struct span label)
{
    while (label.n && label.p[label.n - 1] >= '0' &&
           label.p[label.n - 1] <= '9')
        label.n--;
    return label;
}

static bool names_protocol(struct span label)
{
    while (label.n) {
        struct span word = span_cut(&label, '-');
        if (AMONG(word, protocol_words) ||
            AMONG(without_number(word), protocol_words) ||
            span_starts(word, SPAN("imap")) || span_starts(word, SPAN("smtp")))
            return true; /* imapp: misspelt names matter most of all */
    }
    return false;
}

static bool is_in_list(struct span name)
{
    span_cut(&name, '.');
    while (name.n) {
        if (AMONG(span_cut(&name, '.'), list_labels))
            return true;
    }
    return false;
}

enum lookup_role lookup_name_role(struct span name, uint16_t type)
{
    struct span rest = name;
    struct span label = span_cut(&rest, '.');
    struct span dashed = label;
    if (type == DNS_MX)
        return LOOKUP_MX;
    if (AMONG(span_cut(&dashed, '-'), autoconfig_words))
        return LOOKUP_AUTOCONFIG;
    if (type == DNS_TLSA)
        return AMONG(label, tlsa_ports) ? LOOKUP_TLSA : LOOKUP_OTHER;
    if (type == DNS_SRV)
        return AMONG(label, services) ? LOOKUP_SRV : LOOKUP_OTHER;
    if ((type != DNS_A && type != DNS_AAAA) || AMONG(name, web_names) ||
        is_in_list(name))
        return LOOKUP_OTHER;
    bool host = names_protocol(label) ||
                AMONG(without_number(label), host_words) ||
                AMONG(name, whole_names);
    return host ? LOOKUP_MAILHOST : LOOKUP_OTHER;
}

bool mail_name_is(const struct lookups *lookups, struct span name)
{
    const struct mail_name *known =
        lookups->mail_names[hash_bytes(name, 0) % BUCKETS];
    for (; known; known = known->older) {
        if (span_same(known->name, name))
            return true;
    }
    return false;
}

void mail_name_add(struct lookups *lookups, struct span name)
{
    if (lookups->mail_name_count == LOOKUPS_MAX || mail_name_is(lookups, name))
        return;
    struct mail_name *added = arena_alloc(lookups->arena, sizeof(*added));
    struct mail_name **bucket =
        &lookups->mail_names[hash_bytes(name, 0) % BUCKETS];
    added->name = arena_copy(lookups->arena, name);
    added->older = *bucket;
    *bucket = added;
    lookups->mail_name_count++;
}

enum lookup_role lookups_role(const struct lookups *lookups,
                              const struct lookup *lookup)
{
    enum lookup_role role = lookup_name_role(lookup->name, lookup->type);
    bool of_address = lookup->type == DNS_A || lookup->type == DNS_AAAA;
    if (role == LOOKUP_OTHER && of_address &&
        mail_name_is(lookups, lookup->name))
        return LOOKUP_MAILHOST;
    return role;
}

uint64_t lookups_mail_count(const struct lookups *lookups)
{
    uint64_t count = 0;
    for (size_t i = 0; i < lookups->count; i++)
        count +=
            lookups_role(lookups, &lookups->all[i]->lookup) != LOOKUP_OTHER;
    return count;
}
