"""cstore partners: its subcommands; what each does stands in partners_<name>.py."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cstore_cli.commands.options import Config, Date, Now, Quiet, table_option

AsJson = Annotated[bool, Option("--json", help="Print JSON instead of tables.")]
Out = Annotated[Path | None, Option(help="Folder to write the tables to.")]
DryRun = Annotated[bool, Option("--dry-run", help="Compute and show, write nothing.")]

AsOf = Annotated[
    str | None,
    Option(
        "--date",
        help="Day whose terms, stages and measured levels count, YYYY-MM-DD. Default: "
        "today in the network.",
    ),
]


def rank(
    config: Config = None,
    date: AsOf = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
    volumes: Annotated[Path | None, table_option("volumes")] = None,
    stores: Annotated[Path | None, table_option("stores")] = None,
    site_scores: Annotated[Path | None, table_option("site_scores")] = None,
) -> int:
    """
    Rank the partners, and say how firm the first place is.

    Those that fail a gate are listed with the reason. The others are ranked by price,
    terms, data exchange and the service levels measured (promised where parcels are too
    few), by TOPSIS beside a plain weighted sum; with the weights at which another would
    be first, and what a trial with the best newcomer would allow.

    Writes ranking.html to look at, ranking.csv, service_levels.csv, sensitivity.csv
    and summary.json to OUT.

    Exit codes: 0 done, 3 bad input, 4 nobody passes the gates, 6 done, but rows of
    partner_parcels were left out, 7 disk or permission, 10 no ledger, 11 another run
    holds OUT.

    Example: cstore partners rank --date 2026-11-23 --out ranking
    """
    from cstore_cli.commands.partners_rank import Asked, run

    given = {
        "partner_parcels": partner_parcels,
        "volumes": volumes,
        "stores": stores,
        "site_scores": site_scores,
    }
    return run(
        Asked(
            config=config,
            date=date,
            out=out,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )


def allocate(
    config: Config = None,
    date: Date = None,
    out: Out = None,
    time_limit: Annotated[
        float, Option(min=5, help="Seconds for the whole run.", metavar="SECONDS")
    ] = 120,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    volumes: Annotated[Path | None, table_option("volumes")] = None,
) -> int:
    """
    Share out the volumes to come among the partners, at the least cost.

    Reads the volumes table (month, zone, service, weight_kg, size, parcels, partner of
    today) and prices it by the agreement of each partner in force in each month, signed
    or offered: steps, minimum charges, surcharges, rebates, commitments and their
    shortfall fees, smallest orders and capacities; with the cost of taking volume away
    and the rules of `allocate:` in the YAML. Tells the bound and the gap, and what each
    commitment and one more parcel a day cost, as intervals.

    Before notice given on --date is over, a partner keeps its parcels of today.

    Writes allocation.html to look at, allocation.csv, allocation_costs.csv,
    marginal.csv and summary.json to OUT.

    Exit codes: 0 done, 3 bad input, 4 the volumes cannot be split as asked, 5 no split
    in time, 7 disk or permission, 11 another run holds OUT.

    Example: cstore partners allocate --date 2026-11-20 --out split
    """
    from cstore_cli.commands.partners_allocate import Asked, run

    return run(
        Asked(
            config=config,
            date=date,
            out=out,
            time_limit=time_limit,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={} if volumes is None else {"volumes": volumes},
        )
    )


def settle(
    config: Config = None,
    month: Annotated[
        str | None, Option(help="Month to settle, YYYY-MM.", show_default=False)
    ] = None,
    first: Annotated[
        str | None,
        Option("--from", help="First month of a range, YYYY-MM.", show_default=False),
    ] = None,
    last: Annotated[
        str | None,
        Option("--to", help="Last month of a range, YYYY-MM.", show_default=False),
    ] = None,
    partner: Annotated[
        str | None, Option(help="The partner to settle with. Default: all of them.")
    ] = None,
    invoice: Annotated[
        Path | None,
        Option(help="CSV of the partner's invoice, to compare with what is owed."),
    ] = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
    stores: Annotated[Path | None, table_option("stores")] = None,
) -> int:
    """
    Charge each parcel by the agreement in force, and check a partner's invoice.

    Reads what partners did, from the table partner_parcels or else the ledger, from the
    beginning of the year on, since steps, rebates and promises count all of a period.
    Each line is rounded by itself and sums never again; running again gives the same
    bytes. With an invoice every difference is listed with its cause.

    Writes settlement.html to look at, charges.csv (a line per parcel and charge),
    settlement.csv (sums), summary.json, and if there is any differences.csv and
    rejected_partner_parcels.csv to OUT.

    Exit codes: 0 done, 2 no month or no such partner, 3 bad input or faulty agreements,
    6 done but faulty rows were not charged, 7 disk or permission, 10 no ledger, 11
    another run holds OUT.

    Example: cstore partners settle --month 2026-10 --partner paperboat
    --invoice sample_data/invoice_paperboat_2026-10.csv --out settled
    """
    from cstore_cli.commands.partners_settle import Asked, run

    given = {"partner_parcels": partner_parcels, "stores": stores}
    return run(
        Asked(
            config=config,
            month=month,
            first=first,
            last=last,
            partner=partner,
            invoice=invoice,
            out=out,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )


def review(
    config: Config = None,
    date: Annotated[
        str | None,
        Option(
            "--date",
            help="Day of the review, YYYY-MM-DD; the whole months before it are looked "
            "back on. Default: today in the network.",
        ),
    ] = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
    stores: Annotated[Path | None, table_option("stores")] = None,
) -> int:
    """
    Compare the past year with the terms, and suggest revisions.

    Tells volumes against what was promised, service measured against service promised,
    what the year would have cost under the terms of the other partners, notice and
    revision days that come near, and changes of terms with what each would have saved,
    found by charging the year again.

    Writes review.html to look at, review.csv, revisions.csv and summary.json to OUT.

    Exit codes: 0 done, 3 bad input, 6 done but parcels were rejected or met no terms,
    7 disk or permission, 10 the ledger is not there, 11 another run holds OUT.

    Example: cstore partners review --date 2026-11-23 --out review
    """
    from cstore_cli.commands.partners_review import Asked, run

    given = {"partner_parcels": partner_parcels, "stores": stores}
    return run(
        Asked(
            config=config,
            date=date,
            out=out,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={name: path for name, path in given.items() if path is not None},
        )
    )


def share(
    config: Config = None,
    computed: Annotated[
        str | None,
        Option(
            metavar="DAY",
            help="Plan this day, YYYY-MM-DD, for each coalition of `share.members`, by "
            "the plan-day settings that `plan_day:` in the YAML names. Default: the "
            "table coalitions.",
        ),
    ] = None,
    now: Now = None,
    seconds: Annotated[
        float, Option(min=2, help="Seconds for each plan of --computed.")
    ] = 20,
    iterations: Annotated[
        int | None,
        Option(min=1, help="Iterations of each route search, instead of --seconds."),
    ] = None,
    seed: Annotated[int, Option(min=0, help="Seed of the route searches.")] = 1,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    coalitions: Annotated[Path | None, table_option("coalitions")] = None,
) -> int:
    """
    Split an alliance's saving from joint routes among its members.

    Reads what each coalition of up to 12 members costs, as a bound and the cost of a
    plan, or plans a day for each coalition of up to 6. Splits the cost by Shapley,
    nucleolus, in proportion and with equal savings, and tells of each split whether
    every coalition gains by staying (in the core), one would leave (out of it), or the
    gap between bounds and costs leaves it undecidable.

    Writes split.html to look at, split.csv, coalitions.csv and summary.json to OUT.

    Exit codes: 0 done, 2 no plan-day or members to compute with, 3 bad input, 4 nothing
    of a coalition can be planned, 5 no plan in time, 7 disk or permission, 11 another
    run holds OUT.

    Example: cstore partners share --out shared
    """
    from cstore_cli.commands.partners_share import Asked, run

    return run(
        Asked(
            config=config,
            computed=computed,
            now=now,
            seconds=seconds,
            iterations=iterations,
            seed=seed,
            out=out,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
            given={} if coalitions is None else {"coalitions": coalitions},
        )
    )
