"""The link shortener: a crowd follows a few famous links, and some people look after their own."""

import time
from collections import Counter, deque
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random
from typing import Any, ClassVar

from locust.contrib.fasthttp import ResponseContextManager

from loadtests.api import Api, do_at_once
from loadtests.errors import TargetError
from loadtests.mix import arrival
from loadtests.result import Account
from loadtests.scenario import Check, Person, Scenario, find_missing, read_header, read_object
from loadtests.workload import Workload
from loadtests.zipf import Zipf

KEYS = {"slug", "target", "note", "expires_at", "created_at", "retired_at", "humans", "bots"}
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
PAGE = 200
"""As many links as the target tells of at once."""
REFERRERS = ["https://news.example/", "https://social.example/feed", "https://mail.example/inbox"]


@dataclass(frozen=True)
class Link:
    """A link of this run, as the target must know it."""

    slug: str
    target: str


class Visitor(Person):
    """Follows links and, much more rarely, looks some up, makes, changes and retires a few."""

    weight = 9
    scenario: ClassVar["Links"]

    def on_start(self) -> None:
        choose = self.scenario.random.choice
        self.browser = {"User-Agent": choose([BROWSER] * 9 + [BOT]), "Referer": choose(REFERRERS)}

    @arrival("redirect", weight=90)
    def follow(self) -> None:
        self._follow("redirect", self.scenario.choose())

    @arrival("unknown slug", weight=2)
    def miss(self) -> None:
        slug = f"{self.scenario.tag}-none-{self.scenario.random.randrange(100)}"
        self.ask("unknown slug", "GET", f"/{slug}", 404, headers=self.browser)

    @arrival("API read", weight=3)
    def look_up(self) -> None:
        link = self.scenario.choose()
        self._call("API read", "GET", f"/{link.slug}", 200, partial(check_link, link))

    @arrival("API list", weight=1)
    def search(self) -> None:
        self._call("API list", "GET", f"?q={self.scenario.tag}&limit=20", 200, check_list)

    @arrival("API create", weight=2)
    def create(self) -> None:
        if link := self._create():
            self.scenario.changeable.append(link)

    @arrival("API edit", weight=1)
    def edit(self) -> None:
        if link := self._take_or_create():
            link = Link(link.slug, self.scenario.make_target())
            check, body = partial(check_link, link), {"target": link.target}
            self._call("API edit", "PATCH", f"/{link.slug}", 200, check, body)
            self.scenario.changeable.append(link)

    @arrival("API retire", weight=1)
    def retire(self) -> None:
        link = self._take_or_create()
        if link and self._call("API retire", "DELETE", f"/{link.slug}", 204).status_code == 204:
            self.scenario.in_use.discard(link.slug)

    def _take_or_create(self) -> Link | None:
        """Return a link that nobody else changes meanwhile; None if a new one was needed and failed."""
        changeable = self.scenario.changeable
        return changeable.popleft() if changeable else self._create()

    def _create(self) -> Link | None:
        """Return a new link, None if that failed."""
        link = self.scenario.invent()
        check, body = partial(check_link, link), self.scenario.describe(link)
        if self._call("API create", "POST", "", 201, check, body).status_code != 201:
            return None
        # An address that answered 404 a moment ago must lead on from now on.
        self._follow("redirect, first time", link)
        return link

    def _follow(self, kind: str, link: Link) -> None:
        """Take the one step that `link` leads, and remember it for the account at the end."""
        check = partial(check_location, link)
        answer = self.ask(kind, "GET", f"/{link.slug}", 302, check, self.browser)
        if answer.status_code == 302:
            self.scenario.answered[link.slug] += 1
        elif answer.status_code == 0:
            self.scenario.unanswered[link.slug] += 1

    def _call(
        self,
        kind: str,
        method: str,
        path: str,
        status: int,
        check: Check | None = None,
        body: Any = None,
    ) -> ResponseContextManager:
        headers = self.scenario.api.authorization
        return self.ask(kind, method, f"/api/links{path}", status, check, headers, body)


class Links(Scenario):
    """Its account: as many clicks are counted for each link as answers led on from it."""

    people = (Visitor,)

    def __init__(self, api: Api, workload: Workload, tag: str) -> None:
        super().__init__(api, workload, tag)
        self.random = Random(workload.seed)  # noqa: S311 - repeatable on purpose
        self.zipf = Zipf(workload.items, workload.skew, self.random)
        self.numbers = count(1)
        self.prefix = tag
        self.famous: list[Link] = []
        self.changeable: deque[Link] = deque()
        self.in_use: set[str] = set()
        self.answered: Counter[str] = Counter()
        self.unanswered: Counter[str] = Counter()

    def invent(self) -> Link:
        """Return a link that does not exist yet, already noted for the cleaning."""
        link = Link(f"{self.prefix}-{next(self.numbers)}", self.make_target())
        self.in_use.add(link.slug)
        return link

    def make_target(self) -> str:
        """Return an address that no other link of this run leads to."""
        return f"https://example.org/{self.prefix}/{next(self.numbers)}"

    def describe(self, link: Link) -> dict[str, str]:
        """Return the body of the request that creates `link`."""
        return {"slug": link.slug, "target": link.target, "note": f"load run {self.tag}"}

    def choose(self) -> Link:
        """Return the link that the next member of the crowd wants."""
        return self.famous[self.zipf.draw()]

    def seed(self) -> None:
        self.famous = [self.invent() for _ in range(self.workload.items)]
        do_at_once(lambda link: self.api.demand("POST", "/api/links", 201, self.describe(link)), self.famous)

    def share(self) -> dict[str, Any]:
        return {"famous": [[link.slug, link.target] for link in self.famous]}

    def adopt(self, shared: dict[str, Any], generator: str) -> None:
        self.prefix = f"{self.tag}-{generator}"
        self.famous = [Link(*link) for link in shared["famous"]]

    def tell(self) -> dict[str, Any]:
        told = {
            "answered": dict(self.answered),
            "unanswered": dict(self.unanswered),
            "in use": sorted(self.in_use),
        }
        self.answered.clear()
        self.unanswered.clear()
        self.in_use.clear()
        return told

    def hear(self, told: dict[str, Any]) -> None:
        self.answered.update(told["answered"])
        self.unanswered.update(told["unanswered"])
        self.in_use.update(told["in use"])

    def settle(self, deadline: float) -> Account:
        end = time.monotonic() + deadline
        counted = self.count_clicks()
        while (off := self.list_differing(counted)) and time.monotonic() < end:
            time.sleep(0.5)
            counted = self.count_clicks()
        faults = [f"/{slug}: {self.answered[slug]} answered, {counted[slug]} counted" for slug in off]
        answered, total = sum(self.answered.values()), sum(counted[slug] for slug in self.answered)
        summary = f"clicks: {answered:,} answered with 302, {total:,} counted"
        return Account(summary=summary, faults=faults)

    def list_differing(self, counted: Counter[str]) -> list[str]:
        """Return the slugs with too few or too many clicks; where no answer came, both will do."""
        return [
            slug
            for slug, answered in self.answered.items()
            if not 0 <= counted[slug] - answered <= self.unanswered[slug]
        ]

    def count_clicks(self) -> Counter[str]:
        """Return the clicks, of people and bots, that the target has counted for each link of this run."""
        counted: Counter[str] = Counter()
        after: str | None = ""
        while after is not None:
            path = f"/api/links?q={self.tag}-&limit={PAGE}" + (f"&after={after}" if after else "")
            body = self.api.demand("GET", path, 200)
            try:
                counted.update({each["slug"]: each["humans"] + each["bots"] for each in body["items"]})
                after = body["next"]
            except (KeyError, TypeError):
                raise TargetError(f"{path} tells no clicks: {body}") from None
        return counted

    def clean(self) -> None:
        do_at_once(self.retire, sorted(self.in_use))

    def retire(self, slug: str) -> None:
        # A request that got no answer may have made its link or not.
        if self.api.call("DELETE", f"/api/links/{slug}").status in {204, 404, 410}:
            self.in_use.discard(slug)

    def list_leftovers(self) -> list[str]:
        return [f"links purge {self.tag}- --yes"]


def check_location(link: Link, answer: ResponseContextManager) -> str | None:
    """Find fault with a redirect that leads elsewhere."""
    location = read_header(answer, "Location")
    return None if location == link.target else "leads to another target"


def check_link(link: Link, answer: ResponseContextManager) -> str | None:
    """Find fault with a description of `link` that lacks a key or describes another."""
    body = read_object(answer)
    if (body.get("slug"), body.get("target")) != (link.slug, link.target):
        return "describes another link"
    return find_missing(answer, KEYS)


def check_list(answer: ResponseContextManager) -> str | None:
    """Find fault with a page of links that is empty or not one."""
    items = read_object(answer).get("items")
    return None if isinstance(items, list) and items else "the list is empty"
