"""Demand per area: forecast, who the customers are, what drives it, when they fetch."""
