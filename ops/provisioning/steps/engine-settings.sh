# Containers outlive a restart of the engine, for example by an update, and their logs are limited: the
# driver `local` keeps five compressed files of 20 MB for each. Written before the engine starts first.
settings=/etc/docker/daemon.json

wanted() {
    cat <<'END'
{
    "live-restore": true,
    "log-driver": "local"
}
END
}

# Somebody's own settings are as good when they do both; they are never overwritten.
own_settings_do() {
    [ -e $settings ] || return
    case $(docker info --format '{{.LiveRestoreEnabled}} {{.LoggingDriver}}') in
    "true json-file") grep --quiet '"max-size"' $settings ;;
    "true "*) ;;
    *) return 1 ;;
    esac
}

check() {
    wanted | cmp --quiet - $settings || own_settings_do
}

change() {
    if [ -e $settings ]; then
        echo "$settings is there and lacks something. Add \"live-restore\": true and \"log-driver\": \"local\" to it,"
        echo "then: systemctl reload docker && systemctl restart docker"
        return 1
    fi
    wanted | put $settings
    if systemctl is-active --quiet docker; then
        # The reload makes containers outlive the restart, which the log driver needs.
        systemctl reload docker
        systemctl restart docker
    fi
}
