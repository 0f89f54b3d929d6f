"""The settings: `.env` over the defaults that `.env.example` states, checked all at once.

`.env` alone decides; a variable that happens to stand in the shell's environment does not, so the
same files always give the same stack. Names that `.env.example` does not have are taken for typing
errors.
"""

import difflib
import io
import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from dotenv.parser import parse_stream

from ops import tls
from ops.errors import SettingsError
from ops.paths import ROOT, Home

EXAMPLE = ROOT / ".env.example"
# A line that is commented out states a default: `# NAME=value`.
DEFAULT = re.compile(r"^# ?([A-Z][A-Z0-9_]*=.*)$", re.MULTILINE)
ADDRESS = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+):(?P<port>\d{1,5})")
HOST_NAME = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")
CORES = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


@dataclass(frozen=True)
class Settings:
    """What `.env` says. `values` holds everything, for the services; the rest is for this command."""

    values: Mapping[str, str]
    home: Home

    @property
    def server_name(self) -> str:
        """A host that Nginx answers, for our own requests."""
        return self.values["SERVER_NAMES"].split()[0]

    @property
    def tls(self) -> str:
        """off, acme or files."""
        return self.values["TLS"]

    @property
    def listens(self) -> Mapping[str, tuple[str, int]]:
        """What Nginx binds, by the setting's name: an address without the brackets of IPv6, and a port."""
        names = ["HTTP_ADDRESS"] if self.tls == "off" else ["HTTP_ADDRESS", "HTTPS_ADDRESS"]
        parts = {name: self.values[name].rpartition(":") for name in names}
        return {name: (host.strip("[]"), int(port)) for name, (host, _, port) in parts.items()}

    def reach(self, setting: str) -> tuple[str, int]:
        """Where what Nginx binds can be reached from here."""
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound
        host, port = self.listens[setting]
        return everywhere.get(host, host), port

    @property
    def address(self) -> str:
        """What a person opens in a browser."""
        scheme, standard, (host, port) = "http", 80, self.reach("HTTP_ADDRESS")
        if self.tls != "off":
            scheme, standard, host, port = "https", 443, self.server_name, self.listens["HTTPS_ADDRESS"][1]
        name = f"[{host}]" if ":" in host else host
        return f"{scheme}://{name}" if port == standard else f"{scheme}://{name}:{port}"

    @property
    def secrets(self) -> Path:
        return (self.home.path / self.values["SECRETS_DIR"]).resolve()

    @property
    def certificates(self) -> Path:
        """With TLS=files, the directory of the certificate and its key."""
        return (self.home.path / self.values["CERTIFICATE_DIR"]).resolve()


def load_settings(home: Home, example: Path = EXAMPLE, env_file: Path | None = None) -> Settings:
    """Given a home, return its settings; without `.env` those of the example. Raises SettingsError.

    `env_file` is read in the place of the home's own.
    """
    source = env_file or home.env_file
    example_text = example.read_text(encoding="utf-8")
    defaults, _ = parse("\n".join(DEFAULT.findall(example_text)))
    given, problems = parse(read_env_file(source, example_text))
    known = defaults.keys() | parse(example_text)[0].keys()
    problems += [describe_unknown(name, known) for name in given if name not in known]
    # As in Compose, an empty value stands for the default.
    values = {name: defaults[name] for name in CHECKS if name in defaults}
    values |= {name: value for name, value in given.items() if value or name not in values}
    wrong = {name: cure for name, check in CHECKS.items() if name in values and (cure := check(values[name]))}
    problems += [f"{name} is {values[name]!r}: {cure}" for name, cure in wrong.items()]
    if not wrong.keys() & tls.SETTINGS:
        problems += tls.find_problems(values)
    if problems:
        raise SettingsError(str(source), problems)
    return Settings(values, home)


def read_env_file(file: Path, otherwise: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return otherwise
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), [f"the file cannot be read: {error}"]) from error


def parse(text: str) -> tuple[dict[str, str], list[str]]:
    """Given the text of an env file, return its values and a sentence for each line that has none."""
    values: dict[str, str] = {}
    problems = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key and binding.value is None):
            line = binding.original.string.strip()
            problems.append(f"line {binding.original.line} is {line!r}: write NAME=value")
        elif binding.key:
            values[binding.key] = binding.value or ""
    return values, problems


def describe_unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    cure = f"did you mean {near[0]}?" if near else "remove it, or describe it in .env.example"
    return f"{name} is not a setting: {cure}"


def write_env_file(home: Home, example: Path = EXAMPLE) -> bool:
    """Make `.env` from the example, readable by its owner alone; return whether it was missing."""
    if home.env_file.exists():
        return False
    home.path.mkdir(parents=True, exist_ok=True)
    home.env_file.touch(mode=0o600)
    shutil.copyfile(example, home.env_file)
    return True


# Each check takes the value and returns what to write instead, or nothing.


def check_address(value: str) -> str | None:
    match = ADDRESS.fullmatch(value)
    if not match or not 0 < int(match["port"]) < 65536:
        return "give an address and a port, for example 127.0.0.1:8080"
    return None


def check_optional_address(value: str) -> str | None:
    return check_address(value) if value else None


def check_server_names(value: str) -> str | None:
    if not value.split() or not all(HOST_NAME.fullmatch(word) for word in value.split()):
        return 'give the host names that are answered, without ports: "example.org www.example.org"'
    return None


def check_networks(value: str) -> str | None:
    for word in value.split():
        try:
            ip_network(word)
        except ValueError as error:
            return f'{error}; give addresses or networks: "127.0.0.1 192.0.2.0/24"'
    return None


def check_choice(*choices: str) -> Callable[[str], str | None]:
    return lambda value: None if value in choices else f"give one of {', '.join(choices)}"


def check_text(longest: int) -> Callable[[str], str | None]:
    return lambda value: None if len(value) <= longest else f"give at most {longest} characters"


def check_count(highest: int) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        if value.isdecimal() and 0 < int(value) <= highest:
            return None
        return f"give a whole number from 1 to {highest}"

    return check


def check_cores(value: str) -> str | None:
    if value and not CORES.fullmatch(value):
        return 'give numbers and ranges of cores, as in "0-5" or "6,7", or nothing'
    return None


CHECKS: Mapping[str, Callable[[str], str | None]] = {
    "HTTP_ADDRESS": check_address,
    "SERVER_NAMES": check_server_names,
    "TLS": check_choice("off", "acme", "files"),
    "HTTPS_ADDRESS": check_optional_address,
    "CERTIFICATE_DIR": check_text(4096),
    "COMPOSE_PROFILES": check_text(500),
    "ACME_EMAIL": tls.check_email,
    "ACME_DIRECTORY": tls.check_directory,
    "ACME_CA_FILE": check_text(4096),
    "RATE_LIMIT_EXEMPT": check_networks,
    "MESSAGE": check_text(500),
    "LOG_LEVEL": check_choice("debug", "info", "warning", "error"),
    "WEB_CONCURRENCY": check_count(64),
    "WEB_THREADS": check_count(64),
    "LEDGER_MAX_BYTES": check_count(2**40),
    "DEV_PORT": check_count(65535),
    "LOAD_WORKERS": check_count(1000),
    "LOAD_CPUS": check_cores,
    "STACK_CPUS": check_cores,
    "SECRETS_DIR": check_text(4096),
}
