#!/usr/bin/env bash
# layers.sh - who may include whom: the shape of docs/architecture.md, checked.
#
# usage: tests/layers.sh [ROOT]
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"

bad=0
complain() {
    echo "layers: $*" >&2
    bad=1
}

# layer: the layers whose headers it may include besides its own
declare -A may=(
    [base]=""
    [fact]="base"
    [capture]="base"
    [net]="base capture"
    [flow]="base fact net"
    [stream]="base fact"
    [tls]="base"
    [rule]="base fact"
    [finding]="base fact rule"
    [report]="base fact rule finding"
    [session]="base fact net flow stream dissectors"
    [story]="base fact rule finding session"
    [redact]="base fact capture net flow stream dissectors session"
    [dissectors]="base fact tls"
    [diff]="base fact finding report"
    [cli]="base fact rule finding report engine capture redact diff"
)

layer_of_header() {
    case "$1" in
    base/* | fact/* | capture/* | net/* | flow/* | stream/* | rule/* | \
        finding/* | report/* | session/* | story/* | redact/* | diff/* | cli/*)
        echo "${1%%/*}"
        ;;
    tls/*) if [ -e "dissectors/$1" ]; then echo dissectors; else echo tls; fi ;;
    pipeline.h) echo engine ;;
    facts.def) echo fact ;;
    *) if [ -e "dissectors/$1" ]; then echo dissectors; fi ;;
    esac
}

check() {
    local layer=$1 file=$2 header other
    while read -r header; do
        other=$(layer_of_header "$header")
        [ -z "$other" ] || [ "$other" = "$layer" ] && continue
        # capture/ is named by net/ for struct frame only: a type.
        case " ${may[$layer]} " in
        *" $other "*) ;;
        *) complain "$file: $layer may not include $header ($other)" ;;
        esac
    done < <(sed -n 's/^#include "\(.*\)"/\1/p' "$file")
}

for layer in "${!may[@]}"; do
    folder=src/$layer
    [ "$layer" = dissectors ] && folder=dissectors
    while read -r file; do
        check "$layer" "$file"
    done < <(find "$folder" -name '*.[ch]' | sort)
done

while read -r file; do
    [ "$file" = src/stream/stream_nids.c ] ||
        complain "$file: only src/stream/stream_nids.c may include nids.h"
done < <(grep -rl '#include <nids.h>' src dissectors || true)

while read -r file; do
    case "$file" in
    src/capture/* | src/stream/stream_nids.c) ;;
    *) complain "$file: only src/capture and stream_nids.c may include pcap.h" ;;
    esac
done < <(grep -rlE '#include <pcap(/pcap|/bpf)?\.h>' src dissectors || true)

while read -r hit; do
    complain "$hit: banned, see docs/style.md"
done < <(grep -rnwE '(strcpy|strcat|sprintf|strtok|atoi|gets|alloca)[ ]*\(' \
    src dissectors --include='*.[ch]' || true)

while read -r hit; do
    complain "$hit: dissectors use spans, not C strings"
done < <(grep -rnwE '(strlen|strcmp)[ ]*\(' dissectors --include='*.[ch]' || true)

while read -r file; do
    grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' "$file" ||
        complain "$file: has no SPDX line"
done < <(find src dissectors tests -name '*.[ch]' | sort)

exit "$bad"
