"""Migrations on a real MariaDB: what fails half way, what is killed, who has to wait, and what suits what."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from sqlalchemy import text

from tests.stack.client import wait_until
from tests.stack.own_migrations import Project
from tests.stack.private_stack import Stack
from tests.web.schema.histories import write_migration
from web.engines import connect

NUMBERS = itertools.count(1)

FIRST = """
    op.create_table(
        "thing", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20))
    )
    op.bulk_insert(sa.table("thing", sa.column("name")), [{"name": "same"}, {"name": "same"}])
"""
# Its third statement fails, because two rows have the same name.
FAILING = """
    op.add_column("thing", sa.Column("a", sa.Integer()))
    op.alter_column("thing", "name", existing_type=sa.String(20), type_=sa.String(30))
    op.create_unique_constraint("uq_thing_name", "thing", ["name"])
    op.add_column("thing", sa.Column("b", sa.Integer()))
"""
ADDING = 'op.add_column("thing", sa.Column("a", sa.Integer()))'


@pytest.fixture
def project(stack: Stack, tmp_path: Path) -> Iterator[Project]:
    """A project whose first migration is done."""
    project = Project(stack, tmp_path, f"project_{next(NUMBERS)}")
    write_migration(tmp_path / "migrations", 1, FIRST)
    done = project.flask("migrate")
    assert done.exit_code == 0, done.stderr
    yield project
    project.sql(f"DROP DATABASE {project.name}")
    project.connection.close()


def write(project: Project, number: int, body: str, declared: str = "") -> None:
    write_migration(project.folder / "migrations", number, body, declared)


def waits_for_a_table(project: Project) -> bool:
    return "Waiting for table metadata lock" in str(project.sql("SHOW PROCESSLIST"))


def end(process: "Popen[str]") -> tuple[int, str]:
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_a_migration_that_fails_half_way_is_told_with_its_exact_state(project: Project) -> None:
    write(project, 2, FAILING)
    done = project.flask("migrate")
    assert done.exit_code == 1
    assert project.columns("thing") == ["id", "name", "a"]
    report = done.stderr
    assert "migration 0002" in report
    assert "2 of its 4 statements took effect" in report
    parts = re.split(r"took effect:|failed:|not tried:|alembic_version says", report)
    _, took_effect, failed, not_tried, rest = parts
    assert re.findall(r"^ +(\d)\. ALTER", took_effect, re.MULTILINE) == ["1", "2"]
    assert "3. ALTER TABLE thing ADD" in failed
    assert "1062: Duplicate entry 'same'" in failed
    assert "4. ALTER TABLE thing ADD COLUMN b" in not_tried
    assert rest.startswith(" 0001\n")
    assert "the version that runs is not harmed" in rest
    assert project.sql("SELECT version_num FROM alembic_version") == [("0001",)]


def test_after_its_cause_is_mended_a_migration_goes_on_where_it_failed(project: Project) -> None:
    write(project, 2, FAILING)
    assert "goes on at statement 3" in project.flask("migrate").stderr
    told = json.loads(project.flask("migrations", "check", "--json").stdout)
    assert told["halfway"] == {"0002": 2}
    project.sql("UPDATE thing SET name = 'other' WHERE id = 1")
    done = project.flask("migrate")
    assert done.exit_code == 0, done.stderr
    assert project.columns("thing") == ["id", "name", "a", "b"]
    assert project.sql("SELECT COUNT(*) FROM schema_statement") == [(0,)]
    assert project.flask("migrate").exit_code == 0


def test_rows_that_a_failed_migration_wrote_are_not_written_again(project: Project) -> None:
    rows = 'op.bulk_insert(sa.table("thing", sa.column("name")), [{"name": "x"}, {"name": "y"}])\n'
    write(project, 2, rows + 'op.create_unique_constraint("uq_thing_name", "thing", ["name"])')
    assert project.flask("migrate").exit_code == 1
    project.sql("DELETE FROM thing WHERE id = 1")
    done = project.flask("migrate")
    assert done.exit_code == 0, done.stderr
    assert project.sql("SELECT name FROM thing ORDER BY id") == [("same",), ("x",), ("y",)]


def test_what_took_effect_of_a_migration_counts_for_old_code(project: Project) -> None:
    write(project, 2, 'op.drop_column("thing", "name")\nop.drop_table("nothing")')
    done = project.flask("migrate")
    assert "the version that runs may be harmed: drop column thing.name" in done.stderr
    reaches = project.flask("migrations", "reaches", "0001")
    assert reaches.exit_code == 1
    assert "drop column thing.name" in reaches.stdout


def test_the_rest_of_a_failed_migration_can_be_rewritten_but_not_its_beginning(project: Project) -> None:
    write(project, 2, FAILING)
    assert project.flask("migrate").exit_code == 1
    write(project, 2, FAILING.replace('sa.Column("a"', 'sa.Column("z"'))
    refused = project.flask("migrate")
    assert refused.exit_code == 1
    assert "statement 1 of 0002 took effect as" in refused.stderr
    assert project.columns("thing") == ["id", "name", "a"]
    write(project, 2, FAILING.replace("create_unique_constraint", "create_index"))
    assert project.flask("migrate").exit_code == 0
    assert project.columns("thing") == ["id", "name", "a", "b"]


def test_the_way_back_of_the_report_undoes_what_took_effect(project: Project) -> None:
    before = project.sql("SHOW CREATE TABLE thing")
    write(project, 2, FAILING.replace("sa.String(30)", "sa.String(25)"))
    report = project.flask("migrate").stderr.partition("the way back")[2]
    statements = re.findall(r"^ +((?:ALTER|DELETE) .*;)$", report, re.MULTILINE)
    assert len(statements) == 3
    for statement in statements:
        project.sql(statement)
    assert project.sql("SHOW CREATE TABLE thing") == before
    assert json.loads(project.flask("migrations", "check", "--json").stdout)["halfway"] == {}


def test_a_migration_that_was_killed_goes_on_where_it_was(project: Project) -> None:
    body = 'op.create_table("other", sa.Column("id", sa.Integer(), primary_key=True))\n' + ADDING
    write(project, 2, body)
    with project.start("migrate") as process, project.holding("SELECT * FROM thing"):
        wait_until(lambda: waits_for_a_table(project))
        process.kill()
    assert project.sql("SELECT position, done FROM schema_statement ORDER BY 1") == [(1, 1), (2, 0)]
    done = project.flask("migrate")
    assert done.exit_code == 0, done.stderr
    assert project.columns("thing") == ["id", "name", "a"]


def test_a_statement_that_took_effect_just_before_the_kill_is_recognized(project: Project) -> None:
    write(project, 2, ADDING)
    project.sql("ALTER TABLE thing ADD COLUMN a INTEGER")
    project.sql(
        "INSERT INTO schema_statement VALUES ('0002', 1, 'ALTER TABLE thing ADD COLUMN a INTEGER', 0)"
    )
    done = project.flask("migrate")
    assert done.exit_code == 0, done.stderr


def test_a_migration_steps_aside_while_somebody_holds_the_table(project: Project) -> None:
    write(project, 2, ADDING)
    with project.start("migrate") as process:
        with project.holding("SELECT * FROM thing"):
            wait_until(lambda: waits_for_a_table(project))
            wait_until(lambda: not waits_for_a_table(project), seconds=20)
            assert process.poll() is None
        code, said = end(process)
    assert code == 0, said
    assert project.columns("thing") == ["id", "name", "a"]


def test_a_schema_change_may_take_as_long_as_it_needs(project: Project) -> None:
    engine = connect(project.app.extensions["settings"], owner=True)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT @@max_statement_time")) == 0
    engine.dispose()


def test_a_table_that_is_held_too_long_is_told_by_name(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.schema.guard.ATTEMPTS", 1)
    write(project, 2, ADDING)
    project.sql("BEGIN")
    project.sql("SELECT * FROM thing")
    done = project.flask("migrate")
    project.sql("COMMIT")
    assert done.exit_code == 1
    assert "1. ALTER TABLE thing ADD COLUMN a" in done.stderr
    assert "SHOW FULL PROCESSLIST" in done.stderr
    assert "it begins anew" in done.stderr
    assert project.flask("migrate").exit_code == 0


def test_a_second_migration_gives_up_when_the_first_keeps_the_lock(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.schema.upgrade.LOCK_WAIT_SECONDS", 0)
    write(project, 2, ADDING)
    # The server frees the lock of the migration before as soon as it has noticed that its client went.
    assert project.sql("SELECT GET_LOCK('demijohn.migrate', 30)") == [(1,)]
    done = project.flask("migrate")
    project.sql("SELECT RELEASE_LOCK('demijohn.migrate')")
    assert done.exit_code == 1
    assert "another migration has held the lock for 0 s; nothing was changed" in done.stderr
    assert project.columns("thing") == ["id", "name"]


def test_a_change_that_would_copy_the_table_fails_unless_it_is_declared(project: Project) -> None:
    body = 'op.alter_column("thing", "name", existing_type=sa.String(20), type_=sa.Text())'
    write(project, 2, body)
    done = project.flask("migrate")
    assert done.exit_code == 1
    assert "MariaDB would have to copy or lock the table" in done.stderr
    write(project, 2, body, 'locks = {"thing": "two rows"}')
    assert project.flask("migrate").exit_code == 0


def test_the_check_lists_what_is_pending_and_refuses_what_is_unsafe(project: Project) -> None:
    write(project, 2, ADDING)
    write(project, 3, 'op.drop_column("thing", "name")')
    done = project.flask("migrations", "check")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[:2] == ["0002  Number 2.", "0003  Number 3."]
    assert lines[2].endswith("0003.py:14: drop column thing.name")
    told = json.loads(project.flask("migrations", "check", "--json").stdout)
    assert (told["current"], told["running"], told["target"], told["safe"]) == ("0001", "0001", "0003", False)
    assert [(one["revision"], len(one["findings"])) for one in told["pending"]] == [("0002", 0), ("0003", 1)]


def test_the_check_asks_about_the_code_that_runs_rather_than_about_the_schema(project: Project) -> None:
    write(project, 2, "")
    assert project.flask("migrate").exit_code == 0
    write(project, 3, 'op.drop_column("thing", "name")', 'contract = {"thing.name": ("0002", "unused")}')
    assert project.flask("migrations", "check").exit_code == 0
    assert project.flask("migrations", "check", "--running", "0001").exit_code == 1
    unknown = project.flask("migrations", "check", "--running", "0009")
    assert unknown.exit_code == 2
    assert "0009 is no revision" in unknown.stderr


def test_old_code_runs_on_a_newer_schema_that_suits_it_and_on_no_other(project: Project) -> None:
    write(project, 2, ADDING)
    write(project, 3, 'op.drop_column("thing", "name")')
    assert project.flask("migrate").exit_code == 0
    reaches = {code: project.flask("migrations", "reaches", code) for code in ("0001", "0003")}
    assert [done.exit_code for done in reaches.values()] == [1, 0]
    assert "drop column thing.name" in reaches["0001"].stdout
    (project.versions / "0003.py").unlink()
    too_old = project.flask("migrate")
    assert too_old.exit_code == 1
    assert project.ready() == 503
    assert "the schema is at revision 0003, which this code (0002) does not know" in too_old.stderr
    assert project.flask("migrations", "check").exit_code == 1
    # The code of revision 0001 on a schema at 0002.
    project.sql("UPDATE alembic_version SET version_num = '0002'")
    (project.versions / "0002.py").unlink()
    suited = project.flask("migrate")
    assert suited.exit_code == 0
    assert project.ready() == 200
    assert "newer than this code's 0001, and suits it" in suited.stdout
    assert project.flask("migrations", "check").exit_code == 0
