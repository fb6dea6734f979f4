"""Small rankings, splits and settlements for the tests of the pages of partners."""

import datetime as dt
import shutil
from contextlib import suppress

from mornings import ROOT
from ranked_partners import by, parcels
from ranked_partners import settings as rank_settings
from settle_cases import agreements_of, one_rate, parcel, settled, version_of
from small_agreements import agreements, rate, settings, version, volumes

from cstore_cli.app import app
from cstore_cli.deadline import Deadline
from cstore_cli.milp import Limits
from cstore_cli.partners.allocate.allocate import allocate
from cstore_cli.partners.allocate.files import (
    allocation_summary,
    allocation_table,
    cost_table,
    rule_table,
)
from cstore_cli.partners.rank.rank import rank_partners
from cstore_cli.partners.review.result import Review, ReviewRow
from cstore_cli.partners.settle.summary import summary_of
from cstore_cli.report.partners_page.allocation import allocation_page
from cstore_cli.report.partners_page.review import review_page
from cstore_cli.report.partners_page.settlement import settlement_page
from cstore_cli.tables.rank_inputs import RankInputs

HOSTILE = "<script>alert(1)</script>\"'&\u202eemoji\U0001f4e6"
DAY = dt.date(2026, 3, 31)


def ranked(*names):
    """Partners of falling price and rating, and one that fails the gate."""
    told = {name: {"facts": {"rating": 5 - k}} for k, name in enumerate(names)}
    told |= {"outsider": {"facts": {"rating": 0.5}}}
    criteria = by(
        ("price", 3, "min"),
        ("rating", 1, "max"),
        gates=[{"of": "rating", "at_least": 1}],
    )
    versions = [
        version(name, [rate((1, 60 - 5 * k))], agreement=f"of_{k}")
        for k, name in enumerate(told)
    ]
    return rank_partners(
        rank_settings(told, {"logistics": criteria}),
        agreements(*versions),
        RankInputs(parcels()),
        DAY,
    )


def split(*numbers, most_percent=100):
    """
    The split of so many parcels a month, and its summary.

    Today ant carries all of them, at 10; bee would at 7.
    """
    folder = agreements(version("ant", [rate((1, 10))]), version("bee", [rate((1, 7))]))
    rows = [
        (f"2026-{month:02d}", "east", "store_delivery", number, "ant")
        for month, number in enumerate(numbers, start=1)
    ]
    share = {"partner": "bee", "least_percent": 0, "most_percent": most_percent}
    day = dt.date(2025, 12, 1)
    answer = allocate(
        volumes(*rows),
        folder,
        settings("ant", "bee", shares=[share]),
        day,
        Limits(deadline=Deadline.after(20), gap=0.0001),
    )
    return answer, allocation_summary(answer, day, "TWD")


def split_page(answer, summary):
    """allocation.html of a split."""
    tables = (allocation_table(answer), cost_table(answer), rule_table(answer))
    return allocation_page(summary, *tables)


def unsettled(num, **facts):
    """settlement.html of so many parcels in January, at 50 each, without an invoice."""
    wanted = version_of(
        rates=[one_rate((1, 50))],
        surcharges=[{"name": "cod", "when": "cod", "amount": 10}],
    )
    folder = agreements_of(wanted)
    rows = [parcel(n, dt.date(2026, 1, 10), **facts) for n in range(num)]
    first, last = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
    found = settled(rows, wanted, first=first, last=last)
    counts = {"read": num, "charged": num, "rejected": 0}
    return settlement_page(found, summary_of(found, folder, "TWD", counts), None, "TWD")


def settled_sample(folder):
    """OUT of settling the sample's month with its invoice, which has errors."""
    invoice = folder / "sample_data/invoice_paperboat_2026-10.csv"
    asked = ("--month", "2026-10", "--partner", "paperboat", "--invoice", str(invoice))
    return ran(folder, "settle", *asked)


def ran(folder, command, *asked):
    """OUT of a subcommand of partners on a copy of the sample."""
    for part in ("configs", "sample_data"):
        shutil.copytree(ROOT / part, folder / part)
    config, out = folder / "configs/partners.yaml", folder / "out"
    more = ("--config", str(config), "--out", str(out), "-q")
    with suppress(SystemExit):
        app(["partners", command, *asked, *more], prog_name="cstore")
    return out


def reviewed(*rows, due=(), revisions=()):
    """review.html of facts: (topic, name, period, what else is said)."""
    facts = [
        ReviewRow("ant", "main", 1, topic, name, period, **said)
        for topic, name, period, said in rows
    ]
    first, last = dt.date(2025, 12, 1), dt.date(2026, 2, 28)
    review = Review(DAY, first, last, 5, 0, tuple(facts), due, revisions, ())
    return review_page(review, "TWD")
