"""
What parcels are charged, worked out slowly: plain Python, Decimal, parcel by parcel.

Shares nothing with cstore_cli.partners. A month comes to what all of the year costs by
what is known at its end, less what all of it cost by what was known a month before.
"""

import datetime as dt
from calendar import monthrange
from collections import Counter
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import median

SERVICES = ("store_delivery", "door_delivery", "return")
MODES = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "down": ROUND_DOWN,
}
DAY = dt.timedelta(days=1)
LENGTH = {"month": 1, "quarter": 3, "year": 12}


def calendar(day, per):
    """First and last day of the month, quarter or year of a day."""
    first = (day.month - 1) // LENGTH[per] * LENGTH[per] + 1
    last = first + LENGTH[per] - 1
    ends = dt.date(day.year, last, monthrange(day.year, last)[1])
    return dt.date(day.year, first, 1), ends


class Oracle:
    """One version with the parcels of its partner, each a dictionary."""

    def __init__(self, version, clauses, rows):
        self.version, self.clauses = version, clauses
        self.rows = sorted(
            (
                row
                for row in rows
                if version.valid_from <= row["charged_on"] <= version.valid_to
            ),
            key=lambda it: (
                it["charged_on"],
                it["parcel_id"],
                SERVICES.index(it["service"]),
            ),
        )

    def rounded(self, amount):
        rounding = self.version.rounding
        places = Decimal(1).scaleb(-rounding.decimals)
        return amount.quantize(places, MODES[rounding.mode])

    def down(self, amount):
        return amount.quantize(
            Decimal(1).scaleb(-self.version.rounding.decimals), "ROUND_DOWN"
        )

    def period(self, day, per):
        first, last = calendar(day, per)
        return max(first, self.version.valid_from), min(last, self.version.valid_to)

    def off(self, day, term):
        return any(
            term in it.suspends and it.valid_from <= day <= it.valid_to
            for it in self.clauses
        )

    def rate(self, row):
        size = "any"
        classes = sorted(self.version.sizes.items(), key=lambda it: it[1])
        if classes:
            sides = [row[f"{side}_cm"] for side in ("length", "width", "height")]
            cm = 0 if None in sides else sum(sides)
            size = next(name for name, most in classes if cm <= most)
        met = []
        for rate in self.version.rates:
            weight = row["weight_kg"]
            if row["service"] not in rate.services or row["zone"] not in rate.zones:
                continue
            if rate.sizes and size not in rate.sizes:
                continue
            if weight <= rate.over_kg and not (weight == 0 and rate.over_kg == 0):
                continue
            if rate.to_kg is not None and weight > rate.to_kg:
                continue
            met.append(rate)
        best = max(met, key=lambda it: it.precedence)
        assert [it.precedence for it in met].count(best.precedence) == 1
        return best

    def unit_price(self, row, known):
        rate = self.rate(row)
        first, last = self.period(row["charged_on"], rate.prices.per)
        alike = [
            it
            for it in self.rows
            if first <= it["charged_on"] <= last and self.rate(it) is rate
        ]
        if rate.prices.kind == "incremental":
            number = alike.index(row) + 1
        else:
            until = last
            if last > known:
                until = self.period(row["charged_on"], "month")[1]
            number = sum(it["charged_on"] <= until for it in alike)
        price = None
        for step in rate.prices.steps:
            if number >= step.from_parcel:
                price = step.price
        return rate, price

    def parcel_lines(self, row, known):
        """(kind, charge): amount of one parcel, without compensation."""
        rate, unit = self.unit_price(row, known)
        price = self.rounded(unit)
        lines = {("price", rate.name): price}
        met = [it for it in self.version.promotions if self.promoted(it, row)]
        after = price
        if met:
            best = max(met, key=lambda it: it.precedence)
            less = -self.rounded(price * best.percent / 100)
            lines["promotion", best.name] = less
            after += less
        if self.off(row["charged_on"], "surcharges"):
            return lines
        for surcharge in self.version.surcharges:
            if not self.due(surcharge, row):
                continue
            if surcharge.percent_of_price is not None:
                amount = after * surcharge.percent_of_price / 100
            elif surcharge.percent_of_cod is not None:
                cod = Decimal(str(row["cod_twd"]))
                amount = cod * surcharge.percent_of_cod / 100
            else:
                amount = surcharge.amount
                if surcharge.when == "storage":
                    amount *= row["storage_days"] - surcharge.free_days
            lines["surcharge", surcharge.name] = self.rounded(amount)
        return lines

    @staticmethod
    def promoted(promotion, row):
        return (
            promotion.valid_from <= row["charged_on"] <= promotion.valid_to
            and (not promotion.services or row["service"] in promotion.services)
            and (not promotion.zones or row["zone"] in promotion.zones)
        )

    def due(self, surcharge, row):
        day = row["charged_on"]
        if day < (surcharge.valid_from or self.version.valid_from):
            return False
        if day > (surcharge.valid_to or self.version.valid_to):
            return False
        if surcharge.services and row["service"] not in surcharge.services:
            return False
        return {
            "always": True,
            "cod": row["cod_twd"] > 0,
            "returned": row["service"] == "return" or row["outcome"] == "uncollected",
            "redirected": row["redirected"],
            "storage": row["storage_days"] > surcharge.free_days,
        }[surcharge.when]

    def compensations(self):
        """Amount of each parcel lost or damaged, in the order of parcels."""
        risk, left, paid = self.version.risk, {}, {}
        if risk is None:
            return paid
        for place, row in enumerate(self.rows):
            if row["outcome"] not in ("lost", "damaged") or row["value_twd"] is None:
                continue
            amount = self.rounded(
                Decimal(str(row["value_twd"])) * risk.partner_share / 100
            )
            if risk.most_per_parcel is not None:
                amount = min(amount, self.down(risk.most_per_parcel))
            if risk.most_per_month is not None:
                month = row["charged_on"].replace(day=1)
                room = left.get(month, self.down(risk.most_per_month))
                amount = min(amount, room)
                left[month] = room - amount
            paid[place] = -amount
        return paid

    def owed(self, day, per, term):
        """Share of the calendar period for which something is owed."""
        first, last = self.period(day, per)
        days, at = 0, first
        while at <= last:
            days += not self.off(at, term)
            at += DAY
        whole = calendar(day, per)
        return Fraction(days, (whole[1] - whole[0]).days + 1)

    def share(self, amount, share):
        return self.rounded(amount * share.numerator / Decimal(share.denominator))

    def month_of(self, known, day):
        """Prices after promotion, surcharges and top-up of the month of a day."""
        first, last = self.period(day, "month")
        prices = extra = Decimal(0)
        for row in self.rows:
            if first <= row["charged_on"] <= last:
                for (kind, _), amount in self.parcel_lines(row, known).items():
                    if kind == "surcharge":
                        extra += amount
                    else:
                        prices += amount
        least = self.version.payment.minimum_charge or Decimal(0)
        least = self.share(least, self.owed(day, "month", "minimum_charge"))
        return prices, max(Decimal(0), least - prices - extra)

    def period_lines(self, last, known):
        """(kind, charge): amount of the periods that end on ``last``."""
        lines = {}
        prices, top_up = self.month_of(known, last)
        if top_up:
            lines["minimum_charge", "minimum_charge"] = top_up
        for it in self.version.commitments:
            first, ends = self.period(last, it.per)
            if ends != last:
                continue
            came = sum(
                first <= row["charged_on"] <= last
                and (not it.services or row["service"] in it.services)
                and (not it.zones or row["zone"] in it.zones)
                for row in self.rows
            )
            promised = it.parcels * self.owed(last, it.per, "commitments") // 1
            if promised > came:
                fee = it.shortfall_fee * (promised - came)
                lines["shortfall", it.name] = self.rounded(fee)
        for it in self.version.rebates:
            first, ends = self.period(last, it.per)
            came = sum(first <= row["charged_on"] <= last for row in self.rows)
            if ends == last and came >= it.from_parcels:
                base, at = Decimal(0), first
                while at <= last:
                    base += sum(self.month_of(known, at))
                    at = self.period(at, "month")[1] + DAY
                lines["rebate", it.name] = -self.rounded(base * it.percent / 100)
        for it in self.version.service_levels:
            points = self.points(it, last)
            if points:
                percent = min(points * it.credit_percent, it.most_percent)
                amount = -self.rounded((prices + top_up) * percent / 100)
                lines["service_credit", it.measure] = amount
        return lines

    def points(self, level, last):
        first = self.period(last, "month")[0]
        rows = [
            row
            for row in self.rows
            if first <= row["charged_on"] <= last
            and not self.off(row["charged_on"], "service_levels")
        ]
        promised = Fraction(str(level.promised))
        if level.measure == "data_delay_h":
            hours = [
                Fraction(
                    max(row["told_at"] - row["done_at"], 0 * DAY)
                    // dt.timedelta(microseconds=1),
                    3_600_000_000,
                )
                for row in rows
                if row["told_at"] and row["done_at"]
            ]
            return max(0, (median(hours) - promised) // 1) if hours else 0
        lost = [row["outcome"] == "lost" for row in rows]
        if level.measure == "on_time":
            good = [
                not gone and row["done_at"] <= row["due_at"]
                for row, gone in zip(rows, lost, strict=True)
                if row["due_at"] and (row["done_at"] or gone)
            ]
            if not good:
                return 0
            return max(
                0, (promised - Fraction(sum(good), len(good))) // Fraction("0.01")
            )
        if level.measure == "uncollected":
            rows = [row for row in rows if row["service"] == "store_delivery"]
        if not rows:
            return 0
        share = Fraction(
            sum(row["outcome"] == level.measure for row in rows), len(rows)
        )
        return max(0, (share - promised) // Fraction("0.01"))

    def month_ends(self, last):
        """The version's month ends of the year of ``last``, up to it."""
        at = max(dt.date(last.year, 1, 1), self.version.valid_from)
        while at <= last:
            at = self.period(at, "month")[1]
            yield at
            at += DAY

    def cumulated(self, last, known):
        """All that the year came to up to ``last`` as known on a day, by line."""
        sums = Counter()
        paid = self.compensations()
        begins = dt.date(last.year, 1, 1)
        for place, row in enumerate(self.rows):
            if begins <= row["charged_on"] <= last:
                for key, amount in self.parcel_lines(row, known).items():
                    sums[key] += amount
                if place in paid:
                    sums["compensation", "compensation"] += paid[place]
        for ends in self.month_ends(last):
            for key, amount in self.period_lines(ends, known).items():
                sums[key] += amount
        return sums

    def corrections(self, last):
        """(kind, charge): what of earlier months changes by what is known then."""
        before = self.period(last, "month")[0] - DAY
        if before < max(dt.date(last.year, 1, 1), self.version.valid_from):
            return {}
        old, new = self.cumulated(before, before), self.cumulated(before, last)
        return {
            key: new[key] - old[key] for key in {*old, *new} if new[key] != old[key]
        }
