#!/bin/bash
# First start: accounts and init files on a server that nobody can reach. Then the server itself.
set -eu

data=/var/lib/mysql
socket=/run/mysqld/mysqld.sock

say() { printf '[entrypoint] %s\n' "$*" >&2; }

# read_secret NAME: take the value of NAME from the file that NAME_FILE names, if it does.
read_secret() {
    local file="$1_FILE"
    if [ -n "${!file:-}" ]; then
        export "$1=$(< "${!file}")"
        unset "$file"
    fi
}

# Part of the contract: init scripts that are sourced may call it with the client's options.
docker_process_sql() {
    MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb --protocol=socket --socket="$socket" --user=root \
        ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} "$@"
}

# quote VALUE: as an SQL string.
quote() {
    local value=${1//\\/\\\\}
    printf "'%s'" "${value//\'/\'\'}"
}

write_accounts() {
    local root user name probe
    root=$(quote "$MARIADB_ROOT_PASSWORD")
    # The installer leaves roots without a password for this host's other names.
    echo "DELETE FROM mysql.global_priv WHERE User = 'root' AND Host <> 'localhost';"
    echo "FLUSH PRIVILEGES; ALTER USER root@localhost IDENTIFIED BY $root;"
    if [ "${MARIADB_ROOT_HOST:=%}" != localhost ]; then
        name="root@$(quote "$MARIADB_ROOT_HOST")"
        echo "CREATE USER $name IDENTIFIED BY $root; GRANT ALL ON *.* TO $name WITH GRANT OPTION;"
    fi
    if [ -n "${MARIADB_DATABASE:-}" ]; then
        echo "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"
    fi
    if [ -n "${MARIADB_USER:-}" ]; then
        user="$(quote "$MARIADB_USER")@'%'"
        echo "CREATE USER $user IDENTIFIED BY $(quote "$MARIADB_PASSWORD");"
        if [ -n "${MARIADB_DATABASE:-}" ]; then
            echo "GRANT ALL ON \`${MARIADB_DATABASE//_/\\_}\`.* TO $user;"
        fi
    fi
    probe=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
    for host in localhost 127.0.0.1 ::1; do
        echo "CREATE USER healthcheck@'$host' IDENTIFIED BY '$probe';"
    done
    (umask 077 && printf '[client]\nuser=healthcheck\npassword=%s\nprotocol=tcp\n' "$probe" \
        > "$data/.my-healthcheck.cnf")
}

run_init_files() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case "$file" in
        *.sh)
            say "running $file"
            if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql)
            say "running $file"
            docker_process_sql < "$file" ;;
        esac
    done
}

initialize() {
    local server
    if [ -z "${MARIADB_ROOT_PASSWORD:-}" ]; then
        say 'MARIADB_ROOT_PASSWORD or MARIADB_ROOT_PASSWORD_FILE must be set'
        exit 1
    fi
    mariadb-install-db --datadir="$data" --skip-test-db --auth-root-authentication-method=normal \
        > /dev/null
    "$@" --skip-networking --socket="$socket" &
    server=$!
    until mariadb-admin --no-defaults --socket="$socket" --user=root ping > /dev/null 2>&1; do
        kill -0 "$server"
        sleep 0.1
    done
    write_accounts | mariadb --no-defaults --socket="$socket" --user=root
    run_init_files
    kill "$server"
    wait "$server"
    say 'initialized'
}

if [ "${1:0:1}" = - ]; then set -- mariadbd "$@"; fi

if [ "$1" = mariadbd ]; then
    # Before root is given up: a secret may be readable by root alone.
    for name in MARIADB_ROOT_PASSWORD MARIADB_PASSWORD; do read_secret "$name"; done
    if [ "$(id -u)" = 0 ]; then
        mkdir -p /run/mysqld
        find "$data" /run/mysqld ! -user mysql -exec chown mysql:mysql {} +
        exec setpriv --reuid=mysql --regid=mysql --clear-groups "$0" "$@"
    fi
    if [ ! -d "$data/mysql" ]; then initialize "$@"; fi
fi
exec "$@"
