"""Volumes to come, and whether what they and the rules speak of is known."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import get_args

import polars as pl

from cstore_cli.errors import Fault
from cstore_cli.settings.agreement import Service
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.yaml_file import did_you_mean
from cstore_cli.tables.partners import Volumes
from cstore_cli.tables.reader import Reader, sources_of
from cstore_cli.tables.rules import Known


def read_volumes(
    settings: PartnersSettings, day: dt.date, given: Mapping[str, Path]
) -> pl.DataFrame:
    """
    Read the volumes table, which must be whole.

    ``day`` stands in for ``{date}`` in a path.

    Raises
    ------
    InputError
        With all faults of the table at once, and those of rules in the YAML that name
        an unknown partner or zone.
    """
    sources = sources_of(settings.network.tables, settings.tables, given, day)
    reader = Reader(sources, settings.network.time_zone, {"volumes"})
    known = {
        "zone": Known(tuple(settings.zones), "the zones of the YAML"),
        "service": Known(get_args(Service), "the services"),
        "partner": Known(tuple(settings.partners), "the partners of the YAML"),
    }
    volumes = reader.whole("volumes", Volumes, known=known)
    reader.blame(strange_rules(settings))
    reader.refuse()
    return volumes


def strange_rules(settings: PartnersSettings) -> Iterator[Fault]:
    """Yield the rules of a split that name what the settings do not know."""
    for key in ("shares", "numbers"):
        for n, rule in enumerate(getattr(settings.allocate, key)):
            place = f"allocate.{key}.{n}"
            yield from _unknown(f"{place}.zone", rule.zone, settings.zones, "zones")
            partner = getattr(rule, "partner", None)
            yield from _unknown(
                f"{place}.partner", partner, settings.partners, "partners"
            )


def _unknown(
    place: str, name: str | None, known: Collection[str], where: str
) -> Iterator[Fault]:
    if name is not None and name not in known:
        mend = did_you_mean(name, sorted(known)) or f"known: {', '.join(known)}"
        yield Fault("the YAML", None, place, f"{name!r} is not in {where}", mend)
