"""What somebody who watched the target's side saw meanwhile."""

from loadtests.report.drawing import Drawing, finish
from loadtests.report.figures import tell_mark, tell_span
from loadtests.report.page import NARROW
from loadtests.report.panel import Panel, draw_panel, gather, mean, shorten
from loadtests.report.plot import Frame, Plot
from loadtests.report.scale import Scale, clock
from loadtests.report.svg import element
from loadtests.result import Observation, Result

ROW_HEIGHT = 26


def draw_target(result: Result) -> list[Drawing]:
    """Draw the cores of each process, the database's connections and the slots, as far as they were seen."""
    seconds = sum(phase.seconds for phase in result.phases)
    seen = [each for each in result.observations if 0 <= each.time <= seconds]
    cores = gather(((each.time, each.cpu) for each in seen), seconds, mean)
    connections = gather(
        ((each.time, {"open": float(each.connections)}) for each in seen if each.connections is not None),
        seconds,
        max,
    )
    drawn = []
    if cores:
        drawn.append(
            draw_panel(NARROW, Panel("cores", "Processor used by each process", "cores", cores), seconds)
        )
    if connections:
        panel = Panel("connections", "Connections of the database", "connections", connections, tell_mark)
        drawn.append(draw_panel(NARROW, panel, seconds))
    if any(each.slots for each in seen):
        drawn.append(draw_slots(NARROW, seen, seconds))
    return drawn


def draw_slots(width: float, seen: list[Observation], seconds: float) -> Drawing:
    """Draw a strip for each slot: filled while it was in rotation."""
    names = sorted({name for each in seen for name in each.slots})
    frame = Frame(width, 52 + ROW_HEIGHT * len(names), left=70, right=24)
    x = clock(seconds, *frame.across, 5)
    rows = Scale(0.0, 1.0, *frame.up, ())
    plot = Plot(frame, x, rows)
    ends = [each.time for each in seen[1:]] + [seconds]
    for row, name in enumerate(names):
        top = frame.top + ROW_HEIGHT * row + 5
        for each, end in zip(seen, ends, strict=True):
            left, right = x.place(each.time), x.place(end)
            look = {True: "in", False: "out", None: "unseen"}[each.slots.get(name)]
            box = element(
                "rect", class_=f"slot {look}", x=left, y=top, width=right - left + 0.3, height=ROW_HEIGHT - 10
            )
            plot.over.append(box)
        plot.write(frame.left - 8, top + 12, shorten(name, 9), "", "end")
    words = "; ".join(f"{name} {tell_out(time_out(seen, ends, name))}" for name in names)
    return finish(plot, "slots", "Slots in rotation", f"{words}.", "in rotation")


def tell_out(seconds: float) -> str:
    return f"was out for {tell_span(seconds)}" if seconds else "was never out"


def time_out(seen: list[Observation], ends: list[float], name: str) -> float:
    pairs = zip(seen, ends, strict=True)
    return sum(end - each.time for each, end in pairs if each.slots.get(name) is False)
