# Captures: who records what, and checks that it shows what the case claims.

capturing=
CAPTURE=$OUT/$(sed -n 's/^# file: //p' "$case_file")
[ "$CAPTURE" != "$OUT/" ] || CAPTURE=$OUT/$NAME.pcap

# Not part of any story: the kernel's IPv6 housekeeping.
noise="not (icmp6 and (ip6[40] == 133 or ip6[40] == 134 or ip6[40] == 143)) \
    and not (ip6 and ip6[6] == 0)"

# capture [HOST [INTERFACE [TCPDUMP OPTIONS...]]] - starts recording; the file
# name's ending chooses the format.
capture()
{
    local host=${1:-client} interface=${2:-eth0}
    shift $(($# < 2 ? $# : 2))
    # Whoever is about to start has not talked to anybody yet.
    on "$host" ip neigh flush all
    rm -f "$CAPTURE"
    raw=$RUN/raw
    case $CAPTURE in
        *.pcapng)
            on "$host" dumpcap -q -i "$interface" -f "$noise" -w "$raw" "$@" \
                2>"$RUN/capture.log" &
            ;;
        *)
            on "$host" tcpdump -i "$interface" --immediate-mode -U -w "$raw" \
                "$@" "$noise" 2>"$RUN/capture.log" &
            ;;
    esac
    capturing=$!
    until_true grep -qiE 'listening on|^File:' "$RUN/capture.log"
}

# capture_stop - ends the recording and puts it into its place.
capture_stop()
{
    [ -n "$capturing" ] || return 0
    sleep 0.5 # the last packets are still under way
    kill -INT "$capturing"
    wait "$capturing" || true
    capturing=
    case $CAPTURE in
        *.gz) gzip -9nc "$raw" >"$CAPTURE" ;;
        *) cp "$raw" "$CAPTURE" ;;
    esac
    chmod 644 "$CAPTURE"
}

# edit EDITCAP-ARGUMENTS... - changes the finished capture with editcap.
edit()
{
    capture_stop
    editcap "$@" "$CAPTURE" "$RUN/edited"
    cp "$RUN/edited" "$CAPTURE"
}

# keep_only FILTER - leaves only the packets of this display filter.
keep_only()
{
    local format=pcap
    capture_stop
    case $CAPTURE in *.pcapng) format=pcapng ;; esac
    tshark -r "$CAPTURE" -Y "$1" -F "$format" -w "$RUN/kept"
    cp "$RUN/kept" "$CAPTURE"
}

# keep_ip - takes the Ethernet headers off: what a tunnel or a telephone records.
keep_ip()
{
    capture_stop
    python3 "$LAB/lib/raw.py" "$CAPTURE" "$RUN/raw-ip"
    cp "$RUN/raw-ip" "$CAPTURE"
}

count()
{
    tshark -n -r "$CAPTURE" ${KEYS:+-o "tls.keylog_file:$KEYS"} -Y "$1" | wc -l
}

# shows FILTER [AT-LEAST] - the capture holds packets like these.
shows()
{
    local n
    capture_stop
    n=$(count "$1")
    if [ "$n" -lt "${2:-1}" ]; then
        echo "the capture shows only $n of: $1" >&2
        tshark -n -r "$CAPTURE" >&2
        return 1
    fi
}

# lacks FILTER - the capture holds no packet like these.
lacks()
{
    local n
    capture_stop
    n=$(count "$1")
    if [ "$n" -gt 0 ]; then
        echo "the capture shows $n of: $1" >&2
        tshark -n -r "$CAPTURE" >&2
        return 1
    fi
}

# keylog - clients from now on write their TLS keys beside the capture.
keylog()
{
    KEYS=${CAPTURE%%.pcap*}.keys
    rm -f "$KEYS"
    export SSLKEYLOGFILE=$KEYS
}
