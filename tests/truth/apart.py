#!/usr/bin/env python3
# apart.py - what lies hours apart in one capture has nothing to do with each
# other: each session gets the cause that it gets when it is alone.
#
# Puts the samples behind each other into one capture, two hours apart, and
# compares what became of each session.  Left out are those whose cause is what
# else there is, or is not, in the capture: there "else" has changed.
#
# usage: apart.py MAILWHY SAMPLES
# SPDX-License-Identifier: GPL-3.0-or-later
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

GAP = 2 * 3600 * 10**9  # nanoseconds
BEGIN = 1_795_600_000 * 10**9  # 2026-11-25: the certificates of the lab are valid
LONGEST = 3 * 3600 * 10**9
MAGIC = {b"\xd4\xc3\xb2\xa1": 1000, b"\x4d\x3c\xb2\xa1": 1}  # little-endian; unit of the fraction
ETHERNET = 1

# Their cause needs that something is missing everywhere in the capture, or that
# it is there: that the port never answered, that no session worked, that a name
# was looked up, what day it was, or that the capture ends with it.
BY_THE_REST = """
captive-portal captive-portal-asked-late captive-portal-mail-open captive-portal-two-servers connectivity-check-fine dhcp-renewed dns-aaaa-only dns-private-answer dns-spoofed
imap-address-changed imap-address-conflict imap-address-replaced imap-banned imap-banned-beside imap-blocked-web-open
imap-capture-ends-early imap-client-rejects imap-closed-at-once imap-down-for-a-while
imap-down-since imap-gateway-conflict imap-ipv4-line-down imap-ipv6-no-fallback imap-ipv6-other-port
imap-ipv6-closed imap-ipv6-silent-fallback imap-ipv6-silent-no-names imap-ipv6-silent-other-server imap-line-down
imap-looked-only imap-lost-name-server-lives imap-lost-with-name-server imap-mtu-learned-middle imap-notebook-shut imap-one-backend-dead imap-one-request imap-ping-ok-port-silent
imap-port-blocked imap-security-guessed imap-security-guessed-late imap-server-gateway-gone imap-silent-since imap-still-waiting imap-stopped-too-early
imap-syn-dropped imap-syn-scan imap-way-traced imaps-balancer-asks-snaplen-96 imaps-port-looked-at imaps-redirected-nearby imaps-snaplen-68
network-outage network-outage-after-work one-network-cut-off plaintext-filtered smtp-all-refuse smtp-first-mx-busy smtp-greets-nobody smtp-many-mx-silent smtp-port25-blocked
smtp-name-server-silent smtp-port25-rejected smtp-port25-sweep smtp-refusal-missing smtp-snaplen-96 tls12-dh-small-tolerated tls12-expired-cut
tls12-expired-undated tls12-half-an-answer tls12-hello-missed tls12-no-name tls12-null-cipher
tls12-resumption-refused tls13-hello-never-finished tls13-large-hello-half-arrives
tls13-version-intolerance
""".split()


def packets_of(path):
    """[(nanoseconds, bytes, length on the wire)]; None if of another kind"""
    data = path.read_bytes()
    unit = MAGIC.get(data[:4])
    if unit is None or struct.unpack("<I", data[20:24])[0] != ETHERNET:
        return None
    packets, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, kept, length = struct.unpack("<IIII", data[at : at + 16])
        if at + 16 + kept > len(data):
            return None
        packets.append((seconds * 10**9 + fraction * unit, data[at + 16 : at + 16 + kept], length))
        at += 16 + kept
    return packets


def put_together(paths, out):
    """writes the capture; [(path, first packet, last packet)]"""
    begin, number, spans = BEGIN, 0, []
    with open(out, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, ETHERNET))
        for path in paths:
            packets = packets_of(path)
            if not packets:
                continue
            times = [time for time, _, _ in packets]
            if max(times) - min(times) > LONGEST:
                continue
            first = number + 1
            for time, data, length in packets:
                number += 1
                moved = begin + time - min(times)
                file.write(struct.pack("<IIII", moved // 10**9, moved % 10**9, len(data), length))
                file.write(data)
            spans.append((path, first, number))
            begin += max(times) - min(times) + GAP
    return spans


def sessions_of(mailwhy, paths):
    """{path: its sessions}"""
    command = [mailwhy, "--format", "json", *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True)
    captures = json.loads(run.stdout)["captures"]
    return {pathlib.Path(c["file"]): c["sessions"] for c in captures}


def told(sessions):
    return [(session["verdict"], session["primary"]) for session in sessions]


def main():
    mailwhy, samples = sys.argv[1], pathlib.Path(sys.argv[2])
    names = {path.stem for path in samples.glob("*.pcap")}
    gone = [name for name in BY_THE_REST if name not in names]
    if gone:
        sys.exit(f"no such samples any more: {', '.join(gone)}")
    paths = [path for path in sorted(samples.glob("*.pcap")) if path.stem not in BY_THE_REST]
    with tempfile.TemporaryDirectory() as folder:
        long = pathlib.Path(folder) / "long.pcap"
        spans = put_together(paths, long)
        together = sessions_of(mailwhy, [long])[long]
    single = sessions_of(mailwhy, [path for path, _, _ in spans])
    bad = 0
    for path, first, last in spans:
        alone = told(single[path])
        here = told(s for s in together if first <= s["first_packet"] <= last)
        if alone != here:
            bad += 1
            print(f"{path.name}: alone {alone}\n    among others {here}")
    print(f"{len(spans)} samples hours apart, {bad} judged otherwise than alone")
    sys.exit(1 if bad or len(spans) < 200 else 0)


main()
