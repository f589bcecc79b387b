#!/usr/bin/env bash
# Makes the certificates of the TLS tests anew (the tests themselves need no openssl).
# Run as `faketime 2020-01-01 ./make.sh`, so that they are valid whatever the clock of the machine that tests.
# They vouch for nothing outside these tests: loopback servers that live for one test.
set -euo pipefail
cd "$(dirname "$0")"
make_key() { openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out "$1.key"; }
for ca in ca other; do
  make_key "$ca"
  openssl req -x509 -new -key "$ca.key" -subj "/CN=pvmonitor test $ca" -days 36500 -out "$ca.pem"
done
issue() { # name, subjectAltName, validity …
  local name=$1 names=$2; shift 2
  make_key "$name"
  openssl req -new -key "$name.key" -subj "/CN=server" -out "$name.csr"
  printf 'subjectAltName=%s\n' "$names" > "$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" -extfile "$name.ext" -out "$name.pem" "$@"
  rm "$name.csr" "$name.ext"
}
issue good IP:127.0.0.1 -days 36500
issue wrong-host DNS:elsewhere.example -days 36500
issue expired IP:127.0.0.1 -days -1
rm ca.key other.key
make_key self-signed
openssl req -x509 -new -key self-signed.key -subj "/CN=server" -addext "subjectAltName=IP:127.0.0.1" -days 36500 -out self-signed.pem
