"""Column kinds of the contracts; a kind says how a cell's text is read."""

from typing import Any

import dataframely as dy

LINE = "line"
"""Column of a row's physical line in its file."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which parcels are; calendars and zones know little of others."""


def text(*, optional: bool = False, nullable: bool = False, **more: Any) -> dy.String:
    """Text as it stands; an empty cell is null."""
    return dy.String(
        nullable=nullable or optional,
        metadata={"kind": "text", "optional": optional},
        **more,
    )


def identity(**more: Any) -> dy.String:
    """An id: text that is never empty."""
    return dy.String(metadata={"kind": "text"}, **more)


def number(
    *,
    optional: bool = False,
    nullable: bool = False,
    default: float | None = None,
    **more: Any,
) -> dy.Float64:
    """A figure with decimals; never infinite, never NaN."""
    return dy.Float64(
        nullable=nullable or (optional and default is None),
        metadata={"kind": "number", "optional": optional, "default": default},
        **more,
    )


def count(
    *,
    optional: bool = False,
    nullable: bool = False,
    default: int | None = None,
    **more: Any,
) -> dy.Int64:
    """A whole number."""
    return dy.Int64(
        nullable=nullable or (optional and default is None),
        metadata={"kind": "count", "optional": optional, "default": default},
        **more,
    )


def flag(
    *, optional: bool = False, nullable: bool = False, default: bool | None = None
) -> dy.Bool:
    """A truth, true or false (yes, no, 1, 0, y, n are read too)."""
    return dy.Bool(
        nullable=nullable or (optional and default is None),
        metadata={"kind": "flag", "optional": optional, "default": default},
    )


def instant(
    *, optional: bool = False, nullable: bool = False, alias: str | None = None
) -> dy.Datetime:
    """An ISO 8601 instant, kept in UTC; without offset it is in the network's zone."""
    return dy.Datetime(
        time_zone="UTC",
        nullable=nullable or optional,
        alias=alias,
        metadata={"kind": "instant", "optional": optional},
    )


def clock(*, optional: bool = False, nullable: bool = False, **more: Any) -> dy.Int64:
    """A local time HH:MM, kept as minutes after midnight; 24:00 is the day's end."""
    return dy.Int64(
        nullable=nullable or optional,
        metadata={"kind": "clock", "optional": optional},
        **more,
    )


def code(*known: str, optional: bool = False, nullable: bool = False) -> dy.String:
    """One of a few words."""
    return dy.String(
        nullable=nullable or optional,
        metadata={"kind": "code", "known": known, "optional": optional},
    )


def day() -> dy.Date:
    """A local date, YYYY-MM-DD."""
    return dy.Date(metadata={"kind": "day"})


def month() -> dy.String:
    """A calendar month, YYYY-MM, of a year in which parcels are."""
    return dy.String(
        regex=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$",
        metadata={"kind": "text", "such_as": "2026-11"},
    )


def latitude() -> dy.Float64:
    """Degrees north, WGS84."""
    return number(min=-90, max=90)


def longitude() -> dy.Float64:
    """Degrees east, WGS84."""
    return number(min=-180, max=180)


def line() -> dy.String:
    """Points of a line on the map, each longitude,latitude in degrees, in order."""
    point = r"-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?"
    return dy.String(
        nullable=True,
        regex=rf"^{point}( {point})+$",
        metadata={
            "kind": "text",
            "optional": True,
            "such_as": "121.46086,25.16885 121.46090,25.16853",
        },
    )
