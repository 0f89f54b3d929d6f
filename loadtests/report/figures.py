"""Numbers as people read them: three significant digits, and the unit that fits."""

import math
from datetime import UTC, datetime

NONE, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


def tell_time(seconds: float | None) -> str:
    """Return a time in milliseconds or, from a second on, in seconds."""
    if seconds is None:
        return NONE
    if round_off(seconds * 1000) < 1000:
        return f"{tell_number(seconds * 1000)} ms"
    return f"{tell_number(seconds)} s"


def tell_mark(value: float) -> str:
    """Return a number at an axis, which needs no digits that are zero."""
    return trim(tell_number(value))


def tell_time_mark(seconds: float) -> str:
    """Return a time at an axis."""
    number, _, unit = tell_time(seconds).partition(" ")
    return f"{trim(number)} {unit}"


def tell_number(value: float | None) -> str:
    """Return a number with three significant digits, and with all those before its point."""
    if value is None:
        return NONE
    rounded = round_off(value)
    if rounded == 0 or abs(rounded) >= 100:
        return f"{rounded:,.0f}"
    return f"{rounded:.{max(0, 2 - math.floor(math.log10(abs(rounded))))}f}"


def round_off(value: float) -> float:
    """Return `value` with three significant digits."""
    return float(f"{value:.3g}")


def tell_count(value: int) -> str:
    return f"{value:,}"


def tell_share(share: float | None) -> str:
    """Return a share as a percentage that says 100% or 0% only when it is."""
    if share is None:
        return NONE
    percent = share * 100
    if 99.5 <= percent < 100:
        # Rounded down to the first digit that is not a nine, so that a loss is never hidden.
        places = min(4, math.ceil(-math.log10(100 - percent)) + 1)
        return f"{trim(f'{math.floor(percent * 10**places) / 10**places:.4f}')}%"
    return f"{percent:.2g}%" if 0.001 < percent < 1 else f"{trim(tell_number(percent))}%"


def tell_change(ratio: float | None) -> str:
    """Return by how much something became more or less, given the new value by the old one."""
    if ratio is None:
        return NONE
    percent = (ratio - 1) * 100
    sign = "+" if percent > 0 else MINUS
    places = 1 if abs(percent) < 10 else 0
    return "±0%" if abs(percent) < 0.05 else f"{sign}{abs(percent):,.{places}f}%"


def tell_span(seconds: float) -> str:
    """Return how long something lasts: `45 s`, `2 min`, `1 h 30 min`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if not hours and not minutes:
        return f"{tell_number(seconds)} s" if seconds < 10 and abs(seconds - whole) > 0.05 else f"{whole} s"
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def tell_clock(seconds: float) -> str:
    """Return a moment of the load, as a clock that was started with it: `0:45`, `1:02:30`."""
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def tell_moment(text: str) -> str:
    """Return an ISO 8601 time as people write it, and any other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def trim(text: str) -> str:
    """Return a decimal number without the zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text
