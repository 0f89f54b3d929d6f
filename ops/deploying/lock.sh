# Hold the lock of a stack for as long as whoever asked sends signs of life, or until the end of input.
# $1: the directory of the stack; $2: who holds it, and why
mkdir -p "$1"
cd "$1"
exec 9>>lock
if ! flock -n 9; then
    printf 'busy %s\n' "$(cat lock.holder 2>/dev/null)"
    exit 0
fi
printf '%s\n' "$2" >lock.holder
echo held
# A byte every few seconds; a connection that was cut sends none, and the lock is free again.
while [ -n "$(timeout 60 dd bs=1 count=1 2>/dev/null)" ]; do :; done
rm -f lock.holder
