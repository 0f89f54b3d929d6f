"""Who may call a view. Each view states it; a test walks the routes and fails on one that does not."""

from collections.abc import Callable
from typing import Literal, ParamSpec, TypeVar

Access = Literal["public", "read", "write", "session"]

P = ParamSpec("P")
R = TypeVar("R")


def state_access(view: Callable[P, R], access: Access) -> Callable[P, R]:
    """Write on `view` who may call it, and return it."""
    view.access = access  # type: ignore[attr-defined]
    return view


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anyone may call."""
    return state_access(view, "public")


def stated_access(view: Callable[..., object]) -> Access | None:
    """Return who may call `view`, or None when it does not say."""
    access: Access | None = getattr(view, "access", None)
    return access
