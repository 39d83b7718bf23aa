/* lookups_similar.c - names that may have been meant: misspelt ones are most of
 * those that do not exist.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "lookups_table.h"

enum {
    LONGEST = 63,   /* names past this are not typed by people */
    DISTANCE = 2,   /* letters wrong, missing, too many, or swapped */
    COMPARED = 128, /* names of the capture */
};

/* clang-format off */
/* From the help pages of providers, 2026-11. */
static const struct span well_known[] = {
    SPAN_INIT("imap.gmail.com"),        SPAN_INIT("pop.gmail.com"),
    SPAN_INIT("smtp.gmail.com"),        SPAN_INIT("outlook.office365.com"),
    SPAN_INIT("smtp.office365.com"),    SPAN_INIT("imap-mail.outlook.com"),
    SPAN_INIT("smtp-mail.outlook.com"), SPAN_INIT("imap.mail.yahoo.com"),
    SPAN_INIT("smtp.mail.yahoo.com"),   SPAN_INIT("imap.mail.me.com"),
    SPAN_INIT("smtp.mail.me.com"),      SPAN_INIT("imap.aol.com"),
    SPAN_INIT("smtp.aol.com"),          SPAN_INIT("imap.gmx.net"),
    SPAN_INIT("mail.gmx.net"),          SPAN_INIT("pop.gmx.net"),
    SPAN_INIT("imap.gmx.com"),          SPAN_INIT("mail.gmx.com"),
    SPAN_INIT("imap.web.de"),           SPAN_INIT("smtp.web.de"),
    SPAN_INIT("pop3.web.de"),           SPAN_INIT("imap.ionos.com"),
    SPAN_INIT("smtp.ionos.com"),        SPAN_INIT("imap.ionos.de"),
    SPAN_INIT("smtp.ionos.de"),         SPAN_INIT("imap.1und1.de"),
    SPAN_INIT("secureimap.t-online.de"), SPAN_INIT("securesmtp.t-online.de"),
    SPAN_INIT("imap.fastmail.com"),     SPAN_INIT("smtp.fastmail.com"),
    SPAN_INIT("imap.zoho.com"),         SPAN_INIT("smtp.zoho.com"),
    SPAN_INIT("imap.yandex.com"),       SPAN_INIT("smtp.yandex.com"),
    SPAN_INIT("imap.mail.ru"),          SPAN_INIT("smtp.mail.ru"),
    SPAN_INIT("imap.qq.com"),           SPAN_INIT("smtp.qq.com"),
    SPAN_INIT("imap.163.com"),          SPAN_INIT("smtp.163.com"),
    SPAN_INIT("imap.orange.fr"),        SPAN_INIT("smtp.orange.fr"),
    SPAN_INIT("imap.free.fr"),          SPAN_INIT("smtp.free.fr"),
    SPAN_INIT("imap.comcast.net"),      SPAN_INIT("smtp.comcast.net"),
    SPAN_INIT("imap.mail.att.net"),     SPAN_INIT("mail.btinternet.com"),
};
/* clang-format on */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, dropped or swapped with their
 * neighbour (optimal string alignment), or more than DISTANCE. */
static unsigned distance(struct span a, struct span b)
{
    unsigned rows[3][LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST || a.n > b.n + DISTANCE ||
        b.n > a.n + DISTANCE)
        return DISTANCE + 1;
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.n; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3];
        const unsigned *second = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.n; j++) {
            unsigned change = a.p[i - 1] != b.p[j - 1];
            row[j] =
                least(least(above[j], row[j - 1]) + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] &&
                a.p[i - 2] == b.p[j - 1])
                row[j] = least(row[j], second[j - 2] + 1);
        }
    }
    return rows[a.n % 3][b.n];
}

static bool is_close(struct span name, struct span other)
{
    unsigned far = distance(name, other);
    return far > 0 && far <= DISTANCE;
}

struct span lookup_similar(const struct lookups *lookups,
                           const struct lookup *l)
{
    for (size_t i = 0; i < lookups->count && i < COMPARED; i++) {
        const struct lookup *other = &lookups->all[i]->lookup;
        if (other->address_count > 0 &&
            lookups_role(lookups, other) == LOOKUP_MAILHOST &&
            is_close(l->name, other->name))
            return other->name;
    }
    for (size_t i = 0; i < sizeof(well_known) / sizeof(well_known[0]); i++) {
        if (is_close(l->name, well_known[i]))
            return well_known[i];
    }
    return (struct span){NULL, 0};
}
