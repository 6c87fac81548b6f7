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
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import scipy  # its submodules load on first use: scipy.special alone takes longer than a case file does

from tco.distributions.refusals import (
    check_above_zero,
    check_ends,
    check_finite,
    check_sd,
    check_three_points,
    say,
    too_narrow,
)
from tco.distributions.special import FloatArray, beta_cdf, beta_quantile, gamma_cdf, gamma_quantile
from tco.errors import Unexpected


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
        check_finite(value=self.value)

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
        check_three_points("pert", self.low, self.mode, self.high)

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
        return self.low + (self.high - self.low) * beta_quantile(*self._shapes, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return beta_cdf(*self._shapes, (x - self.low) / (self.high - self.low))

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
        check_three_points("triangular", self.low, self.mode, self.high)

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
        check_finite(low=self.low, high=self.high)
        check_ends(self.low, self.high, f"{{uniform: [{say(self.high)}, {say(self.low)}]}}", say)

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
        check_sd(self.mu, self.sigma)

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
        check_sd(self.mu, self.sigma)
        if self.mu + self.sigma * self.sigma > 700:  # where exp() overflows
            message = f"expected a lognormal with a finite sd, found a logarithm with mean {say(self.mu)}"
            raise Unexpected(f"{message} and sd {say(self.sigma)}", "give a narrower range")

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
        check_above_zero(shape=self.shape, scale=self.scale)
        if self.shape > 1e24:
            raise too_narrow("gamma", self.mean())

    def mean(self) -> float:
        """Return ``shape scale``."""
        return float(self.shape * self.scale)

    def sd(self) -> float:
        """Return ``sqrt(shape) scale``."""
        return math.sqrt(self.shape) * self.scale

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the scaled inverse of the incomplete gamma function."""
        return self.scale * gamma_quantile(self.shape, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return gamma_cdf(self.shape, x / self.scale)

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
        check_above_zero(a=self.a, b=self.b)
        if min(self.a, self.b) > 1e12:
            raise too_narrow("beta", self.mean())

    def mean(self) -> float:
        """Return ``a / (a + b)``."""
        return float(self.a / (self.a + self.b))

    def sd(self) -> float:
        """Return ``sqrt(a b / (a + b + 1)) / (a + b)``."""
        total = self.a + self.b
        return math.sqrt(self.a / total * (self.b / total) / (total + 1))

    def quantile(self, u: FloatArray | float) -> FloatArray:
        """Return the inverse of the incomplete beta function."""
        return beta_quantile(self.a, self.b, u)

    def cdf(self, x: float) -> float:
        """Return the probability of at most ``x``."""
        return beta_cdf(self.a, self.b, x)

    @property
    def bounds(self) -> tuple[float, float]:
        """0 and 1."""
        return (0.0, 1.0)

    def spec(self) -> dict[str, Any]:
        """Return ``{"beta": {"mean": ..., "sd": ...}}``."""
        return {"beta": {"mean": self.mean(), "sd": self.sd()}}
