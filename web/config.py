"""Settings: read once from the environment into a frozen object.

A secret may come as `NAME` or, better, as `NAME_FILE`, the path of a file that holds it: files are
not inherited by child processes and do not show in `docker inspect` or `/proc/<pid>/environ`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, SecretStr, ValidationError

SECRETS = ("secret_key", "database_password", "database_owner_password")


class SettingsError(Exception):
    """The environment does not make a valid configuration; `problems` holds one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("the settings have problems:\n" + "\n".join(f"  - {p}" for p in problems))


def split_words(value: object) -> object:
    return tuple(value.split()) if isinstance(value, str) else value


class Settings(BaseModel, frozen=True):
    """Everything the application reads from its environment; each field is documented in .env.example."""

    app_env: Literal["production", "development"] = "production"
    message: str = Field("Hello World!", max_length=500)
    server_names: Annotated[tuple[str, ...], BeforeValidator(split_words)] = Field(
        ("localhost", "127.0.0.1"), min_length=1
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    version: str = "unknown"
    secret_key: SecretStr = Field(min_length=32)
    database_host: str = "db"
    database_port: int = Field(3306, ge=1, le=65535)
    database_name: str = "demijohn"
    database_user: str = "app"
    database_password: SecretStr = Field(min_length=1)
    database_owner: str = "owner"
    database_owner_password: SecretStr | None = None
    web_threads: int = Field(4, ge=1, le=64)
    static_dir: Path | None = None
    ledger_dir: Path | None = None
    worker_heartbeat: Path = Path("/tmp/worker.beat")  # noqa: S108 - a tmpfs in the container

    @property
    def development(self) -> bool:
        return self.app_env == "development"


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Given the environment, return the settings, or raise `SettingsError` with all its problems."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for name in Settings.model_fields:
        try:
            value = read_setting(name.upper(), environ, secret=name in SECRETS)
        except ValueError as error:
            problems.append(str(error))
        else:
            if value:
                values[name] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        unread = {problem.split(" ", 1)[0].removesuffix("_FILE").lower() for problem in problems}
        problems += [
            describe(str(e["loc"][0]), e["msg"], e["input"])
            for e in error.errors()
            if e["loc"][0] not in unread
        ]
    if problems:
        raise SettingsError(problems)
    return settings


def read_setting(name: str, environ: Mapping[str, str], *, secret: bool) -> str | None:
    """Given a variable's name, return its value; a secret's may stand in the file `NAME_FILE` names."""
    path = environ.get(f"{name}_FILE") if secret else None
    if not path:
        return environ.get(name)
    if environ.get(name):
        raise ValueError(f"{name} and {name}_FILE are both set; keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ValueError(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error


def describe(field: str, message: str, value: object) -> str:
    """Given one validation error, return a sentence with the value, or without it for a secret."""
    name = field.upper()
    if field in SECRETS:
        cure = f"set {name}_FILE to a file that holds it (`./demijohn up` makes one)"
        return f"{name} is missing or too short; {cure}"
    return f"{name} is {value!r}: {message[0].lower()}{message[1:]}"
