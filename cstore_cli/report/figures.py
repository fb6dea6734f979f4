"""Figures as a dispatcher reads them: thousands separated, few decimals."""

_LEAST = 0.0001


def whole(value: float) -> str:
    """12,345."""
    return f"{round(value):,}"


def tenths(value: float) -> str:
    """312.4."""
    return f"{value:,.1f}"


def percent(fraction: float | None) -> str:
    """0.04 %; None is "unproven"; a gap too small to show is not shown as none."""
    if fraction is None:
        return "unproven"
    if 0 < fraction < _LEAST:
        return "< 0.01 %"
    return f"{max(0.0, fraction):.2%}".replace("%", " %")
