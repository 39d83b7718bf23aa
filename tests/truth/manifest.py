#!/usr/bin/env python3
"""manifest.py - every sample against its truth in samples/MANIFEST.

usage: manifest.py MAILWHY SAMPLES

For each entry: the verdict of the capture, the ids that must be primary
findings (no others may be), the ids that must be there, and those that must
not.  Prints a line per mistake and a closing count; exits with 1 on mistakes.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import fnmatch
import json
import os
import shlex
import subprocess
import sys

import yaml


def reports(mailwhy, paths, options):
    """Of many captures in one run: loading the rules takes longer than most."""
    run = subprocess.run(
        [mailwhy, "analyze", "--format", "json", *options, *paths],
        capture_output=True, text=True, timeout=900)
    if run.returncode not in (0, 1, 2):
        raise RuntimeError(f"exit status {run.returncode}: {run.stderr}")
    captures = json.loads(run.stdout)["captures"]
    for path, capture in zip(paths, captures, strict=True):
        if "its analysis" in (capture["error"] or ""):
            raise RuntimeError(f"{path}: {capture['error']}")
    return captures


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


def by_options(entries):
    """Lists of those that are analysed with the same options."""
    groups = {}
    for entry in entries:
        groups.setdefault(entry.get("options") or "", []).append(entry)
    return groups


def main():
    mailwhy, samples = sys.argv[1], sys.argv[2]
    with open(os.path.join(samples, "MANIFEST"), encoding="utf-8") as file:
        entries = yaml.safe_load(file)
    root = os.path.dirname(os.path.abspath(samples))
    passed = failed = 0
    for words, group in by_options(entries).items():
        options = [os.path.join(root, o) if o.startswith("samples/") else o
                   for o in shlex.split(words)]
        paths = [os.path.join(samples, entry["file"]) for entry in group]
        for entry, capture in zip(group, reports(mailwhy, paths, options),
                                  strict=True):
            wrong = list(mistakes(entry, capture))
            for mistake in wrong:
                print(f"{entry['file']}: {mistake}")
            passed, failed = passed + (not wrong), failed + bool(wrong)
    listed = {e["file"] for e in entries}
    for name in sorted(os.listdir(samples)):
        if ".pcap" in name and name not in listed:
            print(f"{name}: is not in MANIFEST")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
