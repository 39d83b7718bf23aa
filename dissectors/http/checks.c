/* checks.c - see checks.h.
 *
 *   C: GET /generate_204 HTTP/1.1       S: HTTP/1.1 302 Found
 *   C: Host: www.gstatic.com            S: Location: http://login.hotel.example/
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"

/* Who asks, at what path, and the answer of an open way. */
/* clang-format off */
static const struct page {
    struct span host, path; /* path: it begins so */
    uint16_t status;
    struct span body; /* it is in the body; empty: anything */
} pages[] = {
    {SPAN_INIT("connectivitycheck.gstatic.com"),   SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("connectivitycheck.android.com"),   SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("clients1.google.com"),             SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("clients3.google.com"),             SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("www.google.com"),                  SPAN_INIT("/gen_204"),                 204, {NULL, 0}},
    {SPAN_INIT("www.gstatic.com"),                 SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("play.googleapis.com"),             SPAN_INIT("/generate_204"),            204, {NULL, 0}},
    {SPAN_INIT("cp.cloudflare.com"),               SPAN_INIT("/"),                        204, {NULL, 0}},
    {SPAN_INIT("captive.apple.com"),               SPAN_INIT("/"),                        200, SPAN_INIT("Success")},
    {SPAN_INIT("www.apple.com"),                   SPAN_INIT("/library/test/success"),    200, SPAN_INIT("Success")},
    {SPAN_INIT("www.msftconnecttest.com"),         SPAN_INIT("/connecttest.txt"),         200, SPAN_INIT("Microsoft Connect Test")},
    {SPAN_INIT("ipv6.msftconnecttest.com"),        SPAN_INIT("/connecttest.txt"),         200, SPAN_INIT("Microsoft Connect Test")},
    {SPAN_INIT("www.msftncsi.com"),                SPAN_INIT("/ncsi.txt"),                200, SPAN_INIT("Microsoft NCSI")},
    {SPAN_INIT("detectportal.firefox.com"),        SPAN_INIT("/success.txt"),             200, SPAN_INIT("success")},
    {SPAN_INIT("detectportal.firefox.com"),        SPAN_INIT("/canonical.html"),          200, {NULL, 0}},
    {SPAN_INIT("nmcheck.gnome.org"),               SPAN_INIT("/check_network_status.txt"), 200, SPAN_INIT("NetworkManager is online")},
    {SPAN_INIT("connectivity-check.ubuntu.com"),   SPAN_INIT("/"),                        204, {NULL, 0}},
    {SPAN_INIT("network-test.debian.org"),         SPAN_INIT("/nm"),                      200, SPAN_INIT("NetworkManager is online")},
    {SPAN_INIT("fedoraproject.org"),               SPAN_INIT("/static/hotspot.txt"),      200, SPAN_INIT("OK")},
    {SPAN_INIT("conncheck.opensuse.org"),          SPAN_INIT("/"),                        200, SPAN_INIT("NetworkManager is online")},
    {SPAN_INIT("ping.archlinux.org"),              SPAN_INIT("/"),                        200, SPAN_INIT("NetworkManager is online")},
    {SPAN_INIT("detectportal.brave-http-only.com"), SPAN_INIT("/"),                       200, {NULL, 0}},
};
/* clang-format on */

struct check {
    uint64_t flow; /* 0: free */
    struct address client;
    const struct page *page;
    uint64_t status;
    bool expected;
    size_t location_n;
    uint8_t location[CHECK_LOCATION];
    uint64_t frame;
    int64_t time;
};

struct checks {
    struct check table[CHECKS_MAX]; /* a ring */
    size_t next;
};

struct checks *checks_new(void)
{
    return must_alloc(sizeof(struct checks));
}

void checks_free(struct checks **checks)
{
    free(*checks);
    *checks = NULL;
}

/* The value of a header line; empty if there is none (RFC 9112 section 5). */
static struct span header(struct span message, struct span name)
{
    struct span line;
    while (span_take_line(&message, &line) && span_trim(line).n > 0) {
        if (span_starts(line, name))
            return span_trim(span_skip(line, name.n));
    }
    return (struct span){NULL, 0};
}

static struct span body(struct span message)
{
    size_t at = span_search(message, SPAN("\r\n\r\n"));
    return span_skip(message, at < message.n ? at + 4 : message.n);
}

static const struct page *page_of(struct span request)
{
    struct span host = header(request, SPAN("Host:"));
    struct span path = span_skip(request, 4);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (span_is(host, pages[i].host) && span_starts(path, pages[i].path))
            return &pages[i];
    return NULL;
}

void checks_request(struct checks *c, uint64_t flow,
                    const struct address *client, struct span content,
                    uint64_t frame, int64_t time)
{
    const struct page *page =
        span_starts(content, SPAN("GET /")) ? page_of(content) : NULL;
    if (!page)
        return;
    c->table[c->next++ % CHECKS_MAX] = (struct check){
        .flow = flow,
        .client = *client,
        .page = page,
        .frame = frame,
        .time = time,
    };
}

static struct check *open_check(struct checks *c, uint64_t flow)
{
    for (size_t i = 0; i < CHECKS_MAX; i++)
        if (c->table[i].flow == flow && c->table[i].status == 0)
            return &c->table[i];
    return NULL;
}

void checks_answer(struct checks *c, uint64_t flow, struct span content,
                   uint64_t frame, int64_t time)
{
    uint64_t status = 0;
    if (!span_starts(content, SPAN("HTTP/1.")) || content.n < 12 ||
        !span_uint(span_first(span_skip(content, 9), 3), &status))
        return;
    struct check *check = open_check(c, flow);
    if (!check)
        return;
    struct span said = body(content);
    struct span location = header(content, SPAN("Location:"));
    check->status = status;
    /* A body that comes in the next segment is given the benefit of doubt. */
    check->expected =
        status == check->page->status &&
        (check->page->body.n == 0 || said.n == 0 ||
         span_search(said, check->page->body) < said.n);
    /* What follows a question mark may be somebody's session. */
    location = span_first(location, span_find(location, '?'));
    location = span_first(location, CHECK_LOCATION);
    check->location_n = location.n;
    if (location.n)
        memcpy(check->location, location.p, location.n);
    check->frame = frame;
    check->time = time;
}

void checks_tell(const struct checks *c, int64_t capture_start,
                 struct facts *out)
{
    for (size_t i = 0; i < CHECKS_MAX; i++) {
        const struct check *check = &c->table[(c->next + i) % CHECKS_MAX];
        char client[ADDRESS_TEXT];
        if (!check->flow)
            continue;
        address_text(&check->client, client);
        facts_stamp(out, check->frame, check->time);
        TELL(out, http_check, .client = span_of(client),
             .at = clock_seconds(check->time - capture_start),
             .host = check->page->host, .status = check->status,
             .location = (struct span){check->location, check->location_n},
             .expected = check->expected);
    }
}
