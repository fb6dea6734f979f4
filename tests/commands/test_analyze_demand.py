"""analyze-demand from the command line: on a small city, and when things go wrong."""

import json
import shutil
import signal
import subprocess
import sys
import time

import polars as pl
import pytest
import yaml
from mornings import ROOT

FILES = {
    "forecast.csv",
    "segments.csv",
    "demand.html",
    "drivers.csv",
    "backtest.csv",
    "pickup_hours.csv",
    "opening_gain.csv",
    "summary.json",
}
DAY = ("--date", "2026-11-23")


class City:
    """
    A copy of the sample network with few areas, whose files a test may spoil.

    Of 14 days nothing is to be learned, which takes no time.
    """

    def __init__(self, folder, areas=6, days=14):
        self.folder = folder
        for part in ("configs", "sample_data"):
            shutil.copytree(ROOT / part, folder / part)
        self.config = folder / "configs/analyze_demand.yaml"
        self.transactions = folder / "sample_data/transactions.csv"
        self.settings(horizon=3, backtest={"origins": 2})
        table = pl.read_csv(self.path("areas")).head(areas)
        table.write_csv(self.path("areas"))
        orders = pl.read_csv(self.transactions, try_parse_dates=True)
        newest = orders["date"].max()
        orders = orders.filter(
            pl.col("area_id").is_in(table["area_id"].to_list())
            & (pl.col("date") > newest - pl.duration(days=days))
        )
        orders.write_csv(self.transactions)

    def path(self, table):
        return self.folder / f"sample_data/{table}.csv"

    def settings(self, **changed):
        now = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        self.config.write_text(yaml.safe_dump(now | changed), encoding="utf-8")

    def append(self, line):
        with self.transactions.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


@pytest.fixture
def city(tmp_path):
    return City(tmp_path)


@pytest.fixture
def analyze(cstore, city):
    """Analyse the small city into OUT, its forecasts in threads."""

    def run(*arguments, out=city.folder / "out"):
        where = ("--out", out) if out else ()
        config = () if "--config" in arguments else ("--config", city.config)
        return cstore("analyze-demand", *DAY, *config, *where, *arguments)

    return run


@pytest.fixture(autouse=True)
def in_threads(monkeypatch):
    """Starting processes takes seconds; the test of a real run does."""
    from concurrent.futures import ThreadPoolExecutor

    from cstore_cli.commands import analyze_demand_run

    monkeypatch.setattr(analyze_demand_run, "executor", lambda _: ThreadPoolExecutor(1))


def in_a_process(config, out, *arguments):
    command = ["-m", "cstore_cli", "analyze-demand", *DAY, "--config", str(config)]
    return subprocess.Popen(
        [sys.executable, *command, "--out", str(out), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def written(out):
    return {path.name for path in out.iterdir() if path.name != ".lock"}


def read(out):
    return {name: (out / name).read_bytes() for name in written(out)}


def backtest_of(out):
    return pl.read_csv(out / "backtest.csv").to_dicts()


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """(out, what it said) of one whole run in processes of its own."""
    folder = tmp_path_factory.mktemp("city")
    city = City(folder, days=35)
    process = in_a_process(city.config, folder / "out", "--json")
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return folder / "out", out, err, city


def test_it_writes_its_files_and_no_others(done):
    out, _, err, _ = done

    assert written(out) == FILES
    assert err == ""


def test_json_is_the_summary_and_nothing_else(done):
    out, said, _, _ = done

    assert said == (out / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(said)
    assert summary["read"]["areas"] == 6
    assert summary["forecast"]["from"] == "2026-11-23"
    assert summary["forecast"]["to"] == "2026-11-25"
    assert "global" in {row["model"] for row in backtest_of(out)}


def test_forecast_has_every_area_and_date_and_adds_up(done):
    out, _, _, city = done
    table = pl.read_csv(out / "forecast.csv", try_parse_dates=True)
    areas = pl.read_csv(city.path("areas"))["area_id"].to_list()

    assert table["area_id"].unique(maintain_order=True).to_list() == [*areas, "*"]
    assert len(table) == 7 * 3
    sums = (
        table.filter(pl.col("area_id") != "*")
        .group_by("date", maintain_order=True)
        .agg(pl.col("mean").sum().round(3))
    )
    assert sums["mean"].to_list() == table.filter(area_id="*")["mean"].to_list()


def test_figures_have_three_decimals_at_most(done):
    out, *_ = done
    for name in ("forecast.csv", "drivers.csv", "backtest.csv", "pickup_hours.csv"):
        lines = (out / name).read_text(encoding="utf-8-sig").splitlines()[1:]
        for cell in ",".join(lines).split(","):
            if cell.replace(".", "", 1).lstrip("-").isdigit() and "." in cell:
                assert len(cell.split(".")[1]) <= 3, (name, cell)


def test_again_gives_the_same_bytes_in_threads_too(done, cstore, tmp_path):
    out, _, _, city = done

    again = cstore(
        "analyze-demand", *DAY, "--config", city.config, "--out", tmp_path, "-q"
    )

    assert (again.code, again.out) == (0, "")
    assert read(tmp_path) == read(out)


def test_forecast_is_read_by_site_stores_as_it_is(done, cstore, tmp_path):
    out, _, _, city = done

    sited = cstore(
        "site-stores",
        "--config",
        city.folder / "configs/site_stores.yaml",
        "--forecast",
        out / "forecast.csv",
        "--out",
        tmp_path,
    )

    assert sited.code == 0, sited.err
    told = pl.read_csv(tmp_path / "area_assignment.csv")["parcels_day"].sum()
    mean = pl.read_csv(out / "forecast.csv").filter(area_id="*")["mean"].mean()
    assert told == pytest.approx(mean, rel=0.01)


def test_dry_run_writes_nothing_and_takes_no_lock(analyze, city):
    assert analyze("--dry-run").code == 0
    assert not (city.folder / "out").exists()


def test_a_bad_row_is_put_aside_at_6(analyze, city):
    city.append("2026-11-20,LT-01,-4")

    done = analyze()

    out = city.folder / "out"
    assert done.code == 6, done.err
    assert written(out) == FILES | {"rejected_transactions.csv"}
    aside = pl.read_csv(out / "rejected_transactions.csv")
    assert aside["orders"].to_list() == [-4]
    assert "must be at least 0" in aside["reason"].item()

    text = city.transactions.read_text(encoding="utf-8")
    city.transactions.write_text(text.rsplit("\n", 2)[0] + "\n", encoding="utf-8")
    assert analyze().code == 0
    assert written(out) == FILES


def test_strict_refuses_a_bad_row(analyze, city):
    city.append("2026-11-20,LT-01,-4")

    done = analyze("--strict")

    assert done.code == 3
    assert "transactions.csv" in done.err
    assert not written(city.folder / "out")


def plant(city, horizon=3):
    """Add a column that holds the orders of the day, also of days to come."""
    table = pl.read_csv(city.transactions, try_parse_dates=True)
    newest = table["date"].max()
    to_come = table.filter(pl.col("date") > newest - pl.duration(days=horizon))
    planted = pl.concat(
        [
            table.with_columns(parcels_counted=pl.col("orders")),
            to_come.with_columns(
                pl.col("date") + pl.duration(days=horizon),
                parcels_counted=pl.col("orders"),
                orders=pl.lit(None, pl.Int64),
            ),
        ]
    )
    planted.write_csv(city.transactions)


def test_column_that_is_not_declared_changes_no_forecast(done, cstore, tmp_path):
    """Tomorrow's orders stand in it."""
    city = City(tmp_path, days=35)
    plant(city)

    again = cstore(
        "analyze-demand", *DAY, "--config", city.config, "--out", tmp_path / "out", "-q"
    )

    assert again.code == 0, again.err
    found, plain = read(tmp_path / "out"), read(done[0])
    for name in FILES - {"summary.json", "demand.html"}:
        assert found[name] == plain[name], name
    told = json.loads(found["summary.json"])
    assert told["read"]["columns_not_used"] == ["parcels_counted"]


def test_another_run_at_once_ends_at_11(analyze, city):
    out = city.folder / "out"
    out.mkdir()
    hold = (
        "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire();"
        "print(1, flush=True); sys.stdin.read()"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", hold, out / ".lock"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        held.stdout.readline()
        done = analyze()
    finally:
        held.communicate()

    assert done.code == 11
    assert "another analyze-demand is at work" in done.err


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"holidays": "XX"}, "holidays: 'XX' is not known"),
        ({"holidays": "TW-XX"}, "holidays: 'TW-XX' is not known"),
        ({"horizont": 7}, 'did you mean "horizon"?'),
        ({"horizon": 0}, "horizon"),
        ({"areas": {"people": "populace"}}, "populace"),
        ({"transactions": {"known_ahead": ["price"]}}, "price"),
        ({"special_days": ["13-40"]}, "special_days"),
        ({"people": {"income": "wealth"}}, "wealth"),
    ],
)
def test_a_typo_in_the_settings_is_3_and_named(analyze, city, changed, said):
    city.settings(**changed)

    done = analyze()

    assert done.code == 3, done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (city.folder / "out").exists() or not written(city.folder / "out")


@pytest.mark.parametrize("table", ["areas", "transactions", "pickups"])
def test_a_missing_table_is_3_and_named(analyze, city, table):
    city.path(table).unlink()

    done = analyze()

    assert done.code == 3
    assert f"{table}.csv" in done.err


@pytest.mark.parametrize("content", ["", "date,area_id,orders\n"])
def test_a_table_of_nothing_is_3_in_words(analyze, city, content):
    city.transactions.write_text(content, encoding="utf-8")

    done = analyze()

    assert done.code == 3, done.err
    assert "transactions" in done.err
    assert "Traceback" not in done.err


def test_an_old_date_has_nothing_to_forecast_from(analyze):
    done = analyze("--date", "2020-01-01")

    assert done.code == 3
    assert "Nothing to forecast from" in done.err


def test_horizon_of_the_command_line_wins(analyze, city):
    assert analyze("--horizon", 5, "-q").code == 0

    table = pl.read_csv(city.folder / "out/forecast.csv")
    assert table["date"].n_unique() == 5


@pytest.fixture(scope="module")
def spans(tmp_path_factory):
    """(city, seconds of a whole run, seconds until it holds OUT) at this load."""
    folder = tmp_path_factory.mktemp("swept")
    city = City(folder)
    started = time.monotonic()
    process = in_a_process(city.config, folder / "whole", "-q")
    while not (folder / "whole/.lock").exists() and process.poll() is None:
        time.sleep(0.01)
    held = time.monotonic() - started
    process.communicate(timeout=300)
    assert process.returncode == 0
    return city, time.monotonic() - started, held


@pytest.mark.parametrize("part", range(12))
def test_ctrl_c_at_any_instant_leaves_nothing_or_all(spans, part, tmp_path):
    """
    At twelve instants of a run, half of them of its loading.

    A shell reads a process that is ended by the signal itself, as in the first and the
    last milliseconds, as 130 too. One that was done by then has its own code, and one
    that is not yet Python says so.
    """
    city, whole_s, held_s = spans
    after_s = (
        held_s * (part + 1) / 7
        if part < 6
        else held_s + (whole_s - held_s) * (part - 6) / 6
    )
    out = tmp_path / "out"
    process = in_a_process(city.config, out, "-q")
    time.sleep(after_s)
    was_done = process.poll() is not None
    process.send_signal(signal.SIGINT)

    _, err = process.communicate(timeout=60)

    left = written(out) if out.exists() else set()
    assert left in (set(), FILES)
    if process.returncode == 130:
        assert "Traceback" not in err
        assert ("nothing was published" in err) == (not left), err
    elif process.returncode == -signal.SIGINT or "Fatal Python error" in err:
        assert left == FILES or not out.exists(), err
    else:
        assert (process.returncode, was_done) == (0, True), err


def test_it_is_not_loaded_for_help():
    """The help of the whole stays quick: no arrays, no trees."""
    code = (
        "import sys; from cstore_cli.app import app\n"
        "try: app(['analyze-demand', '--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('numpy', 'polars', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
