"""What can be found out cheaply before a native start changes anything."""

import shutil

from ops.commands import setpriv
from ops.errors import CommandFailed, DemijohnError
from ops.paths import ROOT, Home
from ops.runner import Runner

MIB = 1024 * 1024
# A new database writes its logs at once; an existing one needs room to go on.
NEEDED_MIB_NEW, NEEDED_MIB = 512, 64


def check_disk(home: Home) -> None:
    """Raise when the disk has less room than the database is about to take."""
    existing = next(path for path in (home.var, *home.var.parents) if path.exists())
    needed = NEEDED_MIB if home.database.exists() else NEEDED_MIB_NEW
    free = shutil.disk_usage(existing).free // MIB
    if free < needed:
        raise DemijohnError(
            f"the disk that holds {existing} is full: {free} MiB are free and {needed} are needed; "
            "make room, or set DEMIJOHN_HOME to a roomier place"
        )


def check_access(runner: Runner, user: str) -> None:
    """Raise when services, which run without root's right to read everything, could not read us."""
    if user != "root":
        return
    try:
        runner.run(setpriv.confine(["test", "-r", str(ROOT / "web" / "slot.py")], user=user))
    except CommandFailed as error:
        raise DemijohnError(
            f"{ROOT} belongs to another user, and services run without root's right to read "
            "everything: run ./demijohn as its owner"
        ) from error
