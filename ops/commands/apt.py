"""Debian's package tools."""

from collections.abc import Iterable

# Another apt-get may hold the lock, on a fresh host for minutes.
LOCK_SECONDS = 600
WITHOUT_QUESTIONS = {"DEBIAN_FRONTEND": "noninteractive"}


def update() -> list[str]:
    return ["apt-get", "--option", f"DPkg::Lock::Timeout={LOCK_SECONDS}", "--quiet", "update"]


def install(packages: Iterable[str]) -> list[str]:
    return [
        "apt-get",
        "--option",
        f"DPkg::Lock::Timeout={LOCK_SECONDS}",
        "--quiet",
        "--yes",
        "--no-install-recommends",
        "install",
        *packages,
    ]


def disable_service(name: str) -> list[str]:
    """Keep a service from being started at boot, under systemd and SysV init alike."""
    return ["update-rc.d", name, "disable"]
