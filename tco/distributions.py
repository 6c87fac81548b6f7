"""Uncertain numbers: a mean, a quantile function and bounds each; nothing more.

Every class here has the same members, and no others:

``mean()``, ``sd()``
    Moments of the distribution itself, not of draws [unit of the number].
``quantile(u)``
    Values below which a share ``u`` of the distribution lies; ``u`` is a number or of shape (n,), strictly between 0
    and 1. Draws are ``quantile`` of uniforms.
``cdf(x)``
    Probability of a value of at most ``x``; ``x`` may be infinite.
``bounds``
    Smallest and largest possible value; infinite where there is none.
``spec()``
    What a user would write in a case file for this distribution.
``name``
    How a message calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, TypeAlias, TypeVar

import numpy as np
import scipy  # its submodules load on first use: scipy.special alone takes longer than a case file does
from numpy.typing import NDArray

from tco.errors import Unexpected

FloatArray: TypeAlias = NDArray[np.float64]

FAMILIES = ("normal", "lognormal", "gamma", "beta")
PERCENTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
TINY, HUGE = 1e-100, 1e100  # no one means a number beyond these; within them, squares are finite


@dataclass(frozen=True, slots=True)
class Fixed:
    """A number that is certain.

    Parameters
    ----------
    value : float
        The number.
    """

    value: float
    name: ClassVar[str] = "a fixed number"

    def __post_init__(self) -> None:
        _check_finite(value=self.value)

    def mean(self) -> float:
        """Return the number."""
        return float(self.value)

    def sd(self) -> float:
        """Return 0."""
        return 0.0

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the number, once for each ``u``."""
        return np.full(np.shape(u), self.value, dtype=np.float64)

    def cdf(self, x: float) -> float:
        """Return 0 below the number, 1 from there on."""
        return float(x >= self.value)

    @property
    def bounds(self) -> tuple[float, float]:
        """The number, twice."""
        return (self.value, self.value)

    def spec(self) -> float:
        """Return the number."""
        return float(self.value)


@dataclass(frozen=True, slots=True)
class Pert:
    """A PERT distribution: three points, as a beta with mean ``(low + 4 mode + high) / 6``.

    Parameters
    ----------
    low, mode, high : float
        Smallest, most likely and largest value; the mode may equal an end.

    Notes
    -----
    ``low + (high - low) B`` with ``B ~ Beta(1 + 4 (mode - low)/(high - low), 1 + 4 (high - mode)/(high - low))``; its
    sd is not the ``(high - low) / 6`` of the original PERT but what this beta has.

    References
    ----------
    Clark (1962), The PERT Model for the Distribution of an Activity Time, Operations Research 10(3), 405-406.

    Examples
    --------
    >>> Pert(1, 2, 9).mean()
    3.0
    """

    low: float
    mode: float
    high: float
    name: ClassVar[str] = "a PERT distribution"

    def __post_init__(self) -> None:
        _check_three_points("pert", self.low, self.mode, self.high)

    @property
    def _shapes(self) -> tuple[float, float]:
        width = self.high - self.low
        return 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width

    def mean(self) -> float:
        """Return ``(low + 4 mode + high) / 6``."""
        return float((self.low + 4 * self.mode + self.high) / 6)

    def sd(self) -> float:
        """Return ``(high - low) sqrt(a b / 252)``, with the beta's shapes a and b, which sum to 6."""
        a, b = self._shapes
        return (self.high - self.low) * math.sqrt(a * b / 252)

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the scaled quantile of the beta."""
        return self.low + (self.high - self.low) * _beta_quantile(*self._shapes, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return _beta_cdf(*self._shapes, (x - self.low) / (self.high - self.low))

    @property
    def bounds(self) -> tuple[float, float]:
        """``low`` and ``high``."""
        return (self.low, self.high)

    def spec(self) -> dict[str, Any]:
        """Return ``{"pert": [low, mode, high]}``."""
        return {"pert": [self.low, self.mode, self.high]}


@dataclass(frozen=True, slots=True)
class Triangular:
    """A triangular distribution.

    Parameters
    ----------
    low, mode, high : float
        Smallest, most likely and largest value; the mode may equal an end.

    Examples
    --------
    >>> Triangular(40_000, 60_000, 110_000).mean()
    70000.0
    """

    low: float
    mode: float
    high: float
    name: ClassVar[str] = "a triangular distribution"

    def __post_init__(self) -> None:
        _check_three_points("triangular", self.low, self.mode, self.high)

    def mean(self) -> float:
        """Return ``(low + mode + high) / 3``."""
        return float((self.low + self.mode + self.high) / 3)

    def sd(self) -> float:
        """Return ``sqrt((w² - r l) / 18)``, with l, r and w what lies left of the mode, right of it, and both."""
        left, right = self.mode - self.low, self.high - self.mode
        return math.sqrt((left * left + left * right + right * right) / 18)

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the root of a parabola, from the nearer end."""
        u = np.asarray(u, dtype=np.float64)
        width, left, right = self.high - self.low, self.mode - self.low, self.high - self.mode
        rising = self.low + np.sqrt(u * width * left)
        return np.where(u * width < left, rising, self.high - np.sqrt((1 - u) * width * right))

    def cdf(self, x: float) -> float:
        """Return the area of the triangle up to ``x``."""
        width = self.high - self.low
        if x <= self.low or x >= self.high:
            return float(x >= self.high)
        if x < self.mode:
            return (x - self.low) / width * ((x - self.low) / (self.mode - self.low))
        return 1 - (self.high - x) / width * ((self.high - x) / (self.high - self.mode))

    @property
    def bounds(self) -> tuple[float, float]:
        """``low`` and ``high``."""
        return (self.low, self.high)

    def spec(self) -> dict[str, Any]:
        """Return ``{"triangular": [low, mode, high]}``."""
        return {"triangular": [self.low, self.mode, self.high]}


@dataclass(frozen=True, slots=True)
class Uniform:
    """A uniform distribution: every value between two ends is equally likely.

    Parameters
    ----------
    low, high : float
        Smallest and largest value.
    """

    low: float
    high: float
    name: ClassVar[str] = "a uniform distribution"

    def __post_init__(self) -> None:
        _check_finite(low=self.low, high=self.high)
        _check_ends(self.low, self.high, f"{{uniform: [{_say(self.high)}, {_say(self.low)}]}}", _say)

    def mean(self) -> float:
        """Return the middle."""
        return float((self.low + self.high) / 2)

    def sd(self) -> float:
        """Return the width over the square root of 12."""
        return (self.high - self.low) / math.sqrt(12)

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return ``low + (high - low) u``."""
        return self.low + (self.high - self.low) * np.asarray(u, dtype=np.float64)

    def cdf(self, x: float) -> float:
        """Return the part of the width that lies below ``x``."""
        return min(max((x - self.low) / (self.high - self.low), 0.0), 1.0)

    @property
    def bounds(self) -> tuple[float, float]:
        """``low`` and ``high``."""
        return (self.low, self.high)

    def spec(self) -> dict[str, Any]:
        """Return ``{"uniform": [low, high]}``."""
        return {"uniform": [self.low, self.high]}


@dataclass(frozen=True, slots=True)
class Normal:
    """A normal distribution.

    Parameters
    ----------
    mu, sigma : float
        Mean and sd [unit of the number].
    """

    mu: float
    sigma: float
    name: ClassVar[str] = "a normal distribution"

    def __post_init__(self) -> None:
        _check_sd(self.mu, self.sigma)

    def mean(self) -> float:
        """Return ``mu``."""
        return float(self.mu)

    def sd(self) -> float:
        """Return ``sigma``."""
        return float(self.sigma)

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return ``mu + sigma z``, with z the standard normal quantile."""
        return self.mu + self.sigma * np.asarray(scipy.special.ndtri(u))

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return float(scipy.special.ndtr((x - self.mu) / self.sigma))

    @property
    def bounds(self) -> tuple[float, float]:
        """Minus and plus infinity."""
        return (-math.inf, math.inf)

    def spec(self) -> dict[str, Any]:
        """Return ``{"normal": {"mean": ..., "sd": ...}}``."""
        return {"normal": {"mean": self.mean(), "sd": self.sd()}}


@dataclass(frozen=True, slots=True)
class Lognormal:
    """A lognormal distribution: its logarithm is normal.

    Parameters
    ----------
    mu, sigma : float
        Mean and sd of the natural logarithm; not those of the number itself, see `from_moments`.

    Examples
    --------
    >>> round(Lognormal(0, 1).mean(), 4)
    1.6487
    """

    mu: float
    sigma: float
    name: ClassVar[str] = "a lognormal distribution"

    def __post_init__(self) -> None:
        _check_sd(self.mu, self.sigma)
        if self.mu + self.sigma * self.sigma > 700:  # where exp() overflows
            message = f"expected a lognormal with a finite sd, found a logarithm with mean {_say(self.mu)}"
            raise Unexpected(f"{message} and sd {_say(self.sigma)}", "give a narrower range")

    def mean(self) -> float:
        """Return ``exp(mu + sigma²/2)``."""
        return math.exp(self.mu + self.sigma**2 / 2)

    def sd(self) -> float:
        """Return ``mean sqrt(exp(sigma²) - 1)``."""
        return self.mean() * math.sqrt(math.expm1(self.sigma**2))

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return ``exp(mu + sigma z)``, with z the standard normal quantile."""
        return np.exp(self.mu + self.sigma * np.asarray(scipy.special.ndtri(u)))

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return float(scipy.special.ndtr((math.log(x) - self.mu) / self.sigma)) if x > 0 else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and infinity."""
        return (0.0, math.inf)

    def spec(self) -> dict[str, Any]:
        """Return ``{"lognormal": {"mean": ..., "sd": ...}}``, the moments of the number itself."""
        return {"lognormal": {"mean": self.mean(), "sd": self.sd()}}


@dataclass(frozen=True, slots=True)
class Gamma:
    """A gamma distribution.

    Parameters
    ----------
    shape : float
        Shape k.
    scale : float
        Scale [unit of the number], so that the mean is ``shape * scale``.
    """

    shape: float
    scale: float
    name: ClassVar[str] = "a gamma distribution"

    def __post_init__(self) -> None:
        _check_above_zero(shape=self.shape, scale=self.scale)
        if self.shape > 1e24:
            raise _too_narrow("gamma", self.mean())

    def mean(self) -> float:
        """Return ``shape scale``."""
        return float(self.shape * self.scale)

    def sd(self) -> float:
        """Return ``sqrt(shape) scale``."""
        return math.sqrt(self.shape) * self.scale

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the scaled inverse of the incomplete gamma function."""
        return self.scale * _gamma_quantile(self.shape, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return _gamma_cdf(self.shape, x / self.scale)

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and infinity."""
        return (0.0, math.inf)

    def spec(self) -> dict[str, Any]:
        """Return ``{"gamma": {"mean": ..., "sd": ...}}``."""
        return {"gamma": {"mean": self.mean(), "sd": self.sd()}}


@dataclass(frozen=True, slots=True)
class Beta:
    """A beta distribution, between 0 and 1.

    Parameters
    ----------
    a, b : float
        Shapes; ``a / (a + b)`` is the mean.

    Examples
    --------
    >>> Beta(2, 6).mean()
    0.25
    """

    a: float
    b: float
    name: ClassVar[str] = "a beta distribution"

    def __post_init__(self) -> None:
        _check_above_zero(a=self.a, b=self.b)
        if min(self.a, self.b) > 1e12:
            raise _too_narrow("beta", self.mean())

    def mean(self) -> float:
        """Return ``a / (a + b)``."""
        return float(self.a / (self.a + self.b))

    def sd(self) -> float:
        """Return ``sqrt(a b / (a + b + 1)) / (a + b)``."""
        total = self.a + self.b
        return math.sqrt(self.a / total * (self.b / total) / (total + 1))

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the inverse of the incomplete beta function."""
        return _beta_quantile(self.a, self.b, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return _beta_cdf(self.a, self.b, x)

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1."""
        return (0.0, 1.0)

    def spec(self) -> dict[str, Any]:
        """Return ``{"beta": {"mean": ..., "sd": ...}}``."""
        return {"beta": {"mean": self.mean(), "sd": self.sd()}}


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
        _check_finite(**points)
        _check_rising({name: points[name] for name in ("min", "p10", "p50", "p90", "max") if name in points})
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
        t = scipy.optimize.brentq(excess, near, far, xtol=1e-14, rtol=1e-15) if distance else 0.0
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
    message = f"expected a p50 between {lowest} and {highest} with these p10 and p90, found {_say(metalog.p50)}"
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
        _check_finite(value=value, probability=weight)
        if weight < 0:
            message = f"expected a probability of 0 or more, found {_say_share(weight)} for {_say(value)}"
            raise Unexpected(message, "leave it out")
        if values.count(value) > 1:
            raise Unexpected(f"expected each value once, found {_say(value)} twice", "add up its probabilities")
    total = math.fsum(weights)
    if abs(total - 1) > 1e-9:
        last = weights[-1] + 1 - total
        hint = f"with {_say_share(last)} for {_say(values[-1])} they would" if last >= 0 else "make them smaller"
        raise Unexpected(f"expected probabilities that sum to 100%, found {_say_share(total)}", hint)


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


def from_counts(events: float, trials: float) -> Beta:
    """Return what so many events in so many trials say about the share: Jeffreys' posterior.

    Parameters
    ----------
    events, trials : float
        Whole numbers [events, trials].

    Returns
    -------
    Beta
        ``Beta(events + 1/2, trials - events + 1/2)``.

    Raises
    ------
    Unexpected
        If they are not whole numbers, 0 <= events <= trials, trials > 0.

    References
    ----------
    Brown, Cai and DasGupta (2001), Interval Estimation for a Binomial Proportion, Statistical Science 16(2), 101-133,
    section 3.1.3.

    Examples
    --------
    >>> from_counts(412, 9_800)
    Beta(a=412.5, b=9388.5)
    """
    _check_finite(events=events, trials=trials)
    found = f"found {_say(events)} of {_say(trials)}"
    if min(events, trials) < 0 or events % 1 or trials % 1:
        raise Unexpected(f"expected whole numbers of events and trials, {found}", "write counts, such as 412 of 9_800")
    if trials == 0:
        raise Unexpected(f"expected at least one trial, {found}", "without trials, write a range such as 1% to 4%")
    if events > trials:
        raise Unexpected(f"expected no more events than trials, {found}", f"write {_say(trials)} of {_say(events)}")
    return Beta(events + 0.5, trials - events + 0.5)


def from_interval(low: float, high: float, kind: str) -> Beta | Lognormal | Normal:
    """Return the distribution of which ``low`` to ``high`` is the central 90 %.

    Parameters
    ----------
    low, high : float
        5th and 95th percentile [unit of the number].
    kind : {"share", "positive", "rate", "number"}
        What the number may be: a share gets a beta, what is positive a lognormal, the others a normal.

    Returns
    -------
    Beta, Lognormal or Normal

    Raises
    ------
    Unexpected
        If the ends are not two rising numbers inside the kind's range.

    Examples
    --------
    >>> from_interval(6, 14, "number").mean()
    10.0
    """
    _check_finite(low=low, high=high)
    say = _say_share if kind in ("share", "rate") else _say
    if kind == "share":
        _check_shares(low, high)
    _check_ends(low, high, f"{say(high)} to {say(low)}", say)
    match kind:
        case "share":
            _check_inner_share(low, high)
            return _beta_through((0.05, low), (0.95, high))
        case "positive":
            _check_inner_positive(low, high)
            return _lognormal_through((0.05, low), (0.95, high))
        case "rate" | "number":
            return _normal_through((0.05, low), (0.95, high))
    raise Unexpected(f"expected a fixed number, found {say(low)} to {say(high)}", f"write {say((low + high) / 2)}")


def _check_shares(low: float, high: float) -> None:
    if 0 <= low <= 1 and 0 <= high <= 1:
        return
    percent = 0 <= low <= 100 and 0 <= high <= 100
    hint = f"write {_say(min(low, high))}% to {_say(max(low, high))}%" if percent else "a share is between 0% and 100%"
    raise Unexpected(f"expected shares between 0 and 1, found {_say(low)} to {_say(high)}", hint)


def _check_inner_share(low: float, high: float) -> None:
    if low < TINY or high == 1:
        end = "5th percentile at 0%" if low < TINY else "95th percentile at 100%"
        found = f"{_say_share(low)} to {_say_share(high)}: a beta cannot have its {end}"
        hint = f"write {{pert: [{_say_share(low)}, MOST LIKELY, {_say_share(high)}]}}, or counts such as 4 of 200"
        raise Unexpected(f"expected a range inside 0% to 100%, found {found}", hint)


def _check_inner_positive(low: float, high: float) -> None:
    if low < TINY:
        reason = f"a lognormal cannot have its 5th percentile at {_say(low)}"
        message = f"expected a range above 0, found {_say(low)} to {_say(high)}: {reason}"
        hint = f"write {{pert: [0, MOST LIKELY, {_say(high)}]}}" if high > 0 else "the number must be 0 or more"
        raise Unexpected(message, hint)


def from_moments(family: str, mean: float, sd: float) -> Normal | Lognormal | Gamma | Beta:
    """Return the distribution of a family that has a given mean and sd.

    Parameters
    ----------
    family : {"normal", "lognormal", "gamma", "beta"}
        Which.
    mean, sd : float
        Its moments [unit of the number].

    Returns
    -------
    Normal, Lognormal, Gamma or Beta

    Raises
    ------
    Unexpected
        If the family has no member with these moments.

    Examples
    --------
    >>> from_moments("gamma", 28, 14)
    Gamma(shape=4.0, scale=7.0)
    """
    _check_family(family)
    _check_sd(mean, sd)
    if family != "normal" and mean < TINY:
        hint = f"write {{normal: {{mean: {_say(mean)}, sd: {_say(sd)}}}}}"
        message = f"expected a mean above 0 for a {family}, found {_say(mean)}"
        raise Unexpected(message, "a share is between 0% and 100%" if family == "beta" else hint)
    if family != "normal" and mean > 1e12 * sd:
        raise _too_narrow(family, mean)
    match family:
        case "normal":
            return Normal(mean, sd)
        case "lognormal":
            variance = math.log1p(sd / mean * (sd / mean))
            return Lognormal(math.log(mean) - variance / 2, math.sqrt(variance))
        case "gamma":
            return Gamma(mean / sd * (mean / sd), sd / mean * sd)
    return _beta_from_moments(mean, sd)


def _check_family(family: str) -> None:
    if family not in FAMILIES:
        raise Unexpected(f"expected one of {', '.join(FAMILIES)}, found {family}", "write {normal: {mean: 28, sd: 14}}")


def _beta_from_moments(mean: float, sd: float) -> Beta:
    if mean >= 1:
        hint = f"write {_say(mean)}%" if mean <= 100 else "a share is between 0% and 100%"
        raise Unexpected(f"expected a mean below 1 for a beta, found {_say(mean)}", hint)
    total = mean / sd * ((1 - mean) / sd) - 1
    if total <= 0:
        largest = f"{math.sqrt(mean * (1 - mean)):.4g}, the largest possible for a share with mean {_say(mean)}"
        raise Unexpected(f"expected an sd below {largest}, found {_say(sd)}", "give a smaller sd")
    return Beta(mean * total, (1 - mean) * total)


def from_percentiles(family: str, percentiles: Mapping[float, float]) -> Normal | Lognormal | Gamma | Beta:
    """Return the distribution of a family that has two given percentiles.

    Parameters
    ----------
    family : {"normal", "lognormal", "gamma", "beta"}
        Which.
    percentiles : mapping of float to float
        Two of `PERCENTILES`, each with its value [unit of the number].

    Returns
    -------
    Normal, Lognormal, Gamma or Beta

    Raises
    ------
    Unexpected
        If there are not two, they do not rise, they lie outside the family's range, or no member comes within 1e-9 of
        them.

    Notes
    -----
    Normal and lognormal are closed. The gamma's shape follows from the ratio of the two values. For the beta, each
    shape a has one b that meets the lower percentile; the probability below the upper one then rises with a.

    Examples
    --------
    >>> from_percentiles("normal", {0.10: 2, 0.90: 4}).mean()
    3.0
    """
    _check_family(family)
    (p, low), (q, high) = _two_points(family, percentiles)
    match family:
        case "normal":
            return _normal_through((p, low), (q, high))
        case "lognormal":
            return _lognormal_through((p, low), (q, high))
        case "gamma":
            return _gamma_through((p, low), (q, high))
    return _beta_through((p, low), (q, high))


Point: TypeAlias = tuple[float, float]  # a probability and its quantile


def _two_points(family: str, percentiles: Mapping[float, float]) -> tuple[Point, Point]:
    named = {f"p{100 * p:.10g}": value for p, value in sorted(percentiles.items())}
    if len(named) != 2 or not set(percentiles) <= set(PERCENTILES):
        message = f"expected two of p5, p10, p25, p50, p75, p90, p95, found {', '.join(named) or 'none'}"
        raise Unexpected(message, f"write {{{family}: {{p5: LOW, p95: HIGH}}}}")
    _check_finite(**named)
    _check_rising(named)
    (low_name, low), (high_name, high) = named.items()
    inside = "a beta's percentiles lie between 0% and 100%; at these ends, write {pert: [0%, MOST LIKELY, 100%]}"
    if family != "normal" and low < TINY:
        hint = f"write {{normal: {{{low_name}: {_say(low)}, {high_name}: {_say(high)}}}}}"
        message = f"expected {low_name} above 0 for a {family}, found {_say(low)}"
        raise Unexpected(message, inside if family == "beta" else hint)
    if family == "beta" and high >= 1:
        hint = f"write {_say(high)}%" if 1 < high <= 100 else inside
        raise Unexpected(f"expected {high_name} below 1 for a beta, found {_say(high)}", hint)
    p, q = sorted(percentiles)
    return (p, low), (q, high)


def _normal_through(lower: Point, upper: Point) -> Normal:
    (p, low), (q, high) = lower, upper
    z, z_upper = (float(scipy.special.ndtri(x)) for x in (p, q))
    sigma = (high - low) / (z_upper - z)
    return Normal((low + high) / 2 - (z + z_upper) / 2 * sigma, sigma)


def _lognormal_through(lower: Point, upper: Point) -> Lognormal:
    (p, low), (q, high) = lower, upper
    logarithm = _normal_through((p, 0), (q, math.log1p((high - low) / low)))
    return Lognormal(math.log(low) + logarithm.mu, logarithm.sigma)


def _gamma_through(lower: Point, upper: Point) -> Gamma:
    (p, low), (q, high) = lower, upper
    ratio = math.log1p((high - low) / low)
    start = _normal_through((p, 0), (q, ratio))
    if start.sigma < 1e-12:
        raise _too_narrow("gamma", low)

    def excess(log_shape: float) -> float:
        return ratio - (_log_gamma_quantile(math.exp(log_shape), q) - _log_gamma_quantile(math.exp(log_shape), p))

    shape = math.exp(_root(excess, -2 * math.log(start.sigma)))
    fitted = Gamma(shape, high / max(float(_gamma_quantile(shape, q)), high * 1e-99))
    return _put_back(fitted, lower, upper)


def _log_gamma_quantile(shape: float, u: float) -> float:
    x = float(_gamma_quantile(shape, u))
    if x > 1e-290:
        return math.log(x)
    return (math.log(u) + math.lgamma(shape + 1)) / shape  # where the series' first term, x^shape, is all


def _beta_through(lower: Point, upper: Point) -> Beta:
    (p, low), (q, high) = lower, upper
    # Where to start: the normal distribution of the share's log odds, measured from the lower point.
    odds = _normal_through((p, 0), (q, math.log1p((high - low) / low) + math.log1p((high - low) / (1 - high))))
    if odds.sigma < 1e-6:
        raise _too_narrow("beta", low)
    middle = min(max(math.log(low / (1 - low)) + odds.mu, -21.0), 21.0)
    start_a, start_b = (-2 * math.log(odds.sigma) + math.log1p(math.exp(sign * middle)) for sign in (1, -1))

    def log_b(log_a: float) -> float:
        return _root(lambda y: _beta_cdf(math.exp(log_a), math.exp(y), low) - p, start_b + log_a - start_a)

    def excess(log_a: float) -> float:
        return _beta_cdf(math.exp(log_a), math.exp(log_b(log_a)), high) - q

    log_a = _root(excess, start_a)
    return _put_back(Beta(math.exp(log_a), math.exp(log_b(log_a))), lower, upper)


def _root(rising: Callable[[float], float], start: float) -> float:
    # The root of a rising function of a logarithm; the end of the search where there is none, which _put_back refuses.
    low, high, step = start, start, 0.5
    while rising(low) > 0 and low > -600:
        high, low, step = low, low - step, 2 * step
    while rising(high) < 0 and high < 600:
        low, high, step = high, high + step, 2 * step
    if not rising(low) <= 0 <= rising(high):
        return low
    return float(scipy.optimize.brentq(rising, low, high, xtol=1e-15, rtol=1e-15)) if low < high else low


Solved = TypeVar("Solved", Gamma, Beta)


def _put_back(fitted: Solved, lower: Point, upper: Point) -> Solved:
    (_, low), (_, high) = lower, upper
    for p, x in (lower, upper):
        if not abs(float(fitted.quantile(p)) - x) <= 1e-9 * min(x, 1000 * (high - low)) + 2e-15 * x:
            found = f"p{100 * lower[0]:.10g} {_say(low)} and p{100 * upper[0]:.10g} {_say(high)}"
            message = f"expected percentiles that {fitted.name} can have, found {found}"
            raise Unexpected(message, "give values that are neither so close together nor so far apart")
    return fitted


def _beta_quantile(a: float, b: float, u: FloatArray | float) -> FloatArray:
    u = np.asarray(u, dtype=np.float64)
    if min(a, b) > 100:
        u = np.maximum(u, 1e-150)  # below, scipy's inverse gives up
        return 1 - _peaked_beta_quantile(b, a, u, upper=True) if a > b else _peaked_beta_quantile(a, b, u)
    x = np.asarray(scipy.special.betaincinv(a, b, u))
    if not np.isnan(x).any():
        return x
    # scipy gives up in the far lower tail of some shapes (below 1e-19), where the first term of the series is exact.
    return np.where(np.isnan(x), np.exp((np.log(u * a) + scipy.special.betaln(a, b)) / a), x)


def _peaked_beta_quantile(a: float, b: float, u: FloatArray, *, upper: bool = False) -> FloatArray:
    # For 100 < a <= b. scipy's inverse loses digits where a << b, all of them beyond b = 1e4 a; its betainc loses none
    # up to b = 1e12. So: start from the inverse or a gamma, then two of Newton's steps; beyond, the gamma is exact.
    special = scipy.special
    if b > 1e4 * a:
        x = -np.expm1(-_gamma_quantile(a, u, upper=upper) / _rate(a, b))
    else:
        x = np.asarray((special.betainccinv if upper else special.betaincinv)(a, b, u))
    below, above = (1 - u, u) if upper else (u, 1 - u)
    for _ in range(0 if _is_gamma(a, b) else 2):
        excess = np.where(below < 0.5, special.betainc(a, b, x) - below, above - special.betaincc(a, b, x))
        with np.errstate(over="ignore", invalid="ignore"):  # beyond 37 sd the density underflows: no step
            step = excess * np.exp(special.betaln(a, b) - special.xlogy(a - 1, x) - special.xlog1py(b - 1, -x))
            x = np.where(np.abs(step) < 1e-3 * np.minimum(x, 1 - x), x - step, x)
    return x


def _is_gamma(a: float, b: float) -> bool:
    return a > 100 and b > max(1e4 * a, 1e12)


def _rate(a: float, b: float) -> float:
    # y = -ln(1 - x) has the density y^(a-1) exp(-(b + (a-1)/2) y) (sinh(y/2) / (y/2))^(a-1): a gamma with this rate, to
    # a relative error of about (a/b)² / 12 / sqrt(a).
    return b + (a - 1) / 2 - a * (a - 1) / (12 * b)


def _beta_cdf(a: float, b: float, x: float) -> float:
    x = min(max(x, 0.0), 1.0)
    if _is_gamma(a, b) and x < 1:
        return _gamma_cdf(a, -math.log1p(-x) * _rate(a, b))
    return float(scipy.special.betainc(a, b, x))


def _gamma_quantile(shape: float, u: FloatArray | float, *, upper: bool = False) -> FloatArray:
    if shape <= 1e6:
        inverse = scipy.special.gammainccinv if upper else scipy.special.gammaincinv
        return np.asarray(inverse(shape, u))
    z = np.clip(np.asarray(scipy.special.ndtri(u)), -38, 38) * (-1 if upper else 1)
    return shape + math.sqrt(shape) * z + _gamma_skew(shape, z)


def _gamma_cdf(shape: float, x: float) -> float:
    if shape <= 1e6 or x <= 0:
        return float(scipy.special.gammainc(shape, max(x, 0.0)))
    z = start = min(max((x - shape) / math.sqrt(shape), -38.0), 38.0)
    for _ in range(8):  # each gains at least 1.5 digits
        z = start - float(_gamma_skew(shape, np.float64(z))) / math.sqrt(shape)
    return float(scipy.special.ndtr(z))


def _gamma_skew(shape: float, z: FloatArray | np.float64) -> FloatArray | np.float64:
    # Cornish and Fisher's expansion: what a gamma's quantile has beyond its mean plus z sd. From a shape of a million
    # on it has 15 digits, while scipy's series no longer converges beyond 4.5 sd.
    r = 1 / math.sqrt(shape)
    first = (z**2 - 1) / 3 + r * (z**3 - 7 * z) / 36
    return first - r**2 * (3 * z**4 + 7 * z**2 - 16) / 810 + r**3 * (9 * z**5 + 256 * z**3 - 433 * z) / 38_880


def _check_finite(**named: float) -> None:
    for name, value in named.items():
        if not abs(value) < HUGE:
            raise Unexpected(f"expected a finite number for {name}, found {_say(value)}", "write a number such as 12.5")


def _check_above_zero(**named: float) -> None:
    _check_finite(**named)
    for name, value in named.items():
        if value <= 0:
            raise Unexpected(f"expected {name} above 0, found {_say(value)}", "give a mean and an sd instead")


def _check_sd(mean: float, sd: float) -> None:
    _check_finite(mean=mean, sd=sd)
    if sd <= 0:
        hint = f"write {_say(-sd)}" if sd else f"write {_say(mean)} for a number that is certain"
        raise Unexpected(f"expected an sd above 0, found {_say(sd)}", hint)


def _check_ends(low: float, high: float, swapped: str, say: Callable[[float], str]) -> None:
    if low == high:
        raise Unexpected(f"expected two different ends, found {say(low)} to {say(high)}", f"write {say(low)}")
    if low > high:
        raise Unexpected(f"expected the low end first, found {say(low)} to {say(high)}", f"write {swapped}")


def _check_three_points(family: str, low: float, mode: float, high: float) -> None:
    _check_finite(low=low, mode=mode, high=high)
    found = f"{_say(low)}, {_say(mode)}, {_say(high)}"
    if not low <= mode <= high:
        rising = ", ".join(_say(x) for x in sorted((low, mode, high)))
        message = f"expected the lowest, the most likely and the highest value in this order, found {found}"
        raise Unexpected(message, f"write {{{family}: [{rising}]}}")
    if low == high:
        raise Unexpected(f"expected a lowest value below the highest, found {found}", f"write {_say(low)}")


def _check_rising(named: dict[str, float]) -> None:
    for (name, value), (next_name, next_value) in pairwise(named.items()):
        if value >= next_value:
            found = f"found {_say(value)} and {_say(next_value)}"
            hint = f"write {{{name}: {_say(next_value)}, {next_name}: {_say(value)}}}"
            if value == next_value:
                hint = f"give {next_name} a larger value, or write {_say(value)} for a number that is certain"
            raise Unexpected(f"expected {name} below {next_name}, {found}", hint)


def _too_narrow(family: str, center: float) -> Unexpected:
    message = f"expected a {family} that can be told from a fixed number, found one much too narrow"
    return Unexpected(message, f"write {center:.6g}")


def _say(number: float) -> str:
    return f"{number:.10g}"


def _say_share(share: float) -> str:
    return f"{100 * share:.10g}%"
