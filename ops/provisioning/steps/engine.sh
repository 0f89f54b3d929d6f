# Docker and Compose come from the distribution, which keeps them safe. Debian 12's are too old (20.10, Compose
# 1.29) and its backports have none, so there they come from Docker's own repository.
repository=https://download.docker.com/linux/debian
# Docker Release (CE deb) <docker@docker.com>
fingerprint=9DC858229FC7DD38854AE2D88D81803C0EBFCD88
keyring=/etc/apt/keyrings/docker.asc

packages() {
    if is_installed docker-ce || [ "$ID $VERSION_ID" = "debian 12" ]; then
        echo docker-ce docker-ce-cli containerd.io docker-compose-plugin
    elif [ "$ID" = debian ]; then
        echo docker.io docker-cli docker-compose
    else
        echo docker.io docker-compose-v2
    fi
}

# primary_keys FILE: the fingerprints of the keys in a file, without those of their subkeys.
primary_keys() {
    gpg --homedir "$work" --batch --with-colons --show-keys "$1" |
        awk -F: '$1 == "pub" { primary = 1 } $1 == "fpr" && primary { print $10; primary = 0 }'
}

add_repository() {
    install_packages ca-certificates curl gpg
    curl --fail --silent --show-error --location --retry 3 --max-time 60 --output "$work/docker.asc" $repository/gpg
    found=$(primary_keys "$work/docker.asc")
    if [ "$found" != $fingerprint ]; then
        echo "The key at $repository/gpg is $found, and should be $fingerprint: it is not used."
        return 1
    fi
    put $keyring <"$work/docker.asc"
    echo "deb [arch=$(dpkg --print-architecture) signed-by=$keyring] $repository $VERSION_CODENAME stable" |
        put /etc/apt/sources.list.d/docker.list
    rm "$work/lists"
}

# An engine that is too old was refused before the first step.
is_there() {
    command -v dockerd && at_least $compose_needed "$(docker compose version --short)"
}

check() {
    at_least $engine_needed "$(docker version --format '{{.Server.Version}}')" && is_there &&
        systemctl is-enabled --quiet docker
}

change() {
    if ! is_there; then
        needed=$(packages)
        case $needed in
        docker-ce*) is_installed docker-ce || add_repository ;;
        esac
        # shellcheck disable=SC2086
        install_packages $needed
    fi
    systemctl enable --now docker
    docker version
    docker compose version
}
