"""SVG elements as text. Whatever is not markup already is escaped."""

from markupsafe import Markup, escape

Value = str | float | int | None


def element(name: str, *content: str, **attributes: Value) -> Markup:
    """Return an element; `class_` stands for class, `text_anchor` for text-anchor, None for no attribute."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), tell(value))
        for key, value in attributes.items()
        if value is not None
    )
    inner = Markup("").join(escape(part) for part in content)
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), told, inner)  # noqa: S704 - a name of our own


def tell(value: Value) -> str:
    """Return an attribute's value; a tenth of a pixel is as fine as anybody sees."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def path(points: list[tuple[float, float]], *, close: bool = False) -> str:
    """Return the `d` of a path through these points."""
    told = " ".join(f"{tell(float(x))},{tell(float(y))}" for x, y in points)
    return f"M{told}" + ("Z" if close else "")
