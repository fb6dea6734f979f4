"""
The partners of the sample's city: what they did, what is to come, one invoice.

`make_sample_data.py` writes these tables and gives each its own random numbers. Prices
of the invoice are those of the agreement with Paperboat, written out here by hand.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

FIRST, LAST = dt.date(2025, 10, 1), dt.date(2026, 11, 22)
STORM = (dt.date(2026, 7, 9), dt.date(2026, 7, 14))
HILLS = ("AL-1032", "FX-1035", "FX-1042", "AL-1060")
STORE_SIDES_CM, STORE_KG = (45, 30, 30), 5
WAITED_DAYS = {0: 30, 1: 30, 2: 14, 3: 9, 4: 6, 5: 5, 6: 3, 7: 3}
HOLD_DAYS = 7
MONTHS = {"2026-12": 1.1, "2027-01": 1.25, "2027-02": 0.9}
LOST_FROM = "2026-10-22"
INVOICED = (dt.date(2026, 10, 1), dt.date(2026, 10, 31))

HEADERS = {
    "partner_parcels": "parcel_id,partner,service,charged_on,zone,location_id,"
    "weight_kg,length_cm,width_cm,height_cm,value_twd,cod_twd,redirected,storage_days,"
    "outcome,due_at,done_at,told_at",
    "volumes": "month,zone,service,weight_kg,size,parcels,partner",
    "invoice_paperboat_2026-10": "line_id,parcel_id,service,charge,charged_on,amount",
    "coalitions": "members,cost_twd,bound_twd",
}


@dataclass(frozen=True)
class Partner:
    """How a partner works: parcels a day, shares, kg and cm, hours until it tells."""

    mark: str
    since: dt.date
    per_day: float
    services: dict
    zones: dict
    door_kg: dict
    door_cm: int
    on_time: float
    lost: float
    told_h: tuple


PARTNERS = {
    "northline": Partner(
        mark="NL",
        since=FIRST,
        per_day=3.6,
        services={"store_delivery": 0.68, "door_delivery": 0.24, "return": 0.08},
        zones={"west": 0.4, "east": 0.4, "hills": 0.2},
        door_kg={"west": 20, "east": 20, "hills": 10},
        door_cm=180,
        on_time=0.975,
        lost=0.003,
        told_h=(0.1, 2),
    ),
    "swift_heron": Partner(
        mark="SH",
        since=FIRST,
        per_day=2.4,
        services={"store_delivery": 0.8, "door_delivery": 0.14, "return": 0.06},
        zones={"west": 0.5, "east": 0.5},
        door_kg={"west": 5, "east": 5},
        door_cm=150,
        on_time=0.93,
        lost=0.006,
        told_h=(1, 10),
    ),
    "paperboat": Partner(
        mark="PB",
        since=dt.date(2026, 4, 1),
        per_day=1.3,
        services={"store_delivery": 0.8, "door_delivery": 0.13, "return": 0.07},
        zones={"west": 0.35, "east": 0.35, "hills": 0.3},
        door_kg={"west": 10, "east": 10, "hills": 10},
        door_cm=150,
        on_time=0.96,
        lost=0.004,
        told_h=(14, 40),
    ),
}

# Parcels a month of each kind by partner: (service, kg, size), then by zone.
KINDS = {
    ("store_delivery", 0.4, "small"): 0.55,
    ("store_delivery", 2.0, "medium"): 0.45,
    ("door_delivery", 3.0, "medium"): 1.0,
    ("door_delivery", 8.0, "large"): 0.4,
    ("return", 1.0, "small"): 1.0,
}
TODAY = {
    "northline": {
        "store_delivery": {"west": 30, "east": 30, "hills": 12},
        "door_delivery": {"west": 9, "east": 9, "hills": 4},
        "return": {"west": 4, "east": 4, "hills": 2},
    },
    "swift_heron": {
        "store_delivery": {"west": 29, "east": 29},
        "door_delivery": {"west": 5, "east": 5},
        "return": {"west": 3, "east": 3},
    },
    "paperboat": {
        "store_delivery": {"west": 11, "east": 11, "hills": 10},
        "door_delivery": {"west": 2, "east": 2, "hills": 1},
        "return": {"west": 1, "east": 1, "hills": 1},
    },
}
LIGHT_DOORS = ("swift_heron",)  # carries nothing of 8 kg


# What a day's routes cost each, what driving some together saves, and to how many
# percent of the cost that is proven.
ALONE_TWD = {
    "northline": 18400,
    "swift_heron": 12600,
    "paperboat": 7200,
    "tidewheel": 9800,
}
SAVED_TWD = {
    "northline+swift_heron": 4600,
    "northline+paperboat": 2300,
    "northline+tidewheel": 2600,
    "swift_heron+paperboat": 1700,
    "swift_heron+tidewheel": 1900,
    "paperboat+tidewheel": 1200,
    "northline+swift_heron+paperboat": 7000,
    "northline+swift_heron+tidewheel": 7000,
    "northline+paperboat+tidewheel": 4400,
    "swift_heron+paperboat+tidewheel": 3900,
    "northline+swift_heron+paperboat+tidewheel": 8600,
}
UNPROVEN = {1: 0, 2: 0.006, 3: 0.009, 4: 0.012}
"""Members of a coalition: the share of its cost that a better plan might save."""


def partner_parcel_rows(draw, goods: Callable, zone_stores: dict) -> Iterable[list]:
    """partner_parcels.csv, by day; what nobody fetched goes back after a week."""
    rows = []
    for back in range((LAST - FIRST).days + 1):
        day = FIRST + dt.timedelta(days=back)
        for name, partner in PARTNERS.items():
            if day < partner.since:
                continue
            mean = partner.per_day * (1.5 if (day.month, day.day) == (11, 11) else 1)
            if name == "northline" and STORM[0] <= day <= STORM[1]:
                mean *= 0.2
            for _ in range(draw.whole(round(mean * 0.5), round(mean * 1.5))):
                rows.append(carried(draw, goods, zone_stores, name, day, len(rows)))
                if rows[-1][14] == "uncollected":
                    rows.append(fetched_back(rows[-1], day))
    rows = [row for row in rows if row[3] <= LAST.isoformat()]
    lose(next(row for row in rows if row[1] == "paperboat" and lost_one(row)))
    yield from sorted(rows, key=lambda row: (row[3], row[0], row[2]))


def lost_one(row: Sequence) -> bool:
    """Whether it is one of those of which the first is lost: its invoice forgets it."""
    return row[3] >= LOST_FROM and row[2] == "store_delivery" and not row[11]


def lose(row: list) -> None:
    """Let the parcel be lost: nobody did it, it lay nowhere."""
    row[13:15], row[16] = [0, "lost"], ""


def carried(draw, goods, zone_stores, name, day, number) -> list:
    """What a partner did with one parcel."""
    partner = PARTNERS[name]
    service, zone = draw.pick(partner.services), draw.pick(partner.zones)
    parcel = goods(draw)
    while not fits(parcel, service, partner, zone):
        parcel = goods(draw)
    door = service == "door_delivery"
    outcome = "delivered"
    if draw.chance(partner.lost):
        outcome = "lost"
    elif draw.chance(0.004):
        outcome = "damaged"
    elif service == "store_delivery" and draw.chance(0.05):
        outcome = "uncollected"
    due = dt.datetime.combine(day, dt.time(21 if door else 17))
    hours = -draw.between(0.2, 6)
    if not draw.chance(partner.on_time):
        hours = draw.between(0.5, 22)
    done = due + dt.timedelta(minutes=round(60 * hours))
    told = done + dt.timedelta(minutes=round(60 * draw.between(*partner.told_h)))
    waited = draw.pick(WAITED_DAYS)
    if service != "store_delivery" or outcome == "lost":
        waited = 0
    elif outcome == "uncollected":
        waited = HOLD_DAYS
    return [
        *(f"{partner.mark}{day:%y%m%d}{number % 1000:03}", name, service, f"{day}"),
        zone if door else "",
        "" if door else zone_stores[zone][draw.whole(0, len(zone_stores[zone]) - 1)],
        *(parcel.weight_kg, *parcel.sides_cm, parcel.value_twd),
        parcel.value_twd if service != "return" and draw.chance(0.3) else 0,
        "true" if service == "store_delivery" and draw.chance(0.02) else "",
        min(waited, (LAST - day).days),
        outcome,
        minute(due),
        "" if outcome == "lost" else minute(done),
        minute(told),
    ]


def fits(parcel, service, partner, zone) -> bool:
    """Whether the partner takes it there."""
    if service == "door_delivery":
        light = parcel.weight_kg <= partner.door_kg[zone]
        return light and sum(parcel.sides_cm) <= partner.door_cm
    pairs = zip(parcel.sides_cm, STORE_SIDES_CM, strict=True)
    return parcel.weight_kg <= STORE_KG and all(cm <= most for cm, most in pairs)


def fetched_back(row: Sequence, day: dt.date) -> list:
    """A parcel that nobody fetched, on its way back."""
    back = day + dt.timedelta(days=HOLD_DAYS + 1)
    done = dt.datetime.combine(back, dt.time(16, 30))
    due, told = done + dt.timedelta(hours=1), done + dt.timedelta(hours=3)
    return [
        *(*row[:2], "return", f"{back}", *row[4:11], 0, "", 0, "delivered"),
        *(minute(due), minute(done), minute(told)),
    ]


def minute(instant: dt.datetime) -> str:
    """A local instant."""
    return f"{instant:%Y-%m-%dT%H:%M}"


def volume_rows(draw) -> Iterable[list]:
    """volumes.csv: three months to come, and who carries them today."""
    for month, level in MONTHS.items():
        for partner, by_service in TODAY.items():
            for (service, kg, size), share in KINDS.items():
                if partner in LIGHT_DOORS and size == "large":
                    continue
                for zone, parcels in by_service[service].items():
                    mean = parcels * share * level * draw.between(0.9, 1.1)
                    much = max(1, round(mean))
                    yield [month, zone, service, kg, size, much, partner]


def invoice_rows(parcels: Iterable[list]) -> Iterable[list]:
    """
    Paperboat's invoice of October 2026, with errors.

    Six of its store deliveries are charged at the first step's price though 26 came,
    one is charged twice, one misses, one that had no cash on delivery is charged for
    it, one lay a day less than charged; a parcel is not ours, and the lost one's value
    is not made good.
    """
    first, last = (day.isoformat() for day in INVOICED)
    mine = [r for r in parcels if r[1] == "paperboat" and first <= r[3] <= last]
    stores = [row for row in mine if row[2] == "store_delivery"]
    store_price = 42 if len(stores) < 26 else 39
    price = {"store_delivery": store_price, "door_delivery": 95, "return": 40}
    rate = {
        "store_delivery": "store",
        "door_delivery": "door",
        "return": "fetched_back",
    }
    lines = []
    for row in mine:
        parcel_id, _, service, day = row[:4]
        cod_twd, storage_days = row[11], row[13]
        lines.append([parcel_id, service, rate[service], day, price[service]])
        if cod_twd:
            lines.append([parcel_id, service, "cod", day, 10])
        if storage_days > 3:
            owed = 3 * (storage_days - 3)
            lines.append([parcel_id, service, "storage", day, owed])
    of_store = [line for line in lines if line[2] == "store"]
    for line in of_store[10:16]:
        line[4] = 42
    doubled, left_out = list(of_store[18]), of_store[20]
    stored = next(line for line in lines if line[2] == "storage")
    stored[4] += 3
    no_cash = next(row for row in stores if not row[11])
    lines.append([no_cash[0], "store_delivery", "cod", no_cash[3], 10])
    lines.append(doubled)
    lines.append(["PB261017999", "store_delivery", "store", "2026-10-17", 39])
    lines.remove(left_out)
    for number, line in enumerate(sorted(lines, key=lambda line: (line[3], line[0]))):
        yield [f"PB10-{number + 1:03}", *line]


def coalition_rows() -> Iterable[list]:
    """coalitions.csv: what partners pay for a day's routes, driven together."""
    for members in [*ALONE_TWD, *SAVED_TWD]:
        names = members.split("+")
        cost = sum(ALONE_TWD[name] for name in names) - SAVED_TWD.get(members, 0)
        bound = cost - round(cost * UNPROVEN[len(names)])
        yield [members, cost, "" if bound == cost else bound]
