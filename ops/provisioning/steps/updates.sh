# Which updates install themselves is the distribution's choice: Debian's take security and point releases,
# Ubuntu's take security. A new kernel waits for a restart, and that remains a person's decision.
settings=/etc/apt/apt.conf.d/52demijohn

wanted() {
    cat <<'END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
END
}

check() {
    is_installed unattended-upgrades &&
        wanted | cmp --quiet - "$settings" &&
        systemctl is-enabled --quiet apt-daily.timer &&
        systemctl is-enabled --quiet apt-daily-upgrade.timer
}

change() {
    install_packages unattended-upgrades
    wanted | put "$settings"
    systemctl enable --now apt-daily.timer apt-daily-upgrade.timer
}
