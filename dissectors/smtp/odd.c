/* odd.c - what is odd about the lines of a side, told once of each kind.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "smtp/smtp.h"

void smtp_malformed(struct smtp *s, enum dir side, enum smtp_odd odd,
                    struct span line, struct facts *out)
{
    static const struct span why[] = {
        [SMTP_ODD_BARE] = SPAN_INIT("bare LF"),
        [SMTP_ODD_LONG] = SPAN_INIT("line too long"),
        [SMTP_ODD_NUL] = SPAN_INIT("NUL"),
        [SMTP_ODD_REPLY] = SPAN_INIT("not a reply"),
    };
    struct smtp_shown shown = {0};
    if (s->odd_told[side] & 1u << odd)
        return;
    s->odd_told[side] |= 1u << odd;
    smtp_show_masked(&shown, span_first(line, 80), out);
    TELL(out, smtp_malformed,
         .side = side == C2S ? SPAN("client") : SPAN("server"), .why = why[odd],
         .line = smtp_shown_span(&shown));
}
