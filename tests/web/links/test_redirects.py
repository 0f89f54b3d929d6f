from datetime import UTC, datetime, timedelta

import pytest

from web.links.redirects import cache_control

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def directives(left: int | None) -> dict[str, int]:
    header = cache_control(NOW + timedelta(seconds=left) if left is not None else None, NOW)
    return {name: int(value) for name, _, value in (part.partition("=") for part in header.split(", "))}


def test_nginx_may_keep_a_redirect_ten_seconds_and_serve_it_an_hour_when_nobody_answers() -> None:
    assert directives(None) == {"max-age": 10, "stale-while-revalidate": 30, "stale-if-error": 3600}


@pytest.mark.parametrize("left", [0, 1, 5, 10, 11, 30, 3600, 100_000])
def test_nothing_is_answered_from_the_cache_after_the_expiry(left: int) -> None:
    kept = directives(left)
    assert kept["max-age"] + kept["stale-while-revalidate"] <= max(left, 0)
    assert kept["max-age"] + kept["stale-if-error"] <= left
