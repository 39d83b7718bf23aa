#!/usr/bin/env bash
# check.sh - the text report of each sample is the same as yesterday.
#
# tests/golden/NAME.txt is the report of samples/NAME.*; UPDATE=1 rewrites them
# all, to be looked at with git diff before they are kept.
#
# usage: check.sh MAILWHY SAMPLES GOLDEN
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$(realpath "$1")
samples=$(cd "$2" && pwd)
golden=$(cd "$3" && pwd)
cd "$samples"
bad=0
passed=0
for sample in *.pcap* *.snoop; do
    name=${sample%%.pcap*}
    name=${name%.snoop}
    keys=$name.keys
    options=(--color never)
    [ -e "$keys" ] && options+=(--keylog "$keys")
    report=$("$mailwhy" analyze "${options[@]}" "$sample" 2>&1 || true)
    if [ -n "${UPDATE:-}" ]; then
        printf '%s\n' "$report" >"$golden/$name.txt"
    elif ! diff -u "$golden/$name.txt" <(printf '%s\n' "$report"); then
        bad=$((bad + 1))
        continue
    fi
    passed=$((passed + 1))
done
echo "$passed passed, $bad failed"
[ "$bad" -eq 0 ]
