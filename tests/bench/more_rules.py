#!/usr/bin/env python3
"""more_rules.py - a rule base that is COPIES times as large, for the bench.

usage: more_rules.py RULES OUT COPIES

Each copy gets an id of its own, and an `unless` that applies to every session: what costs is
to find that out, and ten times the findings would be another question.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import re
import sys


def copy(text, number):
    always = f"    - session: id != {900000 + number}\n"
    rules = re.split(r"(?m)^(?=- id: )", text)
    for rule in rules[1:]:
        rule = re.sub(r"(?m)^- id: (.*)$", rf"- id: \1-{number}", rule)
        if re.search(r"(?m)^  unless:\n", rule):
            rule = re.sub(r"(?m)^  unless:\n", "  unless:\n" + always, rule)
        else:
            rule = re.sub(r"(?m)^  says:", "  unless:\n" + always + "  says:",
                          rule, count=1)
        yield rule


def main():
    source, out, copies = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(out, exist_ok=True)
    for name in sorted(os.listdir(source)):
        if not name.endswith(".yaml"):
            continue
        with open(os.path.join(source, name), encoding="utf-8") as file:
            text = file.read()
        holds_rules = "\n- id: " in text  # and no products or checks alone
        for number in range(copies if holds_rules else 1):
            path = os.path.join(out, f"{name[:-5]}-{number}.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text if number == 0 else
                           "".join(copy(text, number)))


if __name__ == "__main__":
    main()
