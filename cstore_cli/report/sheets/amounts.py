"""Figures on a sheet: exactly those of the plan's tables."""


def amount(value: float) -> str:
    """1,075; with its cents where it has any."""
    digits = 0 if value == round(value) else 2
    return f"{value:,.{digits}f}"


def money(value: float, currency: str) -> str:
    """1,075 TWD."""
    return f"{amount(value)} {currency}"


def counted(number: int, thing: str) -> str:
    """1 parcel, 2 parcels."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
