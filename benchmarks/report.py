"""The figures, as people and as programs read them."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any

from benchmarks.machine import describe_machine, list_versions
from benchmarks.rounds import Rounds

MACHINE = "nginx_return"
"""The subject that stands for the machine: nothing of ours can change it."""
TITLES = {
    "nginx_return": "Nginx alone, `return 302`",
    "cached_redirect": "redirect from the cache, counted",
    "orm_read": "redirect without the cache",
    "counting_in_request": "redirect that counts in the request",
    "hello": "front page through Nginx",
    "gunicorn_socket": "front page from gunicorn itself",
    "api_create": "create through the API",
}
RATIOS = {
    "cached_redirect_per_nginx_return": ("cached_redirect", "nginx_return"),
    "cached_redirect_per_counting_in_request": ("cached_redirect", "counting_in_request"),
    "orm_read_per_hello": ("orm_read", "hello"),
    "api_create_per_hello": ("api_create", "hello"),
    "hello_per_gunicorn_socket": ("hello", "gunicorn_socket"),
}


def format_rates(rounds: Rounds) -> Iterator[str]:
    """Yield the lines of a table: each subject's rate, and its ratio to the two yardsticks."""
    yield f"{'':37}{'per second':>11}{'lowest':>9}{'highest':>9}{'per return':>12}{'per page':>10}"
    for subject, title in TITLES.items():
        rates = rounds.rates[subject]
        ratios = [median(rounds.ratios(subject, base)) for base in ("nginx_return", "hello")]
        yield (
            f"{title:37}{median(rates):11,.0f}{min(rates):9,.0f}{max(rates):9,.0f}"
            f"{ratios[0]:12.3f}{ratios[1]:10.2f}"
        )


def format_ratios(rounds: Rounds, ingest: Mapping[str, float]) -> Iterator[str]:
    """Yield a line for each figure that is promised somewhere: its median and its spread."""
    for key, (subject, base) in RATIOS.items():
        ratios = rounds.ratios(subject, base)
        yield f"{key:42}{median(ratios):9.3g}  ({min(ratios):.3g} to {max(ratios):.3g})"
    yield f"{'ingest_lines_per_second':42}{ingest['lines'] / ingest['seconds']:9,.0f}"


def format_noise(rounds: Rounds) -> Iterator[str]:
    """Yield the lines that say whether the machine was quiet enough."""
    noise = rounds.find_noise(MACHINE)
    if noise:
        yield "The machine was TOO NOISY TO JUDGE; measure again when it is quiet:"
        yield from (f"  {reason}" for reason in noise)
    else:
        yield "The machine was quiet enough to judge."


def make_document(rounds: Rounds, ingest: Mapping[str, float], seconds: int) -> dict[str, Any]:
    """Return the figures as they go into a JSON file: the ratios' medians, and what they rest on."""
    figures = {key: median(rounds.ratios(*pair)) for key, pair in RATIOS.items()}
    return {
        **{key: round(value, 4) for key, value in figures.items()},
        "ingest_lines_per_second": round(ingest["lines"] / ingest["seconds"]),
        "meta": {
            "machine": describe_machine(),
            "versions": list_versions(),
            "rounds": len(rounds.canary),
            "seconds": seconds,
            "rates": {name: [round(rate, 1) for rate in each] for name, each in rounds.rates.items()},
            "ingest": {name: round(value, 2) for name, value in ingest.items()},
            "noise": rounds.find_noise(MACHINE),
        },
    }
