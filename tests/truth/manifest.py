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


def report(mailwhy, path, options):
    run = subprocess.run(
        [mailwhy, "analyze", "--format", "json", *options, path],
        capture_output=True, text=True, timeout=60)
    if run.returncode not in (0, 1, 2):
        raise RuntimeError(f"exit status {run.returncode}: {run.stderr}")
    return json.loads(run.stdout)["captures"][0]


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
    listed = {e["file"] for e in entries}
    passed = failed = 0
    for entry in entries:
        path = os.path.join(samples, entry["file"])
        options = [os.path.join(root, o) if o.startswith("samples/") else o
                   for o in shlex.split(entry.get("options") or "")]
        try:
            wrong = list(mistakes(entry, report(mailwhy, path, options)))
        except (RuntimeError, ValueError, subprocess.TimeoutExpired) as why:
            wrong = [str(why)]
        for mistake in wrong:
            print(f"{entry['file']}: {mistake}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
    for name in sorted(os.listdir(samples)):
        if ".pcap" in name and name not in listed:
            print(f"{name}: is not in MANIFEST")
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
