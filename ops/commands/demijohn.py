"""This very command, from another tree of files."""

from pathlib import Path


def up(tree: Path) -> list[str]:
    return [str(tree / "demijohn"), "up", "--runtime", "native"]


def down(tree: Path) -> list[str]:
    return [str(tree / "demijohn"), "down", "--runtime", "native"]
