#!/usr/bin/env bash
# man.sh - whether the man page has every option that the program tells.
#
# usage: man.sh MAILWHY MAN_PAGE
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
mailwhy=$1
page=$(sed 's/\\-/-/g' "$2") # as it is read, not as it is written
missing=0
for subcommand in analyze scan live rules explain facts redact diff; do
    options=$("$mailwhy" "$subcommand" --help | grep -oE -- '--[a-z][a-z-]*' |
        sort -u)
    if [ -z "$options" ]; then
        echo "$subcommand --help tells no options"
        missing=1
    fi
    for option in $options; do
        if ! grep -qE -- "$option([^a-z-]|\$)" <<<"$page"; then
            echo "$subcommand has $option, the man page has not"
            missing=1
        fi
    done
done
exit "$missing"
