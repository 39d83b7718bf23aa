#!/usr/bin/env python3
"""Prints samples/MANIFEST from the first lines of the cases.

Usage: manifest.py CASES-FOLDER SAMPLES-FOLDER

A case begins with "# key: value" lines; they are the truth about its capture.
Cases whose capture is not among the samples are left out.
"""

import os
import re
import subprocess
import sys

DEFAULTS = {"verdict": None, "primary": "[]", "findings": "[]",
            "absent": "[]", "options": '""'}


def header(path):
    fields = {}
    with open(path, encoding="utf-8") as case:
        for line in case:
            match = re.match(r"# ([a-z-]+): +(.+)$", line)
            if not match:
                break
            fields[match[1]] = match[2].strip()
    return fields


def versions(packages):
    """The names and versions of Debian packages, without Debian's suffixes."""
    told = []
    for package in re.findall(r"[a-z0-9.+-]+", packages):
        version = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Version}", package],
            capture_output=True, text=True, check=True).stdout
        version = re.sub(r"^\d+:|[-~+].*$", "", version)
        told.append(f"{package} {version}")
    return ", ".join(told + ["Debian 12"])


def entry(case, fields):
    yield f"- file: {fields['file']}"
    yield f"  story: {quoted(fields['story'])}"
    for key, default in DEFAULTS.items():
        value = fields.get(key, default)
        if value is None:
            sys.exit(f"{case}: no {key}")
        yield f"  {key}: {value}"
    yield f"  made-by: tests/lab/cases/{case} ({versions(fields['with'])})"


def quoted(text):
    """Plain text as a YAML scalar: quoted where it might mean something."""
    if re.search(r"[:#\"'\[\]{}*&!|>%@`]", text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def main():
    cases, samples = sys.argv[1:]
    found = []
    for case in os.listdir(cases):
        fields = header(os.path.join(cases, case))
        if os.path.exists(os.path.join(samples, fields["file"])):
            found.append((fields["file"], case, fields))
    print("# What every sample shows. Written by tests/lab/run --update from"
          " the\n# first lines of tests/lab/cases/*; change it there.")
    for _, case, fields in sorted(found):
        print("\n".join(entry(case, fields)))


if __name__ == "__main__":
    main()
