/* fuzz_capture.c - capture files of any content: pcap, pcapng, compressed.
 *
 * Every frame's bytes must be readable, and reading must end.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "capture/capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct capture_options options = {NULL, 0};
    struct err err = {""};
    struct frame frame;
    volatile unsigned sum = 0;
    struct capture *capture =
        capture_open_memory((struct span){data, size}, &options, &err);
    if (!capture)
        return 0;
    while (capture_next(capture, &frame, &err) == CAPTURE_FRAME) {
        for (size_t i = 0; i < frame.bytes.n; i++)
            sum += frame.bytes.p[i];
    }
    (void)sum;
    capture_close(&capture);
    return 0;
}
