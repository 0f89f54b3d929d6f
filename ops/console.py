"""What the person at the terminal sees.

Progress and commands go to standard error, results to standard output, so that a result can be
piped on. On a terminal a running step shows a spinner, its time and the last line it printed;
anywhere else each step is two plain lines.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

LINE_SHOWN = 60


class Step:
    """A running step. `outcome` is the word that ends it; `progress` shows what goes on."""

    def __init__(self, progress: Progress | None = None) -> None:
        self.outcome = "done"
        self.live = progress
        self.task = progress.add_task("", line="") if progress else None

    def progress(self, line: str) -> None:
        if self.live is not None and self.task is not None:
            self.live.update(self.task, line=line.strip()[:LINE_SHOWN])


class Console:
    """Prints steps, commands, messages and results."""

    def __init__(self) -> None:
        self.progress = RichConsole(stderr=True, highlight=False, soft_wrap=True)
        self.results = RichConsole(highlight=False, soft_wrap=True)
        self.step_running: Step | None = None

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show that something goes on for as long as the block runs, and how it ended."""
        started = time.monotonic()
        try:
            if self.progress.is_terminal:
                with self.spinner(title) as live:
                    self.step_running = Step(live)
                    yield self.step_running
            else:
                self.progress.print(f"{title} ...")
                self.step_running = Step()
                yield self.step_running
        except BaseException:
            self.finish(title, "[red]failed[/]", started)
            raise
        else:
            self.finish(title, f"[green]{escape(self.step_running.outcome)}[/]", started)
        finally:
            self.step_running = None

    def spinner(self, title: str) -> Progress:
        columns = (
            SpinnerColumn("line"),
            TextColumn(escape(title)),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[line]}", markup=True),
        )
        return Progress(*columns, console=self.progress, transient=True)

    def finish(self, title: str, outcome: str, started: float) -> None:
        seconds = time.monotonic() - started
        self.progress.print(f"{escape(title)}: {outcome} [dim]({seconds:.1f} s)[/]")

    def command(self, text: str) -> None:
        self.progress.print(f"[dim]$ {escape(text)}[/]")

    def output(self, line: str) -> None:
        """Given a line that a command printed, show it next to the running step's spinner."""
        if self.step_running:
            self.step_running.progress(escape(line))

    def say(self, text: str = "") -> None:
        self.progress.print(escape(text))

    def lines(self, title: str, lines: Sequence[str]) -> None:
        """Show some lines of a log under a title."""
        self.progress.print(f"[bold]{escape(title)}[/]")
        for line in lines:
            self.progress.print(f"  {escape(line)}")

    def error(self, text: str) -> None:
        self.progress.print(f"[bold red]demijohn:[/] {escape(text)}")

    def file(self, text: str) -> None:
        """Print what is meant to be piped into a file, exactly as it is."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def result(self, text: str = "") -> None:
        self.results.print(escape(text))
        sys.stdout.flush()
