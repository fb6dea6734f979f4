"""The page of track board: its counts, every shelf by age, deadlines by the policy."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.commands.expire_holds_judge import judge_of
from cstore_cli.holds.decide import decide
from cstore_cli.ledger.board import Board
from cstore_cli.report.board import MEANINGS, states_of
from cstore_cli.report.board_page.ageing import SHELVED
from cstore_cli.report.board_page.page import Shelves, board_page
from cstore_cli.report.figures import whole
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.track import TrackSettings

_RUNS = ("ready", "return_ready")


def page_of(
    board: Board,
    stores: pl.DataFrame,
    parcels: pl.DataFrame,
    settings: TrackSettings,
    now: dt.datetime,
) -> bytes:
    """
    Return the page; ``stores`` and ``parcels`` are what the ledger's board found.

    Raises
    ------
    InputError
        When the policy of holds, or a table that it needs, is faulty.
    """
    zone = settings.network.time_zone
    policy = settings.hold_policy
    if policy is None:
        ends = parcels.select(
            "parcel_id",
            pl.lit(None, SHELVED["deadline"]).alias("deadline"),
            pl.lit(None, pl.String()).alias("rule"),
        )
    else:
        ends = _ends(parcels, Path(policy), now)
    shelved = parcels.join(ends, on="parcel_id", how="left", maintain_order="left")
    lead = [f"{whole(sum(board.states.values()))} parcels are known."]
    if board.contradictions:
        lead.append(
            f"{whole(board.contradictions)} events of {whole(board.contradicted)} "
            "parcels contradict what was known and do not count."
        )
    states = {
        "caption": "Parcels by state",
        "columns": [("state", 0), ("parcels", 1), ("meaning", 0)],
        "rows": [
            (state, whole(count), MEANINGS.get(state, ""))
            for state, count in states_of(board).items()
        ],
    }
    odd = {
        "caption": "Unknown codes: add them to the partner's in the YAML",
        "columns": [("partner", 0), ("code", 0), ("events", 1), ("parcels", 1)],
        "rows": [
            (it.partner, it.code, whole(it.events), whole(it.parcels))
            for it in board.odd_codes
        ],
    }
    return board_page(
        f"Board at {now.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
        lead,
        Shelves(
            shelved.with_columns(pl.col("state").alias("standing")).select(*SHELVED),
            stores,
            now,
            zone,
            known=policy is not None,
        ),
        [states, odd],
        all_in="`track board --out` has all stores, the ledger all parcels",
    )


def _ends(parcels: pl.DataFrame, policy: Path, now: dt.datetime) -> pl.DataFrame:
    """Return parcel_id, deadline and rule of the holds that run."""
    settings = read_config(policy, ExpireHoldsSettings)
    day = now.astimezone(ZoneInfo(settings.network.time_zone)).date()
    judge = judge_of(settings, day, now, None)
    runs = parcels.filter(
        pl.col("state").is_in(_RUNS), pl.col("ready_at").is_not_null()
    )
    known = runs.join(judge.chain_of, on="store_id", how="left", maintain_order="left")
    decided = decide(known, settings, judge.closures, now)
    return decided.select("parcel_id", "deadline", "rule")
