"""The pages that every application of this stack has: its front page and its version."""

from locust.contrib.fasthttp import ResponseContextManager

from loadtests.mix import arrival
from loadtests.scenario import Person, Scenario, find_missing, read_header


class Reader(Person):
    """Looks at the front page, and now and then asks which version runs."""

    @arrival("front page", weight=9)
    def read_front_page(self) -> None:
        self.ask("front page", "GET", "/", 200, check_page)

    @arrival("version", weight=1)
    def ask_version(self) -> None:
        self.ask("version", "GET", "/version", 200, check_version)


class Pages(Scenario):
    """Needs no data and leaves none."""

    people = (Reader,)


def check_page(answer: ResponseContextManager) -> str | None:
    """Find fault with an answer that is not a whole HTML page."""
    if not read_header(answer, "Content-Type").startswith("text/html"):
        return "not an HTML page"
    return None if "</html>" in (answer.text or "") else "the page breaks off"


def check_version(answer: ResponseContextManager) -> str | None:
    """Find fault with an answer that does not name the version."""
    return find_missing(answer, {"version"})
