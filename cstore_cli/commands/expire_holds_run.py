"""What `cstore expire-holds` does: settings, read, job, write."""

import datetime as dt
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.expire_holds_judge import Judge, judge_of, source_of
from cstore_cli.errors import DONE, DONE_WITH_REJECTS, Fault, UsageError
from cstore_cli.holds.outcome import Outcome
from cstore_cli.report.faults import print_rejected
from cstore_cli.report.holds import as_json, print_outcome, print_reverted
from cstore_cli.report.plain import Terminal
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings

_SHOWN_FAULTS = 20


@dataclass(frozen=True)
class Asked:
    """The command line of expire-holds."""

    config: Path | None
    now: str | None
    holds: Path | None
    out: Path | None
    page: Path | None
    dry_run: bool
    allow_mass: str | None
    revert: str | None
    strict: bool
    as_json: bool
    quiet: bool


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    path = config_path(asked.config, "expire-holds")
    settings = read_config(path, ExpireHoldsSettings)
    day, now = day_and_instant(None, asked.now, settings.network.time_zone)
    url = None if asked.holds else settings.network.ledger
    if url is None and asked.out is None and (asked.revert or not asked.dry_run):
        raise UsageError(
            "--out is missing: without a ledger, OUT/holds_state.csv remembers what "
            "was done. Name a folder, or --dry-run."
        )
    if asked.allow_mass is not None and not asked.allow_mass.strip():
        raise UsageError("--allow-mass needs a reason; it is recorded.")
    if url is not None and asked.out is not None:
        raise UsageError(
            "--out goes with a CSV: the ledger keeps what is done. Leave it out, or "
            "name a CSV with --holds."
        )
    if asked.revert and asked.page is not None:
        raise UsageError("--page shows what a run does to the holds; not --revert.")
    if asked.revert:
        return _revert(asked, settings, day, now, url)
    wants_page = asked.page is not None
    judge = judge_of(settings, day, now, asked.allow_mass, for_page=wants_page)
    found, run_id, faults = _expire(asked, judge, day, url)
    _tell(asked, judge, found, run_id, faults)
    if asked.page is not None:
        # jinja2 costs a run without a page nothing.
        from cstore_cli.commands.expire_holds_page import write_page

        write_page(asked.page, judge, found, run_id, day, dry_run=asked.dry_run)
    if asked.dry_run:
        judge.guard(found)
    return DONE_WITH_REJECTS if faults else DONE


def _expire(
    asked: Asked, judge: Judge, day: dt.date, url: str | None
) -> tuple[Outcome, str | None, tuple[Fault, ...]]:
    """What became of the holds, the run it is recorded under, faults of the CSV."""
    if url is not None:
        # SQLAlchemy costs a cron job with a CSV nothing.
        from cstore_cli.commands.expire_holds_ledger import expire_in_ledger

        found, run_id = expire_in_ledger(url, judge, dry_run=asked.dry_run)
        return found, run_id, ()
    from cstore_cli.commands.expire_holds_csv import expire_in_csv

    source = source_of(judge.settings, "held_parcels", day, asked.holds)
    return expire_in_csv(
        source, judge, asked.out, dry_run=asked.dry_run, strict=asked.strict
    )


def _revert(
    asked: Asked,
    settings: ExpireHoldsSettings,
    day: dt.date,
    now: dt.datetime,
    url: str | None,
) -> int:
    run_id = asked.revert or ""
    if url is not None:
        from cstore_cli.commands.expire_holds_ledger import revert_in_ledger

        back, kept = revert_in_ledger(url, run_id, now, dry_run=asked.dry_run)
    else:
        from cstore_cli.commands.expire_holds_csv import revert_in_csv

        source = source_of(settings, "held_parcels", day, asked.holds)
        zone, out = settings.network.time_zone, asked.out or Path()
        back, kept = revert_in_csv(
            source, run_id, zone, now, out, dry_run=asked.dry_run
        )
    if asked.as_json:
        told = {
            "reverts": run_id,
            "reverted": back["parcel_id"].to_list(),
            "not_reverted": dict(kept.iter_rows()),
        }
        sys.stdout.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
    elif not asked.quiet:
        print_reverted(Terminal(), run_id, back, kept)
    return DONE_WITH_REJECTS if len(kept) else DONE


def _tell(
    asked: Asked,
    judge: Judge,
    found: Outcome,
    run_id: str | None,
    faults: tuple[Fault, ...],
) -> None:
    if faults:
        print_rejected(
            faults, _SHOWN_FAULTS, "rejected_held_parcels.csv", Console(stderr=True)
        )
    zone = judge.settings.network.time_zone
    if asked.as_json:
        told = {"run": run_id, "now": judge.now.isoformat(), "dry_run": asked.dry_run}
        whole = {**told, "rejected": len(faults), **as_json(found, zone)}
        json.dump(whole, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    elif not asked.quiet:
        print_outcome(Terminal(), found, zone, run_id, listed=asked.dry_run)
