"""Slugs: their shape, which ones the application keeps for itself, and how random ones are made."""

import re
import secrets

from web.links.errors import InvalidSlugError

SLUG_MIN = 3
SLUG_MAX = 64
SHAPE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{{SLUG_MIN - 1},{SLUG_MAX - 1}}}")

# The first segments of the application's own paths; a test compares them with the URL map.
RESERVED = frozenset({"api", "livez", "metrics", "readyz", "static", "version"})

# Without 0, O, I, l and 1, which look alike in print. 57**7 is 2 * 10**12: no use in walking them.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RANDOM_LENGTH = 7


def random_slug() -> str:
    """Return a new random slug, from the system's secure source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))


def is_slug(text: str) -> bool:
    """Tell whether the text has a slug's shape; MariaDB is asked about no other."""
    return SHAPE.fullmatch(text) is not None


def check_slug(slug: str) -> str:
    """Return the slug, or raise InvalidSlugError."""
    if not is_slug(slug):
        raise InvalidSlugError(
            f"a slug has {SLUG_MIN} to {SLUG_MAX} letters, digits, - or _ and begins with a letter or digit"
        )
    if slug.lower() in RESERVED:
        raise InvalidSlugError(f"{slug!r} is a path of the application itself; choose another")
    return slug
