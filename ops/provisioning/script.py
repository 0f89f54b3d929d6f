"""The steps as one POSIX sh script, which a host runs from standard input or as a file."""

import shlex
from collections.abc import Iterable, Sequence

from ops.provisioning import PLACE, STEPS, Step

DRY_RUN = "--dry-run"
HEAD = """\
#!/bin/sh
# Written by ./demijohn provision. Run it again at any time: it changes what is not as it should be.
"""


def render_script(keys: Iterable[str] = (), steps: Sequence[Step] = STEPS) -> str:
    """Given public keys for the deploy user besides root's, return the script.

    Its one argument may be DRY_RUN. It ends with 0 when every step is done.
    """
    given_keys = "\n".join(keys)
    parts = [
        f"given_keys={shlex.quote(given_keys)}\n",
        (PLACE / "frame.sh").read_text(encoding="utf-8"),
        *(f"# {step.title}\n{step.text}step {step.name}\n" for step in steps),
        "tell end\nexit 0\n",
    ]
    # The shell reads a group to its end before it runs any of it: a script that was cut off does nothing,
    # and no program on the way can read the rest of it from standard input.
    body = "\n".join(parts)
    return f"{HEAD}{{\n{body}}} </dev/null\n"
