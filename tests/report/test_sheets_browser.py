"""Sheets in a browser: nothing is cut on paper, nothing scrolls sideways on a phone."""

import re

import pytest
from sheet_day import (
    ROUTE,
    STOPS,
    door,
    drops,
    long_day,
    order,
    parcel,
    small_day,
    stop,
    store,
)

from cstore_cli.report.sheets.driver import driver_sheets
from cstore_cli.report.sheets.round import round_sheets
from cstore_cli.report.sheets.store import store_sheets

pytestmark = pytest.mark.browser

PAPER = {"width": 718, "height": 1043}
"""190 x 276 mm, what A4 leaves within its margins, in pixels."""

# What stands over its room on paper: leaves whose lines reach into their foot, and
# cells whose text is taller or wider than they are.
CUT = """() => {
  const cut = [];
  for (const leaf of document.querySelectorAll(".leaf")) {
    const foot = leaf.querySelector("footer").getBoundingClientRect();
    if (foot.bottom > leaf.getBoundingClientRect().bottom + 1) cut.push("foot");
    for (const row of leaf.querySelectorAll("tbody tr")) {
      if (row.getBoundingClientRect().bottom > foot.top + 1) cut.push(row.innerText);
      for (const cell of row.querySelectorAll("td > div"))
        if (cell.scrollHeight > cell.clientHeight + 1) cut.push(cell.innerText);
      for (const cell of row.children)
        if (cell.scrollWidth > cell.clientWidth + 1) cut.push(cell.innerText);
    }
  }
  return cut;
}"""


def opened(open_page, tmp_path, html, **view):
    file = tmp_path / "sheet.html"
    file.write_bytes(html)
    return open_page(file, **view)


def cut_on_paper(page):
    page.emulate_media(media="print")
    return page.evaluate(CUT)


def full_day(num):
    """Stops as full as they come: chilled, collecting, much cash, an address."""
    stops = [STOPS[0]]
    for k in range(1, 2 * num + 1, 2):
        cells = drops(288, 5375.7, 109023.0)
        stops.append(stop(k, "deliver", "S1", "13:26 13:26 13:32", **cells))
        took = {"collected_parcels": 12, "litres": 120.5}
        stops.append(stop(k + 1, "collect", "S1", "13:26 13:26 13:40", **took))
    stops.append(stop(2 * num + 1, "end", "D1", "17:50 17:50 17:50"))
    shop = store(
        "S1", name="全家便利商店永和中正店", address="台北市信義區永吉路30巷12號"
    )
    route = ROUTE | {"stops": num, "trips": 1}
    return small_day(stops=stops, route=route, stores=[shop])


@pytest.mark.parametrize("num", [13, 26, 30, 62, 80, 100])
def test_no_line_is_cut_however_many_there_are(open_page, tmp_path, num):
    [html] = driver_sheets(long_day(num)).values()
    page = opened(open_page, tmp_path, html, **PAPER)
    assert cut_on_paper(page) == []
    assert page.locator("tbody tr").count() == num + 2


@pytest.mark.parametrize("num", [13, 58, 76])
def test_full_stops_are_not_cut(open_page, tmp_path, num):
    [html] = driver_sheets(full_day(num)).values()
    assert cut_on_paper(opened(open_page, tmp_path, html, **PAPER)) == []


def test_long_names_make_lines_higher_and_no_line_is_cut(open_page, tmp_path):
    shop = store("S1", name="名" * 5000, address="x" * 5000, chain="\U0001f69a" * 99)
    long = store("S2", name="A shop that is called at length " * 4, address="W" * 99)
    shown = small_day(stores=[shop, long, store("S3")])
    [html] = driver_sheets(shown).values()
    assert cut_on_paper(opened(open_page, tmp_path, html, **PAPER)) == []


@pytest.mark.parametrize("made", [driver_sheets, round_sheets, store_sheets])
def test_sheet_fits_a_phone(open_page, tmp_path, made):
    html = next(iter(made(small_day()).values()))
    page = opened(open_page, tmp_path, html, width=390, height=800)
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390


def test_codes_are_drawn_and_lead_the_way_when_touched(open_page, tmp_path):
    [html] = driver_sheets(small_day()).values()
    page = opened(open_page, tmp_path, html, width=390, height=800)
    codes = page.locator("td .qr")
    assert codes.count() == 3
    assert codes.first.bounding_box()["width"] > 60
    link = page.locator("td a").first.get_attribute("href")
    assert link.startswith("https://www.google.com/maps/dir/?api=1&destination=25.1")


def test_store_list_of_58_parcels_takes_two_leaves(open_page, tmp_path):
    """All with a recipient, a phone and an address; half of them to doors."""
    rows = [parcel(f"O{k:013}", 1) for k in range(58)]
    for row in rows[29:]:
        row["channel"] = "store_door"
    doors = [
        door(k + 1, row["order_id"], "10:35", round_id=f"S1-0{k % 3}")
        for k, row in enumerate(rows[29:])
    ]
    own = {
        "recipient": ["歐陽娜娜"] * 58,
        "phone": ["09****78"] * 58,
        "customer_address": ["臺北市信義區永吉路30巷120弄12號14樓之3"] * 58,
    }
    orders = [order(row["order_id"], 1234.0) for row in rows]
    shown = small_day(parcels=rows, doors=doors, orders=orders, own=own)
    html = store_sheets(shown)["store_lists/S1.html"]
    page = opened(open_page, tmp_path, html)
    assert page.locator(".ticked [scope=row]").count() == 58
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 2
