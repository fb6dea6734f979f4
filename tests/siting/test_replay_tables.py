"""Tests of a day's tables on another network; all stand on a line north of the DC."""

import polars as pl
import pytest
from days import (
    LON,
    closure,
    collection,
    day,
    door,
    held,
    hhmm,
    legal,
    north,
    order,
    store,
)
from days import settings as day_settings
from hypothesis import given
from hypothesis import strategies as st
from small_city import settings

from cstore_cli.errors import InputError
from cstore_cli.settings.site_choice import NewStoreSettings
from cstore_cli.siting.replay_tables import (
    chosen_stores,
    inputs_on,
    orders_for,
    own_stores,
)
from cstore_cli.tables.network import Stores

SITES = settings({"people_in_walk": (1, "max")}, own=("7-ELEVEN",))


def sites(*rows):
    """Each (site_id, kind, km north)."""
    return pl.DataFrame(
        [
            {"site_id": name, "kind": kind, "lat": north(km), "lon": LON}
            for name, kind, km in rows
        ],
        schema={
            "site_id": pl.String,
            "kind": pl.String,
            "lat": pl.Float64,
            "lon": pl.Float64,
        },
    )


def asked(orders, stores, chilled=()):
    """Store asked for by each order, were these the stores."""
    inputs = day(orders, stores)
    told = orders_for(inputs.orders, inputs.stores, chilled)
    assert told.drop("store_id").equals(inputs.orders.drop("store_id"))
    return told["store_id"].to_list()


def test_a_rival_is_not_in_the_network():
    stores = day(stores=[store("S1"), store("R1", chain="FamilyMart")]).stores

    assert own_stores(stores, ["7-ELEVEN"])["store_id"].to_list() == ["S1"]
    assert own_stores(stores, []).equals(stores)


def test_a_new_store_is_as_the_settings_say():
    like = NewStoreSettings(
        capacity_parcels_day=60,
        receive_from="11:00",
        receive_by="15:00",
        shelf_litres=300,
        chilled=False,
        door_couriers=2,
        service_min=5,
        opening_hours="06:00-23:00",
    )
    asks = SITES.model_copy(update={"new_store": like})
    stores = day(stores=[store("S1")]).stores

    found = chosen_stores(stores, sites(("X1", "new", 2.0)), asks, keep_existing=True)

    assert found.row(1, named=True) == {
        "line": 0,
        "store_id": "X1",
        "dc_id": None,
        "chain": "7-ELEVEN",
        "name": None,
        "address": None,
        "lat": north(2.0),
        "lon": LON,
        "opening_hours": "06:00-23:00",
        "receive_from": hhmm("11:00"),
        "receive_by": hhmm("15:00"),
        "shelf_litres": 300.0,
        "chilled": False,
        "door_couriers": 2,
        "service_min": 5.0,
    }
    assert found.schema == stores.schema
    Stores.validate(found.drop("line"))


def test_hours_of_a_site_win():
    found = chosen_stores(
        day().stores,
        sites(("X1", "new", 1.0), ("X2", "new", 2.0)).with_columns(
            pl.Series("opening_hours", ["07:00-22:00", None])
        ),
        SITES,
        keep_existing=False,
    )

    assert found["opening_hours"].to_list() == ["07:00-22:00", "24/7"]


@pytest.mark.parametrize(("keep", "ids"), [(True, ["S1", "S2", "X1"]), (False, ["X1"])])
def test_own_stores_stay_unless_ignored(keep, ids):
    """Rivals never do; nor is a DC or an existing store among the chosen a new one."""
    stores = day(
        stores=[store("S1"), store("R1", chain="FamilyMart"), store("S2", 3.0)]
    ).stores
    chosen = sites(("X1", "new", 2.0), ("S1", "existing", 1.0), ("X9", "dc", 4.0))

    found = chosen_stores(stores, chosen, SITES, keep_existing=keep)

    assert found["store_id"].to_list() == ids


def test_a_site_with_the_id_of_a_store_is_refused():
    stores = day(stores=[store("R1", chain="FamilyMart")]).stores

    with pytest.raises(InputError, match="'R1' is a store of the day too"):
        chosen_stores(stores, sites(("R1", "new", 2.0)), SITES, keep_existing=True)


def test_the_nearest_store_is_asked_for():
    """At 2.0 km S2 is nearest; who lives nearer to S1, or names none, stays."""
    orders = [
        order("a", 2.0, store_id="S1"),
        order("b", 1.2, store_id="S1"),
        order("c", 2.0, store_id=None),
        order("d", 2.0, store_id="S1", service="any"),
        door("e", 2.0, store_id="S1"),
    ]

    found = asked(orders, [store("S1", 1.0), store("S2", 2.5)])

    assert found == ["S2", "S1", None, "S2", "S1"]


def test_a_store_that_is_not_there_is_not_asked_for():
    """However far the nearest is."""
    orders = [order("a", 2.0, store_id="gone"), door("b", 2.0, store_id="gone")]

    assert asked(orders, [store("S1", 90.0)]) == ["S1", "gone"]


def test_at_one_distance_nobody_moves():
    orders = [order("a", 2.0, store_id="S2")]

    assert asked(orders, [store("S1", 2.5), store("S2", 2.5)]) == ["S2"]


def test_chilled_goods_ask_for_chilled_stores():
    orders = [
        order("a", 2.0, store_id="S1", goods_class="chilled"),
        order("b", 2.0, store_id="S1"),
    ]
    warm = [store("S1", 1.0), store("S2", 2.1)]
    cool = store("S3", 2.6, chilled=True)

    assert asked(orders, [*warm, cool], ["chilled"]) == ["S3", "S2"]
    assert asked(orders, warm, ["chilled"]) == ["S2", "S2"]


@given(
    homes=st.lists(
        st.tuples(st.floats(0, 9), st.sampled_from(["S0", "S1", "S2", None])),
        max_size=8,
    ),
    stands=st.lists(st.floats(0, 9), min_size=1, max_size=3),
)
def test_nobody_walks_further_than_to_the_store_named(homes, stands):
    """And all who named a store name one that is there, none nearer."""
    orders = [order(f"o{k}", km, store_id=name) for k, (km, name) in enumerate(homes)]
    stores = {f"S{k}": km for k, km in enumerate(stands)}

    found = asked(orders, [store(name, km) for name, km in stores.items()])

    for (km, named), now in zip(homes, found, strict=True):
        if named is None:
            assert now is None
            continue
        least = min(abs(km - stand) for stand in stores.values())
        assert abs(km - stores[now]) == pytest.approx(least, abs=1e-6)


def test_what_is_of_other_stores_is_left_out_and_counted():
    """Frozen regions know no new store; a closed road is of no store."""
    inputs = day(
        [order("a", 2.0, store_id="S1"), order("b", 1.0, store_id="S2")],
        [store("S1"), store("S2", 2.0)],
        held_parcels=[held("h1", "S1", 4), held("h2", "S2", 4), held("h3", "S2", 4)],
        collections=[collection("c1", "S2")],
        closures=[
            closure("S2", "13:00", "14:00"),
            {**closure(None, "13:00", "14:00"), "from_node": "1", "to_node": "2"},
        ],
        locks=[{"store_id": "S2"}],
        regions=[{"store_id": "S1", "region_id": "R", "hub": "S1"}],
    )

    found = inputs_on(inputs, inputs.stores.head(1), [])

    assert found.left_out == {
        "held_parcels": 2,
        "collections": 1,
        "closures": 1,
        "locks": 1,
    }
    assert found.inputs.held_parcels["parcel_id"].to_list() == ["h1"]
    assert found.inputs.closures["from_node"].to_list() == ["1"]
    assert found.inputs.frozen_regions is None
    assert found.num_moved == 1
    assert found.inputs.orders_raw["store_id"].to_list() == ["S1", "S1"]


def test_orders_without_a_column_of_stores_stay_so():
    inputs = day([order("a", 2.0, store_id="S9")], own_columns=("phone",))

    assert inputs_on(inputs, inputs.stores, []).inputs.orders_raw.columns == [
        "order_id",
        "phone",
    ]


def test_a_day_on_other_stores_keeps_every_rule():
    """S1 closes and X1 opens: its held parcel goes, all orders are planned at X1."""
    inputs = day(
        [order(f"o{k}", 1.0, store_id="S1") for k in range(5)],
        [store("S1")],
        held_parcels=[held("h", "S1", 4)],
    )
    stores = chosen_stores(
        inputs.stores, sites(("X1", "new", 1.2)), SITES, keep_existing=False
    )

    plan = legal(inputs_on(inputs, stores, []).inputs, day_settings())

    assert plan.tables.parcels["store_id"].to_list() == ["X1"] * 5
    assert plan.tables.parcels["dc_id"].to_list() == ["DC"] * 5
