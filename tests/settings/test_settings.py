"""Tests of the settings classes themselves."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from itertools import pairwise

import pytest
from pydantic import ValidationError

import cstore_cli.settings
from cstore_cli.settings.base import Settings
from cstore_cli.settings.plan_day import Batch
from cstore_cli.settings.travel import TravelSettings
from cstore_cli.settings.values import TableSource, unit_factor


def every_settings_class():
    """All classes in cstore_cli/settings, also those of commands to come."""
    package = cstore_cli.settings
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    found, seen = [Settings], []
    while found:
        seen += found
        found = [sub for model in found for sub in model.__subclasses__()]
    return [model for model in seen if model is not Settings]


@pytest.mark.parametrize("model", every_settings_class(), ids=lambda m: m.__name__)
def test_every_setting_is_explained_by_the_string_under_it(model):
    (source,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    explained = {
        key.target.id
        for key, said in pairwise(source.body)
        if isinstance(key, ast.AnnAssign)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
    }

    assert sorted(set(inspect.get_annotations(model)) - explained) == []
    assert model.__doc__
    assert model.__doc__ != Settings.__doc__


@pytest.mark.parametrize("model", every_settings_class(), ids=lambda m: m.__name__)
def test_settings_take_no_unknown_key_and_never_change(model):
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"] is True
    assert model.model_config["allow_inf_nan"] is False


@pytest.mark.parametrize(
    ("am", "pm", "fine"),
    [
        (("07:00", "10:00"), ("10:00", "12:00"), True),
        (("07:00", "10:01"), ("10:00", "12:00"), False),
        (("16:00", "18:00"), ("07:00", "09:00"), False),
        (("07:00", "07:00"), ("16:00", "18:00"), False),
        (("07:00", "09:00"), ("18:00", "18:00"), False),
        (("00:00", "12:00"), ("12:00", "24:00"), True),
    ],
)
def test_peaks_lie_apart_in_the_order_of_the_day(am, pm, fine):
    if fine:
        assert TravelSettings(am=am, pm=pm).am[0] < TravelSettings(am=am, pm=pm).pm[1]
    else:
        with pytest.raises(ValidationError, match="am before pm"):
            TravelSettings(am=am, pm=pm)


@pytest.mark.parametrize("clock", ["24:01", "9", "9:5", "-1:00", "", 600, True, None])
def test_what_is_no_clock_time(clock):
    """A number neither: 930 would be 15:30."""
    with pytest.raises(ValidationError, match="not a time of day"):
        Batch(name="a", earliest="00:00", latest=clock)


@pytest.mark.parametrize(
    ("column", "unit", "factor"),
    [
        ("weight_kg", "g", "1/1000"),
        ("weight_kg", "kg", "1"),
        ("length_cm", "mm", "1/10"),
        ("length_cm", "in", "127/50"),
        ("shelf_litres", "m3", "1000"),
        ("service_min", "s", "1/60"),
        ("max_route_min", "h", "60"),
    ],
)
def test_units_are_exact(column, unit, factor):
    assert str(unit_factor(column, unit)) == factor


@pytest.mark.parametrize(
    ("column", "unit"),
    [("weight_kg", "cm"), ("weight_kg", "stone"), ("service", "g"), ("cost_twd", "g")],
)
def test_a_unit_of_another_measure_is_refused(column, unit):
    with pytest.raises(ValidationError, match="cannot be read in"):
        TableSource(path="a.csv", units={column: unit})
