"""When a parcel's hold ends, and why: the policy of expire-holds asked for one hold."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.commands.expire_holds_judge import judge_of
from cstore_cli.holds.decide import decide
from cstore_cli.holds.reasons import reasons
from cstore_cli.ledger.fold import Standing
from cstore_cli.ledger.instants import instant_of
from cstore_cli.report.timeline import Ending
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings

_WAITS = ("ready", "hold_expired", "return_ready", "unclaimed")
_INSTANT = pl.Datetime("us", "UTC")


def ending_of(standing: Standing, policy: Path, now: dt.datetime) -> Ending | None:
    """
    The deadline of the hold that the parcel is in; None where it is in none.

    Raises
    ------
    InputError
        When the policy, or a table that it needs, is faulty.
    """
    if standing.ready_at_us is None or standing.state not in _WAITS:
        return None
    settings = read_config(policy, ExpireHoldsSettings)
    day = now.astimezone(ZoneInfo(settings.network.time_zone)).date()
    judge = judge_of(settings, day, now, None)
    hold = _hold(standing).join(judge.chain_of, on="store_id", how="left")
    decided = decide(hold, settings, judge.closures, now)
    row = decided.row(0, named=True)
    why = reasons(decided, settings, judge.closures)[0]
    return Ending(row["deadline"], row["lapsed"], row["rule"], why)


def _hold(standing: Standing) -> pl.DataFrame:
    extended_us = standing.extended_at_us
    return pl.DataFrame(
        {
            "parcel_id": [standing.parcel_id],
            "store_id": [standing.shelf_store],
            "ready_at": [instant_of(standing.ready_at_us or 0)],
            "extended_before": [standing.extended_before],
            "extended_at": [None if extended_us is None else instant_of(extended_us)],
            "extension_days": [standing.extension_days],
            "channel": [standing.channel],
            "goods_class": [standing.goods_class],
            "return_hold": [standing.scanned == "return_ready"],
        },
        schema_overrides={
            "store_id": pl.String,
            "ready_at": _INSTANT,
            "extended_at": _INSTANT,
            "channel": pl.String,
            "goods_class": pl.String,
        },
    )
