#!/usr/bin/env python3
"""manifest.py - every sample against its truth in samples/MANIFEST.

usage: manifest.py MAILWHY SAMPLES

For each entry: the verdict of the capture, the ids that must be primary
findings (no others may be), the ids that must be there, and those that must
not.  Prints a line per mistake and a closing count; exits with 1 on mistakes.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import fnmatch
import os
import re
import sys

import yaml

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import by_options, reports  # noqa: E402


def mistakes(entry, capture):
    found = capture["findings"]
    primary = sorted({f["id"] for f in found if f["primary"]})
    everything = {f["id"] for f in found}
    spoken = {f["id"] for f in found if not f["explained_by"]}
    if capture["verdict"] != entry["verdict"]:
        yield f"verdict {capture['verdict']}, expected {entry['verdict']}"
    if primary != sorted(set(entry.get("primary") or [])):
        yield f"primary {primary}, expected {entry.get('primary')}"
    for wanted in entry.get("findings") or []:
        if wanted not in everything:
            yield f"does not find {wanted}"
    for pattern in entry.get("absent") or []:
        wrong = fnmatch.filter(spoken, pattern)
        if wrong:
            yield f"finds {wrong}, which would be wrong"


def main():
    mailwhy, samples = sys.argv[1], sys.argv[2]
    with open(os.path.join(samples, "MANIFEST"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    root = os.path.dirname(os.path.abspath(samples))
    passed = failed = 0
    for options, group in by_options(entries, root):
        paths = [os.path.join(samples, entry["file"]) for entry in group]
        for entry, capture in zip(group, reports(mailwhy, paths, options),
                                  strict=True):
            wrong = list(mistakes(entry, capture))
            for mistake in wrong:
                print(f"{entry['file']}: {mistake}")
            passed, failed = passed + (not wrong), failed + bool(wrong)
    listed = {e["file"] for e in entries}
    for name in sorted(os.listdir(samples)):
        if re.search(r"\.(pcap|snoop)", name) and name not in listed:
            print(f"{name}: is not in MANIFEST")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
