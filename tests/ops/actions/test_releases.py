"""Two releases side by side: what is started, with what, and that nothing of it stays."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ops.actions.releases import run_releases
from ops.commands import git
from ops.console import Console
from ops.errors import CommandFailed, DemijohnError
from ops.paths import ROOT, Home
from ops.settings import Settings, load_settings
from tests.ops.conftest import RecordingRunner

COMMITS = {"v1": "1" * 40, "v2": "2" * 40}


class ReleaseRunner(RecordingRunner):
    """Checks out next to nothing, and shows a token at a start; what `fails` is in a command raises."""

    def __init__(self) -> None:
        super().__init__()
        self.fails: dict[str, BaseException] = {}
        self.homes: list[str] = []
        self.files: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.lock = ROOT / "uv.lock"

    def run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        inherit: bool = True,
        stdin: str = "",
    ) -> list[str]:
        self.commands.append(list(command))
        line = " ".join(command)
        for part, error in self.fails.items():
            if part in line:
                raise error
        if "rev-parse" in command:
            return [COMMITS[command[-1].removesuffix("^{commit}")]]
        if "add" in command:
            Path(command[-2]).mkdir(parents=True)
            shutil.copyfile(self.lock, Path(command[-2], "uv.lock"))
        if "up" in command:
            return self.start_stack(Path(command[0]).parent, Path((environ or {})["DEMIJOHN_HOME"]))
        return []

    def start_stack(self, tree: Path, home: Path) -> list[str]:
        side = tree.parent.name
        self.files[side] = (home / ".env").read_text()
        self.homes.append(str(home))
        self.lent = (tree / ".venv").is_symlink()
        return ["Demijohn is up", f"The first API token, shown this once: token-of-{side}", "Try next:"]

    def show(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
        self.tokens = dict(environ or {})
        if "interrupt" in self.fails:
            self.commands.append(list(command))
            raise self.fails["interrupt"]
        return super().show(command)

    def told(self) -> list[str]:
        """The commands that change something, without their paths."""
        words = {"add", "remove", "up", "down", "compare"}
        return [
            f"{next(word for word in command if word in words)} {side_of(command)}".strip()
            for command in self.commands
            if words & set(command)
        ]


def side_of(command: Sequence[str]) -> str:
    paths = [Path(word) for word in command if "/tree" in word]
    return next((part for part in ("base", "new") if paths and part in paths[0].parts), "")


@pytest.fixture
def releases() -> ReleaseRunner:
    return ReleaseRunner()


@pytest.fixture
def settings(home: Home, example: Path) -> Settings:
    return load_settings(home, example)


def run(settings: Settings, runner: ReleaseRunner, console: Console) -> int:
    return run_releases(settings, runner, console, ("v1", "v2"), ["--workload", "smoke"])


def test_both_releases_run_while_they_are_compared_and_are_removed_then(
    settings: Settings, releases: ReleaseRunner, console: Console
) -> None:
    releases.statuses = {"compare": 3}
    assert run(settings, releases, console) == 3
    assert releases.told() == [
        *("add base", "up base", "add new", "up new"),
        "compare",
        *("down new", "remove new", "down base", "remove base"),
    ]
    assert not Path(releases.homes[0]).parent.parent.exists()


def test_each_release_has_its_own_home_port_and_token(
    settings: Settings, releases: ReleaseRunner, console: Console
) -> None:
    run(settings, releases, console)
    compare = next(command for command in releases.commands if "compare" in command)
    urls = compare[compare.index("--interleaved") + 1 :][:2]
    assert len(set(urls)) == len(set(releases.homes)) == 2
    for side, url in zip(("base", "new"), urls, strict=True):
        assert f"HTTP_ADDRESS={url.removeprefix('http://')}\n" in releases.files[side]
        assert "WEB_CONCURRENCY=2\n" in releases.files[side]
    assert releases.tokens == {"LOAD_TOKEN_BASE": "token-of-base", "LOAD_TOKEN_NEW": "token-of-new"}
    assert not any("token-of" in word for command in releases.commands for word in command)
    assert compare[-2:] == ["--workload", "smoke"]


@pytest.mark.parametrize(
    ("part", "error", "undone"),
    [
        ("base/tree/demijohn up", CommandFailed(["up"], 1, []), ["down base", "remove base"]),
        ("new/tree/demijohn up", KeyboardInterrupt(), ["down new", "remove new", "down base", "remove base"]),
        ("interrupt", KeyboardInterrupt(), ["down new", "remove new", "down base", "remove base"]),
    ],
)
def test_a_failed_start_and_ctrl_c_leave_nothing_behind(
    settings: Settings,
    releases: ReleaseRunner,
    console: Console,
    part: str,
    error: BaseException,
    undone: list[str],
) -> None:
    releases.fails[part] = error
    with pytest.raises(type(error)):
        run(settings, releases, console)
    assert releases.told()[-len(undone) :] == undone


def test_what_cannot_be_stopped_is_told_and_the_rest_is_removed_all_the_same(
    settings: Settings, releases: ReleaseRunner, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    releases.fails["new/tree/demijohn down"] = CommandFailed(["demijohn", "down"], 1, ["it hangs"])
    assert run(settings, releases, console) == 0
    assert "it hangs" in capsys.readouterr().err
    assert releases.told()[-3:] == ["remove new", "down base", "remove base"]


def test_an_unknown_revision_is_said_before_anything_is_made(
    settings: Settings, releases: ReleaseRunner, console: Console
) -> None:
    releases.fails["v2"] = CommandFailed(git.resolve("v2"), 1, [])
    with pytest.raises(DemijohnError, match="'v2' is no revision"):
        run(settings, releases, console)
    assert releases.told() == []


def test_packages_are_lent_only_to_a_release_that_locked_the_same(
    settings: Settings, releases: ReleaseRunner, console: Console, tmp_path: Path
) -> None:
    releases.lock = tmp_path / "another.lock"
    releases.lock.write_text("other versions")
    run(settings, releases, console)
    assert not releases.lent
