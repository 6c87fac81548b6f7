"""What a figure is where inputs lie in bands of theirs (stress), and what losing worlds have in common (reverse)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tco.analyses.figure import Draws
from tco.distributions import FloatArray
from tco.errors import UsageError

FEWEST = 30
"""Draws in a band below which no mean is given."""
CUTS = 20
"""Percentile steps at which rules may cut an input."""
MOST_RULES, MOST_CONDITIONS = 3, 2
LEAST_GAIN = 0.02
"""What a further condition must add to a rule's score."""
LEAST_COVERAGE = 0.10
"""Share of the losing worlds that a rule must explain beyond those before it."""
LEAST_ODDS = 1.25
"""Times the odds of losing everywhere that a rule's worlds must have."""

Bands = Mapping[str, tuple[float, float]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Stress:
    """A figure where some inputs lie in bands of their percentiles, beside the figure everywhere.

    Parameters
    ----------
    bands : dict of str to (float, float)
        Percentiles as shares, by path.
    share : float
        Of the draws that lie in all bands.
    mean, all_mean : float
        Mean of the figure in the bands, and everywhere [money].
    mean_error : float
        Standard error of the mean in the bands [money].
    probability_positive, all_probability_positive : float
        Share of draws above 0, in the bands and everywhere.
    """

    bands: Bands
    share: float
    mean: float
    mean_error: float
    probability_positive: float
    all_mean: float
    all_probability_positive: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "bands": {path: list(band) for path, band in self.bands.items()}}


def stress(draws: Draws, figure: FloatArray, bands: Bands) -> Stress:
    """Hold a figure where inputs lie in bands of their percentiles against the figure everywhere.

    Parameters
    ----------
    draws : dict of str to array of shape (n,)
        By path.
    figure : array of shape (n,)
        In the same draws [money].
    bands : dict of str to (float, float)
        Percentiles as shares: (0.75, 1) is the highest quarter.

    Raises
    ------
    UsageError
        For an input that does not vary, a band out of order, or bands in which hardly a draw lies.
    """
    inside = np.ones(figure.size, dtype=bool)
    for path, (low, high) in bands.items():
        if path not in draws:
            near = difflib.get_close_matches(path, draws, n=1)
            hint = f"did you mean '{near[0]}'?" if near else "it is certain, or no input of the case"
            raise UsageError(f"expected an uncertain input, found '{path}': {hint}")
        if not 0 <= low < high <= 1:
            found = f"{100 * low:g}% to {100 * high:g}%"
            raise UsageError(f"expected a band such as 75% to 100% for {path}, found {found}: write percent signs")
        ends = np.quantile(draws[path], [low, high])
        inside &= (draws[path] >= ends[0]) & (draws[path] <= ends[1])
    chosen = figure[inside]
    if chosen.size < FEWEST:
        found = f"expected at least {FEWEST} draws in the bands, found {chosen.size} of {figure.size:,}"
        raise UsageError(f"{found}: widen the bands")
    return Stress(
        bands=dict(bands),
        share=chosen.size / figure.size,
        mean=float(chosen.mean()),
        mean_error=float(chosen.std(ddof=1) / np.sqrt(chosen.size)),
        probability_positive=float((chosen > 0).mean()),
        all_mean=float(figure.mean()),
        all_probability_positive=float((figure > 0).mean()),
    )


class Condition(NamedTuple):
    """One end of an input's range: at least, or at most, a value [the input's unit], which is a percentile of it."""

    path: str
    above: bool
    value: float
    percentile: float


@dataclass(frozen=True)
class Rule:
    """What many losing worlds have in common.

    Parameters
    ----------
    conditions : tuple of Condition
        All of which hold; the one that says most first.
    coverage : float
        Share of all losing worlds in which they hold.
    density : float
        Share of the worlds in which they hold that lose.
    share : float
        Of all worlds in which they hold.
    """

    conditions: tuple[Condition, ...]
    coverage: float
    density: float
    share: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "conditions": [condition._asdict() for condition in self.conditions]}


def reverse_stress(draws: Draws, losing: Mask) -> tuple[Rule, ...]:
    """Find one to three rules that say where worlds lose; none where nothing, or all, does, or no rule says much.

    Parameters
    ----------
    draws : dict of str to array of shape (n,)
        By path.
    losing : array of bool of shape (n,)
        Which draws lose.

    Notes
    -----
    A rule is a box of one-sided cuts at multiples of 5 %, of an input with few values between these. Starting from
    everywhere, the cut is added that raises the rule's score most, and cuts made before are then made anew, until
    nothing raises it. The score is F1, the harmonic mean of coverage and density, losing worlds counting no more than
    others in total. The next rule is sought among the losing worlds that no rule holds in yet.

    References
    ----------
    Friedman and Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143.
    Bryant and Lempert (2010), Thinking inside the box, Technological Forecasting and Social Change 77, 34-49.
    """
    total = int(losing.sum())
    if not FEWEST <= total < losing.size:
        return ()
    hunt = _Hunt(draws)
    left = losing.copy()
    rules: list[Rule] = []
    while len(rules) < MOST_RULES and left.sum() >= LEAST_COVERAGE * total:
        open_worlds = left | ~losing
        cuts = hunt.best_box(left, open_worlds)
        inside = hunt.holds(cuts)
        density = losing[inside].mean() if inside.any() else 0.0
        fresh = (left & inside).sum() / total
        odds_hold = density * (losing.size - total) >= LEAST_ODDS * (1 - density) * total
        if not cuts or fresh < LEAST_COVERAGE or not odds_hold:
            break
        conditions = tuple(hunt.condition(cut) for cut in cuts)
        rules.append(Rule(conditions, float((losing & inside).sum() / total), float(density), float(inside.mean())))
        left &= ~inside
    return tuple(rules)


class _Cut(NamedTuple):
    row: int
    above: bool
    bin: int


def _edges(values: FloatArray) -> FloatArray:
    """Give where an input may be cut: at multiples of 5 %, or between the values of one that has few."""
    known = np.unique(values)
    if known.size <= CUTS:
        return np.asarray((known[1:] + known[:-1]) / 2)
    return np.unique(np.quantile(values, np.arange(1, CUTS) / CUTS))


class _Hunt:
    """Draws in bins of their percentiles, so that the score of every cut is a sum of counts."""

    def __init__(self, draws: Draws) -> None:
        edges = {path: _edges(values) for path, values in draws.items()}
        self.paths = [path for path in sorted(draws) if edges[path].size]
        self.edges = [edges[path] for path in self.paths]
        rows = list(zip(self.paths, self.edges, strict=True))
        self.bins = [np.searchsorted(ends, draws[path], side="right") for path, ends in rows]
        self.percentiles = [[float((draws[path] < end).mean()) for end in ends] for path, ends in rows]
        self.n = len(draws[self.paths[0]]) if self.paths else 0

    def condition(self, cut: _Cut) -> Condition:
        """Say a cut in the input's own unit."""
        edge = (cut.bin if cut.above else cut.bin + 1) - 1
        return Condition(
            self.paths[cut.row], cut.above, float(self.edges[cut.row][edge]), self.percentiles[cut.row][edge]
        )

    def holds(self, cuts: list[_Cut]) -> Mask:
        """Give the draws in which all cuts hold."""
        inside = np.ones(self.n, dtype=bool)
        for cut in cuts:
            inside &= self.bins[cut.row] >= cut.bin if cut.above else self.bins[cut.row] <= cut.bin
        return inside

    def best_box(self, losing: Mask, worlds: Mask) -> list[_Cut]:
        """Add cuts while they raise the score, making earlier ones anew after each."""
        cuts: list[_Cut] = []
        score = self._score(losing.sum(), worlds.sum(), losing, worlds)
        while len(cuts) < MOST_CONDITIONS:
            taken = {cut.row for cut in cuts}
            free = [row for row in range(len(self.paths)) if row not in taken]
            found = max((self._best_cut(row, cuts, losing, worlds) for row in free), default=None)
            if found is None or found[0] < score + LEAST_GAIN:
                break
            cuts.append(found[1])
            for position in range(len(cuts)):
                others = cuts[:position] + cuts[position + 1 :]
                score, cuts[position] = self._best_cut(cuts[position].row, others, losing, worlds)
        return cuts

    def _best_cut(self, row: int, others: list[_Cut], losing: Mask, worlds: Mask) -> tuple[float, _Cut]:
        """Give the best one-sided cut of an input where other cuts hold, and its score."""
        inside = self.holds(others) & worlds
        bins = self.bins[row]
        most = self.edges[row].size + 1
        counts = np.bincount(bins[inside], minlength=most)
        lost = np.bincount(bins[inside & losing], minlength=most)
        below = self._score(np.cumsum(lost), np.cumsum(counts), losing, worlds)[:-1]
        above = self._score(np.cumsum(lost[::-1])[::-1], np.cumsum(counts[::-1])[::-1], losing, worlds)[1:]
        best_below, best_above = int(np.argmax(below)), int(np.argmax(above))
        if above[best_above] > below[best_below]:
            return float(above[best_above]), _Cut(row, True, best_above + 1)
        return float(below[best_below]), _Cut(row, False, best_below)

    @staticmethod
    def _score(lost: Any, worlds_inside: Any, losing: Mask, worlds: Mask) -> Any:
        """Give F1 of a box that holds so many losing worlds among so many; winning ones weigh as much in total."""
        total = losing.sum()
        weight = max(1.0, total / max(worlds.sum() - total, 1))
        return 2 * lost / (lost + weight * (worlds_inside - lost) + total)
