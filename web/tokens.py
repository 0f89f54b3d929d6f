"""API tokens: named, with a scope, stored as a digest; the secret is shown once, when it is made.

A token reads `<id>.<secret>`: the id finds the row, the digest of the secret is compared in constant
time. SHA-256 without salt is enough because the secret is 256 random bits, not a person's password.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import String, bindparam, select
from sqlalchemy.dialects.mysql import CHAR
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from web.db import Base, Database, utc_now

Scope = Literal["read", "write"]
NAME_MAX = 64
LAST_USED_RESOLUTION = timedelta(hours=1)


class TokenError(Exception):
    """What went wrong with a token."""


class InvalidTokenError(TokenError):
    """No such token, a wrong secret, or one that has expired or was revoked."""


class ScopeError(TokenError):
    """The token is good, but it may only read."""


class TokenNameTakenError(TokenError):
    """Another token has this name."""


class UnknownTokenError(TokenError):
    """No token has this name."""


class Token(Base):
    """A token's row; times are in UTC."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX), unique=True)
    digest: Mapped[str] = mapped_column(CHAR(64, charset="ascii", collation="ascii_bin"))
    scope: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]

    def is_usable(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may(self, scope: Scope) -> bool:
        return scope in ("read", self.scope)


# Built once: each request that carries a token asks it.
BY_ID = select(Token).where(Token.id == bindparam("id"))


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(session: Session, name: str, scope: Scope, expires_in: timedelta | None = None) -> str:
    """Store a new token and return its text, which cannot be shown again.

    Raises TokenNameTakenError.
    """
    secret = secrets.token_urlsafe(32)
    now = utc_now()
    token = Token(
        name=name,
        digest=digest_of(secret),
        scope=scope,
        created_at=now,
        expires_at=now + expires_in if expires_in else None,
    )
    session.add(token)
    try:
        session.flush()
    except IntegrityError as error:
        raise TokenNameTakenError(f"a token named {name!r} exists; choose another name") from error
    return f"{token.id}.{secret}"


def revoke_token(session: Session, name: str) -> None:
    """Make the token of this name useless from now on; raises UnknownTokenError."""
    token = session.scalar(select(Token).where(Token.name == name))
    if token is None:
        raise UnknownTokenError(f"no token is named {name!r}")
    token.revoked_at = token.revoked_at or utc_now()


def list_tokens(session: Session) -> list[Token]:
    return list(session.scalars(select(Token).order_by(Token.id)))


def authenticate(database: Database, text: str) -> Token:
    """Given a token's text, return its row and note that it was used; raises InvalidTokenError."""
    identity, _, secret = text.partition(".")
    if not (identity.isascii() and identity.isdigit() and len(identity) < 10):
        raise InvalidTokenError("the token is not valid")
    with database.read() as session:
        token = session.scalar(BY_ID, {"id": int(identity)})
    now = utc_now()
    expected = token.digest if token else digest_of("")
    if not hmac.compare_digest(expected, digest_of(secret)) or token is None:
        raise InvalidTokenError("the token is not valid")
    if not token.is_usable(now):
        raise InvalidTokenError("the token has expired or was revoked")
    if token.last_used_at is None or now - token.last_used_at > LAST_USED_RESOLUTION:
        database.write(lambda session: note_use(session, token.id, now))
    return token


def recall(database: Database, remembered: str) -> Token:
    """Given `<id>.<digest>` from a signed session, return the row; raises InvalidTokenError.

    The session never holds the secret, and ends with the token.
    """
    identity, _, digest = remembered.partition(".")
    with database.read() as session:
        token = session.scalar(BY_ID, {"id": int(identity)}) if identity.isdigit() else None
    if token is None or token.digest != digest or not token.is_usable(utc_now()):
        raise InvalidTokenError("the session has ended")
    return token


def note_use(session: Session, token_id: int, now: datetime) -> None:
    stored = session.get(Token, token_id)
    if stored:
        stored.last_used_at = now
