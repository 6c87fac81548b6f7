"""Quantile functions of the beta and gamma distributions, exact where scipy loses digits; and roots."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import scipy  # its submodules load on first use: scipy.special alone takes longer than a case file does
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]


def bracketed_root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return the root of a function between two points where its signs differ.

    Parameters
    ----------
    rising : callable
        At most 0 at ``low``, at least 0 at ``high``.
    low, high : float
        The bracket.

    References
    ----------
    Chandrupatla (1997), A new hybrid quadratic/bisection algorithm, Advances in Engineering Software 28, 145-149: here
    instead of scipy.optimize.brentq, whose import takes longer than everything else that reading a case needs.
    """
    a, b = high, low
    value_a, value_b = rising(a), rising(b)
    step = 0.5
    for _ in range(200):
        c = a + step * (b - a)
        value_c = rising(c)
        if (value_c > 0) == (value_a > 0):
            old, value_old = a, value_a
        else:
            old, value_old, b, value_b = b, value_b, a, value_a
        a, value_a = c, value_c
        best = a if abs(value_a) < abs(value_b) else b
        reach = 1e-15 * abs(best) + 1e-16
        if value_a == 0 or abs(b - a) <= 2 * reach:
            return best
        spread, rise = (a - b) / (old - b), (value_a - value_b) / (value_old - value_b)
        if 1 - math.sqrt(1 - spread) < rise < math.sqrt(spread):
            first = value_a / (value_b - value_a) * value_old / (value_b - value_old)
            second = (old - a) / (b - a) * value_a / (value_old - value_a) * value_b / (value_old - value_b)
            step = first + second
        else:
            step = 0.5
        least = reach / abs(b - a)
        step = min(max(step, least), 1 - least)
    return best


def beta_quantile(a: float, b: float, u: FloatArray | float) -> FloatArray:
    """Return the quantiles of a beta distribution at u, of shape (n,)."""
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
    # up to b = 1e12. So: start from the inverse or a gamma, then one of Newton's steps; beyond, the gamma is exact.
    special = scipy.special
    if b > 1e3 * a:
        x = -np.expm1(-gamma_quantile(a, u, upper=upper) / _rate(a, b))
    else:
        x = np.asarray((special.betainccinv if upper else special.betaincinv)(a, b, u))
    if _is_gamma(a, b):
        return x
    below, above = (1 - u, u) if upper else (u, 1 - u)
    excess = np.where(below < 0.5, special.betainc(a, b, x) - below, above - special.betaincc(a, b, x))
    with np.errstate(over="ignore", invalid="ignore"):  # beyond 37 sd the density underflows: no step
        step = excess * np.exp(special.betaln(a, b) - special.xlogy(a - 1, x) - special.xlog1py(b - 1, -x))
        return np.where(np.abs(step) < 1e-3 * np.minimum(x, 1 - x), x - step, x)


def _is_gamma(a: float, b: float) -> bool:
    return a > 100 and b > max(1e4 * a, 1e12)


def _rate(a: float, b: float) -> float:
    # y = -ln(1 - x) has the density y^(a-1) exp(-(b + (a-1)/2) y) (sinh(y/2) / (y/2))^(a-1): a gamma with this rate, to
    # a relative error of about (a/b)² / 12 / sqrt(a).
    return b + (a - 1) / 2 - a * (a - 1) / (12 * b)


def beta_cdf(a: float, b: float, x: float) -> float:
    """Return the distribution function of a beta distribution."""
    x = min(max(x, 0.0), 1.0)
    if _is_gamma(a, b) and x < 1:
        return gamma_cdf(a, -math.log1p(-x) * _rate(a, b))
    return float(scipy.special.betainc(a, b, x))


def gamma_quantile(shape: float, u: FloatArray | float, *, upper: bool = False) -> FloatArray:
    """Return the quantiles of a gamma distribution of scale 1 at u; with ``upper``, at 1 - u."""
    if shape <= 1e6:
        inverse = scipy.special.gammainccinv if upper else scipy.special.gammaincinv
        return np.asarray(inverse(shape, u))
    z = np.clip(np.asarray(scipy.special.ndtri(u)), -38, 38) * (-1 if upper else 1)
    return shape + math.sqrt(shape) * z + _gamma_skew(shape, z)


def gamma_cdf(shape: float, x: float) -> float:
    """Return the distribution function of a gamma distribution of scale 1."""
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
