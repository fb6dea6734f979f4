"""Step 3, store: each pick-up parcel gets a store, `any` parcels their channel."""

import numpy as np
import polars as pl

from cstore_cli.dayplan.ability import StoreAbility
from cstore_cli.dayplan.shelf_choice import (
    OUTSIDE,
    Options,
    ShelfChoice,
    choose_with_room,
)
from cstore_cli.milp import Limits
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.tables.day_inputs import DayInputs
from cstore_cli.travel.geodesic import straight_km
from cstore_cli.travel.near import within

# Strictly one level above the other up to this many contended parcels, beyond it the
# weights stay within what a solver's tolerances can tell apart.
_STRICT_PARCELS = 300
# Priorities differ at most so much here; the solver's tolerances tell no more apart.
_LARGEST_WEIGHT = 1000.0


def choose_stores(
    orders: pl.DataFrame,
    shelves: pl.DataFrame,
    ability: StoreAbility,
    inputs: DayInputs,
    settings: PlanDaySettings,
    limits: Limits,
) -> tuple[pl.DataFrame, bool]:
    """
    The orders with ``at_store``, ``redirected``, ``walk_m``; and whether proven best.

    Pick-up parcels whose store has no room or ability go to another within walking
    distance, fewest first, then the least walking; without one they are unserved. `any`
    parcels become store_pickup where a store has room, else store_door. Pick-ups stay
    null in ``at_store`` when unserved, doors always.
    """
    asks = (
        orders.with_row_index("row")
        .filter(
            pl.col("status").is_null()
            & pl.col("channel").is_in(["store_pickup", "any"])
        )
        .select(
            "row",
            "channel",
            "store_id",
            "customer_lat",
            "customer_lon",
            "chilled",
            "litres",
            "priority",
            "inbound",
        )
    )
    options = _options(asks, ability, inputs, settings)
    choice = choose_with_room(
        options, asks["litres"].to_list(), shelves["room"].to_list(), limits
    )
    store = options.store[choice.option]
    most, left = _most_left(options, choice, asks["litres"], shelves["room"])
    ids = np.array([*inputs.stores["store_id"], None], dtype=object)
    stores = inputs.stores
    lat, lon = (np.append(stores[name].to_numpy(), np.nan) for name in ("lat", "lon"))
    walk_km = straight_km(
        asks["customer_lat"].to_numpy(),
        asks["customer_lon"].to_numpy(),
        lat[store],
        lon[store],
    )
    chosen = asks.select("row", "channel", wish="store_id").with_columns(
        pl.Series("at_store", ids[store].tolist(), dtype=pl.String),
        pl.Series("walk_m", walk_km * 1000).fill_nan(None),
        pl.Series("no_option", _num_options(options, len(asks)) <= 1),
        pl.Series("roomiest", ids[most].tolist(), dtype=pl.String),
        pl.Series("left", left),
        pl.Series("shelf", np.append(shelves["shelf_litres"], np.nan)[most]),
    )
    return _explained(orders, chosen, settings.walk_limit_km), choice.proven


def _options(
    asks: pl.DataFrame,
    ability: StoreAbility,
    inputs: DayInputs,
    settings: PlanDaySettings,
) -> Options:
    """Acceptable stores of each parcel: near ones, and the chosen one however far."""
    stores = inputs.stores
    number = {store: s for s, store in enumerate(stores["store_id"])}
    wish = np.array(
        [number.get(store, OUTSIDE) for store in asks["store_id"]], dtype=int
    )
    lat, lon = asks["customer_lat"].to_numpy(), asks["customer_lon"].to_numpy()
    store_lat, store_lon = stores["lat"].to_numpy(), stores["lon"].to_numpy()
    near = within(lat, lon, store_lat, store_lon, settings.walk_limit_km)
    parcel = near.point
    away = near.index != wish[parcel]
    # What the seller brings to a store himself cannot be sent to another one.
    free = (asks["inbound"] != "store").fill_null(value=True).to_numpy()
    keep = away & free[parcel]
    own = np.flatnonzero(wish != OUTSIDE)
    own_km = straight_km(lat[own], lon[own], store_lat[wish[own]], store_lon[wish[own]])
    # Whoever chose a store walks there, however far: that must not outweigh the levels.
    own_km = np.minimum(own_km, settings.walk_limit_km)
    parcel = np.concatenate([parcel[keep], own])
    store = np.concatenate([near.index[keep], wish[own]])
    km = np.concatenate([near.km[keep], own_km])
    able = ability.usable[store] & (
        ability.chilled[store] | ~asks["chilled"].to_numpy()[parcel]
    )
    parcel, store, km = parcel[able], store[able], km[able]
    away_km = settings.walk_limit_km * (1 + min(len(asks), _STRICT_PARCELS))
    lost_km = away_km * (1 + min(len(asks), _STRICT_PARCELS))
    redirected = (wish[parcel] != OUTSIDE) & (store != wish[parcel])
    is_any = (asks["channel"] == "any").to_numpy()
    # `any` goes to the door only when neither its store nor another near has room.
    to_door = 2 * settings.walk_limit_km + away_km * (wish != OUTSIDE)
    outside = np.where(is_any, to_door, lost_km * _weights(asks["priority"].to_numpy()))
    everyone = np.arange(len(asks))
    return Options(
        parcel=np.concatenate([parcel, everyone]),
        store=np.concatenate([store, np.full(len(asks), OUTSIDE)]),
        cost=np.concatenate([km + away_km * redirected, outside]),
    )


def _weights(priority: np.ndarray) -> np.ndarray:
    """Priorities over the least of them, so that none is worth less than a level."""
    least = min(1.0, priority.min(initial=1.0))
    return np.asarray(np.minimum(priority / least, _LARGEST_WEIGHT))


def _num_options(options: Options, num_parcels: int) -> np.ndarray:
    return np.bincount(options.parcel, minlength=num_parcels)


def _most_left(
    options: Options, choice: ShelfChoice, litres: pl.Series, room: pl.Series
) -> tuple[np.ndarray, np.ndarray]:
    """Of each parcel's stores the one with most room left, OUTSIDE if none; litres."""
    store = options.store[choice.option]
    taken = store != OUTSIDE
    arriving = np.bincount(
        store[taken], weights=litres.to_numpy()[taken], minlength=len(room)
    )
    left = np.append(np.maximum(0.0, room.to_numpy() - arriving), -1.0)
    order = np.lexsort((options.store, -left[options.store], options.parcel))
    _, first = np.unique(options.parcel[order], return_index=True)
    most = options.store[order][first]
    return most, left[most]


def _explained(
    orders: pl.DataFrame, chosen: pl.DataFrame, walk_limit_km: float
) -> pl.DataFrame:
    joined = orders.with_row_index("row").join(
        chosen.drop("channel", "wish"), on="row", how="left", maintain_order="left"
    )
    asked = pl.col("row").is_in(chosen["row"].implode())
    lost = asked & pl.col("at_store").is_null()
    is_any = pl.col("channel") == "any"
    redirected = (
        asked
        & pl.col("at_store").is_not_null()
        & pl.col("store_id").is_not_null()
        & (pl.col("at_store") != pl.col("store_id"))
    ).fill_null(value=False)
    limit = pl.lit(f"{walk_limit_km:g} km")
    litres = _whole_or_tenths(pl.col("litres"))
    most = pl.format(
        "the most left is {} of {} litres, at {}",
        _whole_or_tenths(pl.col("left")),
        _whole_or_tenths(pl.col("shelf")),
        pl.col("roomiest"),
    )
    unserved = lost & ~is_any
    code = (
        pl.when(pl.col("no_option"))
        .then(pl.lit("no_store_near"))
        .otherwise(pl.lit("no_shelf_room"))
    )
    why = (
        pl.when(pl.col("no_option"))
        .then(pl.format("No store within {} can take it.", limit))
        .when(pl.col("store_id").is_not_null())
        .then(
            pl.format(
                "{} has no room for its {} litres, nor has any other within {}: {}.",
                pl.col("store_id"),
                litres,
                limit,
                most,
            )
        )
        .otherwise(
            pl.format(
                "No shelf within {} of the customer has room for its {} litres: {}.",
                limit,
                litres,
                most,
            )
        )
    )
    moved = pl.format(
        "{} has no room or ability for it; sent to {}.",
        pl.col("store_id"),
        pl.col("at_store"),
    )
    to_door = asked & is_any & lost
    return joined.with_columns(
        pl.when(asked & is_any & ~lost)
        .then(pl.lit("store_pickup"))
        .when(to_door)
        .then(pl.lit("store_door"))
        .otherwise(pl.col("channel"))
        .alias("channel"),
        redirected.alias("redirected"),
        pl.when(unserved)
        .then(pl.lit("unserved"))
        .otherwise(pl.col("status"))
        .alias("status"),
        pl.when(unserved)
        .then(code)
        .when(redirected)
        .then(pl.lit("redirected"))
        .otherwise(pl.col("reason_code"))
        .alias("reason_code"),
        pl.when(unserved)
        .then(why)
        .when(redirected)
        .then(moved)
        .when(to_door & pl.col("no_option"))
        .then(pl.lit("No store within walking distance; brought to the door."))
        .when(to_door)
        .then(pl.lit("No shelf within walking distance has room; brought to the door."))
        .otherwise(pl.col("reason"))
        .alias("reason"),
    ).drop("row", "no_option", "roomiest", "left", "shelf")


def _whole_or_tenths(litres: pl.Expr) -> pl.Expr:
    """Litres as read: 4, 4.3."""
    return litres.round(1).cast(pl.String).str.strip_suffix(".0")
