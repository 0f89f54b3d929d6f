"""Reads a report as a browser would, as far as tests must know."""

import re
from html.parser import HTMLParser


class Reader(HTMLParser):
    """Collects the elements, the attributes and the texts of a page; a text in a style is none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self._silent = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._silent = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def values(self, name: str) -> list[str]:
        """Return what all attributes of this name hold."""
        return [value for _, each, value in self.attributes if each == name]


def numbers_in(page: str) -> list[float]:
    """Return all that the drawings of a page place something at."""
    found = re.findall(r' (?:d|x|y|x1|x2|y1|y2|cx|cy|width|height)="([^"]*)"', page)
    return [float(number) for text in found for number in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", text)]
