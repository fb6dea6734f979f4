"""What a fault says: a sentence with the row's own figures in it."""

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.tables.read import LINE

_MIN_PER_H = 60


def clock(minutes: float) -> str:
    """HH:MM of minutes after midnight, with seconds where the minute is not whole."""
    seconds = round(minutes * 60)
    whole, odd = divmod(seconds, 60)
    text = f"{whole // _MIN_PER_H:02d}:{whole % _MIN_PER_H:02d}"
    return f"{text}:{odd:02d}" if odd else text


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
