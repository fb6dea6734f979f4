"""The page of analyze-demand: forecast, map, segments, drivers, backtest, cautions."""
