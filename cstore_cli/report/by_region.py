"""Planned parcels by channel, and by region of stores."""

import polars as pl
from rich.console import Console

from cstore_cli.report.figures import tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence
from cstore_cli.tables.plan import CHANNELS

_WITHOUT_VAN = dict.fromkeys(("seller_direct", "express_station"), " (handed over)")


def print_by_channel(console: Console, parcels: pl.DataFrame) -> None:
    """Print one line: the planned parcels of each channel that has any."""
    planned = parcels.filter(pl.col("status") == "planned")
    counts = dict(planned["channel"].value_counts().rows())
    told = [
        f"{name} {whole(counts[name])}{_WITHOUT_VAN.get(name, '')}"
        for name in CHANNELS
        if name in counts
    ]
    if told:
        console.print()
        print_sentence(console, f"Planned by channel: {', '.join(told)}")


def print_by_region(
    console: Console, regions: pl.DataFrame, parcels: pl.DataFrame
) -> None:
    """Print a row per region, its planned parcels in a column per channel."""
    planned = parcels.filter(
        (pl.col("status") == "planned") & pl.col("region_id").is_not_null()
    )
    channels = [name for name in CHANNELS if name in set(planned["channel"])]
    counts = {
        (region, channel): count
        for region, channel, count in planned.group_by("region_id", "channel")
        .len()
        .rows()
    }
    rows = [
        (
            row["region_id"],
            row["hub"],
            whole(row["stores"]),
            tenths(row["work_h"]),
            *(whole(counts.get((row["region_id"], name), 0)) for name in channels),
        )
        for row in regions.iter_rows(named=True)
    ]
    total = (
        whole(float(regions["stores"].sum())),
        tenths(float(regions["work_h"].sum())),
        *(whole(len(planned.filter(pl.col("channel") == name))) for name in channels),
    )
    print_grid(
        console,
        "Regions, with planned parcels",
        (
            *words("region", "hub"),
            *figures("stores", "work h", *channels),
        ),
        rows,
        ("total", "", *total),
    )
