# The lab's network, and the faults that can be put into it.
#
#   client ------- router ------ wan ------ server
#   192.0.2.10     .1   198.51.100.1        198.51.100.25
#   2001:db8:1::10 ::1  2001:db8:2::1       2001:db8:2::25
#
# The router runs nftables and the name server; wan is a cable in user space
# (cable.py) that brings distance: delay, hops, and faults no kernel has.

# network [CABLE OPTIONS...] - builds it.
network()
{
    local host
    for host in client router wan server; do
        ip netns add "$host"
        on "$host" ip link set lo up
        on "$host" sysctl -q net.ipv6.conf.default.accept_ra=0 \
            net.ipv6.conf.default.accept_dad=0
    done
    link client eth0 router lan
    link router wan0 wan near
    link server eth0 wan far

    address client eth0 192.0.2.10/24 2001:db8:1::10/64
    address router lan 192.0.2.1/24 2001:db8:1::1/64
    address router wan0 198.51.100.1/24 2001:db8:2::1/64
    address server eth0 198.51.100.25/24 2001:db8:2::25/64
    on router sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    gateway client 192.0.2.1 2001:db8:1::1
    gateway server 198.51.100.1 2001:db8:2::1
    on router nft -f "$LAB/etc/router.nft"

    on wan sysctl -q net.ipv6.conf.near.disable_ipv6=1 \
        net.ipv6.conf.far.disable_ipv6=1
    on wan python3 "$LAB/lib/cable.py" "$@" near far &
    until_true on router ping -qc1 -W1 198.51.100.25

    echo "nameserver 192.0.2.1" >"$RUN/resolv.conf"
    mount --bind "$RUN/resolv.conf" /etc/resolv.conf
    printf '%s\n' "127.0.0.1 localhost" "127.0.1.1 laptop" >"$RUN/hosts"
    mount --bind "$RUN/hosts" /etc/hosts
    hostname laptop
}

# link HOST IF HOST IF - a wire between two hosts, without offloading, so that
# captures show the packets of the wire.
link()
{
    ip link add "$2" netns "$1" type veth peer name "$4" netns "$3"
    on "$1" ethtool -K "$2" tx off tso off gso off gro off >/dev/null 2>&1
    on "$3" ethtool -K "$4" tx off tso off gso off gro off >/dev/null 2>&1
    on "$1" ip link set "$2" up
    on "$3" ip link set "$4" up
}

# address HOST IF ADDRESS...
address()
{
    local host=$1 interface=$2 one
    shift 2
    for one; do
        on "$host" ip address add "$one" dev "$interface"
    done
}

# gateway HOST ADDRESS...
gateway()
{
    local host=$1 one
    shift
    for one; do
        on "$host" ip route add default via "$one"
    done
}

# provider - one more router between the first and the server, which knows no way
# but back: 203.0.113.2.
provider()
{
    local host
    ip netns add provider
    for host in router provider; do
        on $host sysctl -q net.ipv4.conf.all.send_redirects=0 \
            net.ipv4.conf.default.send_redirects=0
    done
    link router isp0 provider eth0
    address router isp0 203.0.113.1/30
    address provider eth0 203.0.113.2/30
    on provider ip route add 192.0.2.0/24 via 203.0.113.1
    on provider sysctl -q net.ipv4.ip_forward=1
    on router ip route add 198.51.100.25/32 via 203.0.113.2
}

# filter RULE - the router applies a rule (nftables) to what it forwards.
filter()
{
    on router nft add rule inet lab forward "$@"
}

# unfilter - the router forwards everything again.
unfilter()
{
    on router nft flush chain inet lab forward
}

# client COMMAND... - runs on the client, and must succeed.
client()
{
    timeout 150 on client "$@"
}

# fails COMMAND... - the command must fail: the fault is seen by the user.
fails()
{
    if "$@"; then
        echo "this should have failed: $*" >&2
        return 1
    fi
}

# until_true COMMAND... - waits, for ten seconds at most.
until_true()
{
    local i
    for ((i = 0; i < 100; i++)); do
        if "$@" >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.1
    done
    echo "never became true: $*" >&2
    return 1
}

# listening HOST PORT
listening()
{
    [ -n "$(on "$1" ss -Hltn "sport = :$2")" ]
}

# leases ANSWER - a DHCP server on the router that offers an address, and answers
# the request for it so: ack, nak or nothing.  no_leases ends it.
leases()
{
    local -A numbers=([ack]=5 [nak]=6 [nothing]=0)
    on router python3 "$LAB/lib/dhcp_server.py" lan 192.0.2.1 "${numbers[$1]}" &
    leasing=$!
    until_true on router sh -c "ss -Hlun 'sport = :67' | grep -q ."
}

no_leases()
{
    kill "$leasing"
}

# bound - what the client's udhcpc does with an address, as a script of its own.
bound()
{
    printf '%s\n' '#!/bin/sh' '[ "$1" = bound ] || exit 0' \
        'ip address add "$ip/24" dev "$interface"' \
        'ip route add default via "$router"' >"$RUN/bound"
    chmod 755 "$RUN/bound"
}

# frames HOST IF - sends the frames that are given in hexadecimal, each after the
# seconds in front of it (lib/frames.py).
frames()
{
    on "$1" python3 "$LAB/lib/frames.py" "$2"
}

# mac HOST IF - its hardware address, in hexadecimal.
mac()
{
    on "$1" cat "/sys/class/net/$2/address" | tr -d :
}

# key_message INFORMATION [DATA] - a message of a Wi-Fi's handshake for its keys,
# without the addresses: key information and key data, in hexadecimal.
key_message()
{
    local data=${2-} length
    length=$((${#data} / 2))
    printf '888e 0203 %04x 02 %s 0010 %s %s %04x %s\n' $((95 + length)) "$1" \
        "0000000000000001" "$(printf '5a%.0s' {1..80})" "$length" "$data"
}
