"""What stands in the comment of a pull request."""

import re

from loadtests.report.summary import escape, quote, summarise_capacity, summarise_run
from loadtests.result import Account
from loadtests.verdict import judge
from tests.loadtests.samples import (
    OBJECTIVES,
    make_capacity,
    make_comparison,
    make_empty,
    make_hostile,
    make_run,
)

HOSTILE = "<script>alert(1)</script> | `x` @everyone #1 [a](javascript:b)\n# Title"


def tables(summary: str) -> list[list[str]]:
    """Return the lines of each table."""
    return [block.splitlines() for block in summary.split("\n\n") if block.startswith("|")]


def columns(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


def test_it_begins_with_the_verdict_and_tells_each_kind() -> None:
    result = make_run()
    summary = summarise_run(result, OBJECTIVES)
    assert summary.startswith("## ✅ PASS: `sample`\n")
    for kind in result.kinds():
        assert f"| `{kind}` |" in summary


def test_what_was_missed_is_bold_and_among_the_reasons() -> None:
    result = make_run(slower=10)
    summary = summarise_run(result, OBJECTIVES)
    assert summary.startswith("## ❌ FAIL")
    assert "- redirect in “steady”: p95 " in summary
    assert re.search(r"\| `redirect` .*\*\*.+\*\* of 50 ms", summary)


def test_a_table_stays_a_table_whatever_the_kinds_are_called() -> None:
    for table in tables(summarise_run(make_hostile(HOSTILE), OBJECTIVES)):
        assert len({columns(line) for line in table}) == 1


def test_nothing_hostile_is_read_as_markup() -> None:
    outside = re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", summarise_run(make_hostile(HOSTILE), OBJECTIVES))
    assert "<script" not in outside.replace("\\<", "")
    assert "@everyone" not in outside
    assert "\n# Title" not in outside


def test_code_holds_backticks_and_escapes_bars() -> None:
    assert quote("a`b|c\nd") == "`` a`b\\|c d ``"
    assert quote("") == "` `"


def test_a_sentence_calls_nobody() -> None:
    assert "@everyone" not in escape("hello @everyone")
    assert escape("a_b <i>") == r"a\_b \<i\>"


def test_a_partial_run_says_so() -> None:
    assert "**Partial: it did not run to its end.**" in summarise_run(make_empty(), OBJECTIVES)


def test_many_reasons_are_cut_short() -> None:
    result = make_run()
    result.accounts = [Account(summary=f"account {number}", faults=["off"]) for number in range(30)]
    result.problems = ["a worker was lost"]
    judge(result, OBJECTIVES)
    for finding in result.findings:
        finding.about += finding.what
    summary = summarise_run(result, OBJECTIVES)
    assert "- and 21 more" in summary


def test_a_comparison_tells_what_changed() -> None:
    summary = summarise_run(make_run(), OBJECTIVES, make_comparison())
    assert summary.startswith("## ❌ REGRESSION")
    assert "| `redirect` | **+33%** | too few | +0.2 points |" in summary


def test_a_search_tells_its_conclusion_and_its_trials() -> None:
    capacity = make_capacity()
    summary = summarise_capacity(capacity)
    assert summary.startswith("## ✅ Capacity: 630 a second\n")
    (table,) = tables(summary)
    assert len(table) == 2 + len(capacity.trials)
    assert sum("**INVALID**" in line for line in table) == 1
