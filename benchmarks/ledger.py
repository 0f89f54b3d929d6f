"""A ledger such as a busy hour leaves: skewed slugs, many browsers, some bots, many referrers."""

from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from random import Random

LINES = 1_000_000
SECONDS = 3600
FIRST_SECOND = 1_760_000_400

PLACES = 5
DIRECT_SHARE = 0.4
BOT_SHARE = 0.15
NO_CLICK_SHARE = 0.05
# Method, status and Sec-Purpose.
CLICK = "GET\t302", "-"
NO_CLICKS = (("HEAD\t302", "-"), ("GET\t404", "-"), ("GET\t302", "prefetch"))

VERSIONS = range(132, 144)
BROWSERS = [
    form.format(version)
    for version in VERSIONS
    for form in (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{0}.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/{0}.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E{0} Safari/604.1",
    )
]
BOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "python-requests/2.32.3",
]
KINDS = ("news", "social", "search", "mail", "forum", "video", "wiki", "blog")
REFERRERS = [f"https://{kind}{number}.example/" for number in range(5) for kind in KINDS]


def write_ledger(path: Path, slugs: Sequence[str]) -> int:
    """Write LINES lines about `slugs`, most of them about the first; return how many are clicks.

    The format is that of nginx/snippets/ledger.conf. The same lines come out each time.
    """
    random = Random(1)  # noqa: S311 - repeatable on purpose
    slug, browser = skewed(len(slugs), 1.1, random), skewed(len(BROWSERS), 0.5, random)
    place, bot = skewed(PLACES, 1.5, random), skewed(len(BOTS), 1.0, random)
    clicks = 0
    with path.open("w", encoding="ascii") as file:
        for number in range(LINES):
            request, purpose = CLICK
            if random.random() < NO_CLICK_SHARE:
                request, purpose = random.choice(NO_CLICKS)
            else:
                clicks += 1
            chosen = slug()
            agent = BOTS[bot()] if random.random() < BOT_SHARE else BROWSERS[browser()]
            # Each link was posted in a few places of its own.
            referrer = REFERRERS[(chosen * PLACES + place()) % len(REFERRERS)]
            source = "-" if random.random() < DIRECT_SHARE else referrer
            seconds = FIRST_SECOND + number * SECONDS / LINES
            file.write(
                f"{seconds:.3f}\t{number // 20}-{number % 20 + 1}\t{request}\t/{slugs[chosen]}\t"
                f"{purpose}\t{source}\t{agent}\n"
            )
    return clicks


def skewed(size: int, skew: float, random: Random) -> Callable[[], int]:
    """Return what draws a number below `size`, the smallest most often, by the Zipf law."""
    steps = list(accumulate(1 / rank**skew for rank in range(1, size + 1)))
    total = steps[-1]
    return lambda: bisect(steps, random.random() * total, hi=size - 1)
