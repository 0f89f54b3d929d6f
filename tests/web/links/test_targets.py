import pytest

from web.links.errors import InvalidTargetError
from web.links.models import TARGET_MAX
from web.links.targets import check_target

OWN = {"localhost", "go.example"}


@pytest.mark.parametrize(
    ("target", "stored"),
    [
        ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
        ("HTTP://EXAMPLE.com", "http://example.com/"),
        ("https://münchen.example/ü", "https://xn--mnchen-3ya.example/%C3%BC"),
        ("http://192.0.2.1:8080/", "http://192.0.2.1:8080/"),
        ("  https://example.com/x  ", "https://example.com/x"),
    ],
)
def test_good_targets_are_stored_as_plain_ascii(target: str, stored: str) -> None:
    assert check_target(target, OWN) == stored


@pytest.mark.parametrize(
    "target",
    [
        "",
        "example.com",
        "//example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.com/",
        "https:example.com",
        "https://",
        "https://user:pw@example.com/",
        "https://user@example.com/",
        "https://exa mple.com/",
        "https://example.com/\r\nSet-Cookie: a=b",
        "https://example.com/\x00",
        "https://example.com\\@evil.example/",
        "https://example.com/" + "x" * TARGET_MAX,
        "https://[::1/",
        "https://example.com:99999/",
    ],
)
def test_bad_targets_are_refused(target: str) -> None:
    with pytest.raises(InvalidTargetError):
        check_target(target, OWN)


@pytest.mark.parametrize("target", ["http://localhost/x", "http://LOCALHOST:81/x", "https://go.example./x"])
def test_a_target_that_leads_back_here_is_refused(target: str) -> None:
    with pytest.raises(InvalidTargetError, match="leads back"):
        check_target(target, OWN)
