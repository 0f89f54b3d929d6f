"""Links as CSV, in the columns that Shlink made common, so that lists can move between shorteners.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, and loses it when it
comes back.
"""

import csv
import io
from collections.abc import Collection, Iterator

from pydantic import ValidationError
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from web.db import utc_now
from web.errors import InvalidInputError
from web.inputs import invalid_input
from web.links.errors import InvalidFileError, LinkError
from web.links.models import Link
from web.links.registry import insert, make_link
from web.links.shapes import NewLink
from web.links.slugs import is_slug

COLUMNS = ("Long URL", "Tags", "Domain", "Short code", "Title", "Valid until")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str]


def export_links(session: Session) -> str:
    """Return every link that is in use, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    ends_later = or_(Link.expires_at.is_(None), Link.expires_at > utc_now())
    in_use = select(Link).where(Link.retired_at.is_(None), ends_later).order_by(Link.id)
    for link in session.scalars(in_use):
        until = link.expires_at.isoformat() if link.expires_at else ""
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
    taken = Link.slug.in_([row["shortcode"] for _, row in rows if is_slug(row["shortcode"])])
    present = dict(session.execute(select(Link.slug, Link.target).where(taken)).tuples().all())
    links: dict[str, Link] = {}
    faults: list[str] = []
    skipped = 0
    for line, row in rows:
        try:
            link = make_link(read_link(row), own_hosts, token_id)
        except (LinkError, InvalidInputError) as error:
            faults.append(f"line {line}: {error}")
            continue
        if present.get(link.slug) == link.target:
            skipped += 1
        elif link.slug in present or link.slug in links:
            faults.append(f"line {line}: the slug {link.slug!r} is taken")
        else:
            links[link.slug] = link
    if faults:
        raise InvalidFileError("; ".join(faults))
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
                yield reader.line_num, {"shortcode": ""} | dict(zip(names, map(rearm, cells), strict=False))
    except csv.Error as error:
        raise InvalidFileError(f"line {reader.line_num}: {error}") from error


def read_link(row: Row) -> NewLink:
    """Given a row, return what to make; raises InvalidInputError."""
    fields = {"target": "longurl", "slug": "shortcode", "note": "title", "expires_at": "validuntil"}
    try:
        return NewLink.model_validate({name: row[key] for name, key in fields.items() if row.get(key)})
    except ValidationError as error:
        raise invalid_input(error) from error


def disarm(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def rearm(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
