"""The findings, each with its reason and the way on."""

from web.schema.findings import Finding


def contract_for(subject: str) -> str:
    """How a migration says that no code needs `subject` as it was."""
    return f"contract = {{{subject!r}: ('<revision since which all code suits this>', '<reason>')}}"


def locks_for(table: str) -> str:
    """How a migration says that it may lock `table`."""
    return f"locks = {{{table!r}: '<reason>'}}"


def in_a_contract(subject: str) -> str:
    return f"then, in a later release, say so where it stands: {contract_for(subject)}"


def unjudged(what: str) -> Finding:
    return Finding(
        "unjudged",
        what,
        f"SQL that cannot be judged: {what} ...",
        "nothing here can tell what it does to the running version",
        "use Alembic's operations or plain statements; or, if every version since a revision runs on what it "
        f"leaves, say so where it stands: {contract_for(what)}",
    )


def taken_away(subject: str, operation: str) -> Finding:
    return Finding(
        "breaks",
        subject,
        operation,
        "the running version still reads and writes it",
        f"first release code that does not use it; {in_a_contract(subject)}",
    )


def renamed(subject: str, operation: str) -> Finding:
    return Finding(
        "breaks",
        subject,
        operation,
        "the running version knows the old name only",
        "add the new one beside it, write both and copy what is there, then read the new one, and "
        f"drop the old one last; {in_a_contract(subject)}",
    )


def changed_type(subject: str, operation: str, how: str) -> Finding:
    return Finding(
        "breaks",
        subject,
        operation,
        f"it becomes {how}: the running version may read or write what does not fit",
        "add a column of the new type beside it, write both and copy what is there; then read the new one, "
        f"and drop the old one last; {in_a_contract(subject)}",
    )


def constrained(subject: str, operation: str) -> Finding:
    return Finding(
        "breaks",
        subject,
        operation,
        "the running version may write rows that it refuses, and rows that are there may break it",
        f"first release code that keeps the rule by itself, and mend the rows; {in_a_contract(subject)}",
    )


def copied(table: str, operation: str) -> Finding:
    return Finding(
        "locks",
        table,
        operation,
        f"MariaDB copies {table} for it or keeps others from writing; with ALGORITHM=INPLACE, LOCK=NONE, "
        "which `flask migrate` adds where none is named, it fails instead",
        "ask for what can be done with ALGORITHM=INSTANT, NOCOPY or INPLACE and LOCK=NONE: add what is new "
        f"beside the old and fill it in batches; or, where {table} is small, say so: {locks_for(table)}",
    )


def rows_locked(table: str, verb: str) -> Finding:
    return Finding(
        "locks",
        table,
        f"{verb}, rows of {table}",
        "every row that it changes or reads stays locked until it ends; the running version waits for them",
        "change rows in small batches from a command or a background job; or, where there are few, say so: "
        f"{locks_for(table)}",
    )
