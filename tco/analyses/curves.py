"""Curves: how sure the decision is as a price premium, or the value put on a lost customer, rises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.analyses.break_even import Belief, price_of_baseline
from tco.analyses.levers import Lever, currency_of, stake
from tco.distributions import FloatArray
from tco.errors import UsageError, floats
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS, Worlds
from tco.progress import Progress, Steps, each
from tco.results import TOTALS, Provenance, Result
from tco.ties import least, ranked, saving
from tco.version import VERSION

DEFAULT_POINTS = 41
_LEVELS = (0.005, 0.01, 0.025, 0.05, *(tenth / 10 for tenth in range(1, 10)), 0.95, 0.975, 0.99, 0.995)
"""Shares of worlds, of whose break-even prices each is a point of the curve."""
_BEYOND = 0.2
"""How far a curve reaches beyond the prices it is asked about, as a share of the distance between these."""
_STEP = 1e-6
"""How close the two points at either side of a break-even lie that is the same in every world, as a share of it."""


@dataclass(frozen=True, repr=False)
class Curve(Result):
    """How sure a decision is along one axis.

    Parameters
    ----------
    kind : str
        ``price`` or ``belief``.
    supplier, label, baseline, currency : str
        The option that is turned, what it is held against, and the case's currency.
    path, unit, price_currency : str
        What the axis is, and the currency along it.
    scaled : str
        What moves with it in proportion: ``by_year``, ``price_breaks``; empty for a single number.
    values : array of shape (m,)
        Along the axis: prices, or values of a lost customer [unit].
    premiums : array of shape (m,) or None
        For a price, how far it lies above the baseline's in contract year 1, means over draws, as `breakeven` has it
        [share]; None where the baseline has no such price.
    wins : dict of str to array of shape (m,)
        P(NPV > 0) of the option against the baseline, in the three totals.
    best : dict of str to array of shape (m,)
        For each option P(best), all in: the acceptability curves of them all.
    frontier : tuple of str, m of them
        The option best on the mean at each value; its P(best) is the acceptability frontier.
    losses : dict of str to array of shape (m,)
        For each option its expected loss, all in [money].
    marks : dict of str to float
        Points to mark: ``now``, or ``implied`` (unless both options lose as many customers) and ``zero``.
    hard_only : float or None
        P(NPV > 0) on hard lines alone, which is not the same as a lost customer worth nothing; None for a price.
    provenance : Provenance
        What this was made from.
    """

    kind: str
    supplier: str
    label: str
    baseline: str
    currency: str
    path: str
    unit: str
    price_currency: str
    scaled: str
    values: FloatArray
    premiums: FloatArray | None
    wins: Mapping[str, FloatArray]
    best: Mapping[str, FloatArray]
    frontier: tuple[str, ...]
    losses: Mapping[str, FloatArray]
    marks: Mapping[str, float]
    hard_only: float | None
    provenance: Provenance

    @property
    def even(self) -> float | None:
        """The last value, on straight lines between points, up to which it is worth it more likely than not, all in."""
        wins = self.wins["all_in"]
        for i in range(len(wins) - 1, 0, -1):
            if wins[i - 1] >= 0.5 > wins[i]:
                return float(np.interp(0.5, [wins[i], wins[i - 1]], [self.values[i], self.values[i - 1]]))
        return float(self.values[-1]) if wins[-1] >= 0.5 else None

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a point."""
        for i, value in enumerate(self.values.tolist()):
            yield {
                "supplier": self.supplier,
                "value": value,
                "premium": None if self.premiums is None else float(self.premiums[i]),
                **{f"wins_{total}": float(wins[i]) for total, wins in self.wins.items()},
                **{f"best_{name}": float(best[i]) for name, best in self.best.items()},
                "frontier": self.frontier[i],
                "frontier_probability": float(self.best[self.frontier[i]][i]),
                **{f"expected_loss_{name}": float(loss[i]) for name, loss in self.losses.items()},
            }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "kind": self.kind,
            "supplier": self.supplier,
            "baseline": self.baseline,
            "currency": self.currency,
            "path": self.path,
            "unit": self.unit,
            "price_currency": self.price_currency,
            "scaled": self.scaled or None,
            "marks": dict(self.marks),
            "hard_only": self.hard_only,
            "points": list(self.rows()),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.curve_text(self)


def curve(
    case: Case,
    kind: str,
    supplier: str,
    *,
    values: Sequence[float] | None = None,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Curve:
    """Give a curve by its kind: ``price`` (`acceptability`) or ``belief``.

    Examples
    --------
    >>> import tco
    >>> curve(tco.load("scenarios/cartridges.yaml"), "belief", "borealis", n=1024).marks["zero"]
    0.0
    """
    if kind not in ("price", "belief"):
        raise UsageError(f"expected price or belief, found '{kind}'")
    return (acceptability if kind == "price" else belief)(
        case, supplier, values=values, n=n, seed=seed, progress=progress
    )


def acceptability(
    case: Case,
    supplier: str,
    *,
    values: Sequence[float] | None = None,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Curve:
    """Give the chance that an option is worth it as its price at stake rises, turned for it alone.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    supplier : str
        An option other than the baseline.
    values : sequence of float, optional
        Prices; by default today's, the break-evens of the three totals at percentiles over worlds, and others around
        these [unit of the price].
    n, seed : int
        Draws, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Notes
    -----
    Present costs are straight lines in a price, so two runs of the model give the whole curve exactly.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> found = tco.acceptability(case, "borealis", values=[4.0, 5.0, 6.0], n=1024)
    >>> [bool(share > 0.5) for share in found.wins["all_in"]]
    [True, True, False]
    """
    checked_case(case)
    steps = Steps(progress, 4)
    turned = stake(case, supplier)
    outcomes = turned.outcomes
    worlds = Worlds.of(turned.case, n, seed=seed, outcomes=outcomes)
    steps.done()
    ends = (turned.value, turned.value + turned.scale)
    low, high = (outcomes.costs({**worlds.draws, **turned.draws(np.full(worlds.n, value))}) for value in ends)
    steps.done()
    slope = (high - low) / turned.scale
    row, base = outcomes.names.index(supplier), outcomes.baseline
    theirs = price_of_baseline(turned, supplier, worlds)
    if values is None:
        evens = _break_evens(low[:, base] - low[:, row], slope[:, row], turned.value)
        values = _telling(turned, [] if theirs is None else [theirs], evens)
    points = _checked(values)
    costs = (low + slope * (value - turned.value) for value in each(points, steps.part(2)))
    return _curve(
        "price",
        case,
        supplier,
        turned,
        points,
        costs,
        premiums=None if theirs is None else points / theirs - 1,
        marks={"now": turned.value},
        hard_only=None,
        worlds=worlds,
    )


def _break_evens(saved: FloatArray, slope: FloatArray, now: float) -> FloatArray:
    """Give the prices at which percentiles of worlds break even, in each total; just below and above where all do."""
    found: list[float] = []
    for total in np.flatnonzero((slope > 0).all(axis=1)):  # none where the baseline's price is paid all along
        evens = now + np.quantile(saved[total] / slope[total], _LEVELS)
        is_one = evens[-1] - evens[0] <= _STEP * abs(evens[0])
        found += [evens[0] * (1 - _STEP), evens[0] * (1 + _STEP)] if is_one else evens.tolist()
    return np.array(found)


def _telling(turned: Lever, others: Sequence[float], evens: FloatArray) -> list[float]:
    """Give prices: today's, each break-even that can be a price, and evenly spaced ones to beyond all of these."""
    evens = evens[np.isfinite(evens) & (evens >= max(turned.low, 0.0)) & (evens <= turned.high)]
    known = np.array([turned.value, *others, *evens])
    reach = _BEYOND * (known.max() - known.min()) or 0.1 * turned.scale
    low, high = max(known.min() - reach, turned.low, 0.0), min(known.max() + reach, turned.high)
    points = np.unique([*np.linspace(low, high, DEFAULT_POINTS // 2 + 1), *evens])
    new = points[np.abs(points - turned.value) > _STEP * abs(turned.value) / 2]
    return sorted([turned.value, *new.tolist()])


def belief(
    case: Case,
    supplier: str,
    *,
    values: Sequence[float] | None = None,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Curve:
    """Give the chance that an option is worth it as the value put on a lost customer rises.

    Parameters
    ----------
    case : Case
        With failures that cost customers.
    supplier : str
        An option other than the baseline.
    values : sequence of float, optional
        Values of a lost customer; by default from 0 to beyond the one that the case implies [money/customer].
    n, seed : int
        Draws, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Notes
    -----
    Three marks that are easily confused: the value that the case itself implies; zero (customers worth nothing); and
    hard lines alone, which leave out estimated lines as well.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> found = tco.belief(case, "borealis", values=[0, 50, 100], n=1024)
    >>> found.wins["all_in"].shape, round(found.marks["implied"])
    ((3,), 48)
    """
    checked_case(case)
    steps = Steps(progress, 2)
    stake(case, supplier)
    believed = Belief(case, supplier, n, seed=seed)
    steps.done()
    implied = believed.implied
    if values is None:
        values = np.linspace(
            0.0, 3 * abs(implied) if np.isfinite(implied) and implied else 100.0, DEFAULT_POINTS
        ).tolist()
    points = _checked(values)
    costs = (believed.costs(value) for value in each(points, steps.part(1)))
    worlds = believed.worlds
    hard = float((worlds.savings(supplier)[0] > 0).mean())
    return _curve(
        "belief",
        case,
        supplier,
        believed.lever,
        points,
        costs,
        premiums=None,
        marks={**({"implied": implied} if np.isfinite(implied) else {}), "zero": 0.0},
        hard_only=hard,
        worlds=worlds,
    )


def _curve(
    kind: str,
    case: Case,
    supplier: str,
    axis: Lever,
    values: FloatArray,
    costs: Iterable[FloatArray],
    *,
    premiums: FloatArray | None,
    marks: Mapping[str, float],
    hard_only: float | None,
    worlds: Worlds,
) -> Curve:
    names = worlds.outcomes.names
    row, base = names.index(supplier), worlds.outcomes.baseline
    wins, best, losses, frontier = [], [], [], []
    for cost in costs:
        wins.append((saving(cost[:, base], cost[:, row]) > 0).mean(axis=-1))
        lowest, won = least(cost[2])
        best.append((won / won.sum(axis=0)).mean(axis=1))
        losses.append(saving(cost[2], lowest).mean(axis=1))
        frontier.append(ranked(dict(zip(names, cost[2].mean(axis=1).tolist(), strict=True)), names[base])[0])
    return Curve(
        kind=kind,
        supplier=supplier,
        label=case.option(supplier).label,
        baseline=case.baseline,
        currency=case.currency,
        path=axis.path,
        unit=axis.unit,
        price_currency=currency_of(axis, supplier),
        scaled=axis.scaled,
        values=values,
        premiums=premiums,
        wins=dict(zip(TOTALS, np.array(wins).T, strict=True)),
        best=dict(zip(names, np.array(best).T, strict=True)),
        frontier=tuple(frontier),
        losses=dict(zip(names, np.array(losses).T, strict=True)),
        marks=marks,
        hard_only=hard_only,
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, worlds.seed, "sobol"),
    )


def _checked(values: Sequence[float]) -> FloatArray:
    points = np.array(floats(values))
    if not points.size or not np.isfinite(points).all():
        raise UsageError(f"expected at least one finite value, found {list(values)}")
    return points
