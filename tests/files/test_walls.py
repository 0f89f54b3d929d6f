"""The walls between the rooms (ARCHITECTURE.md), read off the files themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("web", "ops", "loadtests", "certificates")
SAMPLE_ROOMS = (
    "web/links/",
    "nginx/links.conf",
    "migrations/versions/",
    "loadtests/scenarios/links.py",
    "benchmarks/",
    "tests/",
    "docs/",
)
STARTERS = {"subprocess", "pty", "multiprocessing"}


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_another(room: str) -> None:
    others = set(ROOMS) - {room}
    crossings = [
        (str(path.relative_to(ROOT)), name)
        for path in sources(room)
        for name in imported(path)
        if name.split(".")[0] in others
    ]
    assert crossings == []


def test_one_module_of_ops_starts_processes() -> None:
    starters = {
        str(path.relative_to(ROOT))
        for path in sources("ops")
        if STARTERS & {name.split(".")[0] for name in imported(path)} or "os.exec" in path.read_text()
    }
    assert starters == {"ops/runner.py"}


def product_files() -> list[Path]:
    suffixes = {".py", ".conf", ".sh", ".html", ".css", ".cnf", ".yml", ".toml"}
    folders = ("web", "ops", "certificates", "nginx", "mariadb", "migrations", "loadtests")
    inside = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return [*inside, *ROOT.glob("docker-compose.*.yml"), ROOT / ".env.example", ROOT / "demijohn"]


def test_only_the_sample_s_rooms_speak_of_the_sample() -> None:
    # HTML's element, the library that makes commands, and what file systems and MariaDB call theirs.
    allowed = re.compile(
        r"<link |\bimport click\b|\bclick\.|from click\b|\"click>=|@click|"
        r"unlink|symlink|symbolic_links|readlink"
    )
    spoken = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in product_files()
        if not str(path.relative_to(ROOT)).startswith(SAMPLE_ROOMS) and "__pycache__" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"links?\b|clicks?\b|\blink", allowed.sub("", line), re.IGNORECASE)
    ]
    assert spoken == []
