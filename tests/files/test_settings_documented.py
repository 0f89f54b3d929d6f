"""`.env.example` is the reference: nothing is read that it does not name, and it names nothing idle."""

import re
from pathlib import Path

from web.config import SECRETS, Settings

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"^(?:# )?([A-Z][A-Z0-9_]+)=", re.MULTILINE)
REFERENCE = re.compile(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)")


def documented() -> list[str]:
    return NAME.findall((ROOT / ".env.example").read_text())


def compose_variables() -> set[str]:
    return {
        name for file in ROOT.glob("docker-compose.*.yml") for name in REFERENCE.findall(file.read_text())
    }


def application_variables() -> set[str]:
    return {f"{name.upper()}_FILE" if name in SECRETS else name.upper() for name in Settings.model_fields}


def test_every_variable_of_the_compose_files_is_documented() -> None:
    assert compose_variables() - set(documented()) == set()


def test_every_setting_of_the_application_is_documented() -> None:
    assert application_variables() - set(documented()) == set()


def test_every_documented_variable_is_read_by_something() -> None:
    sources = [*ROOT.glob("web/*.py"), *ROOT.glob("ops/**/*.py"), *ROOT.glob("docker-compose.*.yml")]
    text = "\n".join(path.read_text() for path in sources)
    elsewhere = [name for name in documented() if name not in application_variables()]
    assert [name for name in elsewhere if not re.search(rf"\b{name}\b", text)] == []


def test_no_variable_is_documented_twice() -> None:
    names = documented()
    assert len(names) == len(set(names))


def test_commented_defaults_are_those_of_the_compose_file() -> None:
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}$]*)\}", (ROOT / "docker-compose.prod.yml").read_text()))
    shown = dict(
        re.findall(r"^# ([A-Z_]+)=\"?([^\"\n]*)\"?$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    )
    assert {name: defaults[name] for name in shown if name in defaults} == {
        name: value for name, value in shown.items() if name in defaults
    }
