#!/usr/bin/env python3
"""Takes the Ethernet headers off: what is recorded of a tunnel or a telephone.

Usage: raw.py CAPTURE NEW-CAPTURE

IP packets stay, all else is left out.  Takes Ethernet in a pcap file.
"""

import sys

from records import rewrite

ETHERNET = 14
RAW_IP = 101  # LINKTYPE_RAW
IP = (b"\x08\x00", b"\x86\xdd")


def without_header(frame):
    return frame[ETHERNET:] if frame[12:ETHERNET] in IP else None


rewrite(sys.argv[1], sys.argv[2], without_header, RAW_IP)
