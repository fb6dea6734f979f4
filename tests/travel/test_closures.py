"""Tests of closed places and links."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from cstore_cli.errors import InputError
from cstore_cli.travel.closures import check_closures, closed_links_at, closed_windows

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def closures(*rows):
    """Rows (location_id, from_node, to_node, first hour, last hour) after 09:00."""
    return pl.DataFrame(
        [(*row[:3], NINE + row[3] * HOUR, NINE + row[4] * HOUR, "") for row in rows],
        schema={
            "location_id": pl.String,
            "from_node": pl.Int64,
            "to_node": pl.Int64,
            "from": pl.Datetime("us", "UTC"),
            "to": pl.Datetime("us", "UTC"),
            "reason": pl.String,
        },
        orient="row",
    )


def test_links_are_closed_from_up_to_to():
    """As text, whatever the node ids are; a closed place is no link."""
    rows = closures((None, 1, 2, 0, 1), (None, 2, 3, 1, 2), ("S", None, None, 0, 9))

    assert closed_links_at(NINE, rows) == {("1", "2")}
    assert closed_links_at(NINE + HOUR, rows) == {("2", "3")}
    assert closed_links_at(NINE + 2 * HOUR, rows) == frozenset()


def test_windows_of_a_place_are_in_order_and_joined():
    """Touching and overlapping ones are one."""
    rows = closures(
        ("S", None, None, 6, 7),
        ("S", None, None, 1, 4),
        ("S", None, None, 0, 1),
        ("S", None, None, 2, 3),
        ("T", None, None, 0, 9),
    )

    assert closed_windows("S", rows) == (
        (NINE, NINE + 4 * HOUR),
        (NINE + 6 * HOUR, NINE + 7 * HOUR),
    )
    assert closed_windows("U", rows) == ()


def test_rows_that_close_nothing_are_named():
    """Nothing, half a link, both a place and a link, no time."""
    rows = closures(
        (None, None, None, 0, 1),
        (None, 1, None, 0, 1),
        ("S", 1, 2, 0, 1),
        ("S", None, None, 1, 1),
        ("S", None, None, 1, 2),
    )

    with pytest.raises(InputError, match="4 faults") as refusal:
        check_closures(rows)

    assert [fault.line for fault in refusal.value.faults] == [2, 3, 4, 5]
