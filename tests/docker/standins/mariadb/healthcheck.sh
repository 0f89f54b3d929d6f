#!/bin/bash
# Health of the server, asked over TCP: the server of the first start has no TCP, so cannot pass.
set -eu

ask() {
    mariadb --defaults-file=/var/lib/mysql/.my-healthcheck.cnf --host=localhost \
        --skip-ssl-verify-server-cert --batch --skip-column-names --execute "$1"
}

for check in "${@:---connect}"; do
    case "$check" in
    --connect)
        ask 'SELECT 1' > /dev/null ;;
    --innodb_initialized)
        [ "$(ask "SELECT 1 FROM information_schema.ENGINES
                  WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT')")" = 1 ] ;;
    *)
        echo "unknown check: $check" >&2
        exit 1 ;;
    esac
done
