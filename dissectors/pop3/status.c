/* status.c - the words of a reply: +OK or -ERR, a code, a text (RFC 1939
 * section 3, RFC 2449 section 8).
 *
 *   S: -ERR [IN-USE] the maildrop is locked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "pop3.h"

static struct span indicator_of(struct span word)
{
    static const struct span all[] = {SPAN_INIT("+OK"), SPAN_INIT("-ERR")};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (span_is(word, all[i]))
            return all[i];
    }
    return (struct span){NULL, 0};
}

bool pop3_is_reply(struct span line)
{
    return indicator_of(mail_word(&line)).n > 0;
}

struct pop3_reply pop3_reply_read(struct span line)
{
    struct pop3_reply reply = {.line = line};
    reply.indicator = indicator_of(mail_word(&line));
    struct mail_code code = mail_code(line);
    mail_keep_upper(&reply.code, code.code);
    reply.text = code.rest;
    return reply;
}
