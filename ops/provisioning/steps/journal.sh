# The journal outlives a restart, and stays within half a gigabyte.
settings=/etc/systemd/journald.conf.d/demijohn.conf

wanted() {
    cat <<'END'
[Journal]
Storage=persistent
SystemMaxUse=500M
END
}

check() {
    wanted | cmp --quiet - "$settings"
}

change() {
    wanted | put "$settings"
    systemctl restart systemd-journald
}
