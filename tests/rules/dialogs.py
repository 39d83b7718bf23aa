#!/usr/bin/env python3
"""dialogs.py - every dialog through the whole program, against its `!` lines.

usage: dialogs.py MAILWHY DIALOG2PCAP DIALOGS WORK [NAME...]

Turns each DIALOGS/*.dialog (or only those named) into a capture in the folder
WORK, lets mailwhy explain it, and holds the findings against the dialog:

  * each `! id` is found, and is no mere symptom of another finding;
  * a single `! id` that means failure is the primary finding;
  * no other id is primary;
  * without a `!` line nothing is called a failure.

Dialogs with an @tls line have no capture without keys and are left out.
Prints a line per mistake and a closing count; exits with 1 on mistakes.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import make_captures, reports  # noqa: E402


def wanted(path):
    """The ids of the `!` lines (`!=` lines are about facts), or None for a
    dialog that can not be captured."""
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    if "@tls" in lines:
        return None
    return [line[2:].strip() for line in lines if line.startswith("! ")]


def mistakes(ids, capture):
    found = {f["id"]: f for f in capture["findings"]}
    primary = [f["id"] for f in capture["findings"] if f["primary"]]
    for name in ids:
        if name not in found:
            yield f"does not find {name}"
        elif found[name]["explained_by"]:
            yield f"{name} is explained by {found[name]['explained_by']}"
    failing = [n for n in ids
               if n in found and found[n]["effect"] == "failure"]
    if len(failing) == 1 and failing[0] not in primary:
        yield f"{failing[0]} is not the primary finding"
    for name in primary:
        if name not in ids:
            yield f"the primary finding is {name}"
    if not ids and capture["verdict"] == "failure":
        yield "is called a failure"


def main():
    mailwhy, dialog2pcap, folder, work, *only = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    names = only or sorted(n[:-len(".dialog")] for n in os.listdir(folder)
                           if n.endswith(".dialog"))
    expected = {}
    for name in names:
        ids = wanted(os.path.join(folder, name + ".dialog"))
        if ids is not None:
            expected[name] = ids
    paths = make_captures(dialog2pcap, [
        (os.path.join(folder, name + ".dialog"),
         os.path.join(work, name + ".pcap")) for name in expected])
    passed = failed = 0
    captures = reports(mailwhy, paths, statuses=(0, 1))
    for (name, ids), capture in zip(expected.items(), captures, strict=True):
        wrong = list(mistakes(ids, capture))
        for mistake in wrong:
            print(f"{name}: {mistake}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
