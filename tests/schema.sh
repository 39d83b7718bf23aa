#!/usr/bin/env bash
# schema.sh - every sample's JSON report is as docs/report.schema.json says.
#
# usage: tests/schema.sh MAILWHY [PATH...]     (default: samples/)
# Ends with 77 (skipped) where python3-jsonschema is not installed.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
mailwhy=$1
shift
[ $# -gt 0 ] || set -- "$root/samples"

python=/usr/bin/python3 # the one whose modules setup.sh installed
[ -x "$python" ] || python=python3
"$python" -c 'import jsonschema' 2>/dev/null || {
    echo "schema: skipped, python3-jsonschema is not installed"
    exit 77
}
report=$(mktemp)
trap 'rm -f "$report"' EXIT

# 1 means that failures were found, 2 that a capture is damaged: both report.
"$mailwhy" scan --format json --progress never "$@" >"$report" 2>/dev/null ||
    [ $? -le 2 ]

"$python" - "$root/docs/report.schema.json" "$report" <<'PYTHON'
import json
import sys

from jsonschema import Draft202012Validator

with open(sys.argv[1]) as file:
    schema = json.load(file)
with open(sys.argv[2]) as file:
    report = json.load(file)
Draft202012Validator.check_schema(schema)
wrong = list(Draft202012Validator(schema).iter_errors(report))
for error in wrong:
    where = "/".join(str(step) for step in error.absolute_path)
    print(f"schema: {where}: {error.message[:300]}")
if not report["captures"]:
    sys.exit("schema: no capture in the report")
print(f"schema: {len(report['captures'])} captures, {len(wrong)} mistakes")
sys.exit(1 if wrong else 0)
PYTHON
