"""Values that several settings share: a clock time, where a table stands."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cstore_cli.settings.base import Settings

MINUTES_PER_DAY = 24 * 60


def minutes_of_clock(value: Any) -> int:
    """Minutes after midnight of "HH:MM" (24:00 is the next midnight)."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = re.fullmatch(r"(\d{1,2}):([0-5]\d)", str(value).strip())
    minutes = int(match[1]) * 60 + int(match[2]) if match else MINUTES_PER_DAY + 1
    if minutes > MINUTES_PER_DAY:
        raise ValueError(f"{value!r} is not a time of day; write HH:MM, such as 09:30")
    return minutes


Clock = Annotated[int, BeforeValidator(minutes_of_clock)]
"""A time of day, "HH:MM" in YAML, minutes after midnight in the program."""

# Factor to the base unit of each measure.
_UNITS: dict[str, tuple[str, float]] = {
    "g": ("mass", 0.001),
    "kg": ("mass", 1.0),
    "lb": ("mass", 0.45359237),
    "mm": ("length", 0.001),
    "cm": ("length", 0.01),
    "m": ("length", 1.0),
    "km": ("length", 1000.0),
    "in": ("length", 0.0254),
    "ml": ("volume", 0.001),
    "litres": ("volume", 1.0),
    "m3": ("volume", 1000.0),
    "s": ("time", 1 / 60),
    "min": ("time", 1.0),
    "h": ("time", 60.0),
}


def unit_factor(column: str, unit: str) -> float:
    """What a figure in ``unit`` is multiplied by to be in the column's own."""
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


class TableSource(Settings):
    """Where a table stands and how its file differs from the standard shape."""

    path: str
    """The CSV, relative to this YAML; may contain {date}."""
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
        except LookupError:
            raise ValueError(f"encoding {self.encoding!r} is not known") from None
        for column, unit in self.units.items():
            unit_factor(column, unit)
        return self


Source = Annotated[TableSource, BeforeValidator(_path_alone)]
"""A table's source: the path alone, or a mapping with the file's peculiarities."""
