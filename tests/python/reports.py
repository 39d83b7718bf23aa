"""reports.py - what tests in Python share: making captures of dialogs, running
mailwhy on many captures, and reading tables.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import shlex
import subprocess
import sys


def reports(mailwhy, paths, options=(), statuses=(0, 1, 2)):
    """Of all in one run: loading the rules takes longer than most captures."""
    run = subprocess.run(
        [mailwhy, "analyze", "--format", "json", *options, *paths],
        capture_output=True, text=True, timeout=900, check=False)
    if run.returncode not in statuses:
        raise RuntimeError(f"exit status {run.returncode}: {run.stderr.strip()}")
    captures = json.loads(run.stdout)["captures"]
    for path, capture in zip(paths, captures, strict=True):
        if "its analysis" in (capture["error"] or ""):  # it crashed, say
            raise RuntimeError(f"{path}: {capture['error']}")
    return captures


def make_captures(dialog2pcap, pairs):
    """Of (dialog, capture) paths, in one run; returns the captures' paths."""
    subprocess.run([dialog2pcap, *(path for pair in pairs for path in pair)],
                   check=True, timeout=600)
    return [capture for _, capture in pairs]


def by_options(entries, root):
    """(options, entries) for each set of options in entries of a MANIFEST.
    Files of samples/ that they name are looked for in the folder root."""
    groups = {}
    for entry in entries:
        groups.setdefault(entry.get("options") or "", []).append(entry)
    for words, group in groups.items():
        yield [os.path.join(root, word) if word.startswith("samples/")
               else word for word in shlex.split(words)], group


def rows(path, columns):
    """(line number, cell, ...) of a table with tabs between its cells."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            cells = line.split("\t")
            if len(cells) != columns:
                sys.exit(f"{path}:{number}: {len(cells)} columns, "
                         f"not {columns}")
            yield (number, *cells)
