"""Who the customers are and when they fetch, on the analyst's terminal."""

from collections.abc import Callable

import polars as pl
from rich.console import Console

from cstore_cli.demand.customers.who import PickupHours, Potential, Segments
from cstore_cli.report.figures import percent, tenths, whole
from cstore_cli.report.grid import figures, print_grid, words
from cstore_cli.report.sentence import print_sentence

_NONE = "-"
_MOST_LISTED = 10
_BLOCK_H = 3


def print_segments(console: Console, segments: Segments) -> None:
    """Print the segments, what each is like, and the numbers that were tried."""
    console.print()
    print_sentence(console, segments.why, "bold")
    rows = [
        (
            row["segment"],
            whole(row["areas"]),
            _known(row["people"], whole),
            _known(row["orders_per_1000"], tenths),
            _known(row["potential_share"], percent),
        )
        for row in segments.described.iter_rows(named=True)
    ]
    columns = figures(
        "areas",
        "people",
        f"orders a {segments.period}\nper 1,000 people",
        "potential\ncustomers",
    )
    print_grid(console, "Segments", (*words("segment"), *columns), rows)
    for description in segments.described["description"]:
        print_sentence(console, description)
    tried = [
        (
            whole(row["number"]),
            _known(row["silhouette"], _hundredths),
            _known(row["agreement"], _hundredths),
            whole(row["smallest"]),
            "<- chosen" if row["chosen"] else "",
        )
        for row in segments.tried.iter_rows(named=True)
    ]
    columns = figures("segments", "apart", "come out\nagain", "areas in\nsmallest")
    title = "Numbers of segments tried: silhouette, agreement of resampled areas"
    print_grid(console, title, (*columns, *words("")), tried)


def print_potential(console: Console, potential: Potential | None) -> None:
    """Print potential customers by age band, and by age band and income."""
    console.print()
    if potential is None:
        nothing = "Potential customers are not known: people.online_share is empty."
        print_sentence(console, nothing)
        return
    bands = potential.bands
    figures_of = [bands[name].to_list() for name in ("people", "online", "potential")]
    rows = [
        (band, *map(whole, cells), _share(cells[2], cells[0]))
        for band, *cells in zip(bands["band"], *figures_of, strict=True)
    ]
    sums = [sum(cells) for cells in figures_of]
    total = ("all", *map(whole, sums), _share(sums[2], sums[0]))
    print_sentence(
        console,
        f"{whole(sums[2])} potential customers, who buy online and would fetch at a "
        "store, if the shares of the settings hold",
        "bold",
    )
    columns = figures("people", "buy\nonline", "potential", "of the\npeople")
    print_grid(
        console,
        "Potential customers by age",
        (*words("people of"), *columns),
        rows,
        total,
    )
    _print_by_income(console, potential.groups)


def _print_by_income(console: Console, groups: pl.DataFrame) -> None:
    """Print a row per age band, a column per fifth of the areas."""
    if groups.is_empty():
        return
    each = groups.unique("income_group", maintain_order=True)
    by_band = groups.partition_by("band", maintain_order=True)
    rows = [(part["band"][0], *map(whole, part["potential"])) for part in by_band]
    sums = groups.group_by("income_group", maintain_order=True).agg(
        pl.col("potential").sum()
    )
    names = [
        "income\nunknown"
        if row["income_group"] is None
        else f"{_income(row['income_from'])} to\n{_income(row['income_to'])}"
        for row in each.iter_rows(named=True)
    ]
    print_grid(
        console,
        "Potential customers by age and income, a column per fifth of the areas",
        (*words("people of"), *figures(*names)),
        rows,
        ("all", *map(whole, sums["potential"])),
    )


def print_pickup_hours(console: Console, pickups: PickupHours | None) -> None:
    """Print the hours wished for and what 24-hour opening would add."""
    console.print()
    if pickups is None:
        nothing = "When customers fetch is not known: there are no pickups."
        print_sentence(console, nothing)
        return
    city = pickups.gain.row(-1, named=True)
    areas = pickups.gain.head(-1)
    print_sentence(console, opening_told(city), "bold")
    shares = pickups.hours.filter(area_id="*").sort("hour")["share"].to_list()
    rows = [
        (f"{start:02}:00-{start + _BLOCK_H:02}:00", _block(shares, start))
        for start in range(0, len(shares), _BLOCK_H)
    ]
    title = "When customers would fetch, were all stores always open"
    print_grid(console, title, (*words("hours"), *figures("share")), rows)
    _print_gains(console, areas)
    for reason, count in untold(areas):
        print_sentence(console, f"Not told of {whole(count)} areas: {reason}.")
    for note in pickups.notes:
        print_sentence(console, note)


def opening_told(city: dict[str, object]) -> str:
    """Return what 24-hour opening would bring the city, or why nobody can tell."""
    parcels, share = city["parcels_day_closed_hours"], city["share_closed_hours"]
    if not isinstance(share, float):
        return f"What 24-hour opening would add is not known: {city['reason']}"
    of = f"{percent(share)} of what they wish"
    if not isinstance(parcels, float):
        return f"Customers would come in hours now closed for {of}"
    return (
        f"24-hour opening: {tenths(parcels)} parcels a day whose customers would come "
        f"in hours now closed, {of}; no further orders, but sooner fetched"
    )


def _print_gains(console: Console, areas: pl.DataFrame) -> None:
    some = areas.filter(pl.col("parcels_day_closed_hours") > 0).sort(
        "parcels_day_closed_hours", "area_id", descending=[True, False]
    )
    shown = some.head(_MOST_LISTED)
    more = f", {len(shown)} of {len(some)}" if len(some) > len(shown) else ""
    rows = [
        (
            row["area_id"],
            whole(row["pickups"]),
            percent(row["share_closed_hours"]),
            tenths(row["parcels_day_closed_hours"]),
        )
        for row in shown.iter_rows(named=True)
    ]
    columns = figures("pick-ups", "wished in\nclosed hours", "parcels\na day")
    title = f"Where 24-hour opening would be felt most{more}"
    print_grid(console, title, (*words("area"), *columns), rows)


def untold(areas: pl.DataFrame) -> list[tuple[str, int]]:
    """Return why areas are not told of, and how many."""
    counts = areas.drop_nulls("reason").group_by("reason").len()
    return sorted(counts.rows(), key=lambda row: (-row[1], row[0]))


def _block(shares: list[float | None], start: int) -> str:
    """Return the share of a block of hours; a dash where one of them is not known."""
    known = [share for share in shares[start : start + _BLOCK_H] if share is not None]
    return percent(sum(known)) if len(known) == _BLOCK_H else _NONE


def _known(value: float | None, shown: Callable[[float], str]) -> str:
    return _NONE if value is None else shown(value)


def _share(part: float, whole_of_it: float) -> str:
    return percent(part / whole_of_it) if whole_of_it else _NONE


def _hundredths(value: float) -> str:
    return f"{value:.2f}"


def _income(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else whole(value)  # noqa: PLR2004
