"""Tests of sample_data: the script and the files agree, and every contract holds."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from cstore_cli.commands.partners_agreements import sound_agreements
from cstore_cli.partners.rates import rate_of, size_of
from cstore_cli.settings.config_file import read_config
from cstore_cli.settings.partners import PartnersSettings
from cstore_cli.settings.track import TrackSettings
from cstore_cli.settings.values import TableSource
from cstore_cli.tables.day import Closures, Conditions, HeldParcels
from cstore_cli.tables.network import Areas, DistributionCenters, Stores, Vehicles
from cstore_cli.tables.orders import Orders
from cstore_cli.tables.partner_events import PartnerEvents
from cstore_cli.tables.partners import Invoice, PartnerParcels, Volumes
from cstore_cli.tables.read import read_table
from cstore_cli.tables.rules import Known
from cstore_cli.tracking.partner_csv import from_table

SCRIPT = Path(__file__).parent / "make_sample_data.py"
SAMPLE_DATA = SCRIPT.parent.parent / "sample_data"
ZONE = "Asia/Taipei"
CONTRACTS = {
    "orders": (Orders, "order_id"),
    "stores": (Stores, "store_id"),
    "distribution_centers": (DistributionCenters, "dc_id"),
    "vehicles": (Vehicles, None),
    "held_parcels": (HeldParcels, "parcel_id"),
    "areas": (Areas, "area_id"),
    "conditions": (Conditions, None),
    "closures": (Closures, None),
    "partner_parcels": (PartnerParcels, None),
    "volumes": (Volumes, None),
    "invoice_paperboat_2026-10": (Invoice, "line_id"),
}
ROWS = {
    "orders": 1200,
    "stores": 60,
    "distribution_centers": 2,
    "vehicles": 4,
    "held_parcels": 600,
    "areas": 24,
    "conditions": 3,
    "closures": 1,
    "intersections": 80,
    "transactions": 120 * 21,
    "pickups": 1500,
    "partner_events": 201,
    "partner_parcels": 2956,
    "volumes": 114,
    "invoice_paperboat_2026-10": 72,
    "coalitions": 15,
}


def ids_of(name, column):
    return Known(set(text_of(name)[column].drop_nulls()), f"{name}.csv")


def text_of(name):
    return pl.read_csv(SAMPLE_DATA / f"{name}.csv", infer_schema=False)


def orders():
    source = TableSource(path=str(SAMPLE_DATA / "orders.csv"))
    return read_table(source, Orders, ZONE).frame


def told():
    """What riverbuy's file says under the settings that ship."""
    config = SAMPLE_DATA.parent / "configs" / "track.yaml"
    partner = read_config(config, TrackSettings).partners["riverbuy"]
    source = partner.dialect.at(str(SAMPLE_DATA / "partner_events.csv"))
    table = read_table(source, PartnerEvents, ZONE)
    assert table.faults == ()
    return from_table(table, partner, "riverbuy")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """What the script writes now."""
    out = tmp_path_factory.mktemp("sample_data")
    subprocess.run([sys.executable, str(SCRIPT), str(out)], check=True)
    return out


def test_the_script_writes_the_very_files(written):
    """So that nobody edits one without the other."""
    ours = {path.name: path.read_bytes() for path in SAMPLE_DATA.iterdir()}

    assert {path.name: path.read_bytes() for path in written.iterdir()} == ours


def test_every_table_has_its_rows():
    """The newcomer's network has the size that the README promises."""
    heights = {path.stem: text_of(path.stem).height for path in SAMPLE_DATA.iterdir()}

    assert heights == ROWS


def test_files_are_plain_and_small():
    """UTF-8 without BOM, LF, less than 800 KB together."""
    files = [path.read_bytes() for path in SAMPLE_DATA.iterdir()]

    assert not any(b"\r" in data or data.startswith(b"\xef\xbb\xbf") for data in files)
    assert sum(map(len, files)) < 800_000


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_holds(name):
    """No row is at fault, and ids named elsewhere exist."""
    contract, key = CONTRACTS[name]
    stores, dcs = ids_of("stores", "store_id"), ids_of("distribution_centers", "dc_id")
    known = {} if name == "stores" else {"store_id": stores, "location_id": stores}
    if name != "distribution_centers":
        known["dc_id"] = dcs
    source = TableSource(path=str(SAMPLE_DATA / f"{name}.csv"))

    table = read_table(source, contract, ZONE, key=key, known=known)

    assert table.faults == ()
    assert table.num_read == ROWS[name]


def test_conditions_name_areas_or_everywhere():
    """A factor for an unknown area would never be in force."""
    named = set(text_of("conditions")["area"])

    assert named <= {"*", *text_of("areas")["area_id"]}


def test_a_hundred_orders_are_late():
    """The cut-off has something to defer."""
    cut_off = pl.lit("2026-11-23T09:00:00+08:00").str.to_datetime(time_zone="UTC")

    assert orders().filter(pl.col("placed_at") > cut_off).height == 100


def test_mix_of_wishes_and_sizes_is_the_real_one():
    """Pick-up, door, any 68, 17, 15 %; seven in ten parcels fit a store."""
    table = orders()
    share = dict(table["service"].value_counts(normalize=True).iter_rows())
    sides = pl.concat_list("length_cm", "width_cm", "height_cm").list.sort()
    keeps = [sides.list.get(i) <= cm for i, cm in enumerate((30, 30, 45))]
    fits = table.select(pl.all_horizontal(*keeps, pl.col("weight_kg") <= 5))

    assert share["pickup"] == pytest.approx(0.68, abs=0.03)
    assert share["door"] == pytest.approx(0.17, abs=0.03)
    assert fits.to_series().mean() == pytest.approx(0.70, abs=0.03)


def test_every_kind_of_order_is_there():
    """What a dispatcher may meet, the sample has."""
    table = orders()
    no_cooling = text_of("stores").filter(pl.col("chilled") == "false")["store_id"]
    chilled = table.filter(pl.col("goods_class") == "chilled")

    assert {"ambient", "fragile", "chilled"} == set(table["goods_class"])
    assert {None, 17 * 60, 20 * 60} == set(table["pickup_from"])
    assert chilled.filter(pl.col("store_id").is_in(no_cooling.implode())).height > 0
    assert table["needs_installation"].sum() > 0
    assert table.filter(pl.col("priority") > 1).height > 0
    assert table["phone"].count() > 0
    assert table["at_dc_from"].count() > 0


def test_only_a_few_shelves_are_contended():
    """Some stores cannot hold their holds and the parcels that chose them; most can."""
    parcels = orders().filter(pl.col("weight_kg") <= 5, pl.col("length_cm") <= 45)
    litres = pl.col("length_cm") * pl.col("width_cm") * pl.col("height_cm") / 1000
    wanted = parcels.group_by("store_id").agg(wanted=litres.sum())
    held = text_of("held_parcels").cast({"litres": float})
    taken = held.group_by("store_id").agg(taken=pl.col("litres").sum())
    shelf = text_of("stores").select("store_id", pl.col("shelf_litres").cast(float))
    room = shelf.join(taken, "store_id", "left").join(wanted, "store_id", "left")
    room = room.fill_null(0)
    over = room.filter(pl.col("taken") > pl.col("shelf_litres"))
    contended = room.filter(pl.col("taken") + pl.col("wanted") > pl.col("shelf_litres"))

    assert over.height == 2
    assert 3 <= contended.height <= 8


def test_pickups_are_of_the_last_two_weeks_while_stores_are_open():
    """Areas and stores exist; of closed hours nothing is in the table."""
    pickups, stores = text_of("pickups"), text_of("stores")
    at = pickups["picked_up_at"].str.to_datetime(time_zone=ZONE)
    local = pickups.with_columns(hour=at.dt.hour(), date=at.dt.date())
    hours = local.join(stores, on="store_id").select("hour", "opening_hours")
    closed = ~pl.col("hour").is_between(6, 22)

    assert local["date"].min() == dt.date(2026, 11, 9)
    assert local["date"].max() == dt.date(2026, 11, 22)
    assert hours.height == ROWS["pickups"]
    assert set(pickups["area_id"]) <= set(text_of("areas")["area_id"])
    assert hours.filter(closed)["opening_hours"].unique().to_list() == ["24/7"]
    assert hours.filter(pl.col("opening_hours") != "24/7").height > 50


def test_partner_events_agree_with_the_parcels_held():
    """Each parcel still waiting became ready at its store at its ready_at."""
    source = TableSource(path=str(SAMPLE_DATA / "held_parcels.csv"))
    held = read_table(source, HeldParcels, ZONE).frame
    events = told().events
    gone = events.filter(pl.col("code") == "collected")["parcel_id"].implode()
    ready = events.filter(pl.col("code") == "ready", ~pl.col("parcel_id").is_in(gone))
    here = ready.join(
        held,
        left_on=["parcel_id", "location_id", "event_time"],
        right_on=["parcel_id", "store_id", "ready_at"],
    )

    assert here.height == ready.height == 60
    assert gone.explode().sort().to_list() == ["P00600", "P00601", "P00602", "P00603"]


def test_partner_events_prolong_what_was_prolonged():
    """Extension days of the two tables are the same."""
    held = text_of("held_parcels").filter(pl.col("extension_days") != "0")
    days = dict(
        held.select("parcel_id", pl.col("extension_days").cast(int)).iter_rows()
    )
    extended = told().events.filter(pl.col("code") == "extended")

    for parcel_id, told_days in extended.select("parcel_id", "extension_days").rows():
        assert days[parcel_id] == told_days
    assert extended.height > 0


def test_partner_events_have_a_duplicate_an_unknown_code_and_a_late_scan():
    """What a partner's file has on any day."""
    said = told()
    story = said.events.filter(pl.col("parcel_id") == "P00600").to_dicts()

    assert said.events.height - said.events["source_event_id"].n_unique() == 1
    assert said.unknown["code"].to_list() == ["2999"]
    expired, late_scan = story[-2:]
    assert (expired["code"], expired["evidence"]) == ("hold_expired", "inference")
    assert (late_scan["code"], late_scan["evidence"]) == ("collected", "scan")
    assert late_scan["event_time"] < expired["event_time"]


def test_four_partners_three_of_them_with_a_signed_agreement():
    """The fourth has made an offer; one agreement has a second version."""
    settings = partners()
    versions = sound_agreements(settings).versions
    signed = {version.agreement for version in versions if version.signed}

    carriers = [it for it in settings.partners.values() if it.kind == "logistics"]
    assert len(carriers) == 4
    assert len(signed) == 3
    assert {it.partner for it in versions if not it.signed} == {"tidewheel"}
    assert [it.version for it in versions if it.partner == "northline"] == [1, 2]


def test_every_parcel_of_a_partner_has_one_price():
    """The version in force that day has one rate for it."""
    settings = partners()
    agreements = sound_agreements(settings)
    zone_of = {row[0]: row[1] for row in zones_of_stores(settings)}
    source = TableSource(path=str(SAMPLE_DATA / "partner_parcels.csv"))
    parcels = read_table(source, PartnerParcels, ZONE).frame

    without = []
    for row in parcels.to_dicts():
        terms = agreements.in_force(row["partner"], row["charged_on"])
        sides = (row["length_cm"], row["width_cm"], row["height_cm"])
        zone = row["zone"] or zone_of[row["location_id"]]
        size, kg = size_of(terms, sum(sides)), row["weight_kg"]
        if rate_of(terms, row["service"], zone, kg, size) is None:
            without.append(row["parcel_id"])

    assert without == []


def test_each_month_has_a_parcel_of_each_partner_with_an_agreement():
    """From October 2025, or from its first day, to the day before the sample's."""
    months = (
        text_of("partner_parcels")
        .group_by("partner")
        .agg(
            first=pl.col("charged_on").min(),
            last=pl.col("charged_on").max(),
            months=pl.col("charged_on").str.head(7).n_unique(),
        )
    )

    assert sorted(months.rows()) == [
        ("northline", "2025-10-01", "2026-11-22", 14),
        ("paperboat", "2026-04-01", "2026-11-22", 8),
        ("swift_heron", "2025-10-01", "2026-11-22", 14),
    ]


def partners():
    config = SAMPLE_DATA.parent / "configs" / "partners.yaml"
    return read_config(config, PartnersSettings)


def zones_of_stores(settings):
    """Zones by store: those that name it win over that of its DC."""
    for store_id, dc_id in text_of("stores").select("store_id", "dc_id").rows():
        for zone, places in settings.zones.items():
            if dc_id in places.dc:
                yield store_id, zone
    for zone, places in settings.zones.items():
        for store_id in places.store:
            yield store_id, zone
