# Who deploys is in the group docker, which on this host is as good as root, and logs in with a key alone. Keys
# are only ever added: which of them leave is a person's decision.

home_of() {
    getent passwd $deployer | cut --delimiter=: --fields=6
}

# A cloud's image lets root's key do nothing but tell to log in as another user; that is no key of ours.
wanted_keys() {
    {
        printf '%s\n' "$given_keys"
        cat /root/.ssh/authorized_keys 2>/dev/null
    } | grep --invert-match --extended-regexp '^[[:space:]]*(#|$)|command=' | sort --unique
}

missing_keys() {
    wanted_keys | grep --invert-match --line-regexp --fixed-strings --file="$1"
}

check() {
    keys=$(home_of)/.ssh/authorized_keys
    id --name --groups $deployer | grep --quiet --word-regexp docker &&
        case $(getent shadow $deployer | cut --delimiter=: --fields=2) in '*' | '!' | '!*') ;; *) false ;; esac &&
        [ -s "$keys" ] && [ -z "$(missing_keys "$keys")" ]
}

change() {
    if [ -z "$(wanted_keys)" ]; then
        echo "root has no ssh key that $deployer could be given. Put yours there (ssh-copy-id), then run this again."
        return 1
    fi
    id $deployer >/dev/null 2>&1 || useradd --create-home --user-group --shell /bin/bash $deployer
    # No password is ever right, and unlike after a lock the keys are.
    usermod --password '*' --append --groups docker $deployer
    place=$(home_of)/.ssh keys=$(home_of)/.ssh/authorized_keys
    install --directory --mode=0700 --owner=$deployer --group=$deployer "$place"
    [ -e "$keys" ] || install --mode=0600 --owner=$deployer --group=$deployer /dev/null "$keys"
    # A last line without its end would swallow what is added.
    sed -i '$a\' "$keys"
    missing=$(missing_keys "$keys") && printf '%s\n' "$missing" >>"$keys"
    return 0
}
