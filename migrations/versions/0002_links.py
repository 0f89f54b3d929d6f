"""Links and their clicks: the sample."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def ascii_text(length: int) -> mysql.VARCHAR:
    return mysql.VARCHAR(length, charset="ascii", collation="ascii_bin")


def count(name: str) -> sa.Column[int]:
    return sa.Column(name, mysql.INTEGER(unsigned=True), nullable=False)


def upgrade() -> None:
    op.create_table(
        "link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", ascii_text(64), nullable=False),
        sa.Column("target", ascii_text(2048), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime()),
        sa.Column("retired_at", sa.DateTime()),
        sa.Column("token_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_link"),
        sa.UniqueConstraint("slug", name="uq_link_slug"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name="fk_link_token_id"),
    )
    op.create_table(
        "click_hour",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(), nullable=False),
        count("humans"),
        count("bots"),
        sa.PrimaryKeyConstraint("link_id", "hour", name="pk_click_hour"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_click_hour_link_id"),
    )
    op.create_table(
        "referrer_day",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("host", ascii_text(100), nullable=False),
        count("clicks"),
        sa.PrimaryKeyConstraint("link_id", "day", "host", name="pk_referrer_day"),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name="fk_referrer_day_link_id"),
    )


def downgrade() -> None:
    for table in ("referrer_day", "click_hour", "link"):
        op.drop_table(table)
