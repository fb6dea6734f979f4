"""rounds/ROUND.html: a courier's doors, in order, on one sheet of paper."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from cstore_cli.dayplan.files import with_clocks
from cstore_cli.report.figures import tenths
from cstore_cli.report.page.page import page
from cstore_cli.report.sheets.amounts import money
from cstore_cli.report.sheets.carried import carried
from cstore_cli.report.sheets.foot import foot
from cstore_cli.report.sheets.leaves import Line, laid, more_mm
from cstore_cli.report.sheets.places import places
from cstore_cli.report.sheets.qr import directions, qr_codes
from cstore_cli.report.sheets.rows_by import Row, rows_by
from cstore_cli.report.shown_plan import ShownPlan
from cstore_cli.tables.file_name import file_names


def round_sheets(shown: ShownPlan) -> dict[str, bytes]:
    """Return the sheet of each courier's round: rounds/ROUND.html: HTML."""
    doors = rows_by(_doors(shown), "round_id")
    names = file_names(doors)
    stores = {row["store_id"]: row for row in places(shown).iter_rows(named=True)}
    at_foot = foot(shown)
    return {
        f"rounds/{names[round_id]}.html": page(
            "sheet_stops.html",
            title=f"Round {round_id}",
            what="Round",
            id=round_id,
            date=shown.inputs.date.isoformat(),
            lead=_lead(own[0], stores),
            back=None,
            figures=_figures(own, shown.currency),
            caption="Doors in order",
            columns=("No.", "Arrives", "Door", "Parcel"),
            laid=laid([_line(row, shown.currency) for row in own]),
            more_mm=more_mm,
            foot=at_foot,
        )
        for round_id, own in doors.items()
    }


def _doors(shown: ShownPlan) -> pl.DataFrame:
    """rounds.csv with clocks as HH:MM, who is at each door, and the way there."""
    doors = with_clocks(shown.tables.rounds, "rounds").join(
        carried(shown), on="order_id", how="left", maintain_order="left"
    )
    links = [
        directions(lat, lon)
        for lat, lon in doors.select("customer_lat", "customer_lon").iter_rows()
    ]
    return doors.with_columns(
        pl.Series("link", links, dtype=pl.String),
        pl.Series("qr", qr_codes(links), dtype=pl.Object),
    )


def _lead(first: Row, stores: Mapping[str, Row]) -> tuple[str, ...]:
    store = stores[first["store_id"]]
    texts = dict.fromkeys((store["name"], first["store_id"], store["address"]))
    start = ", ".join(filter(None, texts))
    return (f"Courier {first['courier_no']}", f"from {start}")


def _figures(doors: Sequence[Row], currency: str) -> tuple[tuple[str, Any], ...]:
    return (
        ("Departs", doors[0]["departs"]),
        ("Returns", doors[0]["returns"]),
        ("Doors", f"{len(doors):,}"),
        ("Litres", tenths(sum(row["litres"] for row in doors))),
        ("Kg", tenths(sum(row["kg"] for row in doors))),
        ("Cash to collect", money(sum(row["cod_twd"] for row in doors), currency)),
    )


def _line(door: Row, currency: str) -> Line:
    order_id, recipient, cash = door["order_id"], door["recipient"], door["cod_twd"]
    about = (door["customer_address"], order_id if recipient else None, door["phone"])
    return Line(
        number=door["sequence"],
        time=door["arrives"],
        service="",
        name=recipient or order_id,
        about=tuple(filter(None, about)),
        load=(
            money(cash, currency) if cash else "no cash",
            f"{tenths(door['litres'])} L",
        ),
        collect=None,
        chilled="chilled" if door["is_chilled"] else None,
        link=door["link"],
        qr=door["qr"],
    )
