# Certificates and logs need the right time. Whatever service keeps it already may go on.
check() {
    for service in systemd-timesyncd chrony ntpsec openntpd ntp; do
        systemctl is-enabled --quiet "$service" && return
    done
    return 1
}

change() {
    install_packages systemd-timesyncd
    systemctl enable --now systemd-timesyncd
}
