#!/usr/bin/env python3
"""issuers.py - who issued the certificate, and what the rules must make of it.

usage: issuers.py MAILWHY ISSUERS WORK [TEXT...]

ISSUERS is a table, a row for each issuer: the id of the primary finding that
is expected, and the issuer's name as openssl -subj takes it, with a tab
between.  For each row a client that does not know the issuer is shown a
certificate of it in TLS 1.2, and refuses.  With TEXTs only rows that contain
one are played.

Prints a line per mistake and a closing count; exits with 1 on mistakes, and
with 77 where there is no openssl.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import shutil
import ssl
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import reports, rows  # noqa: E402

NAME = "mail.example.org"


def openssl(*words):
    run = subprocess.run(["openssl", *words], capture_output=True, text=True,
                         timeout=60)
    if run.returncode:
        sys.exit(f"openssl {' '.join(words)}: {run.stderr.strip()}")


def make_keys(work):
    """One key for all issuers, one for all servers, and a request."""
    for whose in "ca", "server":
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout",
                "-out", f"{work}/{whose}.key")
    openssl("req", "-new", "-key", f"{work}/server.key", "-subj",
            f"/CN={NAME}", "-out", f"{work}/server.csr")
    with open(f"{work}/server.ext", "w", encoding="ascii") as file:
        file.write(f"subjectAltName=DNS:{NAME}\n"
                   "extendedKeyUsage=serverAuth\n")


def certificate(work, issuer):
    openssl("req", "-x509", "-utf8", "-key", f"{work}/ca.key", "-days", "30",
            "-subj", issuer, "-out", f"{work}/ca.pem")
    openssl("x509", "-req", "-in", f"{work}/server.csr", "-days", "30",
            "-CA", f"{work}/ca.pem", "-CAkey", f"{work}/ca.key",
            "-set_serial", "17", "-extfile", f"{work}/server.ext",
            "-out", f"{work}/server.pem")


def refused_handshake(work):
    """(from the client, bytes) in turns, until the client refuses."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    server.load_cert_chain(f"{work}/server.pem", f"{work}/server.key")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [(True, to_server, client.wrap_bio(to_client, to_server,
                                              server_hostname=NAME)),
            (False, to_client, server.wrap_bio(to_server, to_client,
                                               server_side=True))]
    for turn in range(4):
        from_client, out, end = ends[turn % 2]
        try:
            end.do_handshake()
        except ssl.SSLError:  # wants more, or refuses
            pass
        words = out.read()
        if not words:
            return
        yield from_client, words
        out.write(words)  # back, for the other side to read


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(from_client, flags, seq, ack, payload=b""):
    addresses = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 25])
    ports = 40000, 993
    if not from_client:
        addresses, ports = addresses[::-1], ports[::-1]
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 65000,
                      0, 0) + payload
    pseudo = b"".join(addresses) + struct.pack("!HH", 6, len(tcp))
    total = checksum(pseudo + tcp + b"\0" * (len(tcp) % 2))
    tcp = tcp[:16] + struct.pack("!H", total) + tcp[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0)
    ip += b"".join(addresses)
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" + b"\x08\0" + ip + tcp


def talk(turns):
    """The packets of a connection in which this was said."""
    fin, syn, ack = 1, 2, 16
    seq = {True: 1000, False: 5000}

    def send(who, flags, payload=b""):
        made = packet(who, flags, seq[who] & 0xffffffff,
                      seq[not who] if flags & ack else 0, payload)
        seq[who] += len(payload) + (1 if flags & (syn | fin) else 0)
        return made

    yield send(True, syn)
    yield send(False, syn | ack)
    yield send(True, ack)
    for from_client, words in turns:
        for at in range(0, len(words), 1400):
            yield send(from_client, ack, words[at:at + 1400])
            yield send(not from_client, ack)
    yield send(True, fin | ack)
    yield send(False, fin | ack)
    yield send(True, ack)


def write_capture(path, packets):
    now = time.time()
    with open(path, "wb") as file:
        file.write(struct.pack("!IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for n, data in enumerate(packets):
            at = now + n * 0.01
            file.write(struct.pack("!IIII", int(at), int(at % 1 * 1e6),
                                   len(data), len(data)) + data)


def main():
    mailwhy, table, work, *only = sys.argv[1:]
    if not shutil.which("openssl"):
        print("skipped: there is no openssl")
        return 77
    os.makedirs(work, exist_ok=True)
    make_keys(work)
    wanted = [r for r in rows(table, 2)
              if not only or any(o in "\t".join(r[1:]) for o in only)]
    paths = []
    for number, _, issuer in wanted:
        certificate(work, issuer)
        paths.append(f"{work}/{number:03}.pcap")
        write_capture(paths[-1], talk(refused_handshake(work)))
    wrong = 0
    for (number, expected, issuer), report in zip(
            wanted, reports(mailwhy, paths, statuses=(0, 1)), strict=True):
        primary = [f["id"] for f in report["findings"] if f["primary"]]
        if primary != [expected]:
            wrong += 1
            print(f"{table}:{number}: {expected}: found "
                  f"{', '.join(primary) or 'no cause'}\n    {issuer}")
    print(f"{len(wanted) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
