"""What the docker level takes from the machine's own Debian: mirror, apt settings, packages.

Nothing here names a host: which mirror, proxy or certificate bundle this machine uses is asked
of its apt at run time, so that another suite's packages come by the same way.
"""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from tests.docker.process import BootstrapError, execute

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
SUITES = ("bookworm", "trixie")

# Proxies, date checks, retries: how this machine reaches its mirror. The rest is its own business.
_TRANSPORT = re.compile(r'Acquire::(https?|ForceIP|Retries|Check-)\S* ".+";')


@dataclass(frozen=True)
class Mirror:
    """Where this machine's packages come from, and the apt settings that it needs to get there."""

    archive: str
    security: str | None
    settings: tuple[str, ...]

    def list_sources(self, suite: str) -> list[str]:
        """The lines of an apt source list for `suite`, with its security updates if known."""
        lines = [f"deb [signed-by={KEYRING}] {self.archive} {suite} main"]
        if self.security:
            lines.append(f"deb [signed-by={KEYRING}] {self.security} {suite}-security main")
        return lines


def identify() -> str:
    """The suite of this Debian, as root. Raises BootstrapError on any other host and for others."""
    release = platform.freedesktop_os_release()
    suite = release.get("VERSION_CODENAME", "")
    if release["ID"] != "debian" or suite not in SUITES:
        raise BootstrapError(
            f"an engine can be brought up on Debian 12 or 13, not on {release['PRETTY_NAME']}; "
            "install Docker with Compose v2"
        )
    if os.geteuid() != 0:
        raise BootstrapError("bringing up an engine needs root; run as root or install Docker")
    return suite


def read_mirror() -> Mirror:
    """The mirror of this machine. Raises BootstrapError where apt knows none for its own suite."""
    suite = identify()
    targets = execute(
        "apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages"
    ).stdout
    places = dict(line.split(maxsplit=1) for line in targets.splitlines())
    if suite not in places:
        raise BootstrapError(f"apt has no source for {suite}; add one to /etc/apt/sources.list.d")
    settings = execute("apt-config", "dump").stdout.splitlines()
    return Mirror(
        archive=places[suite],
        security=places.get(f"{suite}-security"),
        settings=tuple(line for line in settings if _TRANSPORT.fullmatch(line)),
    )


def install(*programs: str) -> None:
    """Install each program that is missing from the package of its name, without extras.

    Another apt at work is waited for. Raises BootstrapError when apt fails.
    """
    missing = [program for program in programs if not _is_there(program)]
    if not missing:
        return
    execute("apt-get", "update", "-q")
    options = ("-qy", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300")
    execute("apt-get", "install", *options, *missing, env={"DEBIAN_FRONTEND": "noninteractive"})


def unpack(packages: tuple[str, ...], suite: str, *, scratch: Path, into: Path) -> None:
    """Unpack `packages` of another `suite` into the directory `into`, installing nothing.

    apt keeps its lists in `scratch`, away from the system's. `into` appears whole or not at all.
    """
    archives, parts = scratch / "archives", into.with_suffix(".new")
    for place in (scratch / "lists/partial", archives, parts):
        place.mkdir(parents=True, exist_ok=True)
    env = {"APT_CONFIG": str(_configure_apt(scratch, suite))}
    execute("apt-get", "update", "-q", "--error-on=any", env=env)
    execute("apt-get", "download", "-q", *packages, env=env, cwd=archives)
    for archive in archives.glob("*.deb"):
        execute("dpkg-deb", "--extract", archive, parts)
        archive.unlink()
    parts.rename(into)


def _configure_apt(scratch: Path, suite: str) -> Path:
    sources, status, config = (scratch / name for name in ("sources.list", "status", "apt.conf"))
    sources.write_text("\n".join(read_mirror().list_sources(suite)) + "\n")
    status.touch()
    # The hooks that a desktop adds to an update would touch the system; root reads what root wrote.
    config.write_text(
        f'Dir::State "{scratch}";\nDir::State::Status "{status}";\nDir::Cache "{scratch}";\n'
        f'Dir::Etc::SourceList "{sources}";\nDir::Etc::SourceParts "-";\n'
        'APT::Sandbox::User "root";\n#clear APT::Update::Post-Invoke-Success;\n'
    )
    return config


def _is_there(program: str) -> bool:
    return any(Path(place, program).exists() for place in ("/usr/sbin", "/usr/bin"))
