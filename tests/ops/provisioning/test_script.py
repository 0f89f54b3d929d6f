"""The script as a shell reads it; what its steps do is tested on stand-in machines (tests/docker)."""

import re
import subprocess
from pathlib import Path

import pytest

from ops.provisioning import PLACE, STEPS
from ops.provisioning.script import render_script


def run(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["sh", "-s", "--", *arguments]
    return subprocess.run(command, input=script, capture_output=True, text=True, timeout=60)


def only_frame(test: str) -> str:
    """The frame's functions, without what must hold on a host, and something that uses them."""
    frame = (PLACE / "frame.sh").read_text()
    return f"{frame.partition('tell hello')[0]}\n{test}"


def test_a_shell_can_read_the_script_to_its_end() -> None:
    assert subprocess.run(["sh", "-n"], input=render_script(), text=True).returncode == 0


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_script_that_was_cut_off_on_the_way_does_nothing(share: float) -> None:
    script = render_script()
    done = run(script[: int(len(script) * share)])
    assert done.returncode != 0
    assert "::demijohn::" not in done.stdout


def test_every_file_of_a_step_is_a_step_with_both_functions() -> None:
    assert {path.stem for path in (PLACE / "steps").iterdir()} == {step.name for step in STEPS}
    for step in STEPS:
        assert re.findall(r"^(check|change)\(\)", step.text, re.MULTILINE) == ["check", "change"]


def test_keys_are_words_and_never_commands(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    script = render_script([f"ssh-ed25519 AAAA '$(touch {trap})'`touch {trap}`"])
    run(script.partition("exec 2>&1")[0] + 'printf "%s" "$given_keys"; }')
    assert not trap.exists()


STEP = """
check() {{ {check}; }}
change() {{ {change}; }}
step one
echo next
"""


@pytest.mark.parametrize(
    ("check", "change", "told"),
    [
        ("true", "echo never", ["begin one", "same one"]),
        ("[ -e made ]", "touch made", ["begin one", "changed one"]),
        ("[ -e made ]", "false; touch made", ["begin one", "failed one 1"]),
        ("false", "exit 7", ["begin one", "failed one 7"]),
        ("false", "true", ["begin one", "failed one 1"]),
    ],
)
def test_a_step_is_done_only_when_its_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: str, change: str, told: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(only_frame(STEP.format(check=check, change=change)))
    assert re.findall(r"^::demijohn:: (.*)$", done.stdout, re.MULTILINE) == told
    assert ("next" in done.stdout) == (done.returncode == 0) == ("failed" not in told[-1])


def test_a_dry_run_only_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(only_frame(STEP.format(check="false", change="touch made")), "--dry-run")
    assert "::demijohn:: differs one" in done.stdout
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("26.1.5+dfsg1", True),
        ("25.0.0", True),
        ("v28", True),
        ("25.0-rc", True),
        ("24.9.9", False),
        ("20.10.24+dfsg1", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_versions_are_compared_as_numbers(version: str, enough: bool) -> None:
    assert (run(only_frame(f"at_least 25.0 '{version}'")).returncode == 0) == enough


def test_a_later_minor_version_is_enough_and_an_earlier_is_not() -> None:
    for version, status in (("v2.24.0", 0), ("2.26.1-4", 0), ("5.1.3", 0), ("2.9.0", 1), ("1.29.2", 1)):
        assert run(only_frame(f"at_least 2.24 {version}")).returncode == status
