"""Which operations are unsafe while the version before still runs, and which are not."""

from pathlib import Path

import pytest

from tests.web.schema.histories import make_history
from web.schema.check import judge, unsuited
from web.schema.findings import Finding
from web.schema.history import HistoryError, read_history

SAFE = {
    "a new table": 'op.create_table("other", sa.Column("id", sa.Integer(), primary_key=True))',
    "a column that may be NULL": 'op.add_column("thing", sa.Column("color", sa.String(9)))',
    "a column with a default": (
        'op.add_column("thing", sa.Column("n", sa.Integer(), nullable=False, server_default="0"))'
    ),
    "a column with a check of its own": (
        'op.execute("ALTER TABLE thing ADD n INT CHECK (n > 0), ALGORITHM=NOCOPY, LOCK=NONE")'
    ),
    "a column that holds the time": (
        'op.add_column("thing", sa.Column("t", sa.DateTime(), nullable=False, server_default=sa.func.now()))'
    ),
    "an index": 'op.create_index("ix_thing_at", "thing", ["at"])',
    "a unique key on a new column that may be NULL": """
        op.add_column("thing", sa.Column("color", sa.String(9)))
        op.create_unique_constraint("uq_thing_color", "thing", ["color"])
    """,
    "a column that may become NULL": (
        'op.alter_column("thing", "name", existing_type=sa.String(64), nullable=True)'
    ),
    "a longer text": 'op.alter_column("thing", "note", existing_type=sa.String(20), type_=sa.String(60))',
    "one more value at the end": """
        op.alter_column("thing", "state", type_=mysql.ENUM("new", "old", "gone"), nullable=False,
            existing_server_default="new")
    """,
    "a default where there was none": (
        'op.alter_column("thing", "note", existing_type=sa.String(20), server_default="x")'
    ),
    "a comment": 'op.alter_column("thing", "note", existing_type=sa.String(20), comment="what it is")',
    "whatever is done to a table of the same set": """
        op.create_table("other", sa.Column("id", sa.Integer()), sa.Column("a", sa.Integer()))
        op.alter_column("other", "a", existing_type=sa.Integer(), nullable=False)
        op.create_foreign_key("fk", "other", "parent", ["a"], ["id"])
        op.rename_table("other", "another")
        op.drop_table("another")
    """,
    "whatever is done to a column of the same set": """
        op.add_column("thing", sa.Column("color", sa.String(60)))
        op.drop_column("thing", "color")
    """,
    "new rows": 'op.bulk_insert(sa.table("parent", sa.column("id")), [{"id": 1}, {"id": 2}])',
    "raw SQL that adds": 'op.execute("ALTER TABLE thing ADD COLUMN IF NOT EXISTS c INT, ALGORITHM=INSTANT")',
    "new rows with values of their own": """
        op.get_bind().execute(sa.text("INSERT INTO parent (id) VALUES (:id)"), {"id": 1})
    """,
    "SQL for the session": 'op.execute("SET SESSION foreign_key_checks = 0")',
}

# How a finding names the operation, and what leads to it.
BREAKS = {
    "drop table thing": 'op.drop_table("thing")',
    "rename table thing to things": 'op.rename_table("thing", "things")',
    "drop column thing.note": 'op.drop_column("thing", "note")',
    "rename column thing.note to remark": (
        'op.alter_column("thing", "note", existing_type=sa.String(20), new_column_name="remark")'
    ),
    "add column thing.n NOT NULL without a default": (
        'op.add_column("thing", sa.Column("n", sa.Integer(), nullable=False))'
    ),
    "make column thing.note NOT NULL": (
        'op.alter_column("thing", "note", existing_type=sa.String(20), nullable=False)'
    ),
    "change column thing.name from VARCHAR(64) NOT NULL to VARCHAR(63) NOT NULL": (
        'op.alter_column("thing", "name", type_=sa.String(63), nullable=False)'
    ),
    "change column thing.size from INTEGER UNSIGNED NOT NULL DEFAULT '0' to INTEGER NOT NULL DEFAULT '0'": """
        op.alter_column("thing", "size", type_=sa.Integer(), nullable=False, existing_server_default="0")
    """,
    "drop the default of thing.size, 0": (
        'op.alter_column("thing", "size", existing_type=mysql.INTEGER(unsigned=True), server_default=None)'
    ),
    "change the default of thing.size, 0": (
        'op.alter_column("thing", "size", existing_type=mysql.INTEGER(unsigned=True), server_default="1")'
    ),
    # Alembic sends the whole definition again, and leaves out what it was not told.
    "drop the default of thing.state, new": (
        'op.alter_column("thing", "state", existing_type=mysql.ENUM("new", "old"), nullable=True)'
    ),
    "change column thing.state from ENUM('new', 'old') NOT NULL DEFAULT 'new' to ENUM('new') NOT NULL": (
        'op.alter_column("thing", "state", type_=mysql.ENUM("new"), nullable=False)'
    ),
    "change column thing.code from CHAR(8) CHARACTER SET ascii COLLATE ascii_bin to CHAR(8) NULL": (
        'op.alter_column("thing", "code", type_=mysql.CHAR(8))'
    ),
    "add a unique constraint to thing": 'op.create_unique_constraint("uq", "thing", ["note"])',
    "add a foreign key to thing": 'op.create_foreign_key("fk", "thing", "parent", ["parent_id"], ["id"])',
    "add a check constraint to thing": 'op.create_check_constraint("ck", "thing", "size < 9")',
    "drop key uq_thing_name of thing": 'op.drop_constraint("uq_thing_name", "thing", type_="unique")',
    "drop key ix_thing_note of thing": 'op.drop_index("ix_thing_note", "thing")',
    "add a check to column thing.price": 'op.execute("ALTER TABLE thing MODIFY price INT CHECK (price > 0)")',
    "empty table thing": 'op.execute("TRUNCATE thing")',
    "drop table parent": 'op.execute("DROP TABLE IF EXISTS other, parent")',
    "rename table thing to old": 'op.execute("RENAME TABLE `thing` TO old")',
    "drop column thing.price": """
        with op.batch_alter_table("thing") as batch:
            batch.drop_column("price")
    """,
    "drop column thing.at": 'op.get_bind().execute(sa.text("alter table thing drop at"))',
    "convert table thing": 'op.execute("ALTER TABLE thing CONVERT TO CHARACTER SET latin1")',
}

LOCKS = {
    "change the definition of thing.price": (
        'op.alter_column("thing", "price", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 2))'
    ),
    "add a foreign key to thing": """
        op.add_column("thing", sa.Column("other_id", sa.Integer(), sa.ForeignKey("parent.id", name="fk")))
    """,
    "add a fulltext key to thing": 'op.create_index("ft", "thing", ["note"], mysql_prefix="FULLTEXT")',
    "add column thing.u, whose value is computed for every row": (
        'op.add_column("thing", sa.Column("u", sa.String(36), server_default=sa.text("(uuid())")))'
    ),
    "ALGORITHM=COPY": 'op.execute("ALTER TABLE thing ADD x INT, ALGORITHM=COPY")',
    "LOCK=SHARED": 'op.execute("CREATE INDEX i ON thing (at) LOCK = SHARED")',
    "UPDATE, rows of thing": "op.execute(\"UPDATE thing SET note = ''\")",
    "DELETE, rows of thing": 'op.execute(sa.table("thing").delete())',
    "INSERT ... SELECT, rows of thing": 'op.execute("INSERT INTO parent SELECT id FROM thing")',
}

UNJUDGED = {
    "a trigger": 'op.execute("CREATE TRIGGER t BEFORE INSERT ON thing FOR EACH ROW SET NEW.size = 1")',
    "a hidden statement": 'op.execute("/*!50000 DROP TABLE thing */")',
    "two statements": 'op.execute("ALTER TABLE thing ADD a INT; DROP TABLE parent")',
    "an option that may rebuild": 'op.execute("ALTER TABLE thing ROW_FORMAT=COMPRESSED")',
    "a prepared statement": "op.execute(\"EXECUTE IMMEDIATE 'DROP TABLE thing'\")",
    "what depends on rows": """
        if op.get_bind().execute(sa.text("SELECT 1 FROM thing")).first():
            op.drop_table("thing")
    """,
}


def findings(folder: Path, *bodies: str, declared: str = "", running: str = "0001") -> list[Finding]:
    """What the migrations behind the first do to code of revision `running`."""
    history = make_history(folder, *bodies, declared=declared)
    judged = judge(history, running, history.between(running, history.head))
    return [finding for one in judged for finding in one.unsafe]


@pytest.mark.parametrize("name", SAFE)
def test_what_only_adds_is_safe(name: str, tmp_path: Path) -> None:
    assert findings(tmp_path, SAFE[name]) == []


@pytest.mark.parametrize("operation", BREAKS)
def test_what_the_running_version_cannot_bear_is_found(operation: str, tmp_path: Path) -> None:
    found = [finding for finding in findings(tmp_path, BREAKS[operation]) if finding.operation == operation]
    assert "breaks" in [finding.kind for finding in found]


@pytest.mark.parametrize("operation", LOCKS)
def test_what_locks_a_table_for_long_is_found(operation: str, tmp_path: Path) -> None:
    found = [finding for finding in findings(tmp_path, LOCKS[operation]) if finding.operation == operation]
    assert [finding.kind for finding in found] == ["locks"]


@pytest.mark.parametrize("name", UNJUDGED)
def test_what_cannot_be_judged_is_not_passed(name: str, tmp_path: Path) -> None:
    assert [finding.kind for finding in findings(tmp_path, UNJUDGED[name])] == ["unjudged"]


def test_a_finding_names_the_file_the_line_the_reason_and_the_way_on(tmp_path: Path) -> None:
    (finding,) = findings(
        tmp_path, 'op.add_column("thing", sa.Column("n", sa.Integer()))\nop.drop_table("thing")'
    )
    text = (tmp_path / "versions/0002.py").read_text().splitlines()
    assert finding.line is not None
    assert "drop_table" in text[finding.line - 1]
    first, why, instead = str(finding).splitlines()
    assert first == f"{tmp_path}/versions/0002.py:{finding.line}: drop table thing"
    assert "still reads and writes it" in why
    assert "contract = {'thing': " in instead


def test_what_an_earlier_pending_migration_made_is_free(tmp_path: Path) -> None:
    made, dropped = 'op.add_column("thing", sa.Column("n", sa.Integer()))', 'op.drop_column("thing", "n")'
    assert findings(tmp_path, made, dropped) == []


def test_what_an_earlier_migration_made_that_is_applied_is_not(tmp_path: Path) -> None:
    made, dropped = 'op.add_column("thing", sa.Column("n", sa.Integer()))', 'op.drop_column("thing", "n")'
    assert [f.operation for f in findings(tmp_path, made, dropped, running="0002")] == ["drop column thing.n"]


def test_a_type_is_compared_with_what_all_migrations_made_of_it(tmp_path: Path) -> None:
    longer = 'op.alter_column("thing", "note", existing_type=sa.String(20), type_=sa.String(60))'
    shorter = 'op.alter_column("thing", "note", existing_type=sa.String(20), type_=sa.String(40))'
    whys = [finding.why for finding in findings(tmp_path, longer, shorter, running="0002")]
    assert any(why.startswith("it becomes shorter") for why in whys)


def test_nothing_is_unsafe_for_an_empty_database(tmp_path: Path) -> None:
    history = make_history(tmp_path, 'op.drop_column("thing", "note")')
    judged = judge(history, None, history.between(None, "0002"))
    assert [one.unsafe for one in judged] == [[], []]


CONTRACT = 'contract = {"thing.note": ("0002", "0002 stopped reading it")}'


def test_a_declared_contract_is_accepted_once_the_code_runs_that_stopped_using_it(tmp_path: Path) -> None:
    assert findings(tmp_path, "", 'op.drop_column("thing", "note")', declared=CONTRACT, running="0002") == []


def test_a_declared_contract_is_not_accepted_for_older_code(tmp_path: Path) -> None:
    (found,) = findings(tmp_path, "", 'op.drop_column("thing", "note")', declared=CONTRACT)
    assert "the code that runs is older" in found.why
    assert found.instead == "deploy a release of revision 0002 or later first, then this one"


def test_a_contract_covers_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    dropped = 'op.drop_column("thing", "note")\nop.drop_column("thing", "price")'
    found = findings(tmp_path, "", dropped, declared=CONTRACT, running="0002")
    assert [finding.subject for finding in found] == ["thing.price"]


@pytest.mark.parametrize(
    ("declared", "complaint"),
    [
        ('contract = {"thing.note": ("0003", "now")}', "names '0003', which is no migration before 0003"),
        ('contract = {"thing.note": ("9", "some time")}', "names '9'"),
        ('contract = {"thing.note": "0002"}', "is '0002'; write contract = "),
        ('contract = {"thing.note": ("0002", "")}', "is ('0002', ''); write contract = "),
        ('locks = {"thing": True}', "is True; write locks = "),
    ],
)
def test_a_declaration_that_says_nothing_is_refused(declared: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(HistoryError) as raised:
        make_history(tmp_path, "", 'op.drop_column("thing", "note")', declared=declared)
    assert complaint in str(raised.value)
    assert "0003.py" in str(raised.value)


def test_a_lock_is_accepted_where_its_table_is_named_with_a_reason(tmp_path: Path) -> None:
    declared = 'locks = {"thing": "ten rows"}'
    assert findings(tmp_path, LOCKS["UPDATE, rows of thing"], declared=declared) == []


def test_two_heads_are_refused(tmp_path: Path) -> None:
    make_history(tmp_path, "")
    text = (tmp_path / "versions/0002.py").read_text()
    (tmp_path / "versions/0003.py").write_text(text.replace('revision = "0002"', 'revision = "0003"', 1))
    read_history.cache_clear()
    with pytest.raises(HistoryError, match="several heads"):
        read_history(str(tmp_path))


def test_a_lock_does_not_keep_old_code_from_a_schema_that_has_it_behind_itself(tmp_path: Path) -> None:
    history = make_history(tmp_path, LOCKS["change the definition of thing.price"])
    assert unsuited(history, "0001", "0002") == []


def test_old_code_does_not_suit_a_schema_that_dropped_what_it_uses(tmp_path: Path) -> None:
    history = make_history(tmp_path, "", 'op.drop_column("thing", "note")', "", declared="")
    assert [f.operation for f in unsuited(history, "0002", "0004")] == ["drop column thing.note"]
    assert unsuited(history, "0003", "0004") == []
