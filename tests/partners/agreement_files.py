"""A folder of agreements to write and judge: a sound version, and what is changed."""

import hashlib

import yaml

from cstore_cli.partners.agreements.faults import agreement_faults
from cstore_cli.partners.agreements.warnings import agreement_warnings
from cstore_cli.settings.agreement_folder import read_folder
from cstore_cli.settings.network import NetworkSettings
from cstore_cli.settings.partners import PartnersSettings

STAGES = {
    stage: {"notice_days": 30, "switching_cost": 0, "switching_cost_per_year": 0}
    for stage in ("trial", "regular", "alliance")
}
STAGES["trial"]["most_parcels_per_month"] = 60
SETTINGS = PartnersSettings(
    network=NetworkSettings(time_zone="Asia/Taipei", currency="TWD"),
    zones={"west": {"dc": ["D1"]}, "east": {"dc": ["D2"]}},
    stages=STAGES,
    partners={
        "heron": {"stage": "regular", "since": "2025-01-01"},
        "gull": {"stage": "trial", "since": "2025-01-01"},
    },
)
SIGNED = {"date": "2025-12-01", "by": ["Lin"], "file": "1.pdf", "sha256": "0" * 64}


def prices(*steps, **more):
    """Prices by steps, each (from_parcel, price)."""
    return {"steps": [{"from_parcel": n, "price": p} for n, p in steps], **more}


def rate(name="store", **more):
    """A rate of store deliveries in both zones."""
    sound = {"services": ["store_delivery"], "zones": ["west", "east"]}
    return {"name": name, **sound, "prices": prices((1, 40)), **more}


def version(number=1, **changes):
    """A sound version, 2026, with ``changes``."""
    return {
        "agreement": "main",
        "partner": "heron",
        "version": number,
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
        "signed": SIGNED,
        "rates": [rate()],
        **changes,
    }


def clause(name="storm", **changes):
    """A sound clause of that agreement."""
    return {
        "clause": name,
        "agreement": "main",
        "valid_from": "2026-07-09",
        "valid_to": "2026-07-14",
        "suspends": ["commitments"],
        "reason": "a storm",
        **changes,
    }


def write(folder, *documents):
    """Write each document to a file of its own, 0.yaml, 1.yaml ...; their paths."""
    paths = []
    for number, document in enumerate(documents):
        paths.append(folder / f"{number}.yaml")
        text = yaml.safe_dump(document, sort_keys=False)
        paths[-1].write_text(text, encoding="utf-8")
    return paths


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faults_of(folder, *documents):
    """What is wrong with the documents together, as it is told, without the folder."""
    write(folder, *documents)
    found = agreement_faults(read_folder(folder), SETTINGS)
    return [str(fault).replace(f"{folder}/", "") for fault in found]


def warnings_of(folder, *documents):
    """What is told of them though it is allowed."""
    write(folder, *documents)
    assert agreement_faults(read_folder(folder), SETTINGS) == []
    found = agreement_warnings(read_folder(folder), SETTINGS)
    return [str(warning).replace(f"{folder}/", "") for warning in found]
