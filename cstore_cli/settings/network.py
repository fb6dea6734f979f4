"""What all commands share: zone, currency, own chains, standing tables."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field

from cstore_cli.settings.base import Settings, fault_at
from cstore_cli.settings.values import Source
from cstore_cli.settings.yaml_file import did_you_mean

TABLES = (
    "orders",
    "stores",
    "distribution_centers",
    "vehicles",
    "held_parcels",
    "collections",
    "conditions",
    "closures",
    "locks",
    "areas",
    "road_nodes",
    "road_links",
    "travel_matrix",
    "frozen_regions",
    "intersections",
    "transactions",
    "pickups",
    "forecast",
    "partner_parcels",
    "volumes",
    "site_scores",
    "coalitions",
)


# Names in the system's files that polars, which reads the instants, does not know.
_NO_ZONES = {"Factory", "localtime"}


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    else:
        if name not in _NO_ZONES:
            return name
    # Listing all zones takes a tenth of a second: only for who mistyped one.
    known = available_timezones() - _NO_ZONES
    mend = did_you_mean(name, sorted(known)) or "write one such as Asia/Taipei"
    raise ValueError(f"{name!r} is not a time zone; {mend}")


TimeZone = Annotated[str, AfterValidator(_is_zone)]
"""A time zone by its name, such as Asia/Taipei."""


def _are_tables(tables: dict[str, Source]) -> dict[str, Source]:
    for name in tables:
        if name not in TABLES:
            mend = did_you_mean(name, TABLES) or f"known: {', '.join(TABLES)}"
            raise fault_at(f"{name!r} is not a table ({mend})", name)
    return tables


_SQLITE = "sqlite:///"


def _is_ledger(url: str) -> str:
    if not url.removeprefix(_SQLITE) or not url.startswith(_SQLITE):
        raise ValueError(f"{url!r} is not a ledger; write sqlite:///ledger.db")
    return url


Tables = Annotated[dict[str, Source], AfterValidator(_are_tables)]
"""Table name: its source."""


def ledger_from(url: str | None, folder: Path) -> str | None:
    """Return the ledger's URL as it reads from here, the YAML being in ``folder``."""
    return url and _SQLITE + str(folder / url.removeprefix(_SQLITE))


class NetworkSettings(Settings):
    """What all commands share."""

    time_zone: TimeZone
    """Zone of the network, such as Asia/Taipei; there is no default."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """Currency of all money, three letters."""
    own_chains: list[str] = []
    """Chains whose stores belong to the network; empty: all of them."""
    ledger: Annotated[str, AfterValidator(_is_ledger)] | None = None
    """URL of the ledger of parcel events, sqlite:///FILE relative to this YAML; empty:
    none, and each command works from its tables alone."""
    tables: Tables = {}
    """Tables that all commands read: stores, distribution_centers, areas, ..."""
