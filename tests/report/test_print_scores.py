"""Tests of the scores of sites as an analyst reads them."""

import io
import re

import pytest
from rich.console import Console
from small_city import areas, city, settings, sites, stores

from cstore_cli.report.sites_scores import print_scores
from cstore_cli.siting.score import score_sites

WEIGHED = {
    "rent_twd_month": (3, "min"),
    "people_in_walk": (1, "max"),
    "pm_share": (0, "max"),
}


def shown(width, top=2):
    inputs = city(
        areas=areas(("A", 0, 1234.0), ("B", 9, 80.0)),
        sites=sites(
            ("S1", 0.2),
            ("S2", 0.4),
            ("S3", 5),
            rent_twd_month=[52_000.0, 40_000.0, 44_000.0],
            am_n_pcu_h=[100.0, 500.0, 100.0],
        ),
        stores=stores(("O", "ours", 0.1)),
    )
    scores = score_sites(inputs, settings(WEIGHED, score={"top": top}))
    file = io.StringIO()
    print_scores(Console(file=file, width=width), scores)
    return file.getvalue()


def part(text, title):
    """Rows of a table, their cells."""
    body = text.split(f"\n{title}")[1].split("\n\n")[0]
    lines = body.split("─\n")[1].splitlines()
    return [re.split(r"\s+", line.strip()) for line in lines]


@pytest.mark.parametrize("width", [80, 140])
def test_every_point_of_the_best_is_shown(width):
    """Rent counts 75 points, people 25; a criterion that weighs nothing has none."""
    rows = part(shown(width), "Best sites: points")

    assert rows == [
        ["1", "S2", "100.0", "75.0", "25.0"],
        ["2", "S3", "50.0", "50.0", "0.0"],
    ]


def test_what_the_points_are_for_is_shown():
    """What counts most first, then what counts nothing: AM, PM, its share."""
    rows = part(shown(140), "Best sites: what")

    assert rows[0] == ["1", "S2", "40,000", "1,234", "800", "400", "33", "%"]


def test_criteria_that_do_not_fit_are_named_with_their_file():
    """What counts least is left out first."""
    text = shown(30)

    rows = part(text, "Best sites: what")
    assert rows[0] == ["1", "S2", "40,000", "1,234", "800"]
    told = "No room here, but in site_scores.csv: PM pcu/h, PM share"
    assert told in text
    table = text.split("Best sites: what")[1].split(told)[0]
    assert max(map(len, table.splitlines()[1:])) <= 30


def test_weights_that_would_change_the_best_are_shown():
    """
    Rents are worth 0 (S1), 1 and 2/3 (S3), people 1 (S1), 1 and 0.

    S1 passes S3 where the weight of rent falls below 3/2 or that of people is over 2.
    """
    text = shown(140)
    rows = part(text, "Weights beyond which other sites are the best 2")

    assert rows[0] == ["rent_twd_month", "3", "1.5", "S3", "S1", "never"]
    assert rows[1] == ["people_in_walk", "1", "never", "2", "S3", "S1"]


def test_headline_counts_areas_by_where_their_parcels_come_from():
    """1,314 people have 9 parcels; the 80 of B are near nobody."""
    first, second = shown(80).splitlines()[:2]

    assert first == (
        "3 sites scored; 2 areas have 9 parcels a day (by forecast 0 areas, by "
        "people 2)"
    )
    assert second == (
        "Within a walk of no site and no store: areas 1, parcels a day 0.6"
    )


def test_no_weight_is_said_to_change_a_list_of_all_sites():
    rows = part(shown(140, top=5), "Weights beyond which other sites are the best 3")

    assert {cell for row in rows for cell in row[2:]} == {"never"}


def test_part_that_is_not_known_is_a_dash():
    inputs = city(areas=areas(("A", 0, 10.0)), sites=sites(("S1", 9)))
    scores = score_sites(inputs, settings({"huff_share": (1, "max")}))
    file = io.StringIO()

    print_scores(Console(file=file, width=80), scores)

    assert scores.table["huff_share"].to_list() == [None]
    assert part(file.getvalue(), "Best sites: what") == [["1", "S1", "-"]]
    assert scores.table["score"].to_list() == [0]
