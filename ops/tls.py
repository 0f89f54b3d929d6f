"""TLS: whether its settings fit together, and until when a certificate holds."""

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from ops.errors import DemijohnError

# What must fit together.
SETTINGS = frozenset({"TLS", "HTTPS_ADDRESS", "SERVER_NAMES", "COMPOSE_PROFILES", "CERTIFICATE_DIR"})
PROFILE = "acme"
# What CERTIFICATE_DIR is by default: the volume that certbot's container fills.
VOLUME = "certificates"
FILES = ("fullchain.pem", "privkey.pem")
DIRECTORY = re.compile(r"https://[^\s\"'$]+")
EMAIL = re.compile(r"[^\s@\"'$]+@[^\s@\"'$]+")
# certbot renews when a third is left, or when the authority asks for it. What is left of less than
# this was not renewed in time.
LEAST_SHARE = 0.1


def check_directory(value: str) -> str | None:
    return (
        None if DIRECTORY.fullmatch(value) else "give the URL of an authority's ACME directory, with https://"
    )


def check_email(value: str) -> str | None:
    return "give an address of e-mail, or nothing" if value and not EMAIL.fullmatch(value) else None


def find_problems(values: Mapping[str, str]) -> list[str]:
    """Given settings of which each is fine by itself, return a sentence for each that does not fit TLS."""
    problems = {
        "off": find_problems_without,
        "files": find_problems_with_files,
        "acme": find_problems_with_acme,
    }
    return list(problems[values["TLS"]](values))


def find_problems_without(values: Mapping[str, str]) -> Iterator[str]:
    if values["HTTPS_ADDRESS"]:
        yield f"HTTPS_ADDRESS is {values['HTTPS_ADDRESS']!r}, but TLS is off: empty it, or set TLS"
    if names_profile(values):
        yield f"COMPOSE_PROFILES is {values['COMPOSE_PROFILES']!r}: without TLS=acme, take acme out"


def find_problems_with_files(values: Mapping[str, str]) -> Iterator[str]:
    yield from find_problems_with_either(values)
    if names_profile(values):
        yield f"COMPOSE_PROFILES is {values['COMPOSE_PROFILES']!r}: without TLS=acme, take acme out"
    if "/" not in values["CERTIFICATE_DIR"]:
        yield (
            f"CERTIFICATE_DIR is {values['CERTIFICATE_DIR']!r}: with TLS=files, give the path of the "
            f"directory that holds {' and '.join(FILES)}, for example ./secrets/tls"
        )


def find_problems_with_acme(values: Mapping[str, str]) -> Iterator[str]:
    yield from find_problems_with_either(values)
    for name in values["SERVER_NAMES"].split():
        if not is_address(name) and "." not in name:
            yield f"SERVER_NAMES has {name!r}: no authority certifies a name without a domain; take it out"
    if not names_profile(values):
        yield (
            f"COMPOSE_PROFILES is {values['COMPOSE_PROFILES']!r}: with TLS=acme it must name acme, "
            "or Compose does not start what obtains certificates"
        )
    if values["CERTIFICATE_DIR"] != VOLUME:
        yield f"CERTIFICATE_DIR is {values['CERTIFICATE_DIR']!r}: with TLS=acme, take it out"


def find_problems_with_either(values: Mapping[str, str]) -> Iterator[str]:
    if not values["HTTPS_ADDRESS"]:
        yield f"HTTPS_ADDRESS is empty: with TLS={values['TLS']} it is needed, for example 0.0.0.0:443"
    for name in values["SERVER_NAMES"].split():
        if is_address(name):
            yield f"SERVER_NAMES has {name!r}: over TLS a host is known by its name alone; take it out"


def names_profile(values: Mapping[str, str]) -> bool:
    return PROFILE in [name.strip() for name in values["COMPOSE_PROFILES"].split(",")]


def is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def check_files(directory: Path) -> None:
    """Raise when the directory of TLS=files does not hold a certificate and its key."""
    certificate, key = (directory / name for name in FILES)
    for path in (certificate, key):
        if not path.is_file():
            raise DemijohnError(f"{path} is missing: put it there, or set CERTIFICATE_DIR in .env")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise DemijohnError(f"the certificate and key in {directory} cannot be used: {error}") from error


@dataclass(frozen=True)
class Validity:
    """From when and until when a certificate holds."""

    start: datetime
    end: datetime

    def is_ending(self, now: datetime) -> bool:
        """Whether it should have been replaced by now."""
        return self.end - now < LEAST_SHARE * (self.end - self.start)


def read_validity(lines: Sequence[str]) -> Validity:
    """Given what `openssl x509 -dates` prints (`notBefore=Nov 21 15:00:00 2026 GMT`), return the times."""
    dates = dict(line.split("=", 1) for line in lines if "=" in line)
    start, end = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(dates[name]), UTC)
        for name in ("notBefore", "notAfter")
    )
    return Validity(start, end)
