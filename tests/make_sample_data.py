"""
Write sample_data: an invented city, Lanting (嵐汀市), and its 23 November 2026.

    python tests/make_sample_data.py [OUT]

Nobody and nothing in it is real. The bytes are the same each run: only uniform numbers
are drawn, since numpy keeps no other stream stable from version to version, and each
table has its own stream, so that a change to one leaves the others as they are.
"""

import csv
import datetime as dt
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import sample_partners

SEED = 20261123
DAY = dt.date(2026, 11, 23)
ZONE = dt.timezone(dt.timedelta(hours=8))  # Asia/Taipei
CUT_OFF = dt.datetime.combine(DAY, dt.time(9), ZONE)
EARLY = CUT_OFF - dt.timedelta(hours=3)

NUM_ORDERS, NUM_LATE_ORDERS = 1200, 100
NUM_HELD = 600
NUM_TRANSACTION_DAYS = 120
NUM_PICKUPS, NUM_PICKUP_DAYS = 1500, 14
NUM_SITES = 80

CENTRE_LAT, CENTRE_LON = 24.2, 120.9
KM_PER_DEGREE_LAT = 110.8
KM_PER_DEGREE_LON = 111.32 * math.cos(math.radians(CENTRE_LAT))

# Area centres stand 2 km apart, in four districts of 3 x 2 areas.
COLUMNS, ROWS, AREA_KM = 6, 4, 2.0
WEST, EAST = ("西汀區", "西嵐區"), ("東汀區", "東嵐區")
# A store's name is a pair of syllables: 晴川 Qingchuan.
SYLLABLES = "晴Qing 嵐Lan 松Song 竹Zhu 溪Xi 石Shi 星Xing 月Yue 楓Feng 荷He"
ENDINGS = "川chuan 橋qiao 坡po 灣wan 泉quan 谷gu"
FIRST = {word[0]: word[1:] for word in SYLLABLES.split()}
SECOND = {word[0]: word[1:] for word in ENDINGS.split()}

DCS = {"DC-HE": ("河堤 Heti", -7.4, 3.6, 3), "DC-LU": ("鹿丘 Luqiu", 7.2, -3.9, 2)}
CHAINS = {"Amberlight": "AL", "FoxMart": "FX"}
PLATFORMS = {"lanternmart": 0.52, "hilltop": 0.30, "riverbuy": 0.18}
UNSERVED_AREAS = ("LT-04", "LT-13", "LT-21")  # no transactions yet
UNCOOLED, TIGHT, OVERFULL = (7, 22, 31, 48), (12, 29, 41, 55), (17, 38)
NEW_STORE = 59  # not yet given to a DC
CLOSED_STORE = 33

HEADERS = {
    "areas": "area_id,name,lat,lon,area_km2,population,age_0_14,age_15_24,age_25_34,"
    "age_35_44,age_45_54,age_55_64,age_65_plus,median_income_ktwd,tax_units",
    "stores": "store_id,dc_id,chain,name,lat,lon,opening_hours,receive_from,receive_by,"
    "shelf_litres,chilled,door_couriers,service_min",
    "distribution_centers": "dc_id,name,lat,lon,opens,closes,dock_doors",
    "vehicles": "vehicle_type,dc_id,count,capacity_litres,capacity_kg,chilled,"
    "shift_from,shift_to,max_route_min,fixed_cost_twd,cost_per_km_twd,"
    "cost_per_hour_twd,max_trips",
    "orders": "order_id,platform,placed_at,customer_lat,customer_lon,service,store_id,"
    "pickup_from,weight_kg,length_cm,width_cm,height_cm,goods_class,needs_installation,"
    "value_twd,cod_twd,priority,phone,at_dc_from",
    "held_parcels": "parcel_id,store_id,ready_at,litres,cod_twd,extension_days",
    "transactions": "date,area_id,orders",
    "pickups": "area_id,store_id,picked_up_at",
    "intersections": "site_id,lat,lon,approaches,am_n_pcu_h,am_e_pcu_h,am_s_pcu_h,"
    "am_w_pcu_h,pm_n_pcu_h,pm_e_pcu_h,pm_s_pcu_h,pm_w_pcu_h,rent_twd_month",
    "conditions": "from,to,area,weather,speed_factor,service_factor,note",
    "closures": "location_id,from_node,to_node,from,to,reason",
    "partner_events": "shipment_no,status,status_at,store_no,client,litres,cod_twd,"
    "extension_days,receiver,receiver_phone",
    **sample_partners.HEADERS,
}
VEHICLES = (
    "van_small,{dc_id},5,3000,900,false,09:00,19:00,480,820,7.5,230,2",
    "van_cool,{dc_id},2,2200,700,true,09:00,19:00,480,1150,8.6,250,2",
)

AGE_BANDS = (0.12, 0.10, 0.14, 0.16, 0.16, 0.15, 0.17)
# Share, sides in cm, kg, value in TWD of a typical parcel of each kind.
KINDS = {
    "soft": (0.38, (29, 21, 6), 0.5, 420),
    "small": (0.19, (24, 18, 13), 1.0, 650),
    "medium": (0.13, (36, 26, 20), 2.4, 900),
    "chilled": (0.03, (26, 20, 15), 2.0, 700),
    "courier": (0.22, (48, 37, 29), 7.0, 1600),
    "bulky": (0.035, (92, 52, 40), 16.0, 3200),
    "appliance": (0.015, (85, 62, 62), 34.0, 12500),
}


class Draw:
    """Random numbers of one table, all made from uniform ones."""

    def __init__(self, stream: int) -> None:
        self._rng = np.random.default_rng([SEED, stream])

    def between(self, low: float, high: float) -> float:
        """A number from low to high."""
        return low + (high - low) * float(self._rng.random())

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(float(self._rng.random()) * (high - low + 1))

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return float(self._rng.random()) < share

    def normal(self, mean: float, deviation: float) -> float:
        """A number around the mean."""
        unit = min(max(float(self._rng.random()), 1e-9), 1 - 1e-9)
        return NormalDist(mean, deviation).inv_cdf(unit)

    def around(self, typical: float, spread: float) -> float:
        """A positive number whose logarithm is normal."""
        return typical * math.exp(self.normal(0, spread))

    def pick(self, weight_of: dict) -> object:
        """A key, by its weight."""
        left = self.between(0, sum(weight_of.values()))
        for key, weight in weight_of.items():
            left -= weight
            if left < 0:
                return key
        return key


@dataclass(frozen=True)
class Area:
    """A small zone; x and y in km east and north of the city's centre."""

    area_id: str
    name: str
    x: float
    y: float
    area_km2: float
    population: int

    @property
    def busy(self) -> float:
        """Orders it makes, relative to others."""
        return self.population / 8000


@dataclass(frozen=True)
class Store:
    """A store, in km as an area."""

    store_id: str
    chain: str
    name: str
    x: float
    y: float
    chilled: bool
    busy: float


@dataclass(frozen=True)
class Goods:
    """What is in a parcel."""

    kind: str
    sides_cm: tuple[int, int, int]
    weight_kg: float
    value_twd: int

    @property
    def litres(self) -> float:
        """Room it takes."""
        return math.prod(self.sides_cm) / 1000


def the_areas() -> list[Area]:
    """The areas, densest in the middle."""
    draw, areas = Draw(1), []
    for number in range(COLUMNS * ROWS):
        column, row = number % COLUMNS, number // COLUMNS
        x = (column - (COLUMNS - 1) / 2) * AREA_KM + draw.between(-0.3, 0.3)
        y = ((ROWS - 1) / 2 - row) * AREA_KM + draw.between(-0.3, 0.3)
        district = (EAST if x > 0 else WEST)[y > 0]
        first, second = list(FIRST)[number % 10], list(SECOND)[number // 10]
        density = 3400 * math.exp(-math.hypot(x, y) / 6)  # heads per km2
        area_km2 = draw.between(3.2, 4.6)
        population = round(area_km2 * draw.around(density, 0.18))
        name = f"{district}{first}{second}里"
        areas.append(Area(f"LT-{number + 1:02}", name, x, y, area_km2, population))
    return areas


def the_stores(areas: Sequence[Area]) -> list[Store]:
    """The stores, more of them in populous areas, none within 300 m of another."""
    draw, stores = Draw(2), []
    names = [
        (first + second, FIRST[first] + SECOND[second])
        for second in SECOND
        for first in FIRST
    ]
    placed = dict.fromkeys(areas, 0)
    while len(stores) < len(names):
        area = draw.pick({a: a.busy / (1 + placed[a]) for a in areas})
        x = area.x + draw.between(-0.95, 0.95)
        y = area.y + draw.between(-0.95, 0.95)
        if any(math.hypot(x - s.x, y - s.y) < 0.3 for s in stores):
            continue
        placed[area] += 1
        number = len(stores)
        chain = "Amberlight" if draw.chance(0.6) else "FoxMart"
        stores.append(
            Store(
                store_id=f"{CHAINS[chain]}-{1001 + number}",
                chain=chain,
                name=" ".join(names[number]),
                x=x,
                y=y,
                chilled=number not in UNCOOLED,
                busy=draw.around(area.busy, 0.3),
            )
        )
    return stores


def lat_lon(x: float, y: float) -> tuple[str, str]:
    """Degrees of a point in km."""
    lat, lon = CENTRE_LAT + y / KM_PER_DEGREE_LAT, CENTRE_LON + x / KM_PER_DEGREE_LON
    return f"{lat:.6f}", f"{lon:.6f}"


def at(clock: str, *, back: int = 0) -> str:
    """An instant of the day, or of one so many days before."""
    return f"{DAY - dt.timedelta(days=back)}T{clock}:00+08:00"


def area_rows(areas: Sequence[Area]) -> Iterable[list]:
    """areas.csv."""
    draw = Draw(3)
    for area in areas:
        shares = [draw.around(share, 0.12) for share in AGE_BANDS]
        bands = [round(area.population * s / sum(shares)) for s in shares[:-1]]
        yield [
            *(area.area_id, area.name, *lat_lon(area.x, area.y)),
            *(f"{area.area_km2:.4f}", area.population),
            *(*bands, area.population - sum(bands)),
            f"{draw.around(520, 0.18):.1f}",
            round(area.population * draw.between(0.31, 0.37)),
        ]


def store_rows(stores: Sequence[Store]) -> Iterable[list]:
    """stores.csv: shelves that hold their holds and today's parcels, but for a few."""
    draw, dcs = Draw(4), DCS.items()
    for number, store in enumerate(stores):
        km = {d: math.hypot(store.x - x, store.y - y) for d, (_, x, y, _) in dcs}
        shelf = 120 + 20 * round(6 * store.busy)
        yield [
            *(store.store_id, "" if number == NEW_STORE else min(km, key=km.get)),
            *(store.chain, store.name, *lat_lon(store.x, store.y)),
            "06:00-23:00" if draw.chance(0.1) else "24/7",
            "09:30" if draw.chance(0.25) else "10:00",
            draw.pick({"13:00": 2, "15:00": 3, "17:00": 3, "20:00": 2}),
            60 if number in TIGHT else shelf,
            str(store.chilled).lower(),
            2 if draw.chance(0.08) else int(draw.chance(0.25)),
            draw.whole(5, 9),
        ]


def dc_rows() -> Iterable[list]:
    """distribution_centers.csv."""
    for dc_id, (name, x, y, doors) in DCS.items():
        yield [dc_id, name, *lat_lon(x, y), "05:30", "21:30", doors]


def vehicle_rows() -> Iterable[list]:
    """vehicles.csv."""
    for dc_id in DCS:
        yield from (row.format(dc_id=dc_id).split(",") for row in VEHICLES)


def some_goods(draw: Draw) -> Goods:
    """One parcel's goods."""
    kind = draw.pick({name: kind[0] for name, kind in KINDS.items()})
    _, typical, kg, value = KINDS[kind]
    sides = sorted((max(1, round(draw.around(s, 0.16))) for s in typical), reverse=True)
    weight = max(0.05, round(draw.around(kg, 0.4), 2))
    return Goods(kind, tuple(sides), weight, round(draw.around(value, 0.6)))


def goods_class(goods: Goods, draw: Draw) -> str:
    """How the parcel must be handled."""
    if goods.kind == "chilled":
        return "chilled"
    return "fragile" if draw.chance(0.07) else "ambient"


def placed_instants(draw: Draw) -> list[dt.datetime]:
    """When orders are placed: most in the evening, the last after the cut-off."""
    busy = {h: 0.4 if h < 7 else 2.2 if 19 <= h < 23 else 1.0 for h in range(24)}
    start = CUT_OFF - dt.timedelta(days=1)
    instants = []
    for _ in range(NUM_ORDERS - NUM_LATE_ORDERS):
        hour = draw.pick(busy)
        # Hours before 09:00 are those of the plan's own morning.
        since = ((hour - start.hour) % 24) * 3600 + draw.whole(0, 3599)
        instants.append(start + dt.timedelta(seconds=since))
    late = [draw.whole(1, 7199) for _ in range(NUM_LATE_ORDERS)]
    instants += [CUT_OFF + dt.timedelta(seconds=since) for since in late]
    return sorted(instants)


def at_dc_from(draw: Draw) -> str:
    """When goods that come late are at the DC; the last of these miss every batch."""
    return at(draw.pick({"08:40": 4, "10:15": 8, "11:40": 6, "15:30": 1}))


def order_rows(stores: Sequence[Store]) -> Iterable[list]:
    """orders.csv."""
    draw = Draw(5)
    busy = {store: store.busy for store in stores}
    for number, placed in enumerate(placed_instants(draw)):
        home = draw.pick(busy)
        x, y = draw.normal(home.x, 0.33), draw.normal(home.y, 0.33)
        service = draw.pick({"pickup": 0.68, "door": 0.17, "any": 0.15})
        near = sorted(stores, key=lambda s: math.hypot(s.x - x, s.y - y))
        chosen = near[1] if draw.chance(0.15) else near[0]
        fetched = draw.pick({"": 0.62, "17:00": 0.24, "20:00": 0.14})
        pickup = service == "pickup"
        goods = some_goods(draw)
        yield [
            *(f"K261123{number:04}", draw.pick(PLATFORMS), placed.isoformat()),
            *lat_lon(x, y),
            *(service, chosen.store_id if pickup else "", fetched if pickup else ""),
            *(goods.weight_kg, *goods.sides_cm, goods_class(goods, draw)),
            str(goods.kind == "appliance").lower(),
            goods.value_twd,
            goods.value_twd if draw.chance(0.3) else 0,
            draw.whole(2, 3) if draw.chance(0.06) else "",
            # A block of numbers that nobody has.
            f"0900-000-{draw.whole(0, 999):03}" if draw.chance(0.4) else "",
            at_dc_from(draw) if draw.chance(0.03) and placed < EARLY else "",
        ]


def held_rows(stores: Sequence[Store]) -> Iterable[list]:
    """held_parcels.csv: waiting this morning, some past their week; two stores full."""
    draw = Draw(6)
    full = [stores[number] for number in OVERFULL]
    busy = {store: store.busy * (6 if store in full else 1) for store in stores}
    held = []
    while len(held) < NUM_HELD:
        goods = some_goods(draw)
        if goods.kind not in ("soft", "small", "medium", "chilled"):
            continue
        # Fresh parcels are many, those of a week ago few.
        waited_days = 9 * draw.between(0, 1) ** 2
        ready = CUT_OFF - dt.timedelta(minutes=round(waited_days * 24 * 60) + 30)
        held.append((ready.isoformat(), draw.pick(busy).store_id, goods))
    held.sort(key=lambda row: row[:2])
    for number, (ready, store_id, goods) in enumerate(held):
        cod_twd = goods.value_twd if draw.chance(0.3) else 0
        extended = 2 if draw.chance(0.03) else 0
        litres = f"{goods.litres:.2f}"
        yield [f"P{number:05}", store_id, ready, litres, cod_twd, extended]


def transaction_rows(areas: Sequence[Area]) -> Iterable[list]:
    """transactions.csv: a week's rhythm, a sale on 11 November, slow growth."""
    draw = Draw(7)
    weekday = (1.06, 1.02, 0.98, 0.97, 1.0, 0.92, 1.1)
    for back in range(NUM_TRANSACTION_DAYS, 0, -1):
        date = DAY - dt.timedelta(days=back)
        sale = 2.4 if (date.month, date.day) == (11, 11) else 1.0
        level = weekday[date.weekday()] * sale * (1 - 0.0012 * back)
        for area in areas:
            mean = 48 * area.busy * level
            orders = max(0, round(draw.normal(mean, math.sqrt(mean))))
            if area.area_id not in UNSERVED_AREAS:
                yield [date.isoformat(), area.area_id, orders]


def pickup_rows(areas: Sequence[Area], stores: Sequence[Store]) -> Iterable[list]:
    """pickups.csv: who would come while the store is closed comes another hour."""
    draw = Draw(10)
    night, morning = (2, 1, 1, 1, 1, 2), (4, 6, 5, 4, 4, 5)
    afternoon, evening = (7, 5, 4, 4, 6, 9), (11, 10, 8, 6, 5, 4)
    wish = dict(enumerate((*night, *morning, *afternoon, *evening)))
    always = {row[0]: row[6] == "24/7" for row in store_rows(stores)}
    busy = {a: a.busy for a in areas if a.area_id not in UNSERVED_AREAS}
    fetched = []
    while len(fetched) < NUM_PICKUPS:
        area = draw.pick(busy)
        x, y = draw.normal(area.x, 0.5), draw.normal(area.y, 0.5)
        near = sorted(stores, key=lambda s: math.hypot(s.x - x, s.y - y))
        store_id = near[1 if draw.chance(0.2) else 0].store_id
        hour = draw.pick(wish)
        while not (always[store_id] or 6 <= hour < 23):
            hour = draw.pick(wish)
        back, minute = draw.whole(1, NUM_PICKUP_DAYS), draw.whole(0, 59)
        clock = f"{hour:02}:{minute:02}"
        fetched.append([area.area_id, store_id, at(clock, back=back)])
    yield from sorted(fetched, key=lambda row: (row[2], row[0], row[1]))


def site_rows() -> Iterable[list]:
    """intersections.csv: flows in passenger car units, 0 where no road comes in."""
    draw = Draw(8)
    ways = ("n", "e", "s", "w")
    for number in range(NUM_SITES):
        x, y = draw.between(-5.8, 5.8), draw.between(-3.8, 3.8)
        central = math.exp(-math.hypot(x, y) / 5)
        missing = ways[draw.whole(0, 3)] if draw.chance(0.35) else ""
        flow = [
            0 if w == missing else round(draw.around(1300 * central, 0.5)) for w in ways
        ]
        evening = [round(pcu * draw.between(0.8, 1.35)) for pcu in flow]
        rent = round(draw.around(38000 + 90000 * central, 0.2), -2)
        yield [
            *(f"S-{number + 1:03}", *lat_lon(x, y), sum(pcu > 0 for pcu in flow)),
            *(*flow, *evening, f"{rent:.0f}"),
        ]


def condition_rows() -> Iterable[list]:
    """conditions.csv."""
    rain = ("rain", 0.88, 1.08, "showers all over the city")
    fog = ("fog", 0.8, 1, "fog on the hill road")
    peak = ("clear", 0.72, 1, "evening peak")
    yield [at("08:00"), at("12:30"), "*", *rain]
    yield [at("09:00"), at("11:00"), "LT-06", *fog]
    yield [at("17:00"), at("19:00"), "*", *peak]


def closure_rows(stores: Sequence[Store]) -> Iterable[list]:
    """closures.csv."""
    closed = stores[CLOSED_STORE].store_id
    yield [closed, "", "", at("13:00"), at("18:00"), "water pipe under repair"]


def partner_event_rows(stores: Sequence[Store]) -> Iterable[list]:
    """
    partner_events.csv: what riverbuy tells, in its codes, of every tenth parcel held.

    Four more were fetched before this morning; of one of them a program said that its
    time was over before the scan came in. A row stands twice, and a code is new.
    """
    draw = Draw(9)
    held = [row for row in held_rows(stores) if row[0].endswith("3")]
    fetched = [
        [f"P{NUM_HELD + k:05}", stores[9 * k].store_id, ready, "4.20", 0, 0]
        for k, ready in enumerate(at("11:05", back=9 - k) for k in range(4))
    ]
    events = []
    for row in held + fetched:
        events += told_of_one(row, draw)
    for k, (parcel_id, store_id, *_) in enumerate(fetched[1:]):
        events.append([at("18:40", back=7 - k), parcel_id, "2067", store_id])
    late_id, late_store = fetched[0][:2]
    events.append([at("00:00", back=1), late_id, "2080", late_store])
    events.append([at("08:10"), held[-1][0], "2999", held[-1][1]])
    events.sort(key=lambda event: event[:2])
    late_scan = [at("19:12", back=2), late_id, "2067", late_store]
    for instant, parcel_id, code, store_id, *more in [*events, late_scan, events[7]]:
        local = dt.datetime.fromisoformat(instant).strftime("%Y-%m-%d %H:%M")
        told = [parcel_id, code, local, store_id, "riverbuy", *more]
        yield told + [""] * (10 - len(told))


def told_of_one(row: Sequence, draw: Draw) -> Iterable[list]:
    """At the DC, out to the store, ready there; its time prolonged where it was."""
    parcel_id, store_id, ready, litres, cod_twd, extension_days = row
    ready_at = dt.datetime.fromisoformat(ready)
    out = ready_at - dt.timedelta(minutes=draw.whole(70, 300))
    at_dc = out - dt.timedelta(minutes=draw.whole(400, 1100))
    customer = draw.whole(0, 999)
    contact = [f"Guest {customer:03}", f"0900-000-{customer:03}"]
    yield [at_dc.isoformat(), parcel_id, "2030", "", litres, cod_twd, "", *contact]
    yield [out.isoformat(), parcel_id, "2065", ""]
    yield [ready, parcel_id, "2063", store_id]
    if extension_days:
        asked = (ready_at + dt.timedelta(minutes=20)).isoformat()
        yield [asked, parcel_id, "extended", store_id, "", "", extension_days]


def zone_stores(stores: Sequence[Store]) -> dict[str, list[str]]:
    """Stores of each zone that agreements with partners speak of."""
    zone_of = {"DC-HE": "west", "DC-LU": "east"}
    zones = {"west": [], "east": [], "hills": []}
    for store_id, dc_id, *_ in store_rows(stores):
        zone = "hills" if store_id in sample_partners.HILLS else zone_of[dc_id]
        zones[zone].append(store_id)
    return zones


def main(out: Path) -> None:
    """Write every table to ``out``."""
    areas = the_areas()
    stores = the_stores(areas)
    carried = list(
        sample_partners.partner_parcel_rows(Draw(11), some_goods, zone_stores(stores))
    )
    tables = {
        "areas": area_rows(areas),
        "stores": store_rows(stores),
        "distribution_centers": dc_rows(),
        "vehicles": vehicle_rows(),
        "orders": order_rows(stores),
        "held_parcels": held_rows(stores),
        "transactions": transaction_rows(areas),
        "pickups": pickup_rows(areas, stores),
        "intersections": site_rows(),
        "conditions": condition_rows(),
        "closures": closure_rows(stores),
        "partner_events": partner_event_rows(stores),
        "partner_parcels": carried,
        "volumes": sample_partners.volume_rows(Draw(12)),
        "invoice_paperboat_2026-10": sample_partners.invoice_rows(carried),
        "coalitions": sample_partners.coalition_rows(),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            file.write(f"{HEADERS[name]}\n")
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    sample_data = Path(__file__).parent.parent / "sample_data"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else sample_data)
