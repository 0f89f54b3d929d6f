"""The secrets: one file each, made once.

The directory is closed to everybody else (0700) and the files in it are readable (0444): a container
reads those that are mounted into it whatever its user is, and nobody on the host gets past the
directory.
"""

import secrets
from pathlib import Path

from ops.errors import DemijohnError

NAMES = ("secret_key", "database_password", "database_owner_password", "database_root_password")
# Bytes of randomness; 43 characters.
STRENGTH = 32


def make_secret_files(directory: Path) -> list[str]:
    """Make the secret files that are missing; return their names. Raises when one is empty."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    missing = [name for name in NAMES if not (directory / name).exists()]
    for name in missing:
        write_secret(directory / name, secrets.token_urlsafe(STRENGTH))
    for name in NAMES:
        read_secret(directory, name)
    return missing


def write_secret(path: Path, text: str) -> None:
    """Write by renaming, so that an interruption leaves no half secret."""
    draft = path.with_name(f".{path.name}")
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.chmod(0o444)
    draft.replace(path)


def read_secret(directory: Path, name: str) -> str:
    """Return a secret; raises when its file is missing, unreadable or empty."""
    path = directory / name
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise DemijohnError(f"the secret {path} cannot be read: {error.strerror}") from error
    if not text:
        raise DemijohnError(f"the secret {path} is empty; remove it and `./demijohn up` makes one")
    return text
