# The lab's servers: the real programs, with their state under $RUN.

# dns [DNSMASQ OPTIONS...] - the name server, on the router.
dns()
{
    on router dnsmasq --conf-file="$LAB/etc/dnsmasq.conf" --pid-file= "$@"
    until_true on client sh -c 'getent hosts router.example.org'
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
