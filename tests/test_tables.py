"""Looked-up quantiles stay within their stated bound of the exact ones, rise, and never leave the distribution."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tco.distributions import (
    Beta,
    Distribution,
    Gamma,
    Lognormal,
    Metalog,
    Normal,
    Pert,
)
from tco.tables import ERROR_BOUND, OCTAVES, QuantileTable

Values = NDArray[np.float64]

BETAS = [Beta(a, b) for a, b in product((0.2, 0.5, 1, 3, 24.5, 2000.5, 1e5), repeat=2)]
ODD_BETAS = [Beta(0.5, 2000.5), Beta(0.2, 0.3), Beta(2000.5, 0.5), Beta(1e3, 1e8), Beta(0.01, 5), Beta(0.05, 0.07)]
GAMMAS = [Gamma(shape, scale) for shape, scale in product((0.01, 0.1, 0.3, 1, 7.5, 100, 1e8), (0.02, 1, 4e5))]
NORMALS = [Normal(0, 1), Normal(5, 0.1), Normal(-3e6, 4e4), Normal(0.02, 0.7)]
LOGNORMALS = [Lognormal(mu, sigma) for mu, sigma in product((-7, 0, 12), (0.001, 0.2, 1, 1.5, 3, 12))]
PERTS = [Pert(0, 0, 1), Pert(0, 1, 1), Pert(0.8, 1.2, 2.5), Pert(-3, -2.9, 40), Pert(0.02, 0.04, 0.09)]
METALOGS = [
    Metalog(10, 20, 50),
    Metalog(1, 2, 2.5),
    Metalog(-4, 1, 6),
    Metalog(1, 2, 5, 0),
    Metalog(10, 11, 13, 9.5),
    Metalog(1, 2, 2.5, None, 3),
    Metalog(1, 2, 5, 0, 9),
    Metalog(0.01, 0.02, 0.3, 0, 1),
    Metalog(0.01, 0.5, 0.99, 0, 1),
    Metalog(2, 5, 6, None, 6.5),
]
SMOOTH: list[Distribution] = [*BETAS, *ODD_BETAS, *GAMMAS, *NORMALS, *LOGNORMALS, *PERTS, *METALOGS]

ENDLESS = Metalog(2, 5, 6, None, 6.5)
NEAR = np.geomspace(1e-12, 0.5, 1201)
BULK = (np.arange(4000) + 0.5) / 4000
U = np.unique(np.concatenate([NEAR, BULK, 1 - NEAR]))
"""Uniforms over the bulk and out to 1e-12 on both sides, rising."""
LAST = 2.0 ** -(OCTAVES + 1)


def named(some: Iterable[Distribution]) -> list[Any]:
    """Give distributions as parameters that say which they are."""
    return [pytest.param(one, id=f"{type(one).__name__}-{one.spec()}"[:70]) for one in some]


@cache
def table(distribution: Distribution) -> QuantileTable:
    return QuantileTable(distribution)


def width(distribution: Distribution) -> float:
    """What an error is measured by where the value itself is smaller; never more than the sd."""
    low, high = distribution.quantile(np.array([0.05, 0.95]))
    return min(distribution.sd(), float(high - low))


def error(distribution: Distribution, found: Values, exact: Values) -> float:
    size = np.maximum(np.abs(exact), width(distribution))
    off = np.abs(found - exact)
    return float(np.max(np.divide(off, size, out=np.where(off > 0, math.inf, 0.0), where=size > 0)))


def by_scipy(distribution: Distribution, u: Values) -> Values:
    """Quantiles as scipy.stats gives them, from the nearer end."""
    match distribution:
        case Beta(a, b):
            frozen = stats.beta(a, b)
        case Gamma(shape, scale):
            frozen = stats.gamma(shape, scale=scale)
        case Lognormal(mu, sigma):
            frozen = stats.lognorm(sigma, scale=math.exp(mu))
        case Normal(mu, sigma):
            frozen = stats.norm(mu, sigma)
        case _:
            raise TypeError(distribution)
    return np.where(u < 0.5, frozen.ppf(u), frozen.isf(1 - u))


@pytest.mark.parametrize("distribution", named(SMOOTH))
def test_a_looked_up_quantile_is_within_the_stated_bound_of_the_exact_one(distribution: Distribution) -> None:
    found, exact = table(distribution)(U), np.asarray(distribution.quantile(U))
    assert error(distribution, found, exact) <= ERROR_BOUND


@pytest.mark.filterwarnings("ignore:Error in function boost")
@pytest.mark.parametrize(
    "distribution", named([*BETAS[:36], Beta(0.5, 2000.5), Beta(0.2, 0.3), *GAMMAS[:18], *NORMALS, *LOGNORMALS])
)
def test_a_looked_up_quantile_is_within_the_stated_bound_of_scipy_stats(distribution: Distribution) -> None:
    inner = U[(U > 1e-9) & (U < 1 - 1e-9)]  # beyond, some of scipy's own inverses lose digits
    found, exact = table(distribution)(inner), by_scipy(distribution, inner)  # scipy.stats ppf and isf
    assert error(distribution, found, exact) <= ERROR_BOUND


@pytest.mark.parametrize("distribution", named([*NORMALS, *LOGNORMALS[6:12]]))
def test_tails_of_normal_and_lognormal_agree_with_scipy_stats_to_the_last_uniform(distribution: Distribution) -> None:
    tails = np.concatenate([NEAR, 1 - NEAR])
    found = table(distribution)(tails)
    assert error(distribution, found, by_scipy(distribution, tails)) <= ERROR_BOUND  # scipy.stats ppf and isf


@pytest.mark.parametrize("distribution", named(SMOOTH))
def test_looked_up_quantiles_rise_with_the_uniform(distribution: Distribution) -> None:
    within = U[(U >= LAST) & (U <= 1 - LAST)]
    found = table(distribution)(within)
    rounding = 8 * np.finfo(float).eps * np.maximum(np.abs(found[1:]), width(distribution))
    assert np.all(np.diff(found) >= -rounding)


@pytest.mark.parametrize("distribution", named(SMOOTH))
def test_no_looked_up_value_lies_outside_the_distribution_not_even_by_a_rounding_error(
    distribution: Distribution,
) -> None:
    # a share of 1 + 4e-16 is no probability, and numpy's binomial refuses it
    low, high = distribution.bounds
    dense = np.concatenate([np.geomspace(LAST / 4, 0.5, 6000), 1 - np.geomspace(LAST / 4, 0.5, 6000)])
    found = table(distribution)(dense)
    assert found.min() >= low
    assert found.max() <= high


@pytest.mark.parametrize("distribution", named([Beta(0.05, 0.07), Beta(0.01, 5), Gamma(0.01, 1), Lognormal(0, 12)]))
def test_what_no_table_serves_is_computed_exactly(distribution: Distribution) -> None:
    assert table(distribution).exact
    assert np.array_equal(table(distribution)(U), distribution.quantile(U))


@pytest.mark.parametrize(
    "distribution",
    named([Beta(24.5, 1926.5), Beta(0.5, 2000.5), Gamma(7.5, 2), Pert(2, 4, 9), Normal(0, 1), *METALOGS]),
)
def test_what_cases_usually_hold_is_looked_up(distribution: Distribution) -> None:
    assert not table(distribution).exact


def test_a_table_of_an_endless_sd_is_held_against_its_middle_and_not_against_infinity() -> None:
    assert math.isinf(ENDLESS.sd())  # Metalog(2, 5, 6, max 6.5): a tail of order 2, by its Notes without a variance
    found, exact = table(ENDLESS)(U), ENDLESS.quantile(U)
    middle = float(np.diff(ENDLESS.quantile(np.array([0.05, 0.95])))[0])
    assert np.all(np.abs(found - exact) <= ERROR_BOUND * np.maximum(np.abs(exact), middle))


@pytest.mark.parametrize("distribution", named([Normal(0, 1), Beta(0.5, 2000.5), Gamma(0.3, 1), Pert(0, 1, 1)]))
def test_uniforms_beyond_the_last_octave_get_the_exact_value(distribution: Distribution) -> None:
    beyond = np.array([2.0**-54, 1e-12, LAST / 1.001, 1 - LAST / 1.01, 1 - 1e-12, 1 - 2.0**-53])
    mixed = np.concatenate([beyond, BULK])
    assert np.array_equal(table(distribution)(mixed)[: beyond.size], distribution.quantile(beyond))


@pytest.mark.parametrize("distribution", named(SMOOTH))
def test_a_uniform_of_exactly_one_half_gives_the_median(distribution: Distribution) -> None:
    half = np.array([0.5 - 2.0**-54, 0.5, 0.5 + 2.0**-53])
    assert error(distribution, table(distribution)(half), distribution.quantile(half)) <= ERROR_BOUND


def test_the_two_tails_of_a_symmetric_distribution_mirror_each_other() -> None:
    quantile = table(Normal(0, 1))
    near = np.arange(1, 2000) / 2.0**13  # multiples of a power of two: their mirror is exact
    assert quantile(near) == pytest.approx(-quantile(1 - near), rel=1e-12)  # symmetry of the normal law


def test_looking_up_leaves_the_uniforms_as_they_were() -> None:
    u = BULK.copy()
    table(Normal(0, 1))(u)
    assert np.array_equal(u, BULK)


@pytest.mark.parametrize("distribution", named([Normal(3, 2), Beta(0.5, 2000.5), Gamma(7.5, 2), Pert(2, 4, 9)]))
def test_evenly_spread_uniforms_give_the_mean_of_the_distribution(distribution: Distribution) -> None:
    u = (np.arange(2**16) + 0.5) / 2**16
    assert table(distribution)(u).mean() == pytest.approx(distribution.mean(), abs=1e-4 * distribution.sd())
