"""Service measured over the months looked back on, beside what was promised."""

from collections.abc import Iterator

import polars as pl

from cstore_cli.partners.review.result import ReviewRow
from cstore_cli.partners.service_levels import measured_levels, without_suspended
from cstore_cli.partners.settle.settlement import Settlement
from cstore_cli.settings.agreement_folder import Agreements

MEASURED_AS = {"data_delay_h": "feed_delay_h"}
"""Measure of an agreement: its name among those measured, where it is another."""


def level_rows(
    parcels: pl.DataFrame, settlement: Settlement, agreements: Agreements, period: str
) -> Iterator[ReviewRow]:
    """
    Yield each promise of a partner's latest version settled, and what was measured.

    ``amount`` is what its credits came to in all months settled, not above 0. The
    promise is of each month; a year's measure says how it went on the whole.
    """
    measured = measured_levels(without_suspended(parcels, agreements))
    latest = {month.version.partner: month.version for month in settlement.months}
    for partner, version in latest.items():
        for level in version.service_levels:
            name = MEASURED_AS.get(level.measure, level.measure)
            rows = measured.filter(partner=partner, measure=name)
            found = rows.row(0, named=True) if len(rows) else {"samples": 0}
            credits_ = settlement.totals.filter(
                partner=partner, kind="service_credit", charge=level.measure
            )
            yield ReviewRow(
                partner,
                version.agreement,
                version.version,
                "service_level",
                level.measure,
                period,
                promised=level.promised,
                actual=found.get("measured"),
                low=found.get("low"),
                high=found.get("high"),
                samples=found["samples"],
                amount=int(credits_["amount"].sum()),
                told=f"credits in {len(credits_)} month(s)" if len(credits_) else "",
            )
