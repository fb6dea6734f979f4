"""The page of an analysis in Chromium: choosing, clicking, figures, nothing fetched."""

import pytest
from hand_made_demand import MEANS, made_demand

from cstore_cli.report.demand_page.page import demand_page

pytestmark = pytest.mark.browser
HOSTILE = "</script><b id=evil>x\u202e\"'\U0001f600"
DRAWN = """(names) => names.map(([layer, column]) => {
  const { data } = cstore.charts.fan.get_model_by_name(layer).data_source;
  return Array.from(data[column], (value) => Number.isNaN(value) ? null : value);
})"""
PLACE_OF = """(id) => {
  const map = cstore.charts.map, view = Bokeh.index.get_by_id(map.roots()[0].id);
  const { x_scale, y_scale } = view.frame, box = view.el.getBoundingClientRect();
  const { data } = map.get_model_by_name("areas").data_source;
  const k = Array.from(data.id).indexOf(id);
  return [box.x + x_scale.compute(data.x[k]), box.y + y_scale.compute(data.y[k])];
}"""


@pytest.fixture
def opened(open_page, tmp_path):
    def opened(shown, **size):
        file = tmp_path / "demand.html"
        file.write_bytes(demand_page(shown))
        tab = open_page(file, **size)
        tab.wait_for_function("() => cstore.ready")
        return tab

    return opened


def drawn(tab, *names):
    return tab.evaluate(DRAWN, [list(name) for name in names])


def rows_of(tab):
    tab.evaluate("document.querySelector('details').open = true")
    rows = tab.locator("#figures tbody tr").all_inner_texts()
    return [row.split("\t") for row in rows]


def test_total_is_shown_first_then_whatever_is_chosen(opened):
    tab = opened(made_demand())

    assert drawn(tab, ("past", "y"), ("ahead", "mean"), ("range", "p90")) == [
        [30, 32, 22, 36, 38],
        [42.5, 44.75],
        [53.125, 55.938],  # to the thousandth, as in forecast.csv
    ]
    assert rows_of(tab)[0] == ["2026-11-23", "42.5", "31.9", "42.5", "53.1"]

    tab.select_option("#whose", label="A Alder")
    assert drawn(tab, ("past", "y"), ("ahead", "mean"), ("range", "p10")) == [
        [10, 11, None, 13, 14],
        list(MEANS["A"]),
        [mean / 2 for mean in MEANS["A"]],
    ]
    assert "Area A: 25.8 orders expected, 12.9 a day. Segment A." in (
        tab.inner_text("#said")
    )
    assert rows_of(tab)[1][-1] == "trees over all areas"

    tab.select_option("#whose", label="Segment A")
    sums = [one + other for one, other in zip(MEANS["A"], MEANS["B"], strict=True)]
    assert drawn(tab, ("past", "y"), ("ahead", "mean"), ("range", "p10")) == [
        [30, 32, 22, 36, 38],
        sums,
        [],
    ]
    assert "No range" in tab.inner_text("#caveat")

    tab.select_option("#whose", label="N Nook")
    assert drawn(tab, ("past", "y")) == [[None] * 5]
    assert "No history" in tab.inner_text("#said")


def test_click_on_the_map_shows_the_forecast_of_the_area(opened):
    tab = opened(made_demand())
    tab.locator("#map").scroll_into_view_if_needed()
    tab.mouse.click(*tab.evaluate(PLACE_OF, "B"))
    tab.wait_for_function("document.getElementById('said').textContent.includes('B:')")
    assert drawn(tab, ("ahead", "mean")) == [list(MEANS["B"])]

    tab.select_option("#colour", "by_segment")
    assert tab.locator("[data-legend=by_rate]").is_hidden()
    colour = "cstore.charts.map.get_model_by_name('areas').glyph.fill_color.field"
    assert tab.evaluate(colour) == "by_segment"


def test_page_without_places_and_customers_works(opened):
    tab = opened(made_demand(places=False, potential=None, pickup_hours=None))
    tab.select_option("#whose", label="B")
    assert "Area B" in tab.inner_text("#said")


def test_hostile_id_is_text_on_a_phone(opened):
    names = (HOSTILE, "B", "N")
    tab = opened(made_demand(names, driver=HOSTILE), width=390, height=844)
    tab.evaluate("(id) => cstore.pick(id)", HOSTILE)
    assert HOSTILE in tab.locator("#said").text_content()
    assert tab.locator("#evil").count() == 0
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
