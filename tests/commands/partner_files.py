"""A small network's partners, their files and its ledger, for the tests of track."""

import csv
import io
import json
import sqlite3

PARTNERS = """
partners:
  carrier:
    format: csv
    codes: {ARR: at_dc, POD: collected}
  shop:
    format: csv
    platform: [shop]
  mart:
    format: csv
    platform: [mart]
  foxmart:
    format: csv
    chain: [FoxMart]
  gs1:
    format: epcis
"""
STORES = (
    "store_id,chain,lat,lon,receive_from,receive_by,shelf_litres,chilled,"
    "door_couriers,service_min,dc_id,name,opening_hours\n"
    "S1,FoxMart,25,121,06:00,22:00,100,true,0,5,,,\n"
    "S2,Amberlight,25,121,06:00,22:00,100,true,0,5,,,\n"
)
COLUMNS = (
    "event_id",
    "parcel_id",
    "code",
    "event_time",
    "location_id",
    "platform",
    "litres",
    "recipient",
    "phone",
    "corrects",
    "reason",
)


def network(folder, more="", partners=PARTNERS, ledger="sqlite:///ledger.db"):
    """Write track.yaml, its network and its stores; the path of track.yaml."""
    named = f"ledger: {ledger}\n" if ledger else ""
    (folder / "network.yaml").write_text(
        f"time_zone: Asia/Taipei\ncurrency: TWD\n{named}tables:\n  stores: stores.csv\n"
    )
    (folder / "stores.csv").write_text(STORES)
    path = folder / "track.yaml"
    path.write_text(f"network: network.yaml\n{more}{partners}")
    return path


def row(event_id, parcel_id, code, day, **more):
    """One event at noon of a day in November 2026."""
    return {
        "event_id": event_id,
        "parcel_id": parcel_id,
        "code": code,
        "event_time": f"2026-11-{day:02d}T12:00:00+08:00",
        **more,
    }


def events_csv(path, *rows):
    """Write a partner's file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def parsed(text):
    """Rows of a CSV on stdout."""
    return list(csv.DictReader(io.StringIO(text)))


def asked(folder, query):
    """What the ledger in the folder answers."""
    connection = sqlite3.connect(folder / "ledger.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


class Tracking:
    """cstore track on a network of the test's own."""

    def __init__(self, cstore, folder):
        self._cstore, self.folder = cstore, folder
        self.config = network(folder)

    def __call__(self, subcommand, *arguments):
        return self._cstore("track", subcommand, "--config", self.config, *arguments)

    def told(self, *rows, partner="carrier", more=()):
        """Import rows as a partner's file."""
        path = events_csv(self.folder / f"{partner}.csv", *rows)
        return self("import", partner, path, *more)

    def ask(self, query):
        return asked(self.folder, query)

    def count(self, table):
        return self.ask(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608

    def feed(self, partner="carrier", since="0"):
        done = self("feed", "--partner", partner, "--since", since, "-q")
        assert done.code == 0, done.err
        return parsed(done.out)

    def json(self, *arguments):
        done = self(*arguments, "--json")
        return json.loads(done.out)
