# shellcheck shell=sh
# Read by the image when it makes a new database; the native runtime runs the same statements.
# The image has made the schema's owner; this adds the application's account, which may use the
# tables and not change them.
docker_process_sql <<SQL
CREATE USER IF NOT EXISTS 'app'@'%' IDENTIFIED BY '$(cat /run/secrets/database_password)';
GRANT SELECT, INSERT, UPDATE, DELETE ON demijohn.* TO 'app'@'%';
SQL
