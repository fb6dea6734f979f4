"""Running cstore as a user would, and reading what it wrote."""

import shutil
from dataclasses import dataclass

import pytest
from mornings import MORNING, ROOT
from partner_files import Tracking

from cstore_cli.app import app
from cstore_cli.report.sheets import pdf


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def cstore(capfd, monkeypatch):
    """Run a command line in this process, from the project's folder, without PDF."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(pdf, "_NAMES", ())  # printing takes seconds

    def run(*arguments):
        try:
            app([str(argument) for argument in arguments], prog_name="cstore")
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        said = capfd.readouterr()
        return Done(code, said.out, said.err)

    return run


@pytest.fixture
def plan_day(cstore, tmp_path):
    """Plan the sample morning, shortly; options given again win."""

    def run(*arguments, out=tmp_path / "out"):
        where = ("--out", out) if out else ()
        short = () if "--time-limit" in arguments else ("--iterations", 4)
        return cstore("plan-day", *MORNING, *where, *short, *arguments)

    return run


@pytest.fixture
def track(cstore, tmp_path):
    """Run cstore track on a small network with partners and a ledger of its own."""
    return Tracking(cstore, tmp_path)


@pytest.fixture
def with_ledger():
    """Copy the sample network into a folder, with a ledger: plan_day.yaml and URL."""

    def copy(folder):
        for part in ("configs", "sample_data"):
            shutil.copytree(ROOT / part, folder / part)
        network = folder / "configs/network.yaml"
        text = network.read_text(encoding="utf-8")
        text = text.replace("#ledger: null", "ledger: sqlite:///../ledger.db")
        network.write_text(text, encoding="utf-8")
        return folder / "configs/plan_day.yaml", f"sqlite:///{folder / 'ledger.db'}"

    return copy
