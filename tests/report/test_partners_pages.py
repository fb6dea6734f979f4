"""The pages of partners tell what the commands print and write."""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal

import pytest
from page_rows import table, tables
from shown_partners import (
    DAY,
    HOSTILE,
    ran,
    ranked,
    reviewed,
    settled_sample,
    split,
    split_page,
    unsettled,
)

from cstore_cli.partners.allocate.files import allocation_table, cost_table
from cstore_cli.partners.review.result import Due, Revision
from cstore_cli.report.figures import percent
from cstore_cli.report.partners_page import settlement
from cstore_cli.report.partners_page.ranking import ranking_page
from cstore_cli.report.partners_rank import criterion_told


def test_scores_are_those_of_the_ranking():
    ranking = ranked("ant", "bee", "cat")
    (one,) = ranking.kinds

    shown = table(ranking_page(ranking, "TWD"), "Scores")

    assert [(row[1], row[3], row[5], row[7]) for row in shown] == [
        (
            row["partner"],
            f"{row['topsis']:.3f}",
            f"{row['weighted_sum']:.3f}",
            str(row["weighted_sum_rank"]),
        )
        for row in one.ranked.to_dicts()
    ]


def test_weights_that_swap_the_first_are_those_of_the_sensitivity():
    """Of two criteria that disagree each has one weight that turns the order."""
    ranking = ranked("ant", "bee")
    swaps = ranking.kinds[0].swaps

    shown = table(ranking_page(ranking, "TWD"), "Weights beyond")

    told = [
        (row[0], change, row[place], row[place + 1])
        for row in shown
        for change, place in (("down", 5), ("up", 7))
        if row[place] != "never"
    ]
    assert told == [
        (criterion, change, f"{100 * weight:.1f} %", becomes)
        for criterion, change, weight, becomes in swaps.select(
            "criterion", "change", "swap_weight", "becomes"
        ).iter_rows()
        if weight is not None
    ]
    assert told


def test_who_fails_a_gate_is_shown_with_the_reason():
    shown = table(ranking_page(ranked("ant", "bee"), "TWD"), "Not ranked")
    assert [row[0] for row in shown] == ["outsider"]
    assert "rating" in shown[0][1]


def test_nobody_ranked_is_a_page_too():
    shown = ranking_page(ranked(), "TWD").decode()
    assert "nobody passed the gates" in shown


def test_a_partner_s_name_is_text():
    shown = ranking_page(ranked(HOSTILE, "bee"), "TWD").decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_values_are_told_with_their_units():
    made = ranking_page(ranked("ant", "bee"), "TWD").decode()
    assert "price, TWD a parcel<br>" in made
    nearest = re.search(r"The least change of one weight.*", made)[0]
    assert "\N{NO-BREAK SPACE}%" in nearest
    assert " %" not in nearest


def test_the_same_ranking_is_the_same_page():
    assert ranking_page(ranked("ant", "bee"), "TWD") == ranking_page(
        ranked("ant", "bee"), "TWD"
    )


def test_who_carries_what_is_as_in_the_summary():
    answer, summary = split(9, 4)

    rows = table(split_page(answer, summary), "Parcels of all months")

    assert [(row[0], row[1], row[3], row[5]) for row in rows[:-1]] == [
        (
            name,
            str(its["today"]),
            str(its["parcels"]),
            percent(its["parcels"] / summary["parcels"]),
        )
        for name, its in summary["partners"].items()
    ]
    assert rows[-1][3] == str(summary["parcels"])


def test_parts_of_a_month_are_its_parcels():
    answer, summary = split(9, 4)

    rows = table(split_page(answer, summary), "Parcels by month")

    assert [(row[0], row[2]) for row in rows] == [("2026-01", "9"), ("2026-02", "4")]
    assert [sum(map(int, row[3:])) for row in rows] == [9, 4]


def test_costs_and_classes_are_those_of_the_tables():
    answer, summary = split(9, 4)
    shown = split_page(answer, summary)

    costs = table(shown, "Costs by partner")
    classes = table(shown, "Parcels alike")

    assert [Decimal(row[-1].replace(",", "")) for row in costs] == [
        round(total, 2) for total in cost_table(answer)["total"]
    ]
    assert [(row[0], row[1], int(row[7])) for row in classes] == list(
        allocation_table(answer).select("partner", "month", "parcels").iter_rows()
    )


def test_a_rule_that_binds_says_so():
    """Bee is cheaper and may carry 6 of 10 parcels: 60 %."""
    answer, summary = split(10, most_percent=60)

    rows = table(split_page(answer, summary), "Capacities")

    assert ["bee: share of 0 to 60 %", "", "6", "6", "at its limit"] in rows


def test_differences_are_those_of_the_csv_the_largest_first(settled):
    shown = (settled / settlement.NAME).read_bytes()
    told = list(
        csv.DictReader(
            io.StringIO((settled / "differences.csv").read_text("utf-8-sig"))
        )
    )

    rows = table(shown, "Differences")

    names = ("difference", "expected", "invoiced")
    assert sorted(tuple(row[:3]) for row in rows) == sorted(
        tuple(row[name] for name in names) for row in told
    )
    sizes = [abs(int(row[0])) for row in rows]
    assert sizes == sorted(sizes, reverse=True)


def test_causes_add_up_to_what_is_asked_for_too_much(settled):
    summary = json.loads((settled / "summary.json").read_text())["invoice"]

    *causes, last = table((settled / settlement.NAME).read_bytes(), "Why they differ")

    assert {(int(row[1]), row[2]) for row in causes} == {
        (it["lines"], it["difference"]) for it in summary["differences"].values()
    }
    assert last[2] == summary["difference"]


def test_sums_are_those_of_the_settlement(settled):
    told = list(
        csv.DictReader(io.StringIO((settled / "settlement.csv").read_text("utf-8-sig")))
    )

    rows = table((settled / settlement.NAME).read_bytes(), "Sums")

    assert [(row[4], row[-1].replace(",", "")) for row in rows] == [
        (row["charge"], row["amount"]) for row in told if row["kind"] != "total"
    ]


def test_without_an_invoice_nothing_is_billed():
    shown = unsettled(num=3)
    assert "Billed against owed" not in shown.decode()
    assert table(shown, "By partner")[-1][:3] == ["all", "3", "150"]


def test_more_rows_than_a_page_bears_are_cut_and_the_file_named(monkeypatch):
    monkeypatch.setattr(settlement, "MOST_ROWS", 1)

    shown = tables(unsettled(num=3, cod_twd=10.0))

    (caption,) = (name for name in shown if name.startswith("Sums"))
    assert "the first 1 of 2; all are in settlement.csv" in caption
    assert len(shown[caption]) == 2


def test_parcels_of_a_review_stand_by_month():
    shown = reviewed(
        ("volume", "all", "2025-12", {"actual": 3.0, "amount": 1_500_000}),
        ("volume", "all", "2026-02", {"actual": 2.0, "amount": 1_000_050}),
    )
    assert table(shown, "Parcels by month") == [
        ["ant", "3", "2", "5", "250.005"],
    ]


def test_a_delay_of_data_has_one_name_in_ranking_and_review():
    level = {"promised": 4.0, "actual": 1.1, "low": 1.0, "high": 1.2, "samples": 9}
    shown = reviewed(("service_level", "data_delay_h", "year", level))
    assert table(shown, "Service promised")[0][1] == "data delay, h"
    assert criterion_told("feed_delay_h", "TWD") == "data delay, h"


def test_a_promise_of_some_services_names_them():
    said = {"promised": 1.0, "actual": 2.0, "amount": 0, "told": "counts only return"}
    (row,) = table(reviewed(("commitment", "promised", "2026", said)), "What was")
    assert row[-1] == "counts only return"


def test_a_promise_missed_is_marked_with_its_fee():
    told = {"promised": 80.0, "actual": 60.0, "amount": 400_000}
    kept = {"promised": 80.0, "actual": 80.0, "amount": 0}
    shown = reviewed(
        ("commitment", "promised", "2026-01", told),
        ("commitment", "promised", "2026-02", kept),
    )

    rows = table(shown, "What was promised")

    assert [(row[2], row[3], row[4], row[6]) for row in rows] == [
        ("2026-01", "80", "60", "40"),
        ("2026-02", "80", "80", "0"),
    ]
    assert shown.count(b'class="bar second"') == 1


def test_what_others_would_have_asked_is_told_beside_the_partner_s_own():
    shown = reviewed(
        ("other_terms", "ant", "year", {"samples": 5, "actual": 5.0, "amount": 500000}),
        ("other_terms", "bee", "year", {"samples": 5, "actual": 4.0, "amount": 420000}),
    )
    assert table(shown, "What the parcels of each") == [
        ["ant", "ant", "5", "0", "50", "", "-", ""],
        ["ant", "bee", "5", "1", "42", "", "-8", ""],
    ]


def test_the_nearest_day_comes_first_and_a_passed_one_says_so():
    days = {"soon": 12, "passed": -3, "later": 200}
    due = tuple(
        Due(name, "main", 1, "notice", DAY + dt.timedelta(left), left, warn, HOSTILE)
        for (name, left), warn in zip(days.items(), (30, None, None), strict=True)
    )

    rows = table(reviewed(due=due), "Days of notice")

    assert [(row[0], row[2], row[-1]) for row in rows] == [
        ("passed", "-3", "passed"),
        ("soon", "12", "within 30 days"),
        ("later", "200", ""),
    ]


def test_a_revision_shows_what_it_saves():
    one = Revision("ant", "main", 1, "step", HOSTILE, "71", "65", 900_000, 850_000, "x")

    shown = reviewed(revisions=(one,))

    (row,) = table(shown, "Changes of terms")
    assert row[:5] == ["ant", f"step {HOSTILE}", "71", "65", "5"]
    assert b"<script>alert" not in shown


def test_shares_of_an_alliance_are_those_of_the_split(tmp_path):
    out = ran(tmp_path, "share")
    told = list(csv.DictReader(io.StringIO((out / "split.csv").read_text("utf-8-sig"))))

    *rows, last = table((out / "split.html").read_bytes(), "By each rule")

    shown = {(row[0], k): row[2 + k].replace(",", "") for row in rows for k in range(4)}
    rules = list(dict.fromkeys(row["rule"] for row in told))
    assert shown == {
        (row["member"], rules.index(row["rule"])): row["cost_twd"] for row in told
    }
    assert [row[1].replace(",", "") for row in rows] == [
        row["alone_twd"] for row in told[: len(rows)]
    ]
    assert len(set(last[2:])) == 1


@pytest.fixture(scope="module")
def settled(tmp_path_factory):
    return settled_sample(tmp_path_factory.mktemp("settled"))
