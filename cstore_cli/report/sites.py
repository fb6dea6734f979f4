"""Sites chosen on the analyst's terminal, also without colours and in a pipe."""

import math

import polars as pl
from rich.console import Console

from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence
from cstore_cli.settings.site_stores import SiteStoresSettings
from cstore_cli.siting.plan import Curve, DcPlan, SitePlan
from cstore_cli.siting.summary import taken_as_given

_MOST_LISTED = 10
_NONE = "-"
_ROUNDING = 1e-6


def print_sites(
    console: Console,
    settings: SiteStoresSettings,
    plan: SitePlan,
    dcs: DcPlan | None,
    curve: Curve | None,
) -> None:
    """Print what was chosen, how good it is, who is left out, and the curve."""
    currency = settings.network.currency
    console.print()
    print_sentence(console, headline(plan), "bold")
    print_sentence(console, proof(plan))
    given = "; ".join(taken_as_given(settings, dcs))
    print_sentence(console, f"Taken as given: {given}.")
    _print_totals(console, plan, currency)
    _print_new(console, plan)
    _print_left_out(console, plan)
    if dcs is not None:
        _print_dcs(console, dcs, currency)
    if curve is not None:
        _print_curve(console, curve, currency, settings.choose.budget_twd_month)


def headline(plan: SitePlan) -> str:
    """Return how many stores, and what they come to."""
    existing = plan.totals["existing_stores"]
    beside = f" beside {whole(existing)} own" if existing else ""
    return (
        f"{_new_stores(plan)}{beside}: {plan.objective_name} "
        f"{tenths(plan.objective)} ({plan.unit})"
    )


def _new_stores(plan: SitePlan) -> str:
    stores = "store" if plan.num_stores == 1 else "stores"
    return f"{whole(plan.num_stores)} new {stores}"


def proof(plan: SitePlan) -> str:
    """Return whether another choice could be better, and by how much at most."""
    choice = "no choice"
    if plan.model != "fixed_charge":
        choice += f" of {_new_stores(plan)}"
    if plan.proven and plan.gap == 0:
        return f"Proven: {choice} is better."
    if not math.isfinite(plan.gap):
        return "Not proven: no bound is known yet."
    other = "more" if plan.model == "covering" else "less"
    stopped = "" if plan.proven else "Not proven to the gap asked for: "
    return (
        f"{stopped}{choice} has {other} than {tenths(plan.bound)}, gap "
        f"{percent(plan.gap)}."
    )


def _print_totals(console: Console, plan: SitePlan, currency: str) -> None:
    columns = (*words("figure"), *figures("value"))
    rows = totals_told(plan, currency)
    print_grid(console, "What it costs and brings", columns, rows)


def totals_told(plan: SitePlan, currency: str) -> list[tuple[str, str]]:
    """Return what a plan costs and brings: figure and value."""
    totals = plan.totals
    walk, share = totals["mean_walk_m"], totals["within_share"]
    cost, rent = totals["cost_twd_day"], totals["rent_twd_month"]
    lost = cost["lost"]
    return [
        ("parcels a day", tenths(totals["parcels_day"])),
        ("mean walk to the store, m", _NONE if walk is None else whole(walk)),
        (
            f"within {totals['within_km']:g} km on foot",
            _NONE if share is None else percent(share),
        ),
        (f"rent of the new stores a month, {currency}", whole(rent)),
        (f"rent a day, {currency}", whole(cost["rent"])),
        (f"running them a day, {currency}", whole(cost["running"])),
        (f"walking a day, {currency}", whole(cost["walking"])),
        *([(f"parcels lost a day, {currency}", whole(lost))] if lost else []),
        (f"all of these a day, {currency}", whole(cost["total"])),
    ]


def _print_new(console: Console, plan: SitePlan) -> None:
    new = plan.sites.filter(pl.col("kind") == "new").sort(
        "parcels_day", "site_id", descending=[True, False]
    )
    shown = new.head(_MOST_LISTED)
    more = f", the {len(shown)} busiest of {len(new)}" if len(new) > len(shown) else ""
    rows = [
        (
            row["site_id"],
            whole(row["areas"]),
            tenths(row["parcels_day"]),
            _NONE if row["mean_walk_m"] is None else whole(row["mean_walk_m"]),
            whole(row["rent_twd_month"]),
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = figures("areas", "parcels\na day", "mean\nwalk m", "rent\na month")
    print_grid(console, f"New stores{more}", (*words("site"), *columns), rows)
    idle = int((new["areas"] == 0).sum())
    if idle:
        told = "They are there because so many were asked for"
        print_sentence(console, f"New stores that serve nobody: {whole(idle)}. {told}.")
    if over := over_room(plan):
        print_sentence(console, over)


def over_room(plan: SitePlan) -> str:
    """Return which stores get more parcels than they have room for, or nothing."""
    over = plan.sites.filter(is_over_room()).sort("site_id")
    shown = ", ".join(
        f"{row['site_id']}: {tenths(row['parcels_day'])} of "
        f"{tenths(row['capacity_parcels_day'])}"
        for row in over.head(_MOST_LISTED).iter_rows(named=True)
    )
    if not shown:
        return ""
    more = ", ..." if len(over) > _MOST_LISTED else ""
    return (
        f"Stores with more parcels a day than room: {whole(len(over))} ({shown}{more})."
        " Only the model fixed_charge counts room."
    )


def is_over_room() -> pl.Expr:
    """Whether a store gets more than it has room for; null: its room is not known."""
    return pl.col("parcels_day") > pl.col("capacity_parcels_day") * (1 + _ROUNDING)


STATUS = {
    "beyond_radius": "a site would serve it, but none of those chosen does",
    "beyond_every_site": "no site is near enough",
    "to_rival": "a rival is nearer",
    "lost": "serving it costs more than it brings, or there is no room",
    "no_parcels": "has no parcels",
}


def _print_left_out(console: Console, plan: SitePlan) -> None:
    """Print areas not served by reason, then those that no site can serve."""
    left = plan.assignment.filter(pl.col("status") != "served")
    counts = left.group_by("status").agg(pl.len(), pl.col("parcels_day").sum())
    rows = [
        (STATUS[status], whole(count), tenths(parcels))
        for status, count, parcels in sorted(counts.rows())
    ]
    columns = (*words("why"), *figures("areas", "parcels\na day"))
    print_grid(console, "Areas not served", columns, rows)
    beyond = left.filter(pl.col("status") == "beyond_every_site").sort(
        "parcels_day", "area_id", descending=[True, False]
    )
    if beyond.is_empty():
        return
    shown = beyond.head(_MOST_LISTED)
    more = f", {len(shown)} of {len(beyond)}" if len(beyond) > len(shown) else ""
    needs = [
        (
            row["area_id"],
            tenths(row["parcels_day"]),
            "no way"
            if row["needs_radius_km"] is None
            else f"{row['needs_radius_km']:.3f}",
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = (*words("area"), *figures("parcels\na day", "radius\nneeded km"))
    print_grid(console, f"Out of reach of every site{more}", columns, needs)


def _print_dcs(console: Console, dcs: DcPlan, currency: str) -> None:
    used = dcs.centers.sort("parcels_day", "dc_id", descending=[True, False])
    rows = [
        (row["dc_id"], whole(row["stores"]), tenths(row["parcels_day"]))
        for row in used.head(_MOST_LISTED).iter_rows(named=True)
    ]
    columns = (*words("DC at"), *figures("stores", "parcels\na day"))
    print_grid(console, "Distribution centres, for these stores", columns, rows)
    proof = "proven the least" if dcs.gap == 0 else f"gap {gap_said(dcs.gap)}"
    print_sentence(console, f"{whole(dcs.cost_twd_day)} {currency} a day, {proof}.")


def gap_said(gap: float) -> str:
    """Return a gap in words."""
    if gap == 0:
        return "proven"
    return percent(gap) if math.isfinite(gap) else "unknown"


def _marked(curve: Curve, place: int) -> str:
    if place == curve.knee:
        return "<- knee"
    return "<- best" if place == curve.best and curve.knee is None else ""


def of_budget(plan: SitePlan, budget: float | None) -> list[str]:
    """Return the rent of the new stores as a part of the budget, if there is one."""
    return [percent(plan.totals["rent_twd_month"] / budget)] if budget else []


def _print_curve(
    console: Console, curve: Curve, currency: str, budget: float | None
) -> None:
    rows = []
    for place, plan in enumerate(curve.plans):
        totals = plan.totals
        walk, share = totals["mean_walk_m"], totals["within_share"]
        rows.append(
            (
                whole(plan.num_stores),
                tenths(plan.objective),
                gap_said(plan.gap),
                _NONE if walk is None else whole(walk),
                _NONE if share is None else percent(share),
                whole(totals["cost_twd_day"]["total"]),
                *of_budget(plan, budget),
                _marked(curve, place),
            )
        )
    columns = (
        *figures("stores", curve.plans[0].unit, "gap", "mean\nwalk m"),
        *figures(f"within {curve.plans[0].totals['within_km']:g} km"),
        *figures(f"{currency}\na day", *(["rent of\nbudget"] if budget else [])),
        *words(""),
    )
    print_grid(console, "Number of stores against what it brings", columns, rows)
    for sentence in curve_told(curve):
        print_sentence(console, sentence)


def curve_told(curve: Curve) -> list[str]:
    """Return which number of stores is shown and why, then those left out."""
    shown = whole(curve.plans[curve.shown].num_stores)
    if curve.knee is None:
        why = "the best of this range"
    else:
        why = f"the knee: {_knee_told(curve, curve.knee)}"
    left_out = [
        f"{number} stores: {' '.join(why.split())}"
        for number, why in curve.left_out.items()
    ]
    return [f"The tables are of {shown} stores, {why}.", *left_out]


def _knee_told(curve: Curve, knee: int) -> str:
    """Return what a further store brings up to the knee, and what beyond it."""
    before, at, after = curve.plans[knee - 1 : knee + 2]
    brings = "adds" if at.model == "covering" else "saves"
    return (
        f"from {whole(before.num_stores)} to {whole(at.num_stores)} stores a further "
        f"one {brings} {tenths(_each(before, at))} {at.unit}, from "
        f"{whole(at.num_stores)} to {whole(after.num_stores)} "
        f"{tenths(_each(at, after))}"
    )


def _each(fewer: SitePlan, more: SitePlan) -> float:
    """What each store beyond those of ``fewer`` makes better."""
    change = more.objective - fewer.objective
    better = change if more.model == "covering" else -change
    return better / (more.num_stores - fewer.num_stores)
