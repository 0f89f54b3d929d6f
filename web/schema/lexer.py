"""SQL cut into words, as far as judging a schema change needs it."""

import re
from dataclasses import dataclass

PATTERN = re.compile(
    r"""
    (?P<space>\s+ | --(?=\s|$)[^\n]* | \#[^\n]* | /\*(?!M?!).*?\*/)
  | (?P<name>`(?:[^`]|``)*`)
  | (?P<text>'(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*")
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<word>[^\W\d][\w$]*|@@?[\w.]+)
  | (?P<sign>[^\s/'"`]|/(?!\*))
    """,
    re.VERBOSE | re.DOTALL,
)


class UnreadableError(Exception):
    """The statement holds what this reader does not know; its text names that."""


@dataclass(frozen=True)
class Word:
    """One word: its kind (`name`, `text`, `number`, `word`, `sign`), how it is written, and where it ends."""

    kind: str
    text: str
    end: int

    @property
    def upper(self) -> str:
        """How it compares with a keyword; a quoted name or a text is never one."""
        return self.text.upper() if self.kind in ("word", "sign") else ""


def cut(sql: str) -> list[Word]:
    """Given a statement, return its words without comments; raises UnreadableError where there are none."""
    words, position = [], 0
    while position < len(sql):
        found = PATTERN.match(sql, position)
        if found is None:
            raise UnreadableError(f"{sql[position : position + 20]!r}")
        position = found.end()
        if found.lastgroup != "space":
            words.append(Word(str(found.lastgroup), found.group(), position))
    while words and words[-1].text == ";":
        words.pop()
    return words


class Reader:
    """Reads words from left to right."""

    def __init__(self, words: list[Word]) -> None:
        self.words = words
        self.position = 0

    @property
    def done(self) -> bool:
        return self.position >= len(self.words)

    def upper(self, ahead: int = 0) -> str:
        """The next word as a keyword; empty at the end or when it is a name, text or number."""
        index = self.position + ahead
        return self.words[index].upper if index < len(self.words) else ""

    def take(self, *keywords: str) -> bool:
        """Step over these keywords if they come next, all of them, and tell whether they did."""
        if any(self.upper(ahead) != keyword for ahead, keyword in enumerate(keywords)):
            return False
        self.position += len(keywords)
        return True

    def take_any(self, *keywords: str) -> str:
        """Step over the one of these keywords that comes next and return it, or nothing."""
        return self.word().upper if self.upper() in keywords else ""

    def expect(self, *keywords: str) -> None:
        if not self.take(*keywords):
            raise self.unreadable()

    def word(self) -> Word:
        if self.done:
            raise self.unreadable()
        self.position += 1
        return self.words[self.position - 1]

    def name(self) -> str:
        """Step over an identifier, of which a schema's name in front is left away."""
        found = self.word()
        if found.kind not in ("name", "word"):
            self.position -= 1
            raise self.unreadable()
        if self.take("."):
            return self.name()
        return found.text[1:-1].replace("``", "`") if found.kind == "name" else found.text

    def group(self) -> list[Word]:
        """Step over a pair of parentheses and return what they hold."""
        self.expect("(")
        start, depth = self.position, 1
        while depth:
            depth += {"(": 1, ")": -1}.get(self.word().upper, 0)
        return self.words[start : self.position - 1]

    def unreadable(self) -> UnreadableError:
        return UnreadableError(" ".join(word.text for word in self.words[self.position :][:5]) or "its end")


def split(words: list[Word]) -> list[list[Word]]:
    """Given words, return the parts between the commas that stand in no parentheses."""
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word.upper, 0)
        if word.upper == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def join(words: list[Word]) -> str:
    """Given words, return them as one text, to show and to run."""
    text = " ".join(word.text for word in words)
    return text.replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(" ,", ",")
