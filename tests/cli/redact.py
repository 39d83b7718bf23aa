#!/usr/bin/env python3
"""redact.py - a redacted copy shows the same failure and none of the secrets.

usage: redact.py MAILWHY SAMPLES

For every sample: the copy has the same packets at the same times, its report
the same verdict and primary findings, and no CANARY (the word that every secret
in the samples holds, see truth/secrets.sh) stands in it, in the clear or in
base64.  EXCEPTIONS are samples whose cause is in what is hidden.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

import yaml

CANARY = re.compile(rb"CANARY|Q0FOQVJZ|NBTkFSW|DQU5BUl")

EXCEPTIONS = {
    "captive-portal.pcap": "is told by the web page a portal answers with",
    "imap-injected-answer.pcap": "two answers in one place become one",
    "imaps-keys-inside.pcapng": "its TLS secrets are left out",
}


def run(*words):
    return subprocess.run(words, capture_output=True, timeout=120, check=False)


def report(mailwhy, path, options):
    done = run(mailwhy, "analyze", "--format", "json", *options, path)
    return json.loads(done.stdout)["captures"][0]


def shown(capture):
    return {
        "verdict": capture["verdict"],
        "primary": sorted({f["id"] for f in capture["findings"]
                           if f["primary"]}),
        "packets": capture["packets"],
        "start": capture["start"],
        "end": capture["end"],
    }


def mistakes(mailwhy, path, options, out):
    before = report(mailwhy, path, options)
    done = run(mailwhy, "redact", "-f", path, out)
    wanted = 2 if before["error"] else 0
    if done.returncode != wanted:
        yield f"exit status {done.returncode}: {done.stderr.decode()}"
        return
    with open(out, "rb") as file:
        if CANARY.search(file.read()):
            yield "a secret is in the copy"
    if os.path.basename(path) in EXCEPTIONS:
        return
    old, new = shown(before), shown(report(mailwhy, out, options))
    for key, value in old.items():
        if new[key] != value:
            yield f"{key} was {value}, is {new[key]}"


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
    before, after = (report(mailwhy, p, []) for p in (cut, out))
    if done.returncode != 2 or after["packets"] != before["packets"]:
        yield (f"cut short: exit status {done.returncode}, "
               f"{after['packets']} packets of {before['packets']}")


def main():
    mailwhy, samples = sys.argv[1], sys.argv[2]
    only = sys.argv[3:]
    with open(os.path.join(samples, "MANIFEST"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    root = os.path.dirname(os.path.abspath(samples))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "copy.pcap")
        plain = os.path.join(samples, "imap-login-refused.pcap")
        for wrong in (*wrong_use(mailwhy, plain, out),
                      *damaged(mailwhy, plain, out)):
            print(wrong)
            failed += 1
        for entry in entries:
            if only and entry["file"] not in only:
                continue
            path = os.path.join(samples, entry["file"])
            options = [os.path.join(root, o) if o.startswith("samples/") else o
                       for o in shlex.split(entry.get("options") or "")]
            wrong = list(mistakes(mailwhy, path, options, out))
            for mistake in wrong:
                print(f"{entry['file']}: {mistake}")
            failed += bool(wrong)
    print(f"{len(entries)} samples, {failed} mistakes")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
