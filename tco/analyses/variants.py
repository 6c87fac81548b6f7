"""A case and its named scenarios side by side, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tco.analyses.decision import Decision, decide
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS
from tco.progress import Progress, Steps
from tco.results import Result

AS_IT_STANDS = "base"


@dataclass(frozen=True, repr=False)
class Variants(Result):
    """The verdict on a case as it stands, and on each of its scenarios.

    Parameters
    ----------
    name, currency : str
        Of the case.
    decisions : dict of str to Decision
        By scenario, the case as it stands first, as ``base``.
    """

    name: str
    currency: str
    decisions: dict[str, Decision]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a scenario."""
        for name, one in self.decisions.items():
            option = one.option(one.challenger)
            price = one.price
            yield {
                "scenario": name,
                "leave_baseline": one.leave_baseline,
                "choice": one.choice,
                "too_close": None if one.too_close is None else list(one.too_close),
                "challenger": one.challenger,
                "npv_mean": option.npv["all_in"].mean,
                "npv_p5": option.npv["all_in"].p5,
                "npv_p95": option.npv["all_in"].p95,
                "npv_hard": option.npv["hard"].mean,
                "probability_positive": option.probability_positive["all_in"],
                "expected_loss": option.expected_loss,
                "payback_months": option.payback_months,
                "price": None if price is None else price.totals["all_in"].expected,
            }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "name": self.name,
            "currency": self.currency,
            "scenarios": list(self.rows()),
            "decisions": {name: one.to_dict() for name, one in self.decisions.items()},
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.variants_text(self)


def scenarios(case: Case, *, n: int = DEFAULT_DRAWS, seed: int = 0, progress: Progress | None = None) -> Variants:
    """Decide a case as it stands, and in each of its scenarios, from the same draws.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    n, seed : int
        Draws, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Examples
    --------
    >>> import tco
    >>> list(tco.scenarios(tco.load("scenarios/cartridges.yaml"), n=1024).decisions)
    ['base', 'tariff shock', 'half the churn']
    """
    checked_case(case)
    own = case.scenario or AS_IT_STANDS
    others = [name for name in case.scenarios if name != own]
    steps = Steps(progress, 1 + len(others))
    found = {own: decide(case, n=n, seed=seed, progress=steps.part(1))}
    for name in others:
        found[name] = decide(case.under(name), n=n, seed=seed, progress=steps.part(1))
    return Variants(case.name, case.currency, found)
