"""A server that does what no real one can be brought to do.

Usage: fake.py HOST PORT BEHAVIOUR...    (HOST only tells the reader where)

  mute            accepts in the kernel only: never a word
  fin             accepts, closes at once
  rst             accepts, resets at once
  say SCRIPT      a dialog: lines "S: text" are sent, "C:" waits for a line,
                  "wait SECONDS", "rst"; "ident SECONDS" asks port 113 of the
                  client (RFC 1413), so long at most; "S+ text" is sent
                  together with the line after it; at the end the server closes
"""

import socket
import struct
import sys
import threading
import time


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))
    connection.close()


def ask_ident(connection, patience):
    with socket.socket() as asker:
        asker.settimeout(patience)
        asker.connect_ex((connection.getpeername()[0], 113))


def play(connection, script):
    heard = connection.makefile("rb")
    held = b""
    for line in script.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "S+":
            held += rest.encode() + b"\r\n"
        elif word == "S:":
            connection.sendall(held + rest.encode() + b"\r\n")
            held = b""
        elif word == "C:":
            heard.readline()
        elif word == "wait":
            time.sleep(float(rest))
        elif word == "ident":
            ask_ident(connection, float(rest))
        elif word == "rst":
            reset(connection)
            return
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def main():
    port, behaviour, script = int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    listener = socket.create_server(("", port), backlog=8)
    if behaviour == "mute":
        time.sleep(600)
    while True:
        connection, _ = listener.accept()
        if behaviour == "fin":
            connection.close()
        elif behaviour == "rst":
            reset(connection)
        else:
            threading.Thread(target=play, args=(connection, script[0]),
                             daemon=True).start()


if __name__ == "__main__":
    main()
