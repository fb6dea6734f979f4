"""What becomes of each order: planned, or unserved with a code and a sentence."""

from collections.abc import Iterable

import polars as pl

from cstore_cli.dayplan.ability import Window
from cstore_cli.dayplan.dc_search import DcRoutes
from cstore_cli.dayplan.locks import lock_told
from cstore_cli.dayplan.round_search import StoreRounds
from cstore_cli.dayplan.routes import CHILLED
from cstore_cli.settings.plan_day import CourierSettings

_CLIENT_REASONS = {
    "no_vans": ("no_vans", "{dc} has no vans that could leave in any batch."),
    "no_skill": ("no_chilled_van", "No van of {dc} can carry chilled goods."),
    "too_large": (
        "no_van_large_enough",
        "No van of {dc} can hold what goes to {store}.",
    ),
    "unreachable": ("unreachable", "No way from {dc} to {store} and back was found."),
    "window": (
        "window_missed",
        "No van of {dc} can be at {store} while it takes goods today, {hours}.",
    ),
}
_COLLECTION_REASONS = _CLIENT_REASONS | {
    "too_large": (
        "no_van_large_enough",
        "No van of {dc} can hold what waits at {store}.",
    ),
    "window": (
        "window_missed",
        "No van of {dc} can be at {store} once it is ready, within {hours}.",
    ),
}
_NOT_SO_MANY = (
    "no_vans",
    "{dc} has no van for {store} with the number it is locked to.",
)
_NO_VAN_LEFT = (
    "no_van_left",
    "The vans of {dc} have no room or time left for {store}.",
)


def lost_clients(orders: pl.DataFrame, found: DcRoutes) -> pl.DataFrame:
    """The orders with those of unserved clients marked, each with its cause."""
    return _unserved(orders, _causes(found, collects=False))


def lost_collections(collections: pl.DataFrame, found: DcRoutes) -> pl.DataFrame:
    """The collections with those of unserved clients marked, each with its cause."""
    return _unserved(collections, _causes(found, collects=True))


def _causes(found: DcRoutes, *, collects: bool) -> dict[int, tuple[str, str]]:
    reasons = _COLLECTION_REASONS if collects else _CLIENT_REASONS
    cooled = any(CHILLED in kind.skills for kind in found.task.problem.kinds)
    marks: dict[int, tuple[str, str]] = {}
    for k in found.unserved:
        client = found.task.clients[k]
        if client.collects is not collects:
            continue
        cause = found.result.causes.get(k, "") if found.task.vans else "no_vans"
        code, sentence = reasons.get(cause, _NO_VAN_LEFT)
        numbered = k in found.day.number_of and (cooled or not client.chilled)
        if cause == "no_skill" and numbered:
            code, sentence = _NOT_SO_MANY
        hours = _hours(found.day.windows[client.store_id])
        reason = sentence.format(dc=client.dc_id, store=client.store_id, hours=hours)
        reason += lock_told(k, found.task.promises, found.task.clients)
        marks |= dict.fromkeys(client.parcels, (code, reason))
    return marks


def _hours(window: Window) -> str:
    """When a store receives, as a person says it; closures are taken out of it."""
    if window.end_min < window.start_min:
        return "which is never, for it is closed"
    return f"{_clock(window.start_min)} to {_clock(window.end_min)}"


def _clock(minutes: float) -> str:
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def lost_doors(
    orders: pl.DataFrame, rounds: Iterable[StoreRounds], settings: CourierSettings
) -> pl.DataFrame:
    """The orders with door parcels that no round can bring marked."""
    hours = f"{_clock(settings.works_from)} to {_clock(settings.works_to)}"
    marks: dict[int, tuple[str, str]] = {}
    for of_store in rounds:
        longest = f"a round of {settings.max_round_min:g} minutes"
        too_large = (
            "too_large_for_courier",
            f"More than a courier of {of_store.store_id} carries on a round.",
        )
        too_far = (
            "too_far_for_courier",
            f"Farther from {of_store.store_id} than {longest} reaches.",
        )
        no_time = (
            "no_courier_time",
            f"The couriers of {of_store.store_id} are busy from {hours}.",
        )
        marks |= dict.fromkeys(of_store.too_large, too_large)
        marks |= dict.fromkeys(of_store.too_far, too_far)
        marks |= dict.fromkeys(of_store.no_time, no_time)
    return _unserved(orders, marks)


def planned(orders: pl.DataFrame) -> pl.DataFrame:
    """The orders, or collections, as planned where nothing stands against it."""
    return orders.with_columns(pl.col("status").fill_null("planned"))


def _unserved(orders: pl.DataFrame, marks: dict[int, tuple[str, str]]) -> pl.DataFrame:
    """The rows of ``marks`` marked, but those that have a status already."""
    if not marks:
        return orders
    open_rows = set(orders["status"].is_null().arg_true())
    marked = pl.DataFrame(
        [
            (row, "unserved", code, reason)
            for row, (code, reason) in marks.items()
            if row in open_rows
        ],
        schema={
            "row": pl.UInt32,
            "status": pl.String,
            "reason_code": pl.String,
            "reason": pl.String,
        },
        orient="row",
    )
    return orders.with_row_index("row").update(marked, on="row").drop("row")
