"""A resolver that says of every answer that DNSSEC vouches for it.

Usage: secure_dns.py ADDRESS PORT [TYPE]

Answers on port 53 of the address with what the name server on PORT says, and
sets AD (RFC 4035 section 3.2.3).  Questions for TYPE (a number) fail, as where
signatures are broken.
"""

import socket
import sys

SERVFAIL, AD, RA = 2, 0x20, 0x80


def main():
    address, port = sys.argv[1], int(sys.argv[2])
    failing = int(sys.argv[3]) if len(sys.argv) > 3 else None
    here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    here.bind((address, 53))
    behind = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    behind.settimeout(2)
    while True:
        question, asker = here.recvfrom(4096)
        end = question.index(b"\0", 12) + 1
        asked = int.from_bytes(question[end:end + 2], "big")
        if asked == failing:
            answer = bytearray(question)
            answer[2] |= 0x80
            answer[3] = RA | SERVFAIL
        else:
            behind.sendto(question, (address, port))
            answer = bytearray(behind.recv(4096))
            answer[3] |= AD
        here.sendto(bytes(answer), asker)


main()
