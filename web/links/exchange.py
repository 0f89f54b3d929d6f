"""Links as CSV, in the columns that Shlink made common, so that lists can move between shorteners.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, and loses it when it
comes back.
"""

import csv
import io
from collections.abc import Collection, Iterator
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from web.links.errors import InvalidFileError, LinkError
from web.links.models import NOTE_MAX, Link
from web.links.registry import Draft, insert, make_link
from web.links.slugs import is_slug

COLUMNS = ("Long URL", "Tags", "Domain", "Short code", "Title", "Valid until")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
FAULTS_SHOWN = 20

Row = dict[str, str]


def export_links(session: Session) -> str:
    """Return every link that is not retired, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for link in session.scalars(select(Link).where(Link.retired_at.is_(None)).order_by(Link.id)):
        until = link.expires_at.replace(tzinfo=UTC).isoformat() if link.expires_at else ""
        writer.writerow([disarm(c) for c in (link.target, "", "", link.slug, link.note, until)])
    return out.getvalue()


def import_links(
    session: Session, content: str, own_hosts: Collection[str], token_id: int | None = None
) -> tuple[int, int]:
    """Store all links of a CSV file, or none; return how many are new and how many were there.

    A row that is there already, with the same target, is skipped, so a file may be sent twice.
    Raises InvalidFileError, which names each faulty line, or SlugTakenError when another writer
    takes a slug at the same moment.
    """
    rows = list(read_rows(content))
    present = targets_of(session, {row["shortcode"] for _, row in rows})
    links: dict[str, Link] = {}
    faults: list[str] = []
    skipped = 0
    for line, row in rows:
        try:
            link = make_link(read_draft(row), own_hosts, token_id)
        except (LinkError, ValueError) as error:
            faults.append(f"line {line}: {error}")
            continue
        if present.get(link.slug) == link.target:
            skipped += 1
        elif link.slug in present or link.slug in links:
            faults.append(f"line {line}: the slug {link.slug!r} is taken")
        else:
            links[link.slug] = link
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        raise InvalidFileError("; ".join(faults[:FAULTS_SHOWN]) + more)
    insert(session, *links.values())
    return len(links), skipped


def read_rows(content: str) -> Iterator[tuple[int, Row]]:
    """Yield each row with its line number; column names count without case and spaces.

    Raises InvalidFileError when it is no CSV or has no column for the target.
    """
    reader = csv.reader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    try:
        names = ["".join(name.split()).lower() for name in next(reader, [])]
        if "longurl" not in names:
            raise InvalidFileError(f"the first line must name the columns: {','.join(COLUMNS)}")
        for cells in reader:
            if any(cells):
                row = dict(zip(names, map(rearm, cells), strict=False))
                yield reader.line_num, {"shortcode": ""} | row
    except csv.Error as error:
        raise InvalidFileError(f"line {reader.line_num}: {error}") from error


def read_draft(row: Row) -> Draft:
    """Given a row, return what to make; raises ValueError for a bad date or a note too long."""
    note = row.get("title", "").strip()
    if len(note) > NOTE_MAX:
        raise ValueError(f"the title has more than {NOTE_MAX} characters")
    until = row.get("validuntil", "").strip()
    expires_at = datetime.fromisoformat(until) if until else None
    if expires_at and expires_at.tzinfo is None:
        expires_at = expires_at.replace(tzinfo=UTC)
    return Draft(row["longurl"], row["shortcode"].strip() or None, note, expires_at)


def targets_of(session: Session, slugs: Collection[str]) -> dict[str, str]:
    """Return the targets of those slugs that are taken."""
    asked = [slug for slug in slugs if is_slug(slug)]
    rows = session.execute(select(Link.slug, Link.target).where(Link.slug.in_(asked)))
    return dict(rows.tuples())


def disarm(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def rearm(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
