"""Small configs written by a test and read back."""

from pathlib import Path

import pytest

from cstore_cli.errors import InputError
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.plan_day import PlanDaySettings

NETWORK = "time_zone: Asia/Taipei\ncurrency: TWD\n"
PLAN_DAY = """\
network: network.yaml
channel_rules:
  - name: all
    channel: any
batches:
  - name: one
    earliest: 09:30
    latest: 11:00
"""


@pytest.fixture
def config(tmp_path):
    """Read plan_day.yaml (the smallest there is, and ``more``) with network.yaml."""

    def of(more="", *, network=NETWORK, whole=None):
        (tmp_path / "network.yaml").write_text(network, encoding="utf-8")
        path = tmp_path / "plan_day.yaml"
        text = PLAN_DAY + more if whole is None else whole
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_config(path, PlanDaySettings)

    return of


@pytest.fixture
def refused(config):
    """The message that a config is refused with, files by their names alone."""

    def of(more="", **files):
        with pytest.raises(InputError) as told:
            config(more, **files)
        folders = {str(Path(fault.file).parent) for fault in told.value.faults}
        text = str(told.value)
        for folder in folders:
            text = text.replace(f"{folder}/", "")
        return text

    return of
