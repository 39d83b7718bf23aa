#!/usr/bin/env python3
"""Takes the Ethernet headers off: what is recorded of a tunnel or a telephone.

Usage: raw.py CAPTURE NEW-CAPTURE

IP packets stay, all else is left out.  Takes Ethernet in a pcap file.
"""

import struct
import sys

FILE_HEADER, LINK_TYPE, RECORD_HEADER, ETHERNET = 24, 20, 16, 14
RAW_IP = 101  # LINKTYPE_RAW
IP = (b"\x08\x00", b"\x86\xdd")


def main():
    source, target = sys.argv[1:]
    with open(source, "rb") as file:
        data = file.read()
    out = [data[:LINK_TYPE], struct.pack("<I", RAW_IP)]
    at = FILE_HEADER
    while at < len(data):
        seconds, fraction, kept, length = struct.unpack_from("<4I", data, at)
        at += RECORD_HEADER
        frame = data[at : at + kept]
        at += kept
        if frame[12:14] in IP:
            out.append(struct.pack("<4I", seconds, fraction, kept - ETHERNET,
                                   length - ETHERNET))
            out.append(frame[ETHERNET:])
    with open(target, "wb") as file:
        file.write(b"".join(out))


main()
