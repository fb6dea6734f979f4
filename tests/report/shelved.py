"""Parcels on shelves for the tests of the page of shelves."""

import datetime as dt

import polars as pl

from cstore_cli.report.board_page.ageing import SHELVED
from cstore_cli.report.board_page.page import Shelves, board_page
from cstore_cli.tracking.by_store import by_store

ZONE = "Asia/Taipei"
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))
HOSTILE = "<script>alert(1)</script>\"'&\u202eemoji\U0001f4e6"


def ago(days=0, hours=0):
    return (NOW - dt.timedelta(days=days, hours=hours)).astimezone(dt.UTC)


def on_shelf(parcel, store, ready, deadline=None, **said):
    """One parcel of 2.5 litres that waits."""
    return {
        "parcel_id": parcel,
        "store_id": store,
        "ready_at": ready,
        "deadline": deadline,
        "litres": 2.5,
        "extension_days": 0,
        "waits": True,
        "standing": "waits",
        "rule": "default",
        **said,
    }


def frame(*rows):
    return pl.DataFrame(rows, schema=SHELVED, orient="row")


def shelves(*rows, shelf_litres=None, known=True):
    """What stands there; ``shelf_litres`` by store."""
    parcels = frame(*rows)
    at_stores = parcels.group_by("store_id").agg(
        pl.col("waits").sum().cast(pl.Int64).alias("held"),
        (~pl.col("waits")).sum().cast(pl.Int64).alias("to_fetch"),
        pl.col("ready_at").min().alias("oldest"),
        pl.col("litres").sum(),
    )
    stores = None
    if shelf_litres is not None:
        stores = pl.DataFrame(
            [(name, "FoxMart", room) for name, room in shelf_litres.items()],
            schema=["store_id", "chain", "shelf_litres"],
            orient="row",
        )
    return Shelves(parcels, by_store(at_stores, stores, NOW), NOW, ZONE, known)


def shown(*rows, tables=(), **more):
    return board_page(
        "Board",
        ["Told first."],
        shelves(*rows, **more),
        list(tables),
        all_in="the CSV has all",
    )
