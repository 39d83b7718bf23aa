/* verbs.c - the commands that SMTP has, and what waits for a reply like one.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

static const struct smtp_verb verbs[] = {
    {SPAN_INIT("EHLO"), SMTP_HELO, SPAN_INIT("greeting")},
    {SPAN_INIT("HELO"), SMTP_HELO, SPAN_INIT("greeting")},
    {SPAN_INIT("LHLO"), SMTP_HELO, SPAN_INIT("greeting")}, /* RFC 2033 */
    {SPAN_INIT("STARTTLS"), SMTP_STARTTLS, SPAN_INIT("tls")},
    {SPAN_INIT("AUTH"), SMTP_AUTH, SPAN_INIT("login")},
    /* Between Exchange servers: TLS with a certificate that nobody checks, and
     * AUTH (Kerberos or NTLM) for servers instead of users. */
    {SPAN_INIT("X-ANONYMOUSTLS"), SMTP_STARTTLS, SPAN_INIT("tls")},
    {SPAN_INIT("X-EXPS"), SMTP_AUTH, SPAN_INIT("login")},
    {SPAN_INIT("MAIL"), SMTP_MAIL, SPAN_INIT("transfer")},
    {SPAN_INIT("RCPT"), SMTP_RCPT, SPAN_INIT("transfer")},
    {SPAN_INIT("DATA"), SMTP_DATA, SPAN_INIT("transfer")},
    {SPAN_INIT("BDAT"), SMTP_BDAT, SPAN_INIT("transfer")}, /* RFC 3030 */
    {SPAN_INIT("BURL"), SMTP_HIDDEN, SPAN_INIT("transfer")}, /* RFC 4468 */
    {SPAN_INIT("RSET"), SMTP_RSET, SPAN_INIT("transfer")},
    {SPAN_INIT("QUIT"), SMTP_QUIT, SPAN_INIT("close")},
    {SPAN_INIT("NOOP"), SMTP_HIDDEN, SPAN_INIT("mailbox")},
    {SPAN_INIT("HELP"), SMTP_HIDDEN, SPAN_INIT("mailbox")},
    {SPAN_INIT("VRFY"), SMTP_LOOKUP, SPAN_INIT("mailbox")},
    {SPAN_INIT("EXPN"), SMTP_LOOKUP, SPAN_INIT("mailbox")},
    {SPAN_INIT("ETRN"), SMTP_PLAIN, SPAN_INIT("mailbox")}, /* RFC 1985 */
    {SPAN_INIT("ATRN"), SMTP_PLAIN, SPAN_INIT("mailbox")}, /* RFC 2645 */
    {SPAN_INIT("TURN"), SMTP_PLAIN, SPAN_INIT("mailbox")},
    {SPAN_INIT("SEND"), SMTP_MAIL, SPAN_INIT("transfer")}, /* RFC 821 */
    {SPAN_INIT("SOML"), SMTP_MAIL, SPAN_INIT("transfer")},
    {SPAN_INIT("SAML"), SMTP_MAIL, SPAN_INIT("transfer")},
    {SPAN_INIT("XCLIENT"), SMTP_HIDDEN, SPAN_INIT("greeting")},
    {SPAN_INIT("XFORWARD"), SMTP_HIDDEN, SPAN_INIT("greeting")},
    {SPAN_INIT("XEXCH50"), SMTP_XEXCH50, SPAN_INIT("transfer")},
};

const struct smtp_verb smtp_verb_other = {SPAN_INIT("UNKNOWN"), SMTP_HIDDEN,
                                          SPAN_INIT("mailbox")};
const struct smtp_verb smtp_data_end = {SPAN_INIT("DATA-END"), SMTP_DATA_END,
                                        SPAN_INIT("transfer")};
const struct smtp_verb smtp_bdat_last = {SPAN_INIT("BDAT-LAST"), SMTP_BDAT_LAST,
                                         SPAN_INIT("transfer")};
const struct smtp_verb smtp_junk = {{NULL, 0}, SMTP_JUNK, {NULL, 0}};

const struct smtp_verb *smtp_verb_find(struct span word)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (span_is(word, verbs[i].name))
            return &verbs[i];
    }
    return &smtp_verb_other;
}

struct span smtp_word(struct span *line)
{
    size_t n = 0;
    *line = span_trim(*line);
    while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
        n++;
    struct span word = span_first(*line, n);
    *line = span_trim(span_skip(*line, n));
    return word;
}

bool smtp_command_is_sure(struct span line)
{
    const struct smtp_verb *verb = smtp_verb_find(smtp_word(&line));
    struct span word = smtp_word(&line);
    uint64_t n;
    switch ((int)verb->id) {
    case SMTP_HELO:
        return word.n > 0 && line.n == 0;
    case SMTP_MAIL:
        return span_starts(word, SPAN("FROM:"));
    case SMTP_RCPT:
        return span_starts(word, SPAN("TO:"));
    case SMTP_BDAT:
        return span_uint(word, &n);
    case SMTP_AUTH:
        return mail_is_word(word);
    case SMTP_DATA:
    case SMTP_RSET:
    case SMTP_QUIT:
    case SMTP_STARTTLS:
        return word.n == 0;
    default:
        return span_is(verb->name, SPAN("NOOP")) && word.n == 0;
    }
}
