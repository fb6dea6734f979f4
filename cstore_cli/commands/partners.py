"""cstore partners: its subcommands; what each does stands in partners_<name>.py."""

from pathlib import Path
from typing import Annotated

from typer import Option

from cstore_cli.commands.options import Config, Date, Quiet, table_option

AsJson = Annotated[bool, Option("--json", help="Print JSON instead of tables.")]
Out = Annotated[Path | None, Option(help="Folder to write the tables to.")]
DryRun = Annotated[bool, Option("--dry-run", help="Compute and show, write nothing.")]


def rank(
    config: Config = None,
    date: Date = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
) -> int:
    """Rank the partners."""
    raise NotImplementedError


def allocate(
    config: Config = None,
    date: Date = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    volumes: Annotated[Path | None, table_option("volumes")] = None,
) -> int:
    """Share out the volumes among the partners."""
    raise NotImplementedError


def settle(
    config: Config = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
) -> int:
    """Charge each parcel by the agreement in force."""
    raise NotImplementedError


def review(
    config: Config = None,
    date: Date = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    partner_parcels: Annotated[Path | None, table_option("partner_parcels")] = None,
) -> int:
    """Compare the past year with the terms."""
    raise NotImplementedError


def share(
    config: Config = None,
    out: Out = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Split an alliance's saving among its members."""
    raise NotImplementedError
