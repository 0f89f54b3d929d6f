"""Compare two releases of the stack, side by side on this host."""

import filecmp
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ops.commands import demijohn, git, python
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.paths import ROOT
from ops.runner import Runner
from ops.settings import Settings

TOKEN = re.compile(r"API token.*: (\S+)$")
"""How `./demijohn up` shows the token that it makes when there is none."""
SIZE = ("WEB_CONCURRENCY", "WEB_THREADS")
SIDES = ("base", "new")


@dataclass(frozen=True)
class Release:
    """A running stack of one commit."""

    url: str
    token: str


def run_releases(
    settings: Settings, runner: Runner, console: Console, revisions: tuple[str, str], arguments: Sequence[str]
) -> int:
    """Load two revisions of this repository in turns and compare them; return the exit code.

    `revisions` are tags, branches or hashes, the base first; `arguments` go to `python -m loadtests compare`
    (`--workload NAME`, `--segments N`). Each gets its own files, home, port and native stack, started by its
    own `./demijohn up` with the processes and threads of `settings`. Whatever happens, also Ctrl-C, both are
    stopped and removed. Raises DemijohnError when a revision is not known or does not start.
    """
    commits = [find_commit(runner, revision) for revision in revisions]

    # From here on things change.
    with TemporaryDirectory(prefix="dj-") as directory, ExitStack() as stack:
        releases = [
            stack.enter_context(running(settings, runner, console, commit, Path(directory, side)))
            for side, commit in zip(SIDES, commits, strict=True)
        ]
        topology = {"runtime": "native", **{name: settings.values[name] for name in SIZE}}
        command = python.module(
            "loadtests",
            "compare",
            "--interleaved",
            *(release.url for release in releases),
            *("--results", str(settings.home.load)),
            *(word for name, value in topology.items() for word in ("--topology", f"{name}={value}")),
            *arguments,
        )
        tokens = {f"LOAD_TOKEN_{side.upper()}": r.token for side, r in zip(SIDES, releases, strict=True)}
        return runner.show(command, environ=tokens)


def find_commit(runner: Runner, revision: str) -> str:
    try:
        return runner.run(git.resolve(revision))[0]
    except CommandFailed as error:
        raise DemijohnError(f"{revision!r} is no revision of this repository: git log shows them") from error


@contextmanager
def running(
    settings: Settings, runner: Runner, console: Console, commit: str, directory: Path
) -> Iterator[Release]:
    """Run the stack of a commit below `directory` for as long as the block runs."""
    tree, home = directory / "tree", directory / "home"
    environ = {"DEMIJOHN_HOME": str(home)}
    with ExitStack() as undone:
        undone.callback(undo, runner, console, git.remove_worktree(tree))
        runner.run(git.add_worktree(tree, commit))
        share_packages(tree)
        home.mkdir()
        address = f"127.0.0.1:{find_free_port()}"
        values = {"HTTP_ADDRESS": address, "RATE_LIMIT_EXEMPT": "127.0.0.1"}
        values |= {name: settings.values[name] for name in SIZE}
        (home / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        undone.callback(undo, runner, console, demijohn.down(tree), environ)
        with console.step(f"starting {commit[:12]}"):
            token = find_token(runner.run(demijohn.up(tree), environ=environ), commit)
        yield Release(f"http://{address}", token)


def undo(runner: Runner, console: Console, command: list[str], environ: dict[str, str] | None = None) -> None:
    """Run a command that cleans up; when it fails, that is told and hides nothing else."""
    try:
        runner.run(command, environ=environ)
    except DemijohnError as error:
        console.error(str(error))


def share_packages(tree: Path) -> None:
    """Lend our packages to a tree that has locked the same; otherwise it installs its own at its start."""
    ours = ROOT / ".venv"
    if (ours / "uv.lock").exists() and filecmp.cmp(ours / "uv.lock", tree / "uv.lock", shallow=False):
        (tree / ".venv").symlink_to(ours)


def find_token(lines: Sequence[str], commit: str) -> str:
    """Return the API token that a first start showed."""
    for line in lines:
        if match := TOKEN.search(line):
            return match[1]
    raise DemijohnError(
        f"{commit[:12]} showed no API token at its start, and without one nothing can be loaded"
    )


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
