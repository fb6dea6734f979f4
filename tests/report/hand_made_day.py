"""Days planned by hand, for the tests of what is shown of them."""

import io
from dataclasses import replace

import polars as pl
from rich.console import Console

from cstore_cli.dayplan.day_plan import DayPlan, DcSearch, Levels
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.report.terminal import print_plan
from cstore_cli.tables.plan import CONTRACTS, PlanTables

COUNTS = {"read": 1203, "carried_in": 7, "rejected": 2}


def frame(table, rows):
    """Rows, each by column name, under the table's contract; the rest is null."""
    schema = {name: kind.dtype for name, kind in CONTRACTS[table].columns().items()}
    empty = dict.fromkeys(schema)
    made = pl.DataFrame([empty | row for row in rows], schema=schema, orient="row")
    return CONTRACTS[table].validate(made)


def unplanned(status, reason_code, reason):
    return {"status": status, "reason_code": reason_code, "reason": reason}


def parcels(number, **cells):
    """So many parcels with the same cells, their ids numbered on."""
    named = {"task": "deliver", "redirected": False, **cells}
    return [named | {"order_id": f"{named['order_id']}{k:04d}"} for k in range(number)]


def route(number, dc_id="DC-WG", **cells):
    """A route of a full van."""
    return {
        "route_id": f"{dc_id}-{number:02d}",
        "dc_id": dc_id,
        "vehicle_type": "van_3t5",
        "vehicle_no": number,
        "region_id": f"{dc_id}-R01",
        "departs": 9 * 60 + 30 + number,
        "returns": 15 * 60 + 5,
        "trips": 1,
        "stops": 31,
        "parcels": 500,
        "litres": 8123.45,
        "kg": 1043.2,
        "cod_twd": 12000.0,
        "km": 62.44,
        "minutes": 334.5,
        "cost": 2456.7,
        **cells,
    }


def search(dc_id="DC-WG", **cells):
    return DcSearch(
        **{
            "dc_id": dc_id,
            "clients": 62,
            "routes": 2,
            "columns": 4321,
            "iterations": 100,
            "money": 4913.4,
            "gap_columns": 0.00004,
            "bound_all_routes": None,
            "gap_all_routes": None,
            "relaxation": None,
            **cells,
        }
    )


def day(**changes):
    """A day of 1,210 rows at two DCs; ``changes`` replace fields of its DayPlan."""
    shop = {"status": "planned", "store_id": "SE-110817", "channel_rule": "as asked"}
    west = shop | {"dc_id": "DC-WG", "region_id": "DC-WG-R01", "batch": "morning"}
    south = shop | {"dc_id": "DC-ZH", "region_id": "DC-ZH-R01", "batch": "morning"}
    no_van = unplanned(
        "unserved",
        "no_van_left",
        "The vans of DC-WG have no room or time left for SE-916572.",
    )
    no_store = unplanned(
        "unserved",
        "no_store_near",
        "No store within 1.0 km of 台北市信義區 takes parcels of 60 litres.",
    )
    not_there = unplanned(
        "deferred", "not_at_dc", "The goods reach the DC after the last batch leaves."
    )
    rows = [
        *parcels(800, order_id="A", channel="store_pickup", **west),
        *parcels(200, order_id="B", channel="store_door", **west),
        *parcels(43, order_id="C", channel="store_pickup", **south),
        *parcels(21, order_id="D", status="planned", channel="seller_direct"),
        *parcels(30, order_id="E", **no_van),
        *parcels(2, order_id="F", **no_store),
        *parcels(100, order_id="G", **not_there),
        *parcels(12, order_id="H", status="already_planned"),
    ]
    chilled = {"vehicle_type": "冷藏車", "parcels": 43, "stops": 4, "litres": 212.6}
    tables = PlanTables(
        parcels=frame("parcels", rows),
        routes=frame(
            "routes", [route(1), route(2), route(1, dc_id="DC-ZH", **chilled)]
        ),
        stops=frame("stops", []),
        rounds=frame("rounds", []),
        regions=frame(
            "regions",
            [
                {
                    "region_id": f"{dc_id}-R01",
                    "dc_id": dc_id,
                    "hub": hub,
                    "stores": stores,
                    "work_h": 11.25,
                    "parcels": 0,
                    "door_parcels": 0,
                }
                for dc_id, hub, stores in [
                    ("DC-WG", "SE-110817", 58),
                    ("DC-ZH", "全家-永和中正", 4),
                ]
            ],
        ),
        assignment=frame("assignment", []),
        store_arrivals=frame("store_arrivals", []),
    )
    whole = {
        "tables": tables,
        "unserved": tables.parcels.filter(pl.col("status") == "unserved"),
        "levels": Levels(35.0, 1234.0, 5, 123456.7, 7370.1),
        "searches": (
            search(),
            search("DC-ZH", gap_columns=0.0123, gap_all_routes=0.041),
        ),
        "stores_proven": True,
        "regions_gap": {"DC-WG": 0.008},
        "notes": ("DC-WG: 2 stores cannot be reached: SE-1, SE-2.",),
    }
    return DayPlan(**(whole | changes))


def changed(plan, table, **cells):
    """The plan with all cells of some columns of one table replaced."""
    tables = replace(
        plan.tables,
        **{table: getattr(plan.tables, table).with_columns(**lit(cells))},
    )
    return replace(plan, tables=tables)


def lit(cells):
    return {name: pl.lit(value) for name, value in cells.items()}


def shown(plan, width=80, where=None, currency="TWD", **of_console):
    """What is printed of the plan."""
    console = Console(file=io.StringIO(), width=width, **of_console)
    print_plan(plan, summary_of(plan, COUNTS), where, currency, console)
    return console.file.getvalue()
