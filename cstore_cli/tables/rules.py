"""Rows against the rules of their contract and the ids that other tables have."""

import difflib
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import dataframely as dy
import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.tables.columns import LINE

_SHOWN_VALUES = 12
_SHOWN_CHARS = 60
_HINTS = 100
"""Near misses are sought for this many values; a wrong file has no more to learn."""


@dataclass(frozen=True)
class Known:
    """Values that a column may hold because another table or the config lists them."""

    values: Collection[str]
    where: str


def shown(value: str) -> str:
    """A cell as a message quotes it."""
    return repr(value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "...")


def broken_rules(
    cells: pl.DataFrame,
    lines: pl.Series,
    bad: pl.Series,
    path: str,
    contract: type[dy.Schema],
) -> list[Fault]:
    """Faults of the rows that read well but break a rule of the contract."""
    # The contract with the line number as a column, so that failures know their row.
    line_column = {LINE: dy.Int64(nullable=False)}
    numbered: Any = type(contract.__name__, (contract,), line_column)
    names = [LINE, *contract.column_names()]
    frame = cells.clone().insert_column(0, lines.alias(LINE)).filter(~bad).select(names)
    details = numbered.filter(frame)[1].details()
    faults = []
    for rule in details.columns[len(names) :]:
        broken = details.filter(pl.col(rule).cast(pl.String) == "invalid")
        name, _, test = rule.partition("|")
        values = broken[name].to_list() if test else [None] * len(broken)
        for line, value in zip(broken[LINE].to_list(), values, strict=True):
            faults.append(_rule_fault(path, line, name, test, value, contract))
    return list(dict.fromkeys(faults))


def _rule_fault(
    path: str, line: int, name: str, test: str, value: Any, contract: type[dy.Schema]
) -> Fault:
    if not test:  # a rule over several columns: its docstring is the mend
        said = (getattr(contract, name).validation_fn.__doc__ or "").strip().rstrip(".")
        return Fault(path, line, "", f"breaks the rule {name}", said)
    column: Any = contract.columns()[name]
    if test == "nullability":
        return Fault(path, line, name, "is empty", "fill it in")
    if test == "regex":
        mend = f"write one such as {column.metadata['such_as']}"
        return Fault(path, line, name, f"{shown(value)} is no {name}", mend)
    if value is not None and not math.isfinite(value):
        return Fault(path, line, name, f"{value} is not a figure", "write a number")
    low = column.min if column.min is not None else column.min_exclusive
    high = column.max if column.max is not None else column.max_exclusive
    bounds = {
        "min": f"at least {low:g}" if low is not None else "",
        "min_exclusive": f"more than {low:g}" if low is not None else "",
        "max": f"at most {high:g}" if high is not None else "",
        "max_exclusive": f"less than {high:g}" if high is not None else "",
    }
    mend = "is it the longitude?" if name.endswith("lat") and abs(value) > 90 else ""  # noqa: PLR2004
    return Fault(path, line, name, f"{value:g} must be {bounds[test]}", mend)


class Strangers:
    """Finds values that are not among the known ones, and what they were to be."""

    def __init__(self, allowed: Known) -> None:
        self._allowed = allowed
        self._mends: dict[str, str] = {}

    def among(
        self, column: pl.Series, lines: pl.Series, bad: pl.Series, path: str
    ) -> list[Fault]:
        """Return a fault for each value, in a row good so far, that is not known."""
        values = list(self._allowed.values)
        strange = column.is_not_null() & ~column.is_in(values) & ~bad
        faults = []
        for row in strange.arg_true().to_list():
            value = column[row]
            if value not in self._mends:
                near = len(self._mends) < _HINTS
                self._mends[value] = _known_mend(value, self._allowed, near=near)
            what = f"{shown(value)} is not in {self._allowed.where}"
            mend = self._mends[value]
            faults.append(Fault(path, lines[row], column.name, what, mend))
        return faults


def _known_mend(value: str, allowed: Known, *, near: bool) -> str:
    if near and len(value) <= _SHOWN_CHARS:
        nearest = difflib.get_close_matches(value, allowed.values, 1, 0.85)
        if nearest:
            return f'did you mean "{nearest[0]}"?'
    few = len(allowed.values) <= _SHOWN_VALUES
    return f"known: {', '.join(allowed.values)}" if few else ""
