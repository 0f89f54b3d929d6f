"""The engine of the docker level by hand.

python -m tests.docker up        bring it up, with the images
python -m tests.docker status    say which engine answers, if any
python -m tests.docker env       shell lines that point `docker` at it: eval "$(... env)"
python -m tests.docker down      end the tests' own; its images are kept for the next time
"""

import shlex
import sys

from tests.docker import daemon
from tests.docker.bootstrap import bring_up
from tests.docker.engine import find
from tests.docker.process import BootstrapError


def main(words: list[str]) -> int:
    """Do what the one word says; 0 when done, 1 when it cannot be, 2 for another word."""
    verbs = {"up": _up, "status": _status, "env": _print_environment, "down": _down}
    if len(words) != 1 or words[0] not in verbs:
        sys.stderr.write(f"{(__doc__ or '').strip()}\n")
        return 2
    try:
        return verbs[words[0]]()
    except BootstrapError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _up() -> int:
    bring_up()
    return 0


def _status() -> int:
    engine = find()
    sys.stdout.write(f"{engine.describe()}\n" if engine else "no engine answers\n")
    return 0 if engine else 1


def _print_environment() -> int:
    engine = find()
    if engine is None:
        raise BootstrapError("no engine answers; bring one up first")
    for name, value in engine.environment.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def _down() -> int:
    daemon.stop()
    return 0


sys.exit(main(sys.argv[1:]))
