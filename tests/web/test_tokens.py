from datetime import UTC, datetime, timedelta

from web.tokens import Token, digest_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def token(**values: object) -> Token:
    return Token(id=1, name="t", digest=digest_of("s"), scope="read", created_at=NOW, **values)


def test_a_token_works_until_its_expiry() -> None:
    expiring = token(expires_at=NOW + timedelta(hours=1))
    assert expiring.is_usable(NOW)
    assert not expiring.is_usable(NOW + timedelta(hours=1))


def test_a_revoked_token_does_not_work() -> None:
    assert not token(revoked_at=NOW).is_usable(NOW)


def test_a_writing_token_may_read_but_a_reading_one_may_not_write() -> None:
    reading, writing = token(), token()
    writing.scope = "write"
    assert writing.may("read")
    assert writing.may("write")
    assert reading.may("read")
    assert not reading.may("write")
