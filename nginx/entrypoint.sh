#!/bin/sh
# Writes Nginx's configuration from the files beside this one, checks it, and becomes Nginx.
# `entrypoint.sh rotate` gives the running Nginx a fresh ledger. Both need the same environment:
#
#   LISTEN             address and port, or the port alone
#   SERVER_NAMES       hosts that are answered, separated by spaces
#   RATE_LIMIT_EXEMPT  addresses or networks that no rate limit counts (may be empty)
#   SLOT_DIR           holds a.sock and b.sock, where the application listens
#   STATIC_DIR         holds the static files that the application published
#   LEDGER_DIR         receives ledger.log, and ledger.log.<UTC time> at each rotation
#   NGINX_DIR          everything else that Nginx writes: configuration, pid, cache, bodies
#   LEDGER_MAX_BYTES   size at which the ledger is rotated (default 256 MiB)
#   INSIDE             address and port where the site answers over plain HTTP in any case, for what
#                      runs in the same container (may be empty)
#   TLS                off (default), acme or files; the rest is for the latter two alone
#   LISTEN_TLS         as LISTEN, for TLS
#   HTTPS_ADDRESS      address and port under which visitors reach that
#   CERTIFICATE_DIR    holds fullchain.pem and privkey.pem; with acme they may come later. New ones are
#                      served within seconds, and those before them are if Nginx cannot use the new
#   CHALLENGE_DIR      with acme: what the authority asks for under /.well-known/acme-challenge/
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
newline='
'

fail() {
    printf 'nginx/entrypoint.sh: %s\n' "$1" >&2
    exit 1
}

# Values are pasted between quotes into a configuration: a value that could end them is refused.
require() {
    eval "value=\${$1-}"
    [ -n "$value" ] || fail "$1 is not set; the head of $0 says what it means"
    refuse_syntax "$1" "$value"
}

refuse_syntax() {
    case $2 in
    *[\"\'\$\;\{\}\\\|\&"$newline"]*) fail "$1 is '$2'; it may hold no quotes, nor any of \$ ; { } \\ | &" ;;
    esac
}

read_settings() {
    for name in LISTEN SERVER_NAMES SLOT_DIR STATIC_DIR LEDGER_DIR NGINX_DIR; do require "$name"; done
    refuse_syntax RATE_LIMIT_EXEMPT "${RATE_LIMIT_EXEMPT=}"
    case ${LEDGER_MAX_BYTES:=268435456} in
    *[!0-9]*) fail "LEDGER_MAX_BYTES is '$LEDGER_MAX_BYTES'; give a number of bytes" ;;
    esac
    ledger=$LEDGER_DIR/ledger.log
    # The certificate and its key in one file, so that they change at the same time.
    pair=$NGINX_DIR/certificate.pem
    # Where Nginx is told to find it, empty while there is none.
    certificate=
    refuse_syntax INSIDE "${INSIDE=}"
    case ${TLS:=off} in
    off) CERTIFICATE_DIR='' CHALLENGE_DIR='' HTTPS_ADDRESS='' LISTEN_TLS='' ;;
    files) CHALLENGE_DIR='' && read_tls_settings LISTEN_TLS HTTPS_ADDRESS CERTIFICATE_DIR ;;
    acme) read_tls_settings LISTEN_TLS HTTPS_ADDRESS CERTIFICATE_DIR CHALLENGE_DIR ;;
    *) fail "TLS is '$TLS'; give off, acme or files" ;;
    esac
}

read_tls_settings() {
    for name in "$@"; do require "$name"; done
    if [ "$TLS" = files ] && [ -z "$(fingerprint)" ]; then
        fail "TLS is 'files', and $CERTIFICATE_DIR holds no fullchain.pem and privkey.pem that can be read"
    fi
}

# Print what tells the certificate and key that are there from the next; nothing while there are none.
fingerprint() {
    if [ "$TLS" != off ] && [ -r "$CERTIFICATE_DIR/fullchain.pem" ] && [ -r "$CERTIFICATE_DIR/privkey.pem" ]; then
        cat "$CERTIFICATE_DIR/fullchain.pem" "$CERTIFICATE_DIR/privkey.pem" | cksum
    fi
}

# Succeed if version $1 is $2 or later.
at_least() {
    [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

earlier_than() {
    ! at_least "$@"
}

# Print the address under which a container sees its own host, for what the host publishes on loopback.
# The kernel writes the default route's gateway as four bytes in hexadecimal, the last one first.
gateway() {
    route=$(awk '$2 == "00000000" { print $3; exit }' /proc/net/route)
    [ -n "$route" ] || fail "this container has no default route; take 127.0.0.1 out of RATE_LIMIT_EXEMPT"
    printf '%d.%d.%d.%d' $(echo "$route" | sed 's/\(..\)\(..\)\(..\)\(..\)/0x\4 0x\3 0x\2 0x\1/')
}

# Print the rules for lines that begin with `@$1`: they are kept if the rest of the arguments succeeds.
keep_if() {
    marker=$1
    shift
    if "$@"; then echo "s|@$marker ||"; else echo "/@$marker /d"; fi
}

# Print the sed program that turns the templates $@ into a configuration for the Nginx found here.
# A line that begins with `@since-1.27.4` is kept from that version on, and one with `@before-1.27.4`
# up to it; `@openssl-since-3.5` asks for the library's version.
print_rules() {
    set -f
    exempt=
    for address in $RATE_LIMIT_EXEMPT; do
        exempt="$exempt $address 0;"
        if [ "$address" = 127.0.0.1 ] && [ -e /.dockerenv ]; then exempt="$exempt $(gateway) 0;"; fi
    done
    for name in LISTEN SERVER_NAMES SLOT_DIR STATIC_DIR LEDGER_DIR NGINX_DIR \
        INSIDE LISTEN_TLS CERTIFICATE_DIR CHALLENGE_DIR; do
        eval "printf 's|@%s@|%s|g\n' $name \"\$$name\""
    done
    printf 's|@RATE_LIMIT_EXEMPT@|%s|\n' "$exempt"
    printf 's|@CERTIFICATE@|%s|\n' "$certificate"
    case ${HTTPS_ADDRESS##*:} in
    443) echo 's|@HTTPS_PORT@||' ;;
    *) echo "s|@HTTPS_PORT@|:${HTTPS_ADDRESS##*:}|" ;;
    esac
    keep_if as-root [ "$(id -u)" = 0 ]
    keep_if inside [ -n "$INSIDE" ]
    keep_if plain [ "$TLS" = off ]
    keep_if tls [ "$TLS" != off ]
    keep_if acme [ "$TLS" = acme ]
    keep_if certified [ -n "$certificate" ]
    keep_if waiting [ -z "$certificate" ]

    nginx=$(nginx -v 2>&1 | sed 's|.*nginx/\([0-9.]*\).*|\1|')
    # Where it runs with another than it was built with, it names that one last.
    openssl=$(nginx -V 2>&1 | sed -n 's|.*with OpenSSL \([0-9.]*\).*|\1|p')
    cat "$@" | sed -n 's|^ *@\([a-z-]*-[0-9.]*\) .*|\1|p' | sort -u | while read -r condition; do
        case $condition in
        since-*) keep_if "$condition" at_least "$nginx" "${condition##*-}" ;;
        before-*) keep_if "$condition" earlier_than "$nginx" "${condition##*-}" ;;
        openssl-since-*) keep_if "$condition" at_least "$openssl" "${condition##*-}" ;;
        openssl-before-*) keep_if "$condition" earlier_than "$openssl" "${condition##*-}" ;;
        esac
    done
}

# Write the configuration into $1. Every file beside nginx.conf, site.conf and tls.conf belongs to the
# application, whose locations snippets/application.conf includes.
render() {
    conf=$1
    rm -rf "$conf"
    mkdir -p "$conf/snippets" "$conf/application"
    set -- "$here"/*.conf "$here"/snippets/*.conf
    rules=$(print_rules "$@")
    for template in "$@"; do
        case ${template#"$here/"} in
        nginx.conf | site.conf | tls.conf | snippets/*) target=$conf/${template#"$here/"} ;;
        *) target=$conf/application/${template##*/} ;;
        esac
        sed "$rules" "$template" >"$target"
    done
}

# Succeed if Nginx can use the configuration in $1; otherwise it says why not.
is_usable() {
    nginx -t -q -e stderr -p "$NGINX_DIR" -c "$1/nginx.conf"
}

# Rename, then reopen: a worker goes on writing to the renamed file until it has seen the signal, so
# no line is lost, as lines would be if the file were copied and truncated.
rotate() {
    [ -s "$ledger" ] || return 0
    mv "$ledger" "$ledger.$(date -u +%Y%m%dT%H%M%S.%NZ)" && reopen
}

reopen() {
    kill -USR1 "$(cat "$NGINX_DIR/nginx.pid")" || return 1
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ ! -e "$ledger" ] || return 0
        sleep 0.2
    done
    echo "nginx/entrypoint.sh: Nginx did not open a new $ledger within 2 s" >&2
    return 1
}

watch_ledger() {
    if [ -e "$ledger" ]; then
        [ "$(wc -c <"$ledger")" -lt "$LEDGER_MAX_BYTES" ] || rotate
    elif ls "$ledger".* >/dev/null 2>&1; then
        reopen # a rotation was killed between its two steps
    fi
}

# Put what is in CERTIFICATE_DIR where Nginx reads it with each handshake, or succeed not if Nginx cannot use
# it: tried is a configuration that names the file, which Nginx reads at once.
take_certificate() {
    before=$certificate certificate=$pair.new
    (umask 077 && { cat "$CERTIFICATE_DIR/fullchain.pem" && echo && cat "$CERTIFICATE_DIR/privkey.pem"; } >"$pair.new")
    render "$NGINX_DIR/trial"
    if is_usable "$NGINX_DIR/trial"; then
        mv "$pair.new" "$pair"
        certificate='$certificate_file'
    else
        certificate=$before
        return 1
    fi
}

# A pair that Nginx refuses is tried once: it may be half a change, of which the other half changes it again.
watch_certificate() {
    now=$(fingerprint)
    if [ -z "$now" ] || [ "$now" = "$known" ]; then return 0; fi
    known=$now
    had=$certificate
    if take_certificate; then
        [ -n "$had" ] || reload
        echo "nginx/entrypoint.sh: the new certificate in $CERTIFICATE_DIR is served" >&2
    else
        echo "nginx/entrypoint.sh: Nginx refuses what is new in $CERTIFICATE_DIR, and goes on with what it has" >&2
    fi
}

reload() {
    render "$NGINX_DIR/next"
    rm -rf "$NGINX_DIR/conf"
    mv "$NGINX_DIR/next" "$NGINX_DIR/conf"
    kill -HUP "$(cat "$NGINX_DIR/nginx.pid")"
}

# Runs beside Nginx, whose process id is this script's, and ends with it.
watch() {
    while sleep 3 && kill -0 "$$" 2>/dev/null; do
        watch_ledger || :
        watch_certificate || :
    done
}

serve() {
    mkdir -p "$NGINX_DIR/tmp" "$NGINX_DIR/cache" "$LEDGER_DIR"
    known=$(fingerprint)
    if [ -n "$known" ]; then
        take_certificate || fail "Nginx refuses the certificate in $CERTIFICATE_DIR, see above"
    fi
    render "$NGINX_DIR/conf"
    is_usable "$NGINX_DIR/conf" || fail "Nginx refuses its configuration, see above"
    watch &
    exec nginx -e stderr -p "$NGINX_DIR" -c "$NGINX_DIR/conf/nginx.conf"
}

read_settings
case ${1-serve} in
serve) serve ;;
rotate) rotate ;;
*) fail "there is no '$1'; give nothing, to serve, or 'rotate'" ;;
esac
