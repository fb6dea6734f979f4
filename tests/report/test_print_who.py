"""Tests of who the customers are and when they fetch, as an analyst reads it."""

import io
import re

import polars as pl
import pytest
from rich.console import Console

from cstore_cli.demand.customers.who import PickupHours, Potential, Segments
from cstore_cli.report.demand_who import (
    print_pickup_hours,
    print_potential,
    print_segments,
)


def shown(printer, result, width=80):
    file = io.StringIO()
    printer(Console(file=file, width=width), result)
    return file.getvalue()


def part(text, title):
    """Rows of a table, their cells."""
    body = text.split(f"\n{title}")[1].split("\n\n")[0]
    lines = body.split("─\n", 1)[1].splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines if line.strip()]


def two_segments(people=(12_345.0, 678.0), tried=True):
    figures = [(3, 0.41234, 0.95, 5, True), (4, None, None, 2, False)]
    return Segments(
        table=pl.DataFrame(),
        described=pl.DataFrame(
            {
                "segment": ["A", "B"],
                "areas": [42, 1],
                "people": people,
                "orders_per_1000": [9.12, None],
                "potential_share": [0.305, None],
                "description": ["A: income 812 (city 640)", "B: much like the city"],
            }
        ),
        tried=pl.DataFrame(
            figures if tried else [],
            schema=["number", "silhouette", "agreement", "smallest", "chosen"],
            orient="row",
        ),
        why="3 segments: for a reason.",
        period="week",
    )


def test_segments_are_shown_with_what_is_known_of_them():
    text = shown(print_segments, two_segments())

    assert text.splitlines()[1] == "3 segments: for a reason."
    assert part(text, "Segments\n") == [
        ["A", "42", "12,345", "9.1", "30.50 %"],
        ["B", "1", "678", "-", "-"],
        ["A: income 812 (city 640)"],
        ["B: much like the city"],
    ]
    assert "orders a week" in text


def test_numbers_tried_are_shown_and_the_chosen_one_marked():
    rows = part(shown(print_segments, two_segments()), "Numbers of segments tried")

    assert rows == [["3", "0.41", "0.95", "5", "<- chosen"], ["4", "-", "-", "2"]]


def test_nothing_tried_is_no_table():
    text = shown(print_segments, two_segments(people=(None, None), tried=False))

    assert "tried" not in text
    assert part(text, "Segments\n")[0] == ["A", "42", "-", "9.1", "30.50 %"]


def some_potential(groups=True):
    bands = ["age_25_34", "age_65_plus"]
    by_income = {
        "income_group": [1, 1, 5, 5, None, None],
        "income_from": [310.5, 310.5, 1200.0, 1200.0, None, None],
        "income_to": [402.0, 402.0, 1800.0, 1800.0, None, None],
        "areas": [2, 2, 2, 2, 1, 1],
        "band": bands * 3,
        "potential": [100.0, 10.0, 200.0, 20.0, 0.0, 3.0],
    }
    table = pl.DataFrame(by_income)
    return Potential(
        areas=pl.DataFrame(),
        bands=pl.DataFrame(
            {
                "band": bands,
                "people": [1000.0, 660.0],
                "online": [600.0, 66.0],
                "potential": [300.0, 33.0],
            }
        ),
        groups=table if groups else table.clear(),
    )


@pytest.mark.parametrize("width", [80, 140])
def test_potential_is_shown_by_age_and_added_up(width):
    """333 of 1,660 people are 20.06 %."""
    text = shown(print_potential, some_potential(), width)

    assert text.splitlines()[1].startswith("333 potential customers")
    assert part(text, "Potential customers by age\n") == [
        ["age_25_34", "1,000", "600", "300", "30.00 %"],
        ["age_65_plus", "660", "66", "33", "5.00 %"],
        ["all", "1,660", "666", "333", "20.06 %"],
    ]


def test_potential_is_shown_by_age_and_income():
    text = shown(print_potential, some_potential())

    assert part(text, "Potential customers by age and income") == [
        ["age_25_34", "100", "200", "0"],
        ["age_65_plus", "10", "20", "3"],
        ["all", "110", "220", "3"],
    ]
    assert re.search(r"310.5 to\s+1,200 to\s+income", text)


def test_no_income_is_no_table():
    text = shown(print_potential, some_potential(groups=False))

    assert "income" not in text


def test_no_shares_are_said_to_be_missing():
    assert "people.online_share is empty" in shown(print_potential, None)


def fetched(shares=None, gain=None, notes=()):
    shares = shares or [1 / 24] * 24
    rows = gain or [("A", 50, 0.1, 4.25, None), ("*", 50, 0.1, 4.25, None)]
    return PickupHours(
        hours=pl.DataFrame(
            {"area_id": ["*"] * 24, "hour": range(24), "share": shares},
            schema_overrides={"share": pl.Float64},
        ),
        gain=pl.DataFrame(
            rows,
            schema={
                "area_id": pl.String,
                "pickups": pl.Int64,
                "share_closed_hours": pl.Float64,
                "parcels_day_closed_hours": pl.Float64,
                "reason": pl.String,
            },
            orient="row",
        ),
        prior_pickups=100,
        notes=tuple(notes),
    )


def test_headline_says_what_is_felt_and_what_is_not():
    first = shown(print_pickup_hours, fetched()).splitlines()[1]

    assert first == (
        "24-hour opening: 4.2 parcels a day whose customers would come in hours now "
        "closed, 10.00 % of what they wish; no further orders, but sooner fetched"
    )


def test_block_with_an_unknown_hour_is_a_dash():
    """23:00 is not known; three hours of 1/24 are 12.5 %."""
    text = shown(print_pickup_hours, fetched([1 / 24] * 23 + [None]))

    rows = part(text, "When customers would fetch")
    assert rows[0] == ["00:00-03:00", "12.50 %"]
    assert rows[-1] == ["21:00-24:00", "-"]


def test_areas_that_gain_most_come_first_and_ten_at_most():
    """Not those that gain nothing, nor the city."""
    gain = [(f"A{k:02}", 9, 0.1, float(k), None) for k in range(12)]

    text = shown(print_pickup_hours, fetched(gain=[*gain, ("*", 9, 0.1, 66.0, None)]))

    rows = part(text, "Where 24-hour opening would be felt most, 10 of 11")
    assert rows[0] == ["A11", "9", "10.00 %", "11.0"]
    assert len(rows) == 10


def test_what_cannot_be_told_is_said_with_its_reason():
    gain = [
        ("A", 0, None, None, "no pick-ups"),
        ("B", 0, None, None, "no pick-ups"),
        ("*", 0, None, None, "nothing can be told of 00:00-06:00"),
    ]

    text = shown(print_pickup_hours, fetched(gain=gain, notes=["3 are left out."]))

    assert "would add is not known: nothing can be told of 00:00-06:00" in text
    assert "Not told of 2 areas: no pick-ups." in text
    assert "3 are left out." in text


def test_unknown_demand_leaves_the_share():
    gain = [("A", 50, 0.1, None, None), ("*", 50, 0.1, None, None)]

    text = shown(print_pickup_hours, fetched(gain=gain))

    assert "come in hours now closed for 10.00 % of what they wish" in text


def test_no_pickups_are_said_to_be_missing():
    assert "there are no pickups" in shown(print_pickup_hours, None)
