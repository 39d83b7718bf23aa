"""The two ends of TLS that no real program can be brought to play.

Usage: tls_peer.py serve PORT BEHAVIOUR...
       tls_peer.py call HOST PORT BEHAVIOUR...

Servers answer the ClientHello:

  alert NUMBER        with this alert, in the clear
  hello KIND          with a ServerHello that clients can not accept:
                      downgrade       TLS 1.2, marked as a step back from 1.3
                      no-renegotiation  TLS 1.2 without RFC 5746
                      retry           asks for a group nobody offered
                      half            TLS 1.2, and only the first half of it
                      junk-certificate  TLS 1.2, and no certificate in it
  reset-if WHAT PORT  with a reset when the hello offers WHAT (tls13,
                      resumption), else by handing it to PORT on this host
  alert-if WHAT NUMBER PORT   the same with an alert
  tamper RECORD PORT  by PORT on this host, but one byte of the server's
                      RECORDth record is changed on the way
  cut RECORD PORT     the same, but there the connection is closed
  hold RECORD PORT    the same, but from there on nothing is passed on

Clients:

  alert NUMBER        hear the server out (TLS 1.2), send this alert and leave
  leave               the same without a word
  own-alert NUMBER SECONDS   send a ClientHello, and so much later this alert,
                      whatever comes
  hello KIND          send a ClientHello and wait for an answer:
                      post-quantum    with a key share of 1216 bytes
                      one-packet      with one that still fits into one packet
                      half            the first half of post-quantum's
  reset-at BYTES LINES...   say the lines (C: in fake.py), then read BYTES
                      bytes of the answer and reset
"""

import os
import socket
import ssl
import struct
import sys
import threading
import time

RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891"
                      "c2a211167abb8c5e079e09e2c8a8339c")
CLIENT_HELLO, SERVER_HELLO = 1, 2
RESUMED, VERSIONS, KEY_SHARE, PSK, RENEGOTIATION = 35, 43, 51, 41, 0xFF01
X25519MLKEM768 = 0x11EC


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
    connection.close()


def read_exactly(connection, n):
    data = b""
    while len(data) < n:
        more = connection.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def read_record(connection):
    head = read_exactly(connection, 5)
    return head, read_exactly(connection, struct.unpack("!H", head[3:])[0])


def alert(connection, number):
    connection.sendall(b"\x15\x03\x03\x00\x02\x02" + bytes([number]))


class Hello:
    """What we need of a ClientHello."""

    def __init__(self, body):
        at = 4 + 2 + 32
        self.session_id = body[at + 1:at + 1 + body[at]]
        at += 1 + body[at]
        self.suites_end = at + 2 + struct.unpack_from("!H", body, at)[0]
        at = self.suites_end
        at += 1 + body[at]
        self.extensions_at = at
        at += 2
        self.extensions = {}
        while at < len(body):
            kind, n = struct.unpack_from("!HH", body, at)
            self.extensions[kind] = body[at + 4:at + 4 + n]
            at += 4 + n

    def offers(self, what):
        if what == "tls13":
            return b"\x03\x04" in self.extensions.get(VERSIONS, b"")
        return bool(PSK in self.extensions or self.extensions.get(RESUMED))


def extension(kind, body):
    return struct.pack("!HH", kind, len(body)) + body


def server_hello(hello, kind):
    random, suite = os.urandom(32), 0xC02F
    extensions = extension(RENEGOTIATION, b"\0")
    if kind == "downgrade":
        random = random[:24] + b"DOWNGRD\x01"
    elif kind in ("junk-certificate", "half"):
        pass
    elif kind == "no-renegotiation":
        extensions = extension(23, b"")
    else:
        random, suite = RETRY, 0x1301
        extensions = (extension(VERSIONS, b"\x03\x04")
                      + extension(KEY_SHARE, b"\x00\x1f"))  # a brainpool curve
    body = (b"\x03\x03" + random + bytes([len(hello.session_id)])
            + hello.session_id + struct.pack("!HBH", suite, 0, len(extensions))
            + extensions)
    message = bytes([SERVER_HELLO]) + struct.pack("!I", len(body))[1:] + body
    if kind == "junk-certificate":
        junk = b"\x30\x82\x01\x00this is no certificate"
        message += b"\x0b" + b"".join(
            struct.pack("!I", len(junk) + more)[1:] for more in (6, 3, 0)) + junk
    record = b"\x16\x03\x03" + struct.pack("!H", len(message)) + message
    return record[:len(record) // 2] if kind == "half" else record


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def pump_records(source, sink, what, record):
    try:
        for n in range(1 << 30):
            head, body = read_record(source)
            if n + 1 == record and what == "cut":
                break
            if n + 1 == record and what == "hold":
                time.sleep(60)
            if n + 1 == record:
                body = body[:-1] + bytes([body[-1] ^ 1])
            sink.sendall(head + body)
        sink.shutdown(socket.SHUT_RDWR)
    except (OSError, EOFError):
        sink.close()


def relay(connection, port, first, what="", record=0):
    behind = socket.create_connection(("127.0.0.1", port))
    behind.sendall(first)
    back = (pump_records, (behind, connection, what, record)) if record else \
        (pump, (behind, connection))
    threading.Thread(target=back[0], args=back[1], daemon=True).start()
    pump(connection, behind)


def answer(connection, what, *details):
    try:
        head, body = read_record(connection)
    except (EOFError, OSError):
        return
    hello = Hello(body)
    if what == "alert":
        alert(connection, int(details[0]))
    elif what == "hello":
        connection.sendall(server_hello(hello, details[0]))
        time.sleep(2)
    elif what in ("tamper", "cut", "hold"):
        relay(connection, int(details[1]), head + body, what, int(details[0]))
        return
    elif not hello.offers(details[0]):
        relay(connection, int(details[-1]), head + body)
        return
    elif what == "alert-if":
        alert(connection, int(details[1]))
    else:
        reset(connection)
        return
    time.sleep(0.2)
    connection.close()


def serve(port, *behaviour):
    listener = socket.create_server(("", int(port)), backlog=8)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, *behaviour),
                         daemon=True).start()


def first_hello(host, latest):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = latest
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing, server_hostname=host)
    try:
        session.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def post_quantum(record, size=1216):
    """Adds a key share to a hello of TLS 1.3."""
    body = record[5:]
    hello = Hello(body)
    share = struct.pack("!HH", X25519MLKEM768, size) + b"M" * size
    old = hello.extensions[KEY_SHARE]
    new = struct.pack("!H", len(old) - 2 + len(share)) + share + old[2:]
    extensions = b"".join(
        extension(kind, new if kind == KEY_SHARE else content)
        for kind, content in hello.extensions.items())
    body = body[4:hello.extensions_at] + struct.pack(
        "!H", len(extensions)) + extensions
    message = bytes([CLIENT_HELLO]) + struct.pack("!I", len(body))[1:] + body
    return record[:3] + struct.pack("!H", len(message)) + message


def call(host, port, what, *details):
    with socket.create_connection((host, int(port))) as connection:
        connection.settimeout(12)
        try:
            if what in ("alert", "leave"):
                connection.sendall(first_hello(host, ssl.TLSVersion.TLSv1_2))
                body = b"\0"
                while body[-4:] != b"\x0e\0\0\0":  # ServerHelloDone
                    _, body = read_record(connection)
                if what == "alert":
                    alert(connection, int(details[0]))
            elif what == "own-alert":
                connection.sendall(first_hello(host, ssl.TLSVersion.TLSv1_3))
                time.sleep(float(details[1]))
                alert(connection, int(details[0]))
            elif what == "hello":
                first = first_hello(host, ssl.TLSVersion.TLSv1_3)
                hello = post_quantum(
                    first, 850 if details[0] == "one-packet" else 1216)
                connection.sendall(hello[:len(hello) // 2]
                                   if details[0] == "half" else hello)
                connection.recv(65536)
            else:
                heard = connection.makefile("rb")
                for line in details[1:]:
                    heard.readline()
                    connection.sendall(line.encode() + b"\r\n")
                heard.read(int(details[0]))
                reset(connection)
        except (OSError, EOFError):
            pass


if __name__ == "__main__":
    {"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
