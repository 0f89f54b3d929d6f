"""The one module that starts processes. It prints every command before it runs it.

Commands are lists of arguments; no shell reads them. What must stay secret goes in through standard
input or through files, never through arguments.
"""

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from typing import IO, NoReturn

from ops.console import Console
from ops.conversation import Conversation
from ops.errors import CommandFailed, DemijohnError, Terminated
from ops.paths import ROOT

# Debian keeps servers where the PATH of an ordinary user does not look.
SERVER_DIRECTORIES = ("/usr/local/sbin", "/usr/sbin", "/sbin")
END_SECONDS = 5


class Runner:
    """Runs commands in the repository's root."""

    def __init__(self, console: Console, environ: Mapping[str, str]) -> None:
        self.console = console
        self.environ = dict(environ) | {"PATH": search_path(environ)}

    def run(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        inherit: bool = True,
        stdin: str = "",
    ) -> list[str]:
        """Run a command to its end and return the lines of its standard output.

        `environ` is laid over the runner's own, or replaces it when that is not to be inherited.
        Raises CommandFailed when the status is not 0.
        """
        self.announce(command)
        base = self.environ if inherit else {}
        process = self.start(command, {**base, **(environ or {})}, subprocess.PIPE)
        output: list[str] = []
        everything: list[str] = []
        readers = [
            threading.Thread(target=self.read, args=(process.stdout, output, everything)),
            threading.Thread(target=self.read, args=(process.stderr, [], everything)),
        ]
        for reader in readers:
            reader.start()
        try:
            feed(process, stdin)
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            for reader in readers:
                reader.join()
        if status:
            raise CommandFailed(command, status, everything)
        return output

    def follow(self, command: Sequence[str], *, stdin: str = "") -> Iterator[str]:
        """Run a command and yield the lines of its standard output as they come.

        Whoever stops reading ends it. Raises CommandFailed at the end when the status is not 0.
        """
        self.announce(command)
        process = self.start(command, self.environ, subprocess.PIPE)
        everything: list[str] = []
        helpers = [
            threading.Thread(target=feed, args=(process, stdin)),
            threading.Thread(target=self.read, args=(process.stderr, everything)),
        ]
        for helper in helpers:
            helper.start()
        try:
            for line in process.stdout or ():
                everything.append(line.rstrip())
                yield line.rstrip()
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        finally:
            for helper in helpers:
                helper.join()
            if process.stdout:
                process.stdout.close()
        if status:
            raise CommandFailed(command, status, everything)

    def show(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> int:
        """Run a command on the terminal and return its status; wait for its end when interrupted, too."""
        self.announce(command)
        process = self.start(command, {**self.environ, **(environ or {})}, None)
        try:
            return process.wait()
        except KeyboardInterrupt as interruption:
            if isinstance(interruption, Terminated):
                process.send_signal(signal.SIGINT)
            process.wait()
            raise

    @contextmanager
    def converse(
        self, command: Sequence[str], *, environ: Mapping[str, str] | None = None
    ) -> Iterator[Conversation]:
        """Keep a command running, to be asked one line after the other, for as long as the block runs."""
        self.announce(command)
        # Apart from the terminal, whose Ctrl-C is not meant for it.
        process = self.start(command, {**self.environ, **(environ or {})}, subprocess.PIPE, apart=True)
        if process.stdin is None or process.stdout is None:
            raise ValueError("a conversation needs pipes")
        threading.Thread(target=self.read, args=(process.stderr,), daemon=True).start()
        try:
            yield Conversation(process.stdin, process.stdout)
        finally:
            end(process)

    @contextmanager
    def reading(
        self, command: Sequence[str], *, environ: Mapping[str, str] | None = None
    ) -> Iterator[IO[bytes]]:
        """Give the output of a command, as bytes, to be read in the block.

        Raises CommandFailed at the end when the status is not 0.
        """
        with self.running(command, environ, stdout=subprocess.PIPE) as process:
            if process.stdout is None:
                raise ValueError("nothing to read from")
            yield process.stdout

    @contextmanager
    def feeding(self, command: Sequence[str]) -> Iterator[IO[bytes]]:
        """Give the input of a command, to be written in the block.

        Raises CommandFailed at the end when the status is not 0, whatever became of the writing.
        """
        with self.running(command, None, stdin=subprocess.PIPE) as process:
            if process.stdin is None:
                raise ValueError("nothing to write to")
            try:
                yield process.stdin
                process.stdin.close()
            except BrokenPipeError:
                return  # its status and its words tell more

    @contextmanager
    def running(
        self, command: Sequence[str], environ: Mapping[str, str] | None, **streams: int
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a command beside the block; what it says goes to the console, and into CommandFailed."""
        self.announce(command)
        said: list[str] = []
        everything = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, **streams}
        try:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**self.environ, **(environ or {})},
                stderr=subprocess.PIPE,
                **everything,  # type: ignore[call-overload]
            )
        except FileNotFoundError as error:
            raise missing(command) from error
        reader = threading.Thread(
            target=self.read, args=(TextIOWrapper(process.stderr, errors="replace"), said)
        )
        reader.start()
        try:
            yield process
        except BaseException:
            process.terminate()
            raise
        finally:
            for stream in (process.stdin, process.stdout):
                with suppress(BrokenPipeError):
                    if stream:
                        stream.close()
            status = process.wait()
            reader.join()
        if status:
            raise CommandFailed(command, status, said)

    def become(self, command: Sequence[str], *, environ: Mapping[str, str] | None = None) -> NoReturn:
        """Hand the terminal over to a command for good."""
        self.announce(command)
        os.chdir(ROOT)
        try:
            os.execvpe(command[0], list(command), {**self.environ, **(environ or {})})  # noqa: S606
        except FileNotFoundError as error:
            raise missing(command) from error

    def start(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        streams: int | None,
        *,
        apart: bool = False,
    ) -> "subprocess.Popen[str]":
        try:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=streams,
                stdout=streams,
                stderr=streams,
                text=True,
                errors="replace",
                start_new_session=apart,
            )
        except FileNotFoundError as error:
            raise missing(command) from error

    def read(self, stream: IO[str], *kept: list[str]) -> None:
        with stream:
            for line in stream:
                for lines in kept:
                    lines.append(line.rstrip())
                self.console.output(line)

    def announce(self, command: Sequence[str]) -> None:
        self.console.command(shlex.join(shorten(argument) for argument in drop_ssh_options(command)))


def feed(process: "subprocess.Popen[str]", text: str) -> None:
    """Write `text` to the process and close its input; one that ended early is no error here."""
    if process.stdin is None:
        return
    try:
        with process.stdin as stream:
            stream.write(text)
    except BrokenPipeError:
        return


def end(process: "subprocess.Popen[str]") -> None:
    """Close the input of a process, which ends it; kill it when it does not."""
    feed(process, "")
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def missing(command: Sequence[str]) -> DemijohnError:
    return DemijohnError(f"{command[0]} is not installed, or not on PATH")


def search_path(environ: Mapping[str, str]) -> str:
    """Given the environment, return its PATH with the directories that hold servers."""
    found = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(found + [d for d in SERVER_DIRECTORIES if d not in found])


def drop_ssh_options(command: Sequence[str]) -> Sequence[str]:
    """Given a command, return it as a person would type it: ssh's options are the same in every one."""
    if command[0] != "ssh" or "--" not in command:
        return command
    return ["ssh", *command[command.index("--") + 1 :]]


def shorten(argument: str) -> str:
    """Given an argument, return it with paths in the repository relative: commands run there.

    Of a script only the first line is shown.
    """
    argument, *more = argument.split("\n", 1)
    if more:
        return f"{argument} ..."
    return argument.replace(f"{ROOT}{os.sep}", "") if Path(argument) != ROOT else "."
