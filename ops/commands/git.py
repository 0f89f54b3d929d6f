"""git."""


def describe() -> list[str]:
    """The tag or the short hash of what is checked out."""
    return ["git", "describe", "--tags", "--always"]
