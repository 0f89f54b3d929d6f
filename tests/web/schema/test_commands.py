"""What the commands say when they cannot ask the database."""

from pathlib import Path

from flask import Flask

from tests.web.conftest import ENVIRONMENT
from web import create_app


def test_migrate_names_the_secret_that_it_was_not_given(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["migrate"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: DATABASE_OWNER_PASSWORD_FILE is not set")


def test_migrate_says_in_a_line_that_the_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("not used")
    app = create_app(ENVIRONMENT | {"DATABASE_OWNER_PASSWORD_FILE": str(tmp_path / "password")})
    done = app.test_cli_runner().invoke(args=["migrate"])
    assert done.exit_code == 1
    assert "Error: the database cannot be migrated now" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_question_without_an_answer_is_neither_yes_nor_no(app: Flask) -> None:
    for words in (["check", "--json"], ["reaches", "0001"]):
        done = app.test_cli_runner().invoke(args=["migrations", *words])
        assert (done.exit_code, done.stdout) == (2, "")
