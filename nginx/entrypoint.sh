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
}

# Succeed if version $1 is $2 or later.
at_least() {
    [ "$(printf '%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]
}

# Print the address under which a container sees its own host, for what the host publishes on loopback.
# The kernel writes the default route's gateway as four bytes in hexadecimal, the last one first.
gateway() {
    route=$(awk '$2 == "00000000" { print $3; exit }' /proc/net/route)
    [ -n "$route" ] || fail "this container has no default route; take 127.0.0.1 out of RATE_LIMIT_EXEMPT"
    printf '%d.%d.%d.%d' $(echo "$route" | sed 's/\(..\)\(..\)\(..\)\(..\)/0x\4 0x\3 0x\2 0x\1/')
}

# Print the sed program that turns the templates into a configuration for the Nginx found here.
# A line that begins with `@since-1.27.4` is kept from that version on, one with `@as-root` for root.
print_rules() {
    set -f
    exempt=
    for address in $RATE_LIMIT_EXEMPT; do
        exempt="$exempt $address 0;"
        if [ "$address" = 127.0.0.1 ] && [ -e /.dockerenv ]; then exempt="$exempt $(gateway) 0;"; fi
    done
    for name in LISTEN SERVER_NAMES SLOT_DIR STATIC_DIR LEDGER_DIR NGINX_DIR; do
        eval "printf 's|@%s@|%s|g\n' $name \"\$$name\""
    done
    printf 's|@RATE_LIMIT_EXEMPT@|%s|\n' "$exempt"
    if [ "$(id -u)" = 0 ]; then echo 's|@as-root ||'; else echo '/@as-root /d'; fi

    version=$(nginx -v 2>&1 | sed 's|.*nginx/\([0-9.]*\).*|\1|')
    cat "$@" | sed -n 's|^ *@since-\([0-9.]*\) .*|\1|p' | sort -u | while read -r since; do
        if at_least "$version" "$since"; then echo "s|@since-$since ||"; else echo "/@since-$since /d"; fi
    done
}

# Every file beside nginx.conf and site.conf belongs to the application, and site.conf includes it.
render() {
    conf=$NGINX_DIR/conf
    rm -rf "$conf"
    mkdir -p "$conf/snippets" "$conf/application" "$NGINX_DIR/tmp" "$NGINX_DIR/cache" "$LEDGER_DIR"
    set -- "$here"/*.conf "$here"/snippets/*.conf
    rules=$(print_rules "$@")
    for template in "$@"; do
        case ${template#"$here/"} in
        nginx.conf | site.conf | snippets/*) target=$conf/${template#"$here/"} ;;
        *) target=$conf/application/${template##*/} ;;
        esac
        sed "$rules" "$template" >"$target"
    done
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

# Runs beside Nginx, whose process id is this script's, and ends with it.
watch_ledger() {
    while sleep 3 && kill -0 "$$" 2>/dev/null; do
        if [ -e "$ledger" ]; then
            [ "$(wc -c <"$ledger")" -lt "$LEDGER_MAX_BYTES" ] || rotate || :
        elif ls "$ledger".* >/dev/null 2>&1; then
            reopen || : # a rotation was killed between its two steps
        fi
    done
}

serve() {
    render
    nginx -t -q -e stderr -p "$NGINX_DIR" -c "$conf/nginx.conf" || fail "Nginx refuses its configuration, see above"
    watch_ledger &
    exec nginx -e stderr -p "$NGINX_DIR" -c "$conf/nginx.conf"
}

read_settings
case ${1-serve} in
serve) serve ;;
rotate) rotate ;;
*) fail "there is no '$1'; give nothing, to serve, or 'rotate'" ;;
esac
