"""A case whose inputs are moved again and again: compiled once, costed in a blink."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from tco.analyses.levers import Lever, levers
from tco.distributions import FloatArray
from tco.errors import UsageError, shown, unknown
from tco.loader import Case, checked_case
from tco.numbers import KINDS
from tco.outcomes import Worlds
from tco.results import TOTALS, Result
from tco.spread import spread_of
from tco.ties import saving

DEFAULT_DRAWS = 10_000


@dataclass(frozen=True, repr=False)
class Moved(Result):
    """A case with some of its inputs moved.

    Parameters
    ----------
    baseline, currency : str
        Of the case.
    labels : dict of str to str
        What people call each option.
    costs : array of shape (3, k, n)
        Present costs of k options over n draws, in the three totals [money].
    units : array of shape (n,)
        Discounted planned units.
    """

    baseline: str
    currency: str
    labels: Mapping[str, str]
    costs: FloatArray
    units: FloatArray

    def npv(self, supplier: str, total: str = "all_in") -> FloatArray:
        """Give what an option saves against the baseline in each draw, (n,) [money]."""
        names = list(self.labels)
        if supplier not in names:
            raise unknown("a supplier of the case", supplier, names)
        if total not in TOTALS:
            raise UsageError(f"expected {', '.join(TOTALS)}, found {shown(total)}")
        row, costs = TOTALS.index(total), self.costs
        return saving(costs[row, names.index(self.baseline)], costs[row, names.index(supplier)])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an option: its cost a unit, what it saves with its range, and how surely."""
        best = self.costs[2].min(axis=0)
        for row, (name, label) in enumerate(self.labels.items()):
            saved = spread_of(self.npv(name), replicated=True)
            yield {
                "supplier": name,
                "label": label,
                "cost_per_unit": float((self.costs[2, row] / self.units).mean()),
                "npv_mean": saved.mean,
                "npv_p5": saved.p5,
                "npv_p95": saved.p95,
                **{f"probability_positive_{total}": float((self.npv(name, total) > 0).mean()) for total in TOTALS},
                "expected_loss": float(saving(self.costs[2, row], best).mean()),
            }

    def __str__(self) -> str:
        from tco.views import small

        return small.moved_text(self)


class Live(Result):
    """A case compiled for moving some of its inputs; call it with values by path.

    Parameters
    ----------
    case : Case
        A checked case.
    paths : sequence of str
        The inputs that will be moved, wherever they are used.
    n, seed : int
        Draws, and what they are made from.
    """

    def __init__(self, case: Case, paths: Sequence[str], n: int = DEFAULT_DRAWS, *, seed: int = 0) -> None:
        if not paths:
            raise UsageError("expected at least one input to move, found none")
        self.levers: dict[str, Lever] = {one.path: one for one in levers(case, list(paths))}
        first = next(iter(self.levers.values()))
        self.case, self.outcomes = first.case, first.outcomes
        self.worlds = Worlds.of(self.case, n, seed=seed, outcomes=self.outcomes)

    @property
    def values(self) -> dict[str, float]:
        """Where each input stands in the case."""
        return {path: one.value for path, one in self.levers.items()}

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {option.name: option.label for option in self.case.options}

    def __call__(self, values: Mapping[str, float]) -> Moved:
        """Cost every option with inputs at other values; those left out are as the case has them.

        Raises
        ------
        UsageError
            For a path that was not asked for, or a value that the input cannot have.
        """
        if not isinstance(values, Mapping):
            raise UsageError(
                f"expected values by path, found {shown(values)}: write {{'{next(iter(self.levers))}': ...}}"
            )
        draws = dict(self.worlds.draws)
        for path, value in values.items():
            one, number = self._turned(path, value)
            draws |= one.draws(np.full(self.worlds.n, number))
        costs = self.outcomes.costs(draws)
        units = self.outcomes.evaluate(self.outcomes.units, draws)[0]
        return Moved(self.case.baseline, self.case.currency, self._labels, costs, units)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an input: where it stands, and the values that it may have."""
        for path, one in self.levers.items():
            yield {"path": path, "value": one.value, "low": one.low, "high": one.high}

    def __str__(self) -> str:
        from tco.views import small

        return small.live_text(self)

    def _turned(self, path: str, value: Any) -> tuple[Lever, float]:
        """Give the lever of a path, and the value that it is turned to as a number that it may have."""
        if path not in self.levers:
            raise UsageError(f"expected one of {', '.join(self.levers)}, found {shown(path)}")
        one = self.levers[path]
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise UsageError(f"expected a number for {path}, found {shown(value)}") from None
        if not one.low <= number <= one.high:
            expected = f"{one.low:g} or more" if one.kind == "rate" else KINDS[one.kind][0]
            raise UsageError(f"expected {expected} for {path}, found {number:g}")
        return one, number


def live(case: Case, paths: Sequence[str], *, n: int = DEFAULT_DRAWS, seed: int = 0) -> Live:
    """Compile a case for moving some of its inputs, as sliders do.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    paths : sequence of str
        The inputs that will be moved.
    n, seed : int
        Draws, and what they are made from.

    Returns
    -------
    Live
        Called with values by path, it costs every option.

    Raises
    ------
    UsageError
        For a path that leads to no number that moves some cost.

    Examples
    --------
    >>> import tco
    >>> moved = tco.live(tco.load("scenarios/cartridges.yaml"), ["suppliers.borealis.unit_price"], n=512)
    >>> bool(moved({"suppliers.borealis.unit_price": 4.5}).npv("borealis").mean() > moved({}).npv("borealis").mean())
    True
    """
    checked_case(case)
    if isinstance(paths, str):
        raise UsageError(f"expected a list of inputs to move, found '{paths}': write ['{paths}']")
    return Live(case, paths, n, seed=seed)
