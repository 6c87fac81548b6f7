"""Cash: what an option saves month by month, when it has paid back, and how sure that is."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.analyses.levers import stake
from tco.distributions import FloatArray
from tco.engine import Engine
from tco.finance import payback
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes, Worlds
from tco.results import Provenance, Result
from tco.version import VERSION

DEFAULT_DRAWS = 4096
SHARES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, repr=False)
class CashFlow(Result):
    """An option's savings against the baseline over time, all in, nominal unless said otherwise.

    Parameters
    ----------
    supplier, label, baseline, currency : str
        The option, what it is held against, and the case's currency.
    base : array of shape (T + 1,)
        Saving of the base case in each month, the start first [money].
    cumulative : array of shape (T + 1,)
        The same, added up [money].
    discounted : array of shape (T + 1,)
        Discounted savings of the base case, added up: the last one is its NPV [money].
    band : array of shape (3, T + 1)
        5th, 50th and 95th percentile over draws of the cumulative saving [money].
    paid_back : array of shape (T + 1,)
        Share of draws whose cumulative saving is 0 or more in the month.
    payback_months : float or None
        Of the base case; None where it never pays back within the horizon [month].
    payback_range : tuple of float or None, three of them
        5th, 50th and 95th percentile of draws' payback; None where those draws never pay back [month].
    never : float
        Share of draws that do not pay back within the horizon.
    provenance : Provenance
        What this was made from.
    """

    supplier: str
    label: str
    baseline: str
    currency: str
    base: FloatArray
    cumulative: FloatArray
    discounted: FloatArray
    band: FloatArray
    paid_back: FloatArray
    payback_months: float | None
    payback_range: tuple[float | None, ...]
    never: float
    provenance: Provenance

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a month, the start first."""
        for month in range(len(self.base)):
            yield {
                "supplier": self.supplier,
                "month": month,
                "saving": float(self.base[month]),
                "cumulative": float(self.cumulative[month]),
                "discounted": float(self.discounted[month]),
                **{f"cumulative_p{100 * share:.0f}": float(self.band[i, month]) for i, share in enumerate(SHARES)},
                "paid_back": float(self.paid_back[month]),
            }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "supplier": self.supplier,
            "baseline": self.baseline,
            "currency": self.currency,
            "payback_months": self.payback_months,
            "payback_range": list(self.payback_range),
            "never": self.never,
            "months": list(self.rows()),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import small

        return small.cash_text(self)


def cash_flow(case: Case, supplier: str, *, n: int = DEFAULT_DRAWS, seed: int = 0) -> CashFlow:
    """Follow an option's savings month by month, in the base case and over draws.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    supplier : str
        An option other than the baseline.
    n, seed : int
        Draws, and what they are made from.

    Examples
    --------
    >>> import tco
    >>> found = cash_flow(tco.load("scenarios/cartridges.yaml"), "borealis", n=512)
    >>> len(found.base), bool(found.cumulative[0] < 0)
    (37, True)
    """
    checked_case(case)
    stake(case, supplier)  # refuses an unknown option, and the baseline
    outcomes = Outcomes(case)
    worlds = Worlds.of(case, n, seed=seed, outcomes=outcomes)
    months = range(case.timeline.months + 1)
    engine = outcomes.engine
    program = outcomes.program([_spent(engine, name, t) for name in (case.baseline, supplier) for t in months])
    base = _saved(outcomes.evaluate(program, outcomes.means), 1)[:, 0]
    drawn = _saved(outcomes.evaluate(program, worlds.draws), worlds.n)
    total = drawn.cumsum(axis=0)
    found, each = payback(base), payback(drawn.T)
    known = np.where(np.isnan(each.periods), np.inf, each.periods)
    points = np.quantile(np.minimum(known, 1e9), SHARES)
    return CashFlow(
        supplier=supplier,
        label=case.option(supplier).label,
        baseline=case.baseline,
        currency=case.currency,
        base=base,
        cumulative=base.cumsum(),
        discounted=(base * [case.timeline.discount(t) for t in months]).cumsum(),
        band=np.quantile(total, SHARES, axis=1),
        paid_back=(total >= 0).mean(axis=1),
        payback_months=None if np.isnan(found.periods) else float(found.periods),
        payback_range=tuple(None if point > len(months) else float(point) for point in points),
        never=float(np.isnan(each.periods).mean()),
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, seed, "sobol"),
    )


def _spent(engine: Engine, option: str, month: int) -> int:
    """Give the step of what an option costs in a month, all lines together."""
    terms = [
        engine.graph.call("amount", operator.mul, (engine.summed(term.line, term.rate), term.driver))
        for term in engine.terms(option, month)
    ]
    return engine.graph.total([(1.0, term) for term in terms], "cost of the month")


def _saved(found: list[FloatArray], n: int) -> FloatArray:
    """Give savings, (T + 1, n), from the amounts of the baseline and then of the option."""
    amounts = np.stack([np.broadcast_to(np.reshape(one, -1), (n,)) for one in found])
    theirs, mine = np.split(amounts, 2)
    return theirs - mine
