"""Is the pricier supplier worth it? Total cost of supply options, from purchase order to lost customer."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tco.version import VERSION as __version__

if TYPE_CHECKING:
    from tco.comparison import Comparison, Comparisons, compare
    from tco.errors import CaseError, TcoError
    from tco.explanation import explain
    from tco.json_schema import schema
    from tco.loader import Case, from_data, load
    from tco.simulation import Simulation, simulate
    from tco.starter import init
    from tco.validation import validate

_ROOMS = {
    "Case": "loader",
    "CaseError": "errors",
    "Comparison": "comparison",
    "Comparisons": "comparison",
    "TcoError": "errors",
    "compare": "comparison",
    "explain": "explanation",
    "from_data": "loader",
    "init": "starter",
    "load": "loader",
    "schema": "json_schema",
    "simulate": "simulation",
    "Simulation": "simulation",
    "validate": "validation",
}
"""Where each public name lives: it is imported when first asked for, so that `tco --help` waits for nothing."""

__all__ = [
    "Case",
    "CaseError",
    "Comparison",
    "Comparisons",
    "Simulation",
    "TcoError",
    "__version__",
    "compare",
    "explain",
    "from_data",
    "init",
    "load",
    "schema",
    "simulate",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(f"tco.{_ROOMS[name]}"), name)
    raise AttributeError(f"module 'tco' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
