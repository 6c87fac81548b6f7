"""Distributions of any shape: metalog, discrete values, measured samples; and what holds for all distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import scipy  # its submodules load on first use: scipy.special alone takes longer than a case file does

from tco.distributions.families import Beta, Fixed, Gamma, Lognormal, Normal, Pert, Triangular, Uniform
from tco.distributions.refusals import (
    check_finite,
    check_rising,
    say,
    say_share,
)
from tco.distributions.special import FloatArray, bracketed_root
from tco.errors import Unexpected


@dataclass(frozen=True, slots=True)
class Metalog:
    """A three-term metalog: the smooth distribution through three percentiles, with a bound or two if wanted.

    Parameters
    ----------
    p10, p50, p90 : float
        10th, 50th and 90th percentile.
    minimum, maximum : float, optional
        Bounds.

    Raises
    ------
    Unexpected
        If the median is too near one of the others for the quantile function to rise everywhere, or the one open end
        is so heavy that there is no mean. With one bound the sd may still be infinite; with two it never is.

    Notes
    -----
    ``M(u) = a1 + (a2 + a3 (u - 1/2)) ln(u / (1 - u))`` is the number itself without bounds, ``ln(x - minimum)`` with a
    minimum, ``-ln(maximum - x)`` with a maximum and ``ln((x - minimum) / (maximum - x))`` with both.

    The slope of M has the sign of ``a2 + a3 g(u)`` with ``g = u - 1/2 + u (1 - u) ln(u / (1 - u))``. With
    ``ln(u / (1 - u)) = 2 t``, g is largest where ``t tanh(t) = 1`` (t = 1.19968) and is t/2 there: M rises everywhere
    if and only if ``|a3| / a2 < 2 / t``. This is the 1.66711 that the paper finds numerically.

    References
    ----------
    Keelin (2016), The Metalog Distributions, Decision Analysis 13(4), 243-277, https://doi.org/10.1287/deca.2016.0338,
    section 6.2.1 (symmetric-percentile triplets) and proposition 3.

    Examples
    --------
    >>> float(Metalog(10, 20, 50).quantile(0.9))
    50.0
    """

    p10: float
    p50: float
    p90: float
    minimum: float | None = None
    maximum: float | None = None
    name: ClassVar[str] = "a metalog distribution"

    def __post_init__(self) -> None:
        given = {"p10": self.p10, "p50": self.p50, "p90": self.p90, "min": self.minimum, "max": self.maximum}
        points = {name: value for name, value in given.items() if value is not None}
        check_finite(**points)
        check_rising({name: points[name] for name in ("min", "p10", "p50", "p90", "max") if name in points})
        _check_metalog_rises(self)
        if self._tail() > 1 - 1e-9:
            tail, bound = ("an upper", "max") if self._open_end() > 0 else ("a lower", "min")
            message = f"expected a metalog with a mean, found {tail} tail so heavy that the mean is infinite"
            raise Unexpected(message, f"give a {bound} as well, or percentiles closer together")

    def mean(self) -> float:
        """Return ``a1 + a3/2`` without bounds, else the mean by quadrature to 12 digits."""
        if self.minimum is not None or self.maximum is not None:
            return _metalog_moments(self)[0]
        a1, _, a3 = self._terms()
        return a1 + a3 / 2

    def sd(self) -> float:
        """Return the sd: closed without bounds, else by quadrature; infinite if one bound leaves a heavy tail."""
        if self.minimum is not None or self.maximum is not None:
            return _metalog_moments(self)[1]
        _, a2, a3 = self._terms()
        return math.sqrt(math.pi**2 / 3 * a2**2 + (1 / 12 + math.pi**2 / 36) * a3**2)

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return M(u), taken back from the scale on which it is unbounded."""
        a1, a2, a3 = self._terms()
        u = np.asarray(u, dtype=np.float64)
        return self._from_unbounded(a1 + (a2 + a3 * (u - 0.5)) * scipy.special.logit(u))

    def cdf(self, x: float) -> float:
        """Return the u of which ``x`` is the quantile, by root finding."""
        low, high = self.bounds
        if x <= low or x >= high:
            return float(x >= high)
        a1, a2, a3 = self._terms()
        distance = self._to_unbounded(x) - a1

        def excess(t: float) -> float:
            return (a2 + a3 / 2 * math.tanh(t / 2)) * t - distance

        # t is ln(u / (1 - u)); its factor lies between a2 - |a3|/2 and a2 + |a3|/2, both above 0.
        near, far = distance / (a2 + abs(a3) / 2) * (1 - 1e-9), distance / (a2 - abs(a3) / 2) * (1 + 1e-9)
        t = bracketed_root(excess, near, far) if distance else 0.0
        return float(scipy.special.expit(t))

    @property
    def bounds(self) -> tuple[float, float]:
        """``minimum`` and ``maximum``, infinite where there is none."""
        low = -math.inf if self.minimum is None else self.minimum
        return (low, math.inf if self.maximum is None else self.maximum)

    def spec(self) -> dict[str, Any]:
        """Return ``{"metalog": {"p10": ..., "p50": ..., "p90": ..., "min": ..., "max": ...}}``, bounds where given."""
        points = {"p10": self.p10, "p50": self.p50, "p90": self.p90}
        limits = {"min": self.minimum, "max": self.maximum}
        return {"metalog": points | {name: value for name, value in limits.items() if value is not None}}

    def _terms(self) -> tuple[float, float, float]:
        """Coefficients a1, a2, a3 of M, from the three percentiles on the unbounded scale."""
        z10, z50, z90 = (self._to_unbounded(x) for x in (self.p10, self.p50, self.p90))
        return z50, (z90 - z10) / (2 * math.log(9)), (z10 - 2 * z50 + z90) / (0.8 * math.log(9))

    def _to_unbounded(self, x: float) -> float:
        if self.minimum is None and self.maximum is None:
            return x
        above_minimum = 0.0 if self.minimum is None else math.log(x - self.minimum)
        below_maximum = 0.0 if self.maximum is None else math.log(self.maximum - x)
        return above_minimum - below_maximum

    def _from_unbounded(self, z: FloatArray) -> FloatArray:
        if self.minimum is None:
            return z if self.maximum is None else self.maximum - np.exp(-z)
        if self.maximum is None:
            return self.minimum + np.exp(z)
        return self.minimum + (self.maximum - self.minimum) * np.asarray(scipy.special.expit(z))

    def _open_end(self) -> int:
        """1 if only the upper end is open, -1 if only the lower one is, else 0."""
        return (self.minimum is not None) - (self.maximum is not None)

    def _tail(self) -> float:
        """Weight of the one open end's tail: moments of order below 1/weight are finite; 0 where all are."""
        _, a2, a3 = self._terms()
        return a2 + self._open_end() * a3 / 2 if self._open_end() else 0.0


def _check_metalog_rises(metalog: Metalog) -> None:
    _, a2, a3 = metalog._terms()
    t = 1.1996786402577339  # t tanh(t) = 1, see Metalog's Notes
    if abs(a3) < 2 / t * a2:
        return
    z10, z90 = metalog._to_unbounded(metalog.p10), metalog._to_unbounded(metalog.p90)
    reach = np.array([-0.4, 0.4]) / t * (z90 - z10)
    lowest, highest = (f"{x:.4g}" for x in metalog._from_unbounded((z10 + z90) / 2 + reach))
    message = f"expected a p50 between {lowest} and {highest} with these p10 and p90, found {say(metalog.p50)}"
    raise Unexpected(message, f"move the p50 inwards, or give a {'min' if a3 > 0 else 'max'} close to the percentiles")


def _metalog_moments(metalog: Metalog) -> tuple[float, float]:
    # Trapezoids in s, with ln(u / (1 - u)) = t = sinh(s): doubly exponential decay, however heavy the tail.
    _, a2, a3 = metalog._terms()
    tail = metalog._tail()
    has_sd = tail < 0.5 - 1e-9
    decay = 1 - (2 if has_sd else 1) * tail
    ends = math.ceil(512 * math.asinh(80 / decay))
    s = np.arange(-ends, ends + 1) / 512
    t = np.sinh(s)
    log_weight = np.log(np.cosh(s) / 512) - np.abs(t) - 2 * np.log1p(np.exp(-np.abs(t)))
    distance = (a2 + a3 / 2 * np.tanh(t / 2)) * t
    shift = float(np.sum(_times_weight(metalog, distance, log_weight)))
    if not has_sd:
        return metalog.p50 + shift, math.inf
    roots = _times_weight(metalog, distance, log_weight / 2) - shift * np.exp(log_weight / 2)
    return metalog.p50 + shift, math.sqrt(float(np.sum(roots**2)))


def _times_weight(metalog: Metalog, distance: FloatArray, log_weight: FloatArray) -> FloatArray:
    # What lies between median and number, times a weight: no cancellation where narrow, no overflow where wide.
    open_end, weight = metalog._open_end(), np.exp(log_weight)
    if open_end:
        outward, median = open_end * distance, open_end * math.exp(open_end * metalog._terms()[0])
        near = np.expm1(np.minimum(outward, 1)) * weight
        return median * np.where(outward < 1, near, np.exp(np.maximum(outward, 1) + log_weight) - weight)
    low, high = metalog.bounds
    below, above = (metalog.p50 - low) / (high - low), (high - metalog.p50) / (high - low)
    fall = np.expm1(-np.abs(distance))
    part = np.where(distance > 0, -fall / (1 + above * fall), fall / (1 + below * fall))
    return (high - low) * below * above * weight * part


@dataclass(frozen=True, slots=True)
class Discrete:
    """A few values, each with its probability.

    Parameters
    ----------
    values : tuple of float
        The values, each once, in any order; kept rising.
    weights : tuple of float
        Their probabilities, which sum to 1; a value with probability 0 is left out.

    Examples
    --------
    >>> round(Discrete((12.4, 13.1), (0.7, 0.3)).mean(), 2)
    12.61
    """

    values: tuple[float, ...]
    weights: tuple[float, ...]
    name: ClassVar[str] = "a discrete distribution"

    def __post_init__(self) -> None:
        _check_discrete(tuple(self.values), tuple(self.weights))
        pairs = sorted((value, weight) for value, weight in zip(self.values, self.weights, strict=True) if weight)
        object.__setattr__(self, "values", tuple(value for value, _ in pairs))
        object.__setattr__(self, "weights", tuple(weight for _, weight in pairs))

    def mean(self) -> float:
        """Return the weighted sum of the values."""
        return math.fsum(self._weighted(self.values))

    def sd(self) -> float:
        """Return the root of the weighted squares around the mean."""
        mean = self.mean()
        return math.sqrt(math.fsum(self._weighted(tuple((value - mean) ** 2 for value in self.values))))

    def _weighted(self, values: tuple[float, ...]) -> list[float]:
        total = math.fsum(self.weights)  # 1, but for rounding in what was written
        return [value * weight / total for value, weight in zip(values, self.weights, strict=True)]

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the smallest value whose cumulative probability is at least ``u``."""
        return np.asarray(self.values, dtype=np.float64)[np.searchsorted(self._cumulative(), u, side="left")]

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        count = int(np.searchsorted(self.values, x, side="right"))
        return float(self._cumulative()[count - 1]) if count else 0.0

    def _cumulative(self) -> FloatArray:
        sums = np.cumsum(self.weights)
        return np.asarray(sums / sums[-1])

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return (self.values[0], self.values[-1])

    def spec(self) -> dict[str, Any]:
        """Return ``{"discrete": {value: probability, ...}}``."""
        return {"discrete": dict(zip(self.values, self.weights, strict=True))}


def _check_discrete(values: tuple[float, ...], weights: tuple[float, ...]) -> None:
    if not values or len(values) != len(weights):
        found = f"{len(values)} values and {len(weights)} probabilities"
        hint = "write {discrete: {12.4: 70%, 13.1: 30%}}"
        raise Unexpected(f"expected values with a probability each, found {found}", hint)
    for value, weight in zip(values, weights, strict=True):
        check_finite(value=value, probability=weight)
        if weight < 0:
            message = f"expected a probability of 0 or more, found {say_share(weight)} for {say(value)}"
            raise Unexpected(message, "leave it out")
        if values.count(value) > 1:
            raise Unexpected(f"expected each value once, found {say(value)} twice", "add up its probabilities")
    total = math.fsum(weights)
    if abs(total - 1) > 1e-9:
        last = weights[-1] + 1 - total
        hint = f"with {say_share(last)} for {say(values[-1])} they would" if last >= 0 else "make them smaller"
        raise Unexpected(f"expected probabilities that sum to 100%, found {say_share(total)}", hint)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Measured values, each as likely as the others: their empirical distribution.

    Parameters
    ----------
    values : array_like, shape (n,)
        The values, in any order; kept as a rising, read-only array.
    source : str
        Where they come from: the file's name.
    column : str
        The column of the file, if it has several.

    Notes
    -----
    ``quantile(u)`` is the smallest value that at least a share ``u`` of the values do not exceed: the step inverse of
    the empirical distribution function (type 1 of Hyndman and Fan). Nothing is interpolated, so draws have the mean and
    the sd of the values. The sd divides by n: it is the empirical distribution's, not an estimate of a population's.

    References
    ----------
    Hyndman and Fan (1996), Sample Quantiles in Statistical Packages, The American Statistician 50(4), 361-365.

    Examples
    --------
    >>> Samples(np.array([3, 1, 2]), "weights.csv").quantile(np.array([0.1, 0.5, 0.9]))
    array([1., 2., 3.])
    """

    values: FloatArray | Sequence[float]
    source: str
    column: str = ""
    name: ClassVar[str] = "a set of samples"

    def __post_init__(self) -> None:
        values = np.sort(np.asarray(self.values, dtype=np.float64), axis=None)
        if not values.size:
            raise Unexpected(f"expected values in {self.source}, found none", "give a column of numbers")
        wrong = int(np.count_nonzero(~np.isfinite(values)))
        if wrong:
            message = f"expected numbers only, found {wrong} of {values.size} values in {self.source} empty or infinite"
            raise Unexpected(message, "remove them from the file")
        values.flags.writeable = False
        object.__setattr__(self, "values", values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Samples) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str, bytes]:
        return self.source, self.column, np.asarray(self.values).tobytes()

    def mean(self) -> float:
        """Return the mean of the values."""
        return float(np.mean(self.values))

    def sd(self) -> float:
        """Return the root mean square around the mean."""
        return float(np.std(self.values))

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the value with rank ``ceil(n u)``."""
        count, u = len(self.values), np.asarray(u, dtype=np.float64)
        rank = np.ceil(count * u)
        rank += rank / count < u  # the product may be rounded
        rank -= (rank - 1) / count >= u
        return np.asarray(self.values)[np.clip(rank, 1, count).astype(np.intp) - 1]

    def cdf(self, x: float) -> float:
        """Return the share of the values that do not exceed ``x``."""
        return float(np.searchsorted(self.values, x, side="right") / len(self.values))

    @property
    def bounds(self) -> tuple[float, float]:
        """The smallest and the largest value."""
        return (float(self.values[0]), float(self.values[-1]))

    def spec(self) -> dict[str, Any]:
        """Return ``{"samples": source}``, with ``"column"`` where there is one."""
        return {"samples": self.source} | ({"column": self.column} if self.column else {})


Distribution: TypeAlias = (
    Fixed | Pert | Triangular | Uniform | Normal | Lognormal | Gamma | Beta | Metalog | Discrete | Samples
)


def share_outside(distribution: Distribution, low: float, high: float) -> float:
    """Return the probability of a value below ``low`` or above ``high``.

    Parameters
    ----------
    distribution : Distribution
        Any of this module.
    low, high : float
        Ends of the closed interval; may be infinite.

    Returns
    -------
    float
        Probability outside; exactly 0 if the bounds lie within.

    Examples
    --------
    >>> round(share_outside(Normal(28, 14), 0, float("inf")), 4)
    0.0228
    """
    smallest, largest = distribution.bounds
    below = distribution.cdf(math.nextafter(low, -math.inf)) if smallest < low else 0.0
    return below + (1 - distribution.cdf(high) if largest > high else 0.0)
