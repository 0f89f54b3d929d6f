"""A drawing area with two axes. What is drawn in it is given in values; the scales make pixels of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markupsafe import Markup

from loadtests.report.scale import Scale
from loadtests.report.svg import element, path

LETTER = 6.6
"""About how wide a letter of a label is, in pixels."""
ROW = 15.0
"""How far apart two labels must be."""

SHAPES = {
    "disc": "M-3.5,0a3.5,3.5 0 1 0 7,0a3.5,3.5 0 1 0 -7,0Z",
    "cross": "M-4,-4L4,4M-4,4L4,-4",
    "diamond": "M0,-5L5,0L0,5L-5,0Z",
}
Point = tuple[float, float | None]


@dataclass(frozen=True)
class Frame:
    """The size of a drawing, and the room around its plot that ticks and labels need."""

    width: float
    height: float
    left: float = 58
    right: float = 16
    top: float = 26
    bottom: float = 26

    @property
    def across(self) -> tuple[float, float]:
        """Pixels of the plot's left and right side."""
        return self.left, self.width - self.right

    @property
    def up(self) -> tuple[float, float]:
        """Pixels of the plot's foot and head."""
        return self.height - self.bottom, self.top


@dataclass
class Plot:
    """Collects what is drawn `under` the grid and `over` it, and the labels at the `ends` of lines."""

    frame: Frame
    x: Scale
    y: Scale
    under: list[Markup] = field(default_factory=list)
    over: list[Markup] = field(default_factory=list)
    ends: list[tuple[float, str, str]] = field(default_factory=list)

    def band(self, start: float, end: float, look: str) -> None:
        """Shade what lies between two values of x."""
        left, right = self.x.place(start), self.x.place(end)
        foot, head = self.frame.up
        self.under.append(
            element("rect", class_=look, x=left, y=head, width=right - left, height=foot - head)
        )

    def line(self, points: Iterable[Point], look: str, label: str = "") -> None:
        """Draw a line, broken where there is no value, and write `label` at its end."""
        runs = list(split(points))
        for run in runs:
            pixels = self.place(run)
            if len(pixels) == 1:
                (x, y) = pixels[0]
                self.over.append(element("circle", class_=f"lone {look}", cx=x, cy=y, r=2))
            else:
                self.over.append(element("path", class_=f"line {look}", d=path(pixels)))
        if runs and label:
            self.ends.append((self.y.place(runs[-1][-1][1]), label, look))

    def area(self, points: Iterable[Point], look: str) -> None:
        """Fill what lies below a line."""
        foot = self.frame.up[0]
        for run in split(points):
            pixels = self.place(run)
            outline = [(pixels[0][0], foot), *pixels, (pixels[-1][0], foot)]
            self.over.append(element("path", class_=f"area {look}", d=path(outline, close=True)))

    def level(self, value: float, look: str, label: str = "") -> None:
        """Draw a line across at a value of y, and write `label` at its end."""
        y = self.y.place(value)
        left, right = self.frame.across
        self.over.append(element("line", class_=f"line {look}", x1=left, x2=right, y1=y, y2=y))
        if label:
            self.ends.append((y, label, look))

    def upright(self, value: float, look: str) -> None:
        """Draw a line up at a value of x."""
        x = self.x.place(value)
        foot, head = self.frame.up
        self.over.append(element("line", class_=f"line {look}", x1=x, x2=x, y1=foot, y2=head))

    def stem(self, x: float, value: float, look: str) -> None:
        """Draw a line from the foot up to a value."""
        across, foot = self.x.place(x), self.frame.up[0]
        y2 = min(self.y.place(value), foot - 2)
        self.over.append(element("line", class_=f"stem {look}", x1=across, x2=across, y1=foot, y2=y2))

    def dot(self, x: float, y: float, shape: str, look: str, text: str) -> None:
        """Draw a point as one of SHAPES, and tell `text` to whoever points at it."""
        place = f"translate({self.x.place(x):.1f} {self.y.place(y):.1f})"
        mark = element("path", class_=f"mark {shape} {look}", d=SHAPES[shape], transform=place)
        self.over.append(element("g", element("title", text), mark))

    def place(self, points: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(self.x.place(x), self.y.place(y)) for x, y in points]

    def write(self, x: float, y: float, text: str, look: str = "", anchor: str = "start") -> None:
        """Write a text at a pixel."""
        self.over.append(element("text", text, class_=look or None, x=x, y=y, text_anchor=anchor))

    def hover(self, start: float, end: float, text: str) -> None:
        """Tell `text` to whoever points at what lies between two values of x."""
        left, right = self.x.place(start), self.x.place(end)
        foot, head = self.frame.up
        box = element("rect", x=left, y=head, width=right - left, height=foot - head)
        self.over.append(element("g", element("title", text), box, class_="hover"))


def split(points: Iterable[Point]) -> Iterator[list[tuple[float, float]]]:
    """Yield the stretches of these points that have a value."""
    run: list[tuple[float, float]] = []
    for x, y in points:
        if y is not None:
            run.append((x, y))
        elif run:
            yield run
            run = []
    if run:
        yield run


def width_of(text: str) -> float:
    """Return about how many pixels a label takes."""
    return len(text) * LETTER
