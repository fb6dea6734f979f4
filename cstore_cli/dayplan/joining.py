"""Parcels left behind that may still join the vehicle days as they stand."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import polars as pl

from cstore_cli.dayplan.clients import collection_clients, store_clients
from cstore_cli.dayplan.dc_day import dc_day
from cstore_cli.dayplan.dc_search import DcRoutes
from cstore_cli.dayplan.draft import Draft
from cstore_cli.dayplan.drive import DcDay
from cstore_cli.dayplan.find_routes import without_due_times
from cstore_cli.dayplan.insertion import Driven, insert_all, served
from cstore_cli.dayplan.routes import DcProblem, dc_problem
from cstore_cli.dayplan.schedule import schedule
from cstore_cli.dayplan.second_look import shared_shelves
from cstore_cli.deadline import Deadline
from cstore_cli.routing.columns import Columns
from cstore_cli.routing.result import Result

MOST_CLIENTS = 100
"""So many are put in at most, those of most priority first."""


@dataclass(frozen=True, eq=False)
class Joining:
    """
    A DC's vehicle days, and the clients that ``wait`` to join them.

    Rows are those of the plan's parcels, where the ``num_orders`` orders come first.
    """

    found: DcRoutes
    task: DcProblem
    day: DcDay
    wait: tuple[int, ...]
    num_orders: int

    @property
    def driven(self) -> list[Driven]:
        """The vehicle days as they stand."""
        return self.found.driven

    def rows(self, k: int) -> list[int]:
        """Rows of the parcels of client k."""
        client = self.task.clients[k]
        first = self.num_orders if client.collects else 0
        return [first + row for row in client.parcels]

    def joined(self, deadline: Deadline) -> tuple[DcRoutes, list[int]]:
        """The routes with whom they can take in; the rows that stay behind."""
        some = self.wait[:MOST_CLIENTS]
        driven = insert_all(self.day, self.driven, some, deadline)
        there = served(driven)
        left = [k for k in self.wait if k not in there]
        routes = schedule(self.day, driven, self.task.promises)
        found = replace(
            self.found, task=self.task, day=self.day, driven=driven, routes=routes
        )
        return found, [row for k in left for row in self.rows(k)]


def waiting(draft: Draft, dc_id: str, rows: Collection[int]) -> Joining:
    """The rows of the DC that need a van, as clients that may join its days."""
    inputs, settings, travel = draft.inputs, draft.settings, draft.travel
    windows, num_orders = draft.windows, len(draft.orders)
    found = next((f for f in draft.found if f.task.dc_id == dc_id), None)
    found = found or _idle(draft, dc_id)
    orders = only(draft.orders, rows)
    collections = only(draft.collections, {row - num_orders for row in rows})
    new = [
        *store_clients(orders, travel.dc_of, inputs, settings),
        *collection_clients(collections, travel.dc_of, windows, inputs),
    ]
    old = found.task.clients
    clients = [*old, *(client for client in new if client.dc_id == dc_id)]
    rooms = shared_shelves(clients, draft.orders, draft.rooms, inputs)
    task = dc_problem(dc_id, clients, windows, inputs, settings, travel, rooms=rooms)
    # Late is better than not at all, and nobody is to be later than he is.
    wait = sorted(
        range(len(old), len(clients)),
        key=lambda k: (clients[k].collects, -clients[k].priority, k),
    )
    task = without_due_times(task, wait, windows)
    day = dc_day(task, windows, inputs, settings, travel)
    kept = map(max, day.start_by, found.day.start_by)
    day = replace(day, start_by=(*kept, *day.start_by[len(old) :]))
    return Joining(found, task, day, tuple(wait), num_orders)


def cleared(frame: pl.DataFrame, rows: Collection[int]) -> pl.DataFrame:
    """Orders or collections with these rows to be planned."""
    mine = _among(frame, rows)
    return frame.with_columns(
        pl.when(mine).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("status", "reason_code", "reason")
    )


def only(frame: pl.DataFrame, rows: Collection[int]) -> pl.DataFrame:
    """Orders or collections of which just these rows are to be planned."""
    status = pl.when(_among(frame, rows)).then(None).otherwise(pl.lit("other"))
    return frame.with_columns(status.alias("status"))


def _among(frame: pl.DataFrame, rows: Collection[int]) -> pl.Series:
    return pl.Series(range(len(frame)), dtype=pl.Int64).is_in(sorted(rows))


def _idle(draft: Draft, dc_id: str) -> DcRoutes:
    """A DC whose vans have nowhere to go."""
    inputs, settings, travel = draft.inputs, draft.settings, draft.travel
    task = dc_problem(dc_id, [], draft.windows, inputs, settings, travel)
    day = dc_day(task, draft.windows, inputs, settings, travel)
    none = Result((), (), {}, 0, None, None, 0, Columns.of([], []), 0.0)
    return DcRoutes(task, none, day, [], [], ())
