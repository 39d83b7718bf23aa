/* links.c - see links.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "flow/links.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

/* What may be wrong with a link. */
enum trouble {
    TROUBLE_KEY,
    TROUBLE_EAP,
    TROUBLE_PPPOE_SILENT,
    TROUBLE_PPPOE_ENDED,
    TROUBLE_LOGIN,
    TROUBLE_NOT_ASSOCIATED,
    TROUBLE_PUT_OUT,
    TROUBLES,
    NO_TROUBLE = TROUBLES,
};

static const char *const trouble_names[TROUBLES] = {
    "key",    "eap", "pppoe-silent", "pppoe-ended", "login", "not-associated",
    "put-out"};

#define BIT(trouble) (1u << (trouble))

/* What a message says, and of what it shows that it is over. */
/* clang-format off */
static const struct meaning {
    enum trouble trouble;
    unsigned heals;
} meanings[] = {
    [LINK_KEY_PROVED] =     {TROUBLE_KEY, 0},
    [LINK_KEY_AGREED] =     {NO_TROUBLE, BIT(TROUBLE_KEY) | BIT(TROUBLE_EAP) |
                                         BIT(TROUBLE_NOT_ASSOCIATED) | BIT(TROUBLE_PUT_OUT)},
    [LINK_EAP_ANSWERED] =   {NO_TROUBLE, 0},
    [LINK_EAP_SUCCESS] =    {NO_TROUBLE, BIT(TROUBLE_EAP)},
    [LINK_EAP_FAILURE] =    {TROUBLE_EAP, 0},
    [LINK_PPPOE_SOUGHT] =   {TROUBLE_PPPOE_SILENT, 0},
    [LINK_PPPOE_FOUND] =    {NO_TROUBLE, BIT(TROUBLE_PPPOE_SILENT)},
    [LINK_PPPOE_BEGUN] =    {NO_TROUBLE, BIT(TROUBLE_PPPOE_SILENT) | BIT(TROUBLE_PPPOE_ENDED)},
    [LINK_PPPOE_ENDED] =    {TROUBLE_PPPOE_ENDED, 0},
    [LINK_LOGIN_TAKEN] =    {NO_TROUBLE, BIT(TROUBLE_LOGIN)},
    [LINK_LOGIN_REFUSED] =  {TROUBLE_LOGIN, 0},
    [LINK_ASSOCIATED] =     {NO_TROUBLE, BIT(TROUBLE_NOT_ASSOCIATED) | BIT(TROUBLE_PUT_OUT)},
    [LINK_NOT_ASSOCIATED] = {TROUBLE_NOT_ASSOCIATED, 0},
    [LINK_PUT_OUT] =        {TROUBLE_PUT_OUT, 0},
};
/* clang-format on */

struct seen {
    uint64_t count; /* 0: not, or it is over */
    uint64_t frame; /* of the last time */
    int64_t first, last;
    uint8_t by[6];
    bool by_station;
    uint16_t reason;
};

struct link {
    uint8_t station[6];
    bool eap_answered;
    struct seen seen[TROUBLES];
};

struct links {
    struct link table[LINKS_MAX];
    size_t n;
};

struct links *links_new(void)
{
    return must_alloc(sizeof(struct links));
}

void links_free(struct links **links)
{
    free(*links);
    *links = NULL;
}

static struct link *find(struct links *l, const uint8_t station[6])
{
    for (size_t i = 0; i < l->n; i++)
        if (memcmp(l->table[i].station, station, 6) == 0)
            return &l->table[i];
    return NULL;
}

/* Who hangs up may be either end: then it is the one that is known. */
static struct link *link_of(struct links *l, const struct packet *p)
{
    bool from = p->link.from_station;
    const uint8_t *station = from ? p->source_mac : p->destination_mac;
    const uint8_t *other = from ? p->destination_mac : p->source_mac;
    struct link *link = find(l, station);
    if (!link)
        link = find(l, other);
    if (!link && (station[0] & 1) && l->n == 1)
        link = &l->table[0]; /* switches speak to the port */
    if (link || l->n == LINKS_MAX)
        return link;
    link = &l->table[l->n++];
    memcpy(link->station, station, 6);
    return link;
}

static void note(struct seen *seen, const struct packet *p)
{
    if (seen->count++ == 0)
        seen->first = p->time;
    seen->last = p->time;
    seen->frame = p->frame;
    seen->reason = p->link.reason;
    seen->by_station = p->link.from_station;
    memcpy(seen->by, p->source_mac, 6);
}

void links_packet(struct links *l, const struct packet *p)
{
    const struct meaning *meaning = &meanings[p->link.message];
    struct link *link = link_of(l, p);
    if (!link)
        return;
    link->eap_answered |= p->link.message == LINK_EAP_ANSWERED;
    /* Switches say the same to who does not speak 802.1X, and let him in. */
    if (p->link.message == LINK_EAP_FAILURE && !link->eap_answered)
        return;
    if (meaning->trouble != NO_TROUBLE)
        note(&link->seen[meaning->trouble], p);
    for (size_t i = 0; i < TROUBLES; i++)
        if (meaning->heals & BIT(i))
            link->seen[i].count = 0;
}

/* ---- telling ---- */

/* IEEE 802.11 tables 9-49 and 9-50: what access points say of their own accord. */
static const struct {
    enum trouble trouble;
    uint16_t number;
    const char *words;
} reasons[] = {
    {TROUBLE_PUT_OUT,        2,  "the authentication is no longer valid"     },
    {TROUBLE_PUT_OUT,        3,  "it leaves"                                 },
    {TROUBLE_PUT_OUT,        4,  "nothing was heard for too long"            },
    {TROUBLE_PUT_OUT,        5,  "the access point serves too many stations" },
    {TROUBLE_PUT_OUT,        6,  "it is not authenticated"                   },
    {TROUBLE_PUT_OUT,        7,  "it is not associated"                      },
    {TROUBLE_PUT_OUT,        8,  "it leaves the network"                     },
    {TROUBLE_PUT_OUT,        14, "a check of the encryption failed"          },
    {TROUBLE_PUT_OUT,        15, "the agreement on a key took too long"      },
    {TROUBLE_PUT_OUT,        16, "the agreement on a group key took too long"},
    {TROUBLE_PUT_OUT,        23, "the authentication with 802.1X failed"     },
    {TROUBLE_PUT_OUT,        34, "too many frames were lost"                 },
    {TROUBLE_NOT_ASSOCIATED, 1,  "no reason is given"                        },
    {TROUBLE_NOT_ASSOCIATED, 12, "for a reason outside the standard"         },
    {TROUBLE_NOT_ASSOCIATED, 15, "the challenge was not answered right"      },
    {TROUBLE_NOT_ASSOCIATED, 16, "it took too long"                          },
    {TROUBLE_NOT_ASSOCIATED, 17, "the access point serves too many stations" },
    {TROUBLE_NOT_ASSOCIATED, 30, "for now; it may try again later"           },
    {TROUBLE_NOT_ASSOCIATED, 37, "it was declined"                           },
    {TROUBLE_NOT_ASSOCIATED, 43, "the kind of authentication is not allowed" },
};

static const char *words_of(enum trouble trouble, uint16_t number)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].trouble == trouble && reasons[i].number == number)
            return reasons[i].words;
    return "";
}

struct item {
    const struct link *link;
    enum trouble trouble;
};

static const struct seen *seen_of(const struct item *item)
{
    return &item->link->seen[item->trouble];
}

static int by_frame(const void *a, const void *b)
{
    uint64_t x = seen_of(a)->frame, y = seen_of(b)->frame;
    return (x > y) - (x < y);
}

static void tell(const struct item *item, int64_t capture_start,
                 int64_t capture_end, bool alone, struct facts *out)
{
    const struct seen *seen = seen_of(item);
    char station[STATION_TEXT], by[STATION_TEXT];
    station_text(item->link->station, station);
    station_text(seen->by, by);
    facts_stamp(out, seen->frame, seen->last);
    TELL(out, link_trouble, .what = span_of(trouble_names[item->trouble]),
         .station = span_of(station), .by = span_of(by),
         .by_station = seen->by_station, .count = seen->count,
         .reason = seen->reason,
         .reason_text = span_of(words_of(item->trouble, seen->reason)),
         .last = clock_seconds(seen->last - capture_start),
         .lasted = clock_seconds(seen->last - seen->first),
         .waited = clock_seconds(capture_end - seen->last), .alone = alone);
}

void links_tell(const struct links *l, int64_t capture_start,
                int64_t capture_end,
                bool (*alone)(void *user, const uint8_t mac[6]), void *user,
                struct facts *out)
{
    struct item items[LINKS_MAX * TROUBLES];
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        for (size_t k = 0; k < TROUBLES; k++)
            if (l->table[i].seen[k].count)
                items[n++] = (struct item){&l->table[i], (enum trouble)k};
    if (n)
        qsort(items, n, sizeof items[0], by_frame);
    for (size_t i = 0; i < n; i++)
        tell(&items[i], capture_start, capture_end,
             alone && alone(user, items[i].link->station), out);
}
