# Keep the database as it is now, before a schema change.
# $1: the directory of the stack; $2: the version that comes; $3: how many are kept
cd "$1"
umask 077
mkdir -p backups
file=backups/$(date -u +%Y%m%dT%H%M%SZ)-before-$2.sql.gz
docker compose -f docker-compose.prod.yml exec -T db sh -c \
    'MYSQL_PWD="$(cat /run/secrets/database_root_password)" exec mariadb-dump --user=root --single-transaction demijohn' |
    gzip >"$file.part"
# A dump that was cut off lacks its last line.
gzip -cd "$file.part" | tail -n 1 | grep -q '^-- Dump completed' || { rm -f "$file.part"; exit 1; }
mv "$file.part" "$file"
ls -1t backups/*.sql.gz | tail -n "+$(($3 + 1))" | xargs -r rm -f
echo "$1/$file"
