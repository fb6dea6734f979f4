"""summary.json of a settlement: what is owed to whom, until when, by what terms."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from cstore_cli.partners.amounts import money_of, percent_of, percent_units
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.settings.agreement import AgreementVersion, Payment
from cstore_cli.settings.agreement_folder import Agreements

_ROUNDS = {
    "half_up": "a half up",
    "half_even": "a half to the even figure",
    "down": "down",
}


def summary_of(
    settlement: Settlement,
    agreements: Agreements,
    currency: str,
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """
    Return what a person or program wants to know without reading the tables.

    ``counts`` are the rows read, counted for periods alone, and rejected.
    """
    return {
        "from": settlement.first.isoformat(),
        "to": settlement.last.isoformat(),
        "currency": currency,
        "rows": dict(counts),
        "total": money_of(int(settlement.totals["amount"].sum())),
        "partners": {
            partner: _partner(settlement, agreements, partner)
            for partner in settlement.partners()
        },
        "charged_later": [
            {"partner": partner, "what": what} for partner, what in settlement.later
        ],
        "notes": list(settlement.notes),
    }


def _partner(
    settlement: Settlement, agreements: Agreements, partner: str
) -> dict[str, Any]:
    months = [it for it in settlement.months if it.version.partner == partner]
    versions = {(it.version.agreement, it.version.version): it.version for it in months}
    total = settlement.total_of(partner)
    latest = months[-1].version
    decimals = max(it.rounding.decimals for it in versions.values())
    mine = settlement.totals.filter(pl.col("partner") == partner)
    by_kind = mine.group_by("kind", maintain_order=True).agg(pl.col("amount").sum())
    return {
        "parcels": sum(len(it.parcels) for it in months),
        "total": money_of(total, decimals),
        "by_kind": {
            kind: money_of(amount, decimals) for kind, amount in by_kind.iter_rows()
        },
        "payment": dict(_payment(latest, total, settlement.last, decimals)),
        "agreements": [
            _agreement(version, agreements) for version in versions.values()
        ],
    }


def _payment(
    version: AgreementVersion, total: int, last: dt.date, decimals: int
) -> Iterator[tuple[str, Any]]:
    """Yield when is paid, if the invoice is of the settlement's last day."""
    terms: Payment = version.payment
    yield "if_invoiced_on", last.isoformat()
    yield "due", (last + dt.timedelta(days=terms.within_days)).isoformat()
    if terms.early is not None:
        saved = percent_of(
            max(total, 0), percent_units(terms.early.percent), version.rounding
        )
        by = last + dt.timedelta(days=terms.early.within_days)
        yield (
            "early",
            {
                "by": by.isoformat(),
                "percent": f"{terms.early.percent.normalize():f}",
                "saves": money_of(saved, decimals),
                "then_pay": money_of(total - saved, decimals),
            },
        )
    if terms.deposit is not None:
        yield "deposit_held", f"{terms.deposit.normalize():f}"


def _agreement(version: AgreementVersion, agreements: Agreements) -> dict[str, Any]:
    mode = _ROUNDS[version.rounding.mode]
    clauses = agreements.clauses_of(version.agreement)
    return {
        "agreement": version.agreement,
        "version": version.version,
        "valid_from": version.valid_from.isoformat(),
        "valid_to": version.valid_to.isoformat(),
        "sha256": agreements.sha256[version.agreement, version.version],
        "signed_sha256": version.signed.sha256 if version.signed else None,
        "clauses": [it.clause for it in clauses],
        "rounding": f"each line to {version.rounding.decimals} decimals, {mode}; "
        "sums are not rounded",
    }
