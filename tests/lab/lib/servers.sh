# The lab's servers: the real programs, with their state under $RUN.

# dns [DNSMASQ OPTIONS...] - the name server, on the router.
dns()
{
    on router dnsmasq --conf-file="$LAB/etc/dnsmasq.conf" --pid-file= "$@"
    case "$*" in
        *--port=*) ;; # something else stands between it and the client
        *) until_true on client sh -c 'getent hosts router.example.org' ;;
    esac
}

# zone ADDRESS [UNBOUND OPTIONS...] - another name server, on the router, with
# the records of standard input; its address must be there already.  An option
# is a line of unbound.conf, in its "server:" part.
zone()
{
    local address=$1 option at=$RUN/zone-$1
    shift
    mkdir -p "$at"
    {
        echo '$TTL 300'
        echo '@ IN SOA ns.example.org. root.example.org. 1 3600 600 86400 60'
        echo '@ IN NS ns.example.org.'
        cat
    } >"$at/records"
    {
        echo 'server:'
        printf '    %s\n' 'username: ""' 'chroot: ""' 'pidfile: ""' \
            'use-syslog: no' 'logfile: ""' 'do-daemonize: no' \
            'access-control: 0.0.0.0/0 allow' 'access-control: ::/0 allow' \
            "interface: $address" "directory: \"$at\"" \
            'do-not-query-localhost: no' 'module-config: "iterator"'
        for option; do
            printf '    %s\n' "$option"
        done
        printf '%s\n' 'auth-zone:' '    name: "."' \
            "    zonefile: \"$at/records\"" '    for-downstream: no' \
            '    for-upstream: yes'
    } >"$at/unbound.conf"
    on router unbound -d -c "$at/unbound.conf" >"$at/log" 2>&1 &
    until_true grep -q 'start of service' "$at/log"
}

# resolver_on_client [UNBOUND OPTIONS...] - the client asks a resolver of its
# own, which forwards to the router: what goes over the wire is the resolver's.
resolver_on_client()
{
    local option
    {
        echo 'server:'
        printf '    %s\n' 'username: ""' 'chroot: ""' 'pidfile: ""' \
            'use-syslog: no' 'logfile: ""' 'do-daemonize: no' \
            "directory: \"$RUN\"" 'interface: 127.0.0.1' \
            'module-config: "iterator"' 'local-zone: "test." nodefault' \
            'prefetch: no' 'qname-minimisation: no'
        for option; do
            printf '    %s\n' "$option"
        done
        [ $# -gt 0 ] || printf '%s\n' 'forward-zone:' '    name: "."' \
            '    forward-addr: 192.0.2.1'
    } >"$RUN/resolver.conf"
    on client unbound -d -c "$RUN/resolver.conf" >"$RUN/resolver.log" 2>&1 &
    until_true on client sh -c "ss -Hlun 'sport = :53' | grep -q 127.0.0.1:53"
    echo "nameserver 127.0.0.1" >"$RUN/resolv.conf"
}

# certificate [NAME] - the one that Dovecot and Postfix show; see pki.sh.
certificate()
{
    cp "$PKI/$1.pem" "$RUN/server.pem"
    cp "$PKI/$1.key" "$RUN/server.key"
}

# dovecot [SETTING...] - IMAP, POP3, and the user database of Postfix.
# Settings are lines of dovecot.conf that come last and so win.
dovecot()
{
    local setting
    [ -e "$RUN/server.pem" ] || certificate good
    mkdir -p "$RUN/mail"
    chown mail: "$RUN/mail"
    cp "$LAB/etc/users" "$RUN/users"
    {
        cat "$LAB/etc/dovecot.conf"
        for setting; do
            echo "$setting"
        done
    } >"$RUN/dovecot.conf"
    on server dovecot -F -c "$RUN/dovecot.conf" &
    until_true listening server 12345
}

# postfix [SETTING=VALUE...] - SMTP on 25, submission on 587 and 465.
postfix()
{
    local setting
    [ -e "$RUN/server.pem" ] || certificate good
    mkdir -p "$RUN/postfix" "$RUN/spool" "$RUN/postfix-data"
    chown postfix "$RUN/postfix-data"
    cp "$LAB/etc/main.cf" "$LAB/etc/master.cf" "$RUN/postfix"
    for setting; do
        case $setting in
            */*/*=*) on server postconf -c "$RUN/postfix" -P "$setting" ;;
            *) echo "$setting" >>"$RUN/postfix/main.cf" ;;
        esac
    done
    on server "$(type -P postfix)" -c "$RUN/postfix" start-fg &
    until_true listening server 587
}

# mta [SETTING=VALUE...] - a mail server on the client, which looks for the
# recipients' servers itself; letter_by_mta gives it a message.
mta()
{
    local at=$RUN/mta setting
    mkdir -p "$at" "$RUN/mta-spool" "$RUN/mta-data"
    chown postfix "$RUN/mta-data"
    grep -v inet "$LAB/etc/master.cf" >"$at/master.cf"
    {
        printf '%s\n' 'compatibility_level = 3.6' "queue_directory = $RUN/mta-spool" \
            "data_directory = $RUN/mta-data" 'maillog_file = /dev/stdout' \
            'maillog_file_prefixes = /dev' 'inet_protocols = ipv4' \
            'myhostname = laptop.example.org' 'mydestination =' 'alias_maps =' \
            'minimal_backoff_time = 300s' 'smtp_host_lookup = dns'
        for setting; do
            echo "$setting"
        done
    } >"$at/main.cf"
    on client "$(type -P postfix)" -c "$at" start-fg &
    until_true on client test -e "$RUN/mta-spool/pid/master.pid"
}

# letter_by_mta FROM TO - and waits until it was sent, or put off.
letter_by_mta()
{
    printf '%s\n' "From: $1" "To: $2" "Subject: hello" "" \
        "CANARY-body: the parcel has come." |
        on client sendmail -C "$RUN/mta" -i -f "$1" "$2"
    sleep 3
}

# says_secure - the name server's answers come marked as validated (AD), as
# from a resolver that checks DNSSEC; it is to listen on 192.0.2.1 port 5353.
# With a type's number, questions for that type are answered with SERVFAIL.
says_secure()
{
    on router python3 "$LAB/lib/secure_dns.py" 192.0.2.1 5353 "$@" &
    until_true on client getent hosts router.example.org
}

# balancer PORT OPTIONS... - HAProxy on the router's address passes connections
# on to the server, with these options of its "server" line.
balancer()
{
    local port=$1
    shift
    printf '%s\n' 'defaults' 'mode tcp' 'timeout connect 5s' \
        'timeout client 30s' 'timeout server 30s' "listen mail$port" \
        "bind 192.0.2.1:$port" "server one 198.51.100.25:$port $*" \
        >"$RUN/haproxy-$port.cfg"
    on router haproxy -db -f "$RUN/haproxy-$port.cfg" &
    until_true listening router "$port"
}

# mail_for USER [BYTES] - puts a message into the inbox.
mail_for()
{
    local message=$RUN/mail/message
    {
        printf '%s\n' "From: Bob <bob@example.org>" \
            "To: $1@example.org" "Subject: hello" "" \
            "CANARY-body-$1: the parcel has come."
        [ -z "${2:-}" ] || head -c "$2" /dev/zero | tr '\0' x | fold -w 76
    } >"$message"
    doveadm -c "$RUN/dovecot.conf" save -u "$1" "$message"
    rm "$message"
}

# fake HOST PORT PROGRAM... - answers a port with a few lines of Python, where
# no real server can be brought to behave so; see fake.py.
fake()
{
    local host=$1 port=$2
    on "$host" python3 "$LAB/lib/fake.py" "$@" &
    until_true listening "$host" "$port"
}

# tls_fake PORT BEHAVIOUR... - the server's end of TLS that no real server
# plays; see tls_peer.py.
tls_fake()
{
    on server python3 "$LAB/lib/tls_peer.py" serve "$@" &
    until_true listening server "$1"
}

# s_server PORT OPTIONS... - OpenSSL's own server, which does as it is told.
s_server()
{
    local port=$1
    shift
    [ -e "$RUN/server.pem" ] || certificate good
    on server openssl s_server -quiet -accept "$port" -cert "$RUN/server.pem" \
        -key "$RUN/server.key" "$@" </dev/null &
    until_true listening server "$port"
}
