"""cstore analyze-demand."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cstore_cli.commands.options import Config, Now, Quiet, table_option


def analyze_demand(
    config: Config = None,
    date: Annotated[
        str | None,
        Option(
            "--date",
            help="First day not yet over, YYYY-MM-DD; only days before it count. "
            "Default: today in the network.",
        ),
    ] = None,
    now: Now = None,
    out: Annotated[Path | None, Option(help="Folder to write the tables to.")] = None,
    horizon: Annotated[
        int | None,
        Option(min=1, max=400, help="Days or weeks to forecast. Default: the YAML's."),
    ] = None,
    seed: Annotated[int, Option(min=0, help="Seed of all random draws.")] = 1,
    strict: Annotated[
        bool, Option("--strict", help="Refuse (3) where a row would be put aside.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Analyse and show, write nothing.")
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="Print summary.json instead of tables.")
    ] = False,
    quiet: Quiet = False,
    areas: Annotated[Path | None, table_option("areas")] = None,
    transactions: Annotated[Path | None, table_option("transactions")] = None,
    pickups: Annotated[Path | None, table_option("pickups")] = None,
    stores: Annotated[Path | None, table_option("stores")] = None,
) -> int:
    """
    Forecast parcels per area, and tell who the customers are and what drives them.

    Reads areas with their people and what each area ordered per day or week; tells all
    that is odd in them; forecasts every area, also those never served, by what they are
    like. Forecasts of the past, made as if it were then, show how far to trust them,
    beside the seasonal naive one, which is taken where it was better.

    Writes forecast.csv, segments.csv, drivers.csv, backtest.csv, summary.json,
    demand.html, which shows them, and, with pick-up times, pickup_hours.csv and
    opening_gain.csv to OUT.

    Exit codes: 0 done, 3 bad input, 6 done, but rows were put aside, 7 disk or
    permission, 11 another run holds OUT.

    Example: cstore analyze-demand --date 2026-11-23 --out demand
    """
    from cstore_cli.commands.analyze_demand_run import Asked, run

    given = {
        "areas": areas,
        "transactions": transactions,
        "pickups": pickups,
        "stores": stores,
    }
    return run(
        Asked(
            config=config,
            date=date,
            now=now,
            out=out,
            horizon=horizon,
            seed=seed,
            strict=strict,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )
