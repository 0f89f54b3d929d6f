"""`python -m loadtests VERB`: each verb is a module in `commands/`."""

import pkgutil
import sys
from argparse import ArgumentParser
from importlib import import_module
from typing import NoReturn

from loadtests import commands
from loadtests.errors import LoadError
from loadtests.exits import ExitCode
from loadtests.terminal import Terminal


class Parser(ArgumentParser):
    """Ends with 1 where argparse ends with 2, which here means a missed objective."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ExitCode.ERROR, f"{self.prog}: {message}\n")


def main(arguments: list[str]) -> int:
    """Do what `arguments` ask for; return the exit code."""
    options = build_parser(arguments).parse_args(arguments)
    try:
        return int(options.execute(options, Terminal(sys.stdout)))
    except LoadError as error:
        sys.stderr.write(f"loadtests: {error}\n")
        return ExitCode.ERROR
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def build_parser(arguments: list[str]) -> ArgumentParser:
    """Return the parser of all verbs; of one alone, which loads faster, where `arguments` begin with it."""
    known = [module.name for module in pkgutil.iter_modules(commands.__path__)]
    parser = Parser("python -m loadtests", description="Load a stack, and judge what it holds.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    for name in arguments[:1] if arguments[:1] and arguments[0] in known else known:
        verb = import_module(f"{commands.__name__}.{name}")
        summary = str(verb.__doc__).strip().splitlines()[0]
        verb_parser = verbs.add_parser(name, help=summary, description=summary)
        verb.add_arguments(verb_parser)
        verb_parser.set_defaults(execute=verb.execute)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
