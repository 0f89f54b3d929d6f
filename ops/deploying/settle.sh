# Put what containers mount from the host where every release finds it.
# $1: the directory of the stack; $2: the version
cd "$1"
mkdir -p mariadb
chmod 0755 mariadb
cp -p "releases/$2/mariadb/"* mariadb/
