"""
What a plan moves against a previous one: of drivers, of stores and of customers.

Only what both plans have is compared; what one of them alone has is counted apart.

- A store's vans are all that stop there in the day, to deliver or to collect; it
  changes van when these are not the same.
- A region's number means nothing from one plan to the next. The regions of both plans
  are paired so that as many stores as possible stay in theirs; the others change.
- A customer's store is the one that a parcel is picked up at. Where it goes to the door
  or is handed over, its channel stands for the store.
- A store's first arrival of the day is compared with its first, the second with its
  second; one more or fewer is a move without minutes.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment

from cstore_cli.tables.plan import PlanTables
from cstore_cli.tables.write import clock_text

MOVED_MIN = 30
"""An arrival moves when it comes earlier or later by more than these minutes."""

KINDS = ("van", "region", "store", "arrival")
"""What moves, in the order in which it is told."""

_SCHEMA = {
    "what": pl.String,
    "id": pl.String,
    "before": pl.String,
    "after": pl.String,
    "minutes": pl.Int64,
}


@dataclass(frozen=True)
class OfOnePlan:
    """
    One of two plans beside the other.

    ``stores_only`` and ``parcels_only`` are those that this plan alone visits, or
    plans; the rest are its levels, so that ``money`` (of routes) is compared with the
    levels above it in sight.
    """

    stores_only: int
    parcels_only: int
    unserved: int
    late_min_parcels: float
    redirections: int
    walk_m: float
    money: float


@dataclass(frozen=True, eq=False)
class Moved:
    """
    What moves from the plan named ``previous`` to the present one.

    ``rows`` has a row per move: ``what`` of `KINDS`, the ``id`` of the store (of the
    order, for a customer's store), its ``before`` and ``after``, and for an arrival the
    ``minutes`` by which it comes later.
    """

    previous: str
    rows: pl.DataFrame
    before: OfOnePlan
    after: OfOnePlan

    def count(self, what: str) -> int:
        """How many moves of a kind there are."""
        return int((self.rows["what"] == what).sum())


def moved_between(previous: str, before: PlanTables, after: PlanTables) -> Moved:
    """
    What moves from one plan to another.

    The plan ``before`` need not be legal: it is read as it stands, the first row of
    every id counts.
    """
    visits = (_visits(before), _visits(after))
    deliveries = (_deliveries(before), _deliveries(after))
    rows = {
        "van": _changed(*(_vans(part) for part in visits)),
        "region": _region_moves(before, after),
        "store": _store_moves(*deliveries),
        "arrival": _arrival_moves(*visits),
    }
    moves = [
        frame.with_columns(pl.lit(what).alias("what")) for what, frame in rows.items()
    ]
    told = pl.concat([pl.DataFrame(schema=_SCHEMA), *moves], how="diagonal")
    return Moved(
        previous,
        told,
        _of_one(before, *(_only(*pair) for pair in (visits, deliveries))),
        _of_one(after, *(_only(*pair[::-1]) for pair in (visits, deliveries))),
    )


def _visits(tables: PlanTables) -> pl.DataFrame:
    """A row per stop of a van at a store: id, number at that store, arrives, van."""
    van = pl.format("{} {} {}", "dc_id", "vehicle_type", "vehicle_no").alias("van")
    vans = tables.routes.select("route_id", van).unique("route_id", keep="first")
    return (
        tables.stops.filter(pl.col("kind").is_in(["deliver", "collect"]))
        .rename({"location_id": "id"})
        # A stop that delivers and collects is two rows.
        .unique(["id", "route_id", "arrives"])
        .join(vans, on="route_id", how="left")
        .select("id", "arrives", pl.coalesce("van", "route_id"))
        .sort("id", "arrives", "van")
        .with_columns(pl.int_range(pl.len()).over("id").alias("number"))
    )


def _vans(visits: pl.DataFrame) -> pl.DataFrame:
    """Store: the vans that stop there, by name."""
    return visits.group_by("id").agg(
        pl.col("van").unique().sort().str.join(" + ").alias("told")
    )


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Ids that are told otherwise after than before."""
    return (
        before.rename({"told": "before"})
        .join(after.rename({"told": "after"}), on="id")
        .filter(pl.col("before") != pl.col("after"))
        .sort("id")
    )


def _region_moves(before: PlanTables, after: PlanTables) -> pl.DataFrame:
    """Stores that do not stay in the region that continues theirs."""
    both = _regions(before).join(_regions(after), on="id", suffix="_after")
    old, new = (both[name].unique().sort() for name in ("region", "region_after"))
    stay = np.zeros((len(old), len(new)))
    for a, b, stores in both.group_by("region", "region_after").len().rows():
        # Where as many stores stay either way, a region keeps its number.
        weight = stores * (len(both) + 1) + (a == b)
        stay[old.index_of(a), new.index_of(b)] = weight
    i, j = linear_sum_assignment(stay, maximize=True)
    same = pl.DataFrame({"region": old[i], "region_after": new[j]})
    return (
        both.join(same, on=["region", "region_after"], how="anti")
        .select(
            "id", pl.col("told").alias("before"), pl.col("told_after").alias("after")
        )
        .sort("id")
    )


def _regions(tables: PlanTables) -> pl.DataFrame:
    """Store: its region, told with the hub, by which it is known from plan to plan."""
    told = pl.format("{} (hub {})", "region_id", "hub").alias("told")
    hubs = tables.regions.select("region_id", told).unique("region_id", keep="first")
    return (
        tables.assignment.unique("store_id", keep="first")
        .join(hubs, on="region_id", how="left")
        .select(
            pl.col("store_id").alias("id"),
            pl.col("region_id").alias("region"),
            pl.coalesce("told", "region_id"),
        )
    )


def _deliveries(tables: PlanTables) -> pl.DataFrame:
    """Order planned: whether it is picked up at a store, and that store or channel."""
    pickup = pl.col("channel").eq_missing("store_pickup")
    place = pl.when(pickup).then("store_id").otherwise("channel").fill_null("")
    return (
        tables.parcels.filter(task="deliver", status="planned")
        .unique("order_id", keep="first")
        .select(
            pl.col("order_id").alias("id"), pickup.alias("pickup"), place.alias("told")
        )
    )


def _store_moves(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    return (
        _changed(before, after.rename({"pickup": "pickup_after"}))
        .filter(pl.col("pickup") | pl.col("pickup_after"))
        .drop("pickup", "pickup_after")
    )


def _arrival_moves(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    later = pl.col("arrives_after") - pl.col("arrives")
    pairs = (
        before.join(
            after, on=["id", "number"], how="full", coalesce=True, suffix="_after"
        )
        .join(before, on="id", how="semi")
        .join(after, on="id", how="semi")
    )
    return (
        pairs.filter((later.abs() > MOVED_MIN).fill_null(value=True))
        .sort("id", "number")
        .select(
            "id",
            clock_text(pl.col("arrives")).alias("before"),
            clock_text(pl.col("arrives_after")).alias("after"),
            later.alias("minutes"),
        )
    )


def _only(here: pl.DataFrame, there: pl.DataFrame) -> int:
    """How many ids are here and not there."""
    return here.join(there, on="id", how="anti")["id"].n_unique()


def _of_one(tables: PlanTables, stores_only: int, parcels_only: int) -> OfOnePlan:
    parcels = tables.parcels.filter(task="deliver")
    return OfOnePlan(
        stores_only=stores_only,
        parcels_only=parcels_only,
        unserved=int((parcels["status"] == "unserved").sum()),
        late_min_parcels=float(parcels["late_min"].sum()),
        redirections=int(parcels["redirected"].sum()),
        walk_m=round(float(parcels["walk_m"].sum()), 1),
        money=round(float(tables.routes["cost"].sum()), 2),
    )
