#!/usr/bin/env python3
"""Tags one direction: what some mirror ports make of a connection.

Usage: tag.py CAPTURE NEW-CAPTURE ADDRESS

IPv4 packets from the address get a VLAN tag (IEEE 802.1Q), all others stay as
they are.  Takes Ethernet in a pcap file.
"""

import socket
import sys

from records import rewrite

TAG = bytes.fromhex("8100000a")  # VLAN 10
MACS = 12


def main():
    source, target, address = sys.argv[1:]
    sender = socket.inet_aton(address)

    def tagged(frame):
        if frame[12:14] == b"\x08\x00" and frame[26:30] == sender:
            return frame[:MACS] + TAG + frame[MACS:]
        return frame

    rewrite(source, target, tagged)


main()
