"""What `cstore analyze-demand` does: settings, read, job, write."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.demand.analysis import Analysis, analyze
from cstore_cli.demand.cleaning.clean import history_of
from cstore_cli.demand.files import FILES, demand_files, told_of
from cstore_cli.demand.summary import summary_of
from cstore_cli.engine import executor
from cstore_cli.errors import DONE, DONE_WITH_REJECTS
from cstore_cli.report.demand import print_anomalies, print_drivers, print_forecast
from cstore_cli.report.demand_backtest import print_backtest
from cstore_cli.report.demand_page.shown import ShownDemand
from cstore_cli.report.demand_who import (
    print_pickup_hours,
    print_potential,
    print_segments,
)
from cstore_cli.report.live import watching
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.where import print_where
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.read_demand import read_demand
from cstore_cli.tables.write import json_bytes

PAGE = "demand.html"


@dataclass(frozen=True)
class Asked:
    """The command line of analyze-demand."""

    config: Path | None
    date: str | None
    now: str | None
    out: Path | None
    horizon: int | None
    seed: int
    strict: bool
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    path = config_path(asked.config, "analyze-demand")
    settings = read_config(path, AnalyzeDemandSettings)
    if asked.horizon is not None:
        settings = settings.model_copy(update={"horizon": asked.horizon})
    day, _ = day_and_instant(asked.date, asked.now, settings.network.time_zone)
    out = None if asked.dry_run else asked.out
    with folder_locked(out, "analyze-demand"):
        inputs = read_demand(settings, day, asked.given, strict=asked.strict)
        history = history_of(inputs, settings, day)
        busy = watching(Console(stderr=True), asked.quiet, "Forecasting")
        with executor(os.cpu_count() or 1) as workers, busy as watcher:
            watcher.stage("what was and what will be")
            analysis = analyze(inputs, history, settings, asked.seed, workers)
        summary = summary_of(analysis, settings, asked.seed)
        if out:
            files = {**demand_files(analysis), PAGE: _page(analysis)}
            write_files(out, {**files, **told_of(summary)}, (*FILES, PAGE))
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        _print(Terminal(), analysis, out)
    _warn(analysis)
    return DONE_WITH_REJECTS if inputs.num_put_aside else DONE


def _page(analysis: Analysis) -> bytes:
    """The page of what was found; what draws is imported only to draw."""
    from cstore_cli.report.demand_page.page import demand_page

    return demand_page(_shown(analysis))


def _shown(analysis: Analysis) -> ShownDemand:
    """The parts of an analysis that the page shows."""
    inputs, forecast = analysis.inputs, analysis.forecast
    return ShownDemand(
        areas=inputs.areas,
        history=analysis.history,
        table=forecast.table,
        backtest=forecast.backtest,
        season=forecast.grid.season,
        drivers=analysis.drivers,
        segments=analysis.segments,
        potential=analysis.potential,
        pickup_hours=analysis.pickup_hours,
        warnings=analysis.warnings,
        num_rejected=inputs.num_put_aside,
        unused=inputs.unused,
    )


def _print(console: Console, analysis: Analysis, out: Path | None) -> None:
    """Print what was found, and where it was written."""
    history, forecast = analysis.history, analysis.forecast
    print_anomalies(console, history.anomalies)
    print_forecast(console, forecast.table, history.period_days)
    print_backtest(
        console, forecast.backtest, forecast.grid.season, history.period_days
    )
    print_drivers(console, analysis.drivers)
    print_segments(console, analysis.segments)
    print_potential(console, analysis.potential)
    print_pickup_hours(console, analysis.pickup_hours)
    if analysis.inputs.unused:
        names = ", ".join(analysis.inputs.unused)
        said = "Columns of transactions that are neither known_ahead nor lagged"
        print_sentence(console, f"{said}, and so not used: {names}.")
    rejected = analysis.inputs.num_put_aside
    if rejected and out:
        said = f"Rows put aside: {rejected:,}, with line and reason in rejected_*.csv"
        print_sentence(console, said)
    print_where(console, out)


def _warn(analysis: Analysis) -> None:
    """Say on stderr what is suspicious."""
    console = Console(stderr=True)
    for warning in analysis.warnings:
        print_sentence(console, f"Warning: {warning}")
