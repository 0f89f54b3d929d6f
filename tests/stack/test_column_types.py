"""What is said of column types agrees with what MariaDB does."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

from tests.stack.own_migrations import Project
from tests.stack.private_stack import Stack
from web.schema.lexer import Reader, cut
from web.schema.types import ColumnType, copies, read_type

# Types that one may be changed for another of the same row.
ROWS = (
    (
        "VARCHAR(31)",
        "VARCHAR(32)",
        "VARCHAR(63)",
        "VARCHAR(64)",
        "VARCHAR(500)",
        "CHAR(31)",
        "TEXT",
        "LONGTEXT",
    ),
    (
        "VARCHAR(127) CHARACTER SET ascii",
        "VARCHAR(255) CHARACTER SET ascii",
        "VARCHAR(256) CHARACTER SET ascii",
    ),
    ("VARBINARY(20)", "VARBINARY(30)", "VARBINARY(200)", "VARBINARY(300)", "BINARY(20)", "BLOB"),
    (
        "TINYINT",
        "BOOL",
        "INT",
        "INT(5)",
        "INTEGER",
        "INT UNSIGNED",
        "BIGINT",
        "DECIMAL(10,2)",
        "DECIMAL(12,2)",
    ),
    ("FLOAT", "DOUBLE"),
    ("DATE", "DATETIME", "DATETIME(6)", "TIMESTAMP"),
    ("ENUM('a')", "ENUM('a','b')", "ENUM('b','a')", "ENUM('a','b','c')"),
    ("SET('a')", "SET('a','b')", "SET('a','b','c','d','e','f','g','h','i')"),
)


def parse(text: str) -> ColumnType:
    return read_type(Reader(cut(text)))


@pytest.fixture
def project(stack: Stack, tmp_path: Path) -> Iterator[Project]:
    project = Project(stack, tmp_path, "types")
    yield project
    project.sql("DROP DATABASE types")
    project.connection.close()


@pytest.mark.parametrize("types", ROWS, ids=lambda types: types[0])
def test_a_table_is_copied_for_a_type_exactly_where_we_say_so(
    types: tuple[str, ...], project: Project
) -> None:
    said, done = {}, {}
    for old, new in itertools.permutations(types, 2):
        project.sql(f"CREATE OR REPLACE TABLE thing (id INT PRIMARY KEY, c {old})")
        said[old, new] = copies(parse(old), parse(new))
        try:
            project.sql(f"ALTER TABLE thing ALGORITHM=INPLACE, LOCK=NONE, MODIFY c {new}")
            done[old, new] = False
        except pymysql.err.OperationalError as error:
            done[old, new] = "Cannot change column type" in str(error)
    assert said == done
