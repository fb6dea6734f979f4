"""cstore track: its subcommands; what each does stands in track_<subcommand>.py."""

from pathlib import Path
from typing import Annotated, Literal

from typer import Argument, Option

from cstore_cli.commands.options import Config, Now, Quiet

AsJson = Annotated[bool, Option("--json", help="Print JSON instead of tables.")]


def import_file(
    partner: Annotated[str, Argument(help="Partner's name in the YAML.")],
    file: Annotated[Path, Argument(help="Its file: CSV, or EPCIS 2.0 in JSON.")],
    config: Config = None,
    now: Now = None,
    rejected: Annotated[
        Path | None, Option(help="CSV for the rejected rows, with line and reason.")
    ] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Count what is new; write nothing.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """
    Record what a partner's file tells of parcels.

    All good rows of the file are recorded, or none. An event that was told before is
    not recorded again, so that a file may be imported twice. Codes that no mapping
    knows are kept aside and counted. The ledger is begun where there is none.

    Exit codes: 0 done, 3 bad input, 6 done but rows were rejected or in
    unknown codes, 7 disk or permission, 10 no ledger is named, 11 another command goes
    on writing.

    Example: cstore track import swift_courier events.csv
    """
    from cstore_cli.commands.track_import import Asked, run

    return run(
        Asked(
            partner=partner,
            file=file,
            config=config,
            now=now,
            rejected=rejected,
            dry_run=dry_run,
            as_json=as_json,
            quiet=quiet,
        )
    )


def show(
    parcel: Annotated[str, Argument(help="The parcel's id.")],
    config: Config = None,
    now: Now = None,
    as_json: AsJson = False,
) -> int:
    """
    Show where a parcel stands and everything that was told of it.

    Events that were taken back or contradict what was known are marked. Phones are
    masked.

    Exit codes: 0 done, 3 no such parcel, 10 no ledger.

    Example: cstore track show TW00001234
    """
    from cstore_cli.commands.track_show import run

    return run(parcel, config, now, json_asked=as_json)


def feed(
    partner: Annotated[str, Option(help="Partner's name in the YAML.")],
    since: Annotated[
        str, Option(help="Cursor of the last row of the feed before; 0 for all.")
    ],
    format: Annotated[  # noqa: A002 (the option's name)
        Literal["csv", "epcis"] | None,
        Option(help="CSV or EPCIS 2.0. Default: the partner's.", show_default=False),
    ] = None,
    out: Annotated[Path | None, Option(help="File to write. Default: stdout.")] = None,
    config: Config = None,
    now: Now = None,
    as_json: Annotated[
        bool, Option("--json", help="Print the count and the next cursor as JSON.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """
    Tell a partner what has happened to its parcels since the last time.

    Events come in the order of their arrival, of the parcels that the partner may see.
    The last row's cursor is the next --since; it is told on stderr too. The same
    --since gives the same rows again, and those that came after.

    Exit codes: 0 done, 2 no such partner or cursor, 3 bad input, 7 disk or permission,
    10 no ledger.

    Example: cstore track feed --partner shopline --since 0 --out feed.csv
    """
    from cstore_cli.commands.track_feed import Asked, run

    return run(
        Asked(
            partner=partner,
            since=since,
            format=format,
            out=out,
            config=config,
            now=now,
            as_json=as_json,
            quiet=quiet,
        )
    )


def board(
    config: Config = None,
    now: Now = None,
    out: Annotated[
        Path | None, Option(help="CSV to write: the table of stores.")
    ] = None,
    page: Annotated[
        Path | None, Option(help="HTML page to write: all shelves by age, each parcel.")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """
    Show the network at a glance: states, shelves, waiting, odd codes.

    PAGE has deadlines, too, where `hold_policy` in the YAML names the policy.

    Exit codes: 0 done, 3 bad input, 7 disk or permission, 10 no ledger.

    Example: cstore track board --out stores.csv --page board.html
    """
    from cstore_cli.commands.track_board import Asked, run

    return run(
        Asked(config=config, now=now, out=out, page=page, as_json=as_json, quiet=quiet)
    )


def verify(
    config: Config = None,
    now: Now = None,
    rebuild: Annotated[
        bool, Option("--rebuild", help="Write standings that differ anew.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """
    Check the ledger: its file, and each parcel's standing against its events.

    Exit codes: 0 all is well, or was mended; 1 the file is damaged or standings
    differ; 10 no ledger.

    Example: cstore track verify
    """
    from cstore_cli.commands.track_verify import Asked, run

    return run(
        Asked(config=config, now=now, rebuild=rebuild, as_json=as_json, quiet=quiet)
    )


def purge(
    config: Config = None,
    now: Now = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="List whose would go; write nothing.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """
    Delete names and phones of parcels that ended long ago.

    Those whose last event is older than `retention_days` in the YAML. Events and
    standings stay. Run it as often as you like.

    Exit codes: 0 done, 7 disk or permission, 10 no ledger, 11 another command goes on
    writing.

    Example: cstore track purge --dry-run
    """
    from cstore_cli.commands.track_purge import Asked, run

    return run(
        Asked(config=config, now=now, dry_run=dry_run, as_json=as_json, quiet=quiet)
    )
