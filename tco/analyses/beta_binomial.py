"""A rate with a beta distribution, expected costs as a function of it, and what they are after counting events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.polynomial import chebyshev

from tco.distributions import Beta, FloatArray

DEGREES = (8, 16, 32, 64)
"""Degrees that are tried in turn, until the last coefficients are as good as 0."""
_CLOSE = 1e-9
"""What the last two coefficients may be, as a share of the largest cost."""
_UNLIKELY = 1e-13
"""Numbers of events of this probability are taken as those of the nearest one that is likelier."""
_RESULTS = 257
"""Numbers of events that expected costs are computed for."""
RARELY, TRIFLE = 0.001, 0.01
"""Results of a pilot that are less probable than this, and bring less of its value, are not spoken of."""


@dataclass(frozen=True)
class Segment:
    """Results of a pilot after which the same option costs least: from one number of events to another, inclusive."""

    first: int
    last: int
    option: int
    probability: float


@dataclass(frozen=True)
class BetaBinomial:
    """A rate with a beta distribution, and each option's expected cost as a polynomial of it.

    Parameters
    ----------
    prior : Beta
        What is known of the rate.
    low, high : float
        Rates between which the polynomials hold; beyond them costs are taken as those at the ends.
    coefficients : array of shape (k, d + 1)
        Of Chebyshev polynomials on this range [money].

    Notes
    -----
    After y events in n units the rate is Beta(a + y, b + n − y), and results are beta-binomial. The expectation of a
    polynomial of degree d over such a rate is a Gauss-Jacobi sum, exact from d/2 + 1 nodes on. It is smooth in y, so
    that of very many results some hundreds are computed, and a cubic spline gives the others.

    References
    ----------
    Raiffa and Schlaifer (1961), Applied Statistical Decision Theory, sections 5.3 and 9.1 (beta-binomial preposterior).
    Trefethen (2013), Approximation Theory and Approximation Practice, chapter 4 (interpolation in Chebyshev points).
    Golub and Welsch (1969), Calculation of Gauss quadrature rules, Mathematics of Computation 23, 221-230.
    """

    prior: Beta
    low: float
    high: float
    coefficients: FloatArray

    @classmethod
    def of(
        cls, prior: Beta, costs: Callable[[FloatArray], FloatArray], *, low: float = 0.0, high: float = 1.0
    ) -> BetaBinomial:
        """Interpolate costs, (k, n) at rates of shape (n,), by polynomials of as high a degree as they need.

        Parameters
        ----------
        prior : Beta
            What is known of the rate.
        costs : callable
            Gives each option's expected cost at some rates, (k, n) [money].
        low, high : float
            Rates to interpolate between.
        """
        for degree in DEGREES:
            points = _points(degree)
            values = costs(low + (points + 1) / 2 * (high - low))
            found = np.asarray(chebyshev.chebfit(points, values.T, degree).T, dtype=np.float64)
            if np.abs(found[:, -2:]).max() <= _CLOSE * np.abs(values).max():
                break
        return cls(prior, low, high, found)

    def costs(self, rates: FloatArray) -> FloatArray:
        """Give each option's expected cost at some rates, (k, …) [money]."""
        places = 2 * (np.clip(rates, self.low, self.high) - self.low) / (self.high - self.low) - 1
        return np.asarray(chebyshev.chebval(places, self.coefficients.T))

    def moved(self, by: FloatArray) -> BetaBinomial:
        """Add an amount to each option's cost, (k,) [money]."""
        coefficients = self.coefficients.copy()
        coefficients[:, 0] += by
        return replace(self, coefficients=coefficients)

    def after(self, units: int) -> tuple[FloatArray, FloatArray]:
        """Give the probability of every number of events in so many units, (n + 1,), and expected costs, (k, n + 1)."""
        from scipy.special import betaln, gammaln

        a, b, events = self.prior.a, self.prior.b, np.arange(units + 1, dtype=np.float64)
        ways = gammaln(units + 1) - gammaln(events + 1) - gammaln(units - events + 1)
        probabilities = np.exp(ways + betaln(a + events, b + units - events) - betaln(a, b))
        probabilities /= probabilities.sum()
        likely = np.flatnonzero(probabilities > _UNLIKELY)
        return probabilities, self._costs_after(events, units, float(likely[0]), float(likely[-1]))

    def _costs_after(self, events: FloatArray, units: int, first: float, last: float) -> FloatArray:
        whole = events[int(first) : int(last) + 1]
        if whole.size <= _RESULTS:
            known = self._expected(whole, units)
            return np.asarray(known[:, np.clip(events, first, last).astype(np.intp) - int(first)])
        from scipy.interpolate import CubicSpline

        some = np.linspace(first, last, _RESULTS)
        spline = CubicSpline(some, self._expected(some, units), axis=1)
        return np.asarray(spline(np.clip(events, first, last)))

    def _expected(self, events: FloatArray, units: int) -> FloatArray:
        """Give expected costs after some numbers of events, which need not be whole: (k, m)."""
        count = self.coefficients.shape[1] // 2 + 1
        rates, weights = _gauss_jacobi(self.prior.a + events, self.prior.b + units - events, count)
        return np.asarray((self.costs(rates) * weights).sum(axis=-1))

    def evsi(self, units: int) -> float:
        """Value seeing so many units before choosing [money]."""
        probabilities, costs = self.after(units)
        best = int(np.argmin(costs @ probabilities))
        return float(probabilities @ (costs[best] - costs.min(axis=0)))

    def segments(self, units: int) -> list[Segment]:
        """Say which option costs least after each number of events; what hardly happens and matters is left out."""
        probabilities, costs = self.after(units)
        best, choice = int(np.argmin(costs @ probabilities)), np.argmin(costs, axis=0)
        worth = probabilities * (costs[best] - costs.min(axis=0))
        starts = [0, *(np.flatnonzero(np.diff(choice)) + 1)]
        found: list[Segment] = []
        for first, end in zip(starts, [*starts[1:], units + 1], strict=True):
            probability = float(probabilities[first:end].sum())
            if probability >= RARELY or worth[first:end].sum() > TRIFLE * worth.sum():
                found.append(Segment(int(first), int(end) - 1, int(choice[first]), probability))
        return _joined(found)


def _points(degree: int) -> FloatArray:
    """Give the Chebyshev points of a degree, from −1 to 1."""
    return -np.cos(np.pi * np.arange(degree + 1) / degree)


def _gauss_jacobi(a: FloatArray, b: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Give nodes and weights, (m, count) each, whose sums are expectations over beta distributions."""
    k, s = np.arange(1, count), (a + b)[:, None]
    twice = 2 * k + s - 2
    matrix = np.zeros((len(a), count, count))
    matrix[:, 0, 0] = (a - b) / (a + b)
    matrix[:, k, k] = ((a - b) * (a + b - 2))[:, None] / (twice * (twice + 2))
    below = k * (k + a[:, None] - 1) * (k + b[:, None] - 1) / (twice**2 * (twice + 1))
    below[:, 1:] *= (k[1:] + s - 2) / (twice[:, 1:] - 1)  # of the first, the two are equal, and may be 0
    matrix[:, k, k - 1] = matrix[:, k - 1, k] = 2 * np.sqrt(below)
    nodes, vectors = np.linalg.eigh(matrix)
    return (1 + nodes) / 2, np.square(vectors[:, 0])


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Join neighbours with the same choice; what was left out between two goes to the first of them."""
    found: list[Segment] = []
    for one in segments:
        if found and found[-1].option == one.option:
            before = found.pop()
            found.append(Segment(before.first, one.last, one.option, before.probability + one.probability))
        else:
            if found:
                before = found.pop()
                found.append(Segment(before.first, one.first - 1, before.option, before.probability))
            found.append(one)
    return found
