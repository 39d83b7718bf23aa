#!/usr/bin/env python3
"""Puts an Ethernet capture on the air: an encrypted Wi-Fi, seen in monitor mode.

Usage: air.py CAPTURE NEW-CAPTURE

Each packet becomes a data frame (IEEE 802.11 section 9.3.2) from station to
access point with CCMP's header and trailer and as many random bytes between
them; each is confirmed, and beacons are sent ten times a second.
"""

import os
import struct
import sys

LINKTYPE_IEEE802_11 = 105
STATION = bytes.fromhex("020000000001")
ACCESS_POINT = bytes.fromhex("020000000002")
BEACON_INTERVAL = 102400  # microseconds
SAYS_ITS_NAME = b"\0\x08lab-wlan"


def packets(path):
    with open(path, "rb") as file:
        order = "<" if file.read(4) == b"\xd4\xc3\xb2\xa1" else ">"
        file.seek(24)
        while header := file.read(16):
            seconds, micros, kept, _ = struct.unpack(order + "IIII", header)
            yield seconds * 1000000 + micros, file.read(kept)


def beacon(time):
    return (b"\x80\0\0\0" + b"\xff" * 6 + ACCESS_POINT * 2 + b"\0\0" +
            struct.pack("<QHH", time, 100, 0x11) + SAYS_ITS_NAME)


def data(number, packet):
    ccmp = struct.pack("<HBBI", number, 0, 0x20, 0)
    return (b"\x08\x41\x30\0" + ACCESS_POINT + STATION + packet[:6] +
            struct.pack("<H", number << 4 & 0xffff) + ccmp +
            os.urandom(len(packet) - 6 + 8))


def acknowledgement(receiver):
    return b"\xd4\0\0\0" + receiver


def frames(capture):
    due = None
    for number, (time, packet) in enumerate(packets(capture), 1):
        due = due or time
        while due <= time:
            yield due, beacon(due)
            due += BEACON_INTERVAL
        yield time, data(number, packet)
        yield time + 20, acknowledgement(STATION)


def main():
    capture, new = sys.argv[1:]
    with open(new, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535,
                               LINKTYPE_IEEE802_11))
        for time, frame in frames(capture):
            file.write(struct.pack("<IIII", time // 1000000, time % 1000000,
                                   len(frame), len(frame)) + frame)


main()
