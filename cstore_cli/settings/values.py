"""Values that several settings share: times and dates, where a file stands."""

import re
from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cstore_cli.settings.base import Settings, fault_at

MINUTES_PER_DAY = 24 * 60


def minutes_of_clock(value: Any) -> int:
    """Minutes after midnight of "HH:MM" (24:00 is the next midnight)."""
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", str(value).strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else MINUTES_PER_DAY + 1
    if minutes > MINUTES_PER_DAY:
        raise ValueError(f"{value!r} is not a time of day; write HH:MM, such as 09:30")
    return minutes


Clock = Annotated[int, BeforeValidator(minutes_of_clock)]
"""A time of day, "HH:MM" in YAML, minutes after midnight in the program."""


def opening_clocks(text: Any) -> tuple[int, int]:
    """
    From and to, minutes after midnight, of "24/7" or "HH:MM-HH:MM".

    Hours that end before they begin reach over midnight: 18:00-02:00.

    Raises
    ------
    ValueError
        When the text says no hours.
    """
    said = str(text).strip()
    if said == "24/7":
        return 0, MINUTES_PER_DAY
    first, dash, last = said.partition("-")
    try:
        clocks = minutes_of_clock(first), minutes_of_clock(last)
    except ValueError:
        clocks = 0, 0
    if not dash or clocks[0] == clocks[1]:
        raise ValueError(
            f"{text!r} says no opening hours; write 24/7 or HH:MM-HH:MM, such as "
            "06:00-23:00"
        )
    return clocks


def _opening_hours(value: Any) -> str:
    opening_clocks(value)
    return str(value).strip()


OpeningHours = Annotated[str, BeforeValidator(_opening_hours)]
"""When a store is open: "24/7" or "HH:MM-HH:MM"."""


def _date_of_text(value: Any) -> date:
    """A number is refused: pydantic takes it for seconds since 1970."""
    text = str(value).strip()
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{value!r} is not a date; write YYYY-MM-DD, such as 2026-11-23")


def _instant_of_text(value: Any) -> datetime:
    text = str(value).strip()
    try:
        if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(
        f"{value!r} is not an instant; write ISO 8601, such as "
        "2026-11-23T09:00:00+08:00"
    )


def _month_day_of_text(value: Any) -> str:
    text = str(value).strip()
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        pass
    else:
        if re.fullmatch(r"\d{2}-\d{2}", text):
            return text
    raise ValueError(f"{value!r} is not a day of the year; write MM-DD, such as 11-11")


Day = Annotated[date, BeforeValidator(_date_of_text)]
"""A local date, YYYY-MM-DD."""
MonthDay = Annotated[str, BeforeValidator(_month_day_of_text)]
"""A day of each year, MM-DD."""
Instant = Annotated[datetime, BeforeValidator(_instant_of_text)]
"""An ISO 8601 instant; without offset it is in the network's zone."""

# Factor to the base unit of each measure.
_UNITS: dict[str, tuple[str, Fraction]] = {
    "g": ("mass", Fraction("0.001")),
    "kg": ("mass", Fraction(1)),
    "lb": ("mass", Fraction("0.45359237")),
    "mm": ("length", Fraction("0.001")),
    "cm": ("length", Fraction("0.01")),
    "m": ("length", Fraction(1)),
    "km": ("length", Fraction(1000)),
    "in": ("length", Fraction("0.0254")),
    "ml": ("volume", Fraction("0.001")),
    "litres": ("volume", Fraction(1)),
    "m3": ("volume", Fraction(1000)),
    "s": ("time", Fraction(1, 60)),
    "min": ("time", Fraction(1)),
    "h": ("time", Fraction(60)),
}


def unit_factor(column: str, unit: str) -> Fraction:
    """What a figure in ``unit`` is multiplied by, exactly, to be in the column's."""
    own = next((u for u in _UNITS if column.endswith(f"_{u}")), None)
    if own is None or unit not in _UNITS or _UNITS[own][0] != _UNITS[unit][0]:
        alike = own and [u for u, (kind, _) in _UNITS.items() if kind == _UNITS[own][0]]
        raise ValueError(
            f"{column} cannot be read in {unit!r}"
            + (f"; known units: {', '.join(alike)}" if alike else "; it has no unit")
        )
    return _UNITS[unit][1] / _UNITS[own][1]


def _path_alone(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


class TableDialect(Settings):
    """How a table's file differs from the standard shape."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    """What stands between two cells."""
    encoding: str = "utf-8"
    """The file's encoding: utf-8, big5, utf-16 and so on."""
    decimal_mark: Literal[".", ","] = "."
    """What stands before the decimals."""
    columns: dict[str, str] = {}
    """Our column name: the name in the file."""
    units: dict[str, str] = {}
    """Our column name: the unit of the file's figures, such as weight_kg: g."""
    codes: dict[str, dict[str, str]] = {}
    """Our column name: the file's code: our value."""

    @model_validator(mode="after")
    def _is_readable(self) -> Self:
        try:
            "".encode(self.encoding)
        except (LookupError, ValueError):
            said = f"encoding {self.encoding!r} is not known"
            raise fault_at(said, "encoding") from None
        if self.delimiter in '"\r\n\0':
            raise fault_at(
                f"{self.delimiter!r} cannot stand between cells", "delimiter"
            )
        theirs = list(self.columns.values())
        for ours, name in self.columns.items():
            if theirs.count(name) > 1:
                raise fault_at(f"column {name!r} is mapped twice", "columns", ours)
        for column, unit in self.units.items():
            try:
                unit_factor(column, unit)
            except ValueError as error:
                raise fault_at(str(error), "units", column) from None
        return self

    def at(self, path: str) -> "TableSource":
        """The table in this dialect that stands at ``path``."""
        return TableSource(path=path, **self.model_dump())


class TableSource(TableDialect):
    """Where a table stands and how its file differs from the standard shape."""

    path: str
    """The CSV, relative to this YAML; may contain {date}."""


BESIDE_YAML = "relative to the YAML that names it"
BesideYaml = Annotated[str | None, BESIDE_YAML]
"""A file that is no table; `read_config` makes its path hold from here."""

Source = Annotated[TableSource, BeforeValidator(_path_alone)]
"""A table's source: the path alone, or a mapping with the file's peculiarities."""
