#!/usr/bin/env python3
"""Puts what one host says and hears into a tunnel: IPsec, seen from outside.

Usage: vpn.py CAPTURE NEW-CAPTURE

Each IPv4 packet becomes one of ESP in tunnel mode (RFC 4303) between two
gateways, with as many random bytes as it, its padding and a check value have.
"""

import os
import socket
import struct
import sys

from records import rewrite

ETHERNET = 14
ESP = 50
GATEWAYS = socket.inet_aton("192.0.2.10"), socket.inet_aton("203.0.113.7")
CHECK = 16
END = 2  # length of the padding, next header


def checksum(header):
    total = sum(struct.unpack("!10H", header))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def main():
    source, target = sys.argv[1:]
    count = [0, 0]

    def hidden(frame):
        if frame[12:14] != b"\x08\x00":
            return frame
        outgoing = frame[26:30] == GATEWAYS[0]
        ends = GATEWAYS if outgoing else GATEWAYS[::-1]
        count[outgoing] += 1
        clear = len(frame) - ETHERNET + END
        secret = os.urandom(clear + -clear % 16 + CHECK)
        esp = struct.pack("!II", 0xc0ffee00 + outgoing, count[outgoing]) + secret
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(esp),
                             count[outgoing], 0, 64, ESP, 0) + b"".join(ends)
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        return frame[:ETHERNET] + header + esp

    rewrite(source, target, hidden)


main()
