#!/usr/bin/env bash
# smoke.sh - the lab still works, and mailwhy still tells the truth about what
# it makes: a few quick cases, captured and analysed afresh.
#
# usage: smoke.sh MAILWHY PYTHON
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$1
python=$2
lab=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

"$lab/run" -o "$out" imap-login-refused imap-icmp-admin-prohibited \
    tls13-certificate-expired
rm -rf "$out/logs" "$out/pki"
"$lab/lib/manifest.py" "$lab/cases" "$out" >"$out/MANIFEST"
"$python" "$lab/../truth/manifest.py" "$mailwhy" "$out"
