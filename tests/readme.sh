#!/usr/bin/env bash
# readme.sh - the example in README.md is what the program says.
#
# usage: tests/readme.sh MAILWHY
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$1
cd "$(dirname "$0")/.."

# What stands between the first two lines of ```.
example() {
    awk '/^```/ {n++; next} n == 1 {print}' README.md
}

diff -u <(example) <("$mailwhy" samples/imap-login-refused.pcap || [ $? -eq 1 ])
