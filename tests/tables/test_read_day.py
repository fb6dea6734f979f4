"""Tests of reading all tables of a day."""

import datetime as dt
from pathlib import Path

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.plan_day import Batch, ChannelRule, PlanDaySettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.read_day import read_day

DAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
STORES = (
    "store_id,dc_id,chain,name,lat,lon,opening_hours,receive_from,receive_by,"
    "shelf_litres,chilled,door_couriers,service_min\n"
)
ORDERS = (
    "order_id,platform,placed_at,customer_lat,customer_lon,service,store_id,"
    "pickup_from,weight_kg,length_cm,width_cm,height_cm,goods_class,"
    "needs_installation,value_twd,cod_twd\n"
)
PLAN = ORDERS.strip().replace(",store_id", ",order_store_id") + ",task,status\n"
DC = "dc_id,name,lat,lon,opens,closes,dock_doors\n"
VANS = (
    "vehicle_type,dc_id,count,capacity_litres,capacity_kg,chilled,shift_from,shift_to,"
    "max_route_min,fixed_cost_twd,cost_per_km_twd,cost_per_hour_twd,max_trips\n"
)
HELD = "parcel_id,store_id,ready_at,litres\n"
COLLECTIONS = "parcel_id,location_id,kind,litres,ready_at,reason\n"
LOCKS = "store_id,vehicle_no,reason\n"
VAN = "van,DC,1,900,900,false,09:00,18:00,480,1,1,1,2\n"


def order(name, store="S1", weight="1", goods="ambient"):
    at = "2026-11-22T20:00:00+08:00"
    return f"{name},shop,{at},25,121,pickup,{store},,{weight},9,9,9,{goods},no,1,0\n"


def store(name, dc="DC", chilled="true"):
    return f"{name},{dc},own,n,25,121,24/7,09:00,18:00,200,{chilled},0,5\n"


@pytest.fixture
def tables():
    """The text of each table, for a test to change."""
    return {
        "orders": ORDERS + order("a") + order("b"),
        "stores": STORES + store("S1") + store("S2"),
        "distribution_centers": DC + "DC,n,25,121,06:00,22:00,2\n",
        "vehicles": VANS + VAN,
    }


@pytest.fixture
def read(tables, tmp_path):
    """Write the tables and read the day; ``given`` and dialects by table name."""

    def of(given=None, dialects=None, carry=None):
        sources = {}
        for name, text in tables.items():
            path = tmp_path / f"{name}.csv"
            path.write_text(text, encoding="utf-8")
            more = (dialects or {}).get(name, {})
            sources[name] = TableSource(**{"path": str(path), **more})
        network = NetworkSettings(time_zone="Asia/Taipei", currency="TWD")
        settings = PlanDaySettings(
            network=network,
            tables=sources,
            channel_rules=[ChannelRule(name="all", channel="any")],
            batches=[Batch(name="one", earliest="09:00", latest="12:00")],
        )
        return read_day(settings, DAY, NOW, given=given or {}, carry=carry)

    return of


def ids(day):
    return day.inputs.orders["order_id"].to_list()


def test_a_day_is_read(read):
    day = read()

    assert (ids(day), day.faults, day.num_read) == (["a", "b"], (), 2)
    assert len(day.inputs.held_parcels) == 0
    assert day.inputs.areas is None


def test_a_header_alone_is_a_day_without_orders(read, tables):
    tables["orders"] = ORDERS
    day = read()

    assert (ids(day), day.num_read) == ([], 0)
    assert day.inputs.orders.columns[-1] == "carried"


def test_bad_orders_and_held_parcels_are_put_aside(read, tables):
    """Unknown stores and goods classes too, as the YAML names them."""
    tables["orders"] += order("c", store="S3") + order("d", goods="hot") + "e\n"
    tables["held_parcels"] = HELD + "h,S9,2026-11-20T09:00,1\ni,S1,2026-11-20T09:00,1\n"
    day = read()

    assert [(Path(f.file).stem, f.line, f.column) for f in day.faults] == [
        ("orders", 4, "store_id"),
        ("orders", 5, "goods_class"),
        ("orders", 6, ""),
        ("held_parcels", 2, "store_id"),
    ]
    assert day.num_read == 5
    assert {name: len(rows) for name, rows in day.rejected.items()} == {
        "orders": 3,
        "held_parcels": 1,
    }
    assert day.inputs.held_parcels["parcel_id"].to_list() == ["i"]


def test_the_faults_of_all_standing_tables_come_at_once(read, tables):
    tables["stores"] += store("S3", dc="DX") + store("S1")
    tables["vehicles"] += VAN + VAN.replace("DC", "DY")
    tables["locks"] = LOCKS + "S7,1,\n"
    tables["collections"] = COLLECTIONS + 2 * "p,S1,return,1,2026-11-20T09:00,\n"

    with pytest.raises(InputError) as refused:
        read()

    assert {(Path(f.file).stem, f.line, f.column) for f in refused.value.faults} == {
        ("stores", 4, "dc_id"),
        ("stores", 5, "store_id"),
        ("vehicles", 3, "vehicle_type"),
        ("vehicles", 4, "dc_id"),
        ("locks", 2, "store_id"),
        ("collections", 3, "parcel_id"),
    }


@pytest.mark.parametrize("lost", ["missing", "faulty"])
def test_a_lost_table_is_told_once_and_not_for_each_row_that_refers_to_it(
    read, tables, lost
):
    if lost == "missing":
        del tables["distribution_centers"]
        told = "No distribution_centers table"
    else:
        tables["distribution_centers"] = DC + "DC,n,25,121,06:00,22:00,many\n"
        told = "distribution_centers.csv:2: dock_doors: 'many' is not a whole number"

    with pytest.raises(InputError) as refused:
        read()

    assert told in str(refused.value)
    assert "not in distribution_centers" not in str(refused.value)


def test_every_missing_table_is_named_with_its_option(read, tables):
    tables.clear()

    with pytest.raises(InputError) as refused:
        read()

    for option in ("orders", "stores", "distribution-centers", "vehicles"):
        assert f"--{option}" in str(refused.value)


def test_files_that_cannot_be_read_are_all_told(read, tmp_path):
    absent = dict.fromkeys(("orders", "stores"), tmp_path / "absent.csv")
    absent["vehicles"] = tmp_path

    with pytest.raises(InputError) as refused:
        read(given=absent)

    assert str(refused.value).count("absent.csv: no such file") == 2
    assert "is a folder" in str(refused.value)


def test_the_date_stands_in_for_its_placeholder(read, tables, tmp_path):
    (tmp_path / "orders-2026-11-23.csv").write_text(tables["orders"])
    path = str(tmp_path / "orders-{date}.csv")

    assert ids(read(dialects={"orders": {"path": path}})) == ["a", "b"]
    assert ids(read(given={"orders": Path(path)})) == ["a", "b"]


def test_a_given_path_wins_but_the_dialect_holds(read, tables, tmp_path):
    given = tmp_path / "given.csv"
    given.write_text((ORDERS + order("x")).replace(",", ";"))

    day = read(given={"orders": given}, dialects={"orders": {"delimiter": ";"}})

    assert ids(day) == ["x"]


def test_carried_orders_come_first_and_count(read, tables, tmp_path):
    """One that came again today is today's; one that is bad is rejected."""
    plan = tmp_path / "plan"
    plan.mkdir()
    line = order("{}").strip() + ",deliver,{}\n"
    rows = [("'=1+1", "deferred"), ("p", "planned"), ("a", "unserved")]
    (plan / "parcels.csv").write_text(
        PLAN
        + "".join(line.format(*row) for row in rows)
        + line.format("z", "deferred").replace("pickup", "drone")
    )

    day = read(carry=plan)

    assert ids(day) == ["=1+1", "a", "b"]
    assert day.inputs.orders["carried"].to_list() == [True, False, False]
    assert day.inputs.orders["store_id"].to_list() == ["S1"] * 3
    assert day.inputs.orders_raw["order_id"].to_list() == ["=1+1", "a", "b"]
    assert [(f.line, f.column) for f in day.faults] == [(5, "service")]
    # Today's a is counted once; = read + carried in - rejected.
    assert day.num_read + day.num_carried_in - len(day.rejected["orders"]) == 3


def test_a_carried_order_makes_way_only_for_a_good_one(read, tables, tmp_path):
    tables["orders"] = ORDERS + order("a", weight="heavy")
    path = tmp_path / "parcels.csv"
    path.write_text(PLAN + order("a").strip() + ",deliver,deferred\n")

    day = read(carry=path)

    assert ids(day) == ["a"]
    assert len(day.rejected["orders"]) == 1


def test_a_carried_plan_that_is_none_is_told_with_the_rest(read, tables, tmp_path):
    del tables["vehicles"]

    with pytest.raises(InputError) as refused:
        read(carry=tmp_path / "absent")

    assert "absent: no such file" in str(refused.value)
    assert "--vehicles" in str(refused.value)


def test_a_break_that_is_due_at_no_time_is_refused(read, tables):
    tables["vehicles"] = (
        VANS.replace("\n", ",break_min,break_after_min\n")
        + VAN.replace("\n", ",30,\n")
        + VAN.replace("van", "cool").replace("\n", ",30,240\n")
    )
    with pytest.raises(InputError) as refused:
        read()
    assert [f.line for f in refused.value.faults] == [2]
