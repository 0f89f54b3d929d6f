"""Small histories of migrations, written for one test."""

from pathlib import Path
from textwrap import dedent, indent

from web.schema.history import History, read_history

HEAD = '''\
"""Number {number}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "{revision}"
down_revision = {before!r}
branch_labels = None
depends_on = None
{declared}

def upgrade() -> None:
{body}


def downgrade() -> None:
    pass
'''

# What every history begins with.
FIRST = """
    op.create_table(
        "parent",
        sa.Column("id", sa.Integer(), primary_key=True),
        mysql_engine="InnoDB",
    )
    op.create_table(
        "thing",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("note", sa.String(20)),
        sa.Column("state", mysql.ENUM("new", "old"), nullable=False, server_default="new"),
        sa.Column("size", mysql.INTEGER(unsigned=True), nullable=False, server_default="0"),
        sa.Column("code", mysql.CHAR(8, charset="ascii", collation="ascii_bin")),
        sa.Column("price", sa.Numeric(10, 2)),
        sa.Column("at", mysql.DATETIME(fsp=3)),
        sa.Column("parent_id", sa.Integer()),
        sa.UniqueConstraint("name", name="uq_thing_name"),
        sa.Index("ix_thing_note", "note"),
    )
"""


def write_migration(folder: Path, number: int, body: str, declared: str = "") -> None:
    """Write migration `number`, whose revision is that with zeros in front."""
    (folder / "versions").mkdir(exist_ok=True)
    text = HEAD.format(
        number=number,
        revision=f"{number:04}",
        before=f"{number - 1:04}" if number > 1 else None,
        declared=declared,
        body=indent(dedent(body).strip("\n") or "pass", "    "),
    )
    (folder / "versions" / f"{number:04}.py").write_text(text)


def make_history(folder: Path, *bodies: str, declared: str = "") -> History:
    """Write migrations behind the first; what is `declared` stands in the last one."""
    for number, body in enumerate((FIRST, *bodies), 1):
        write_migration(folder, number, body, declared if number == len(bodies) + 1 else "")
    return read_history(str(folder))
