# A port that Docker publishes never meets the rules of ufw or any other chain for input: Docker rewrites
# the address first, and the packet is then forwarded. So these rules look at what arrives before Docker
# does, which is at priority -100, and after connections are known, at -200. The table is our own and loaded by
# a unit of its own, because nftables.service empties everything first, Docker's rules included.
rules=/etc/demijohn/firewall.nft
unit=/etc/systemd/system/demijohn-firewall.service

# Where sshd listens, or systemd for it, and where the connection that runs this came in: nobody is locked out.
ssh_ports() {
    {
        sshd -T | sed -n 's/^port //p'
        systemctl is-active --quiet ssh.socket &&
            systemctl show --property=Listen --value ssh.socket | sed -n 's/.*:\([0-9]*\) (Stream).*/\1/p'
        echo "${SSH_CONNECTION:-}" | awk '{ print $4 }'
    } 2>/dev/null | grep . || echo 22
}

wanted_rules() {
    ports=$({ printf '80\n443\n' && ssh_ports; } | sort --numeric-sort --unique | paste --serial --delimiters=, -)
    cat <<END
# Written by ./demijohn provision. Rules that open more go into /etc/demijohn/firewall.d/, for example
# \`udp dport 51820 accept\` in a file vpn.nft; then: systemctl reload demijohn-firewall
table inet demijohn
delete table inet demijohn
table inet demijohn {
    chain arriving {
        type filter hook prerouting priority -110; policy accept;
        iifname { "lo", "docker0" } accept
        iifname "br-*" accept
        fib daddr type != local accept
        ct state { established, related } accept
        meta l4proto { icmp, icmpv6 } accept
        ip6 saddr fe80::/10 udp dport 546 accept
        include "/etc/demijohn/firewall.d/*.nft"
        tcp dport { $ports } accept
        drop
    }
}
END
}

wanted_unit() {
    cat <<END
[Unit]
Description=Firewall: web and ssh
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target
After=local-fs.target nftables.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f $rules
ExecReload=/usr/sbin/nft -f $rules
ExecStop=/usr/sbin/nft delete table inet demijohn

[Install]
WantedBy=sysinit.target
END
}

check() {
    wanted_rules | cmp --quiet - $rules && wanted_unit | cmp --quiet - $unit &&
        systemctl is-enabled --quiet demijohn-firewall && nft list table inet demijohn
}

change() {
    install_packages nftables
    mkdir -p /etc/demijohn/firewall.d
    wanted_rules | put $rules
    nft --check -f $rules
    wanted_unit | put $unit
    systemctl daemon-reload
    systemctl enable demijohn-firewall
    systemctl restart demijohn-firewall
}
