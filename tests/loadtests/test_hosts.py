import pytest

from loadtests.errors import HostError
from loadtests.hosts import check_host


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080",
        "http://localhost",
        "https://shop.localhost/",
        "http://[::1]:8080",
        "http://127.8.8.8",
    ],
)
def test_this_machine_may_be_loaded(url: str) -> None:
    assert check_host(url) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org",
        "http://10.0.0.1:8080",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://0.0.0.0",
        "http://2130706433",
    ],
)
def test_another_host_is_refused_unless_it_is_owned_or_listed(url: str) -> None:
    with pytest.raises(HostError, match="LOAD_HOSTS_ALLOWED"):
        check_host(url, listed="shop.example")
    assert check_host(url, owned=True) == url
    assert check_host(url, listed=f"shop.example {url.split('/')[2].split(':')[0]}") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://localhost",
        "http://",
        "http://localhost:port",
        "http://localhost@example.org",
        "http://localhost/path",
        "http://localhost/?a=1",
    ],
)
def test_what_is_no_base_url_is_refused_even_when_owned(url: str) -> None:
    with pytest.raises(HostError):
        check_host(url, owned=True)
