"""The sample is small enough to be read in an evening and thrown away without regret."""

import ast
import io
import tokenize
from pathlib import Path

from web.links import models

SAMPLE = Path(models.__file__).parent
SILENT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def lines_of_code(path: Path) -> int:
    """Lines that hold code: empty ones, comments and docstrings are free, to be generous with."""
    text = path.read_text()
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            lines.difference_update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return len(lines)


def test_the_sample_has_at_most_800_lines_of_python() -> None:
    assert sum(lines_of_code(path) for path in SAMPLE.rglob("*.py")) <= 800


def test_the_sample_has_at_most_300_lines_of_html_and_css() -> None:
    files = [path for path in SAMPLE.rglob("*") if path.suffix in {".html", ".css", ".svg"}]
    assert sum(len(path.read_text().splitlines()) for path in files) <= 300


def test_the_sample_has_at_most_five_tables() -> None:
    assert (SAMPLE / "models.py").read_text().count("__tablename__") <= 5
