"""Reports of load runs, opened as files in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from loadtests.capacity import Ending
from loadtests.report import write_capacity_reports, write_reports
from loadtests.result import Result
from tests.loadtests.samples import (
    OBJECTIVES,
    STRESS,
    make_capacity,
    make_comparison,
    make_empty,
    make_hostile,
    make_run,
)

HOSTILE = "\"'><script>document.title = 'mine'</script><img src=x onerror=alert(1)>" + "w" * 120
RUNS = {"stress": make_run(STRESS, people=400), "hostile": make_hostile(HOSTILE), "empty": make_empty()}
WIDTHS = {"a screen": 1100, "a phone": 390}


@pytest.fixture(params=["a screen", "a phone"])
def width(request: pytest.FixtureRequest) -> int:
    return WIDTHS[request.param]


@pytest.fixture(params=["light", "dark"])
def reader(request: pytest.FixtureRequest, browser: Browser, width: int) -> Iterator[Page]:
    """A page without a network; whatever it complains of or asks for fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=request.param, offline=True
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("dialog", lambda dialog: complaints.append(f"a dialog: {dialog.message}"))
    page.on("request", lambda asked: None if asked.url.startswith("file:") else complaints.append(asked.url))
    yield page
    context.close()
    assert [text for text in complaints if text != "data:,"] == []


def open_report(page: Page, folder: Path) -> None:
    page.goto((folder / "report.html").as_uri())


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def texts_outside(page: Page) -> list[str]:
    """Return what is written in drawings beyond the window."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("svg text")].filter(text => {
            const box = text.getBoundingClientRect();
            return box.width && (box.left < -1 || box.right > window.innerWidth + 1);
        }).map(text => text.textContent)"""
    )
    return found


@pytest.mark.parametrize("result", RUNS.values(), ids=RUNS)
def test_a_run_fits_its_window(reader: Page, tmp_path: Path, result: Result) -> None:
    write_reports(result, OBJECTIVES, tmp_path)
    open_report(reader, tmp_path)
    assert overflow(reader) <= 0
    assert texts_outside(reader) == []
    assert reader.title() != "mine"


@pytest.mark.parametrize("ending", [Ending.FOUND, Ending.RANGE])
def test_a_search_fits_its_window(reader: Page, tmp_path: Path, ending: Ending) -> None:
    write_capacity_reports(make_capacity(ending), tmp_path)
    open_report(reader, tmp_path)
    assert overflow(reader) <= 0
    assert texts_outside(reader) == []


def test_a_drawing_is_shown_in_the_size_that_fits(reader: Page, tmp_path: Path, width: int) -> None:
    write_reports(make_run(), OBJECTIVES, tmp_path, make_comparison())
    open_report(reader, tmp_path)
    shown = reader.locator("figure svg:visible").first.get_attribute("viewBox")
    assert shown is not None
    assert shown.startswith("0 0 400 " if width < 640 else "0 0 912 ")


def test_its_style_applies_under_its_own_policy(reader: Page, tmp_path: Path) -> None:
    write_reports(make_run(), OBJECTIVES, tmp_path)
    open_report(reader, tmp_path)
    tone = reader.evaluate("getComputedStyle(document.querySelector('.outcome')).color")
    dark = reader.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert tone == ("rgb(108, 199, 155)" if dark else "rgb(28, 107, 74)")


def test_labels_of_a_drawing_do_not_cover_each_other(reader: Page, tmp_path: Path) -> None:
    write_reports(make_run(STRESS, people=400), OBJECTIVES, tmp_path)
    open_report(reader, tmp_path)
    covered = reader.evaluate(
        """() => [...document.querySelectorAll("figure svg")].flatMap(svg => {
            const boxes = [...svg.querySelectorAll("text")]
                .map(text => [text.textContent, text.getBoundingClientRect()])
                .filter(([, box]) => box.width);
            return boxes.flatMap(([one, a], index) => boxes.slice(index + 1)
                .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
                    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
                .map(([other]) => `${one} / ${other}`));
        })"""
    )
    assert covered == []


def test_it_prints_in_light_colours_with_the_drawings_of_a_screen(reader: Page, tmp_path: Path) -> None:
    write_reports(make_run(), OBJECTIVES, tmp_path)
    reader.emulate_media(media="print")
    open_report(reader, tmp_path)
    assert reader.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    shown = reader.locator("figure svg:visible").first.get_attribute("viewBox")
    assert shown is not None
    assert shown.startswith("0 0 912 ")
