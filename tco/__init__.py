"""Is the pricier supplier worth it? Total cost of supply options, from purchase order to lost customer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tco.version import VERSION as __version__

if TYPE_CHECKING:
    from tco.analyses.break_even import BreakEven, breakeven
    from tco.analyses.cash import cash_flow
    from tco.analyses.curves import Curve, acceptability, belief, curve
    from tco.analyses.decision import Decision, decide
    from tco.analyses.difference import Difference, diff
    from tco.analyses.evidence import Evidence, evidence
    from tco.analyses.live import Live, live
    from tco.analyses.one_way import Table, table
    from tco.analyses.sensitivities import Sensitivity, sensitivity
    from tco.analyses.tornado import Tornado, tornado
    from tco.analyses.two_way import Grid, grid
    from tco.analyses.value_of_information import Information, information
    from tco.analyses.variants import Variants, scenarios
    from tco.charting import chart
    from tco.comparison import Comparison, Comparisons, compare
    from tco.errors import CaseError, TcoError
    from tco.explanation import explain
    from tco.json_schema import schema
    from tco.loader import Case, from_data, load
    from tco.simulation import Simulation, simulate
    from tco.starter import init
    from tco.validation import validate
    from tco.views.report import report
    from tco.views.slides import slides
    from tco.views.whatif import whatif
    from tco.views.workbook import workbook

_ROOMS = {
    "BreakEven": "analyses.break_even",
    "Case": "loader",
    "CaseError": "errors",
    "Comparison": "comparison",
    "Comparisons": "comparison",
    "Curve": "analyses.curves",
    "Decision": "analyses.decision",
    "Difference": "analyses.difference",
    "Evidence": "analyses.evidence",
    "Grid": "analyses.two_way",
    "Information": "analyses.value_of_information",
    "Live": "analyses.live",
    "Sensitivity": "analyses.sensitivities",
    "Simulation": "simulation",
    "Table": "analyses.one_way",
    "TcoError": "errors",
    "Tornado": "analyses.tornado",
    "Variants": "analyses.variants",
    "acceptability": "analyses.curves",
    "belief": "analyses.curves",
    "breakeven": "analyses.break_even",
    "cash_flow": "analyses.cash",
    "chart": "charting",
    "compare": "comparison",
    "curve": "analyses.curves",
    "decide": "analyses.decision",
    "diff": "analyses.difference",
    "evidence": "analyses.evidence",
    "explain": "explanation",
    "from_data": "loader",
    "grid": "analyses.two_way",
    "information": "analyses.value_of_information",
    "init": "starter",
    "live": "analyses.live",
    "load": "loader",
    "report": "views.report",
    "scenarios": "analyses.variants",
    "schema": "json_schema",
    "sensitivity": "analyses.sensitivities",
    "simulate": "simulation",
    "slides": "views.slides",
    "table": "analyses.one_way",
    "tornado": "analyses.tornado",
    "validate": "validation",
    "whatif": "views.whatif",
    "workbook": "views.workbook",
}
"""Where each public name lives: it is imported when first asked for, so that `tco --help` waits for nothing."""

__all__ = [
    "BreakEven",
    "Case",
    "CaseError",
    "Comparison",
    "Comparisons",
    "Curve",
    "Decision",
    "Difference",
    "Evidence",
    "Grid",
    "Information",
    "Live",
    "Sensitivity",
    "Simulation",
    "Table",
    "TcoError",
    "Tornado",
    "Variants",
    "__version__",
    "acceptability",
    "belief",
    "breakeven",
    "cash_flow",
    "chart",
    "compare",
    "curve",
    "decide",
    "diff",
    "evidence",
    "explain",
    "from_data",
    "grid",
    "information",
    "init",
    "live",
    "load",
    "report",
    "scenarios",
    "schema",
    "sensitivity",
    "simulate",
    "slides",
    "table",
    "tornado",
    "validate",
    "whatif",
    "workbook",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"tco.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'tco' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
