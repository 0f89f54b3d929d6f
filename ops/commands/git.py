"""git."""

from pathlib import Path


def describe() -> list[str]:
    """The tag or the short hash of what is checked out."""
    return ["git", "describe", "--tags", "--always"]


def resolve(revision: str) -> list[str]:
    """The hash of the commit that a tag, a branch or a hash means."""
    return ["git", "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"]


def add_worktree(tree: Path, commit: str) -> list[str]:
    """The files of a commit, checked out at `tree` besides those that are here."""
    return ["git", "worktree", "add", "--detach", str(tree), commit]


def remove_worktree(tree: Path) -> list[str]:
    return ["git", "worktree", "remove", "--force", str(tree)]


def changes() -> list[str]:
    """A line for each file that differs from the commit that is checked out."""
    return ["git", "status", "--porcelain"]


def short_hash() -> list[str]:
    """The hash of what is checked out, in twelve digits."""
    return ["git", "rev-parse", "--short=12", "HEAD"]
