"""When an option pays back, in the same words wherever it is said."""

from __future__ import annotations

from collections.abc import Callable

from tco.analyses.cash import CashFlow
from tco.views.figures import told

NOT_NEEDED = "none: costs more"
"""The payback of an option that costs nothing more at the start and more by the end, in a table."""


def only_costs(result: CashFlow) -> bool:
    """Say whether an option has nothing to pay back, and yet costs more in the end."""
    return result.payback_months == 0 and result.cumulative[-1] < 0


def needs_none(result: CashFlow, written: Callable[[float], str] | None = None) -> str:
    """Say why no payback is needed, and what becomes of it.

    Parameters
    ----------
    result : CashFlow
        Of an option that pays back at once.
    written : callable, optional
        Writes a sum of money; by default with the currency's code behind it.
    """
    total = float(result.cumulative[-1])
    sum_of = (written or (lambda amount: f"{told(amount)} {result.currency}"))(abs(total))
    ends = f"has saved {sum_of}" if total >= 0 else f"has cost {sum_of} more"
    return f"needs no payback: it costs nothing more at the start, and {ends} by the end"


def briefly(result: CashFlow) -> str:
    """Give the payback of the base case in two words, for a tile."""
    if result.payback_months is None:
        return "never"
    if result.payback_months == 0:
        return "none" if only_costs(result) else "at once"
    return f"{result.payback_months:.0f} months"


def in_a_sentence(result: CashFlow) -> str:
    """Say after an option's name when it pays back."""
    if result.payback_months is None:
        return "never pays back"
    if result.payback_months == 0:
        return needs_none(result)
    return f"pays back after {result.payback_months:.0f} months"
