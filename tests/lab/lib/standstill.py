#!/usr/bin/env python3
"""Writes the same sequence and acknowledgement number into all segments.

Usage: standstill.py CAPTURE NEW-CAPTURE

What packets look like that were made with a program that does not count.  Takes
Ethernet and IPv4 in a pcap file; the checksums stay as they were.
"""

import sys

from records import rewrite

ETHERNET = 14
TCP = 6
ONE = (1).to_bytes(4, "big")


def standing(frame):
    if frame[12:ETHERNET] != b"\x08\x00" or frame[23] != TCP:
        return frame
    seq = ETHERNET + (frame[ETHERNET] & 0x0F) * 4 + 4
    return frame[:seq] + ONE + ONE + frame[seq + 8:]


rewrite(sys.argv[1], sys.argv[2], standing)
