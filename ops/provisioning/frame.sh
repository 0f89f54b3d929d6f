# What the steps use, and what must hold before the first of them. Each line that begins with
# "::demijohn::" is for the command that reads along; everything else is what the programs print.
exec 2>&1
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
deployer=deploy
home=/srv/demijohn
engine_needed=25.0 compose_needed=2.24
look_only=false
[ "${1:-}" = --dry-run ] && look_only=true

tell() {
    printf '::demijohn:: %s\n' "$*"
}

# refuse WORD SENTENCE: end before anything was changed.
refuse() {
    tell "refused $*"
    exit 1
}

# step NAME: run the `check` that was defined last and, unless it finds nothing to do, the `change`.
step() {
    tell "begin $1"
    if (check) >/dev/null 2>&1; then
        tell "same $1"
        return
    fi
    if $look_only; then
        tell "differs $1"
        return
    fi
    # In a condition `set -e` would have no effect.
    (set -e; change)
    status=$?
    if [ $status -eq 0 ] && ! (check); then
        echo "The step ended without an error, and yet it is not as it should be."
        status=1
    fi
    if [ $status -ne 0 ]; then
        tell "failed $1 $status"
        exit 1
    fi
    tell "changed $1"
}

is_installed() {
    [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The package lists are fetched once for all steps, which run in subshells of their own. On a host that was
# just started the daily fetch may be at work, and apt does not wait for it by itself.
fetch_lists() {
    [ -e "$work/lists" ] && return
    for unit in apt-daily apt-daily-upgrade; do
        while [ "$(systemctl is-active $unit.service)" = activating ]; do sleep 1; done
    done
    apt-get -q -o Acquire::Retries=3 update
    touch "$work/lists"
}

# What an installation that was cut off has left is finished first, or apt would refuse.
install_packages() {
    fetch_lists
    apt_install "$@" || {
        dpkg --configure -a
        apt_install "$@"
    }
}

apt_install() {
    apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
        -o Dpkg::Options::=--force-confold install "$@"
}

# put FILE: standard input becomes the file, whole or not at all, readable by all.
put() {
    mkdir -p "$(dirname "$1")"
    cat >"$1.new"
    chmod 0644 "$1.new"
    mv "$1.new" "$1"
}

# at_least MAJOR.MINOR VERSION
at_least() {
    given=${2#v}
    major=${given%%.*} rest=${given#*.}
    minor=${rest%%[!0-9]*}
    case $major-$minor in -* | *- | *[!0-9-]*) return 1 ;; esac
    [ "$major" -gt "${1%.*}" ] || { [ "$major" -eq "${1%.*}" ] && [ "$minor" -ge "${1#*.}" ]; }
}

tell hello
[ "$(id -u)" -eq 0 ] || refuse root "$(id -un) is not root here, and provisioning changes the system."
# shellcheck source=/dev/null
. /etc/os-release
case "$ID ${VERSION_ID:-}" in
"debian 12" | "debian 13" | "ubuntu 22.04" | "ubuntu 24.04" | "ubuntu 26.04") ;;
*) refuse release "This is $PRETTY_NAME; provisioning knows Debian 12 and 13, and Ubuntu 22.04, 24.04 and 26.04 LTS." ;;
esac
[ -d /run/systemd/system ] || refuse systemd "systemd does not run here, and every step needs it."
[ ! -e /snap/bin/docker ] ||
    refuse engine "Docker is installed as a snap. Remove it with \`snap remove docker\`, which takes its containers along."
if command -v dockerd >/dev/null; then
    found=$(dockerd --version | sed 's/^Docker version \([^, ]*\).*/\1/')
    at_least $engine_needed "$found" ||
        refuse engine "Docker $found is too old: $engine_needed is needed. Remove it with \`apt-get remove docker.io\` or upgrade it; /var/lib/docker stays."
fi
if ! $look_only; then
    exec 9>/run/demijohn-provision.lock
    flock --nonblock 9 || refuse busy "This host is being provisioned already: wait until that has ended."
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
