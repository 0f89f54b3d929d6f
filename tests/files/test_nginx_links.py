"""nginx/links.conf and web/links agree on what a slug is."""

import re
from pathlib import Path

from web.links.slugs import RESERVED, SLUG_MAX, SLUG_MIN

(WRITTEN,) = re.findall(r'location ~ "(.+)"', (Path(__file__).parents[2] / "nginx/links.conf").read_text())
# The same as Python writes it.
PATTERN = WRITTEN.replace(r"\z", r"\Z").replace("(?<", "(?P<")


def test_names_that_the_application_keeps_are_no_slugs() -> None:
    assert [name for name in RESERVED if re.match(PATTERN, f"/{name}")] == []
    assert re.match(PATTERN, "/apiary")
    assert not re.match(PATTERN, "/-/links")


def test_a_slug_is_as_long_for_nginx_as_for_the_application() -> None:
    fitting = [length for length in range(1, 100) if re.match(PATTERN, "/" + "a" * length)]
    assert fitting == list(range(SLUG_MIN, SLUG_MAX + 1))
