"""Tests of the YAML that ships: it reads, and it explains every setting there is."""

import re
from pathlib import Path
from typing import get_args

import pytest

from cstore_cli.settings.agreement import AgreementVersion
from cstore_cli.settings.agreement_clause import AgreementClause
from cstore_cli.settings.analyze_demand import AnalyzeDemandSettings
from cstore_cli.settings.base import Settings
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.expire_holds import ExpireHoldsSettings
from cstore_cli.settings.network import TABLES, NetworkSettings
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.plan_day import PlanDaySettings
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.settings.track import TrackSettings
from cstore_cli.settings.values import BESIDE_YAML
from cstore_cli.settings.yaml_file import read_yaml, validated

TESTS = Path(__file__).parent
CONFIGS = TESTS.parent / "configs"
REAL = TESTS / "real"
SHARED = TESTS.parent.parent / "shared" / "data"
SETTINGS = {
    "plan_day": PlanDaySettings,
    "expire_holds": ExpireHoldsSettings,
    "track": TrackSettings,
    "site_stores": SiteStoresSettings,
    "analyze_demand": AnalyzeDemandSettings,
    "partners": PartnersSettings,
}
"""Stem of a file in configs: its settings."""
AGREEMENTS = {
    "northline_main_2": AgreementVersion,
    "northline_typhoon_2026": AgreementClause,
}
"""Stem of a file in configs/agreements that explains its keys: its settings."""
COMMANDS = [
    *((CONFIGS / f"{stem}.yaml", model) for stem, model in SETTINGS.items()),
    (REAL / "taipei_day.yaml", PlanDaySettings),
    (REAL / "tight_day.yaml", PlanDaySettings),
    (REAL / "taipei_sites.yaml", SiteStoresSettings),
    (REAL / "taipei_demand.yaml", AnalyzeDemandSettings),
]
NETWORKS = [
    CONFIGS / "network.yaml",
    REAL / "taipei_network.yaml",
    REAL / "taipei_sites_network.yaml",
]
LEFT_OUT = re.compile(r"^( *)#(?=[a-z])", re.MULTILINE)
"""A setting left at its default: "#key: value", without the blank of a comment."""


@pytest.fixture
def in_full(tmp_path):
    """The folder configs with every setting that was left out taken in."""
    for path in CONFIGS.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(LEFT_OUT.sub(r"\1", text), encoding="utf-8")
    return tmp_path


def models_in(annotation):
    """Settings classes that an annotation mentions."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def note_keys(model, value, seen):
    """Add to ``seen``, by settings class, the keys that the YAML ``value`` has."""
    seen.setdefault(model, set()).update(value)
    for name, field in model.model_fields.items():
        for inner in models_in(field.annotation):
            seen.setdefault(inner, set())
            for part in parts_of(value.get(name), inner):
                note_keys(inner, part, seen)


def every_key(model):
    """Keys of a settings class and of all inside it."""
    inner = [m for f in model.model_fields.values() for m in models_in(f.annotation)]
    return set(model.model_fields).union(*map(every_key, inner))


def parts_of(value, model):
    """Mappings in ``value`` that stand for ``model``: it, or those it holds."""
    if isinstance(value, list):
        return [part for part in value if isinstance(part, dict)]
    if not isinstance(value, dict):
        return []
    if set(value) <= set(model.model_fields):
        return [value]
    return [part for part in value.values() if isinstance(part, dict)]


def test_every_yaml_is_tested():
    """A new config is added to the lists above."""
    listed = {path for path, _ in COMMANDS} | set(NETWORKS)

    assert {*CONFIGS.glob("*.yaml"), *REAL.glob("*.yaml")} == listed


@pytest.mark.parametrize(
    ("path", "model"),
    COMMANDS,
    ids=lambda value: value.stem if isinstance(value, Path) else None,
)
def test_command_config_reads(path, model):
    """Without a fault in it or in its network."""
    assert read_config(path, model).network.time_zone == "Asia/Taipei"


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_network_config_reads(path):
    """Without a fault."""
    settings, faults = validated(NetworkSettings, *read_yaml(path), str(path))

    assert faults == []
    assert settings.time_zone == "Asia/Taipei"


@pytest.mark.parametrize(
    ("path", "model"),
    COMMANDS,
    ids=lambda value: value.stem if isinstance(value, Path) else None,
)
def test_named_tables_exist(path, model):
    """Paths are relative to the YAML that names them."""
    if path.parent == REAL and not SHARED.exists():
        pytest.skip(f"{SHARED} is not here")
    settings = read_config(path, model)
    tables = settings.network.tables | getattr(settings, "tables", {})
    sources = tables.values()

    assert [s.path for s in sources if not Path(s.path).is_file()] == []


@pytest.mark.parametrize("stem", SETTINGS)
def test_settings_left_out_show_their_defaults(stem, in_full):
    """Taking away the "#" of all of them changes nothing."""
    short = read_config(CONFIGS / f"{stem}.yaml", SETTINGS[stem])
    full = read_config(in_full / f"{stem}.yaml", SETTINGS[stem])

    assert comparable(full) == comparable(short)


def comparable(settings):
    """Values without the folders that paths were made to hold from here with."""
    values = settings.model_dump()
    for tables in (values.get("tables", {}), values["network"]["tables"]):
        for source in tables.values():
            source["path"] = Path(source["path"]).name
    for name, field in type(settings).model_fields.items():
        if BESIDE_YAML in field.metadata and values[name]:
            values[name] = Path(values[name]).name
    return values


def shown_as(model, seen):
    """Keys of a settings class that stand in YAML, in its place or a subclass's."""
    return set().union(*(keys for one, keys in seen.items() if issubclass(one, model)))


def keys_in_comments():
    """What comments show of mappings that are null by default: {country: DE}."""
    text = "".join(path.read_text(encoding="utf-8") for path in CONFIGS.glob("*.yaml"))
    examples = re.findall(r"^ *# .*(\{\w+: .*\})", text, re.MULTILINE)
    return {key for example in examples for key in re.findall(r"(\w+):", example)}


def test_every_setting_is_shown(in_full):
    """No key of any settings class is missing from configs."""
    seen = {}
    note_keys(NetworkSettings, read_yaml(in_full / "network.yaml")[1], seen)
    for stem, model in SETTINGS.items():
        note_keys(model, read_yaml(in_full / f"{stem}.yaml")[1], seen)

    missing = {}
    for model in seen:
        # A class never given a value is null by default; an example shows it.
        shown = shown_as(model, seen) or keys_in_comments()
        if set(model.model_fields) - shown:
            missing[model.__name__] = sorted(set(model.model_fields) - shown)

    assert missing == {}


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_setting_is_explained(path):
    """A comment stands above each key where it comes first, or names it as `key:`."""
    settings = {*TABLES, *every_key(NetworkSettings)}
    settings = settings.union(*(every_key(model) for model in SETTINGS.values()))

    assert unexplained(path, settings) == []


@pytest.mark.parametrize(("stem", "model"), AGREEMENTS.items())
def test_every_term_of_an_agreement_is_shown_and_explained(stem, model, tmp_path):
    """Also those left at their defaults, which taking in the line does not change."""
    path = CONFIGS / "agreements" / f"{stem}.yaml"
    full, seen = tmp_path / path.name, {}
    full.write_text(LEFT_OUT.sub(r"\1", path.read_text(encoding="utf-8")))
    values, values_in_full = read_yaml(path)[1], read_yaml(full)[1]
    note_keys(model, values_in_full, seen)

    assert model.model_validate(values) == model.model_validate(values_in_full)
    assert {m.__name__: set(m.model_fields) - keys for m, keys in seen.items()} == {
        m.__name__: set() for m in seen
    }
    assert unexplained(path, every_key(model)) == []


def unexplained(path, settings):
    """List the keys of ``settings`` whose first line in the file has no comment."""
    text = path.read_text(encoding="utf-8")
    explained = set(re.findall(r"^ *# (\w+):", text, re.MULTILINE))
    bare, above = [], ""
    for line in text.splitlines():
        key = re.match(r" *#?(?:- )?(\w+):", line)
        if key and key[1] in settings:
            settings.remove(key[1])
            if not above.lstrip().startswith("# ") and key[1] not in explained:
                bare.append(key[1])
        above = line
    return bare


def test_every_table_is_named():
    """A dispatcher learns from the YAML which tables there are."""
    text = "".join(path.read_text(encoding="utf-8") for path in CONFIGS.glob("*.yaml"))

    assert [name for name in TABLES if not re.search(rf"\b{name}\b", text)] == []
