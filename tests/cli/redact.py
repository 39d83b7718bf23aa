#!/usr/bin/env python3
"""redact.py - a redacted copy shows the same failure and none of the secrets.

usage: redact.py MAILWHY SAMPLES [NTH [SAMPLE...]]

For every NTH sample (every one), or those named: the copy has the same packets
at the same times, its report the same verdict and primary findings, and no
CANARY (the word that every secret in the samples holds, see truth/secrets.sh)
stands in it, in the clear or in base64.  EXCEPTIONS are samples whose cause is in what is hidden.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import struct
import subprocess
import sys
import tempfile

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import by_options, reports  # noqa: E402

CANARY = re.compile(rb"CANARY|Q0FOQVJZ|NBTkFSW|DQU5BUl")

EXCEPTIONS = {
    "captive-portal.pcap": "is told by the web page a portal answers with",
    "captive-portal-two-servers.pcap": "so is this one",
    "captive-portal-opened.pcap": "and this one",
    "captive-portal-asked-late.pcap": "and this one",
    "imap-injected-answer.pcap": "two answers in one place become one",
    "imaps-keys-inside.pcapng": "its TLS secrets are left out",
}


def run(*words):
    return subprocess.run(words, capture_output=True, timeout=600, check=False)


def shown(capture):
    return {
        "verdict": capture["verdict"],
        "primary": sorted({f["id"] for f in capture["findings"]
                           if f["primary"]}),
        "packets": capture["packets"],
        "start": capture["start"],
        "end": capture["end"],
    }


def redact(mailwhy, path, out, damaged):
    done = run(mailwhy, "redact", "-f", path, out)
    if done.returncode != (2 if damaged else 0):
        yield f"exit status {done.returncode}: {done.stderr.decode()}"
        return
    with open(out, "rb") as file:
        if CANARY.search(file.read()):
            yield "a secret is in the copy"


def differences(before, after):
    old, new = shown(before), shown(after)
    for key, value in old.items():
        if new[key] != value:
            yield f"{key} was {value}, is {new[key]}"


def mistakes(mailwhy, samples, names, options, folder):
    """Of samples that are analysed with the same options."""
    paths = [os.path.join(samples, name) for name in names]
    outs = [os.path.join(folder, f"{i}.pcap") for i in range(len(names))]
    befores = reports(mailwhy, paths, options)
    for name, path, out, before in zip(names, paths, outs, befores):
        for wrong in redact(mailwhy, path, out, before["error"]):
            yield f"{name}: {wrong}"
    for name, before, after in zip(names, befores,
                                   reports(mailwhy, outs, options)):
        if name not in EXCEPTIONS:
            for wrong in differences(before, after):
                yield f"{name}: {wrong}"


def wrong_use(mailwhy, path, out):
    """Each of these is refused, and says why."""
    with open(out, "wb") as file:
        file.write(b"mine")
    cases = [(path, path), (path, out), ("-", "-"), (path,), (out, path),
             (path + ".none", out + ".new"), ("--frce", path, out)]
    for words in cases:
        done = run(mailwhy, "redact", *words)
        if done.returncode != 2 or not done.stderr:
            yield f"redact {' '.join(words)}: exit status {done.returncode}"
    with open(out, "rb") as file:
        if file.read() != b"mine":
            yield "a file that existed was overwritten without --force"
    done = run(mailwhy, "redact", "-q", path, "-")
    if done.returncode or len(done.stdout) < 24 or done.stderr:
        yield "redact IN - does not write to standard output"


def damaged(mailwhy, path, out):
    """A capture that was cut short: what could be read is copied."""
    with open(path, "rb") as file:
        whole = file.read()
    cut = out + ".cut"
    with open(cut, "wb") as file:
        file.write(whole[:-5])
    done = run(mailwhy, "redact", "-f", cut, out)
    before, after = reports(mailwhy, [cut, out], [])
    if done.returncode != 2 or after["packets"] != before["packets"]:
        yield (f"cut short: exit status {done.returncode}, "
               f"{after['packets']} packets of {before['packets']}")


def behind_the_packet(mailwhy, path, out):
    """What stands behind a packet in its frame is of nobody's business."""
    with open(path, "rb") as file:
        data = file.read()
    padded = out + ".padded"
    with open(padded, "wb") as file:
        file.write(data[:24])
        at = 24
        while at < len(data):
            seconds, fraction, kept, length = struct.unpack_from("<4I", data, at)
            file.write(struct.pack("<4I", seconds, fraction, kept + 6, length + 6)
                       + data[at + 16:at + 16 + kept] + b"CANARY")
            at += 16 + kept
    yield from redact(mailwhy, padded, out, damaged=False)


def main():
    mailwhy, samples = sys.argv[1], sys.argv[2]
    with open(os.path.join(samples, "MANIFEST"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    if sys.argv[4:]:
        entries = [e for e in entries if e["file"] in sys.argv[4:]]
    entries = entries[::int(sys.argv[3]) if sys.argv[3:] else 1]
    root = os.path.dirname(os.path.abspath(samples))
    plain = os.path.join(samples, "imap-login-refused.pcap")
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "copy.pcap")
        wrong = [*wrong_use(mailwhy, plain, out), *damaged(mailwhy, plain, out),
                 *behind_the_packet(mailwhy, plain, out)]
        for options, group in by_options(entries, root):
            names = [entry["file"] for entry in group]
            wrong += mistakes(mailwhy, samples, names, options, folder)
            count += len(names)
        for mistake in wrong:
            print(mistake)
    print(f"{count} samples, {len(wrong)} mistakes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
