"""Which orders are planned today, and why the others are not."""

import datetime as dt

import pytest
from days import at, by_id, day, order, settings

from cstore_cli.dayplan.intake import intake

TWO_BATCHES = [
    {"name": "early", "earliest": "09:30", "latest": "11:00"},
    {"name": "late", "earliest": "12:00", "latest": "13:30"},
]


def codes(orders, **more):
    """Order id: reason_code, None for those to plan."""
    given = {k: more.pop(k) for k in ("date", "zone", "already_planned") if k in more}
    chosen = settings(time_zone=given.get("zone", "Asia/Taipei"), **more)
    return by_id(intake(day(orders, **given), chosen), "reason_code")


def test_an_order_at_the_very_second_of_the_cut_off_is_planned():
    found = codes(
        [
            order("before", placed_at=at("08:59:59")),
            order("sharp", placed_at=at("09:00:00")),
            order("after", placed_at=at("09:00:01")),
        ]
    )
    assert found == {"before": None, "sharp": None, "after": "after_cut_off"}


def test_the_cut_off_is_that_of_the_settings():
    found = codes([order("A", placed_at=at("09:30"))], cut_off="10:00")
    assert found == {"A": None}


def test_what_is_deferred_says_when_it_was_placed_and_until_when_it_could():
    orders = intake(day([order("A", placed_at=at("09:12"))]), settings())
    assert orders["status"].to_list() == ["deferred"]
    assert orders["reason"].to_list() == [
        "Placed 2026-11-23 09:12:00, after the cut-off 09:00; planned the next day."
    ]


def test_goods_are_at_the_dc_a_lead_time_after_the_order():
    orders = [order("slow", platform="slow"), order("quick", platform="quick")]
    taken = intake(day(orders), settings(lead_time_min={"slow": 90.5}))
    assert by_id(taken, "at_dc_min") == {"slow": 570.5, "quick": 480}


def test_what_the_order_says_of_the_dc_wins_over_the_lead_time():
    orders = [order("A", platform="slow", at_dc_from=at("09:15"))]
    taken = intake(day(orders), settings(lead_time_min={"slow": 300}))
    assert by_id(taken, "at_dc_min") == {"A": 555}


def test_goods_of_the_day_before_are_there_before_midnight():
    placed = at("23:00", dt.date(2026, 11, 22))
    taken = intake(day([order("A", placed_at=placed)]), settings())
    assert by_id(taken, "at_dc_min") == {"A": -60}


def test_goods_that_miss_the_last_batch_wait():
    orders = [
        order("in time", at_dc_from=at("13:30")),
        order("too late", at_dc_from=at("13:30:01")),
    ]
    found = codes(orders, batches=TWO_BATCHES)
    assert found == {"in time": None, "too late": "not_at_dc"}


def test_the_last_batch_need_not_stand_last():
    orders = [order("A", at_dc_from=at("13:00"))]
    assert codes(orders, batches=TWO_BATCHES[::-1]) == {"A": None}


def test_a_seller_who_brings_it_himself_needs_no_batch():
    orders = [order("A", inbound="store", store_id="S1", at_dc_from=at("20:00"))]
    assert codes(orders) == {"A": None}


def test_what_an_earlier_day_planned_is_not_planned_again():
    orders = [
        order("A"),
        order("late", placed_at=at("09:00:01")),
        order("new"),
    ]
    found = codes(orders, already_planned=("A", "late", "gone"))
    assert found == {"A": "already_planned", "late": "already_planned", "new": None}


@pytest.mark.parametrize(
    "date", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)], ids=["spring", "autumn"]
)
def test_clocks_are_those_of_the_wall_on_the_days_they_change(date):
    """In Berlin the clock jumps between 02:00 and 03:00."""
    zone = "Europe/Berlin"
    night = at("00:30", date, zone)
    orders = [
        order("sharp", placed_at=at("09:00:00", date, zone)),
        order("after", placed_at=at("09:00:01", date, zone)),
        order("noon", placed_at=night, at_dc_from=at("12:00", date, zone)),
        order("past noon", placed_at=night, at_dc_from=at("12:00:01", date, zone)),
    ]
    inputs = day(orders, date=date, zone=zone)
    taken = intake(inputs, settings(time_zone=zone))
    assert by_id(taken, "reason_code") == {
        "sharp": None,
        "after": "after_cut_off",
        "noon": None,
        "past noon": "not_at_dc",
    }
    assert by_id(taken, "at_dc_min")["noon"] == 720


def test_litres_are_those_of_the_box_and_cooling_that_of_the_class():
    orders = [
        order("A", length_cm=30.0, width_cm=20.0, height_cm=12.5),
        order("B", goods_class="chilled"),
    ]
    taken = intake(day(orders), settings())
    assert by_id(taken, "litres", "chilled") == {"A": (7.5, False), "B": (4, True)}


def test_a_morning_without_orders_is_taken_in():
    assert len(intake(day(), settings())) == 0
