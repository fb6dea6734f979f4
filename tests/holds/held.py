"""Small tables of holds and the settings that decide on them."""

import datetime as dt
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings

INSTANT = pl.Datetime("us", "UTC")
TEXTS = ("chain", "channel", "goods_class")
NO_CLOSURES = pl.DataFrame(
    schema={"location_id": pl.String, "from": INSTANT, "to": INSTANT}
)


def settings_of(text="", zone="Asia/Taipei"):
    """Settings from the YAML ``text`` alone, as the command reads them."""
    with tempfile.TemporaryDirectory() as name:
        network = f"time_zone: {zone}\ncurrency: TWD\n"
        (Path(name) / "network.yaml").write_text(network, encoding="utf-8")
        path = Path(name) / "expire_holds.yaml"
        path.write_text(f"network: network.yaml\n{text}", encoding="utf-8")
        return read_config(path, ExpireHoldsSettings)


def at(text, zone="Asia/Taipei"):
    """An instant by a local clock, in UTC; T24:00 is the next midnight."""
    ends_day = "T24:00" in text
    local = dt.datetime.fromisoformat(text.replace("T24:00", "T00:00"))
    if ends_day:
        local += dt.timedelta(days=1)
    if local.tzinfo is None:
        local = local.replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(dt.UTC)


def holds(*rows, zone="Asia/Taipei"):
    """A row per parcel: ready_at (local text or an instant) and what else matters."""
    whole = []
    for k, row in enumerate(rows):
        base = {"parcel_id": f"P{k}", "store_id": "S1", "litres": 1.0}
        base |= {"extension_days": 0} | dict.fromkeys(TEXTS) | row
        for name in ("ready_at", "extended_at"):
            if isinstance(base.get(name), str):
                base[name] = at(base[name], zone)
        whole.append(base)
    known = {
        "parcel_id": pl.String,
        "store_id": pl.String,
        "litres": pl.Float64,
        "extension_days": pl.Int64,
        **dict.fromkeys(TEXTS, pl.String),
        "ready_at": INSTANT,
        "extended_at": INSTANT,
        "return_hold": pl.Boolean,
    }
    named = {name for row in whole for name in row}
    optional = {"extended_at", "return_hold"} - named
    schema = {name: kind for name, kind in known.items() if name not in optional}
    return pl.DataFrame(whole, schema=schema)


def closures(*rows, zone="Asia/Taipei"):
    """A row per closure: store, from, to by the local clock."""
    return pl.DataFrame(
        [(store, at(start, zone), at(end, zone)) for store, start, end in rows],
        schema=NO_CLOSURES.schema,
        orient="row",
    )
