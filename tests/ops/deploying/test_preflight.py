"""A host that is not ready is left alone, and told why in one go."""

import pytest

from ops.deploying.preflight import check_host, read_version
from ops.deploying.stack import Facts
from ops.errors import DemijohnError

READY = {"engine": "26.1.5+dfsg1", "compose": "2.26.1-4", "directory": "ok", "free": "9000000", "held": ""}


def test_a_ready_host_is_ready() -> None:
    check_host("vm", Facts(READY))


@pytest.mark.parametrize(
    ("facts", "complaint"),
    [
        ({"engine": ""}, "no Docker engine answers"),
        ({"engine": "20.10.24"}, "its Docker engine is 20.10.24, and 25 is needed"),
        ({"compose": ""}, "its Compose is missing"),
        ({"compose": "2.9.0"}, "its Compose is 2.9.0, and 2.24 is needed"),
        ({"directory": "closed"}, "/srv/demijohn is closed"),
        ({"free": "1024"}, "1 MiB of disk are free, and 2048 are needed"),
        ({"held": "ann@laptop: a migration by hand"}, "deploys are held: ann@laptop: a migration by hand"),
    ],
)
def test_what_does_not_hold_is_told(facts: dict[str, str], complaint: str) -> None:
    with pytest.raises(DemijohnError, match="nothing was changed") as caught:
        check_host("vm", Facts(READY | facts))
    assert complaint in str(caught.value)


def test_all_that_does_not_hold_is_told_at_once() -> None:
    with pytest.raises(DemijohnError) as caught:
        check_host("vm", Facts({}))
    assert str(caught.value).count("\n  - ") == 3


@pytest.mark.parametrize(("text", "numbers"), [("2.26.1-4", (2, 26, 1)), ("v2.30.0", (2, 30, 0)), ("", (0,))])
def test_a_version_is_read_by_its_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert read_version(text) == numbers
