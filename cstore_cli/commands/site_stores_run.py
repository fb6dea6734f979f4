"""What `cstore site-stores` does: settings, read, jobs, write."""

import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.commands.site_stores_replay_day import (
    day_and_instant_of,
    settings_of_day,
)
from cstore_cli.dayplan.day_plan import Watcher
from cstore_cli.deadline import Deadline
from cstore_cli.errors import DONE, UsageError
from cstore_cli.milp import Limits
from cstore_cli.report.live import watching
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.sites import gap_said, headline, print_sites
from cstore_cli.report.sites_page.shown import ShownSites
from cstore_cli.report.sites_replay import print_replay
from cstore_cli.report.sites_scores import print_scores
from cstore_cli.report.where import print_where
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.site_choice import ChooseSettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.choose import choose_sites
from cstore_cli.siting.curve import curve_of
from cstore_cli.siting.dc import choose_dcs
from cstore_cli.siting.files import FILES, site_files, told_of
from cstore_cli.siting.plan import Curve, SitePlan
from cstore_cli.siting.replay import Replay
from cstore_cli.siting.score import score_sites
from cstore_cli.siting.summary import replay_told, summary_of
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.read_sites import read_sites
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.tables.write import csv_bytes, json_bytes

_KEPT_S = 2.0
"""Seconds of the time limit kept for writing."""
_REPLAY_SHARE = 0.5
"""Share of the time limit that a replay gets."""
_DC_SHARE, _DC_S = 0.2, 5.0
"""Share of the time, or seconds, that DCs get at least, whatever the sites took."""
PAGE = "sites.html"
ANY = "any"
"""In place of a number of stores: as many as pay, or as the budget allows."""
_MOST_NUMBERS = 1_000
"""Numbers of stores in a range at most."""


@dataclass(frozen=True)
class Asked:
    """The command line of site-stores."""

    config: Path | None
    stores: str | None
    model: str | None
    replay: str | None
    now: str | None
    out: Path | None
    time_limit: float
    seed: int
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    started = time.monotonic()
    settings = read_config(config_path(asked.config, "site-stores"), SiteStoresSettings)
    numbers = _numbers(asked.stores)
    settings = _overridden(settings, asked, numbers)
    if asked.replay:  # its faults come before minutes of work
        day, _ = day_and_instant_of(asked.replay, asked.now, settings_of_day(settings))
    else:
        day, _ = day_and_instant(None, asked.now, settings.network.time_zone)
    out = None if asked.dry_run else asked.out
    seconds = asked.time_limit - _KEPT_S
    if asked.replay:
        seconds *= 1 - _REPLAY_SHARE
    dc_s = _DC_SHARE * seconds if settings.dc is not None else 0.0
    limits = Limits(
        deadline=Deadline(started + seconds - dc_s),
        gap=settings.choose.gap,
        solver=settings.choose.solver,
    )
    with folder_locked(out, "site-stores"):
        with watching(Console(stderr=True), asked.quiet, "Siting") as watcher:
            watcher.stage("tables")
            inputs = read_sites(settings, day, asked.given)
            watcher.stage("scores")
            scores = score_sites(inputs, settings)
            plan, curve = _chosen(inputs, settings, numbers, limits, watcher)
            watcher.stage("distribution centres")
            dcs_by = Deadline.after(max(dc_s, _DC_S))
            dc_limits = replace(limits, deadline=dcs_by, gap=0)
            dcs = choose_dcs(plan, inputs, settings, dc_limits)
        summary = summary_of(settings, scores, plan, dcs, curve)
        files = site_files(inputs, scores, plan, dcs, curve)
        found = (inputs, settings, scores, plan, dcs, curve)
        if out:
            paged = {PAGE: _page(*found)}
            write_files(out, {**files, **paged, **told_of(summary)}, (*FILES, PAGE))
        replayed = None
        if asked.replay:
            replayed = _replayed(asked, settings, inputs, plan, started)
            summary["replay"] = replay_told(replayed)
            files["replay.csv"] = csv_bytes(replayed.table)
            if out:
                paged = {PAGE: _page(*found, replayed)}
                write_files(out, {**files, **paged, **told_of(summary)}, (*FILES, PAGE))
    _warn(plan)
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_scores(console, scores)
        print_sites(console, settings, plan, dcs, curve)
        if replayed is not None:
            print_replay(console, replayed, settings.network.currency)
        print_where(console, out)
    return DONE


def _page(*found: Any) -> bytes:
    """The page of what was found; what draws is imported only to draw."""
    from cstore_cli.report.sites_page.page import sites_page

    return sites_page(ShownSites(*found))


def _warn(plan: SitePlan) -> None:
    """Say on stderr what makes a plan one of nothing."""
    if plan.totals["parcels_day"] == 0:
        said = "Warning: no area has a parcel a day; where stores stand means nothing."
        print_sentence(Console(stderr=True), said)


def _chosen(
    inputs: SiteInputs,
    settings: SiteStoresSettings,
    numbers: Sequence[int],
    limits: Limits,
    watcher: Watcher,
) -> tuple[SitePlan, Curve | None]:
    """The plan to show, and the curve if a range was asked for: of that its knee."""
    if len(numbers) <= 1:
        watcher.stage("choosing sites")
        plan, _ = choose_sites(inputs, settings, limits)
        return plan, None

    def told(number: int, before: SitePlan | None) -> None:
        found = f"; {headline(before)}, gap {gap_said(before.gap)}" if before else ""
        watcher.stage(f"choosing {number} stores{found}")

    curve = curve_of(inputs, settings, numbers, limits, told)
    return curve.plans[curve.shown], curve


def _replayed(
    asked: Asked,
    settings: SiteStoresSettings,
    inputs: SiteInputs,
    plan: SitePlan,
    started: float,
) -> Replay:
    """The day asked for, planned on the network now and as chosen."""
    from cstore_cli.commands.site_stores_replay import replay

    left_s = Deadline(started + asked.time_limit - _KEPT_S).left_s()
    own = inputs.sites.select("site_id", "name", "opening_hours")
    return replay(
        settings,
        plan.sites.join(own, on="site_id", how="left", maintain_order="left"),
        str(asked.replay),
        asked.now,
        left_s,
        None,
        asked.seed,
        quiet=asked.quiet,
    )


def _numbers(stores: str | None) -> tuple[int, ...]:
    """Numbers of stores that --stores asks for; none when it asks for none."""
    if stores is None or stores == ANY:
        return ()
    found = re.fullmatch(r"(\d{1,6})(?::(\d{1,6}):(\d{1,6}))?", stores.strip())
    if found and not found[3]:
        return (int(found[1]),)
    if found and int(found[3]) and int(found[1]) <= int(found[2]):
        numbers = range(int(found[1]), int(found[2]) + 1, int(found[3]))
        if len(numbers) <= _MOST_NUMBERS:
            return tuple(numbers)
    raise UsageError(
        f"--stores {stores!r} is neither a number, such as 40, nor any, nor FROM:TO:"
        f"STEP of {_MOST_NUMBERS:,} numbers at most, such as 5:60:5."
    )


def _overridden(
    settings: SiteStoresSettings, asked: Asked, numbers: Sequence[int]
) -> SiteStoresSettings:
    """The settings with what the command line says instead."""
    said: dict[str, Any] = {}
    if asked.model is not None:
        said["model"] = asked.model
    if numbers:
        said["stores"] = numbers[-1]
    elif asked.stores == ANY:
        said["stores"] = None
    try:
        choose = ChooseSettings(**{**settings.choose.model_dump(), **said})
    except ValidationError as error:
        whys = "; ".join(str(fault["msg"]) for fault in error.errors())
        raise UsageError(f"With what the command line asks: {whys}.") from None
    counted = choose.stores is not None or choose.budget_twd_month is not None
    if choose.model != "fixed_charge" and not counted:
        raise UsageError(
            f"model: {choose.model} needs the number of stores: --stores 40, a range "
            "such as --stores 5:60:5, or `stores:` under `choose:` in the YAML."
        )
    return settings.model_copy(update={"choose": choose})
