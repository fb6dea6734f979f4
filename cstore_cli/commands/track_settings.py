"""What every subcommand of `cstore track` begins with: settings, ledger, partner."""

from pathlib import Path

from cstore_cli.errors import InputError, NoLedgerError, UsageError
from cstore_cli.ledger.database import Ledger, open_ledger
from cstore_cli.settings.config_file import config_path, read_config
from cstore_cli.settings.track import Partner, TrackSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.settings.yaml_file import did_you_mean


def read_settings(config: Path | None) -> TrackSettings:
    """
    The settings, from where `config_path` finds them.

    Raises
    ------
    InputError
        With every fault of both YAML files.
    """
    return read_config(config_path(config, "track"), TrackSettings)


def ledger_of(
    settings: TrackSettings, *, create: bool = False, upgrade: bool = True
) -> Ledger:
    """
    Open the ledger that the network names.

    Raises
    ------
    NoLedgerError
        When it names none, or there is none yet and ``create`` does not ask for one.
    """
    url = settings.network.ledger
    if url is None:
        raise NoLedgerError(
            "The network names no ledger. Write `ledger: sqlite:///ledger.db` into its "
            "YAML (a path from that file); `cstore track import` then begins it."
        )
    return open_ledger(url, create=create, upgrade=upgrade)


def partner_of(settings: TrackSettings, name: str) -> Partner:
    """
    How a partner talks to us.

    Raises
    ------
    UsageError
        When the settings do not name it.
    """
    if name not in settings.partners:
        known = list(settings.partners)
        mend = did_you_mean(name, known) or f"known: {', '.join(known) or 'none'}"
        raise UsageError(
            f"{name!r} is no partner ({mend}). Partners stand under `partners:` in the "
            "YAML."
        )
    return settings.partners[name]


def stores_source(settings: TrackSettings) -> TableSource | None:
    """Where the table of stores stands, if it is named."""
    return {**settings.network.tables, **settings.tables}.get("stores")


def needed_stores(settings: TrackSettings, why: str) -> TableSource:
    """
    Where the table of stores stands.

    Raises
    ------
    InputError
        When it is not named.
    """
    source = stores_source(settings)
    if source is None:
        raise InputError(f"No stores table, and {why}: name it under `tables:`.")
    return source
