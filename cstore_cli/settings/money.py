"""Money and shares as they are written: decimals, never binary fractions."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field


def _as_written(value: Any) -> Decimal:
    # YAML's 52.10 arrives as a float; its shortest text is what was written.
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(
            f"{value!r} is not a number; write one such as 52.50"
        ) from None


_Exact = Annotated[Decimal, BeforeValidator(_as_written)]

Money = Annotated[_Exact, Field(ge=0, allow_inf_nan=False, decimal_places=4)]
"""An amount of the network's currency, none below 0, exact to 1/10,000."""
Percent = Annotated[_Exact, Field(ge=0, le=100, allow_inf_nan=False, decimal_places=4)]
"""0 to 100, exact to 1/10,000."""
