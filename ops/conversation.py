"""A command that stays, and answers what it is asked line by line."""

import threading
from queue import Empty, Queue
from typing import IO


class Conversation:
    """Talks to a running command over its standard input and output."""

    def __init__(self, typed: IO[str], printed: IO[str]) -> None:
        self.typed = typed
        self.answers: Queue[str] = Queue()
        threading.Thread(target=self.listen, args=(printed,), daemon=True).start()

    def listen(self, printed: IO[str]) -> None:
        with printed:
            for line in printed:
                self.answers.put(line.rstrip("\n"))

    def ask(self, question: str, seconds: float) -> str:
        """Type a line and return the one that comes back.

        Raises TimeoutError when none comes within `seconds`, OSError when the command is gone.
        """
        # What comes too late for one question must not be taken for the answer to the next.
        while not self.answers.empty():
            self.answers.get_nowait()
        self.typed.write(f"{question}\n")
        self.typed.flush()
        try:
            return self.answers.get(timeout=seconds)
        except Empty:
            raise TimeoutError(f"no answer within {seconds:g} s") from None
