"""
Money inside the job: whole numbers of 1/10,000 of the currency, called units.

Each line is rounded by itself, by the rounding of its version, and sums are never
rounded again; a percentage is taken of amounts as they are charged, that is rounded, so
that a lower price never makes a total dearer, but for one thing: of several credits of
the same prices each but one may round a unit of the last decimal the other way.
"""

from decimal import Decimal
from typing import Any, Literal, TypeVar, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from cstore_cli.settings.agreement import AgreementVersion, Rounding

UNITS = 10_000
"""Units of one of the currency."""
DECIMALS = 4
PERCENT_UNITS = 10_000
"""Of one percent: percentages are exact to 1/10,000, too."""
HUNDRED_PERCENT = 100 * PERCENT_UNITS
MOST = 900_000_000
"""Largest amount of a parcel, in the currency: 64 bits hold its product with 100 %."""

Whole = npt.NDArray[np.int64]
N = TypeVar("N", int, Whole)


def units_of(amount: Decimal | float) -> int:
    """Return an amount of the currency as units."""
    return int((Decimal(str(amount)) * UNITS).to_integral_value())


def percent_units(percent: Decimal) -> int:
    """Return a percentage in 1/10,000 of a percent."""
    return int(percent * PERCENT_UNITS)


def step_of(rounding: Rounding) -> int:
    """Return the units of the last decimal that is kept."""
    return int(10 ** (DECIMALS - rounding.decimals))


def rounded(amount: N, rounding: Rounding) -> N:
    """Return units, not below 0, to the decimals of a version."""
    return _quotient(amount, step_of(rounding), rounding.mode) * step_of(rounding)


def percent_of(amount: N, percent: int, rounding: Rounding) -> N:
    """Return so many 1/10,000 percent of units, not below 0, rounded once."""
    step = step_of(rounding)
    return _quotient(amount * percent, HUNDRED_PERCENT * step, rounding.mode) * step


def in_proportion(amount: int, part: int, whole: int, rounding: Rounding) -> int:
    """Return part/whole of units, rounded once."""
    step = step_of(rounding)
    return _quotient(amount * part, whole * step, rounding.mode) * step


def _quotient(above: N, below: int, mode: Literal["half_up", "half_even", "down"]) -> N:
    whole: Any
    whole, rest = divmod(above, below)
    if mode == "half_up":
        whole = whole + (2 * rest >= below)
    elif mode == "half_even":
        whole = whole + ((2 * rest > below) | ((2 * rest == below) & (whole % 2 == 1)))
    return cast("N", whole)


def money_of(units: int, decimals: int = 0) -> str:
    """Return units as text with so many decimals, more where they are needed."""
    sign, size = "-" if units < 0 else "", abs(units)
    while decimals < DECIMALS and size % 10 ** (DECIMALS - decimals):
        decimals += 1
    whole, rest = divmod(size, UNITS)
    text = f"{rest:04d}"[:decimals]
    return f"{sign}{whole}.{text}" if text else f"{sign}{whole}"


def money_text(units: pl.Expr, decimals: int) -> pl.Expr:
    """Return units, of so many decimals or fewer, as text."""
    size = units.abs()
    sign = pl.when(units < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    whole = (size // UNITS).cast(pl.String)
    if decimals == 0:
        return pl.concat_str(sign, whole)
    rest = (size % UNITS) // (10 ** (DECIMALS - decimals))
    figures = rest.cast(pl.String).str.zfill(decimals)
    return pl.concat_str(sign, whole, pl.lit("."), figures)


def decimals_of(version: AgreementVersion) -> int:
    """Return the decimals of a version's lines."""
    return version.rounding.decimals
