"""The page of an analysis holds what its tables hold, and says what it lacks."""

import datetime as dt
import json
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hand_made_demand import (
    MEANS,
    MONDAY,
    backtest,
    drivers,
    forecast,
    made_demand,
)

from cstore_cli.demand.results import Backtest
from cstore_cli.report.demand_page import page as pages
from cstore_cli.report.demand_page import shown as bounds
from cstore_cli.report.demand_page.demand_map import segment_looks
from cstore_cli.report.demand_page.page import demand_page

HOSTILE = "</script><b id=evil>x\u202e\"'\U0001f600"


def told(shown):
    return demand_page(shown).decode()


def held_in(made):
    inside = re.search(r'id="demand-data">(.*?)</script>', made, re.DOTALL)[1]
    return json.loads(inside)


def rows_of(made, caption):
    """Cells of the rows of a table as text."""
    body = made.split(f"<caption>{caption}")[1].split("</table>")[0].split("<tbody>")[1]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            re.sub("<.*?>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_page_holds_forecast_and_history_of_every_area():
    held = held_in(told(made_demand()))

    by_id = {area["id"]: area for area in held["areas"]}
    assert [*by_id] == ["B", "A", "N"]  # most orders first
    for name, means in MEANS.items():
        assert by_id[name]["mean"] == list(means)
        assert by_id[name]["p90"] == [2 * mean for mean in means]
    assert by_id["A"]["orders"] == [10, 11, None, 13, 14]
    assert by_id["N"]["orders"] == [None] * 5
    assert held["total"]["mean"] == [42.5, 44.75]
    assert held["total"]["orders"] == [30, 32, 22, 36, 38]
    assert held["past"][-1] == "2026-11-22"
    assert held["ahead"] == ["2026-11-23", "2026-11-24"]


def test_step_from_areas_with_a_history_to_all_is_told_with_its_orders():
    areas = MEANS["N"]
    step = held_in(told(made_demand()))["step"]
    assert step == (
        "Orders that came are of the 2 areas with a history, those to come of all 3: "
        f"by the other 1, with {sum(areas) / len(areas):.1f} orders a day, the line "
        "steps up."
    )


def test_total_and_its_range_are_told_first():
    made = told(made_demand())
    assert "87 orders expected from 2026-11-23 to 2026-11-24: 44 a day, in 3" in made
    assert "First day, Mon 2026-11-23: 42 orders; 8 times in 10 it is 32 to 53" in made


def test_drivers_are_told_with_the_spread_of_their_importance():
    made = told(made_demand())
    rows = rows_of(made, "What makes one area ask for more")
    assert rows[0][:3] == ["income", "7.50", "0.75"]
    course = rows_of(made, "What makes orders rise and fall")
    assert [row[:3] for row in course] == [
        ["weekday", "2.00", "0.25"],
        ["special day", "untested", "-"],
    ]


def test_backtest_shows_every_model_and_who_was_best():
    made = told(made_demand())
    rows = rows_of(made, "Areas: how far off")
    assert [row[:2] for row in rows] == [
        ["chosen", "14.6"],
        ["as 7 days before (naive)", "18.6"],
        ["trees over all areas", "14.1"],
    ]
    best = made.split('<tr class="least">')[1]
    assert "trees over all areas" in best.split("</tr>")[0]
    assert rows_of(made, "Who forecasts areas") == [
        ["2026-11-23 to 2026-11-24", "trees over all areas"]
    ]


def test_untested_forecast_says_so():
    nothing = Backtest(backtest().table.clear(), (), ())
    made = told(made_demand(backtest=nothing))
    assert "Unproven: history is too short" in made
    assert "how far off forecasts were" not in made


def test_no_map_without_places():
    made = told(made_demand(places=False))
    assert "No map: the table of areas has no lat and lon." in made
    assert 'id="map"' not in made


def test_area_without_a_place_is_counted():
    assert "Areas without a place, and so not on the map: 1." in told(made_demand())


def test_without_pickups_and_shares_of_customers_their_parts_are_absent():
    made = told(made_demand(potential=None, pickup_hours=None))
    assert "When parcels would be fetched" not in made
    assert "Potential customers are not known" in made


def test_no_drivers_are_said_to_be_unknown():
    made = told(made_demand(drivers=drivers().clear()))
    assert made.count("not known, too few data") == 2


def test_cautions_and_anomalies_are_told():
    made = told(made_demand(warnings=("Ranges are a guess.",), num_rejected=3))
    assert '<p class="warn">Ranges are a guess.</p>' in made
    assert rows_of(made, "What was odd")[0] == ["a gap", "1,234", "A", "left out"]
    assert "Rows put aside: 3" in made


def test_hour_that_nobody_can_tell_is_not_nought():
    rows = rows_of(told(made_demand()), "Share of parcels by hour")
    assert rows[0][:2] == ["00:00", "6.25 %"]
    assert rows[23][:2] == ["23:00", "not known"]


def test_ids_and_columns_are_text():
    made = told(made_demand((HOSTILE, "B", "N"), driver=HOSTILE))
    assert "<b id=evil>" not in made
    assert "&lt;b id=evil&gt;" in made


def test_same_analysis_is_the_same_bytes():
    assert demand_page(made_demand()) == demand_page(made_demand())


def test_areas_and_periods_beyond_the_bounds_are_left_out_and_said(monkeypatch):
    for module in (bounds, pages):
        monkeypatch.setattr(module, "MOST_AREAS", 2)
    monkeypatch.setattr(bounds, "MOST_CELLS", 8)

    made = told(made_demand())

    held = held_in(made)
    assert [area["id"] for area in held["areas"]] == ["B", "A"]
    assert held["areas"][0]["orders"] == [21, 22, 23, 24]
    assert held["total"]["mean"] == [42.5, 44.75]
    assert "the 2 of most orders of 3" in made
    assert "the last 4 of 5 days" in made


@pytest.mark.parametrize("number", [2, 8])
def test_segments_differ_in_colour_and_shape(number):
    shown = made_demand()
    letters = [chr(65 + place) for place in range(number)]
    many = shown.segments.described[[0] * number].with_columns(
        pl.Series("segment", letters)
    )
    object.__setattr__(shown.segments, "described", many)
    looks = segment_looks(shown)
    assert len({(colour, marker) for colour, marker, _ in looks.values()}) == number


def test_page_of_two_years_of_two_hundred_areas_is_small():
    shown = made_demand()
    days = tuple(MONDAY + dt.timedelta(days=k - 730) for k in range(732))
    names = tuple(f"A{k:03}" for k in range(200))
    orders = np.random.default_rng(0).poisson(300, (200, 730)).astype(float)
    history = replace(shown.history, area_ids=names, dates=days, orders=orders)
    table = forecast(names, [(300.125, 301.25)] * 200)
    made = told(replace(shown, history=history, table=table))
    assert len(held_in(made)["areas"]) == 200
    assert len(held_in(made)["past"]) == 730
    assert len(made) < 3_000_000


def test_weeks_are_told_as_weeks():
    shown = made_demand()
    days = tuple(MONDAY + dt.timedelta(weeks=k - 5) for k in range(7))
    table = shown.table.with_columns(
        date=pl.when(pl.col("date") > MONDAY)
        .then(pl.lit(MONDAY + dt.timedelta(weeks=1)))
        .otherwise("date")
    )
    history = replace(shown.history, dates=days, period_days=7)
    made = told(replace(shown, history=history, table=table))
    assert "87 orders expected from 2026-11-23 to 2026-12-06: 44 a week" in made
    assert "as 7 weeks before (naive)" in made
    assert held_in(made)["unit"] == "week"
