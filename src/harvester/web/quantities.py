"""Sizes and lengths of time, as people read them."""

from __future__ import annotations

from markupsafe import Markup

_UNKNOWN = Markup('<span class="none">unknown</span>')
_NONE = Markup('<span class="none">none</span>')
_BINARY = ("bytes", "KiB", "MiB", "GiB", "TiB")


def size(count: int | None) -> str:
    """Bytes in the unit that fits; gains may be negative.

    >>> size(512), size(1536), size(-3 * 1024**2)
    ('512 bytes', '1.5 KiB', '-3.0 MiB')
    """
    if count is None:
        return _UNKNOWN
    value, unit = float(count), 0
    while abs(value) >= 1024 and unit < len(_BINARY) - 1:
        value, unit = value / 1024, unit + 1
    return f"{count:,} bytes" if unit == 0 else f"{value:,.1f} {_BINARY[unit]}"


def duration(seconds: float | None) -> str:
    """A length of time in its two greatest units.

    >>> duration(4.2), duration(3_725), duration(200_000)
    ('4 s', '1 h 2 min', '2 d 7 h')
    """
    if seconds is None:
        return _NONE
    whole = int(max(seconds, 0))
    for length, unit, below, lesser in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= length:
            rest = whole % length // below
            return f"{whole // length} {unit} {rest} {lesser}" if rest else f"{whole // length} {unit}"
    return f"{whole} s"
