#!/usr/bin/env bash
# secrets.sh - the passwords, tokens and bodies in the samples must not be in
# any output of any format.
#
# Whoever makes a sample uses only secrets that hold the word CANARY, in the
# clear or in base64.
#
# usage: secrets.sh MAILWHY SAMPLES
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$1
samples=$2
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# CANARY at each of the three offsets that base64 knows.
words='CANARY|Q0FOQVJZ|NBTkFSW|DQU5BUl'
bad=0
for format in text json ndjson markdown junit sarif html; do
    for sample in "$samples"/*.pcap*; do
        keys=${sample%.pcap*}.keys
        options=(--format "$format" -v --show-users)
        [ -e "$keys" ] && options+=(--keylog "$keys")
        "$mailwhy" analyze "${options[@]}" "$sample" >"$out" 2>&1 || true
        if grep -qE "$words" "$out"; then
            echo "a secret is in the $format report of $(basename "$sample"):"
            grep -nE -m 3 "$words" "$out" | cut -c1-160
            bad=1
        fi
    done
done
exit "$bad"
