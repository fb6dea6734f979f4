"""What `cstore partners share` does: settings, coalitions' costs, splits, write."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console

from cstore_cli.commands.clock import day_and_instant
from cstore_cli.errors import DONE
from cstore_cli.partners.amounts import UNITS
from cstore_cli.partners.share.coalitions import MOST_MEMBERS, Game, Known, game_of
from cstore_cli.partners.share.files import FILES, share_files, share_summary
from cstore_cli.partners.share.share import share
from cstore_cli.report.partners_share import print_share
from cstore_cli.report.plain import Terminal
from cstore_cli.report.sentence import print_sentence
from cstore_cli.report.where import print_where
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.tables.coalitions import read_coalitions
from cstore_cli.tables.folder import folder_locked, write_files
from cstore_cli.tables.write import json_bytes


@dataclass(frozen=True)
class Asked:
    """The command line of partners share."""

    config: Path | None
    computed: str | None
    now: str | None
    seconds: float
    iterations: int | None
    seed: int
    out: Path | None
    dry_run: bool
    as_json: bool
    quiet: bool
    given: Mapping[str, Path]


def run(asked: Asked) -> int:
    """Do what the command line asks; the exit code."""
    settings = read_config(config_path(asked.config, "partners"), PartnersSettings)
    out = None if asked.dry_run else asked.out
    with folder_locked(out, "partners share"):
        if asked.computed:
            game, days, told = _planned(asked, settings)
        else:
            game, days, told = _given(asked, settings), None, {}
        shared = share(game)
        decimals = settings.share.decimals
        currency = settings.network.currency
        summary = share_summary(game, shared, decimals, currency) | told
        if out:
            files = share_files(game, shared, decimals, days)
            # jinja2 costs a run that writes nothing no time.
            from cstore_cli.report.partners_page import share as shown

            files[shown.NAME] = shown.share_page(game, shared, decimals, currency)
            files["summary.json"] = json_bytes(summary)
            write_files(out, files, FILES)
    _warn(told)
    if asked.as_json:
        sys.stdout.write(json_bytes(summary).decode())
    elif not asked.quiet:
        console = Terminal()
        print_share(console, game, shared, decimals, currency)
        print_where(console, out)
    return DONE


def _given(asked: Asked, settings: PartnersSettings) -> Game:
    """The game of the table of coalitions."""
    today, _ = day_and_instant(None, asked.now, settings.network.time_zone)
    frame = read_coalitions(settings, today, asked.given, MOST_MEMBERS)
    members = list(dict.fromkeys(name for names in frame["names"] for name in names))
    known = {
        sum(1 << members.index(name) for name in names): Known(
            round(bound * UNITS), round(cost * UNITS)
        )
        for names, bound, cost in frame.select(
            "names", "bound_twd", "cost_twd"
        ).iter_rows()
    }
    return game_of(members, known, monotone=settings.share.monotone)


def _planned(
    asked: Asked, settings: PartnersSettings
) -> tuple[Game, pl.DataFrame, dict[str, Any]]:
    """The game of a day planned for each coalition, and what is to be told of it."""
    from cstore_cli.commands.partners_share_planned import GIVEN, plan_coalitions

    found = plan_coalitions(
        settings,
        str(asked.computed),
        asked.now,
        asked.seconds,
        asked.iterations,
        asked.seed,
        quiet=asked.quiet,
    )
    game = game_of(found.members, found.known, monotone=settings.share.monotone)
    told = {
        "day": asked.computed,
        "coalitions_planned": len(found.known),
        "orders_of_nobody": found.num_left,
        "orders_rejected": found.num_rejected,
        "searches_without_bound": found.num_unbounded,
        "coalitions_of_other_work": list(found.of_other_work),
        "taken_as_given": list(GIVEN),
    }
    return game, found.days, told


def _warn(told: Mapping[str, Any]) -> None:
    """Say on stderr what makes the costs of coalitions hard to compare."""
    errors = Console(stderr=True)
    if names := told.get("coalitions_of_other_work"):
        said = (
            f"Warning: {len(names)} coalition(s), such as {names[0]}, leave another "
            "number of parcels unserved than their members do alone, so their costs "
            "are not of the same work (coalitions.csv): more --seconds, or vans."
        )
        print_sentence(errors, said)
    if left := told.get("searches_without_bound"):
        said = (
            f"Warning: {left} search(es) ended without a bound, which counts as 0; "
            "give more --seconds."
        )
        print_sentence(errors, said)
    if left := told.get("orders_of_nobody"):
        said = f"Warning: {left} order(s) belong to no member and are left out."
        print_sentence(errors, said)
