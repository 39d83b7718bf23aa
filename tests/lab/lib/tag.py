#!/usr/bin/env python3
"""Tags one direction: what some mirror ports make of a connection.

Usage: tag.py CAPTURE NEW-CAPTURE ADDRESS

IPv4 packets from the address get a VLAN tag (IEEE 802.1Q), all others stay as
they are.  Takes Ethernet in a pcap file.
"""

import socket
import struct
import sys

TAG = bytes.fromhex("8100000a")  # VLAN 10
FILE_HEADER, RECORD_HEADER, MACS = 24, 16, 12


def main():
    source, target, address = sys.argv[1:]
    sender = socket.inet_aton(address)
    with open(source, "rb") as file:
        data = file.read()
    out = [data[:FILE_HEADER]]
    at = FILE_HEADER
    while at < len(data):
        seconds, fraction, kept, length = struct.unpack_from("<4I", data, at)
        at += RECORD_HEADER
        frame = data[at : at + kept]
        at += kept
        if frame[12:14] == b"\x08\x00" and frame[26:30] == sender:
            frame = frame[:MACS] + TAG + frame[MACS:]
            length += len(TAG)
        out.append(struct.pack("<4I", seconds, fraction, len(frame), length))
        out.append(frame)
    with open(target, "wb") as file:
        file.write(b"".join(out))


main()
