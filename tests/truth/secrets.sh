#!/usr/bin/env bash
# secrets.sh - the passwords, tokens and bodies in the samples must not be in
# any output of any format.
#
# Whoever makes a sample uses only secrets that hold the word CANARY, in the
# clear or in base64.
#
# With SHARES, each format shows only one sample of as many, and another share
# of them each time: all samples are shown, but not in every format.
#
# usage: secrets.sh MAILWHY SAMPLES [SHARES]
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$1
samples=$2
shares=${3:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# CANARY at each of the three offsets that base64 knows.
words='CANARY|Q0FOQVJZ|NBTkFSW|DQU5BUl'
cat "$samples"/*.keys >"$work/keys"
all=("$samples"/*.pcap* "$samples"/*.snoop)
share=0
bad=0

# look FORMAT OPTION... - one report of all samples, or of the next share.
look() {
    local shown=() i
    for ((i = share; i < ${#all[@]}; i += shares)); do
        shown+=("${all[i]}")
    done
    share=$(((share + 1) % shares))
    "$mailwhy" analyze --format "$@" -v --show-users "${shown[@]}" \
        >"$work/out" 2>&1 || [ $? -le 2 ]
    if grep -q "its analysis" "$work/out"; then
        grep -m 9 "its analysis" "$work/out"
        bad=1
    fi
    if ! grep -qF "$(basename "${shown[-1]}")" "$work/out"; then
        echo "the $1 report does not tell of ${shown[-1]}"
        bad=1
    fi
    if grep -qE "$words" "$work/out"; then
        echo "a secret is in the $1 report:"
        grep -nE -m 9 "$words" "$work/out" | cut -c1-160
        bad=1
    fi
}

# With keys there is more to tell, and all of it in the same words.
look text
for format in text json ndjson markdown junit sarif html; do
    look "$format" --keylog "$work/keys"
done
exit "$bad"
