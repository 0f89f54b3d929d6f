"""The launcher, in a copy without its environment and before a PATH that a test makes up."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "readlink", "cmp", "sed", "cut", "id", "cp")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    copy = tmp_path / "copy"
    (copy / "bin").mkdir(parents=True)
    for name in ("demijohn", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, copy)
    for tool in TOOLS:
        (copy / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    return copy


def make_tool(copy: Path, name: str, script: str) -> None:
    tool = copy / "bin" / name
    tool.unlink(missing_ok=True)
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)


def launch(copy: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [copy / "demijohn", *words],
        env={"PATH": str(copy / "bin")},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_the_line_to_run_is_told(copy: Path) -> None:
    done = launch(copy)
    assert done.returncode == 1
    assert "Python is missing" in done.stderr
    assert "apt-get install" in done.stderr


def test_an_old_python_is_refused_with_its_version(copy: Path) -> None:
    make_tool(copy, "python3", 'case "$*" in *version_info*) exit 1 ;; *) echo Python 3.9.2 ;; esac')
    done = launch(copy)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed, and python3 is Python 3.9.2" in done.stderr


def test_without_root_and_venv_the_line_to_run_is_told_and_nothing_changes(copy: Path) -> None:
    make_tool(copy, "python3", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    make_tool(copy, "id", "echo 1000")
    done = launch(copy)
    assert done.returncode == 1
    assert "apt-get update && apt-get install -y --no-install-recommends python3-venv" in done.stderr
    assert not (copy / ".venv").exists()


def test_root_installs_what_debian_left_out(copy: Path) -> None:
    make_tool(copy, "python3", 'case "$*" in *ensurepip*) exit 1 ;; esac')
    make_tool(copy, "id", "echo 0")
    make_tool(copy, "apt-get", f'echo "$*" >>{copy}/calls; [ "$2" != install ]')
    done = launch(copy)
    calls = (copy / "calls").read_text().splitlines()
    assert calls[0] == "update -qq"
    assert calls[1].endswith("python3-venv")
    assert done.returncode == 1  # as the second call fails here
    assert "could not be prepared" in done.stderr


@pytest.fixture
def ready(copy: Path) -> Path:
    """A copy whose environment is up to date and whose Python tells how it was called."""
    python = copy / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    shutil.copy(copy / "uv.lock", copy / ".venv/uv.lock")
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "$*|$PYTHONPATH|$PWD"\n')
    python.chmod(0o755)
    return copy


def test_words_and_directory_reach_the_command_as_they_are(ready: Path, tmp_path: Path) -> None:
    done = launch(ready, "logs", "a b", cwd=tmp_path)
    assert done.stdout == f"-P -m ops logs a b|{ready}|{tmp_path}\n"
    assert done.stderr == ""


def test_it_can_be_called_through_a_symlink(ready: Path, tmp_path: Path) -> None:
    (tmp_path / "dj").symlink_to(ready / "demijohn")
    done = subprocess.run(
        [tmp_path / "dj"], env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False
    )
    assert f"|{ready}|" in done.stdout


def test_a_changed_lock_is_installed_before_anything_runs(ready: Path) -> None:
    (ready / "uv.lock").write_text("changed")
    uv = ready / ".venv/bin/uv"
    pin = next(line for line in (ready / "pyproject.toml").read_text().splitlines() if '"uv==' in line)
    version = pin.split("==")[1].split('"')[0]
    uv.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo uv {version} || echo "$*" >>{ready}/calls\n')
    uv.chmod(0o755)
    assert launch(ready).returncode == 0
    assert (
        ready / "calls"
    ).read_text() == f"sync --project {ready} --locked --all-groups --no-group certificates\n"
    assert (ready / ".venv/uv.lock").read_text() == "changed"
    assert "installing" not in launch(ready).stderr
