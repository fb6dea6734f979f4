"""The page of a siting in Chromium: clicks, filters and figures, nothing fetched."""

import re

import pytest
from test_sites_page import HOSTILE, rows_of, sited

from cstore_cli.report.sites_page.page import sites_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shown():
    """Choices of one to four of four sites, the knee at two."""
    return sited(range(1, 5))


@pytest.fixture
def opened(open_page, tmp_path):
    def opened(shown, **size):
        file = tmp_path / "sites.html"
        file.write_bytes(sites_page(shown))
        tab = open_page(file, **size)
        tab.wait_for_function("() => cstore.ready")
        return tab

    return opened


DOUBLE_CLICK_MS = 350
PLACE_OF = """(id) => {
  const map = cstore.charts.map, view = Bokeh.index.get_by_id(map.roots()[0].id);
  const { x_scale, y_scale } = view.frame, box = view.el.getBoundingClientRect();
  for (const name of ["new", "own", "candidates"]) {
    const { data } = map.get_model_by_name(name).data_source;
    const k = Array.from(data.id).indexOf(id);
    if (k < 0) continue;
    return [box.x + x_scale.compute(data.x[k]), box.y + y_scale.compute(data.y[k])];
  }
}"""


def click_on_map(tab, site):
    """Click where the map shows the site, no sooner than a click of its own is."""
    tab.wait_for_timeout(DOUBLE_CLICK_MS)
    tab.mouse.click(*tab.evaluate(PLACE_OF, site))
    tab.wait_for_function(
        "(id) => document.querySelector('#picked h3').textContent === id", arg=site
    )


def test_click_on_a_site_shows_its_catchment_and_the_parts_of_its_score(opened, shown):
    tab = opened(shown)
    chosen = [r for r in rows_of(shown, "chosen_sites.csv") if r["kind"] == "new"]
    for row in chosen:
        click_on_map(tab, row["site_id"])
        told = tab.inner_text("#picked")
        score = f"{float(row['score']):.1f}"
        assert f"New store. Score {score}, rank {row['rank']} of 4." in told
        assert f"{float(row['parcels_day']):,.1f} parcels a day" in told
        areas = [
            area
            for area in rows_of(shown, "area_assignment.csv")
            if area["site_id"] == row["site_id"]
        ]
        for area in areas:
            walk = f"{float(area['walk_m']):,.0f}"
            assert re.search(rf"{area['area_id']}\s+{walk}\s", told)
        lines = "cstore.charts.map.get_model_by_name('catchment').data_source.data.x0"
        assert tab.evaluate(f"{lines}.length") == len(areas)

    new = {row["site_id"] for row in chosen}
    scores = rows_of(shown, "site_scores.csv")
    row = next(r for r in scores if r["site_id"] not in new)
    click_on_map(tab, row["site_id"])
    told = tab.inner_text("#picked")
    assert "Candidate, not chosen" in told
    assert "It serves no area." in told
    points = f"{float(row['rent_twd_month_points']):.1f} of 75.0"
    assert points in told


def candidates(tab):
    return [
        row.split("\t") for row in tab.locator("#candidates tbody tr").all_inner_texts()
    ]


def test_candidates_are_those_of_the_table_sorted_and_filtered(opened, shown):
    tab = opened(shown)
    rows = rows_of(shown, "site_scores.csv")

    found = candidates(tab)
    assert [(row[0], row[1].split()[0], row[2]) for row in found] == [
        (r["rank"], r["site_id"], f"{float(r['score']):.1f}") for r in rows
    ]

    tab.select_option("#show", "figures")
    tab.get_by_role("button", name="rent, TWD a month").click()
    headings = tab.locator("#candidates thead th").all_inner_texts()
    rent = next(k for k, words in enumerate(headings) if words.startswith("rent"))
    dearest = sorted((float(r["rent_twd_month"]) for r in rows), reverse=True)
    assert [row[rent] for row in candidates(tab)] == [f"{r:,.0f}" for r in dearest]

    tab.fill("#find", "s3")
    assert [row[1].split()[0] for row in candidates(tab)] == ["S3"]
    tab.fill("#find", "")
    tab.select_option("#which", "other")
    new = {r["site_id"] for r in rows_of(shown, "chosen_sites.csv")}
    assert {row[1] for row in candidates(tab)} == {
        r["site_id"] for r in rows if r["site_id"] not in new
    }
    tab.fill("#least", "101")
    assert candidates(tab) == []
    assert "0 of 4 candidates" in tab.inner_text("#candidates caption")


def test_curve_and_layers_follow_their_controls(opened, shown):
    tab = opened(shown)
    tab.select_option("#axis", "mean_walk_m")
    drawn = tab.evaluate(
        """() => {
            const dots = cstore.charts.curve.get_model_by_name("curve_dots");
            return Array.from(dots.data_source.data[dots.glyph.y.field]);
        }"""
    )
    assert drawn == [float(r["mean_walk_m"]) for r in rows_of(shown, "curve.csv")]

    tab.uncheck("[data-layer=rivals]")
    assert not tab.evaluate("cstore.charts.map.get_model_by_name('rivals').visible")


def test_hostile_id_is_text_and_can_be_picked_on_a_phone(opened):
    tab = opened(sited(name=HOSTILE), width=390, height=844)

    tab.evaluate("(id) => cstore.pick(id)", HOSTILE)
    tab.locator("#map").scroll_into_view_if_needed()
    tab.mouse.move(*tab.evaluate(PLACE_OF, HOSTILE))
    tab.get_by_text("score:").wait_for()  # the tooltip

    assert tab.locator("#picked h3").text_content() == HOSTILE
    assert tab.locator("#evil").count() == 0
    wide = tab.evaluate("document.documentElement.scrollWidth")
    assert wide == 390
