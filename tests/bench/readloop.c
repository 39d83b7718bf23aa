/* readloop.c - the bare libpcap read loop that mailwhy's speed is compared to.
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *file = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    unsigned long packets = 0, sum = 0;
    if (!file) {
        fprintf(stderr, "usage: bench_readloop CAPTURE\n");
        return 2;
    }
    while (pcap_next_ex(file, &header, &bytes) == 1) {
        packets++;
        sum += bytes[header->caplen - 1]; /* so that the bytes are touched */
    }
    pcap_close(file);
    printf("%lu packets, %lu\n", packets, sum);
    return 0;
}
