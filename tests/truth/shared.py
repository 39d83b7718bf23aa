#!/usr/bin/env python3
"""shared.py - real captures of other people against what happens in them.

usage: shared.py MAILWHY FOLDER

FOLDER holds TRUTH.tsv (file, link type, format, packets, ..., expected, truth)
and the captures.  Skipped with exit status 77 where it does not exist.  What
is held against the truth:

  * the number of packets, wherever it is known and the file readable;
  * nothing healthy, partial or not mail is called a failure;
  * what failed is called a failure;
  * captures without mail get the verdict no-mail.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "python"))
from reports import reports  # noqa: E402

FAILURES = {
    "auth_failed", "smtp_reject_sender", "smtp_reject_content",
    "smtp_protocol_error", "plaintext_on_tls_port", "protocol_mismatch",
}
NOT_FAILURES = {"healthy", "idle_timeout", "indeterminate_partial",
                "server_protocol_error", "not_mail"}


def mistakes(row, capture):
    folder = row["file"].split("/")[0]
    expected, verdict = row["expected"], capture["verdict"]
    if expected == "unreadable":
        if not capture["error"]:
            yield "is unreadable, but no error was given"
        return
    # Where a file is damaged, readers differ about the last packet.
    slack = 1 if expected == "truncated_or_corrupt" else 0
    if expected not in ("unusual_format", "unreadable_partly") and \
            abs(capture["packets"] - int(row["packets"])) > slack:
        yield f"{capture['packets']} packets, expected {row['packets']}"
    if folder == "mail" and expected in FAILURES and verdict != "failure":
        yield f"{expected}, but the verdict is {verdict}"
    if folder == "mail" and expected in NOT_FAILURES and verdict == "failure":
        ids = [f["id"] for f in capture["findings"] if f["primary"]]
        yield f"{expected}, but the verdict is failure: {ids}"
    if folder == "other" and verdict != "no-mail":
        yield f"holds no mail, but the verdict is {verdict}"


def main():
    mailwhy, folder = sys.argv[1], sys.argv[2]
    truth = os.path.join(folder, "TRUTH.tsv")
    if not os.path.exists(truth):
        print(f"SKIPPED: there is no {truth}")
        return 77
    with open(truth, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    paths = [os.path.join(folder, row["file"]) for row in rows]
    passed = failed = 0
    for row, capture in zip(rows, reports(mailwhy, paths), strict=True):
        wrong = list(mistakes(row, capture))
        for mistake in wrong:
            print(f"{row['file']}: {mistake}")
        passed, failed = passed + (not wrong), failed + bool(wrong)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
