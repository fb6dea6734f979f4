"""
How well partners served us, as measured on the parcels they had.

on_time: of the parcels that were due, those done by then; one that was lost is not.
lost, damaged: of all parcels. uncollected: of those brought to a store. feed_delay_h:
median of the hours from when a parcel was done until we were told. Days on which a
clause suspends the service levels of a partner's agreement do not count.
"""

from collections.abc import Iterator

import polars as pl

from cstore_cli.partners.intervals import median_between, share_between
from cstore_cli.settings.agreement_folder import Agreements
from cstore_cli.settings.partners_rank import MEASURED, Measured

MEASURED_LEVELS = {
    "partner": pl.String,
    "measure": pl.String,
    "measured": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "samples": pl.Int64,
}
EVERYBODY = "*"
"""In place of a partner: all of them together."""


def measured_levels(parcels: pl.DataFrame) -> pl.DataFrame:
    """
    Return each level of each partner that has a parcel, and of all together.

    Parameters
    ----------
    parcels
        Under `PartnerParcels`.

    Returns
    -------
    A row per partner and measure, in order, `EVERYBODY` last: ``measured``, its 95 %
    interval ``low`` to ``high`` and the parcels it rests on; null where there are none.
    """
    rows = [
        (partner, measure, *_measured(of_partner, measure))
        for partner, of_partner in _by_partner(parcels)
        for measure in MEASURED
    ]
    return pl.DataFrame(rows, schema=MEASURED_LEVELS, orient="row")


def without_suspended(parcels: pl.DataFrame, agreements: Agreements) -> pl.DataFrame:
    """Return the parcels of days on which service levels hold."""
    partner_of = {one.agreement: one.partner for one in agreements.versions}
    for clause in agreements.clauses:
        if "service_levels" in clause.suspends and clause.agreement in partner_of:
            parcels = parcels.filter(
                ~(
                    (pl.col("partner") == partner_of[clause.agreement])
                    & pl.col("charged_on").is_between(
                        clause.valid_from, clause.valid_to
                    )
                )
            )
    return parcels


def _by_partner(parcels: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    if parcels.is_empty():
        return
    for name in sorted(parcels["partner"].unique()):
        yield name, parcels.filter(pl.col("partner") == name)
    yield EVERYBODY, parcels


def _measured(
    parcels: pl.DataFrame, measure: Measured
) -> tuple[float | None, float | None, float | None, int]:
    """Return the level, its interval and the number of parcels."""
    outcome = pl.col("outcome").fill_null("delivered")
    if measure == "feed_delay_h":
        late = (pl.col("told_at") - pl.col("done_at")).dt.total_seconds() / 3600
        hours = parcels.select(late.clip(lower_bound=0).alias("h"))["h"].drop_nulls()
        if hours.is_empty():
            return None, None, None, 0
        low, high = median_between(hours.sort().to_list())
        return float(hours.median() or 0), low, high, len(hours)  # type: ignore[arg-type]
    asked, met = {
        "on_time": (
            pl.col("due_at").is_not_null()
            & (pl.col("done_at").is_not_null() | (outcome == "lost")),
            (pl.col("done_at") <= pl.col("due_at")) & (outcome != "lost"),
        ),
        "lost": (pl.lit(True), outcome == "lost"),
        "damaged": (pl.lit(True), outcome == "damaged"),
        "uncollected": (
            pl.col("service") == "store_delivery",
            outcome == "uncollected",
        ),
    }[measure]
    of, count = (
        parcels.filter(asked)
        .select(pl.len().alias("of"), met.fill_null(value=False).sum().alias("count"))
        .row(0)
    )
    if not of:
        return None, None, None, 0
    return count / of, *share_between(count, of), of
