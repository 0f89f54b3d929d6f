"""setpriv (util-linux): what a service may not do."""

from collections.abc import Sequence


def confine(command: Sequence[str], *, user: str, keep: Sequence[str] = ()) -> list[str]:
    """Given a command, return it so that it cannot gain privileges and ends with its parent.

    Root keeps its user id, for files below a home directory that nobody else may enter, but loses
    every capability except those in `keep`.
    """
    kept = ",".join(["-all", *(f"+{name}" for name in keep)])
    dropped = ["--inh-caps=-all", f"--bounding-set={kept}"] if user == "root" else []
    return ["setpriv", "--no-new-privs", *dropped, "--pdeathsig=TERM", "--", *command]
