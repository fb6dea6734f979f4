"""The page of shelves in a browser: click, filter, narrow, hostile."""

import pytest
from shelved import HOSTILE, ago, on_shelf, shown

pytestmark = pytest.mark.browser

ROWS = [
    on_shelf("P1", "S1", ago(9), ago(1), waits=False, standing="expired now"),
    on_shelf("P2", "S1", ago(7), ago(hours=-3), extension_days=2),
    on_shelf("P3", "S2", ago(1), ago(-6)),
    on_shelf(HOSTILE, HOSTILE, ago(2), ago(-5), standing=HOSTILE),
]
ROOM = {"S1": 4.0, "S2": 100.0}


@pytest.fixture
def opened(open_page, tmp_path):
    def show(*rows, **more):
        file = tmp_path / "board.html"
        file.write_bytes(shown(*rows, shelf_litres=ROOM))
        return open_page(file, **more)

    return show


def parcels(page):
    return page.locator("#parcels tr th").all_inner_texts()


def stores(page):
    return page.locator("#stores tr:visible th").all_inner_texts()


def test_all_parcels_are_listed_at_first(opened):
    page = opened(*ROWS)
    assert parcels(page) == ["P1", "P2", HOSTILE, "P3"]
    assert page.locator("#parcels-told").inner_text() == "4 parcels"


def test_a_click_on_a_store_lists_its_parcels_and_another_all(opened):
    page = opened(*ROWS)
    button = page.locator("#stores button", has_text="S1")

    button.click()
    assert parcels(page) == ["P1", "P2"]
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator("#parcels-of").inner_text() == "Parcels of S1"

    button.click()
    assert len(parcels(page)) == 4


@pytest.mark.parametrize(
    ("kind", "store", "parcel"),
    [
        ("to_fetch", "S1", "P1"),
        ("due_today", "S1", "P2"),
        ("extended", "S1", "P2"),
    ],
)
def test_a_kind_leaves_its_stores_and_parcels(opened, kind, store, parcel):
    page = opened(*ROWS)
    page.locator("#only").select_option(kind)
    assert (stores(page), parcels(page)) == ([store], [parcel])


def test_a_store_or_chain_is_found_by_its_name(opened):
    page = opened(*ROWS)
    page.locator("#wanted").fill("s2")
    assert (stores(page), parcels(page)) == (["S2"], ["P3"])
    assert page.locator("#parcels-told").inner_text() == "1 parcel"
    page.locator("#wanted").fill("foxm")
    assert stores(page) == ["S1", "S2"]
    assert page.locator("#stores-told").inner_text() == "2 stores shown"


def test_hostile_ids_are_shown_and_clicked_as_text(opened):
    page = opened(*ROWS)
    page.locator("#stores button", has_text="<script>").click()
    assert parcels(page) == [HOSTILE]
    assert page.locator("#parcels td").last.inner_text() == HOSTILE


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_does_not_scroll_sideways(opened, width):
    page = opened(*ROWS, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.body.scrollWidth") <= width


def test_of_many_parcels_a_store_s_are_listed_whole(opened):
    """Of 1,500 a store's 5 are listed; without a choice the first 100."""
    rows = [on_shelf(f"P{k:05}", f"S{k % 300}", ago(k % 9)) for k in range(1500)]
    page = opened(*rows)
    assert len(parcels(page)) == 100
    page.locator("#stores button").first.click()
    assert len(parcels(page)) == 5
