"""cstore expire-holds."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cstore_cli.commands.options import Config, Now, Quiet


def expire_holds(
    config: Config = None,
    now: Now = None,
    holds: Annotated[
        Path | None,
        Option(
            "--holds",
            "--held-parcels",
            help="CSV of parcels on hold, instead of the ledger.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        Option(help="Folder of the memory and the lists, without a ledger."),
    ] = None,
    page: Annotated[
        Path | None, Option(help="HTML page to write: all shelves by age, each parcel.")
    ] = None,
    dry_run: Annotated[
        bool,
        Option("--dry-run", help="List what a run would do; write nothing but PAGE."),
    ] = False,
    allow_mass: Annotated[
        str | None,
        Option(metavar="REASON", help="Let the guard pass, for a reason it records."),
    ] = None,
    revert: Annotated[
        str | None,
        Option(metavar="RUN", help="Take a run back, where the goods have not left."),
    ] = None,
    strict: Annotated[
        bool, Option("--strict", help="Refuse when any row is rejected.")
    ] = False,
    as_json: Annotated[
        bool, Option("--json", help="Print JSON instead of tables.")
    ] = False,
    quiet: Quiet = False,
) -> int:
    """
    Expire parcels that have waited too long at their store.

    Reads the holds from the ledger that the network names, or from a CSV alone, finds
    the deadline of each by the policy in the YAML, marks those that have lapsed,
    and queues the return and the notice of each. Nothing is deleted. Run it as often as
    you like: what is marked depends on data, policy and --now only.

    With a CSV, OUT is needed: OUT/holds_state.csv remembers what was done,
    OUT/collections.csv lists the returns for plan-day, OUT/expired.csv and
    OUT/reminders.csv say why. PAGE is written last, when all is done; where it cannot
    be, that is a warning.

    Exit codes: 0 done, 3 bad input, 6 done but rows were rejected, 7 disk or
    permission, 10 no ledger, 11 another run is at work, 12 too many would expire at
    once, 13 the newest data is too old.

    Example: cstore expire-holds --now 2026-11-23T09:00:00+08:00 --dry-run
    """
    from cstore_cli.commands.expire_holds_run import Asked, run

    return run(
        Asked(
            config=config,
            now=now,
            holds=holds,
            out=out,
            page=page,
            dry_run=dry_run,
            allow_mass=allow_mass,
            revert=revert,
            strict=strict,
            as_json=as_json,
            quiet=quiet,
        )
    )
