# Make the secret files that are missing; each is random and never leaves the host.
# $1: the directory of the stack; the rest: the names
cd "$1"
umask 077
mkdir -p secrets
chmod 0700 secrets
shift
for name; do
    [ -s "secrets/$name" ] && continue
    head -c 32 /dev/urandom | base64 | tr -d '=\n' | tr '/+' '_-' >"secrets/.$name"
    echo >>"secrets/.$name"
    chmod 0444 "secrets/.$name"
    mv "secrets/.$name" "secrets/$name"
    echo "$name"
done
