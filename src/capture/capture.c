/* capture.c - see capture.h: picks the kind of source, filters and numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "capture.h"

#include <stdlib.h>

#include "base/arena.h"
#include "filter.h"
#include "looks.h"
#include "source.h"

struct capture {
    struct input *input;   /* NULL when live */
    struct filter *filter; /* NULL for all */
    struct source source;
    uint64_t frames;
};

static struct source open_file(struct input *input, struct err *err)
{
    struct span beginning = input_peek(input, LOOKS_WANTS);
    if (pcap_file_is(beginning))
        return pcap_file_open(input, err);
    if (pcapng_is(beginning))
        return pcapng_open(input, err);
    if (snoop_is(beginning))
        return snoop_open(input, err);
    if (beginning.n == 0 && input_trouble(input))
        err_set(err, "can not be uncompressed: %s", input_trouble(input));
    else
        looks_like(beginning, err);
    return (struct source){NULL, NULL};
}

/* Takes the input, which may be NULL with err already set. */
static struct capture *open_input(struct input *input,
                                  const struct capture_options *options,
                                  struct err *err)
{
    if (!input)
        return NULL;
    struct capture *capture = must_alloc(sizeof(*capture));
    *capture = (struct capture){.input = input};
    bool ok = true;
    if (options && options->filter) {
        capture->filter = filter_new(options->filter, err);
        ok = capture->filter;
    }
    if (ok)
        capture->source = open_file(input, err);
    if (!capture->source.kind)
        capture_close(&capture);
    return capture;
}

struct capture *capture_open(const char *path,
                             const struct capture_options *options,
                             struct err *err)
{
    return open_input(input_open(path, err), options, err);
}

struct capture *capture_open_memory(struct span file,
                                    const struct capture_options *options,
                                    struct err *err)
{
    return open_input(input_open_memory(file, err), options, err);
}

struct capture *capture_open_live(const char *interface,
                                  const struct capture_options *options,
                                  struct err *err)
{
    struct source source = live_open(interface, options, err);
    if (!source.kind)
        return NULL;
    struct capture *capture = must_alloc(sizeof(*capture));
    *capture = (struct capture){.source = source};
    return capture;
}

enum capture_result capture_next(struct capture *capture, struct frame *frame,
                                 struct err *err)
{
    const struct source *source = &capture->source;
    for (;;) {
        enum capture_result result =
            source->kind->next(source->self, capture->frames + 1, frame, err);
        if (result != CAPTURE_FRAME)
            return result;
        frame->number = ++capture->frames;
        if (!capture->filter || filter_matches(capture->filter, frame))
            return CAPTURE_FRAME;
    }
}

const char *capture_format(const struct capture *capture)
{
    return capture->source.kind->format;
}

uint64_t capture_dropped(const struct capture *capture)
{
    const struct source *source = &capture->source;
    return source->kind->dropped ? source->kind->dropped(source->self) : 0;
}

uint64_t capture_offset(const struct capture *capture)
{
    const struct source *source = &capture->source;
    return source->kind->offset ? source->kind->offset(source->self) : 0;
}

uint64_t capture_packets_most(const struct capture *capture)
{
    enum { HEADER = 16 }; /* of a packet in a pcap file; pcapng takes more */
    uint64_t bytes = capture->input ? input_size_most(capture->input)
                                    : UINT64_MAX;
    return bytes == UINT64_MAX ? bytes : bytes / HEADER;
}

struct span capture_secrets(const struct capture *capture)
{
    const struct source *source = &capture->source;
    return source->kind->secrets ? source->kind->secrets(source->self)
                                 : (struct span){NULL, 0};
}

void capture_close(struct capture **capture)
{
    if (!*capture)
        return;
    struct source *source = &(*capture)->source;
    if (source->kind)
        source->kind->close(source->self);
    filter_free(&(*capture)->filter);
    input_close(&(*capture)->input);
    free(*capture);
    *capture = NULL;
}
