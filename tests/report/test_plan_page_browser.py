"""plan.html in a browser: numbers are those of the files, clicks and choices work."""

import csv
from dataclasses import replace

import polars as pl
import pytest
from shown_variants import HOSTILE, collecting, hostile, loading, with_tables

from cstore_cli.report.plan_page.held import Limits
from cstore_cli.report.plan_page.page import plan_page

pytestmark = pytest.mark.browser


def written(folder, shown):
    file = folder / "plan.html"
    file.write_bytes(plan_page(shown))
    return file


@pytest.fixture(scope="module")
def file(tmp_path_factory, shown_sample):
    return written(tmp_path_factory.mktemp("plan"), loading(shown_sample, 10))


def read(plan, name):
    with (plan / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def counts(page, what="shown"):
    keys = ("routes", "stops", "parcels", "km", "hours", "cost", "stores")
    return [page.inner_text(f"[data-{what}={key}]") for key in keys]


def expected(routes, stores):
    """What a page tells of these rows of routes.csv, and of so many stores."""
    total = {
        key: sum(float(row[key]) for row in routes)
        for key in ("stops", "parcels", "km", "minutes", "cost")
    }
    return [
        f"{len(routes):,}",
        f"{total['stops']:,.0f}",
        f"{total['parcels']:,.0f}",
        f"{total['km']:,.1f}",
        f"{total['minutes'] / 60:,.1f}",
        f"{total['cost']:,.0f}",
        f"{stores:,}",
    ]


def seen(page, selector):
    """The texts of the row heads that are not hidden."""
    return page.eval_on_selector_all(
        f"{selector} tbody tr:not([hidden]) th", "all => all.map((e) => e.innerText)"
    )


def model(page, name, value):
    return page.evaluate(f"cstore.charts.map.get_model_by_name('{name}').{value}")


def test_figures_are_the_sums_of_the_files(open_page, file, sample_plan):
    page = open_page(file)
    parcels = read(sample_plan, "parcels.csv")
    routes = read(sample_plan, "routes.csv")
    stores = read(sample_plan, "store_arrivals.csv")
    for status in ("planned", "deferred", "unserved"):
        number = sum(
            row["status"] == status for row in parcels if row["task"] == "deliver"
        )
        assert page.inner_text(f"[data-figure={status}]") == f"{number:,}"
    redirected = sum(row["redirected"] == "true" for row in parcels)
    assert redirected > 0
    assert page.inner_text("[data-figure=redirected]") == f"{redirected:,}"
    all_of_it = expected(routes, len(stores))
    assert counts(page) == counts(page, "all") == all_of_it
    headline = [
        page.inner_text(f"[data-figure={key}]")
        for key in ("routes", "stops", "carried", "km", "hours", "cost")
    ]
    assert headline == all_of_it[:-1]
    for time in ("before", "after"):
        litres = sum(float(row[f"shelf_{time}_litres"]) for row in stores)
        assert f"{litres:,.0f}" in page.inner_text("#shelf-told").replace(
            f"{time},", f"{time}"
        )
    _shelves_are_those_of_the_file(page, stores)
    page.emulate_media(media="print")
    assert not page.is_visible("#by-dc")
    assert page.is_visible("#map")
    assert page.is_visible("#routes")


def _shelves_are_those_of_the_file(page, stores):
    more = page.locator("#more-shelves")
    if more.is_visible():
        more.click()
    shown = page.eval_on_selector_all(
        "#shelves tbody tr",
        "all => all.map((r) => [...r.cells].map((c) => c.innerText))",
    )
    columns = ("shelf_litres", "shelf_before_litres", "shelf_after_litres")
    assert {row[0]: (row[3], row[4], row[6]) for row in shown} == {
        row["store_id"]: tuple(f"{float(row[name]):,.1f}" for name in columns)
        for row in stores
    }


def test_click_on_a_route_shows_its_stops(open_page, file, sample_plan):
    page = open_page(file)
    route = read(sample_plan, "routes.csv")[1]["route_id"]
    page.locator("#routes tbody tr").nth(1).click()
    assert page.inner_text("#route-name") == route
    shown = page.eval_on_selector_all(
        "#route-stops tbody tr",
        "all => all.map((r) => [...r.cells].map((c) => c.innerText).slice(0, 9))",
    )
    assert shown == [
        [
            *(row["trip"], row["sequence"], row["kind"], row["location_id"]),
            *(row["arrives"], row["starts"], row["leaves"]),
            *(row["dropped_parcels"], row["collected_parcels"]),
        ]
        for row in read(sample_plan, "stops.csv")
        if row["route_id"] == route
    ]
    chosen = page.locator("tr.chosen th").all_inner_texts()
    assert chosen == [route, route]  # among the routes and on the time line
    page.mouse.move(0, 0)
    colours = page.eval_on_selector_all(
        "#routes tbody tr", "all => all.map((e) => getComputedStyle(e).backgroundColor)"
    )
    assert colours[1] not in (colours[0], *colours[2:])
    assert model(page, "routes", "selected.indices") == [1]
    assert model(page, "chosen", "data.number.length") > 0
    assert page.locator("#route-line rect").count() == (
        page.locator("#vans tbody tr").nth(1).locator("rect").count()
    )


def test_click_far_below_brings_the_details_into_sight(open_page, file):
    page = open_page(file)
    page.locator("#vans tbody tr").nth(2).locator("button").click()
    below = page.evaluate("document.querySelector('#sieve').offsetHeight")
    top = page.evaluate("document.querySelector('#route').getBoundingClientRect().top")
    assert below <= top < below + 20


def test_each_place_of_a_route_is_marked_once(
    open_page, tmp_path, shown_sample, sample_plan
):
    page = open_page(written(tmp_path, collecting(shown_sample)))
    page.locator("#routes tbody tr").nth(0).click()
    route = read(sample_plan, "routes.csv")[0]["route_id"]
    delivers = sum(
        row["route_id"] == route and row["kind"] == "deliver"
        for row in read(sample_plan, "stops.csv")
    )
    shown = model(page, "chosen", "data.number")
    assert shown == ["1-2", *(str(number + 2) for number in range(1, delivers))]


LONELY_POINT = """() => {
  // On the screen: the point of the way of route 0 that no other way is near.
  const plot = cstore.charts.map.get_model_by_name("map");
  const { xs, ys } = cstore.charts.map.get_model_by_name("routes").data;
  const between = (route, k, part) =>
    [xs, ys].map((at) => at[route][k - 1] * (1 - part) + at[route][k] * part);
  const others = [];
  for (let route = 1; route < xs.length; route++)
    for (let k = 1; k < xs[route].length; k++)
      for (let part = 0; part <= 1; part += 0.02) others.push(between(route, k, part));
  let best = [-1, 0, 0];
  for (let k = 1; k < xs[0].length; k++) {
    const [x, y] = between(0, k, 0.5);
    const away = Math.min(...others.map((at) => Math.hypot(at[0] - x, at[1] - y)));
    if (away > best[0]) best = [away, x, y];
  }
  const view = Bokeh.index.find_one(plot);
  const place = view.el.getBoundingClientRect();
  return [
    place.left + view.frame.x_scale.compute(best[1]),
    place.top + view.frame.y_scale.compute(best[2]),
  ];
}"""


def test_click_on_the_map_chooses_the_route_there(open_page, file):
    page = open_page(file)
    x, y = page.evaluate(LONELY_POINT)
    page.evaluate("y => window.scrollTo(0, y - 450)", y)
    page.mouse.move(x, y - page.evaluate("window.scrollY"))
    page.locator(".bk-Tooltip:visible").wait_for()
    page.mouse.click(x, y - page.evaluate("window.scrollY"))
    page.wait_for_function("document.querySelector('#routes tr.chosen') !== null")
    page.wait_for_timeout(300)
    assert page.locator(".bk-Tooltip:visible").count() == 0
    assert page.locator("#routes tr.chosen").get_attribute("data-route") == "0"


def test_print_opens_what_is_folded_and_says_what_it_leaves_out(
    open_page, tmp_path, shown_sample
):
    unserved = shown_sample.parcels.head(3).with_columns(
        pl.lit(None, pl.Int64).alias("remedy_serves"),
        *(pl.lit(None, pl.String).alias(name) for name in ("remedy", "verified")),
    )
    page = open_page(written(tmp_path, replace(shown_sample, unserved=unserved)))
    stores = len(shown_sample.tables.store_arrivals)
    told = f"The 40 fullest of {stores}, in litres; store_arrivals.csv has all."
    assert told in page.inner_text("#shelves caption")
    assert page.locator("details:not([open])").count() == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == 1


def test_shelf_that_its_bar_cannot_hold_is_marked(open_page, tmp_path, shown_sample):
    arrivals = shown_sample.tables.store_arrivals
    full = pl.col("shelf_litres") * pl.Series([2.3, 1.5] + [0.5] * (len(arrivals) - 2))
    shelves = arrivals.with_columns(full.alias("shelf_after_litres"))
    shown = with_tables(shown_sample, store_arrivals=shelves)
    page = open_page(written(tmp_path, shown))
    marked = page.locator("#shelves tr:has(.past) th").all_inner_texts()
    assert marked == [arrivals["store_id"][0]]


def test_choice_of_a_dc_hides_the_others(open_page, file, sample_plan):
    page = open_page(file)
    page.locator("#routes tbody tr").nth(0).click()
    page.select_option("#by-dc", label="DC-LU")
    routes = read(sample_plan, "routes.csv")
    mine = [row for row in routes if row["dc_id"] == "DC-LU"]
    stores = sum(
        row["dc_id"] == "DC-LU" for row in read(sample_plan, "store_arrivals.csv")
    )
    assert 0 < len(mine) < len(routes)
    assert counts(page) == expected(mine, stores)
    names = [row["route_id"] for row in mine]
    assert seen(page, "#routes") == seen(page, "#vans") == names
    assert all(name.startswith("DC-LU") for name in seen(page, "#docks"))
    assert model(page, "routes-shown", "booleans") == [row in mine for row in routes]
    assert sum(model(page, "stores-shown", "booleans")) == stores
    assert page.inner_text("#route-name") == "No route chosen"
    page.click("#all")
    assert counts(page) == counts(page, "all")


def test_choices_hold_together(open_page, file, sample_plan):
    page = open_page(file)
    routes, stops = read(sample_plan, "routes.csv"), read(sample_plan, "stops.csv")
    region_of = {
        row["store_id"]: row["region_id"] for row in read(sample_plan, "assignment.csv")
    }
    region, batch = routes[0]["region_id"], "midday"
    visited = {
        row["route_id"] for row in stops if region_of.get(row["location_id"]) == region
    }
    at_noon = {
        row["route_id"]
        for row in stops
        if row["batch"] == batch and row["kind"] in ("deliver", "collect")
    }
    page.select_option("#by-region", label=region)
    assert set(seen(page, "#routes")) == visited
    page.select_option("#by-batch", label=batch)
    assert set(seen(page, "#routes")) == visited & at_noon
    page.click("#all")
    van = routes[-1]
    name = f"{van['dc_id']} {van['vehicle_type']} {van['vehicle_no']}"
    page.select_option("#by-vehicle", label=name)
    assert seen(page, "#routes") == [van["route_id"]]
    page.select_option("#by-dc", index=1)
    assert seen(page, "#routes") == []
    assert page.is_visible("#none")


def test_names_that_are_code_show_as_text(open_page, tmp_path, shown_sample):
    page = open_page(written(tmp_path, hostile(shown_sample)))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    route = page.get_by_role("button", name=HOSTILE["route"], exact=True).first
    route.click()
    assert page.locator("#route-name").text_content() == HOSTILE["route"]
    assert HOSTILE["store"] in page.locator("#route-stops").text_content()
    page.select_option("#by-dc", label=HOSTILE["dc"])
    assert HOSTILE["dc"] in page.locator("#only").text_content()
    assert page.locator("main img").count() == 0


def test_page_of_sums_works_as_well(open_page, tmp_path, shown_sample, sample_plan):
    file = tmp_path / "plan.html"
    file.write_bytes(plan_page(shown_sample, Limits(routes=3, stores=5)))
    page = open_page(file)
    routes = read(sample_plan, "routes.csv")
    stores = read(sample_plan, "store_arrivals.csv")
    assert counts(page) == expected(routes, len(stores))
    page.locator("#routes tbody tr").nth(0).click()
    assert "Its stops are in stops.csv." in page.inner_text("#route-told")
    page.select_option("#by-dc", label="DC-LU")
    mine = [row for row in routes if row["dc_id"] == "DC-LU"]
    here = sum(row["dc_id"] == "DC-LU" for row in stores)
    assert counts(page) == expected(mine, here)


@pytest.mark.parametrize("width", [1440, 390])
def test_page_fits_its_width_and_the_map_has_one_scale(open_page, file, width):
    page = open_page(file, width=width)
    page.locator("#routes tbody tr").nth(0).locator("button").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    across, up = page.evaluate("""() => {
      const plot = cstore.charts.map.get_model_by_name("map");
      return [
        (plot.x_range.end - plot.x_range.start) / plot.inner_width,
        (plot.y_range.end - plot.y_range.start) / plot.inner_height,
      ];
    }""")
    assert across == pytest.approx(up, rel=0.01)
    assert _filled(page) > 0.8


def test_regions_are_named_where_there_is_room(open_page, file):
    page = open_page(file)
    assert set(model(page, "region-names-shown", "booleans")) == {True}
    page.set_viewport_size({"width": 130, "height": 800})
    page.wait_for_timeout(300)
    assert set(model(page, "regions-shown", "booleans")) == {True}
    assert set(model(page, "region-names-shown", "booleans")) == {False}


def _filled(page):
    """How much of the map's frame the plan's places reach across, either way."""
    return page.evaluate("""() => {
      const plot = cstore.charts.map.get_model_by_name("map");
      const { xs, ys } = cstore.charts.map.get_model_by_name("routes").data;
      const across = (lists, { start, end }) => {
        const all = lists.flatMap((list) => [...list]);
        return (Math.max(...all) - Math.min(...all)) / (end - start);
      };
      return Math.min(across(xs, plot.x_range), across(ys, plot.y_range));
    }""")
