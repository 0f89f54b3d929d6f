"""Whom a load run may be aimed at: this machine, and hosts that one has listed as one's own."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from loadtests.errors import HostError


def check_host(url: str, listed: str = "", owned: bool = False) -> str:
    """Return `url` without a slash at its end, when it may be loaded.

    `listed` holds host names, separated by blanks (the variable LOAD_HOSTS_ALLOWED); `owned` is the
    word of the person at the keyboard (`--i-own-this`). Raises HostError.
    """
    name = parse_host(url)
    if not (owned or is_local(name) or name in listed.lower().split()):
        raise HostError(
            f"{name} is not this machine, and a load run can hurt. "
            "If it is yours: add it to LOAD_HOSTS_ALLOWED, or say --i-own-this."
        )
    return url.rstrip("/")


def parse_host(url: str) -> str:
    """Return the host name in `url`, in lower case. Raises HostError if it is no plain base URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise HostError(f"{url!r} is not a URL: {error}.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise HostError(f"{url!r} is not a base URL. Write it like http://127.0.0.1:8080.")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise HostError(f"{url!r} holds more than scheme, host and port. Leave the rest away.")
    return parts.hostname


def is_local(name: str) -> bool:
    """Tell whether `name` can only mean this machine, without asking a name server."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
