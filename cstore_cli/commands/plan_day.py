"""cstore plan-day."""

import time
from pathlib import Path
from typing import Annotated

from typer import Option

from cstore_cli.commands.options import Config, Date, Now, Quiet, table_option


def plan_day(
    config: Config = None,
    date: Date = None,
    now: Now = None,
    out: Annotated[
        Path | None, Option(help="Folder of plans; this one is published there.")
    ] = None,
    time_limit: Annotated[
        float, Option(min=5, help="Seconds for the whole run.", metavar="SECONDS")
    ] = 120,
    iterations: Annotated[
        int | None,
        Option(
            min=1,
            help="Iterations per search instead of a time limit: the same inputs then "
            "give the same bytes.",
        ),
    ] = None,
    seed: Annotated[int, Option(min=0, help="Seed of the route search.")] = 1,
    carry: Annotated[
        Path | None,
        Option(help="Plan whose deferred and unserved orders come back."),
    ] = None,
    previous: Annotated[
        Path | None,
        Option(help="Plan, or folder of plans, against which to tell what moves."),
    ] = None,
    check_only: Annotated[
        Path | None, Option(help="Only check this plan, also one edited by hand.")
    ] = None,
    publish: Annotated[
        Path | None, Option(help="Check this edited plan and publish it to OUT.")
    ] = None,
    strict: Annotated[
        bool, Option("--strict", help="Refuse when any row is rejected.")
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Plan and show, write nothing.")
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="Print summary.json instead of tables.")
    ] = False,
    quiet: Quiet = False,
    orders: Annotated[Path | None, table_option("orders")] = None,
    stores: Annotated[Path | None, table_option("stores")] = None,
    distribution_centers: Annotated[
        Path | None, table_option("distribution_centers")
    ] = None,
    vehicles: Annotated[Path | None, table_option("vehicles")] = None,
    held_parcels: Annotated[
        Path | None,
        Option("--held-parcels", "--holds", help="CSV of parcels on hold."),
    ] = None,
    collections: Annotated[Path | None, table_option("collections")] = None,
    conditions: Annotated[Path | None, table_option("conditions")] = None,
    closures: Annotated[Path | None, table_option("closures")] = None,
    locks: Annotated[Path | None, table_option("locks")] = None,
    areas: Annotated[Path | None, table_option("areas")] = None,
    road_nodes: Annotated[Path | None, table_option("road_nodes")] = None,
    road_links: Annotated[Path | None, table_option("road_links")] = None,
    travel_matrix: Annotated[Path | None, table_option("travel_matrix")] = None,
    frozen_regions: Annotated[Path | None, table_option("frozen_regions")] = None,
) -> int:
    """
    Plan a day: store, van and stop of each parcel, and why.

    Reads the night's orders and the network's tables, chooses channel and store of
    each parcel, divides stores into regions, routes the vans, checks the plan against
    the tables and publishes it as OUT/plans/DATE-RUN, named by OUT/current.json.

    Exit codes: 0 done, 3 bad input, 4 nothing can be planned, 5 no plan in time, 6 done
    but rows were rejected or too many parcels are unserved, 7 disk or permission, 10 no
    ledger yet for a dry run, 11 another run holds OUT.

    Example: cstore plan-day --date 2026-11-23 --now 2026-11-23T09:00:00+08:00
    --out out --time-limit 15
    """
    started_s = time.monotonic()  # before the imports, which take a second or two
    from cstore_cli.commands.plan_day_asked import Asked
    from cstore_cli.commands.plan_day_run import run

    given = {
        "orders": orders,
        "stores": stores,
        "distribution_centers": distribution_centers,
        "vehicles": vehicles,
        "held_parcels": held_parcels,
        "collections": collections,
        "conditions": conditions,
        "closures": closures,
        "locks": locks,
        "areas": areas,
        "road_nodes": road_nodes,
        "road_links": road_links,
        "travel_matrix": travel_matrix,
        "frozen_regions": frozen_regions,
    }
    return run(
        Asked(
            started_s=started_s,
            config=config,
            date=date,
            now=now,
            out=out,
            time_limit=time_limit,
            iterations=iterations,
            seed=seed,
            carry=carry,
            previous=previous,
            check_only=check_only,
            publish=publish,
            strict=strict,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )
