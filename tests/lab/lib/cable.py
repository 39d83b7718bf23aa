"""The cable between two interfaces: every frame that enters one end leaves the
other, later and some hops older, or not at all.

Usage: cable.py [OPTIONS] NEAR FAR      (clients are near, servers far)
"""

import argparse
import heapq
import random
import select
import socket
import struct
import sys
import time

ETH, IPV4, IPV6, TCP = 14, 0x0800, 0x86DD, 6
PACKET_OUTGOING = 4
RST = 0x04


def arguments():
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("--delay", type=float, default=8.0, help="ms, each way")
    parse.add_argument("--hops", type=int, default=9, help="routers on the way")
    parse.add_argument("--largest", type=int, metavar="BYTES",
                       help="lose larger IP packets without a word")
    parse.add_argument("--lose", type=float, default=0.0, metavar="SHARE")
    parse.add_argument("--reset-on", metavar="TEXT",
                       help="forge resets when the client sends this")
    parse.add_argument("--rate", type=float, metavar="KBIT",
                       help="of the line from the client; what comes faster"
                       " waits in a queue without end")
    parse.add_argument("--overtake", type=int, metavar="N", default=0,
                       help="every so many segments with content, one is late")
    parse.add_argument("--gaps", type=float, nargs=2, default=(0, 0),
                       metavar=("MS", "EVERY"),
                       help="lose all that comes within so many ms of every"
                       " so many")
    parse.add_argument("--strip", metavar="ADDRESS",
                       help="remove all TCP options but the MSS from the SYNs"
                       " of this client")
    parse.add_argument("--inject", nargs=2, metavar=("TEXT", "ANSWER"),
                       help="answer in the server's name, before it does, when"
                       " the client sends TEXT")
    parse.add_argument("--mask-esmtp", action="store_true",
                       help="hide the SMTP banner and extensions, as some"
                       " firewalls do")
    parse.add_argument("--replace", nargs=2, metavar=("OLD", "NEW"),
                       help="change what servers say (equal lengths)")
    parse.add_argument("near")
    parse.add_argument("far")
    return parse.parse_args()


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Segment:
    """The parts of a frame that carries TCP over IPv4."""

    def __init__(self, frame):
        self.ip = ETH
        self.tcp = ETH + (frame[ETH] & 15) * 4
        self.end = ETH + struct.unpack_from("!H", frame, ETH + 2)[0]
        self.data = self.tcp + (frame[self.tcp + 12] >> 4) * 4
        self.payload = bytes(frame[self.data:self.end])
        self.seq, self.ack = struct.unpack_from("!II", frame, self.tcp + 4)

    @staticmethod
    def is_in(frame):
        return (len(frame) > ETH + 40 and ether_type(frame) == IPV4
                and frame[ETH + 9] == TCP)


def ether_type(frame):
    return struct.unpack_from("!H", frame, 12)[0]


def seal(frame):
    """Makes the checksums of a TCP/IPv4 frame right again."""
    segment = Segment(frame)
    struct.pack_into("!H", frame, ETH + 10, 0)
    struct.pack_into("!H", frame, ETH + 10,
                     checksum(bytes(frame[ETH:segment.tcp])))
    struct.pack_into("!H", frame, segment.tcp + 16, 0)
    pseudo = bytes(frame[ETH + 12:ETH + 20]) + struct.pack(
        "!HH", TCP, segment.end - segment.tcp)
    struct.pack_into("!H", frame, segment.tcp + 16,
                     checksum(pseudo + bytes(frame[segment.tcp:segment.end])))


def age(frame, hops):
    """What the routers on the way do to the TTL."""
    if ether_type(frame) == IPV4:
        frame[ETH + 8] = max(frame[ETH + 8] - hops, 1)
        header = ETH + (frame[ETH] & 15) * 4
        struct.pack_into("!H", frame, ETH + 10, 0)
        struct.pack_into("!H", frame, ETH + 10,
                         checksum(bytes(frame[ETH:header])))
    elif ether_type(frame) == IPV6 and frame[ETH + 6] != 58:
        frame[ETH + 7] = max(frame[ETH + 7] - hops, 1)


def forged_resets(frame):
    """Resets to the client in the server's name: made by another machine (its
    TTL, its IP numbering, no TCP options), aimed also a little further ahead
    in case the server's data come first."""
    client = Segment(frame)
    for ahead in (0, 1460):
        reset = bytearray(ETH + 40)
        reset[0:6], reset[6:12] = frame[6:12], frame[0:6]
        reset[12:14] = frame[12:14]
        struct.pack_into("!BBHHHBBH", reset, ETH, 0x45, 0, 40,
                         0x3039 + ahead, 0, 118, TCP, 0)
        reset[ETH + 12:ETH + 16] = frame[ETH + 16:ETH + 20]
        reset[ETH + 16:ETH + 20] = frame[ETH + 12:ETH + 16]
        source, destination = struct.unpack_from("!HH", frame, client.tcp)
        struct.pack_into("!HHIIBBHHH", reset, ETH + 20, destination, source,
                         client.ack + ahead & 0xFFFFFFFF, 0, 0x50, RST, 0,
                         0, 0)
        seal(reset)
        yield reset


def strip_options(frame):
    """Puts NOPs where the SYN has options other than the MSS."""
    at, end = Segment(frame).tcp + 20, Segment(frame).data
    while at < end and frame[at] != 0:
        length = 1 if frame[at] == 1 else max(frame[at + 1], 2)
        if frame[at] not in (1, 2):
            frame[at:at + length] = b"\1" * length
        at += length
    seal(frame)


def forged_answer(frame, answer):
    """An answer in the server's name from a machine that is nearer."""
    client = Segment(frame)
    forged = bytearray(ETH + 40) + answer
    forged[0:6], forged[6:12] = frame[6:12], frame[0:6]
    forged[12:14] = frame[12:14]
    struct.pack_into("!BBHHHBBH", forged, ETH, 0x45, 0, 40 + len(answer),
                     0x3039, 0, 61, TCP, 0)
    forged[ETH + 12:ETH + 16] = frame[ETH + 16:ETH + 20]
    forged[ETH + 16:ETH + 20] = frame[ETH + 12:ETH + 16]
    source, destination = struct.unpack_from("!HH", frame, client.tcp)
    struct.pack_into("!HHIIBBHHH", forged, ETH + 20, destination, source,
                     client.ack, client.seq + len(client.payload) & 0xFFFFFFFF,
                     0x50, 0x18, 8192, 0, 0)
    seal(forged)
    return forged


def masked(payload):
    """What a firewall's ESMTP inspection leaves of an SMTP server's words."""
    lines = []
    for line in payload.split(b"\r\n"):
        if line.startswith(b"220 ") and b"SMTP" in line:
            line = b"220 " + bytes(
                c if c in b"20" else ord("*") for c in line[4:])
        elif line[:4] in (b"250-", b"250 ") and line[4:] in (
                b"STARTTLS", b"PIPELINING", b"CHUNKING", b"SMTPUTF8",
                b"ENHANCEDSTATUSCODES") or line.startswith(b"250-AUTH"):
            line = line[:4] + b"X" * (len(line) - 5) + b"A"
        lines.append(line)
    return b"\r\n".join(lines)


class Cable:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(4711)
        self.waiting = []  # (when, order, end, frame)
        self.order = 0
        self.line_free = 0.0
        self.segments = 0
        self.near = self.open_end(options.near)
        self.far = self.open_end(options.far)

    @staticmethod
    def open_end(interface):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                            socket.htons(3))
        end.bind((interface, 0))
        return end

    def run(self):
        while True:
            timeout = None
            if self.waiting:
                timeout = max(0.0, self.waiting[0][0] - time.monotonic())
            ready, _, _ = select.select([self.near, self.far], [], [], timeout)
            for end in ready:
                frame, address = end.recvfrom(65536)
                if address[2] != PACKET_OUTGOING:
                    self.enters(end, bytearray(frame))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, end, frame = heapq.heappop(self.waiting)
                end.send(frame)

    def leaves(self, end, frame, delay):
        self.order += 1
        heapq.heappush(self.waiting, (time.monotonic() + delay / 1000,
                                      self.order, end, frame))

    def enters(self, end, frame):
        options = self.options
        from_client = end is self.near
        if ether_type(frame) not in (IPV4, IPV6):  # ARP has no distance
            self.leaves(self.far if from_client else self.near, frame, 0)
            return
        if options.largest and len(frame) - ETH > options.largest:
            return
        if self.random.random() < options.lose:
            return
        lost, every = options.gaps
        if every and time.monotonic() * 1000 % every < lost:
            return
        age(frame, options.hops)
        delay = options.delay + self.waits(frame, from_client)
        if Segment.is_in(frame):
            self.tamper(frame, from_client)
        self.leaves(self.far if from_client else self.near, frame, delay)

    def waits(self, frame, from_client):
        """How much later than the others it is, in ms."""
        options = self.options
        late = 0.0
        if options.rate and from_client:
            now = time.monotonic()
            self.line_free = max(self.line_free, now)
            self.line_free += len(frame) * 8 / options.rate / 1000
            late += (self.line_free - now) * 1000
        if options.overtake and len(frame) > 1000:
            self.segments += 1
            if self.segments % options.overtake == 0:
                late += 4
        return late

    def tamper(self, frame, from_client):
        options = self.options
        segment = Segment(frame)
        changed = segment.payload
        if from_client:
            syn = frame[segment.tcp + 13] & 0x12 == 0x02
            if (syn and options.strip and
                    frame[ETH + 12:ETH + 16] == socket.inet_aton(options.strip)):
                strip_options(frame)
            if options.reset_on and options.reset_on.encode() in changed:
                for reset in forged_resets(frame):
                    self.leaves(self.near, reset, options.delay / 4)
            if options.inject and options.inject[0].encode() in changed:
                answer = options.inject[1].encode().decode("unicode_escape")
                self.leaves(self.near, forged_answer(frame, answer.encode()),
                            options.delay / 4)
            return
        if options.mask_esmtp:
            changed = masked(changed)
        if options.replace:
            old, new = (text.encode() for text in options.replace)
            assert len(old) == len(new)
            changed = changed.replace(old, new)
        if changed != segment.payload:
            frame[segment.data:segment.end] = changed
            seal(frame)


if __name__ == "__main__":
    try:
        Cable(arguments()).run()
    except KeyboardInterrupt:
        sys.exit(0)
