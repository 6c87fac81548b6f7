"""One input, several outputs: what every option costs and saves as it moves from one value to another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco import paths
from tco.analyses.levers import MONTHS, Lever, check_bounds, feasible, lever, located
from tco.distributions import FloatArray
from tco.errors import UsageError, floats
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes
from tco.progress import Progress, each
from tco.results import TOTALS, Provenance, Result
from tco.ties import ranked, saving
from tco.version import VERSION

DEFAULT_STEPS = 11
MOST_STEPS = 1000


@dataclass(frozen=True, repr=False)
class Table(Result):
    """The base case with one input at several values.

    Parameters
    ----------
    path, meaning, unit, currency : str
        The input that is turned.
    percent : bool
        Whether it is a share or a rate, which people write in percent.
    baseline : str
        What NPVs are held against.
    labels : dict of str to str
        What people call each option.
    now : float or None
        The input's value in the case.
    values : tuple of float
        In the order asked for [unit].
    cost_per_unit : dict of str to tuple of float
        For each option, levelised, all in [money/unit].
    npv : dict of str to dict of str to tuple of float
        For each total and option [money].
    provenance : Provenance
        What this was made from.
    """

    path: str
    meaning: str
    unit: str
    currency: str
    percent: bool
    baseline: str
    labels: Mapping[str, str]
    now: float | None
    values: tuple[float, ...]
    cost_per_unit: Mapping[str, tuple[float, ...]]
    npv: Mapping[str, Mapping[str, tuple[float, ...]]]
    provenance: Provenance

    def cheapest(self, row: int) -> str:
        """Name the option that costs least at one value."""
        return ranked({name: costs[row] for name, costs in self.cost_per_unit.items()}, self.baseline)[0]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a value and option."""
        for row, value in enumerate(self.values):
            for name, costs in self.cost_per_unit.items():
                yield {
                    "path": self.path,
                    "value": value,
                    "supplier": name,
                    "cost_per_unit": costs[row],
                    **{f"npv_{total}": self.npv[total][name][row] for total in TOTALS},
                    "cheapest": self.cheapest(row) == name,
                }

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "path": self.path,
            "meaning": self.meaning,
            "unit": self.unit,
            "baseline": self.baseline,
            "now": self.now,
            "points": list(self.rows()),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.table_text(self)


def table(case: Case, path: str, values: Sequence[float], *, progress: Progress | None = None) -> Table:
    """Turn one input and cost every option at each value, all others at their means.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    path : str
        Of any number of the case, the horizon and the discount rate included.
    values : sequence of float
        At which to cost [unit of the input].
    progress : callable, optional
        Called with values done and values in all, where the case is costed at one after another.

    Raises
    ------
    UsageError
        For a path that leads to no number, or too many values.
    CaseError
        For a value that the case cannot have.

    Examples
    --------
    >>> import tco
    >>> found = tco.table(tco.load("scenarios/cartridges.yaml"), "suppliers.borealis.unit_price", [4.5, 5.5])
    >>> [found.cheapest(row) for row in range(2)]
    ['borealis_box', 'acme_inspected']
    """
    checked_case(case)
    points = checked_values(values)
    entry = located(case, path).entry
    if entry is None and path.split(".")[-1] not in MONTHS:
        raise UsageError(f"expected the path of a number, found '{path}'")
    turned = _turned(case, path)
    together = turned is not None and feasible(turned, np.array(points)).size == len(points)
    costs, units = _together(turned, points) if turned and together else _one_by_one(case, path, points, progress)
    names = [option.name for option in case.options]
    base = names.index(case.baseline)
    return Table(
        path=path,
        meaning=entry.meaning if entry else "months",
        unit=turned.unit if turned else entry.unit if entry else "month",
        currency=case.currency,
        percent=entry is not None and entry.kind in ("share", "rate"),
        baseline=case.baseline,
        labels={option.name: option.label for option in case.options},
        now=turned.value if turned else _stated(case, path),
        values=tuple(points),
        cost_per_unit={name: tuple((costs[2, row] / units).tolist()) for row, name in enumerate(names)},
        npv={
            total: {name: tuple(saving(costs[t, base], costs[t, row]).tolist()) for row, name in enumerate(names)}
            for t, total in enumerate(TOTALS)
        },
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION),
    )


Costs = tuple[FloatArray, FloatArray]
"""Present costs, (3, k, m), and discounted units, (m,), at m values."""


def _turned(case: Case, path: str) -> Lever | None:
    """Give the lever of a number that formulas ask for; None for times and thresholds, which a case is built with."""
    try:
        return lever(case, path)
    except UsageError:
        return None


def _together(turned: Lever, points: list[float]) -> Costs:
    draws = turned.draws(check_bounds(turned, np.array(points)))
    outcomes = turned.outcomes
    units = np.broadcast_to(outcomes.evaluate(outcomes.units, draws)[0], (len(points),))
    return outcomes.costs(draws), units


def _one_by_one(case: Case, path: str, points: list[float], progress: Progress | None) -> Costs:
    costs, units = [], []
    for value in each(points, progress):
        outcomes = Outcomes(case.with_({path: _plain(value)}, source=f"{path} = {value:g}"))
        costs.append(outcomes.costs({})[:, :, 0])
        units.append(float(np.reshape(outcomes.evaluate(outcomes.units, {})[0], -1)[0]))
    return np.stack(costs, axis=-1), np.array(units)


def _stated(case: Case, path: str) -> float | None:
    """Give a number that the case states and no formula asks for, such as the horizon."""
    number = paths.stated(case.document.data, located(case, path).keys)
    return float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None


def steps(first: float, last: float, count: int = DEFAULT_STEPS, *, whole: bool = False) -> list[float]:
    """Give evenly spaced values from one to another, both included; whole ones where only these make sense."""
    if not 2 <= count <= MOST_STEPS:
        raise UsageError(f"expected 2 to {MOST_STEPS:,} steps, found {count}")
    values = np.linspace(first, last, count)
    return [float(value) for value in (np.unique(np.round(values)) if whole else values)]


def checked_values(values: Sequence[float]) -> list[float]:
    """Give values as floats.

    Raises
    ------
    UsageError
        For none, for too many, and for one that is not finite.
    """
    points = floats(values)
    if not points or len(points) > MOST_STEPS or not np.isfinite(points).all():
        raise UsageError(f"expected 1 to {MOST_STEPS:,} finite values, found {len(points)}")
    return points


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) and abs(value) < 1e15 else value
