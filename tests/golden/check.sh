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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0
passed=0

# Most samples are read by one process, which loads the rules once.  Those with
# keys, and those of which something is said on standard error, by one each.
name_of() {
    local name=${1%%.pcap*}
    printf '%s' "${name%.snoop}"
}

all=(*.pcap* *.snoop)
plain=()
for sample in "${all[@]}"; do
    [ -e "$(name_of "$sample").keys" ] || plain+=("$sample")
done
"$mailwhy" analyze --color never "${plain[@]}" \
    >"$work/reports" 2>"$work/errors" || [ $? -le 2 ]
printf '%s\n' "${plain[@]}" >"$work/names"
awk -v names="$work/names" -v work="$work" '
    BEGIN { getline name <names }
    name != "" && index($0, name ": ") == 1 {
        file = work "/" name
        if ((getline name <names) <= 0) name = ""
    }
    { print >file }' "$work/reports"

report_of() {
    local sample=$1 name=$2 options=(--color never)
    if [ -e "$work/$sample" ] && ! grep -qF "$sample" "$work/errors"; then
        cat "$work/$sample"
        return
    fi
    [ -e "$name.keys" ] && options+=(--keylog "$name.keys")
    "$mailwhy" analyze "${options[@]}" "$sample" 2>&1 || true
}

for sample in "${all[@]}"; do
    name=$(name_of "$sample")
    report=$(report_of "$sample" "$name")
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
