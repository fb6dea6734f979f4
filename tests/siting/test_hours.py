"""Tests of opening hours against when customers fetch."""

import numpy as np
import pytest
from small_city import sites

from cstore_cli.siting.hours import fetch_share_open
from cstore_cli.tables.open_hours import open_share

EVENING = [0.0] * 18 + [0.25] * 4 + [0.0] * 2


@pytest.mark.parametrize(
    ("hours", "open_h"),
    [
        ("24/7", 24),
        ("00:00-24:00", 24),
        ("06:00-23:00", 17),
        ("06:30-23:15", 16.75),
        ("18:00-02:00", 8),
        ("12:10-12:40", 0.5),
    ],
)
def test_hours_are_open_so_long(hours, open_h):
    assert open_share(hours).sum() == pytest.approx(open_h)


def test_hours_over_midnight_are_open_late_and_early():
    share = open_share("22:30-01:00")

    assert np.flatnonzero(share).tolist() == [0, 22, 23]
    assert share[22] == 0.5


def test_fetches_after_closing_are_lost():
    """A quarter fetch in each hour from 18:00 to 22:00; half an hour is open of 20."""
    told = sites(("A", 0), ("B", 0), opening_hours=["08:00-20:30", None])

    share = fetch_share_open(told, "24/7", EVENING)

    assert share.tolist() == [0.625, 1]
