"""Curves: how sure the decision is as a price premium, or the value put on a lost customer, rises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
_WIDEST = 1.2
"""A curve's last point lies this far beyond the break-even of nineteen worlds in twenty."""


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
        Prices; by default from the baseline's to where hardly a world is left [unit of the price].
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
        saved = low[2, base] - low[2, row]
        moves = bool((slope[2, row] > 0).all())  # not where the baseline's price is paid over the whole horizon
        even = np.quantile(saved / slope[2, row], (0.01, 0.95, 0.99)) + turned.value if moves else [turned.value] * 3
        start = turned.value if theirs is None else min(theirs, turned.value)
        end = max(start + _WIDEST * (even[1] - start), 1.1 * turned.value)
        values = _dense(start, end, float(even[0]), float(even[2]))
    points = _checked(values)
    costs = [low + slope * (value - turned.value) for value in each(points, steps.part(2))]
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


def _dense(start: float, end: float, first: float, last: float) -> list[float]:
    """Give points over a range, half of them where the chance of being worth it changes."""
    low, high = max(first - 0.5 * (last - first), 0.0), last + 0.5 * (last - first)
    if high <= low:
        return [float(value) for value in np.linspace(start, end, DEFAULT_POINTS)]
    half = DEFAULT_POINTS // 2
    points = np.concatenate([np.linspace(min(start, low), max(end, high), half + 1), np.linspace(low, high, half)])
    return [float(value) for value in np.unique(points)]


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
    costs = [believed.costs(value) for value in each(points, steps.part(1))]
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
    costs: Sequence[FloatArray],
    *,
    premiums: FloatArray | None,
    marks: Mapping[str, float],
    hard_only: float | None,
    worlds: Worlds,
) -> Curve:
    names = worlds.outcomes.names
    row, base = names.index(supplier), worlds.outcomes.baseline
    wins = {
        t: np.array([(saving(cost[i, base], cost[i, row]) > 0).mean() for cost in costs]) for i, t in enumerate(TOTALS)
    }
    best, losses, frontier = [], [], []
    for cost in costs:
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
        wins=wins,
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
