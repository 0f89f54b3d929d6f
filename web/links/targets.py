"""Targets: the addresses a link may lead to. They are parsed, and never fetched."""

import re
from collections.abc import Collection

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

from web.links.errors import InvalidTargetError
from web.links.models import TARGET_MAX

# Browsers drop or bend these inside an address, so what is checked would not be what they open.
FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
ADDRESS = TypeAdapter(AnyHttpUrl)


def check_target(target: str, own_hosts: Collection[str]) -> str:
    """Return the target as pure ASCII, or raise InvalidTargetError.

    http and https alone, no user name or password, at most `TARGET_MAX` characters, and not one of
    `own_hosts`: a link to a link could go round for ever.
    """
    target = target.strip()
    if FORBIDDEN.search(target):
        raise InvalidTargetError("the target holds a space, a backslash or a control character")
    if not re.match(r"https?://", target, re.IGNORECASE):
        raise InvalidTargetError("the target does not begin with http:// or https://")
    try:
        address = ADDRESS.validate_python(target)
    except ValidationError as error:
        raise InvalidTargetError("the target is not an http or https address") from error
    if address.username is not None or address.password is not None:
        raise InvalidTargetError("the target holds a user name or password")
    if (address.host or "").strip("[]").rstrip(".") in own_hosts:
        raise InvalidTargetError(f"the target leads back to this service ({address.host})")
    text = str(address)
    if not text.isascii() or len(text) > TARGET_MAX:
        raise InvalidTargetError(f"the target has more than {TARGET_MAX} characters")
    return text
