/* live.c - packets from an interface, through libpcap.
 *
 * The handle does not block: it is waited on for at most WAIT_MS, so that the
 * caller gets to look at its signals however quiet the network is.  (libpcap's
 * own timeout need not end while no packet comes.)
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "source.h"

#include <poll.h>
#include <stdlib.h>

#include <pcap.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/text.h"

enum {
    WAIT_MS = 100,
    SNAPLEN_DEFAULT = 262144,
    BUFFER_BYTES = 16 * 1024 * 1024, /* in the kernel: rides out bursts */
};

struct live {
    pcap_t *pcap;
    int64_t tick; /* nanoseconds per unit of ts.tv_usec */
};

static void no_such_interface(const char *interface, struct err *err)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct text names = {0};
    pcap_if_t *all = NULL;
    if (pcap_findalldevs(&all, why) == 0) {
        for (const pcap_if_t *i = all; i; i = i->next)
            text_addf(&names, "%s%s", names.n ? ", " : "", i->name);
        pcap_freealldevs(all);
    }
    err_set(err, "there is no interface \"%s\"; %s%s", interface,
            names.n ? "there are: " : "none can be captured on: ",
            names.n ? text_string(&names)
                    : "run as root, or give the program cap_net_raw");
    text_free(&names);
}

static bool say_why_not(const char *interface, int result, const char *detail,
                        struct err *err)
{
    switch (result) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        no_such_interface(interface, err);
        return false;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return err_set(err,
                       "capturing on %s is not allowed for this user; run as "
                       "root (rights are dropped before the first packet), or "
                       "once: setcap cap_net_raw+ep on the program",
                       interface);
    case PCAP_ERROR_IFACE_NOT_UP:
        return err_set(err, "interface %s is down; ip link set %s up",
                       interface, interface);
    default:
        return err_set(err, "capturing on %s failed: %s", interface,
                       detail[0] ? detail : pcap_statustostr(result));
    }
}

/* Options are set before, the filter after activation.  0 or a pcap error;
 * warnings (no promiscuous mode on "any") are none of our business. */
static int activate(pcap_t *pcap, const struct capture_options *options)
{
    uint32_t snaplen = options ? options->snaplen : 0;
    if (snaplen == 0 || snaplen > SNAPLEN_DEFAULT)
        snaplen = SNAPLEN_DEFAULT;
    pcap_set_snaplen(pcap, (int)snaplen);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, WAIT_MS);
    pcap_set_buffer_size(pcap, BUFFER_BYTES);
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    int result = pcap_activate(pcap);
    return result < 0 ? result : 0;
}

static bool set_filter(pcap_t *pcap, const char *expression, struct err *err)
{
    struct bpf_program program;
    if (pcap_compile(pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
        return err_set(err,
                       "the filter \"%s\" is not one: %s (see pcap-filter(7))",
                       expression, pcap_geterr(pcap));
    bool ok = pcap_setfilter(pcap, &program) == 0;
    pcap_freecode(&program);
    return ok || err_set(err, "the filter can not be used: %s",
                         pcap_geterr(pcap));
}

static enum capture_result take(struct live *live, struct frame *frame,
                                struct err *err)
{
    struct pcap_pkthdr *header;
    const u_char *bytes;
    int result = pcap_next_ex(live->pcap, &header, &bytes);
    if (result == 0)
        return CAPTURE_NOTHING;
    if (result == PCAP_ERROR_BREAK)
        return CAPTURE_END;
    if (result != 1) {
        err_set(err, "the capture ended: %s", pcap_geterr(live->pcap));
        return CAPTURE_DAMAGED;
    }
    *frame = (struct frame){
        .time = (int64_t)header->ts.tv_sec * CLOCK_SECOND +
                (int64_t)header->ts.tv_usec * live->tick,
        .length = header->len > header->caplen ? header->len : header->caplen,
        .link = pcap_datalink(live->pcap),
        .bytes = {bytes, header->caplen},
    };
    return CAPTURE_FRAME;
}

static enum capture_result live_next(void *self, uint64_t number,
                                     struct frame *frame, struct err *err)
{
    struct live *live = self;
    (void)number;
    enum capture_result result = take(live, frame, err);
    if (result != CAPTURE_NOTHING)
        return result;
    struct pollfd wait = {.fd = pcap_get_selectable_fd(live->pcap),
                          .events = POLLIN};
    if (poll(&wait, 1, WAIT_MS) <= 0)
        return CAPTURE_NOTHING; /* nothing came, or a signal did */
    return take(live, frame, err);
}

static uint64_t live_dropped(const void *self)
{
    const struct live *live = self;
    struct pcap_stat stat;
    if (pcap_stats(live->pcap, &stat) != 0)
        return 0;
    return (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}

static void live_close(void *self)
{
    struct live *live = self;
    pcap_close(live->pcap);
    free(live);
}

static const struct source_kind live_kind = {
    .format = "pcap",
    .next = live_next,
    .dropped = live_dropped,
    .close = live_close,
};

struct source live_open(const char *interface,
                        const struct capture_options *options,
                        struct err *err)
{
    const struct source none = {NULL, NULL};
    char why[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_create(interface, why);
    if (!pcap) {
        err_set(err, "capturing on %s failed: %s", interface, why);
        return none;
    }
    int result = activate(pcap, options);
    bool ok = result == 0 ||
              say_why_not(interface, result, pcap_geterr(pcap), err);
    if (ok && options && options->filter)
        ok = set_filter(pcap, options->filter, err);
    if (ok && pcap_setnonblock(pcap, 1, why) != 0)
        ok = err_set(err, "capturing on %s failed: %s", interface, why);
    if (!ok) {
        pcap_close(pcap);
        return none;
    }
    struct live *live = must_alloc(sizeof(*live));
    bool nano =
        pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    *live = (struct live){.pcap = pcap, .tick = nano ? 1 : 1000};
    return (struct source){&live_kind, live};
}
