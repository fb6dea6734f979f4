"""What `cstore plan-day` does: settings, read, job, check, write."""

import datetime as dt
import math
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.plan_day_asked import Asked
from cstore_cli.commands.plan_day_edited import Previous, check_edited
from cstore_cli.commands.plan_day_ends import Ends, ends_of
from cstore_cli.commands.plan_day_files import files_of
from cstore_cli.commands.plan_day_ledger import (
    finish_last,
    from_ledger,
    ledger_of,
)
from cstore_cli.commands.plan_day_publish import (
    publish_own,
    refuse_own,
)
from cstore_cli.dayplan.check import check
from cstore_cli.dayplan.day_plan import DayPlan, Watcher
from cstore_cli.dayplan.dc_search import Search
from cstore_cli.dayplan.explain import explain
from cstore_cli.dayplan.files import with_clocks
from cstore_cli.dayplan.moved import Moved, moved_between
from cstore_cli.dayplan.plan import plan_day
from cstore_cli.dayplan.summary import summary_of
from cstore_cli.deadline import Deadline
from cstore_cli.engine import executor
from cstore_cli.errors import (
    DONE,
    DONE_WITH_REJECTS,
    CstoreError,
    InputError,
    UsageError,
)
from cstore_cli.ledger.database import Ledger
from cstore_cli.report.faults import print_rejected
from cstore_cli.report.live import watching
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.terminal import print_plan
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.folder import folder_locked
from cstore_cli.tables.plan_folder import (
    home_of,
    last_before,
    plan_named,
    planned_earlier,
    read_plan,
)
from cstore_cli.tables.read_day import DayRead, read_day
from cstore_cli.tables.write import json_bytes
from cstore_cli.travel.of_day import DayTravel

_SHOWN_FAULTS = 20


@dataclass
class _Seconds:
    """How long each stage took, for run_log.json."""

    stages: dict[str, float] = field(default_factory=dict)
    _name: str = "read"
    _since: float = field(default_factory=time.monotonic)

    def enter(self, name: str) -> None:
        now = time.monotonic()
        spent = self.stages.get(self._name, 0.0) + now - self._since
        self.stages[self._name] = round(spent, 3)
        self._name, self._since = name, now


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_config(config_path(asked.config, "plan-day"), PlanDaySettings)
    day, instant = day_and_instant(asked.date, asked.now, settings.network.time_zone)
    writes = not asked.dry_run and asked.check_only is None
    if writes and asked.out is None:
        raise UsageError("--out is missing: name the folder of plans, or --dry-run.")
    seconds = _Seconds()
    with folder_locked(asked.out if writes else None, "plan-day"):
        ledger = ledger_of(settings, writes=writes)
        if ledger and writes and asked.out:
            finish_last(asked.out, ledger)
        previous = _previous(asked.previous)
        edited = asked.check_only or asked.publish
        home = asked.out or (edited and home_of(edited))
        read = _read(asked, settings, day, instant, home, ledger)
        if asked.strict and read.faults:
            raise InputError(f"{len(read.faults)} faulty row(s):", read.faults)
        travel = DayTravel(read.inputs, settings)
        limit_s = math.inf if asked.iterations else asked.time_limit
        ends = ends_of(limit_s, asked.started_s, len(read.inputs.orders))
        if edited:
            return check_edited(
                edited, asked, read, settings, travel, ledger, previous, ends.files
            )
        plan = _planned(asked, read, settings, travel, ends, seconds)
        moved = previous and moved_between(*previous, plan.tables)
        summary = summary_of(plan, read.counts(), moved)
        _balanced(summary["balance"])
        _collections_balanced(len(read.inputs.collections), summary)
        where = no_pdf = None
        if asked.out and writes:
            where, no_pdf = _published(
                asked.out,
                plan,
                summary,
                moved,
                read,
                settings,
                travel,
                ledger,
                ends.files,
                seconds,
                quiet=asked.quiet,
            )
        else:
            refuse_own(check(plan.tables, read.inputs, settings, travel), None)
    return _told(asked, plan, summary, read, settings, where, moved, no_pdf)


def _read(
    asked: Asked,
    settings: PlanDaySettings,
    day: dt.date,
    instant: dt.datetime,
    home: Path | None,
    ledger: Ledger | None,
) -> DayRead:
    """The day's tables; with a ledger, what it knows and yesterday's leftovers too."""
    carry, known = asked.carry, frozenset[str]()
    if home and ledger:
        carry = carry or last_before(home, day)
    elif home:
        known = planned_earlier(home, day)
    read = read_day(
        settings,
        day,
        instant,
        given=asked.given,
        carry=carry,
        already_planned=known,
    )
    return from_ledger(read, ledger, settings, asked.given) if ledger else read


def _previous(where: Path | None) -> Previous | None:
    """The plan to compare with, read before anything else is done."""
    if where is None:
        return None
    folder = plan_named(where)
    return folder.resolve().name, read_plan(folder)


def _planned(
    asked: Asked,
    read: DayRead,
    settings: PlanDaySettings,
    travel: DayTravel,
    ends: Ends,
    seconds: _Seconds,
) -> DayPlan:
    """The plan, found while a terminal shows how far it is."""
    search = Search(ends.search, asked.iterations, asked.seed)
    with (
        watching(Console(stderr=True), asked.quiet) as watcher,
        executor(os.cpu_count() or 1, "cstore_cli.dayplan.round_search") as pool,
    ):

        def enter(name: str) -> None:
            seconds.enter(name)
            watcher.stage(name)

        timed = Watcher(stage=enter, search=watcher.search)
        why = partial(explain, check=check, deadline=ends.explain)
        return plan_day(read.inputs, settings, travel, pool, search, timed, why)


def _published(
    out: Path,
    plan: DayPlan,
    summary: Mapping[str, Any],
    moved: Moved | None,
    read: DayRead,
    settings: PlanDaySettings,
    travel: DayTravel,
    ledger: Ledger | None,
    end: Deadline,
    seconds: _Seconds,
    *,
    quiet: bool,
) -> tuple[Path, str | None]:
    """Make the files of our own plan and publish it, as `publish_staged`."""
    seconds.enter("files")
    shown = with_clocks(plan.tables.parcels, "parcels")
    with (
        watching(Console(stderr=True), quiet) as watcher,
        files_of(
            plan.tables,
            shown,
            read,
            settings,
            travel,
            summary,
            moved,
            plan.groups,
            end,
        ) as (files, late),
    ):
        watcher.stage("files")
        seconds.enter("publish")
        return publish_own(
            out,
            files,
            late,
            seconds.stages,
            plan.tables,
            read.inputs,
            settings,
            travel,
            ledger,
        )


def _balanced(balance: Mapping[str, int]) -> None:
    """Rows are never lost."""
    came = balance["read"] + balance["carried_in"]
    went = sum(balance.values()) - came
    if came != went:
        raise CstoreError(f"Rows do not balance: {came} came, {went} went: {balance}.")


def _collections_balanced(num_read: int, summary: Mapping[str, Any]) -> None:
    told = summary.get("collections", {})
    went = sum(told.get(name, 0) for name in ("planned", "deferred", "unserved"))
    if num_read != went:
        raise CstoreError(f"{num_read} collections came, {went} went: {told}.")


def _told(
    asked: Asked,
    plan: DayPlan,
    summary: Mapping[str, Any],
    read: DayRead,
    settings: PlanDaySettings,
    where: Path | None,
    moved: Moved | None,
    no_pdf: str | None,
) -> int:
    errors = Console(stderr=True)
    if read.faults:
        print_rejected(read.faults, _SHOWN_FAULTS, "rejected_orders.csv", errors)
    if not len(read.inputs.orders) and not len(read.inputs.collections):
        print_sentence(errors, "Warning: there are no orders; the plan is empty.")
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        currency = settings.network.currency
        print_plan(plan, summary, where, currency, Terminal(), moved)
    if no_pdf and not asked.quiet:
        print_sentence(errors, f"Note: no drivers.pdf. {no_pdf}")
    unserved = summary["balance"]["unserved"]
    if read.faults or unserved > settings.max_unserved:
        return DONE_WITH_REJECTS
    return DONE
