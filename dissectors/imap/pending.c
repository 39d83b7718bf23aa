/* pending.c - the commands that wait for replies, oldest first.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "imap.h"

struct imap_pending *imap_pending_find(struct imap *im, struct span tag)
{
    for (size_t i = 0; i < im->pending_n; i++) {
        if (span_same(mail_kept(&im->pending[i].tag),
                      span_first(tag, MAIL_KEPT_MAX)))
            return &im->pending[i];
    }
    return NULL;
}

struct imap_pending *imap_pending_what(struct imap *im, enum imap_what what)
{
    for (size_t i = 0; i < im->pending_n; i++) {
        if (im->pending[i].verb->what == what)
            return &im->pending[i];
    }
    return NULL;
}

void imap_pending_drop(struct imap *im, struct imap_pending *p)
{
    size_t at = (size_t)(p - im->pending);
    im->pending_n--;
    memmove(p, p + 1, (im->pending_n - at) * sizeof *p);
}

struct imap_pending *imap_pending_add(struct imap *im, struct facts *out)
{
    if (im->pending_n == IMAP_PENDING_MAX) {
        imap_pending_drop(im, im->pending);
        if (!im->capped)
            TELL(out, flow_capped,
                 .what = SPAN("more IMAP commands wait for replies than are "
                              "kept; the oldest are taken as answered"));
        im->capped = true;
    }
    im->pending =
        arena_grow(im->mem, im->pending, im->pending_n, &im->pending_room,
                   im->pending_n + 1, sizeof *im->pending);
    struct imap_pending *p = &im->pending[im->pending_n++];
    *p = (struct imap_pending){.verb = NULL};
    return p;
}
