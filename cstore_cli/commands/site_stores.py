"""cstore site-stores."""

from pathlib import Path
from typing import Annotated, Literal

from typer import Option

from cstore_cli.commands.options import Config, Now, Quiet, table_option


def site_stores(
    config: Config = None,
    stores: Annotated[
        str | None,
        Option(
            metavar="N | FROM:TO:STEP | any",
            help="New stores to open; with a range such as 5:60:5 the whole trade-off "
            "curve; any: as many as pay (fixed_charge). Default: choose.stores of the "
            "YAML.",
        ),
    ] = None,
    model: Annotated[
        Literal["p_median", "covering", "fixed_charge"] | None,
        Option(help="What is sought. Default: choose.model of the YAML."),
    ] = None,
    replay: Annotated[
        str | None,
        Option(
            metavar="DAY",
            help="Plan this day, YYYY-MM-DD, for the network chosen and the one there "
            "is, with the plan-day settings that `replay:` in the YAML names.",
        ),
    ] = None,
    now: Now = None,
    out: Annotated[Path | None, Option(help="Folder to write the tables to.")] = None,
    time_limit: Annotated[
        float, Option(min=5, help="Seconds for the whole run.", metavar="SECONDS")
    ] = 120,
    seed: Annotated[int, Option(min=0, help="Seed of a replay's route search.")] = 1,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Choose and show, write nothing.")
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="Print summary.json instead of tables.")
    ] = False,
    quiet: Quiet = False,
    areas: Annotated[Path | None, table_option("areas")] = None,
    forecast: Annotated[Path | None, table_option("forecast")] = None,
    intersections: Annotated[
        Path | None,
        Option("--intersections", "--sites", help="CSV of sites to choose from."),
    ] = None,
    open_stores: Annotated[
        Path | None, Option(help="CSV of stores there are (table stores).")
    ] = None,
    distribution_centers: Annotated[
        Path | None, table_option("distribution_centers")
    ] = None,
    road_nodes: Annotated[Path | None, table_option("road_nodes")] = None,
    road_links: Annotated[Path | None, table_option("road_links")] = None,
    travel_matrix: Annotated[Path | None, table_option("travel_matrix")] = None,
) -> int:
    """
    Score sites, and choose where stores and distribution centres should be.

    Reads areas with their people (or a forecast), candidate sites and the stores there
    are; scores each site by the criteria in the YAML; chooses by p-median, maximal
    covering or single-source fixed charge, proven best or with the gap that is left.

    Writes site_scores.csv, chosen_sites.csv, area_assignment.csv, summary.json,
    sites.html, which shows them, and, if asked for, curve.csv and replay.csv to OUT.

    Exit codes: 0 done, 3 bad input, 4 no choice of sites can do what is asked, 5 no
    choice in time, 7 disk or permission, 11 another run holds OUT.

    Example: cstore site-stores --stores 2:10:2 --out sites
    """
    from cstore_cli.commands.site_stores_run import Asked, run

    given = {
        "areas": areas,
        "forecast": forecast,
        "intersections": intersections,
        "stores": open_stores,
        "distribution_centers": distribution_centers,
        "road_nodes": road_nodes,
        "road_links": road_links,
        "travel_matrix": travel_matrix,
    }
    return run(
        Asked(
            config=config,
            stores=stores,
            model=model,
            replay=replay,
            now=now,
            out=out,
            time_limit=time_limit,
            seed=seed,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )
