/* filter.c - see filter.h: one compiled program per link type met.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

#include <pcap.h>

#include "base/arena.h"

enum {
    LINKS_MAX = 16,       /* different link types in one capture */
    SNAPLEN_MAX = 262144, /* what a match returns; only "not 0" is used */
};

struct filter {
    char *expression;
    size_t count;
    struct compiled {
        int link;
        bool works; /* the expression makes sense on this link type */
        struct bpf_program program;
    } links[LINKS_MAX];
};

/* False with libpcap's words in why. */
static bool compile(const char *expression, int link,
                    struct bpf_program *program, char why[PCAP_ERRBUF_SIZE])
{
    pcap_t *dead = pcap_open_dead(link, SNAPLEN_MAX);
    if (!dead)
        return false;
    bool ok = pcap_compile(dead, program, expression, 1,
                           PCAP_NETMASK_UNKNOWN) == 0;
    if (!ok) {
        const char *text = pcap_geterr(dead);
        size_t n = strnlen(text, PCAP_ERRBUF_SIZE - 1);
        memcpy(why, text, n);
        why[n] = '\0';
    }
    pcap_close(dead);
    return ok;
}

struct filter *filter_new(const char *expression, struct err *err)
{
    /* Wrong is what makes sense nowhere; the first gives the reason. */
    static const int tried[] = {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL2,
                                DLT_IEEE802_11_RADIO};
    char why[PCAP_ERRBUF_SIZE] = "", other[PCAP_ERRBUF_SIZE];
    bool ok = false;
    for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]) && !ok; i++) {
        struct bpf_program program;
        ok = compile(expression, tried[i], &program, i == 0 ? why : other);
        if (ok)
            pcap_freecode(&program);
    }
    if (!ok) {
        err_set(err, "the filter \"%s\" is not one: %s (see pcap-filter(7))",
                expression, why);
        return NULL;
    }
    struct filter *filter = must_alloc(sizeof(*filter));
    *filter = (struct filter){.count = 0};
    size_t n = span_of(expression).n + 1;
    filter->expression = must_alloc(n);
    memcpy(filter->expression, expression, n);
    return filter;
}

void filter_free(struct filter **filter)
{
    if (!*filter)
        return;
    for (size_t i = 0; i < (*filter)->count; i++) {
        if ((*filter)->links[i].works)
            pcap_freecode(&(*filter)->links[i].program);
    }
    free((*filter)->expression);
    free(*filter);
    *filter = NULL;
}

static struct compiled *compiled_for(struct filter *filter, int link)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->links[i].link == link)
            return &filter->links[i];
    }
    if (filter->count == LINKS_MAX)
        return NULL;
    struct compiled *added = &filter->links[filter->count++];
    char why[PCAP_ERRBUF_SIZE];
    added->link = link;
    added->works = compile(filter->expression, link, &added->program, why);
    return added;
}

bool filter_matches(struct filter *filter, const struct frame *frame)
{
    struct compiled *compiled = compiled_for(filter, frame->link);
    if (!compiled || !compiled->works)
        return false;
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->bytes.n,
                                 .len = frame->length};
    return pcap_offline_filter(&compiled->program, &header, frame->bytes.p) !=
           0;
}
