"""Sentences under the day's figures: by channel, rounds, and how near the best."""

from cstore_cli.dayplan.files import handed_over
from cstore_cli.report.figures import percent, whole
from cstore_cli.report.shown_plan import ShownPlan

_BY_VAN = {"store_pickup": "for pick-up at a store", "store_door": "from store to door"}
_HANDED = {"express_station": "to an express station", "seller_direct": "by the seller"}


def by_channel(shown: ShownPlan) -> str:
    """How the planned parcels reach their customers, and who has those not on vans."""
    planned = shown.tables.parcels.filter(task="deliver", status="planned")
    counts = dict(planned["channel"].value_counts().iter_rows())
    handed = len(planned.filter(handed_over()))

    def of(channels: dict[str, str]) -> str:
        return ", ".join(
            f"{whole(counts.get(channel, 0))} {words} ({channel})"
            for channel, words in channels.items()
        )

    told = f"Planned by channel: {of(_BY_VAN)}: {whole(len(planned) - handed)} by vans"
    if not handed:
        return f"{told}."
    return f"{told}; {of(_HANDED)}: {whole(handed)} handed over (handover.csv)."


def rounds(shown: ShownPlan) -> str:
    """How many rounds the couriers go, and with how many parcels."""
    table = shown.tables.rounds
    if table.is_empty():
        return "No couriers' rounds."
    count, doors = table["round_id"].n_unique(), len(table)
    stores = table["store_id"].n_unique()
    return (
        f"{whole(count)} couriers' round{'' if count == 1 else 's'} from "
        f"{whole(stores)} store{'' if stores == 1 else 's'} with {whole(doors)} "
        f"parcel{'' if doors == 1 else 's'} (rounds.csv; a sheet each in rounds)."
    )


def gaps(shown: ShownPlan) -> str:
    """How far the cost of each DC's routes may be from the best; empty if unknown."""
    searches = shown.summary.get("searches", ())
    if not searches:
        return ""
    told = "; ".join(
        f"{search['dc_id']} {percent(search['gap_columns'])} to the best of the routes "
        f"found, {percent(search['gap_all_routes'])} to all routes"
        for search in searches
    )
    return f"Gap of the cost of routes: {told}."
