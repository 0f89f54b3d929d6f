import pytest

from web.links.visits import is_bot, referrer_host, tally

BROWSER = b"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def line(
    time: str = "1700000000.123",
    method: str = "GET",
    status: int = 302,
    path: str = "/abc",
    purpose: str = "-",
    referrer: str = "-",
    agent: bytes = BROWSER,
) -> bytes:
    fields = [time, "7-1", method, str(status), path, purpose, referrer]
    return "\t".join(fields).encode() + b"\t" + agent + b"\n"


def test_equal_lines_are_counted_one_by_one() -> None:
    counted = tally(line() * 3)
    assert counted.lines == counted.events == 3
    assert counted.hours == {("abc", 1700000000 // 3600, False): 3}


def test_people_and_bots_are_kept_apart() -> None:
    counted = tally(line() + line(agent=b"Googlebot/2.1") + line(agent=b"-"))
    hour = 1700000000 // 3600
    assert counted.hours == {("abc", hour, False): 1, ("abc", hour, True): 2}


@pytest.mark.parametrize(
    "other",
    [
        line(method="HEAD"),
        line(status=404),
        line(status=429),
        line(purpose="prefetch"),
        line(purpose="prefetch;prerender"),
        b"\n",
        b"garbage\n",
        line(time="not-a-time-at"),
        line().replace(b"\t", b" "),
        line()[:-1] + b"\tone field too many\n",
        b"\xff\xfe\t\t\t\n",
    ],
)
def test_what_is_no_click_is_a_line_only(other: bytes) -> None:
    counted = tally(line() + other)
    assert counted.lines == 2
    assert counted.events == 1


def test_hours_are_told_apart_at_the_full_hour() -> None:
    counted = tally(line(time="1699999199.999") + line(time="1699999200.000"))
    assert sorted(hour for _, hour, _ in counted.hours) == [472221, 472222]


def test_referrers_are_counted_for_people_alone() -> None:
    counted = tally(
        line(referrer="https://News.example/a?b") * 2
        + line(referrer="https://news.example/", agent=b"curl/8")
    )
    assert counted.referrers == {("abc", 1700000000 // 86400, "news.example"): 2}


@pytest.mark.parametrize(
    "referrer",
    [
        b"-",
        b"",
        b"about:blank",
        b"<script>",
        b"https://[::1/",
        b"https:///x",
        b"https://a_b/",
        b"https://" + b"x" * 200,
    ],
)
def test_a_referrer_that_is_no_host_is_dropped(referrer: bytes) -> None:
    assert referrer_host(referrer) is None


def test_a_hostile_path_stays_text() -> None:
    ((slug, _, _),) = tally(line(path="/a\\x0Ab")).hours
    assert slug == "a\\x0Ab"


@pytest.mark.parametrize(
    "agent",
    [b"", b"-", b"Twitterbot/1.0", b"python-requests/2", b"curl/8.0", b"WhatsApp/2.2", b"HeadlessChrome/1"],
)
def test_programs_are_bots(agent: bytes) -> None:
    assert is_bot(agent)


@pytest.mark.parametrize(
    "agent", [BROWSER, b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"]
)
def test_browsers_are_people(agent: bytes) -> None:
    assert not is_bot(agent)
