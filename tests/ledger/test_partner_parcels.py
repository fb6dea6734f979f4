"""Tests of what partners did for us, read out of their events."""

import datetime as dt

import pytest
from histories import HOUR_US, START_US, frame, told

from cstore_cli.ledger.partner_parcels import partner_parcels
from cstore_cli.ledger.record import record
from cstore_cli.ledger.runs import Run, begin_run
from cstore_cli.tables.partners import PartnerParcels

ZONE = "Asia/Taipei"
START = dt.datetime.fromtimestamp(START_US / 1_000_000, dt.UTC)
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 12, 31)


def tell(ledger, hour, *events, partner="carrier", plan_date=None):
    """Record events of one partner in a run so many hours after the start."""
    with ledger.writing() as connection:
        run_id = f"run-{partner}-{hour}"
        now_us = START_US + hour * HOUR_US
        begin_run(
            connection, Run(run_id, "test", now_us, "{}", plan_date, plan_date, None)
        )
        record(connection, run_id, partner, frame(list(events)))


def rows(ledger, *partners, first=FIRST, last=LAST):
    with ledger.reading() as connection:
        return partner_parcels(
            connection, partners or ("carrier",), first, last, ZONE
        ).to_dicts()


def at(hour):
    return START + dt.timedelta(hours=hour)


def test_rows_keep_the_contract(ledger):
    tell(ledger, 9, told("1", "ready", 3, location_id="S1", weight_kg=1.5))

    with ledger.reading() as connection:
        found = partner_parcels(connection, ["carrier"], FIRST, LAST, ZONE)

    assert PartnerParcels.is_valid(found)
    assert found.columns == list(PartnerParcels.columns())


def test_delivery_is_done_at_its_first_scan_at_the_store(ledger):
    """Loaded at 1, handed over at 3, on the shelf at 4; told at 9: six hours after."""
    tell(
        ledger,
        9,
        told("1", "out_to_store", 1),
        told("2", "at_store", 3, location_id="S1"),
        told("3", "ready", 4, location_id="S1"),
    )

    [row] = rows(ledger)

    assert (row["service"], row["outcome"]) == ("store_delivery", "delivered")
    assert (row["done_at"], row["told_at"]) == (at(3), at(9))
    assert row["location_id"] == "S1"


def test_parcel_under_way_is_no_row(ledger):
    tell(ledger, 9, told("1", "out_to_store", 1))

    assert rows(ledger) == []


def test_way_to_a_door_is_one_service(ledger):
    """The store it left from is a stop on that way."""
    tell(
        ledger,
        9,
        told("1", "at_store", 3, location_id="S1"),
        told("2", "out_to_door", 5),
        told("3", "delivered", 6),
    )

    assert [(r["service"], r["done_at"]) for r in rows(ledger)] == [
        ("door_delivery", at(6))
    ]


def test_parcel_fetched_back_has_two_rows(ledger):
    """On the shelf from day 0 to day 8."""
    tell(
        ledger,
        300,
        told("1", "ready", 0, location_id="S1"),
        told("2", "return_in_transit", 8 * 24),
        told("3", "return_at_dc", 8 * 24 + 5),
    )

    forward, back = rows(ledger)

    assert (forward["service"], forward["storage_days"]) == ("store_delivery", 8)
    assert (back["service"], back["done_at"]) == ("return", at(8 * 24 + 5))


def test_lapsed_and_never_collected_is_uncollected(ledger):
    tell(ledger, 300, told("1", "ready", 0), told("2", "hold_expired", 190))

    assert [row["outcome"] for row in rows(ledger)] == ["uncollected"]


def test_late_collection_is_a_delivery(ledger):
    tell(
        ledger,
        300,
        told("1", "ready", 0),
        told("2", "hold_expired", 190, "inference"),
        told("3", "collected", 191),
    )

    assert [row["outcome"] for row in rows(ledger)] == ["delivered"]


@pytest.mark.parametrize("code", ["lost", "damaged"])
def test_who_scanned_it_last_had_it_when_it_was_lost(code, ledger):
    """The carrier had handed it over to the chain."""
    tell(ledger, 9, told("1", "at_store", 1, location_id="S1"))
    tell(ledger, 10, told("1", "ready", 2, partner="chain"), partner="chain")
    tell(ledger, 20, told("2", code, 5))

    assert {
        row["partner"]: row["outcome"] for row in rows(ledger, "carrier", "chain")
    } == {
        "carrier": "delivered",
        "chain": code,
    }


def test_lost_on_the_van_is_a_row_of_the_day_it_was_last_seen(ledger):
    tell(ledger, 99, told("1", "out_to_store", 1), told("2", "lost", 72))

    [row] = rows(ledger)

    assert (row["outcome"], row["done_at"]) == ("lost", None)
    assert row["charged_on"] == at(1 + 8).date()  # Taipei is UTC+8


def test_found_again_is_not_lost(ledger):
    tell(
        ledger,
        99,
        told("1", "out_to_store", 1),
        told("2", "lost", 30),
        told("3", "at_store", 40),
    )

    assert [row["outcome"] for row in rows(ledger)] == ["delivered"]


def test_due_is_the_end_of_the_day_planned_last_before(ledger):
    """Planned for the 13th, again for the 14th; what came after does not count."""
    day = at(8).date()
    for hour, later in ((0, 0), (2, 1), (50, 3)):
        tell(
            ledger,
            hour,
            told(f"plan-{hour}", "planned", hour, "inference", location_id="S7"),
            partner="cstore",
            plan_date=str(day + dt.timedelta(days=later)),
        )
    tell(ledger, 60, told("1", "at_store", 20))

    [row] = rows(ledger)

    midnight = dt.datetime.combine(day + dt.timedelta(days=2), dt.time())
    assert row["due_at"] == midnight.replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert row["location_id"] == "S7"


def test_nothing_is_due_without_a_plan(ledger):
    tell(ledger, 9, told("1", "ready", 3))

    assert rows(ledger)[0]["due_at"] is None


def test_withdrawn_scan_does_not_count(ledger):
    tell(
        ledger,
        9,
        told("1", "ready", 3),
        told("2", "withdrawn", 4, corrects="1"),
    )

    assert rows(ledger) == []


def test_inference_is_nobody_s_service(ledger):
    tell(ledger, 9, told("1", "ready", 3, "inference"))

    assert rows(ledger) == []


def test_only_rows_of_the_days_asked_for(ledger):
    """Days are the network's."""
    tell(ledger, 99, told("1", "ready", 3))
    done = at(3 + 8).date()
    day = dt.timedelta(days=1)

    assert len(rows(ledger, first=done, last=done)) == 1
    assert rows(ledger, first=done + day) == rows(ledger, last=done - day) == []
