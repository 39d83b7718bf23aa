#!/usr/bin/env python3
"""Frames given in hexadecimal, one a line, after the seconds to wait before it.

Usage: frames.py INTERFACE            sends them there (in a host of the lab)
       frames.py CAPTURE LINKTYPE     writes a capture of them, without waiting

Blanks between the bytes and what follows a # are skipped.
"""

import socket
import struct
import sys
import time

LEAST = 60  # of Ethernet, without the check sum


def frames():
    for line in sys.stdin:
        wait, *octets = line.partition("#")[0].split() or [""]
        if octets:
            yield float(wait), bytes.fromhex("".join(octets))


def send(interface):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((interface, 0))
    for wait, frame in frames():
        time.sleep(wait)
        wire.send(frame.ljust(LEAST, b"\0"))


def write(path, link):
    now = time.time()
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, int(link)))
        for wait, frame in frames():
            now += wait
            seconds, micros = divmod(int(now * 1e6), 1000000)
            file.write(struct.pack("<IIII", seconds, micros, len(frame), len(frame)))
            file.write(frame)


if len(sys.argv) == 2:
    send(sys.argv[1])
else:
    write(*sys.argv[1:])
