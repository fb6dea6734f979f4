"""Plans of the sample morning made otherwise, for the tests of what is shown."""

from dataclasses import fields, replace

import polars as pl

from cstore_cli.tables.plan import PlanTables

HOSTILE = {
    "store": "<script>alert(1)</script>\"'&",
    "route": "</script><img src=x onerror=alert(2)>\u202eabc\U0001f69a",
    "dc": "DC <b>'\"& 河堤",
}


def renamed(shown, names):
    """The plan with ids given other names wherever they stand."""

    def anew(frame):
        text = [name for name, kind in frame.schema.items() if kind == pl.String]
        return frame.with_columns(pl.col(text).replace(names)) if text else frame

    tables = PlanTables(
        **{f.name: anew(getattr(shown.tables, f.name)) for f in fields(PlanTables)}
    )
    inputs = replace(
        shown.inputs,
        stores=anew(shown.inputs.stores),
        distribution_centers=anew(shown.inputs.distribution_centers),
        vehicles=anew(shown.inputs.vehicles),
    )
    return replace(
        shown,
        tables=tables,
        inputs=inputs,
        parcels=anew(shown.parcels),
        unserved=anew(shown.unserved),
        ways={names.get(route, route): legs for route, legs in shown.ways.items()},
    )


def hostile(shown):
    """The plan with a store, a route and a DC whose names would break a page."""
    stop = shown.tables.stops.filter(kind="deliver").row(0, named=True)
    dc_id = shown.tables.routes.filter(route_id=stop["route_id"])["dc_id"].item()
    old = (stop["location_id"], stop["route_id"], dc_id)
    return renamed(shown, dict(zip(old, HOSTILE.values(), strict=True)))


def loading(shown, minutes):
    """The plan of a day whose vans take a dock door for ``minutes``."""
    settings = shown.settings.model_copy(update={"loading_min": minutes})
    return replace(shown, settings=settings)


def collecting(shown):
    """The plan with a parcel collected where each route delivers first."""
    stops = shown.tables.stops
    sequence = pl.col("sequence")
    later = stops.with_columns(sequence + (sequence > 1))
    collects = stops.filter(kind="deliver", sequence=1).with_columns(
        pl.lit("collect").alias("kind"),
        sequence + 1,
        pl.col("dropped_parcels") * 0,
        pl.col("collected_parcels") * 0 + 1,
    )
    rows = pl.concat([later, collects]).sort("route_id", "sequence")
    return with_tables(shown, stops=rows)


def with_tables(shown, **tables):
    """The plan with some of its tables replaced."""
    return replace(shown, tables=replace(shown.tables, **tables))
