"""The records of a pcap file, changed one by one: for cases that need what no
tool makes of a capture.
"""

import struct

FILE_HEADER, LINK_TYPE, RECORD_HEADER = 24, 20, 16


def rewrite(source, target, change, link_type=None):
    """Writes target: each frame of source as change(frame) has it, or without
    it where that is None.  The length on the wire changes by as much."""
    with open(source, "rb") as file:
        data = file.read()
    out = [data[:FILE_HEADER]]
    if link_type is not None:
        out = [data[:LINK_TYPE], struct.pack("<I", link_type)]
    at = FILE_HEADER
    while at < len(data):
        seconds, fraction, kept, length = struct.unpack_from("<4I", data, at)
        at += RECORD_HEADER
        frame = change(data[at : at + kept])
        at += kept
        if frame is not None:
            out.append(struct.pack("<4I", seconds, fraction, len(frame),
                                   length + len(frame) - kept))
            out.append(frame)
    with open(target, "wb") as file:
        file.write(b"".join(out))
