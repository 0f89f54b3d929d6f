"""One HTML file that needs nothing else: style and drawings are in it, and nothing in it can act."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from loadtests.report import figures
from loadtests.report.drawing import Drawing

TEMPLATES = Path(__file__).with_name("templates")
WIDE, NARROW = 912.0, 400.0
"""Pixels. What is drawn for a screen is drawn again for a phone, where its text would shrink with it."""


def render(template: str, **context: Any) -> str:
    """Return a page. Whatever is no markup is escaped, and its policy lets only its own style act."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    tellers = {name: tell for name, tell in vars(figures).items() if name.startswith("tell_")}
    environment.filters.update({name.removeprefix("tell_"): tell for name, tell in tellers.items()})
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = environment.get_template(template)
    return page.render(style=Markup(style), digest=digest, **context)  # noqa: S704 - a file of our own


def draw_both(draw: Callable[[float], Drawing]) -> Drawing:
    """Return a drawing for a screen and for a phone as one."""
    title, wide = draw(WIDE)
    _, narrow = draw(NARROW)
    both = Markup('<div class="wide">{}</div><div class="narrow">{}</div>').format(wide, narrow)
    return Drawing(title, both)
