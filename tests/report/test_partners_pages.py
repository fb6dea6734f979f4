"""The pages of partners tell what the commands print and write."""

import datetime as dt

from page_rows import table
from ranked_partners import by, parcels, settings
from small_agreements import agreements, rate, version

from cstore_cli.partners.rank.rank import rank_partners
from cstore_cli.report.partners_page.ranking import ranking_page
from cstore_cli.tables.rank_inputs import RankInputs

HOSTILE = "<script>alert(1)</script>\"'&\u202eemoji\U0001f4e6"
DAY = dt.date(2026, 3, 31)


def ranked(*names):
    """Partners of falling price and rating, and one that fails the gate."""
    told = {name: {"facts": {"rating": 5 - k}} for k, name in enumerate(names)}
    told |= {"outsider": {"facts": {"rating": 0.5}}}
    criteria = by(
        ("price", 3, "min"),
        ("rating", 1, "max"),
        gates=[{"of": "rating", "at_least": 1}],
    )
    prices = {name: 60 - 5 * k for k, name in enumerate(told)}
    versions = [
        version(name, [rate((1, prices[name]))], agreement=f"of_{k}")
        for k, name in enumerate(told)
    ]
    return rank_partners(
        settings(told, {"logistics": criteria}),
        agreements(*versions),
        RankInputs(parcels()),
        DAY,
    )


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


def test_the_same_ranking_is_the_same_page():
    assert ranking_page(ranked("ant", "bee"), "TWD") == ranking_page(
        ranked("ant", "bee"), "TWD"
    )
