from ops.commands import apt


def test_installing_waits_for_another_apt_and_takes_nothing_that_is_only_recommended() -> None:
    command = apt.install(["nginx"])
    assert command[-2:] == ["install", "nginx"]
    assert "DPkg::Lock::Timeout=600" in command
    assert "--no-install-recommends" in command


def test_disabling_works_without_systemd() -> None:
    assert apt.disable_service("nginx") == ["update-rc.d", "nginx", "disable"]
