"""drivers/ROUTE.html: what a driver does, in order, on one sheet of paper."""

from collections.abc import Sequence
from itertools import groupby

import polars as pl

from cstore_cli.dayplan.files import with_clocks
from cstore_cli.report.figures import tenths
from cstore_cli.report.page.page import page
from cstore_cli.report.sheets.amounts import counted, money
from cstore_cli.report.sheets.carried import carried
from cstore_cli.report.sheets.foot import foot
from cstore_cli.report.sheets.leaves import Line, laid, more_mm
from cstore_cli.report.sheets.places import places
from cstore_cli.report.sheets.qr import directions, qr_codes
from cstore_cli.report.sheets.rows_by import Row, rows_by
from cstore_cli.report.sheets.visits import with_visits
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names

_STOP = ["route_id", "trip", "sequence"]
_FEW = 3
"""Parcels to collect are named where they are no more."""


def driver_sheets(shown: ShownPlan) -> dict[str, bytes]:
    """Return the sheet of each route: drivers/ROUTE.html: HTML."""
    routes = with_clocks(shown.tables.routes, "routes")
    names = file_names(routes["route_id"])
    rows = rows_by(_stops(shown), "route_id")
    sheets = {}
    for route in routes.iter_rows(named=True):
        own = rows[route["route_id"]]
        sheets[f"drivers/{names[route['route_id']]}.html"] = page(
            "sheet_stops.html",
            title=f"Route {route['route_id']}",
            what="Route",
            id=route["route_id"],
            date=shown.inputs.date.isoformat(),
            lead=_lead(route, own[0]),
            back=own[0],
            figures=_figures(route, own, shown.currency),
            caption="Stops in order",
            columns=("No.", "Arrives", "Store", "Load"),
            laid=laid(_lines(own)),
            more_mm=more_mm,
            foot=foot(shown),
        )
    return sheets


def _stops(shown: ShownPlan) -> pl.DataFrame:
    """stops.csv with clocks as HH:MM, visits, places, what is carried, and QR."""
    stops = (
        with_visits(with_clocks(shown.tables.stops, "stops"))
        .join(_everywhere(shown), on="location_id", how="left", maintain_order="left")
        .join(_chilled(shown), on=_STOP, how="left", maintain_order="left")
        .join(_collected(shown), on=_STOP, how="left", maintain_order="left")
    )
    links = [directions(*at) for at in stops.select("lat", "lon").iter_rows()]
    known = sorted(set(links))
    code_of = dict(zip(known, qr_codes(known), strict=True))
    return stops.with_columns(
        pl.Series("link", links, dtype=pl.String),
        pl.Series("qr", [code_of[link] for link in links], dtype=pl.Object),
    )


def _everywhere(shown: ShownPlan) -> pl.DataFrame:
    """Stores and DCs, by their location_id; of a DC its name and place alone."""
    dcs = shown.inputs.distribution_centers.select("dc_id", "name", "lat", "lon")
    return pl.concat(
        [
            places(shown).rename({"store_id": "location_id"}),
            dcs.rename({"dc_id": "location_id"}),
        ],
        how="diagonal",
    )


def _chilled(shown: ShownPlan) -> pl.DataFrame:
    """How many chilled parcels each stop is brought, where any."""
    chilled = carried(shown).filter("is_chilled")
    return (
        shown.tables.parcels.filter(pl.col("task") == "deliver")
        .join(chilled, on="order_id", how="semi")
        .rename({"stop_sequence": "sequence"})
        .group_by(_STOP)
        .agg(pl.len().alias("chilled"))
    )


def _collected(shown: ShownPlan) -> pl.DataFrame:
    """Which parcels each stop collects."""
    return (
        shown.tables.parcels.filter(
            pl.col("task") != "deliver", pl.col("status") == "planned"
        )
        .rename({"stop_sequence": "sequence"})
        .group_by(_STOP)
        .agg(pl.col("order_id").sort().alias("collects"))
    )


def _lead(route: Row, start: Row) -> tuple[str, ...]:
    van = f"{route['vehicle_type']} no. {route['vehicle_no']}"
    dc = " ".join(filter(None, (route["dc_id"], start["name"])))
    return (van, f"from {dc}")


def _figures(
    route: Row, rows: Sequence[Row], currency: str
) -> tuple[tuple[str, str], ...]:
    collected = sum(row["collected_parcels"] for row in rows)
    return (
        ("Departs", route["departs"]),
        ("Returns", route["returns"]),
        ("Trips", str(route["trips"])),
        ("Stops", str(route["stops"])),
        ("Parcels", f"{route['parcels']:,}"),
        ("To collect", f"{collected:,}"),
        ("Litres", tenths(route["litres"])),
        ("Kg", tenths(route["kg"])),
        ("Km", tenths(route["km"])),
        ("COD (stores collect it)", money(route["cod_twd"], currency)),
    )


def _lines(rows: Sequence[Row]) -> list[Line]:
    """A line per visit, and per time at the DC, where ``visit`` is None."""
    lines: list[Line] = []
    for visit, same in groupby(rows, key=lambda row: row["visit"]):
        if visit is not None:
            lines.append(_stop(list(same)))
            continue
        for row in same:
            trip = (other for other in rows if other["trip"] == row["trip"])
            lines.append(_at_dc(row, sum(other["dropped_parcels"] for other in trip)))
    return lines


def _stop(rows: Sequence[Row]) -> Line:
    first, last = rows[0], rows[-1]
    dropped = sum(row["dropped_parcels"] for row in rows)
    collected = sum(row["collected_parcels"] for row in rows)
    load = (counted(dropped, "parcel"), f"{tenths(first['litres'])} L")
    window = first["receives"]
    return Line(
        number=first["visit"],
        time=first["arrives"],
        service=f"{first['starts']}\u2013{last['leaves']}",
        name=first["name"] or first["location_id"],
        about=(
            *([_to_collect(last)] if collected else []),
            *([f"receives {window}"] if window else []),
            " ".join(filter(None, (first["location_id"], first["chain"]))),
            *([first["address"]] if first["address"] else []),
        ),
        load=load if dropped else (),
        collect=f"collect {collected:,}" if collected else None,
        chilled=f"{first['chilled']} chilled" if first["chilled"] else None,
        link=first["link"],
        qr=first["qr"],
    )


def _to_collect(row: Row) -> str:
    """What a stop collects: its parcels, where they are few, and litres."""
    ids = row["collects"] or ()
    which = ", ".join(ids) if len(ids) <= _FEW else ""
    return f"collect {which or 'parcels'}: {tenths(row['litres'])} L"


def _at_dc(row: Row, loaded: int) -> Line:
    """What is done at the DC: ``loaded`` parcels are those of the trip that begins."""
    kind, dc_id = row["kind"], row["location_id"]
    what = {"depart": "Depart from", "reload": "Reload at", "end": "Back at"}[kind]
    trip = f"trip {row['trip']}, {row['batch']}: load {counted(loaded, 'parcel')}"
    return Line(
        number=None,
        time=row["leaves"] if kind == "depart" else row["arrives"],
        service=f"leave {row['leaves']}" if kind == "reload" else "",
        name=f"{what} {dc_id}",
        about=() if kind == "end" else (trip,),
        load=(),
        collect=None,
        chilled=None,
        link=None if kind == "depart" else row["link"],
        qr=None,
    )
