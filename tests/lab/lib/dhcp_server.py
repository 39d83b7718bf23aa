# dhcp_server.py - a DHCP server that does as it is told: offers 192.0.2.10 (the
# next address after each DHCPDECLINE), and answers requests for it with the
# message of that number (5: ack, 6: nak), or not at all (0).
#
# usage: dhcp_server.py INTERFACE OWN-ADDRESS ANSWER
# SPDX-License-Identifier: GPL-3.0-or-later
import socket
import struct
import sys

COOKIE = b"\x63\x82\x53\x63"
DISCOVER, OFFER, REQUEST, DECLINE, ACK = range(1, 6)


def kind_of(options):
    return options[options.index(b"\x35\x01") + 2]


def reply(asked, kind, address, own):
    given = address if kind in (OFFER, ACK) else bytes(4)
    settings = struct.pack("!BBB", 53, 1, kind) + bytes([54, 4]) + own
    if kind in (OFFER, ACK):
        settings += struct.pack("!BBI", 51, 4, 3600)
        settings += bytes([1, 4, 255, 255, 255, 0, 3, 4]) + own + bytes([6, 4]) + own
    return b"\x02" + asked[1:8] + bytes(8) + given + own + bytes(4) + asked[28:236] + COOKIE + settings + b"\xff"


def main(interface, own, answer):
    own, address = socket.inet_aton(own), bytearray(socket.inet_aton("192.0.2.10"))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    server.bind(("", 67))
    while True:
        asked, _ = server.recvfrom(2000)
        kind = kind_of(asked[240:])
        if kind == DECLINE:
            address[3] += 1
        said = {DISCOVER: OFFER, REQUEST: int(answer)}.get(kind, 0)
        if said:
            server.sendto(reply(asked, said, bytes(address), own), ("255.255.255.255", 68))


main(*sys.argv[1:])
