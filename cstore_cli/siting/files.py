"""The files of a siting by name: scores, chosen sites, who serves whom, the curve."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from cstore_cli.siting.plan import Curve, DcPlan, SitePlan
from cstore_cli.siting.scores import SiteScores
from cstore_cli.tables.carried_columns import with_own
from cstore_cli.tables.site_inputs import SiteInputs
from cstore_cli.tables.write import csv_bytes, json_bytes

DIGITS = 6
FILES = (
    "site_scores.csv",
    "chosen_sites.csv",
    "area_assignment.csv",
    "curve.csv",
    "replay.csv",
    "summary.json",
)
"""All there may be; those that a run does not make are not left over from another."""


def site_files(
    inputs: SiteInputs,
    scores: SiteScores,
    plan: SitePlan,
    dcs: DcPlan | None,
    curve: Curve | None,
) -> dict[str, bytes]:
    """Return name: bytes of each table; sites and areas keep their own columns."""
    files = {
        "site_scores.csv": csv_bytes(
            with_own(_rounded(scores.table), inputs.sites_raw, "site_id", "site")
        ),
        "chosen_sites.csv": csv_bytes(_rounded(chosen_table(plan, dcs, scores))),
        "area_assignment.csv": csv_bytes(
            with_own(_rounded(plan.assignment), inputs.areas_raw, "area_id", "area")
        ),
    }
    if curve is not None:
        files["curve.csv"] = csv_bytes(_rounded(curve.table))
    return files


def told_of(summary: Mapping[str, Any]) -> dict[str, bytes]:
    """Return summary.json, which is written last."""
    return {"summary.json": json_bytes(summary)}


def _rounded(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with figures to the millionth: further digits are noise."""
    return frame.with_columns(pl.col(pl.Float64).round(DIGITS))


def chosen_table(
    plan: SitePlan, dcs: DcPlan | None, scores: SiteScores
) -> pl.DataFrame:
    """Return a row per open store, new ones first, then a row per DC chosen."""
    told = scores.table.select("site_id", "rank", "score")
    sites = plan.sites
    if dcs is not None:
        sites = sites.with_columns(
            dc_id=pl.Series(dcs.dc_of, dtype=pl.String),
            dc_km=pl.Series(dcs.km_of, dtype=pl.Float64),
        )
    table = sites.join(told, on="site_id", how="left", maintain_order="left")
    if dcs is None:
        return table
    centers = dcs.centers.select(
        pl.col("dc_id").alias("site_id"),
        pl.lit("dc").alias("kind"),
        "lat",
        "lon",
        "stores",
        "parcels_day",
    )
    return pl.concat([table, centers], how="diagonal")
