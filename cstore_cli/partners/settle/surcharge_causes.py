"""Why a surcharge was invoiced that is not due, or comes to another amount."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from cstore_cli.partners.amounts import (
    HUNDRED_PERCENT,
    percent_of,
    percent_units,
    rounded,
    step_of,
    units_of,
)
from cstore_cli.partners.settle.price_causes import Cause
from cstore_cli.settings.agreement import AgreementVersion, Surcharge
from cstore_cli.settings.agreement_clause import AgreementClause

_NOT = {
    "cod": "no cash on delivery",
    "returned": "it did not come back",
    "redirected": "it was not sent to another store",
}


def not_due(
    named: str,
    parcel: Mapping[str, Any],
    version: AgreementVersion,
    versions: Sequence[AgreementVersion],
    clauses: Sequence[AgreementClause],
) -> Cause:
    """Return why no surcharge of that name is due for a parcel."""
    own = next((it for it in version.surcharges if it.name == named), None)
    if own is None:
        for other in versions:
            if any(it.name == named for it in other.surcharges):
                return "version", f"a surcharge of version {other.version} alone"
        return "unexplained", f"no agreement with the partner has a charge {named}"
    day = parcel["charged_on"]
    for clause in clauses:
        off = "surcharges" in clause.suspends
        if off and clause.valid_from <= day <= clause.valid_to:
            return "clause", f"suspended by {clause.clause}"
    return "surcharge_not_due", _why_not(own, parcel, version)


def _why_not(
    own: Surcharge, parcel: Mapping[str, Any], version: AgreementVersion
) -> str:
    first = own.valid_from or version.valid_from
    last = own.valid_to or version.valid_to
    if not first <= parcel["charged_on"] <= last:
        return f"it holds from {first} to {last}"
    if own.services and parcel["service"] not in own.services:
        return f"not for {parcel['service']}"
    if own.when == "storage":
        return f"{parcel['storage_days']} days, {own.free_days} are free"
    return _NOT.get(own.when, "not due")


def other_amount(
    named: str,
    parcel: Mapping[str, Any],
    invoiced: int,
    invoiced_price: int,
    version: AgreementVersion,
    versions: Sequence[AgreementVersion],
) -> Cause:
    """Return why a surcharge that is due comes to another amount; money in units."""
    own = next(it for it in version.surcharges if it.name == named)
    after = parcel["price"] + (parcel["promoted"] or 0)
    exact = _exact(own, parcel, after)
    if abs(invoiced - exact) < step_of(version.rounding):
        return "rounding", "the amount as agreed, rounded in another way"
    if own.percent_of_price is not None:
        percent = percent_units(own.percent_of_price)
        if invoiced == percent_of(max(invoiced_price, 0), percent, version.rounding):
            return "follows_price", "right for the price as invoiced"
    for other in versions:
        for theirs in other.surcharges:
            same = other is not version and theirs.name == named
            if same and invoiced == _rounded(theirs, parcel, after, other):
                return "version", f"the amount of version {other.version}"
    return "surcharge_amount", _days(own, parcel, invoiced)


def _exact(surcharge: Surcharge, parcel: Mapping[str, Any], after: int) -> Fraction:
    """What it comes to before it is rounded, in units."""
    if surcharge.percent_of_price is not None:
        percent = percent_units(surcharge.percent_of_price)
        return Fraction(after * percent, HUNDRED_PERCENT)
    if surcharge.percent_of_cod is not None:
        percent = percent_units(surcharge.percent_of_cod)
        return Fraction((parcel["cod"] or 0) * percent, HUNDRED_PERCENT)
    return Fraction(units_of(surcharge.amount or 0) * _times(surcharge, parcel))


def _times(surcharge: Surcharge, parcel: Mapping[str, Any]) -> int:
    if surcharge.when != "storage":
        return 1
    return max(0, int(parcel["storage_days"]) - surcharge.free_days)


def _rounded(
    surcharge: Surcharge,
    parcel: Mapping[str, Any],
    after: int,
    version: AgreementVersion,
) -> int:
    """What it comes to by the rounding of its version, in units."""
    if surcharge.percent_of_price is not None:
        percent = percent_units(surcharge.percent_of_price)
        return percent_of(after, percent, version.rounding)
    if surcharge.percent_of_cod is not None:
        percent = percent_units(surcharge.percent_of_cod)
        return percent_of(parcel["cod"] or 0, percent, version.rounding)
    return rounded(int(_exact(surcharge, parcel, after)), version.rounding)


def _days(surcharge: Surcharge, parcel: Mapping[str, Any], invoiced: int) -> str:
    each = units_of(surcharge.amount or 0)
    if surcharge.when == "storage" and each and invoiced % each == 0:
        days = _times(surcharge, parcel)
        return f"{invoiced // each} days charged, {days} due"
    return "another amount than agreed"
