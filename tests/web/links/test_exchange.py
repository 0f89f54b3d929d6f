import pytest

from web.errors import InvalidInputError
from web.links.errors import InvalidFileError
from web.links.exchange import disarm, read_link, read_rows, rearm


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_could_be_a_formula_is_disarmed_and_comes_back(cell: str) -> None:
    assert disarm(cell) == f"'{cell}"
    assert rearm(disarm(cell)) == cell


@pytest.mark.parametrize("cell", ["", "plain", "'quoted", "https://example.com/"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert disarm(cell) == cell
    assert rearm(cell) == cell


def test_column_names_count_without_case_and_spaces() -> None:
    rows = list(read_rows("LONG url,shortCode\nhttps://example.com/,abc\n"))
    assert rows == [(2, {"longurl": "https://example.com/", "shortcode": "abc"})]


def test_a_byte_order_mark_and_empty_lines_are_skipped() -> None:
    rows = list(read_rows("\ufeffLong URL\n\n,\nhttps://example.com/\n"))
    assert [row["longurl"] for _, row in rows] == ["https://example.com/"]


@pytest.mark.parametrize("content", ["", "a,b\n", '"', 'Long URL\n"unclosed'])
def test_what_is_no_list_of_links_is_refused(content: str) -> None:
    with pytest.raises(InvalidFileError):
        list(read_rows(content))


def test_a_row_becomes_a_link_to_make() -> None:
    new = read_link(
        {"longurl": "x", "shortcode": "", "validuntil": "2030-01-02T03:04:05+01:00", "tags": "a|b"}
    )
    assert new.expires_at is not None
    assert new.expires_at.isoformat() == "2030-01-02T02:04:05+00:00"
    assert new.slug is None


@pytest.mark.parametrize(
    "fault", [{"validuntil": "soon"}, {"validuntil": "2030-01-02"}, {"title": "x" * 201}]
)
def test_a_row_that_cannot_be_read_says_why(fault: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError, match=r"."):
        read_link({"longurl": "x", "shortcode": "abc"} | fault)
