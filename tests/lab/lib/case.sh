#!/bin/bash
# Runs one case inside the namespaces that `run` made for it.
# A case is plain bash, read top to bottom, with the words of this folder:
# network, dovecot, capture, client, shows, ...
set -eu

case_file=$1
OUT=$2
LAB=$(dirname "$(dirname "$(readlink -f "$0")")")
NAME=$(basename "$case_file")
PKI=$OUT/pki
CA=$PKI/ca.pem
GOOD=CANARY-pw-4711-good
WRONG=CANARY-pw-4711-wrong
RUN=/run/lab # a private tmpfs: servers keep their state and sockets here
export LAB OUT PKI CA GOOD WRONG RUN
export PATH=$LAB/lib/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C.UTF-8 HOME=$RUN PYTHONPATH=$LAB/lib PYTHONDONTWRITEBYTECODE=1
unset SSLKEYLOGFILE

mount -t tmpfs -o mode=755 lab /run
mkdir -p "$RUN"
cd "$RUN"

printf '%s\r\n' "From: Alice <alice@example.org>" "To: bob@example.org" \
    "Subject: hello" "" "CANARY-body-letter: see you on Monday." >letter

. "$LAB/lib/network.sh"
. "$LAB/lib/servers.sh"
. "$LAB/lib/capture.sh"
. "$case_file"
capture_stop
