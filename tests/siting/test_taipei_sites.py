"""The score of Taipei's intersections, where the shared data are at hand."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.score import score_sites
from cstore_cli.tables.read_sites import read_sites

DAY = dt.date(2026, 11, 23)

TESTS = Path(__file__).parents[1]
SHARED = TESTS.parent.parent / "shared" / "data"


def test_taipei_is_scored():
    """1,431 sites for one chain among 189 stores of its own and 1,438 of rivals."""
    if not SHARED.is_dir():
        pytest.skip(f"{SHARED} is not here")
    settings = read_config(TESTS / "real" / "taipei_sites.yaml", SiteStoresSettings)

    scores = score_sites(read_sites(settings, DAY, {}), settings)

    table = scores.table
    assert len(table) == 1431
    points = table.select(pl.sum_horizontal(pl.col("^.*_points$"))).to_series()
    assert points.to_list() == pytest.approx(table["score"].to_list())
    assert table["score"].is_between(0, 100).all()
    assert table["directions"].is_between(1, 4.0001).all()
    assert table["goods_access_min"].is_between(1, 60).all()
    # What the new store takes comes from somewhere near.
    assert table["huff_net_parcels_day"].is_between(0, scores.parcels_day / 100).all()
    assert set(scores.swaps["enters"].drop_nulls()) - set(scores.best["site_id"])
