"""The documents keep up with what they describe."""

import re
from pathlib import Path

import pytest

from ops.cli import cli, load

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")]

# Each command that the README shows, the file that runs it, and how it is written there.
RUN_BY = {
    "./demijohn up": ("tests/docker/test_fresh_host.py", "./demijohn up"),
    "./demijohn test": (".ci/run", "demijohn"),
    "./demijohn test unit": ("tests/ops/actions/test_test.py", "unit"),
    "./demijohn dev": ("tests/stack/dev_stack.py", '"dev"'),
    "./demijohn load run smoke": ("tests/measuring/test_load.py", '"smoke"'),
    "./demijohn load capacity": ("tests/measuring/test_load_command.py", '"capacity"'),
    "./demijohn bench": ("tests/measuring/test_bench.py", '"bench"'),
    "./demijohn --help": ("tests/ops/test_cli.py", "--help"),
    "docker compose -f docker-compose.prod.yml up -d --wait": (
        "tests/docker/test_prod_without_the_command.py",
        '"--wait"',
    ),
    "docker compose -f docker-compose.dev.yml up": ("tests/docker/test_dev.py", '"up"'),
}


def verbs() -> set[str]:
    return (set(cli.commands) - {"load"}) | {f"load {name}" for name in load.commands}


def test_every_verb_of_the_command_is_documented_and_no_other() -> None:
    table = (ROOT / "docs/commands.md").read_text().partition("| verb |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE)) == verbs()


def test_every_command_in_the_readme_is_run_by_something() -> None:
    readme = (ROOT / "README.md").read_text()
    found = set(re.findall(r"^    (\./demijohn .+?|docker compose .+?)(?: {2,}.*)?$", readme, re.MULTILINE))
    found |= set(re.findall(r"`(\./demijohn [^`]+|docker compose [^`]+)`", readme))
    assert found == set(RUN_BY)


@pytest.mark.parametrize("command", RUN_BY)
def test_what_runs_a_command_of_the_readme_is_there(command: str) -> None:
    file, words = RUN_BY[command]
    assert words in (ROOT / file).read_text()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_points_to_exists(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), f"{document.name} points to {target}"
