"""Visits: what the ledger's lines say, one line for each answer to somebody who followed a link.

A line's fields, with tabs between: time in seconds, connection, method, status, path, Sec-Purpose,
Referer, User-Agent. Nginx escapes control characters, so a visitor can forge neither tab nor line;
everything else in it is the visitor's word and is taken as hostile.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from web.links.models import HOST_MAX

SECONDS = 10  # digits before the point, from 2001 until 2286
SECONDS_PER_HOUR = 3600
HOURS_PER_DAY = 24

BOTS = re.compile(
    r"bot|crawl|spider|slurp|preview|fetch|scan|monitor|probe|check|headless|lighthouse|feed|"
    r"facebookexternalhit|whatsapp|embedly|curl|wget|python|java/|go-http|okhttp|httpclient|libwww|"
    r"axios|node|ruby|perl|php|postman|insomnia|wrk|locust",
    re.IGNORECASE,
)
HOST = re.compile(rf"(?=[a-z0-9.-]{{1,{HOST_MAX}}}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@dataclass
class Tally:
    """The sums of a run of lines. Hours and days are counted from 1970 in UTC."""

    lines: int
    events: int = 0
    hours: Counter[tuple[str, int, bool]] = field(default_factory=Counter)
    referrers: Counter[tuple[str, int, str]] = field(default_factory=Counter)


def tally(block: bytes) -> Tally:
    """Given whole lines, return their sums.

    A click is a GET that was answered 302 and that a browser did not send ahead of its user. This loop
    is the ingester's speed, so what a field means is looked up, and worked out once for each value.
    """
    lines = block.splitlines()
    counts: defaultdict[tuple[bytes, int | None, bool, str | None], int] = defaultdict(int)
    for line in lines:
        try:
            time, _, method, status, path, purpose, referrer, agent = line.split(b"\t")
        except ValueError:
            continue
        if status == b"302" and method == b"GET" and b"prefetch" not in purpose:
            counts[path, hour_of(time[:SECONDS]), is_bot(agent), referrer_host(referrer)] += 1
    result = Tally(len(lines))
    for (path, hour, bot, host), count in counts.items():
        if hour is not None:
            slug = path[1:].decode("ascii", "replace")
            result.events += count
            result.hours[slug, hour, bot] += count
            if host and not bot:
                result.referrers[slug, hour // HOURS_PER_DAY, host] += count
    return result


@lru_cache(maxsize=65536)
def hour_of(seconds: bytes) -> int | None:
    return int(seconds) // SECONDS_PER_HOUR if seconds.isdigit() else None


@lru_cache(maxsize=4096)
def is_bot(agent: bytes) -> bool:
    """Tell whether a User-Agent is a program's; one that says nothing is."""
    text = agent.decode("ascii", "replace")
    return text in ("", "-") or BOTS.search(text) is not None


@lru_cache(maxsize=4096)
def referrer_host(referrer: bytes) -> str | None:
    """Return the host of a Referer, or None when there is none that could be one."""
    try:
        host = urlsplit(referrer.decode("ascii", "replace")).hostname or ""
    except ValueError:
        return None
    return host if HOST.fullmatch(host) else None
