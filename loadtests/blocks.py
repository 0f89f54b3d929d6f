"""Runs cut into blocks of neighbouring windows: what noise is estimated from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from loadtests.histogram import Histogram, merged
from loadtests.result import Result

BLOCKS = 12
"""Into how many blocks a phase is cut. Fewer are too few to tell how far they spread, more are so short that
they take a drift for chance; from 8 to 20 it made little difference in simulations."""
RUNS_MIN = 4
"""From so many runs on each side on, the spread between whole runs counts."""


@dataclass
class Block:
    """The requests of some neighbouring windows, which lasted `seconds` together."""

    seconds: float = 0.0
    wrong: int = 0
    times: Histogram = field(default_factory=Histogram)


@dataclass(frozen=True)
class Cut:
    """One side's requests in strata, each a list of blocks that would be alike if time changed nothing."""

    strata: list[list[Block]]

    @cached_property
    def blocks(self) -> list[Block]:
        return [block for stratum in self.strata for block in stratum]

    @cached_property
    def whole(self) -> Block:
        """All blocks as one."""
        return Block(
            sum(block.seconds for block in self.blocks),
            sum(block.wrong for block in self.blocks),
            merged(block.times for block in self.blocks),
        )


def cut_runs(runs: Sequence[Result], kind: str | None) -> list[Cut]:
    """Return the measured windows of one side's runs, cut in each way that counts; of one kind or of all."""
    phases = [(run, number) for run in runs for number, phase in enumerate(run.phases) if phase.measured]
    cuts = [Cut([cut_phase(run, number, kind) for run, number in phases])]
    if len(runs) >= RUNS_MIN:
        cuts.append(Cut([[gather(run, run.windows_of(), kind) for run in runs]]))
    return cuts


def cut_phase(run: Result, number: int, kind: str | None) -> list[Block]:
    """Return the blocks of one phase."""
    windows = run.windows_of([number])
    blocks, count = min(BLOCKS, len(windows)), len(windows)
    edges = [count * index // blocks for index in range(blocks + 1)] if blocks else []
    return [gather(run, windows[start:end], kind) for start, end in pairwise(edges)]


def gather(run: Result, windows: Sequence[int], kind: str | None) -> Block:
    cells = list(run.cells_of(windows, kind))
    return Block(
        sum(run.windows[window].seconds for window in windows),
        sum(cell.wrong for cell in cells),
        merged(cell.corrected for cell in cells),
    )


def count_requests(block: Block) -> float:
    return block.times.total


def count_right(block: Block) -> float:
    return block.times.total - block.wrong


def count_up_to(block: Block, value: float) -> float:
    return block.times.total * (1 - block.times.share_above(value))
