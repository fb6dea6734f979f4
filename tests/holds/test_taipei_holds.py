"""The 14,000 parcels held on the real day: counts worked out outside this program."""

from pathlib import Path

import polars as pl
import pytest
from held import INSTANT, NO_CLOSURES, TEXTS, at, settings_of

from cstore_cli.holds.decide import decide

HELD = Path(__file__).parents[3] / "shared/data/taipei_day/held_parcels.csv"


@pytest.mark.skipif(not HELD.exists(), reason=f"{HELD} is not here")
@pytest.mark.parametrize(
    ("text", "lapsed"),
    [
        ("", 475),
        ("policy: {inclusive: true}", 736),
        ("policy: {unit: hours, length: 168}", 569),
    ],
)
def test_parcels_that_have_lapsed_by_counting_rule(text, lapsed):
    held = pl.read_csv(HELD).with_columns(
        pl.col("ready_at").str.to_datetime(time_unit="us", time_zone="UTC"),
        *(pl.lit(None, pl.String).alias(name) for name in TEXTS),
    )
    assert held.schema["ready_at"] == INSTANT

    decided = decide(held, settings_of(text), NO_CLOSURES, at("2026-11-23T09:00"))

    assert decided.height == 14_000
    assert decided["lapsed"].sum() == lapsed
