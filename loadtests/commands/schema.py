"""Print the JSON schema of result.json."""

import json
from argparse import ArgumentParser, Namespace

from loadtests.result import Result
from loadtests.terminal import Terminal


def add_arguments(parser: ArgumentParser) -> None:
    """Add nothing: there is nothing to choose."""


def execute(options: Namespace, terminal: Terminal) -> int:
    terminal.say(json.dumps(Result.model_json_schema(), indent=2))
    return 0
