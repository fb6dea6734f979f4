"""The pages of partners in a browser: click, filter, narrow, hostile."""

import csv
import io

import pytest
from shown_partners import HOSTILE, ranked, settled_sample, split, split_page

from cstore_cli.report.partners_page.ranking import ranking_page
from cstore_cli.report.partners_page.settlement import NAME

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    return settled_sample(tmp_path_factory.mktemp("settled"))


@pytest.fixture
def opened(open_page, tmp_path):
    def show(made, **more):
        file = tmp_path / "page.html"
        file.write_bytes(made)
        return open_page(file, **more)

    return show


def names(page, table):
    return page.locator(f"table.{table} tbody tr:visible th").all_inner_texts()


def test_a_click_on_a_partner_leaves_its_rows_and_another_all(opened):
    page = opened(ranking_page(ranked("ant", HOSTILE, "bee"), "TWD"))
    everybody = names(page, "scores")

    page.locator("table.scores button", has_text="<script>").click()
    assert names(page, "scores") == [HOSTILE]
    assert names(page, "values") == [HOSTILE]

    page.locator("table.scores button:visible").click()
    assert names(page, "scores") == everybody
    assert sorted(everybody) == sorted(["ant", HOSTILE, "bee"])


def test_bars_are_as_long_as_the_scores(opened):
    ranking = ranked("ant", "bee")
    page = opened(ranking_page(ranking, "TWD"))

    shares = page.eval_on_selector_all(
        "table.scores .bar:not(.second)",
        "bars => bars.map(b => b.firstElementChild.offsetWidth / b.offsetWidth)",
    )

    told = ranking.kinds[0].ranked["topsis"].to_list()
    assert shares == pytest.approx(told, abs=0.01)


def test_a_cause_leaves_its_differences_and_adds_them_up(settled, open_page):
    page = open_page(settled / NAME)
    text = (settled / "differences.csv").read_text("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["cause"] == "tier"]

    page.get_by_role("button", name="priced at another tier").click()

    shown = page.locator("#differences tr:visible")
    assert sorted(shown.locator("th").all_inner_texts()) == sorted(
        row["parcel_id"] for row in rows
    )
    total = sum(int(row["difference"]) for row in rows)
    told = page.locator("[data-told=differences]").inner_text()
    assert told == f"{len(rows)} shown, {total} TWD"


def test_all_sums_add_up_to_what_is_owed(settled, open_page):
    page = open_page(settled / NAME)
    told = page.locator("[data-told=sums]").inner_text()
    assert told.endswith(", 2,338 TWD")


def test_a_month_leaves_its_costs(opened):
    answer, summary = split(9, 4)
    page = opened(split_page(answer, summary))

    page.locator("select[data-of=month]").select_option("=2026-02")

    assert page.locator("#costs tr:visible td:nth-child(2)").all_inner_texts() == [
        "2026-02"
    ]
    assert page.locator("[data-told=costs]").inner_text() == (
        "1 shown, 28.00 TWD with what is charged and credited by the month"
    )


def test_parcels_that_only_today_gives_to_a_partner_are_shown_when_asked_for(opened):
    """All go to bee, at 7; ant has them today."""
    page = opened(split_page(*split(9, 4)))
    partners = page.locator("#classes tr:visible th")
    assert partners.all_inner_texts() == ["bee", "bee"]
    assert (
        page.locator("[data-told=classes]")
        .inner_text()
        .startswith("2 shown, 91.00 TWD before")
    )

    page.locator("select[data-of=carries]").select_option("")

    assert sorted(partners.all_inner_texts()) == ["ant", "ant", "bee", "bee"]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_pages_do_not_scroll_sideways(opened, settled, width):
    long = "a_partner_with_a_name_that_goes_on_and_on_and_will_not_end" * 2
    for made in (
        ranking_page(ranked(long, HOSTILE), "TWD"),
        split_page(*split(9, 4)),
        (settled / NAME).read_bytes(),
    ):
        page = opened(made, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
