"""Tests of transactions becoming a history, and of what is told to be odd."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from small_tables import DAY, EMPTY, FIRST, FULL, about, after, history, line, told

from cstore_cli.demand.cleaning.odd_figures import without_huge
from cstore_cli.errors import InputError

STEADY = [10] * FULL


def with_gaps(*places, value=None, num=FULL):
    """Steady orders, another value at some places."""
    return [value if k in places else 10 for k in range(num)]


@examples(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(0, 40), st.sampled_from("ABCDE")),
        st.integers(0, 90),
        min_size=3,
    ),
    st.randoms(),
)
def test_every_row_stands_in_its_area_and_day(orders, random):
    """Whatever the order of rows; nothing else is known."""
    cells = list(orders.items())
    random.shuffle(cells)
    rows = [
        {"date": after(k), "area_id": area, "orders": float(v)}
        for (k, area), v in cells
    ]

    found = history(rows, "EDCBA", period="day")

    first = min(k for k, _ in orders)
    expected = np.full(found.orders.shape, np.nan)
    for (k, area), value in orders.items():
        expected["EDCBA".index(area), k - first] = value
    assert found.area_ids == tuple("EDCBA")
    assert found.dates[0] == after(first)
    assert found.num_past == max(k for k, _ in orders) - first + 1
    np.testing.assert_array_equal(found.orders, expected)


def test_whole_history_has_nothing_odd():
    found = history(line("A", STEADY) + line("B", STEADY))

    assert found.anomalies == ()
    assert found.dates[-7:] == tuple(after(k, DAY) for k in range(7))
    assert (found.num_past, found.horizon, found.period_days) == (FULL, 7, 1)


def test_weeks_are_known_by_their_dates():
    """8 weeks, the last of which ends on the eve of DAY."""
    rows = line("A", [70] * 8, after(-56, DAY), step=7)

    found = history(rows, "A", horizon=2)

    assert found.period_days == 7
    assert found.orders.tolist() == [[70.0] * 8]
    assert found.dates[-3:] == (after(-7, DAY), DAY, after(7, DAY))
    assert found.anomalies == ()


def test_week_that_is_not_over_is_left_out():
    rows = line("A", [70] * 8 + [12], after(-55, DAY), step=7)

    found = history(rows, "A")

    assert found.num_past == 7
    assert about(found, "orders of a time not over").where == "2026-11-17, 2026-11-24"


def test_one_day_among_weeks_is_refused():
    """25 weeks and one typo."""
    rows = line("A", [70] * 25, after(-175, DAY), step=7)
    rows += line("A", [70], after(-19, DAY))

    with pytest.raises(InputError, match=r"1 row .* 2026-11-04; .*`period: day`"):
        history(rows, "A")
    assert history(rows, "A", period="day").period_days == 1


def test_days_are_no_weeks_even_if_said():
    with pytest.raises(InputError, match=r"2026-10-02, 2026-10-03, 2026-10-04 and 42"):
        history(line("A", STEADY), "A", period="week")


def test_old_orders_are_told():
    """The newest are of 2026-11-20: two days more were over."""
    found = history(line("A", STEADY[:-2]), "A")

    odd = about(found, "days since the newest orders")
    assert odd.count == 2
    assert odd.where == "2026-11-20, 3 days before 2026-11-23"
    assert found.dates[found.num_past] == dt.date(2026, 11, 21)


def test_orders_on_the_day_and_after_are_left_out():
    """A day that is not over, and a year mistyped."""
    rows = line("A", [*STEADY, 3]) + line("A", [8], dt.date(2062, 11, 3))

    found = history(rows, "A")

    odd = about(found, "orders of a time not over")
    assert (odd.count, odd.where) == (2, "2026-11-23, 2062-11-03")
    assert found.num_past == FULL


def test_rows_to_come_without_orders_are_not_odd():
    assert history(line("A", STEADY + [EMPTY] * 9), "A").anomalies == ()


def test_rows_of_the_past_without_orders_are_unknown():
    found = history(line("A", with_gaps(4, value=EMPTY)), "A", no_row_means="zero")

    assert np.isnan(found.orders[0, 4])
    assert told(found) == {"rows of the past with orders left empty": 1}


def test_mistyped_old_year_is_left_out():
    """1 row of 107."""
    rows = line("A", STEADY) + line("B", STEADY) + line("B", [4], dt.date(1926, 10, 5))

    found = history(rows)

    assert about(found, "rows dated long before all others").where == "1926-10-05"
    assert found.dates[0] == FIRST


def test_history_with_a_long_break_stays():
    """More than 1 % of the rows are old ones: closed for two years."""
    rows = line("A", [10] * 30, after(-800)) + line("A", STEADY)

    found = history(rows, "A")

    assert found.dates[0] == after(-800)
    assert told(found) == {"days missing for all areas": 800 - 30}


def test_gaps_are_unknown():
    found = history(line("A", STEADY) + line("B", with_gaps(3, 4)))

    assert np.isnan(found.orders[1, [3, 4]]).all()
    odd = about(found, "days without a row of single areas")
    assert (odd.count, odd.where) == (2, "B (2 days)")
    assert told(found) == {odd.what: 2}


def test_gaps_may_mean_zero():
    """But not where no area has a row, nor where a row was put aside."""
    rejected = [(after(20), "B", "orders: 'x' is not a number (digits)")]
    rows = line("A", with_gaps(9)) + line("B", with_gaps(3, 9, 20))

    found = history(rows, rejected=rejected, no_row_means="zero")

    assert found.orders[1, 3] == 0
    assert np.isnan(found.orders[:, 9]).all()
    assert np.isnan(found.orders[1, 20])
    assert told(found) == {
        "orders that are no number": 1,
        "days missing for all areas": 1,
        "days without a row of single areas": 1,
    }


def test_zeros_left_out_are_suspected():
    """6 of 106 cells; the 0 in a row takes the suspicion away."""
    gaps = (3, 5, 8, 13, 21, 34)
    rows = line("A", STEADY) + line("B", with_gaps(*gaps))

    odd = about(history(rows), "no 0 in the whole table")

    assert odd.count == 6
    assert "no_row_means: zero" in odd.treated
    assert odd.what not in told(history(rows, no_row_means="zero"))
    rows[7]["orders"] = 0.0
    assert odd.what not in told(history(rows))


def test_few_gaps_are_no_suspicion():
    """5 of 106 cells."""
    rows = line("A", STEADY) + line("B", with_gaps(3, 5, 8, 13, 21))

    assert "no 0 in the whole table" not in told(history(rows))


def test_areas_that_end_are_told_and_those_that_begin_are_not():
    rows = line("A", STEADY) + line("B", STEADY[:-4]) + line("C", STEADY[9:], after(9))

    found = history(rows, "ABC", no_row_means="zero")

    odd = about(found, "areas whose rows end early")
    assert (odd.count, odd.where) == (1, "B (4 days)")
    assert told(found) == {odd.what: 1}
    assert np.isnan(found.orders[1, -4:]).all()


def test_renamed_code_is_the_area():
    rows = line("old", STEADY[:20]) + line("A", STEADY[20:], after(20))

    found = history(rows, "A", renamed={"old": "A"})

    assert found.orders.tolist() == [[10.0] * FULL]
    assert found.anomalies == ()


def test_rows_of_two_codes_of_an_area_are_added_up():
    """As when two areas became one."""
    rows = line("A", STEADY) + line("old", [4] * 20)

    found = history(rows, "A", renamed={"old": "A"})

    assert found.orders.tolist() == [[14.0] * 20 + [10.0] * 33]
    assert told(found) == {"rows of one area and date under several codes": 40}


@pytest.mark.parametrize("between", [0, 3])
def test_code_that_takes_a_places_is_joined(between):
    """Up to three days apart, levels up to a factor of 2."""
    start = 20 + between
    rows = line("A", STEADY) + line("B", STEADY[:20])
    rows += line("B-NEW", [20] * (FULL - start), after(start))

    found = history(rows)

    odd = about(found, "area code changed")
    assert odd.where == f"B is B-NEW since {after(start)}"
    assert found.orders[1, -1] == 20
    assert np.isnan(found.orders[1]).sum() == between
    assert "rows of codes that are no area" not in told(found)


@pytest.mark.parametrize(
    ("num_old", "start", "level"),
    [
        (20, 24, 10),  # four days between
        (20, 20, 21),  # more than twice as much
        (20, 19, 10),  # both on one day
        (20, 0, 10),  # there from the first day on
        (FULL, 30, 10),  # nothing ended
        (FULL - 2, FULL - 2, 10),  # two rows show nothing
    ],
)
def test_other_codes_are_left_out(num_old, start, level):
    rows = line("A", STEADY) + line("B", STEADY[:num_old])
    rows += line("X", [level] * (FULL - start), after(start))

    found = history(rows)

    odd = about(found, "rows of codes that are no area")
    assert odd.count == FULL - start
    assert odd.where == f"X ({FULL - start} rows)"
    assert "area code changed" not in told(found)


def test_one_huge_figure_does_not_hide_a_changed_code():
    rows = line("A", STEADY) + line("B", with_gaps(7, value=90_000, num=25))
    rows += line("X", STEADY[25:], after(25))

    found = history(rows)

    assert about(found, "area code changed").count == 1
    assert about(found, "figures far beyond the area's own").count == 1


@pytest.mark.parametrize(("num", "joined"), [(30, 30), (31, 0)])
def test_all_codes_renumbered_on_a_day_are_not_guessed(num, joined):
    """Not even if their levels, each three times another, would tell them apart."""
    rows = []
    for k in range(num):
        rows += line(f"A{k}", [3**k] * 20)
        rows += line(f"X{k}", [3**k] * (FULL - 20), after(20))

    found = history([*line("B", STEADY), *rows], ["B", *(f"A{k}" for k in range(num))])

    assert told(found).get("area code changed", 0) == joined


def test_codes_that_could_be_two_areas_are_left_to_the_reader():
    rows = line("A", STEADY[:20]) + line("B", STEADY[:20]) + line("C", STEADY)
    rows += line("X", STEADY[20:], after(20))

    found = history(rows, "ABC")

    odd = about(found, "codes that may be new ones of several areas")
    assert (odd.count, odd.where) == (1, "X for A, X for B")
    assert about(found, "rows of codes that are no area").count == 33
    assert np.isnan(found.orders[:2, 20:]).all()


@pytest.mark.parametrize(
    ("value", "usual", "num", "huge"),
    [
        (101, 1, FULL, True),  # 5 at least, times 20
        (100, 1, FULL, False),
        (201, 10, FULL, True),
        (200, 10, FULL, False),
        (201, 10, 14, True),
        (201, 10, 13, False),
    ],
)
def test_figure_far_beyond_the_others_is_unknown(value, usual, num, huge):
    rows = line("A", [usual] * (num - 2) + [value, usual], after(FULL - num))

    found = history(rows, "A")

    assert np.isnan(found.orders[0, -2]) == huge
    if huge:
        odd = about(found, "figures far beyond the area's own")
        assert odd.where == f"2026-11-21 A ({value})"


@examples(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.integers(0, 9), st.integers(90, 4000)),
        min_size=10,
        max_size=30,
    )
)
def test_huge_figures_are_those_by_the_plain_rule(values):
    """Of each figure, the quantile of the list without it."""
    row = np.array([np.nan if v is None else v for v in values], dtype=float)
    known = row[~np.isnan(row)]
    expected = row.copy()
    for k, value in enumerate(row):
        others = np.delete(row, k)
        others = others[~np.isnan(others)]
        if len(known) >= 14 and value > 20 * max(5, np.quantile(others, 0.95)):
            expected[k] = np.nan

    found = without_huge(row[None], ["A"], [str(k) for k in range(len(row))], [])

    np.testing.assert_array_equal(found[0], expected)


def test_areas_that_say_little_are_told():
    rows = line("A", STEADY) + line("B", [0] * FULL) + line("C", [7, 7], after(51))

    found = history(rows, "ABCDE")

    assert told(found) == {
        "areas without transactions": 2,
        "areas with zeros only": 1,
        "areas with fewer than 3 figures": 1,
    }
    assert about(found, "areas without transactions").where == "D, E"
    assert found.orders[1].tolist() == [0.0] * FULL


def test_rows_put_aside_are_counted_by_kind():
    reasons = [
        "orders: -3 must be at least 0",
        "orders: 'n/a' is not a number (digits and '.', no unit)",
        "breaks the rule orders_are_whole (There is no part of an order, such as 7.5)",
        "area_id: repeats the date and area_id of line 4 and says the same (kept)",
        "area_id: repeats the date and area_id of line 4 and says something else",
        "date: '5.10.' is not a date (write YYYY-MM-DD)",
        "area_id: is empty (fill it in)",
        "has 2 cells, the header 3",
    ]
    rejected = [(after(k), "B", why) for k, why in enumerate(reasons)]

    found = history(line("A", STEADY), "A", rejected=rejected)

    assert told(found) == {
        "negative orders": 1,
        "orders that are no number": 1,
        "orders with a fraction": 1,
        "rows repeated, saying the same": 1,
        "rows repeated, saying something else": 1,
        "dates that are none": 1,
        "rows without an area": 1,
        "other rows that cannot be read": 1,
    }
    assert about(found, "negative orders").where == "2026-10-01 B (line 9000)"


def test_columns_named_come_along():
    """Categories as numbers of their sorted values; what is lagged ends with orders."""
    ahead = [["x", "b", "a"][k % 3] for k in range(FULL + 7)]
    price = [float(k) for k in range(FULL + 7)]
    rows = line("A", STEADY + [EMPTY] * 7, promo=ahead, price=price)

    found = history(rows, "AB", known_ahead=["promo"], lagged=["price"])

    assert found.coded == {"promo"}
    assert found.ahead["promo"].shape == (2, FULL + 7)
    assert found.ahead["promo"][0, :4].tolist() == [2, 1, 0, 2]
    assert found.lagged["price"].shape == (2, FULL)
    assert found.lagged["price"][0, -1] == FULL - 1
    assert np.isnan(found.ahead["promo"][1]).all()


def test_column_known_ahead_stays_where_orders_are_left_out():
    """On the day itself some orders have come already."""
    rows = line("A", [*STEADY, 2] + [EMPTY] * 6, price=[9.0] * (FULL + 7))

    found = history(rows, "A", known_ahead=["price"])

    assert found.ahead["price"].tolist() == [[9.0] * (FULL + 7)]


def test_column_that_most_areas_lack_on_a_date_is_refused():
    """A lacks two dates of seven, B has none; C has no orders and may lack them."""
    rows = line("A", STEADY + [EMPTY] * 5, price=[9.0] * (FULL + 5))
    rows += line("B", STEADY, price=[9.0] * FULL)

    with pytest.raises(InputError) as refused:
        history(rows, "ABC", known_ahead=["price"])

    first, remedy = str(refused.value).splitlines()
    assert "'price'" in first
    assert "9 of 14 cells" in first
    assert "most areas' on 2 dates: 2026-11-28, 2026-11-29" in first
    assert "`horizon:`" in remedy


def test_column_that_an_area_lacks_is_told_and_unknown_there():
    """B has no row to come; half of the areas may lack it."""
    rows = line("A", STEADY + [EMPTY] * 7, price=[9.0] * (FULL + 7))
    rows += line("B", STEADY, price=[9.0] * FULL)

    found = history(rows, "AB", known_ahead=["price"])

    [odd] = [a for a in found.anomalies if "known ahead" in a.what]
    assert (odd.count, odd.treated) == (7, "forecast without it")
    assert "price" in odd.what
    assert np.isnan(found.ahead["price"][1, -7:]).all()


def test_history_without_orders_is_refused():
    """And what was left out is told."""
    rows = line("X", STEADY) + line("A", [3], DAY)

    with pytest.raises(InputError, match=r"Nothing to forecast(.|\n)*no area: 53, X"):
        history(rows, "A")


def test_many_rows_take_no_loop():
    """100,000 rows of 1,000 areas, some odd ones among them."""
    areas = [f"{k:04}" for k in range(1000)]
    days = [after(k, after(-100, DAY)) for k in range(100)]
    frame = pl.DataFrame({"area_id": areas}).join(
        pl.DataFrame({"date": days}), how="cross"
    )
    rows = frame.with_columns(orders=pl.int_range(pl.len()) % 17 + 1.0)

    found = history(rows.select("date", "area_id", "orders"), areas)

    assert found.orders.sum() == rows["orders"].sum()
    assert found.anomalies == ()
