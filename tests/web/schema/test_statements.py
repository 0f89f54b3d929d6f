"""How SQL is read, what is added to it, and what undoes it."""

import pytest

from web.schema.changes import (
    AddColumn,
    AddKey,
    AllowLock,
    Change,
    ChangeColumn,
    ChangeRows,
    CreateTable,
    DropColumn,
    DropKey,
    DropTable,
    RenameColumn,
    RenameTable,
    SetDefault,
    Unjudged,
)
from web.schema.clause import add_clause
from web.schema.lexer import Reader, cut
from web.schema.model import Schema
from web.schema.statements import read_statement
from web.schema.types import narrowing, read_type
from web.schema.undo import undo

READ: dict[str, list[Change]] = {
    "alter table `a b`.`t` drop column `c`": [DropColumn("t", "c")],
    "ALTER TABLE t DROP c, DROP IF EXISTS d;": [DropColumn("t", "c"), DropColumn("t", "d")],
    "ALTER TABLE t /* really */ DROP c -- yes": [DropColumn("t", "c")],
    "ALTER TABLE t RENAME COLUMN a TO b": [RenameColumn("t", "a", "b")],
    "ALTER TABLE t RENAME TO u": [RenameTable("t", "u")],
    "RENAME TABLE a TO b, c TO d": [RenameTable("a", "b"), RenameTable("c", "d")],
    "ALTER TABLE t ALTER a SET DEFAULT 5": [SetDefault("t", "a", "5")],
    "ALTER TABLE t ALTER COLUMN a DROP DEFAULT": [SetDefault("t", "a", None)],
    "ALTER TABLE t ADD UNIQUE KEY u (a(10), b DESC)": [AddKey("t", "unique", "u", ("a", "b"))],
    "ALTER TABLE t ADD INDEX (a)": [AddKey("t", "index", "a", ("a",))],
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL": [
        AddKey("t", "foreign", "f", ("a",))
    ],
    "ALTER TABLE t ADD CONSTRAINT CHECK (a > 1)": [AddKey("t", "check", "", ())],
    "ALTER TABLE t DROP FOREIGN KEY f, DROP PRIMARY KEY": [
        DropKey("t", "foreign", "f"),
        DropKey("t", "primary", "PRIMARY"),
    ],
    "CREATE UNIQUE INDEX u ON t (a) LOCK=SHARED": [
        AddKey("t", "unique", "u", ("a",)),
        AllowLock("t", "LOCK=SHARED"),
    ],
    "DROP INDEX i ON t": [DropKey("t", "index", "i")],
    "DROP TABLE IF EXISTS a, b": [DropTable("a"), DropTable("b")],
    "CREATE OR REPLACE TABLE a LIKE b": [DropTable("a"), CreateTable("a")],
    "INSERT INTO a SELECT * FROM b JOIN c": [
        ChangeRows("b", "INSERT ... SELECT"),
        ChangeRows("c", "INSERT ... SELECT"),
    ],
    "INSERT INTO a VALUES ('DROP TABLE b; -- ''')": [],
    "SELECT 1": [],
}


@pytest.mark.parametrize("sql", READ)
def test_a_statement_is_read_as_the_changes_that_it_makes(sql: str) -> None:
    assert read_statement(sql) == READ[sql]


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "ALTER TABLE t DROP PARTITION p",
        "ALTER TABLE t ADD SYSTEM VERSIONING",
        "ALTER TABLE t RENAME u v",
        "ALTER TABLE t ADD a UNHEARD_OF",
        "ALTER TABLE t ADD (a INT",
        "ALTER DATABASE d CHARACTER SET latin1",
        "DROP VIEW v",
        "SET GLOBAL read_only = 1",
        "SET STATEMENT max_statement_time = 1 FOR DROP TABLE t",
        "BEGIN NOT ATOMIC DROP TABLE t; END",
        "CALL p()",
        "SELECT 'unfinished",
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(sql: str) -> None:
    (change,) = read_statement(sql)
    assert isinstance(change, Unjudged)


def test_the_definition_of_a_column_is_read_whole() -> None:
    sql = "ALTER TABLE t ADD `n` int(10) unsigned NOT NULL DEFAULT (1 + 2) COMMENT 'x, y' AFTER id"
    (change,) = read_statement(sql)
    assert isinstance(change, AddColumn)
    column = change.column
    assert (column.name, column.type.unsigned, column.nullable, column.default) == (
        "n",
        True,
        False,
        "(1 + 2)",
    )
    assert not column.needs_value
    assert column.text == "int(10) unsigned NOT NULL DEFAULT(1 + 2) COMMENT 'x, y'"


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        ("VARCHAR(20)", "VARCHAR(19)", "shorter"),
        ("VARCHAR(20)", "TINYTEXT", None),
        ("VARCHAR(64)", "TINYTEXT", "shorter"),
        ("LONGTEXT", "TEXT", "shorter"),
        ("INT", "INT UNSIGNED", "another sign"),
        ("INT UNSIGNED", "INT", "another sign"),
        ("INT UNSIGNED", "BIGINT", None),
        ("INT", "MEDIUMINT", "smaller"),
        ("INT(11)", "INTEGER", None),
        ("DECIMAL(10,2)", "DECIMAL(11,3)", None),
        ("DECIMAL(10,2)", "DECIMAL(10,3)", "fewer digits"),
        ("DOUBLE", "FLOAT", "less exact"),
        ("DATETIME(6)", "DATETIME", "less exact"),
        ("DATETIME", "TIMESTAMP", "another kind of value"),
        ("ENUM('a','b')", "ENUM('a','c','d')", "fewer values"),
        ("CHAR(2) CHARACTER SET ascii", "CHAR(2)", "another character set or collation"),
        ("VARCHAR(2)", "INT", "another kind of value"),
    ],
)
def test_a_type_that_holds_less_than_the_one_before_is_narrower(old: str, new: str, how: str | None) -> None:
    before, after = (read_type(Reader(cut(text))) for text in (old, new))
    assert narrowing(before, after) == how


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("ALTER TABLE t ADD a INT", "ALTER TABLE t ALGORITHM=INPLACE, LOCK=NONE, ADD a INT"),
        ("ALTER TABLE `t`\n ADD a INT", "ALTER TABLE `t` ALGORITHM=INPLACE, LOCK=NONE,\n ADD a INT"),
        ("alter table t wait 5 add a int", "alter table t wait 5 ALGORITHM=INPLACE, LOCK=NONE, add a int"),
        ("CREATE INDEX i ON t (a);", "CREATE INDEX i ON t (a) ALGORITHM=INPLACE LOCK=NONE"),
    ],
)
def test_a_schema_change_is_sent_so_that_it_cannot_lock(sql: str, sent: str) -> None:
    assert add_clause(sql, set()) == sent


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD a INT, ALGORITHM=COPY",
        "ALTER TABLE t ADD a INT, LOCK SHARED",
        "ALTER TABLE t RENAME TO u",
        "ALTER TABLE small ADD a INT",
        "CREATE INDEX i ON small (a)",
        "CREATE TABLE t (a INT)",
        "UPDATE t SET a = 'ALTER TABLE t ADD a INT'",
        "DROP INDEX i ON t",
    ],
)
def test_a_statement_that_says_how_or_takes_no_clause_stays_as_it_is(sql: str) -> None:
    assert add_clause(sql, {"small"}) == sql


def test_what_took_effect_is_undone_from_the_newest_on() -> None:
    before = Schema()
    before.apply(read_statement("CREATE TABLE t (id INT, a VARCHAR(20) NOT NULL DEFAULT 'x')"), "0001")
    took_effect = [
        "ALTER TABLE t CHANGE a b VARCHAR(30)",
        "ALTER TABLE t ADD c INT, ADD UNIQUE KEY u (c)",
        "CREATE TABLE `new` (id INT)",
        "UPDATE t SET c = 1",
        "ALTER TABLE t DROP id",
    ]
    assert undo(took_effect, before, "0002") == [
        "-- cannot be undone by a statement: ALTER TABLE t DROP id",
        "-- cannot be undone by a statement: UPDATE t SET c = 1",
        "DROP TABLE `new`;",
        "ALTER TABLE `t` DROP INDEX `u`;",
        "ALTER TABLE `t` DROP COLUMN `c`;",
        "ALTER TABLE `t` CHANGE `b` `a` VARCHAR(20) NOT NULL DEFAULT 'x';",
    ]


def test_a_change_of_definition_keeps_the_name_that_it_does_not_change() -> None:
    (change,) = read_statement("ALTER TABLE t MODIFY COLUMN a SET('x','y') NOT NULL FIRST")
    assert isinstance(change, ChangeColumn)
    assert (change.name, change.column.name, change.column.type.name) == ("a", "a", "SET")
