"""A run over time: what was offered and what came of it, how long it took, how much was out at once."""

from loadtests.histogram import Histogram, merged
from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_clock, tell_count, tell_mark, tell_number, tell_span, tell_time
from loadtests.report.plot import Frame, Plot, Point, width_of
from loadtests.report.scale import Scale, clock, linear, logarithmic
from loadtests.result import Result, Window

PERCENTILES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))


class Timeline:
    """The windows of a run, with the times and the wrong answers of each."""

    def __init__(self, result: Result) -> None:
        self.phases = result.phases
        self.windows = result.windows
        self.seconds = sum(phase.seconds for phase in result.phases)
        parts: list[list[Histogram]] = [[] for _ in result.windows]
        self.wrong = [0] * len(result.windows)
        for cell in result.cells:
            parts[cell.window].append(cell.corrected)
            self.wrong[cell.window] += cell.wrong
        self.times = [merged(each) for each in parts]

    def middle(self, window: Window) -> float:
        return window.start + window.seconds / 2

    def rates(self, counts: list[int]) -> list[Point]:
        """Return what these counts of each window are in a second."""
        pairs = zip(self.windows, counts, strict=True)
        return [(self.middle(window), count / window.seconds) for window, count in pairs]

    def percentiles(self, share: float) -> list[Point]:
        pairs = zip(self.windows, self.times, strict=True)
        return [(self.middle(window), times.percentile(share)) for window, times in pairs]

    def draw_rates(self, width: float) -> Drawing:
        """Draw what was offered, sent, answered and wrong."""
        due, sent = [w.due for w in self.windows], [w.sent for w in self.windows]
        answered = [w.answered for w in self.windows]
        plan = [rate for phase in self.phases for rate in (phase.from_rate, phase.rate)]
        peak = max([*plan, *(y or 0 for _, y in [*self.rates(due), *self.rates(answered)])], default=1)
        frame = Frame(width, 250, right=78, top=44)
        plot = self.open(frame, linear(peak, *frame.up), named=True)
        plot.area(self.rates(due), "offered")
        plot.line(self.rates(sent), "sent", "sent")
        plot.line(self.rates(answered), "answered", "answered")
        plot.line(self.rates(due), "offered", "offered")
        for window, wrong in zip(self.windows, self.wrong, strict=True):
            if wrong:
                plot.stem(self.middle(window), wrong / window.seconds, "wrong")
        if any(self.wrong):
            plot.ends.append((frame.up[0], "wrong", "wrong"))
        self.point(plot)
        words = (
            f"Offered {tell_count(sum(due))} arrivals in {tell_span(self.seconds)}, "
            f"sent {tell_count(sum(sent))}, answered {tell_count(sum(answered))}, "
            f"wrong {tell_count(sum(self.wrong))}."
        )
        return finish(plot, "rates", "Requests over time", words, "a second")

    def draw_times(self, width: float) -> Drawing:
        """Draw the percentiles of each window."""
        lines = [(self.percentiles(share), name) for share, name in PERCENTILES]
        values = [y for points, _ in lines for _, y in points if y is not None]
        frame = Frame(width, 230, right=78)
        plot = self.open(frame, logarithmic(values, *frame.up))
        for points, name in lines:
            plot.line(points, name, name)
        self.point(plot)
        worst = max((y for _, y in lines[-1][0] if y is not None), default=None)
        words = f"From the intended moment on. The worst p99 of a window was {tell_time(worst)}."
        return finish(plot, "times", "How long answers took", words, "from the intended moment on")

    def draw_in_flight(self, width: float) -> Drawing:
        """Draw how many requests were out at once."""
        points: list[Point] = [(self.middle(w), float(w.in_flight)) for w in self.windows]
        most = max((w.in_flight for w in self.windows), default=0)
        frame = Frame(width, 130, right=78)
        plot = self.open(frame, linear(most, *frame.up, tell_mark, 3))
        plot.area(points, "flight")
        plot.line(points, "flight", "at most")
        self.point(plot)
        words = f"At most {tell_count(most)} requests were out at once."
        return finish(plot, "flight", "How many were out at once", words, "requests in flight")

    def open(self, frame: Frame, y: Scale, *, named: bool = False) -> Plot:
        """Return a plot over the time of the load, with a band for each phase."""
        left, right = frame.across
        x = clock(self.seconds, left, right, max(3, int((right - left) / 70)))
        plot = Plot(frame, x, y)
        for phase in self.phases:
            end = phase.start + phase.seconds
            if not phase.measured:
                plot.band(phase.start, end, "aside")
            if phase.start:
                plot.upright(phase.start, "border")
            room = x.place(end) - x.place(phase.start) - 8
            if named:
                name_phase(plot, x.place(phase.start) + 4, room, phase.name, phase.measured)
        return plot

    def point(self, plot: Plot) -> None:
        """Tell the figures of a window to whoever points at it."""
        for window, times, wrong in zip(self.windows, self.times, self.wrong, strict=True):
            rates = (window.due, window.sent, window.answered, wrong)
            due, sent, answered, bad = (tell_number(count / window.seconds) for count in rates)
            told = ", ".join(f"{name} {tell_time(times.percentile(share))}" for share, name in PERCENTILES)
            phase = self.phases[window.phase].name
            text = (
                f"{phase}, {tell_clock(window.start)}\n{due}/s offered, {sent}/s sent, "
                f"{answered}/s answered, {bad}/s wrong\n{told}\n{window.in_flight} in flight"
            )
            plot.hover(window.start, window.start + window.seconds, text)


def name_phase(plot: Plot, x: float, room: float, name: str, measured: bool) -> None:
    """Write the name of a phase above its band, cut to the room that there is."""
    y = plot.frame.up[1] - 8
    letters = int(room / width_of("m"))
    text = name if len(name) <= letters else f"{name[: letters - 1]}…"
    if letters >= 3:
        plot.write(x, y, text, "phase-name" if measured else "phase-name quiet")
