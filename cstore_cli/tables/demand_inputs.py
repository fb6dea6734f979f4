"""What demand is told from: typed tables."""

from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True, eq=False)
class DemandInputs:
    """
    Typed tables, each under its contract.

    ``areas`` has, after the contract's columns, those of ``numeric`` (Float64) and
    ``categories`` (String): whatever else the file says of an area. ``transactions``
    has the columns named known ahead or lagged (Float64 or String) after date, area_id
    and orders (null where nothing is known yet). Rows without a fault of their own are
    all there; ``rejected`` are the others, with line and reason, ``num_read`` all.
    ``texts`` are columns of areas that are neither figures nor categories.
    """

    areas: pl.DataFrame
    numeric: tuple[str, ...]
    categories: tuple[str, ...]
    transactions: pl.DataFrame
    rejected: pl.DataFrame
    num_read: int
    unused: tuple[str, ...] = ()
    """Columns of transactions that the settings do not name."""
    pickups: pl.DataFrame | None = None
    rejected_pickups: pl.DataFrame = field(default_factory=pl.DataFrame)
    stores: pl.DataFrame | None = None
    texts: tuple[str, ...] = ()
    areas_raw: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def num_put_aside(self) -> int:
        """Rows put aside, of all tables."""
        return len(self.rejected) + len(self.rejected_pickups)
