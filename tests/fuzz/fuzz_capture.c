/* fuzz_capture.c - capture files of any content: pcap, pcapng, compressed.
 *
 * Every frame's bytes must be readable, and reading must end.  Secrets inside
 * the file (Decryption Secrets Blocks) are read as a key log.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "capture/capture.h"
#include "tls/keys.h"

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
    struct tls_keys *keys = tls_keys_new();
    tls_keys_add(keys, capture_secrets(capture));
    tls_keys_free(&keys);
    capture_close(&capture);
    return 0;
}
