#!/usr/bin/env python3
"""words.py - what servers say, and what the rules must make of it.

usage: words.py MAILWHY DIALOG2PCAP WORDS CONTEXTS WORK [TEXT...]

WORDS is a table, a row for each text: what is expected, where it is said (a
file of CONTEXTS), the words, and who says them, with tabs between.  Several
lines of a reply have " | " between them.  In the context's dialog `@words TAG`
is the place of the words; the tag is put before an IMAP line that is tagged.

Expected is the id of the primary finding; "~ID" is a note that must be found
while nothing is called a failure; "-" is nothing at all: no failure, and no
finding but notes about encryption.  With TEXTs only rows that contain one are
played, and what is found is shown.

Prints a line per mistake and a closing count; exits with 1 on mistakes.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import make_captures, reports, rows  # noqa: E402

BESIDE_THE_POINT = {"account.credentials-in-clear", "capture.after-submission"}


def said(words, tag):
    for line in words.split(" | "):
        if line in ("C:", "S:"):
            yield line + " "
        elif re.match(r"[CS][:<*] |@", line):
            yield line
        elif tag and not re.match(r"[*+] ", line):
            yield f"S: {tag} {line}"
        else:
            yield f"S: {line}"


def dialog(context, words):
    with open(context, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("@words"):
                yield from said(words, line[len("@words"):].strip())
            else:
                yield line


def write_dialog(contexts, work, row):
    """Writes the row's dialog; returns its path, without an extension."""
    number, _, context, words, _ = row
    name = os.path.join(work, f"{context}-{number:04}")
    lines = dialog(os.path.join(contexts, context + ".dialog"), words)
    with open(name + ".dialog", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return name


def mistake(expected, report):
    found = {f["id"]: f for f in report["findings"]}
    primary = [f["id"] for f in report["findings"] if f["primary"]]
    spoken = {i for i, f in found.items() if not f["explained_by"]}
    if expected == "-":
        spoken -= BESIDE_THE_POINT
        return f"found {', '.join(sorted(spoken))}" if spoken else None
    if expected.startswith("~"):
        if primary or report["verdict"] == "failure":
            return f"{report['verdict']}, {', '.join(primary)}"
        return None if expected[1:] in spoken else \
            f"not found; there is {', '.join(sorted(spoken)) or 'nothing'}"
    if primary != [expected]:
        others = sorted(set(found) - BESIDE_THE_POINT - set(primary))
        return (f"found {', '.join(primary) or 'no cause'}"
                f" ({report['verdict']}; also {', '.join(others) or 'nothing'})")
    return None


def main():
    mailwhy, dialog2pcap, table, contexts, work, *only = sys.argv[1:]
    os.makedirs(work, exist_ok=True)
    wanted = [r for r in rows(table, 4)
              if not only or any(o in "\t".join(r[1:]) for o in only)]
    paths = make_captures(dialog2pcap, [
        (name + ".dialog", name + ".pcap")
        for name in (write_dialog(contexts, work, row) for row in wanted)])
    wrong = 0
    for (number, expected, context, words, whose), report in zip(
            wanted, reports(mailwhy, paths, statuses=(0, 1)), strict=True):
        why = mistake(expected, report)
        if why:
            wrong += 1
            print(f"{table}:{number}: {expected}: {why}\n"
                  f"    {context}, {whose}: {words}")
        elif only:
            print(f"{table}:{number}: {expected}: as it should be")
    print(f"{len(wanted) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
