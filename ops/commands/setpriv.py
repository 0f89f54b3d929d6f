"""setpriv (util-linux): what a process may not do."""

from collections.abc import Sequence


def confine(command: Sequence[str], *, root: bool, keep: Sequence[str] = ()) -> list[str]:
    """Given a command, return it without the means to gain privileges.

    Root keeps its user id, for files below a home directory that nobody else may enter, but loses
    every capability except those in `keep`.
    """
    if not root:
        return ["setpriv", "--no-new-privs", "--", *command]
    bounding = ",".join(["-all", *(f"+{name}" for name in keep)])
    return [
        "setpriv",
        "--no-new-privs",
        "--inh-caps=-all",
        f"--bounding-set={bounding}",
        "--",
        *command,
    ]


def die_with_parent(command: Sequence[str]) -> list[str]:
    """Given a command, return it so that it gets SIGTERM when its parent dies."""
    return ["setpriv", "--pdeathsig", "TERM", "--", *command]
