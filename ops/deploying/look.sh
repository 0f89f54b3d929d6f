# What a deploy must know of a host before it changes anything, as NAME=value lines.
# $1: the directory of the stack
directory=$1
say() { printf '%s=%s\n' "$1" "$2"; }
say engine "$(docker version --format '{{.Server.Version}}' 2>/dev/null)"
say compose "$(docker compose version --short 2>/dev/null)"
say architecture "$(docker version --format '{{.Server.Arch}}' 2>/dev/null)"
root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null) || root=
# Only root may look into the engine's own directory; its file system is that of a directory above.
while [ -n "$root" ] && ! [ -x "$root" ]; do root=${root%/*}; done
say free "$(df -Pk "${root:-/}" | awk 'NR == 2 { print $4 }')"
if [ -d "$directory" ]; then
    [ -w "$directory" ] && say directory ok || say directory closed
elif mkdir -p "$directory" 2>/dev/null && rmdir "$directory" 2>/dev/null; then
    say directory ok
else
    say directory missing
fi
say version "$(sed -n "s/^IMAGE_TAG='\(.*\)'$/\1/p" "$directory/.env" 2>/dev/null)"
say unfinished "$(tail -n 1 "$directory/deploy.log" 2>/dev/null | grep '"event": "started"')"
say held "$(cat "$directory/held" 2>/dev/null | tr '\n' ' ')"
