"""Two inputs turned together: where the decision flips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.analyses.levers import Lever, check_bounds, levers, stake
from tco.analyses.one_way import checked_values
from tco.analyses.one_way import steps as spaced
from tco.distributions import FloatArray
from tco.errors import UsageError
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes, Worlds
from tco.progress import Progress, each
from tco.results import TOTALS, Provenance, Result
from tco.version import VERSION

DEFAULT_POINTS = 9
LIMIT = 1e-9
"""How far a joint limit may be exceeded: by a rounding error."""
_HALVINGS = 60


@dataclass(frozen=True)
class Axis:
    """One of two inputs: its path, meaning and unit, whether people write it in percent, its value in the case."""

    path: str
    meaning: str
    unit: str
    percent: bool
    now: float
    values: tuple[float, ...]


@dataclass(frozen=True, repr=False)
class Grid(Result):
    """The NPV of an option over two inputs, and the line along which it is 0.

    Parameters
    ----------
    supplier, label, baseline, currency : str
        The option, what it is held against, and the case's currency.
    x, y : Axis
        The two inputs.
    npv : array of shape (3, y, x)
        NPV of the base case in the three totals [money].
    wins : array of shape (y, x) or None
        P(NPV > 0), all in, where draws were asked for.
    flips : tuple of tuple of (float, float)
        Points (x, y) between neighbors of the grid at which the all-in NPV is 0: the flip contour.
    provenance : Provenance
        What this was made from.
    """

    supplier: str
    label: str
    baseline: str
    currency: str
    x: Axis
    y: Axis
    npv: FloatArray
    wins: FloatArray | None
    flips: tuple[tuple[float, float], ...]
    provenance: Provenance

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a point of the grid."""
        for i, second in enumerate(self.y.values):
            for j, first in enumerate(self.x.values):
                yield {
                    self.x.path: first,
                    self.y.path: second,
                    **{f"npv_{total}": float(self.npv[t, i, j]) for t, total in enumerate(TOTALS)},
                    **({} if self.wins is None else {"probability_positive": float(self.wins[i, j])}),
                }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "supplier": self.supplier,
            "baseline": self.baseline,
            "x": {"path": self.x.path, "now": self.x.now, "values": list(self.x.values)},
            "y": {"path": self.y.path, "now": self.y.now, "values": list(self.y.values)},
            "npv": {total: self.npv[t].tolist() for t, total in enumerate(TOTALS)},
            "probability_positive": None if self.wins is None else self.wins.tolist(),
            "flips": [{"x": x, "y": y} for x, y in self.flips],
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.grid_text(self)


def grid(
    case: Case,
    x: str,
    y: str,
    *,
    supplier: str = "",
    x_values: Sequence[float] | None = None,
    y_values: Sequence[float] | None = None,
    steps: int = DEFAULT_POINTS,
    n: int = 0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Grid:
    """Turn two inputs together: an option's NPV at every pair of values, and where it changes its sign.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    x, y : str
        Paths of two numbers, turned wherever they are used.
    supplier : str
        An option other than the baseline; by default the one that costs least of these.
    x_values, y_values : sequence of float, optional
        By default over the input's 98 % range, for one that is certain half to one and a half times its value; what it
        is in the case is one of them.
    steps : int
        Values of an input whose values are not given.
    n : int
        Draws for the chance of being worth it at every point; 0 for the base case alone.
    seed : int
        What draws are made from.
    progress : callable, optional
        Called with points drawn and points in all.

    Raises
    ------
    UsageError
        For unknown paths or options, and for one path given twice.
    NotFinite
        For a pair of values at which the case cannot be computed.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> prices, rates = [4.0, 5.0, 6.0], [0.01, 0.02]
    >>> leaks = "suppliers.borealis.failure_rates.leaks"
    >>> found = tco.grid(case, "suppliers.borealis.unit_price", leaks, x_values=prices, y_values=rates)
    >>> found.npv.shape, len(found.flips) > 0
    ((3, 2, 3), True)
    """
    checked_case(case)
    if x == y:
        raise UsageError(f"expected two different inputs, found '{x}' twice")
    first, second = levers(case, [x, y])
    outcomes = first.outcomes
    means = outcomes.means
    others = [name for name in outcomes.names if name != case.baseline]
    if not others:
        raise UsageError(f"expected an option besides the baseline, found {case.baseline} alone: add a supplier")
    if not supplier:
        costs = outcomes.costs(means)[2, :, 0]
        supplier = min((c, name) for c, name in zip(costs, outcomes.names, strict=True) if name != case.baseline)[1]
    stake(case, supplier)  # refuses an unknown option, and the baseline
    across, up = (_values(*pair, steps) for pair in ((first, x_values), (second, y_values)))
    columns, rows = (one.ravel() for one in np.meshgrid(across, up))

    def saved(these: FloatArray, those: FloatArray) -> FloatArray:
        fixed = {path: np.full(these.size, mean[0]) for path, mean in means.items()}
        return outcomes.savings({**fixed, **first.draws(these), **second.draws(those)}, supplier)

    _check(outcomes, {**first.draws(columns), **second.draws(rows)}, (x, y), (columns, rows))
    npv = saved(columns, rows).reshape(len(TOTALS), len(up), len(across))
    wins = None
    if n:
        worlds = Worlds.of(first.case, n, seed=seed, outcomes=outcomes)
        points = list(zip(columns, rows, strict=True))
        chances = [_chance(worlds, supplier, first, second, pair) for pair in each(points, progress)]
        wins = np.array(chances).reshape(len(up), len(across))
    return Grid(
        supplier=supplier,
        label=case.option(supplier).label,
        baseline=case.baseline,
        currency=case.currency,
        x=_axis(first, across),
        y=_axis(second, up),
        npv=npv,
        wins=wins,
        flips=_contour(lambda a, b: saved(a, b)[2], across, up, npv[2]),
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, n or None, seed if n else None),
    )


def _check(
    outcomes: Outcomes, draws: dict[str, FloatArray], names: tuple[str, str], pairs: tuple[FloatArray, FloatArray]
) -> None:
    """Refuse pairs of values that break a joint limit."""
    broken = [np.reshape(one, (-1, np.shape(one)[-1])).max(axis=0) for one in outcomes.evaluate(outcomes.limits, draws)]
    at = np.flatnonzero(np.max(broken, axis=0) > LIMIT) if broken else np.array([], dtype=int)
    if at.size:
        found = " and ".join(f"{name} = {values[at[0]]:g}" for name, values in zip(names, pairs, strict=True))
        hint = "shares of one whole sum to more than 100 %, or the safety stock is negative: give other ranges"
        raise UsageError(f"expected values that the case can have together, found {found}\n    {hint}")


def _values(one: Lever, asked: Sequence[float] | None, steps: int) -> FloatArray:
    if asked is not None:
        return check_bounds(one, np.array(sorted(set(checked_values(asked)))))
    path = next(iter(one.parts))
    low, high = (float(end) for end in np.asarray(one.outcomes.inputs[path].quantile(np.array([0.01, 0.99]))))
    if low == high:
        low, high = (0.0, one.scale) if one.value == 0 else sorted((0.5 * one.value, 1.5 * one.value))
    return _with_now(np.array(spaced(max(low, one.low), min(high, one.high), steps)), one.value)


def _with_now(values: FloatArray, now: float) -> FloatArray:
    """Put what an input is in the case in place of the value nearest to it, so that a grid shows the base case."""
    if len(values) > 2 and values[0] <= now <= values[-1]:
        values[np.argmin(np.abs(values - now))] = now
    return values


def _axis(one: Lever, values: FloatArray) -> Axis:
    return Axis(one.path, one.meaning, one.unit, one.kind in ("share", "rate"), one.value, tuple(values.tolist()))


def _chance(worlds: Worlds, supplier: str, first: Lever, second: Lever, at: tuple[float, float]) -> float:
    turned = {**first.draws(np.full(worlds.n, at[0])), **second.draws(np.full(worlds.n, at[1]))}
    return float((worlds.outcomes.savings({**worlds.draws, **turned}, supplier)[2] > 0).mean())


def _contour(saved: Any, across: FloatArray, up: FloatArray, npv: FloatArray) -> tuple[tuple[float, float], ...]:
    """Give the points (x, y) at which the NPV is 0: by halving between neighbors of opposite sign, all at once."""
    exact = [(float(across[j]), float(up[i])) for i, j in zip(*np.nonzero(npv == 0), strict=True)]
    upward, sideways = np.nonzero(npv[:-1] * npv[1:] < 0), np.nonzero(npv[:, :-1] * npv[:, 1:] < 0)
    rows, columns = (np.concatenate(pair) for pair in zip(upward, sideways, strict=True))
    if not rows.size:
        return tuple(sorted(exact))
    is_upward = np.arange(rows.size) < upward[0].size
    low = np.stack([across[columns], up[rows]])
    high = np.stack([across[columns + ~is_upward], up[rows + is_upward]])
    signs = np.sign(npv[rows, columns])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        same = np.sign(saved(*middle)) == signs
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    found = [(float(x), float(y)) for x, y in ((low + high) / 2).T]
    return tuple(sorted([*exact, *found]))
