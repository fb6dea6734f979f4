"""What a fault says: a sentence with the row's own figures in it."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.values import MINUTES_PER_DAY
from cstore_cli.tables.columns import LINE

_MIN_PER_H = 60


def clock(minutes: float) -> str:
    """HH:MM, with seconds where the minute is not whole, and days off where not 0."""
    whole, odd = divmod(round(minutes * 60), 60)
    days, in_day = divmod(whole, MINUTES_PER_DAY)
    if (days, in_day) == (1, 0):
        days, in_day = 0, MINUTES_PER_DAY
    text = f"{in_day // _MIN_PER_H:02d}:{in_day % _MIN_PER_H:02d}"
    text += f":{odd:02d}" if odd else ""
    return f"{text} ({days:+d} days)" if days else text


class _Speech(Formatter):
    """Empty cells as "empty", figures to two decimals, ``:clock`` as HH:MM."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None:
            return "empty"
        if format_spec == "clock":
            return clock(value)
        if isinstance(value, float) and not format_spec:
            return f"{value:.2f}"
        return str(super().format_field(value, format_spec))


_SPEECH = _Speech()


def say(what: str, row: Mapping[str, Any]) -> str:
    """``what`` with the row's cells in its braces."""
    return _SPEECH.vformat(what, (), row)


def faulty(
    file: str, rows: pl.DataFrame, column: str, what: str, mend: str = ""
) -> Iterator[Fault]:
    """A fault for each of ``rows``, saying ``what`` with the row's cells in it."""
    for row in rows.iter_rows(named=True):
        yield Fault(file, row[LINE], column, say(what, row), say(mend, row))
