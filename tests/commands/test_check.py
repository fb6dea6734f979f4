"""check: every fault of a config and what it names, whichever command's it is."""

import json

import pytest
from mornings import MORNING, ROOT


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("plan_day", "1200 orders"),
        ("expire_holds", "600 holds"),
        ("track", "partners"),
        ("site_stores", "80 sites, 24 areas"),
        ("analyze_demand", "24 areas, 2520 rows, 1 anomaly"),
        ("partners", "5 versions of agreements, 2956 parcels, 114 volumes"),
        ("network", "tables named"),
    ],
)
def test_the_shipped_configs_have_no_faults(cstore, name, found):
    done = cstore("check", ROOT / f"configs/{name}.yaml", *MORNING)

    assert done.code == 0, done.err
    assert found in done.err


def test_json_tells_that_all_is_sound(cstore):
    done = cstore("check", ROOT / "configs/plan_day.yaml", *MORNING, "--json")

    told = json.loads(done.out)
    assert done.code == 0
    assert told["sound"] is True
    assert told["message"] == "1200 orders"
    assert told["faults"] == []


def test_json_tells_every_fault_with_its_place(cstore, tmp_path):
    """And stderr says the same."""
    config = tmp_path / "expire_holds.yaml"
    config.write_text(
        f"network: {ROOT}/configs/network.yaml\npolicy:\n  lenght: 7\nguard: 5\n"
    )

    done = cstore("check", config, "--json")

    told = json.loads(done.out)
    assert done.code == 3
    assert told["sound"] is False
    places = [(fault["line"], fault["column"]) for fault in told["faults"]]
    assert (3, "column 3: policy.lenght") in places
    assert len(told["faults"]) == 2
    assert all(fault["what"] in done.err for fault in told["faults"])


def test_a_faulty_hold_policy_is_named_by_line(cstore, tmp_path):
    (tmp_path / "network.yaml").write_text("time_zone: Asia/Taipei\ncurrency: TWD\n")
    config = tmp_path / "expire_holds.yaml"
    config.write_text("network: network.yaml\npolicy:\n  lenght: 7\n")

    done = cstore("check", config)

    assert done.code == 3
    assert "expire_holds.yaml:3" in done.err
    assert 'did you mean "length"?' in done.err


def test_a_config_by_another_name_is_known_by_its_settings(cstore, tmp_path):
    (tmp_path / "network.yaml").write_text("time_zone: Asia/Taipei\ncurrency: TWD\n")
    config = tmp_path / "nightly.yaml"
    config.write_text("network: network.yaml\npolicy: {length: 5}\nguard: {}\n")

    done = cstore("check", config)

    assert done.code == 3
    assert "No held_parcels table" in done.err


def test_a_ledger_that_is_none_is_a_fault(cstore, tmp_path):
    (tmp_path / "network.yaml").write_text(
        f"time_zone: Asia/Taipei\ncurrency: TWD\nledger: sqlite:///{tmp_path}/l.db\n"
    )
    (tmp_path / "l.db").write_text("no ledger, some text of more than a line\n" * 9)
    config = tmp_path / "track.yaml"
    config.write_text("network: network.yaml\n")

    done = cstore("check", config)

    assert done.code == 3
    assert "is not a ledger" in done.err


def test_a_faulty_hold_is_a_fault(cstore, tmp_path):
    (tmp_path / "network.yaml").write_text("time_zone: Asia/Taipei\ncurrency: TWD\n")
    (tmp_path / "h.csv").write_text("parcel_id,store_id,ready_at,litres\nA,S,soon,1\n")
    config = tmp_path / "expire_holds.yaml"
    config.write_text("network: network.yaml\ntables: {held_parcels: h.csv}\n")

    done = cstore("check", config)

    assert done.code == 3
    assert "h.csv:2: ready_at" in done.err


def test_a_faulty_row_of_transactions_is_a_fault(cstore, tmp_path):
    (tmp_path / "network.yaml").write_text("time_zone: Asia/Taipei\ncurrency: TWD\n")
    (tmp_path / "a.csv").write_text("area_id\nA\n")
    (tmp_path / "t.csv").write_text("date,area_id,orders\n2026-11-01,A,few\n")
    config = tmp_path / "analyze_demand.yaml"
    config.write_text(
        "network: network.yaml\ntables: {areas: a.csv, transactions: t.csv}\n"
    )

    done = cstore("check", config, *MORNING)

    assert done.code == 3
    assert "t.csv:2: orders" in done.err


def test_demand_without_a_history_is_a_fault(cstore, tmp_path):
    """Its tables have no fault, but nothing could be forecast from them."""
    (tmp_path / "network.yaml").write_text("time_zone: Asia/Taipei\ncurrency: TWD\n")
    (tmp_path / "a.csv").write_text("area_id\nA\n")
    (tmp_path / "t.csv").write_text("date,area_id,orders\n2026-11-23,A,1\n")
    config = tmp_path / "demand.yaml"
    config.write_text(
        "network: network.yaml\nhorizon: 7\n"
        "tables: {areas: a.csv, transactions: t.csv}\n"
    )

    done = cstore("check", config, *MORNING)

    assert done.code == 3
    assert "Nothing to forecast from" in done.err


@pytest.fixture
def started(cstore, tmp_path):
    """A network to start from, with its agreements."""
    assert cstore("init", tmp_path / "mine").code == 0
    return tmp_path / "mine"


def test_the_agreements_to_start_from_are_sound(cstore, started):
    """Their hashes are those of the files as they were copied."""
    done = cstore("check", started / "configs/partners.yaml", *MORNING)

    assert done.code == 0, done.err


def test_an_edited_agreement_is_a_fault(cstore, started):
    """A signed version is what it was when the next one was written."""
    first = started / "configs/agreements/northline_main_1.yaml"
    first.write_text(first.read_text().replace("price: 48", "price: 47"))

    done = cstore("check", started / "configs/partners.yaml", *MORNING)

    assert done.code == 3
    assert "column 18: replaces_sha256: " in done.err
    assert "northline_main_1.yaml has been edited" in done.err


def test_a_gap_in_an_agreement_s_days_is_a_warning(cstore, started):
    """It is told and changes no exit code."""
    second = started / "configs/agreements/northline_main_2.yaml"
    text = second.read_text()
    second.write_text(text.replace("valid_from: 2026-05-01", "valid_from: 2026-05-02"))

    done = cstore("check", started / "configs/partners.yaml", *MORNING)

    assert done.code == 0, done.err
    assert "Warning: " in done.err
    assert "no version of northline_main is in force on 2026-05-01" in done.err


def test_a_parcel_of_an_unknown_partner_is_a_fault(cstore, started):
    table = started / "sample_data/partner_parcels.csv"
    table.write_text(table.read_text().replace("paperboat", "paperbot", 1))

    done = cstore("check", started / "configs/partners.yaml", *MORNING)

    assert done.code == 3
    assert "partner: 'paperbot' is not in the partners of the YAML" in done.err
    assert 'did you mean "paperboat"?' in done.err


def test_a_zone_of_an_unknown_store_is_a_fault(cstore, started):
    """Its parcels would have the price of another zone."""
    config = started / "configs/partners.yaml"
    config.write_text(config.read_text().replace("FX-1035", "FX-1135"))

    done = cstore("check", config, *MORNING)

    assert done.code == 3
    assert "zones.hills.store.1: 'FX-1135' is not in stores" in done.err


def test_init_tells_in_json_what_it_wrote(cstore, tmp_path):
    done = cstore("init", tmp_path / "mine", "--json")

    told = json.loads(done.out)
    assert told == {
        "folder": str(tmp_path / "mine"),
        "written": ["configs", "sample_data"],
    }
    assert all((tmp_path / "mine" / part).is_dir() for part in told["written"])
