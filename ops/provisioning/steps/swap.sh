# With less than 4 GB of memory a peak would end a process. Swap of any kind that is there already is enough.
file=/swapfile
megabytes=2048
free_left=4096

check() {
    [ "$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -ge 3900000 ] ||
        [ "$(wc --lines </proc/swaps)" -gt 1 ]
}

change() {
    free=$(df --output=avail --block-size=1M / | tail --lines=1)
    if [ "$free" -lt $((megabytes + free_left)) ]; then
        echo "The disk has $free MB free: $megabytes MB of swap would leave less than $free_left. Make room, or add swap of your own."
        return 1
    fi
    # Not sparse, as swap must be, on every file system.
    dd if=/dev/zero of=$file.new bs=1M count=$megabytes status=none
    chmod 0600 $file.new
    mkswap $file.new
    mv $file.new $file
    swapon $file
    grep --quiet "^$file " /etc/fstab || echo "$file none swap sw 0 0" >>/etc/fstab
}
