"""drivers/ROUTE.html: what a driver does, in order, on one sheet of paper."""

from collections.abc import Mapping, Sequence

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
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names

_STOP = ["route_id", "trip", "sequence"]


def driver_sheets(shown: ShownPlan) -> dict[str, bytes]:
    """Return the sheet of each route: drivers/ROUTE.html: HTML."""
    routes = with_clocks(shown.tables.routes, "routes")
    names = file_names(routes["route_id"])
    rows = rows_by(_stops(shown), "route_id")
    dc_name = dict(shown.inputs.distribution_centers.select("dc_id", "name").rows())
    sheets = {}
    for route in routes.iter_rows(named=True):
        own = rows[route["route_id"]]
        sheets[f"drivers/{names[route['route_id']]}.html"] = page(
            "sheet_stops.html",
            title=f"Route {route['route_id']}",
            what="Route",
            id=route["route_id"],
            date=shown.inputs.date.isoformat(),
            lead=_lead(route, dc_name),
            figures=_figures(route, own, shown.currency),
            caption="Stops in order",
            columns=("No.", "Arrives", "Store", "Load"),
            laid=laid(_lines(own, shown.currency)),
            more_mm=more_mm,
            foot=foot(shown),
        )
    return sheets


def _stops(shown: ShownPlan) -> pl.DataFrame:
    """stops.csv with clocks as HH:MM, each stop's store, chilled parcels and QR."""
    stops = (
        with_clocks(shown.tables.stops, "stops")
        .join(
            places(shown),
            left_on="location_id",
            right_on="store_id",
            how="left",
            maintain_order="left",
        )
        .join(_chilled(shown), on=_STOP, how="left", maintain_order="left")
    )
    links = [
        None if lat is None else directions(lat, lon)
        for lat, lon in stops.select("lat", "lon").iter_rows()
    ]
    known = sorted({link for link in links if link})
    code_of = dict(zip(known, qr_codes(known), strict=True))
    return stops.with_columns(
        pl.Series("link", links, dtype=pl.String),
        pl.Series("qr", [link and code_of[link] for link in links], dtype=pl.Object),
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


def _lead(route: Row, dc_name: Mapping[str, str | None]) -> tuple[str, ...]:
    van = f"{route['vehicle_type']} no. {route['vehicle_no']}"
    dc_id, region = route["dc_id"], route["region_id"]
    dc = " ".join(filter(None, (dc_id, dc_name.get(dc_id))))
    return (van, f"from {dc}", *([f"region {region}"] if region else []))


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
        ("Cash on delivery", money(route["cod_twd"], currency)),
    )


def _lines(rows: Sequence[Row], currency: str) -> list[Line]:
    """A line per place and visit: dropping and collecting there is one stop."""
    lines: list[Line] = []
    for k, row in enumerate(rows):
        if row["kind"] == "collect" and _is_there(rows[k - 1], row):
            continue
        if row["kind"] in {"deliver", "collect"}:
            after = rows[k + 1]
            both = [row, after] if _is_there(row, after) else [row]
            lines.append(_stop(both, currency))
        else:
            trip = (other for other in rows if other["trip"] == row["trip"])
            loaded = sum(other["dropped_parcels"] for other in trip)
            lines.append(_at_dc(row, loaded))
    return lines


def _is_there(before: Row, row: Row) -> bool:
    """Whether a row collects where the van has just delivered."""
    kinds = (before["kind"], row["kind"])
    same = before["location_id"] == row["location_id"]
    return same and kinds == ("deliver", "collect")


def _stop(rows: Sequence[Row], currency: str) -> Line:
    first, last = rows[0], rows[-1]
    dropped = sum(row["dropped_parcels"] for row in rows)
    collected = sum(row["collected_parcels"] for row in rows)
    load = []
    if dropped:
        load += [counted(dropped, "parcel"), f"{tenths(first['litres'])} L"]
    if first["cod_twd"]:
        load.append(money(first["cod_twd"], currency))
    window = first["receives"]
    return Line(
        number=first["sequence"],
        number_to=last["sequence"] if len(rows) > 1 else None,
        time=first["arrives"],
        service=f"{first['starts']}\u2013{last['leaves']}",
        name=first["name"] or first["location_id"],
        about=(
            *([f"to collect {tenths(last['litres'])} L"] if collected else []),
            *([f"receives {window}"] if window else []),
            " ".join(filter(None, (first["location_id"], first["chain"]))),
            *([first["address"]] if first["address"] else []),
        ),
        load=tuple(load),
        collect=f"collect {collected:,}" if collected else None,
        chilled=f"{first['chilled']} chilled" if first["chilled"] else None,
        link=first["link"],
        qr=first["qr"],
    )


def _at_dc(row: Row, loaded: int) -> Line:
    """What is done at the DC: ``loaded`` parcels are those of the trip that begins."""
    kind, dc_id = row["kind"], row["location_id"]
    what = {"depart": "Depart from", "reload": "Reload at", "end": "Back at"}[kind]
    trip = f"trip {row['trip']}, {row['batch']}: load {counted(loaded, 'parcel')}"
    return Line(
        number=None,
        number_to=None,
        time=row["leaves"] if kind == "depart" else row["arrives"],
        service=f"leave {row['leaves']}" if kind == "reload" else "",
        name=f"{what} {dc_id}",
        about=() if kind == "end" else (trip,),
        load=(),
        collect=None,
        chilled=None,
        link=None,
        qr=None,
    )
