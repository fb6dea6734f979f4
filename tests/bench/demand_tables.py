"""
Published sets of demand as tables of the toolkit: areas.csv, transactions.csv.

    python tests/bench/demand_tables.py oj FOLDER OUT
    python tests/bench/demand_tables.py m4 FOLDER OUT

``oj``: Dominick's orange juice (yx.csv.gz, storedemo.csv), an area per store and brand.
``m4``: the weekly series of M4 (Weekly-train.csv.gz, Weekly-test.csv.gz), an area per
series; the weeks to be forecast stand apart in truth.csv. Both get an
analyze_demand.yaml that names their columns. Neither set has dates: they are invented.
"""

import argparse
import csv
import datetime as dt
import gzip
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl
import yaml

OJ_FIRST = dt.date(1990, 6, 4)
"""The Monday that stands for week 40, the first of Dominick's."""
M4_LAST = dt.date(2020, 1, 6)
"""The Monday that stands for the last known week of every series of M4."""
NETWORK = {"time_zone": "UTC", "currency": "USD"}
PRICES = tuple(f"price{brand}" for brand in range(1, 12))
OJ_AHEAD = ("price", *PRICES, "price_ratio", "deal", "feat")
"""Columns of Dominick's known for the weeks to forecast; profit is not."""


@dataclass(frozen=True, eq=False)
class DemandTables:
    """Tables as analyze-demand takes them, and the horizon they are scored at."""

    areas: pl.DataFrame
    transactions: pl.DataFrame
    truth: pl.DataFrame | None
    horizon: int
    known_ahead: tuple[str, ...] = ()


def dominicks(folder: Path) -> DemandTables:
    """
    Return a row per store, brand and week that the source has, missing weeks missing.

    ``price`` is the brand's own, ``price_ratio`` the same to the mean of all brands'.
    """
    rows = pl.read_csv(folder / "yx.csv.gz").sort("store", "brand", "week")
    stores = pl.read_csv(folder / "storedemo.csv").rename({"STORE": "store"})
    area_id = pl.format("{}-{}", "store", "brand").alias("area_id")
    texts = (pl.format("s{}", "store"), pl.format("b{}", "brand"))
    series = rows.select("store", "brand").unique(maintain_order=True)
    areas = series.join(stores, on="store", how="left", maintain_order="left")
    own = pl.coalesce(
        pl.when(pl.col("brand") == brand).then(pl.col(price))
        for brand, price in enumerate(PRICES, start=1)
    )
    rows = rows.with_columns(
        date=OJ_FIRST + pl.duration(weeks=pl.col("week") - 40),
        orders=pl.col("logmove").exp().round().cast(pl.Int64),
        price=own,
        price_ratio=own / pl.mean_horizontal(PRICES),
    )
    return DemandTables(
        areas.select(area_id, *texts, pl.exclude("store", "brand")),
        rows.select("date", area_id, "orders", *OJ_AHEAD, "profit"),
        truth=None,
        horizon=3,
        known_ahead=OJ_AHEAD,
    )


def m4_weekly(folder: Path) -> DemandTables:
    """
    Return the series as whole numbers, all by the same power of ten.

    The known weeks of all series end in the same week.
    """
    train, test = _series(folder / "Weekly-train"), _series(folder / "Weekly-test")
    power = most_decimals([*train.values(), *test.values()])
    return DemandTables(
        pl.DataFrame({"area_id": list(train)}),
        pl.concat(_dated(*one, power, M4_LAST) for one in train.items()),
        pl.concat(
            _dated(name, cells, power, M4_LAST + dt.timedelta(weeks=len(cells)))
            for name, cells in test.items()
        ),
        horizon=13,
    )


def most_decimals(series: list[list[str]]) -> int:
    """Return how many decimals a value has at most."""
    return max(len(cell.partition(".")[2]) for one in series for cell in one)


def _series(path: Path) -> dict[str, list[str]]:
    """The values of each series, as they are written."""
    with gzip.open(f"{path}.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {row[0]: [cell for cell in row[1:] if cell] for row in rows}


def _dated(name: str, cells: list[str], power: int, last: dt.date) -> pl.DataFrame:
    first = last - dt.timedelta(weeks=len(cells) - 1)
    return pl.DataFrame(
        {
            "date": pl.date_range(first, last, "1w", eager=True),
            "area_id": [name] * len(cells),
            "orders": [int(Decimal(cell).scaleb(power)) for cell in cells],
        }
    )


def write(tables: DemandTables, out: Path) -> None:
    """Write the tables and their settings to the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    tables.areas.write_csv(out / "areas.csv")
    tables.transactions.write_csv(out / "transactions.csv")
    if tables.truth is not None:
        tables.truth.write_csv(out / "truth.csv")
    settings = {
        "network": "network.yaml",
        "tables": {"areas": "areas.csv", "transactions": "transactions.csv"},
        "transactions": {"period": "week", "known_ahead": list(tables.known_ahead)},
        "horizon": tables.horizon,
    }
    (out / "network.yaml").write_text(yaml.safe_dump(NETWORK), encoding="utf-8")
    (out / "analyze_demand.yaml").write_text(
        yaml.safe_dump(settings, sort_keys=False), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=["oj", "m4"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    read = {"oj": dominicks, "m4": m4_weekly}[chosen.name]
    write(read(chosen.folder), chosen.out)


if __name__ == "__main__":
    main()
