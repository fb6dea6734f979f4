"""Finding and reading a command's config with the network file it names."""

import os
from pathlib import Path
from typing import TypeVar

from cstore_cli.errors import Fault, InputError
from cstore_cli.settings.base import Settings
from cstore_cli.settings.network import NetworkSettings, ledger_from
from cstore_cli.settings.values import BESIDE_YAML, TableSource
from cstore_cli.settings.yaml_file import read_yaml, validated

S = TypeVar("S", bound=Settings)


def config_path(given: Path | None, command: str) -> Path:
    """``--config``, else $CSTORE_CONFIG, else configs/<command>.yaml."""
    if given is not None:
        return given
    from_environment = os.environ.get("CSTORE_CONFIG")
    if from_environment:
        return Path(from_environment)
    return Path("configs") / f"{command.replace('-', '_')}.yaml"


def read_config(path: Path, model: type[S]) -> S:
    """
    Settings of ``model`` from ``path``; its paths then hold from here.

    Raises
    ------
    InputError
        With every fault of both YAML files.
    """
    node, values = read_yaml(path)
    messages: list[str] = []
    faults: list[Fault] = []
    named = values.pop("network", None)
    network: NetworkSettings | None = None
    if isinstance(named, str):
        try:
            network, faults = _read_network(path.parent / named)
        except InputError as error:
            messages.append(str(error))
    else:
        what = "is missing" if named is None else "is not a path"
        mend = "write `network: network.yaml`"
        faults.append(Fault(str(path), 1, "network", what, mend))
    # A faulty network must not hide the command's own faults, nor add to them.
    values["network"] = network or NetworkSettings(time_zone="UTC", currency="XTS")
    settings, own_faults = validated(model, node, values, str(path))
    faults += own_faults
    if faults:
        messages.append(f"{len(faults)} fault(s) in the settings:")
    if messages or settings is None:
        raise InputError("\n".join(messages), faults)
    tables = getattr(settings, "tables", {})
    paths = _paths_from_here(settings, path.parent)
    tables_here = {"tables": _from_here(tables, path.parent)}
    return settings.model_copy(update=paths | tables_here)


def _read_network(path: Path) -> tuple[NetworkSettings | None, list[Fault]]:
    node, values = read_yaml(path)
    network, faults = validated(NetworkSettings, node, values, str(path))
    if network is not None:
        here = {
            "tables": _from_here(network.tables, path.parent),
            "ledger": ledger_from(network.ledger, path.parent),
        }
        network = network.model_copy(update=here)
    return network, faults


def _from_here(tables: dict[str, TableSource], folder: Path) -> dict[str, TableSource]:
    return {
        name: source.model_copy(update={"path": str(folder / source.path)})
        for name, source in tables.items()
    }


def _paths_from_here(settings: Settings, folder: Path) -> dict[str, str]:
    fields = type(settings).model_fields.items()
    named = (name for name, field in fields if BESIDE_YAML in field.metadata)
    paths = {name: getattr(settings, name) for name in named}
    return {name: str(folder / path) for name, path in paths.items() if path}
