"""
A partner's invoice against our settlement: every difference, with its cause.

The differences add up exactly to what the invoice is above the settlement. Where
several causes would explain a price, the one that explains the most lines is told.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import step_of
from cstore_cli.partners.settle.invoice_match import expected_lines, matched_lines
from cstore_cli.partners.settle.price_causes import Cause, Charged, price_causes
from cstore_cli.partners.settle.settlement import SettledMonth, Settlement
from cstore_cli.partners.settle.surcharge_causes import not_due, other_amount
from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause

CAUSES = {
    "charged_twice": "charged twice",
    "not_ours": "not our parcel, or never carried",
    "other_month": "of another month",
    "set_aside": "our own row is faulty and was set aside",
    "tier": "priced at another tier",
    "version": "priced by another version",
    "zone": "wrong zone",
    "weight_band": "wrong weight band",
    "size": "wrong size class",
    "service": "wrong service",
    "precedence": "a rate that another one goes before",
    "surcharge_not_due": "surcharge not due",
    "surcharge_amount": "surcharge amount differs",
    "follows_price": "follows from the price invoiced",
    "clause": "an exceptional clause was not kept to",
    "not_due": "not due",
    "amount": "amount differs",
    "rounding": "rounding only",
    "missing_credit": "credit missing",
    "missing_rebate": "rebate missing",
    "missing_promotion": "promotion missing",
    "missing_compensation": "compensation missing",
    "missing_line": "missing from the invoice, in our favour",
    "unexplained": "unexplained",
}
"""Cause: what it is in a report; two joined by _and_ are both."""
SCHEMA = {
    "line_id": pl.String,
    "parcel_id": pl.String,
    "service": pl.String,
    "charge": pl.String,
    "charged_on": pl.Date,
    "cause": pl.String,
    "detail": pl.String,
    "expected": pl.Int64,
    "invoiced": pl.Int64,
    "difference": pl.Int64,
}
_KNOWN = ("parcel_id", "partner", "service", "charged_on")
_MISSING = {
    "promotion": "missing_promotion",
    "compensation": "missing_compensation",
    "rebate": "missing_rebate",
}


@dataclass(frozen=True, eq=False)
class Reconciled:
    """
    How an invoice differs from the settlement; money in units.

    ``differences`` has a row per difference, in the columns of `SCHEMA`.
    """

    partner: str
    expected: int
    invoiced: int
    num_lines: int
    differences: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Known:
    """
    What else is known of an invoice's parcels.

    ``rows`` are all rows of the table for them, in the columns of `_KNOWN`;
    ``set_aside`` says why rows of ours were put aside.
    """

    rows: pl.DataFrame
    set_aside: Mapping[str, str]


def reconcile(
    settlement: Settlement,
    unsuspended: Settlement,
    partner: str,
    invoice: pl.DataFrame,
    versions: Sequence[AgreementVersion],
    clauses: Sequence[AgreementClause],
    known: Known,
) -> Reconciled:
    """
    Compare an invoice with what was settled for its partner.

    Parameters
    ----------
    settlement, unsuspended
        What is owed, and what would be if no clause held.
    partner, invoice
        Whose it is, and its lines under `Invoice`, ``amount`` in units.
    versions, clauses
        The partner's signed versions, and the clauses to them.
    known
        What else is known of the invoice's parcels.
    """
    months = [it for it in settlement.months if it.version.partner == partner]
    others = [it for it in unsuspended.months if it.version.partner == partner]
    expected = expected_lines(months)
    pairs = matched_lines(expected, invoice, versions)
    causes = _Causes(months, versions, clauses, known, pairs, expected_lines(others))
    difference = pl.col("invoiced").fill_null(0) - pl.col("expected").fill_null(0)
    wrong = pairs.with_columns(difference.alias("difference"))
    wrong = wrong.filter(pl.col("difference") != 0).sort(
        pl.coalesce("charged_on", "invoiced_on"),
        "parcel_id",
        "service",
        pl.coalesce("charge", "named"),
        "row",
        nulls_last=True,
    )
    rows = [
        (
            *(line["line_id"], line["parcel_id"], line["service"]),
            *(
                line["named"] or line["charge"],
                line["charged_on"] or line["invoiced_on"],
            ),
            *(*cause, line["expected"] or 0, line["invoiced"] or 0, line["difference"]),
        )
        for line, cause in causes.of(wrong.to_dicts())
    ]
    return Reconciled(
        partner=partner,
        expected=int(expected["amount"].sum()),
        invoiced=int(invoice["amount"].sum()),
        num_lines=len(invoice),
        differences=pl.DataFrame(rows, schema=SCHEMA, orient="row"),
    )


class _Causes:
    """Finds the cause of each difference."""

    def __init__(
        self,
        months: Sequence[SettledMonth],
        versions: Sequence[AgreementVersion],
        clauses: Sequence[AgreementClause],
        known: Known,
        pairs: pl.DataFrame,
        unsuspended: pl.DataFrame,
    ) -> None:
        self._months, self._versions, self._clauses = months, versions, clauses
        self._name = versions[0].partner
        self._set_aside = known.set_aside
        self._rows: dict[str, list[tuple[str, str, dt.date]]] = {}
        for parcel_id, *row in known.rows.select(_KNOWN).iter_rows():
            self._rows.setdefault(parcel_id, []).append((row[0], row[1], row[2]))
        ids = pairs.filter(
            pl.col("invoiced").fill_null(0) != pl.col("expected").fill_null(0)
        )["parcel_id"].unique()
        self._parcels = {
            (row["parcel_id"], row["service"]): (month, row)
            for month in months
            for row in month.parcels.filter(pl.col("parcel_id").is_in(ids.implode()))
            .with_columns(pl.col("service", "zone", "outcome").cast(pl.String))
            .to_dicts()
        }
        self._invoiced = _invoiced_prices(pairs, ids, versions)
        free = unsuspended.filter(pl.col("parcel_id").is_null())
        self._unsuspended = {
            (row["charge"], row["charged_on"], row["amount"]) for row in free.to_dicts()
        }

    def of(
        self, lines: Sequence[dict[str, Any]]
    ) -> Iterator[tuple[dict[str, Any], Cause]]:
        """Yield each line with its cause; of several the one that is told most."""
        options = [self._options(line) for line in lines]
        told = Counter(_which(cause) for causes in options for cause in causes)
        for line, causes in zip(lines, options, strict=True):
            yield line, max(causes, key=lambda cause: told[_which(cause)])

    def _options(self, line: Mapping[str, Any]) -> list[Cause]:
        if line["invoiced"] is None:
            return [_missing(line)]
        if line["again"]:
            return [("charged_twice", "another line of the invoice charges it")]
        if line["parcel_id"] is None:
            return [self._of_period(line)]
        found = self._parcels.get((line["parcel_id"], line["service"]))
        if found is not None and line["kind"] == "price":
            return self._price(line, *found)
        return [self._stranger(line) if found is None else self._extra(line, *found)]

    def _extra(
        self, line: Mapping[str, Any], month: SettledMonth, parcel: Mapping[str, Any]
    ) -> Cause:
        """Of a line beside a parcel's price."""
        if line["expected"] is None:
            return self._not_due(line, month, parcel)
        if line["kind"] != "surcharge":
            return _other(line, month.version)
        price = self._invoiced.get((line["parcel_id"], line["service"]), 0)
        named, invoiced = line["charge"], line["invoiced"]
        return other_amount(
            named, parcel, invoiced, price, month.version, self._versions
        )

    def _price(
        self, line: Mapping[str, Any], month: SettledMonth, parcel: Mapping[str, Any]
    ) -> list[Cause]:
        asked = Charged(
            version=month.version,
            rate=month.version.rates[parcel["rate"]],
            service=parcel["service"],
            zone=parcel["zone"],
            weight_kg=parcel["weight_kg"],
            cm=parcel["cm"],
            size=parcel["size"],
            step=parcel["step"],
            unit_price=parcel["unit_price"],
            named=line["named"],
            invoiced=line["invoiced"],
        )
        causes = price_causes(asked, self._versions)
        return causes or [
            ("unexplained", "no price of the agreements with the partner")
        ]

    def _not_due(
        self, line: Mapping[str, Any], month: SettledMonth, parcel: Mapping[str, Any]
    ) -> Cause:
        named = line["named"]
        promotions = {p.name for it in self._versions for p in it.promotions}
        if named in promotions or named == "compensation":
            return "not_due", f"no {named} is due for this parcel"
        clauses = [
            it for it in self._clauses if it.agreement == month.version.agreement
        ]
        return not_due(named, parcel, month.version, self._versions, clauses)

    def _stranger(self, line: Mapping[str, Any]) -> Cause:
        parcel_id = line["parcel_id"]
        if parcel_id in self._set_aside:
            return "set_aside", self._set_aside[parcel_id]
        rows = self._rows.get(parcel_id)
        if rows is None:
            return "not_ours", "no row of the table has this parcel"
        mine = {service: day for partner, service, day in rows if partner == self._name}
        if not mine:
            return "not_ours", f"{rows[0][0]} carried it"
        if line["service"] not in mine:
            services = ", ".join(sorted(mine))
            return "not_ours", f"never carried as {line['service']}, but {services}"
        return "other_month", f"carried on {mine[line['service']]}"

    def _of_period(self, line: Mapping[str, Any]) -> Cause:
        day = line["charged_on"] or line["invoiced_on"]
        if (line["named"], day, line["invoiced"]) in self._unsuspended:
            clauses = ", ".join(it.clause for it in self._clauses)
            return "clause", f"as if {clauses} did not hold"
        if line["expected"] is not None:
            step = max(step_of(it.rounding) for it in self._versions)
            if abs(line["invoiced"] - line["expected"]) < step:
                return "rounding", str(line["why"])
            return "amount", f"due: {line['why']}"
        names: set[str] = set()
        for version in self._versions:
            names |= {it.name for it in version.commitments}
            names |= {it.name for it in version.rebates}
            names |= {it.name for it in version.rates}
            names |= {it.measure for it in version.service_levels}
        if line["named"] in names | {"minimum_charge"}:
            return "not_due", "nothing of the kind is due in this settlement"
        return "unexplained", f"no agreement with the partner has {line['named']}"


def _which(cause: Cause) -> Cause:
    """The cause with the rate or version it is of, whatever the step."""
    return cause[0], cause[1].partition(":")[0]


def _missing(line: Mapping[str, Any]) -> Cause:
    if line["expected"] > 0:
        return "missing_line", str(line["why"])
    return _MISSING.get(line["kind"], "missing_credit"), str(line["why"])


def _other(line: Mapping[str, Any], version: AgreementVersion) -> Cause:
    gap = abs(line["invoiced"] - line["expected"])
    if gap < step_of(version.rounding):
        return "rounding", "rounded in another way"
    return "amount", f"due: {line['why']}"


def _invoiced_prices(
    pairs: pl.DataFrame, ids: pl.Series, versions: Sequence[AgreementVersion]
) -> dict[tuple[str, str], int]:
    """The price after promotion, as invoiced, of some parcels."""
    promotions = [it.name for version in versions for it in version.promotions]
    of_price = (pl.col("slot") == "price") | pl.col("named").is_in(promotions)
    lines = pairs.filter(
        pl.col("parcel_id").is_in(ids.implode()),
        of_price,
        pl.col("again") == 0,
        pl.col("invoiced").is_not_null(),
    )
    sums = lines.group_by("parcel_id", "service").agg(pl.col("invoiced").sum())
    return {(parcel, service): amount for parcel, service, amount in sums.iter_rows()}


def cause_told(cause: str) -> str:
    """Return a cause in words."""
    return " and ".join(CAUSES[part] for part in cause.split("_and_"))
