"""Results as charts: functions that draw on given axes or make their own, all in one style."""

from tco.views.charts.curves import acceptability, belief, breakeven, cash
from tco.views.charts.heat_map import grid
from tco.views.charts.histogram import npv
from tco.views.charts.rankings import evppi, sobol, spider, tornado
from tco.views.charts.stacks import cost, modes, stages
from tco.views.charts.waterfall import bridge

__all__ = [
    "acceptability",
    "belief",
    "breakeven",
    "bridge",
    "cash",
    "cost",
    "evppi",
    "grid",
    "modes",
    "npv",
    "sobol",
    "spider",
    "stages",
    "tornado",
]
