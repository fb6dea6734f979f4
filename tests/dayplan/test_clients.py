"""What the vans visit: store by temperature by wave, split only beyond a van."""

import math

import pytest
from days import at, at_stores, day, dc, door, order, settings, store, van

from cstore_cli.dayplan.clients import store_clients

BATCHES = [
    {"name": "late", "earliest": "12:00", "latest": "13:30"},
    {"name": "early", "earliest": "09:30", "latest": "11:00"},
]


def clients(orders, stores=None, vans=None, chosen=None, dc_of=None, **tables):
    """The clients of a day."""
    stores = stores or [store("S1", chilled=True), store("S2", chilled=True)]
    inputs = day(orders, stores, vans=vans, **tables)
    chosen = chosen or settings(batches=BATCHES)
    where = dc_of or {row["store_id"]: row["dc_id"] for row in stores}
    return store_clients(at_stores(inputs, chosen), where, inputs, chosen)


def rows(found):
    """Store, temperature and parcels of each client."""
    return [(c.store_id, c.chilled, c.parcels) for c in found]


def pick(order_id, store_id="S1", **more):
    """A parcel for that store."""
    return order(order_id, store_id=store_id, **more)


def test_there_is_a_client_per_store_and_temperature():
    found = clients(
        [
            pick("A"),
            pick("B", "S2"),
            pick("C", goods_class="chilled"),
            pick("D"),
        ]
    )
    assert rows(found) == [
        ("S1", False, (0, 3)),
        ("S1", True, (2,)),
        ("S2", False, (1,)),
    ]


def test_a_wave_is_the_first_batch_that_can_take_the_goods():
    found = clients(
        [
            pick("A", at_dc_from=at("11:00")),
            pick("B", at_dc_from=at("11:00:01")),
            pick("C", at_dc_from=at("05:00")),
        ]
    )
    assert rows(found) == [("S1", False, (0, 2)), ("S1", False, (1,))]
    assert [client.at_dc_min for client in found] == pytest.approx([660, 660 + 1 / 60])


def test_a_client_adds_up_its_parcels():
    found = clients(
        [
            pick("A", pickup_from=900, priority=2.0),
            pick("B", pickup_from=700, weight_kg=2.5, height_cm=20.0),
            pick("C"),
        ]
    )
    (client,) = found
    assert (client.litres, client.kg, client.priority) == (16, 4.5, 4)
    assert client.due_min == 700


def test_only_pick_ups_are_due_on_the_shelf():
    orders = [pick("A")]
    assert clients(orders)[0].due_min == math.inf


def test_what_the_seller_brings_and_what_waits_needs_no_van():
    orders = [
        pick("A", inbound="store"),
        pick("B", placed_at=at("09:01")),
        pick("C", needs_installation=True),
        door("D"),
    ]
    assert clients(orders) == []


def test_clients_belong_to_the_dc_of_their_store():
    stores = [store("S1"), store("S2", dc_id="D2"), store("S3")]
    orders = [pick("A", "S2"), pick("B", "S1"), pick("C", "S3")]
    found = clients(orders, stores, dcs=[dc(), dc("D2")])
    assert [(c.dc_id, c.store_id) for c in found] == [
        ("D2", "S2"),
        ("DC", "S1"),
        ("DC", "S3"),
    ]


@pytest.mark.parametrize(
    ("limits", "parts"),
    [
        ({"capacity_litres": 16.0}, [(0, 1, 2, 3)]),
        ({"capacity_litres": 15.9}, [(0, 1, 2), (3,)]),
        ({"capacity_litres": 8.0}, [(0, 1), (2, 3)]),
        ({"capacity_kg": 3.0}, [(0, 1, 2), (3,)]),
        ({"capacity_litres": 1.0}, [(0,), (1,), (2,), (3,)]),
    ],
)
def test_a_client_is_split_only_beyond_a_van(limits, parts):
    found = clients([pick(f"O{i}") for i in range(4)], vans=[van(**limits)])
    assert [client.parcels for client in found] == parts


def test_the_largest_van_there_is_decides():
    small, gone = van("small", capacity_litres=4.0), van("gone", count=0)
    large = van("large", capacity_litres=8.0)
    other = van("other", dc_id="D2")
    vans = [large, small, gone, other]
    found = clients([pick("A"), pick("B"), pick("C")], vans=vans, dcs=[dc(), dc("D2")])
    assert [client.parcels for client in found] == [(0, 1), (2,)]


def test_chilled_goods_are_split_by_the_vans_with_cooling():
    orders = [pick("A", goods_class="chilled"), pick("B", goods_class="chilled")]
    vans = [van(), van("cold", chilled=True, capacity_litres=4.0)]
    assert [c.parcels for c in clients(orders, vans=vans)] == [(0,), (1,)]


def test_a_parcel_larger_than_any_van_keeps_to_itself():
    orders = [pick("A"), pick("big", height_cm=30.0), pick("B")]
    found = clients(orders, vans=[van(capacity_litres=10.0)])
    assert [client.parcels for client in found] == [(0,), (1,), (2,)]


def test_without_vans_clients_are_whole():
    assert rows(clients([pick("A"), pick("B")], vans=[])) == [("S1", False, (0, 1))]
