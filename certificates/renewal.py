"""Obtains the certificate, and renews it in time: certbot, run again and again in a container of its own.

    python -SI certificates/renewal.py          keep the certificate for as long as this runs
    python -SI certificates/renewal.py now      renew it now, for example because its key has leaked
    python -SI certificates/renewal.py check    exit 0 when one is there, for all names, and in time

SERVER_NAMES, ACME_DIRECTORY, ACME_EMAIL and ACME_CA_FILE are explained in .env.example. Nginx reads the
certificate and its key from PUBLISHED, and never sees what certbot keeps beside them: the account's key.
"""

import os
import random
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from time import sleep, time
from types import FrameType

STATE = Path("/var/lib/demijohn/acme")
PUBLISHED = Path("/var/lib/demijohn/certificates")
CHALLENGES = Path("/var/lib/demijohn/challenges")
SCRATCH = Path("/tmp/certbot")  # noqa: S108 - a tmpfs of this container
NAME = "demijohn"
# The key first: Nginx takes no certificate whose key it does not have.
FILES = ("privkey.pem", "fullchain.pem")

# certbot renews when a third of the certificate's life is left, or when the authority asks for it (ARI).
# It is run twice a day, as authorities advise, and more often when the life is a matter of hours.
PASS_SECONDS = 12 * 3600
SHARE_OF_LIFE = 0.1
# Spread over the day, so that not all clients of an authority come at the same time.
JITTER = (0.8, 1.2)
# After a failure. An authority bears few in an hour: Let's Encrypt five for each name.
RETRY_SECONDS = (300, 600, 1200, 2400, 3600)
CERTBOT_SECONDS = 600
# What has less of its life left was not renewed in time.
LEAST_SHARE = 0.1


class Stop(Exception):  # noqa: N818 - not an error: it was asked for
    """SIGTERM or SIGINT came."""


@dataclass(frozen=True)
class Certificate:
    """For whom a certificate is, and from when until when it holds, in seconds since 1970."""

    names: frozenset[str]
    start: float
    end: float

    @property
    def life(self) -> float:
        return self.end - self.start

    def is_good(self, names: Sequence[str], now: float) -> bool:
        return self.names >= set(names) and self.end - now > LEAST_SHARE * self.life


def keep(environ: Mapping[str, str]) -> None:
    """Have a certificate for as long as this process runs."""
    retries = plan_retries()
    while True:
        if obtain(environ):
            retries = plan_retries()
            pause = plan_pause(read_certificate(PUBLISHED / "fullchain.pem"))
        else:
            pause = next(retries)
            say(f"that did not work; the next try is in {pause / 60:.0f} minutes")
        sleep(pause)


def plan_retries() -> Iterator[float]:
    """Yield for how many seconds to wait after each failure of a row."""
    return chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1]))


def plan_pause(certificate: Certificate | None) -> float:
    """Return for how many seconds there is nothing to do."""
    life = certificate.life if certificate else PASS_SECONDS
    return min(PASS_SECONDS, SHARE_OF_LIFE * life) * random.SystemRandom().uniform(*JITTER)


def obtain(environ: Mapping[str, str], *, force: bool = False) -> bool:
    """Obtain or renew the certificate if it is time, and publish it; return whether all went well."""
    settings = dict(environ)
    # certbot's own libraries know the public authorities.
    if Path(environ["ACME_CA_FILE"]).stat().st_size:
        settings["REQUESTS_CA_BUNDLE"] = environ["ACME_CA_FILE"]
    if not run(certbot(environ, force=force), settings):
        return False
    publish(find_state(environ["ACME_DIRECTORY"]) / "live" / NAME)
    return True


def certbot(environ: Mapping[str, str], *, force: bool) -> list[str]:
    """Return the command that obtains a certificate, keeps it while it is good, or renews it."""
    email = environ.get("ACME_EMAIL")
    return [
        str(Path(sys.executable).with_name("certbot")),
        "certonly",
        *("--non-interactive", "--agree-tos", "--no-eff-email"),
        *(["--email", email] if email else ["--register-unsafely-without-email"]),
        *("--server", environ["ACME_DIRECTORY"]),
        *("--config-dir", str(find_state(environ["ACME_DIRECTORY"]))),
        *("--work-dir", str(SCRATCH), "--logs-dir", str(SCRATCH), "--max-log-backups", "3"),
        *("--webroot", "--webroot-path", str(CHALLENGES)),
        *("--cert-name", NAME, "--renew-with-new-domains"),
        # Nginx reads the certificate and then its key with each handshake. While the key stays the same, none
        # can fail because both changed in between.
        "--reuse-key",
        *(["--force-renewal", "--new-key"] if force else ["--keep-until-expiring"]),
        *(word for name in environ["SERVER_NAMES"].split() for word in ("--domain", name)),
    ]


def find_state(directory: str) -> Path:
    """Return where the account and certificates of an authority are kept.

    Each has a place of its own: certbot would take a certificate of another one for good enough.
    """
    return STATE / re.sub(r"[^A-Za-z0-9.]+", "-", directory.removeprefix("https://")).strip("-")


def run(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Run a command, let it end in its own way when we are stopped; return whether it ended well."""
    process = subprocess.Popen(command, env=environ)
    try:
        return process.wait(CERTBOT_SECONDS) == 0
    except subprocess.TimeoutExpired:
        say(f"certbot did not end within {CERTBOT_SECONDS} s")
        return False
    finally:
        process.terminate()
        process.wait()


def publish(source: Path) -> None:
    """Hand what is new in `source` over to Nginx, each file at once."""
    for name in FILES:
        text, published = (source / name).read_bytes(), PUBLISHED / name
        if published.exists() and published.read_bytes() == text:
            continue
        draft = PUBLISHED / f".{name}"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(text)
        # For the group, which is Nginx's as well.
        draft.chmod(0o440)
        draft.replace(published)


def read_certificate(path: Path) -> Certificate | None:
    """Return what the first certificate of a file says, or None when there is no such file."""
    if not path.exists():
        return None
    show = ["openssl", "x509", "-noout", "-dates", "-ext", "subjectAltName", "-in", str(path)]
    told = subprocess.run(show, capture_output=True, text=True, check=True).stdout
    start, end = (
        ssl.cert_time_to_seconds(re.findall(rf"^{name}=(.*)$", told, re.MULTILINE)[0])
        for name in ("notBefore", "notAfter")
    )
    return Certificate(frozenset(re.findall(r"DNS:([^,\s]+)", told)), start, end)


def check(environ: Mapping[str, str]) -> bool:
    """Return whether Nginx has a certificate that serves."""
    certificate = read_certificate(PUBLISHED / "fullchain.pem")
    return certificate is not None and certificate.is_good(environ["SERVER_NAMES"].split(), time())


def say(text: str) -> None:
    print(f"certificates/renewal.py: {text}", flush=True)


def raise_stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


def main(words: Sequence[str]) -> int:
    """Do what the arguments ask for; return the exit code."""
    if words == ["check"]:
        return 0 if check(os.environ) else 1
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, raise_stop)
    try:
        if words == ["now"]:
            return 0 if obtain(os.environ, force=True) else 1
        keep(os.environ)
    except Stop:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
