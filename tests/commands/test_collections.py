"""Returns and hand-ins in a whole morning: planned, told, checked and published."""

import json

import pytest
from mornings import ROOT, current, rows, write_rows


@pytest.fixture
def asked(tmp_path):
    """A return at each of 20 stores, nobody weighed it; the last is ready at night."""
    stores = rows(ROOT / "sample_data/stores.csv")[:20]
    path = tmp_path / "collections.csv"
    parcels = [
        {
            "parcel_id": f"C{i:02d}",
            "location_id": row["store_id"],
            "kind": "return",
            "litres": "5",
            "ready_at": "2026-11-22T18:00",
            "reason": "expired",
        }
        for i, row in enumerate(stores)
    ]
    parcels[-1] |= {"kind": "hand_in", "ready_at": "2026-11-23T23:00"}
    write_rows(path, parcels)
    return path


def test_a_morning_with_returns_is_planned_checked_and_published(
    plan_day, asked, tmp_path
):
    done = plan_day("--collections", asked)

    assert done.code == 0, done.err
    assert "returns and hand-ins 20 = planned 19 + deferred 1 + unserved 0" in done.out
    assert "Returns and hand-ins not fetched, by cause" in done.out
    folder = current(tmp_path / "out")
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["collections"]["planned"] == 19
    assert summary["balance"]["read"] == len(rows(folder / "parcels.csv")) - 20

    published = plan_day("--collections", asked, "--publish", folder)

    assert published.code == 0, published.err
    again = current(tmp_path / "out")
    told = json.loads((again / "summary.json").read_text(encoding="utf-8"))
    for name in ("balance", "collections", "objective"):
        assert told[name] == summary[name]


def test_a_return_struck_from_the_plan_is_missed(plan_day, asked, tmp_path):
    plan_day("--collections", asked)
    folder = current(tmp_path / "out")
    kept = [r for r in rows(folder / "parcels.csv") if r["order_id"] != "C03"]
    write_rows(folder / "parcels.csv", kept)

    done = plan_day("--collections", asked, "--check-only", folder, out=None)

    assert done.code == 3
    assert "C03 is in the collections table" in done.err


def test_a_return_of_an_unknown_store_is_refused(plan_day, asked):
    parcels = rows(asked)
    parcels[4]["location_id"] = "NOWHERE"
    write_rows(asked, parcels)

    done = plan_day("--collections", asked)

    assert done.code == 3
    assert "collections.csv:6: location_id" in done.err
