"""The page of a siting holds what its tables hold, and says what it leaves out."""

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from small_city import areas, city, dcs, settings, sites, stores

from cstore_cli.deadline import Deadline
from cstore_cli.milp import Limits
from cstore_cli.report.page.flat import Flat
from cstore_cli.report.page.shades import NONE, shades
from cstore_cli.report.sites import curve_told
from cstore_cli.report.sites_page import page as pages
from cstore_cli.report.sites_page import shown as bounds
from cstore_cli.report.sites_page.page import sites_page
from cstore_cli.report.sites_page.parts import parts_told
from cstore_cli.report.sites_page.shown import ShownSites
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.curve import curve_of
from cstore_cli.siting.files import site_files
from cstore_cli.siting.replay import NetworkDay, Replay
from cstore_cli.siting.score import score_sites
from cstore_cli.travel.geodesic import straight_km

WEIGHED = {
    "rent_twd_month": (3, "min"),
    "people_in_walk": (1, "max"),
    "pm_share": (0, "max"),
}
PARCELS = (1000.0, 600.0, 300.0, 200.0, 90.0, 40.0)
HOSTILE = "</script><b id=evil>x\u202e\"'\U0001f600"


def sited(numbers=(), name="S1", **choose):
    """Three areas east of each other, four sites, an own store and a rival."""
    inputs = city(
        areas=areas(("A", 0, 4000.0), ("B", 3, 2000.0), ("C", 6, 1000.0)),
        sites=sites(
            (name, 0.2),
            ("S2", 3.1),
            ("S3", 5.8),
            ("S4", 9),
            rent_twd_month=[52_000.0, 40_000.0, 44_000.0, 30_000.0],
        ),
        stores=stores(("O", "ours", 9.5), ("R", "rival", 3.3)),
        distribution_centers=dcs(("D", 5)),
    )
    inputs = replace(
        inputs,
        areas_raw=inputs.areas.select("area_id"),
        sites_raw=inputs.sites.select("site_id"),
    )
    asked = {"stores": max(numbers, default=2), **choose}
    wanted = settings(WEIGHED, own=["ours"], choose=asked)
    scores = score_sites(inputs, wanted)
    limits = Limits(deadline=Deadline.after(20))
    if numbers:
        curve = curve_of(inputs, wanted, numbers, limits)
        return ShownSites(inputs, wanted, scores, curve.plans[curve.shown], None, curve)
    return ShownSites(inputs, wanted, scores, choose_sites(inputs, wanted, limits)[0])


def rows_of(shown, name):
    files = site_files(shown.inputs, shown.scores, shown.plan, shown.dcs, shown.curve)
    text = files[name].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def held_in(made):
    inside = re.search(r'id="sites-data">(.*?)</script>', made.decode(), re.DOTALL)[1]
    return json.loads(inside)


def test_page_holds_the_scores_and_parts_of_the_table():
    shown = sited()

    sites_held = held_in(sites_page(shown))["sites"]

    for place, row in enumerate(rows_of(shown, "site_scores.csv")):
        assert sites_held["site_id"][place] == row["site_id"]
        for column in ("rank", "score", "people_in_walk", "rent_twd_month_points"):
            assert sites_held[column][place] == float(row[column])


def test_page_holds_who_serves_each_area_as_in_the_table():
    shown = sited()

    held = held_in(sites_page(shown))["areas"]

    found = dict(zip(held["area_id"], held["site_id"], strict=True))
    rows = rows_of(shown, "area_assignment.csv")
    assert found == {row["area_id"]: row["site_id"] for row in rows}
    walks = dict(zip(held["area_id"], held["walk_m"], strict=True))
    assert walks == {row["area_id"]: float(row["walk_m"]) for row in rows}


def test_knee_is_told_in_words_and_marked():
    """Walks fall by 4000 x 9.3 parcel-km, then by less and less: the knee is at 2."""
    shown = sited(range(1, 5))
    made = sites_page(shown).decode()

    knee = next(r["stores"] for r in rows_of(shown, "curve.csv") if r["knee"] == "true")
    assert knee == "2"
    saved = [float(r["objective"]) for r in rows_of(shown, "curve.csv")]
    first, second = (f"{saved[k] - saved[k + 1]:,.1f}" for k in (0, 1))
    assert (
        f"The tables are of {knee} stores, the knee: from 1 to 2 stores a further one "
        f"saves {first} parcel-km/day, from 2 to 3 {second}."
    ) in made
    assert made.count('<td class="mark">knee</td>') == 1


def test_page_without_a_range_says_how_to_get_the_curve():
    made = sites_page(sited()).decode()
    assert "One number of stores was asked for" in made
    assert 'id="curve"' not in made


def test_proof_and_headline_are_those_of_the_terminal():
    made = sites_page(sited()).decode()
    assert "2 new stores beside 1 own" in made
    assert "Proven: no choice of 2 new stores is better." in made


def test_knee_of_a_range_in_steps_tells_what_each_further_store_brings():
    """1,000 parcels at 0, 600 at 20, 300 at 40 ...: two stores a step, none at 0."""
    inputs = city(
        areas=areas(*((f"A{k}", 20 * k, n) for k, n in enumerate(PARCELS))),
        sites=sites(*((f"S{k}", 20 * k) for k in range(len(PARCELS)))),
    )
    wanted = settings(
        WEIGHED, choose={"model": "covering", "radius_km": 1.0, "stores": 6}
    )
    curve = curve_of(inputs, wanted, (2, 4, 6), Limits(deadline=Deadline.after(20)))
    parcels = [plan.objective for plan in curve.plans]
    told = (
        f"from 2 to 4 stores a further one adds {(parcels[1] - parcels[0]) / 2:,.1f} "
        f"parcels/day, from 4 to 6 {(parcels[2] - parcels[1]) / 2:,.1f}."
    )
    assert curve_told(curve)[0].endswith(told)


def test_budget_and_spacing_are_taken_as_given_and_rents_told_as_parts_of_it():
    shown = sited((1, 2), budget_twd_month=100_000, min_spacing_km=0.5)
    made = sites_page(shown).decode()
    assert "rent of the new stores at most 100,000 TWD a month" in made
    assert "a new store 0.5 km or more from any other" in made
    assert "rent of budget</th>" in made
    for row in rows_of(shown, "curve.csv"):
        part = f"{float(row['rent_twd_month']) / 1_000:.2f} %"
        assert f'<td class="number">{part}</td>' in made
    assert "rent of budget" not in sites_page(sited((1, 2))).decode()


def test_stores_with_more_parcels_than_room_are_marked():
    shown = sited()
    sites_of = shown.plan.sites.with_columns(
        capacity_parcels_day=pl.when(pl.col("site_id") == "S1")
        .then(pl.col("parcels_day") - 1)
        .otherwise(pl.col("parcels_day"))
    )
    made = sites_page(replace(shown, plan=replace(shown.plan, sites=sites_of))).decode()
    assert made.count("<b>over</b>") == 1
    assert "Stores with more parcels a day than room: 1 (S1: " in made
    assert "<b>over</b>" not in sites_page(shown).decode()


def test_parts_in_which_all_sites_are_alike_are_told():
    inputs = sited().inputs
    alike = replace(
        inputs, sites=inputs.sites.with_columns(rent_twd_month=pl.lit(40_000.0))
    )
    for cities, told in ((inputs, False), (alike, True)):
        scores = score_sites(cities, sited().settings)
        parts = parts_told(replace(sited(), inputs=cities, scores=scores))
        assert [p["alike"] for p in parts if p["name"] == "rent_twd_month"] == [told]


def test_firmness_names_a_criterion_as_the_other_tables_do():
    made = sites_page(sited()).decode()
    words = "people within a walk"
    assert f'<th scope="row">{words} <span class="soft">(people_in_walk)</span>' in made


def test_areas_that_nobody_serves_are_told_with_their_reason():
    made = sites_page(
        sited(model="covering", radius_km=0.5, stores=1, existing="ignore")
    ).decode()
    assert "a site would serve it, but none of those chosen does" in made
    assert "areas that nobody serves" in made
    assert "areas that nobody serves" not in sites_page(sited()).decode()


def test_replayed_day_is_told():
    day = NetworkDay(1, 3, 40.5, 9.0, 5000.0, 70, 2, 0, 410.0, 5, {})
    more = NetworkDay(3, 4, 44.5, 9.5, 5600.0, 72, 0, 0, 250.0, 31, {})
    one = sited()
    shown = ShownSites(
        one.inputs,
        one.settings,
        one.scores,
        one.plan,
        replay=Replay(dt.date(2026, 11, 23), day, more, 2, 0),
    )

    made = sites_page(shown).decode()

    assert "A day replayed: 2026-11-23" in made
    assert "With the 2 new stores a day takes 1 van more and 4.0 km more" in made


def test_ids_are_text():
    made = sites_page(sited(name=HOSTILE)).decode()
    assert "<b id=evil>" not in made
    assert "&lt;b id=evil&gt;" in made


def test_same_siting_is_the_same_bytes():
    assert sites_page(sited(range(1, 4))) == sites_page(sited(range(1, 4)))


def test_candidates_beyond_the_bound_are_left_out_and_said(monkeypatch):
    for module in (bounds, pages):
        monkeypatch.setattr(module, "MOST_SITES", 1)

    made = sites_page(sited())

    held = held_in(made)["sites"]
    assert all(
        rank == 1 or chosen
        for rank, chosen in zip(held["rank"], held["chosen"], strict=True)
    )
    assert sum(held["chosen"]) == 2
    assert "Shown are the 1 best of 4 candidates; site_scores.csv has all." in (
        made.decode()
    )


def test_nothing_to_carry_is_warned_of():
    shown = sited()
    plan = shown.plan
    nothing = {**plan.totals, "parcels_day": 0}
    object.__setattr__(plan, "totals", nothing)
    assert "where stores stand means nothing" in sites_page(shown).decode()


@pytest.mark.parametrize("currency", ["TWD", "EUR"])
def test_money_is_told_with_its_currency(currency):
    shown = sited()
    network = shown.settings.network.model_copy(update={"currency": currency})
    other = shown.settings.model_copy(update={"network": network})
    made = sites_page(ShownSites(shown.inputs, other, shown.scores, shown.plan))
    assert f"{currency} rent a month, new stores" in made.decode()


def test_city_laid_flat_keeps_its_distances():
    lat, lon = [25.03, 25.08, 24.99], [121.51, 121.56, 121.6]
    flat = Flat(lat, lon)
    x, y = flat.x(lon), flat.y(lat)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        km = float(
            straight_km(
                *(np.array([v]) for v in (lat[one], lon[one])), lat[other], lon[other]
            )[0]
        )
        across = np.hypot(x[one] - x[other], y[one] - y[other])
        assert across == pytest.approx(km, rel=0.005)


def test_city_across_the_180th_meridian_is_not_torn():
    flat = Flat([-17.0, -17.0], [179.9, -179.9])
    west, east = flat.x([179.9, -179.9])
    assert east - west == pytest.approx(
        0.2 * 111.195 * np.cos(np.radians(17)), abs=0.01
    )


def test_darker_is_more_and_unknown_is_white():
    colours = shades([3.0, None, 1.0, 2.0])
    light = [sum(bytes.fromhex(colour[1:])) for colour in colours]
    assert colours[1] == NONE
    assert light[2] > light[3] > light[0]


def test_page_of_a_thousand_candidates_is_small():
    count = 1_000
    names = [f"S{k:04}" for k in range(count)]
    inputs = city(
        areas=areas(*((f"A{k:03}", k / 10, 100.0 + k) for k in range(200))),
        sites=sites(*((name, k / 50) for k, name in enumerate(names))),
    )
    wanted = settings(WEIGHED, choose={"stores": 5})
    plan, _ = choose_sites(inputs, wanted, Limits(deadline=Deadline.after(20)))
    made = sites_page(ShownSites(inputs, wanted, score_sites(inputs, wanted), plan))
    assert len(held_in(made)["sites"]["site_id"]) == count
    assert len(made) < 3_000_000
