"""What a sheet tells of a parcel: for whom, where, for how much, whether chilled."""

import polars as pl

from cstore_cli.report.shown_plan import ShownPlan

_WHO = ("recipient", "phone", "customer_address")


def carried(shown: ShownPlan) -> pl.DataFrame:
    """
    Return what orders carry, a row for each that is to be delivered, as planned.

    order_id, recipient, phone (masked), customer_address (null where the orders do not
    tell), customer_lat, customer_lon (degrees), litres, cash (on delivery), is_chilled.
    """
    delivered = shown.parcels.filter(pl.col("task") == "deliver")
    told = [
        pl.col(name) if name in delivered.columns else pl.lit(None).alias(name)
        for name in _WHO
    ]
    return delivered.select(
        "order_id", *(column.cast(pl.String) for column in told)
    ).join(
        shown.inputs.orders.select(
            "order_id",
            "customer_lat",
            "customer_lon",
            (
                pl.col("length_cm") * pl.col("width_cm") * pl.col("height_cm") / 1000
            ).alias("litres"),
            pl.col("cod_twd").alias("cash"),
            pl.col("goods_class").is_in(_chilled(shown)).alias("is_chilled"),
        ),
        on="order_id",
        how="left",
        maintain_order="left",
    )


def _chilled(shown: ShownPlan) -> list[str]:
    kinds = shown.settings.goods_classes.items()
    return [name for name, kind in kinds if kind.chilled]
