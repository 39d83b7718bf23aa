#!/bin/bash
# Makes the lab's certificates: pki.sh DIR
#
# Every NAME.pem holds what a server sends (its certificate first), and
# NAME.key the key for it.  ca.pem is what clients trust.
set -eu

dir=$1
mkdir -p "$dir"
cd "$dir"

hosts="DNS:imap.example.org,DNS:pop.example.org,DNS:smtp.example.org"
hosts="$hosts,DNS:mail.example.org"
valid="-startdate 20260101000000Z -enddate 20361231235959Z"

openssl genrsa -out good.key 2048
openssl genrsa -out weak.key 1024

# root NAME SUBJECT - a certification authority nobody stands above.
root()
{
    openssl req -x509 -new -newkey rsa:2048 -nodes -days 7300 -subj "$2" \
        -keyout "$1.key" -out "$1.pem" \
        -addext basicConstraints=critical,CA:TRUE \
        -addext keyUsage=critical,keyCertSign,cRLSign
}

# sign CA NAME SUBJECT KEY EXTENSIONS DATES... - the CA signs a certificate.
sign()
{
    local ca=$1 name=$2 subject=$3 key=$4 extensions=$5
    shift 5
    printf '%s\n' "$extensions" >extensions
    : >index.txt
    openssl req -new -key "$key" -subj "$subject" -out request
    openssl ca -batch -notext -config <(cat <<END
[ca]
default_ca = lab
[lab]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
organizationName = optional
END
) -cert "$ca.pem" -keyfile "$ca.key" -extfile extensions \
        -in request -out "$name.pem" "$@"
    rm -f [0-9A-F]*.pem index.txt* extensions request
}

# server NAME CA DATES... - a certificate for the mail server.
server()
{
    local name=$1 ca=$2
    shift 2
    sign "$ca" "$name" "/CN=mail.example.org" "${key:-good.key}" \
        "subjectAltName=${names:-$hosts}
extendedKeyUsage=serverAuth${more:+
$more}" "$@"
    [ "$name.key" = "${key:-good.key}" ] || cp "${key:-good.key}" "$name.key"
}

root ca "/O=Lab/CN=Lab Root CA"
root unknown "/O=Example Company/CN=Example Company Internal CA"
root avast "/O=Avast Web\\/Mail Shield/CN=Avast Web\\/Mail Shield Root"
sign ca intermediate "/O=Lab/CN=Lab Intermediate CA" good.key \
    "basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign" $valid
cp good.key intermediate.key

server good ca $valid
server expired ca -startdate 20250101000000Z -enddate 20260102000000Z
server future ca -startdate 20361231000000Z -enddate 20371231000000Z
names=DNS:www.example.net server wrong-name ca $valid
names=DNS:www.example.net server expired-wrong-name ca -startdate 20250101000000Z \
    -enddate 20260102000000Z
key=weak.key server weak ca $valid
server private unknown $valid
server intercepted avast $valid
more="authorityInfoAccess=caIssuers;URI:http://ca.example.org/intermediate.der" \
    server incomplete intermediate $valid

server weak-signature ca -md sha1 $valid
names=DNS:*.example.org server wildcard ca $valid
sign ca only-common-name "/CN=imap.example.org" good.key \
    "extendedKeyUsage=serverAuth" $valid
sign ca wrong-usage "/CN=mail.example.org" good.key \
    "subjectAltName=$hosts
extendedKeyUsage=clientAuth" $valid
for name in only-common-name wrong-usage; do cp good.key $name.key; done

# What a mail server of a maker of firewalls brings with it.
root appliance-ca "/O=Fortinet/CN=fortinet-subca2001"
sign appliance-ca appliance "/O=Fortinet/CN=FEVM010000012345" good.key \
    "extendedKeyUsage=serverAuth" $valid
cp good.key appliance.key

# A chain whose middle has run out.
sign ca old-intermediate "/O=Lab/CN=Lab Old Intermediate CA" good.key \
    "basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign" -startdate 20250101000000Z \
    -enddate 20260102000000Z
cp good.key old-intermediate.key
server old-chain old-intermediate $valid
cat old-intermediate.pem >>old-chain.pem

# A certificate that its authority took back.
server revoked ca $valid
cat >revocation.cnf <<END
[ca]
default_ca = lab
[lab]
database = revocation.txt
default_md = sha256
END
: >revocation.txt
openssl ca -config revocation.cnf -cert ca.pem -keyfile ca.key -revoke revoked.pem
openssl ca -config revocation.cnf -cert ca.pem -keyfile ca.key -gencrl \
    -crldays 3650 -out revoked.crl
rm -f revocation.*

# Devices that make certificates while one connects.
root untrusted "/O=Avast Web\\/Mail Shield/CN=Avast Web\\/Mail Shield Untrusted Root"
server untrusted-upstream untrusted $valid
root gateway "/CN=gw-7 CA"
fresh="-startdate $(date -u -d yesterday +%Y%m%d000000Z) -days 90"
names=DNS:imap.example.org server gateway-org gateway $fresh
names=DNS:imap.example.net server gateway-net gateway $fresh
sign gateway portal "/CN=gw.lobby.example.com" good.key \
    "subjectAltName=DNS:gw.lobby.example.com
extendedKeyUsage=serverAuth" $valid
cp good.key portal.key

openssl dhparam -out dh1024.pem 1024
openssl req -x509 -new -key good.key -days 3650 -subj "/CN=localhost.localdomain" \
    -out default.pem
cp good.key default.key
openssl req -x509 -new -key good.key -days 3650 -subj "/CN=mail.example.org" \
    -addext "subjectAltName=$hosts" -out self-signed.pem
openssl req -x509 -new -key good.key -days 3650 -subj "/CN=imap.example.org" \
    -out self-signed-only-common-name.pem
for name in self-signed self-signed-only-common-name; do
    cp good.key $name.key
done
chmod 644 ./*.key
