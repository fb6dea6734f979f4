"""The files of a split by name: who carries what, its cost, what it hangs on."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import polars as pl

from cstore_cli.partners.allocate.allocate import Allocation
from cstore_cli.partners.allocate.cost import Kind, charges_of
from cstore_cli.tables.write import csv_bytes

FILES = ("allocation.csv", "allocation_costs.csv", "marginal.csv", "summary.json")
_MONEY = pl.Decimal(38, 4)
KINDS: tuple[Kind, ...] = (
    "prices",
    "surcharges",
    "minimum_charge",
    "shortfall",
    "rebate",
    "early_payment",
    "switching",
)
"""Kinds of costs, in the order in which they are told."""
DIGITS = 4
_0 = Decimal(0)


def allocation_files(answer: Allocation) -> dict[str, bytes]:
    """Return name: bytes of each table."""
    return {
        "allocation.csv": csv_bytes(allocation_table(answer)),
        "allocation_costs.csv": csv_bytes(cost_table(answer)),
        "marginal.csv": csv_bytes(marginal_table(answer)),
    }


def allocation_table(answer: Allocation) -> pl.DataFrame:
    """
    Return a row per class and partner who carries some of it, or does today.

    ``unit_price`` is a parcel's price with surcharges, ``cost`` that of all; what is
    charged by the month or longer stands in the table of costs.
    """
    terms = answer.terms
    charges = charges_of(terms.problem, answer.split.parcels)
    place_of = {pair: k for k, pair in enumerate(terms.problem.pairs)}
    rows = []
    for i, item in enumerate(terms.classes):
        today = dict(item.today)
        for p, partner in enumerate(terms.partners):
            k = place_of.get((i, p))
            number = 0 if k is None else answer.split.parcels[k]
            if not number and partner not in today:
                continue
            cost = _0 if k is None else charges.pairs[k]
            each = (cost / number).quantize(Decimal("0.0001")) if number else None
            what = (item.month, item.zone, item.service, item.weight_kg, item.size)
            rows.append((*what, partner, number, each, cost, today.get(partner, 0)))
    schema = {
        "month": pl.String(),
        "zone": pl.String(),
        "service": pl.String(),
        "weight_kg": pl.Float64(),
        "size": pl.String(),
        "partner": pl.String(),
        "parcels": pl.Int64(),
        "unit_price": _MONEY,
        "cost": _MONEY,
        "today": pl.Int64(),
    }
    return pl.DataFrame(rows, schema, orient="row")


def cost_table(answer: Allocation) -> pl.DataFrame:
    """
    Return what each partner costs in each month, by kind; credits are negative.

    What is owed for a quarter or year stands in its last month of the plan, and what
    taking volume away costs in the first.
    """
    terms = answer.terms
    charges = charges_of(terms.problem, answer.split.parcels)
    amounts: dict[tuple[int, int], dict[Kind, Decimal]] = {}
    version_of: dict[tuple[int, int], int] = {}
    for (c, month, kind), amount in charges.lines.items():
        place = terms.problem.contracts[c].partner, month
        amounts.setdefault(place, {})[kind] = amount
        version_of[place] = c
    for partner, amount in charges.switching.items():
        amounts.setdefault((partner, 0), {})["switching"] = amount
    rows = []
    for (partner, month), by_kind in sorted(amounts.items()):
        c = version_of.get((partner, month), -1)
        version = terms.versions[c] if c >= 0 else None
        rows.append(
            (
                terms.partners[partner],
                terms.months[month],
                version and version.agreement,
                version and version.version,
                *(by_kind.get(kind, _0) for kind in KINDS),
                sum(by_kind.values(), _0),
            )
        )
    schema = {
        "partner": pl.String(),
        "month": pl.String(),
        "agreement": pl.String(),
        "version": pl.Int64(),
        **{str(kind): _MONEY for kind in KINDS},
        "total": _MONEY,
    }
    return pl.DataFrame(rows, schema, orient="row")


def marginal_table(answer: Allocation) -> pl.DataFrame:
    """Return the intervals, a row each; ``note`` says why one is empty."""
    rows = [
        (
            it.kind,
            it.name,
            "a month" if it.kind == "commitment" else "a parcel",
            it.low,
            it.high,
            it.why or None,
        )
        for it in answer.marginals
    ]
    schema = {
        "kind": pl.String(),
        "name": pl.String(),
        "per": pl.String(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "note": pl.String(),
    }
    table = pl.DataFrame(rows, schema, orient="row")
    return table.with_columns(pl.col("low", "high").round(DIGITS))


def rule_table(answer: Allocation) -> pl.DataFrame:
    """
    Return the rules a split keeps to: name, least, most, has, binds.

    In parcels, or in partners where so many are asked for; ``has`` is the split's, and
    a rule ``binds`` where that is all it allows.
    """
    problem, parcels = answer.terms.problem, answer.split.parcels
    rows: list[tuple[str, int, int | None, int, bool]] = []
    for limit in problem.limits:
        has = sum(parcels[k] for k in limit.pairs)
        binds = has == limit.most or 0 < limit.least == has
        rows.append((limit.name, limit.least, limit.most, has, binds))
    for spread in problem.spreads:
        sums = [sum(parcels[k] for k in group) for group in spread.groups]
        has = sum(number >= spread.least for number in sums)
        name = f"{spread.name}, each with {spread.least} parcels or more"
        rows.append((name, spread.number, None, has, has == spread.number))
    schema = {
        "name": pl.String(),
        "least": pl.Int64(),
        "most": pl.Int64(),
        "has": pl.Int64(),
        "binds": pl.Boolean(),
    }
    return pl.DataFrame(rows, schema, orient="row")


def partner_table(answer: Allocation) -> pl.DataFrame:
    """
    Return parcels, those of today and cost by partner, in the order of the YAML.

    Partners without an agreement for any of the parcels and without parcels today are
    left out.
    """
    terms = answer.terms
    parcels = (
        allocation_table(answer)
        .group_by("partner")
        .agg(pl.col("parcels").sum(), pl.col("today").sum())
    )
    costs = cost_table(answer).group_by("partner").agg(pl.col("total").sum())
    able = {terms.partners[p] for _, p in terms.problem.pairs}
    able.update(partner for item in terms.classes for partner, _ in item.today)
    named = pl.DataFrame({"partner": [it for it in terms.partners if it in able]})
    return (
        named.join(parcels, on="partner", how="left", maintain_order="left")
        .join(costs, on="partner", how="left", maintain_order="left")
        .with_columns(pl.col("parcels", "today").fill_null(0))
        .with_columns(pl.col("total").fill_null(_0))
    )


def allocation_summary(
    answer: Allocation, day: dt.date, currency: str
) -> Mapping[str, Any]:
    """Return what a person or program wants to know without reading the tables."""
    terms, split = answer.terms, answer.split
    today = answer.today_cost
    return {
        "date": day.isoformat(),
        "months": list(terms.months),
        "currency": currency,
        "parcels": sum(terms.problem.volumes),
        "cost": _told(split.cost),
        "bound": round(split.bound, DIGITS),
        "gap": round(split.gap, 2 * DIGITS),
        "gap_closed": split.proven,
        "today_cost": None if today is None else _told(today),
        "today_why": answer.today_why or None,
        "saving": None if today is None else _told(today - split.cost),
        "partners": {
            row["partner"]: {
                "parcels": row["parcels"],
                "today": row["today"],
                "cost": _told(row["total"]),
            }
            for row in partner_table(answer).iter_rows(named=True)
        },
        "marginal": marginal_table(answer).to_dicts(),
        "marginal_gaps_closed": all(it.proven for it in answer.marginals),
        "taken_as_given": list(terms.notes),
    }


def _told(amount: Decimal) -> str:
    """Money as its text."""
    return str(amount.quantize(Decimal("0.0001")))
