"""Tests of a ranking of partners as a manager reads it."""

import datetime as dt
import io
import re

import pytest
from ranked_partners import by, parcels, settings
from rich.console import Console
from small_agreements import agreements, rate, version

from cstore_cli.partners.rank.rank import rank_partners
from cstore_cli.report.partners_rank import print_ranking
from cstore_cli.tables.rank_inputs import RankInputs

PARTNERS = {
    "northern_star_lines": {"facts": {"rating": 4.5}, "exchange": "epcis"},
    "q": {"facts": {"rating": 3.5}, "exchange": "csv"},
    "newcomer": {"stage": "trial", "since": "2026-03-01", "facts": {"rating": 3}},
    "outsider": {"facts": {"rating": 1}},
}
CRITERIA = [
    ("price", 3, "min"),
    ("on_time", 1, "max"),
    ("rating", 1, "max"),
    ("exchange", 1, "max"),
]


def shown(width=80, partners=PARTNERS, criteria=CRITERIA, judgements=(), told=None):
    gates = [{"of": "rating", "at_least": 2}, {"of": "lost", "at_most": 0.1}]
    kinds = {"logistics": by(*criteria, gates=gates, judgements=judgements)}
    prices = {"northern_star_lines": 60, "q": 50, "newcomer": 45, "outsider": 1}
    versions = [
        version(name, [rate((1, prices[name]))], signed=name != "newcomer")
        for name in partners
    ]
    late = {"done_h": 7}
    table = told
    if table is None:
        ontime = [("q", 1, {})] * 38 + [("q", 1, late)] * 2
        table = parcels(*ontime, *[("northern_star_lines", 1, {})] * 40)
    ranking = rank_partners(
        settings(partners, kinds),
        agreements(*versions),
        RankInputs(table),
        dt.date(2026, 3, 31),
    )
    file = io.StringIO()
    print_ranking(Console(file=file, width=width), ranking, "TWD")
    return file.getvalue()


def part(text, title):
    """Rows of a table, their cells."""
    body = text.split(f"\n{title}")[1].split("─\n")[1]
    rows = []
    for line in body.splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if len(cells) < 2:
            break
        rows.append(cells)
    return rows


def test_headline_says_what_it_rests_on():
    assert shown().splitlines()[0] == (
        "Partners on 2026-03-31: prices of 100 parcels a month, levels of 80 parcels "
        "since 2025-04-01"
    )


@pytest.mark.parametrize("width", [80, 140])
def test_tables_fit_the_terminal(width):
    """Sentences of a pipe are whole lines; tables have a rule under their header."""
    lines = shown(width).splitlines()
    rules = [line for line in lines if line.startswith("─")]

    assert rules
    assert max(map(len, rules)) <= width


def test_first_and_why_the_others_are_not():
    """
    Prices 60, 50, 45 weigh half; the rest a sixth each.

    In time 1 (northern), .95 (q), and of all together (newcomer) 78 / 80.
    """
    text = shown()

    order = [row[1] for row in part(text, "Ranking, logistics")]
    assert sorted(order) == ["newcomer", "northern_star_lines", "q"]
    [failed] = part(text, "Not ranked, logistics")
    assert failed == ["outsider", "rating is 1, below 2"]


def test_what_could_not_be_judged_is_told():
    assert (
        "newcomer passed gates that could not be judged: lost: 0 parcels, 30 needed"
        in shown()
    )


def test_values_say_where_they_are_from():
    text = shown(140)
    rows = {row[0]: row for row in part(text, "What they are ranked by, logistics")}

    assert {"60.00", "50.00", "45.00 o"} <= set(rows["price, TWD a parcel"])
    assert {"100.00 %", "95.00 %", "97.50 % a"} <= set(rows["on_time"])
    assert {"epcis", "csv", "none"} <= set(rows["exchange"])
    assert "o: offered, not signed" in text
    assert "a: of all partners together; too few parcels, nothing promised" in text


def test_levels_have_their_interval_and_parcels():
    """38 of 40 in time: Wilson's interval, worked out with its own formula."""
    rows = part(shown(), "Service levels")

    assert ["q", "on_time", "-", "95.00 %", "83.50 % to 98.62 %", "40"] in rows


def test_trial_is_told_in_words():
    """60 of the 100 parcels at 45."""
    assert (
        "Its trial allows 60 parcels a month for about 2,700 TWD, 60.00 % of those "
        "expected; it can be ended with 14 days' notice, at 500 TWD." in shown()
    )


def test_methods_that_differ_say_so():
    """
    (1, 5), (2, 2) and (1, 1), weighed alike.

    Points 1/2 against 5/8; by length the 5 is further from the 2 than 2 from 1.
    """
    figures = {"q": (1, 5), "newcomer": (2, 2), "outsider": (1, 1)}
    partners = {
        name: {"facts": {"rating": 4, "one": one, "two": two}}
        for name, (one, two) in figures.items()
    }
    differ = shown(partners=partners, criteria=[("one", 1, "max"), ("two", 1, "max")])
    agree = shown(partners=partners, criteria=[("two", 1, "max")])

    said = "The two methods differ: q is nearest to the best there is, newcomer has"
    assert said in differ
    assert "methods differ" not in agree


def test_consistency_of_judgements_is_shown():
    partners = {name: PARTNERS[name] for name in ("q", "newcomer")}
    judged = [{"of": "price", "over": "rating", "times": 3}]
    criteria = [("price", None, "min"), ("rating", None, "max")]

    text = shown(partners=partners, criteria=criteria, judgements=judged)

    assert "consistency ratio 0.000 (0.1 at most)" in text
    rows = part(text, "What they are ranked by")
    assert [row[2] for row in rows] == ["75.0 %", "25.0 %"]


def test_one_alone_has_no_swaps():
    partners = {"q": PARTNERS["q"]}

    text = shown(partners=partners)

    assert "another is first" not in text
    assert "reversal" not in text


def test_name_that_would_move_the_cursor_is_shown_as_it_is():
    partners = {"q": PARTNERS["q"] | {"facts": {"rating": "\x1b[2J"}}}
    gates_text = shown(partners=partners, criteria=[("price", 1, "min")])

    assert "\x1b" not in gates_text
    assert "rating is \\x1b[2J, no figure" in gates_text
