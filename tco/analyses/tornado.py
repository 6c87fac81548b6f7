"""One input at a time: a figure at the ends of each input's range, all others at their means, in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tco.analyses.figure import Figure, best_supplier, labels_of
from tco.analyses.levers import turnable
from tco.distributions import Distribution, FloatArray
from tco.engine import TOLERANCE
from tco.errors import UsageError
from tco.graph import NotFinite
from tco.loader import Case, checked_case
from tco.numbers import KINDS
from tco.outcomes import Outcomes, Worlds
from tco.results import Provenance, Result
from tco.version import VERSION

LOW, HIGH = 0.10, 0.90
"""Percentiles between which each input is moved."""
POINTS = 5
"""Points of an input's line in a spider chart, from one end of its range to the other."""

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Bar:
    """What one input does to a figure, all others at their means.

    Parameters
    ----------
    path : str
        The input.
    from_value, to_value : float
        The ends of its range [the input's unit].
    low, high : float
        The figure at either end [money].
    elasticity : float or None
        Per cent that the figure moves for one per cent of the input, both about the middle of the range; None where
        the figure or the input changes sign, so that per cent mean nothing.
    spider : tuple of (float, float)
        The input and the figure at points of its range, for a spider chart.
    stated : bool
        Whether the range was stated, instead of two percentiles.
    """

    path: str
    from_value: float
    to_value: float
    low: float
    high: float
    elasticity: float | None
    spider: tuple[tuple[float, float], ...]
    stated: bool = False

    @property
    def swing(self) -> float:
        """How far apart the figure is at the two ends [money]."""
        return abs(self.high - self.low)

    @property
    def one_percent(self) -> float | None:
        """How far the figure moves for one per cent of the input's middle value; None where the input changes sign."""
        if self.from_value * self.to_value < 0 or self.from_value == self.to_value:
            return None
        slope = (self.high - self.low) / (self.to_value - self.from_value)
        return 0.01 * slope * (self.from_value + self.to_value) / 2

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "spider": [list(point) for point in self.spider], "swing": self.swing}


@dataclass(frozen=True, repr=False)
class Tornado(Result):
    """Every uncertain input moved alone.

    Parameters
    ----------
    supplier, output : str
        Whose figure, and which.
    base : float
        The base case: the figure with every input at its mean [money].
    low, high : float
        Percentiles between which inputs are moved, but for stated ranges.
    bars : tuple of Bar
        The largest swing first; equal ones by path.
    label, currency : str
        What people call the option, and the case's currency.
    labels, kinds, units : dict of str to str
        For each input what it is in people's words, its kind (share, rate, positive or number), and its unit.
    provenance : Provenance
        What this was made from.
    """

    supplier: str
    output: str
    base: float
    low: float
    high: float
    bars: tuple[Bar, ...]
    label: str
    currency: str
    labels: Mapping[str, str]
    kinds: Mapping[str, str]
    units: Mapping[str, str]
    provenance: Provenance

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an input."""
        for bar in self.bars:
            row = {name: value for name, value in bar.to_dict().items() if name != "spider"}
            yield {"supplier": self.supplier, "output": self.output, **row}

    def __str__(self) -> str:
        from tco.views import small

        return small.tornado_text(self)

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data, in full precision."""
        return {**asdict(self), "bars": [bar.to_dict() for bar in self.bars]}


def tornado(
    case: Case,
    supplier: str = "",
    *,
    output: str = "npv",
    low: float = LOW,
    high: float = HIGH,
    ranges: Ranges | None = None,
) -> Tornado:
    """Move each uncertain input of a case from one percentile to another, all others at their means.

    Parameters
    ----------
    case : Case
        A checked case.
    supplier : str
        Whose figure; by default the option besides the baseline that is best on the mean.
    output : str
        ``npv`` (against the baseline, all in), ``hard``, ``hard_and_estimated`` or ``cost``.
    low, high : float
        Percentiles, as shares.
    ranges : dict of str to (float, float)
        Stated ranges instead, by path; also of inputs that are certain in the case [the input's unit].

    Raises
    ------
    UsageError
        For an unknown supplier, output or path, or ends in the wrong order.

    Examples
    --------
    >>> import tco
    >>> result = tornado(tco.load("scenarios/cartridges.yaml"), "borealis")
    >>> result.bars[0].path
    'suppliers.borealis.failure_rates.crushed'
    """
    checked_case(case)
    figure = Figure(Outcomes(case), supplier or best_supplier(Worlds.of(case)), output)
    return tornado_of(figure, low, high, ranges or {})


def tornado_of(figure: Figure, low: float, high: float, ranges: Ranges) -> Tornado:
    """Give the tornado of a figure; see `tornado`."""
    figure = _with_ranges(figure, ranges)
    if not 0 < low < high < 1:
        raise UsageError(f"expected percentiles from above 0 % up to below 100 %, found {low:g} and {high:g}")
    inputs = figure.outcomes.inputs
    values = {path: _values(path, inputs[path], low, high, ranges) for path in sorted(inputs)}
    _check_together(figure, values, ranges)
    base, *lines = np.split(_one_run(figure, values), np.cumsum([1, *[len(one) for one in values.values()]])[:-1])
    bars = [_bar(path, values[path], line, stated=path in ranges) for path, line in zip(values, lines, strict=True)]
    ordered = tuple(sorted(bars, key=lambda bar: (-bar.swing, bar.path)))
    case = figure.outcomes.case
    entries = {part: one.entry for one in case.inputs.values() for part, _ in one.parts() if part in values}
    return Tornado(
        supplier=figure.supplier,
        output=figure.output,
        base=float(base[0]),
        low=low,
        high=high,
        bars=ordered,
        label=case.option(figure.supplier).label,
        currency=case.currency,
        labels=labels_of(case, [bar.path for bar in ordered]),
        kinds={path: entry.kind for path, entry in entries.items()},
        units={path: entry.unit for path, entry in entries.items()},
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION),
    )


def _with_ranges(figure: Figure, ranges: Ranges) -> Figure:
    """Let inputs that are certain, or stand at their defaults, vary too, where a range is stated for them."""
    case = figure.outcomes.case
    for path in ranges:
        case = turnable(case, path)
    kinds = {part: one.entry.kind for one in case.inputs.values() for part, _ in one.parts()}
    for path, (start, end) in ranges.items():
        words, low, high = KINDS[kinds[path]]
        if not start < end:
            raise UsageError(f"expected a range from low to high for {path}, found {start:g} to {end:g}")
        if start < low or end > high:
            raise UsageError(f"expected {words} for {path}, found {start:g} to {end:g}")
    if all(path in figure.outcomes.inputs for path in ranges):
        return figure
    return Figure(Outcomes(case, free=ranges), figure.supplier, figure.output)


def _values(path: str, one: Distribution, low: float, high: float, ranges: Ranges) -> FloatArray:
    """Give the points of an input's range: percentiles, or evenly spaced where the range is stated."""
    if path not in ranges:
        return np.asarray(one.quantile(np.linspace(low, high, POINTS)), dtype=np.float64)
    return np.linspace(*ranges[path], POINTS)


def _check_together(figure: Figure, values: Mapping[str, FloatArray], ranges: Ranges) -> None:
    """Refuse a stated range in which the case cannot be computed, or breaks a joint limit."""
    outcomes = figure.outcomes
    for path in ranges:
        points = values[path]
        draws = {name: np.full(points.size, mean[0]) for name, mean in outcomes.means.items()} | {path: points}
        try:
            possible = all(np.max(one) <= TOLERANCE for one in outcomes.evaluate(outcomes.limits, draws))
            outcomes.costs(draws)
        except NotFinite:
            possible = False
        if not possible:
            start, end = ranges[path]
            hint = "shares of one whole sum to more than 100 % there, or replacements never end: narrow it"
            raise UsageError(f"expected a range that the case can have, found {start:g} to {end:g} for {path}: {hint}")


def _one_run(figure: Figure, values: Mapping[str, FloatArray]) -> FloatArray:
    """Give the figure in the base case, then at every point of every input, in one run."""
    n = 1 + sum(len(one) for one in values.values())
    draws, first = {}, 1
    for path, points in values.items():
        draws[path] = np.full(n, float(figure.outcomes.inputs[path].mean()))
        draws[path][first : first + len(points)] = points
        first += len(points)
    return figure(draws)


def _bar(path: str, values: FloatArray, figures: FloatArray, *, stated: bool) -> Bar:
    spider = tuple((float(x), float(y)) for x, y in zip(values, figures, strict=True))
    (start, low), (end, high) = spider[0], spider[-1]
    return Bar(path, start, end, low, high, _elasticity((start, end), (low, high)), spider, stated)


def _elasticity(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Give the mid-point (arc) elasticity: relative change of y over that of x, each about the middle.

    References
    ----------
    Allen (1934), The Concept of Arc Elasticity of Demand, Review of Economic Studies 1(3), 226-229.
    """
    if x[0] * x[1] < 0 or y[0] * y[1] <= 0 or x[0] == x[1]:
        return None
    return (y[1] - y[0]) / (y[1] + y[0]) * (x[1] + x[0]) / (x[1] - x[0])
