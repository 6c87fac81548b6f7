"""Distributions agree with published cases, with scipy.stats and with the laws that every distribution obeys."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tco.distributions import (
    PERCENTILES,
    Beta,
    Discrete,
    Distribution,
    Fixed,
    Gamma,
    Lognormal,
    Metalog,
    Normal,
    Pert,
    Samples,
    Triangular,
    Uniform,
    from_counts,
    from_interval,
    from_moments,
    from_percentiles,
    share_outside,
)
from tco.errors import Unexpected

law = settings(deadline=None, max_examples=60)

EVERYWHERE = np.array([1e-12, 1e-6, 1e-3, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.999, 1 - 1e-6, 1 - 1e-12])

# ---------------------------------------------------------------------------------------------------------------------
# Published cases


def test_a_90_percent_interval_of_1_to_2_gives_the_published_lognormal() -> None:
    # dist-lognormal-90ci: squigglepy tests/test_distributions.py, commit e681beb
    made = from_interval(1, 2, "positive")
    assert isinstance(made, Lognormal)
    assert (round(made.mu, 2), round(made.sigma, 2)) == (0.35, 0.21)  # squigglepy
    assert (round(made.mean(), 2), round(made.sd(), 2)) == (1.45, 0.31)  # squigglepy


def test_a_triangular_distribution_has_the_moments_and_quantiles_that_openturns_prints() -> None:
    # dist-triangular-openturns: python/test/t_Triangular_std.expout, commit 91c3b77
    made = Triangular(-0.5, 1.5, 2.5)
    assert made.mean() == pytest.approx(1.16667, abs=5e-6)  # OpenTURNS
    assert made.sd() == pytest.approx(0.62361, abs=5e-6)  # OpenTURNS
    assert float(made.quantile(0.25)) == pytest.approx(0.724745, abs=5e-7)  # OpenTURNS
    assert float(made.quantile(0.95)) == pytest.approx(2.1127, abs=5e-5)  # OpenTURNS
    assert made.cdf(1) == pytest.approx(0.375, abs=5e-7)  # OpenTURNS, cdf1
    assert made.cdf(2) == pytest.approx(0.916667, abs=5e-7)  # OpenTURNS, cdf2


def test_a_pert_distribution_has_the_quantiles_in_chaospys_docstring() -> None:
    # dist-pert-chaospy: docstring of PERT, chaospy/distributions/collection/beta.py, commit ec8cd46
    quantiles = Pert(-1, 0, 1).quantile(np.array([0.2, 0.4, 0.6, 0.8]))
    assert quantiles == pytest.approx([-0.347, -0.107, 0.107, 0.347], abs=5e-4)  # chaospy


def test_a_metalog_returns_the_percentiles_it_was_given() -> None:
    # dist-metalog-spt: Keelin (2016), The Metalog Distributions, Decision Analysis 13(4) 243-277, Proposition 3
    assert Metalog(10, 20, 50).quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx([10, 20, 50], rel=1e-9)
    assert Metalog(10, 20, 50)._terms() == pytest.approx((20, 9.102392, 11.37799), rel=1e-6)  # its coefficients


@pytest.mark.parametrize(
    ("events", "trials", "low", "high"),
    [
        # statsmodels tests/results/results_proportion.py, printed by R's binom.confint as "bayes", commit 82c59e3
        pytest.param(18, 20, 0.716146742696, 0.978627511978, id="dist-binom-ci-18-20"),
        pytest.param(4, 200, 0.00678759879519, 0.0468465669668, id="dist-binom-ci-4-200"),
    ],
)
def test_counts_have_jeffreys_interval(events: int, trials: int, low: float, high: float) -> None:
    assert from_counts(events, trials).quantile(np.array([0.025, 0.975])) == pytest.approx([low, high], rel=1e-6)


# ---------------------------------------------------------------------------------------------------------------------
# scipy.stats as an oracle

ORACLES = [
    (Pert(2, 4, 9), stats.beta(1 + 8 / 7, 1 + 20 / 7, 2, 7)),
    (Pert(0, 0, 1), stats.beta(1, 5)),
    (Pert(-3, 5, 5), stats.beta(5, 1, -3, 8)),
    (Triangular(2, 4, 9), stats.triang(2 / 7, 2, 7)),
    (Triangular(2, 2, 9), stats.triang(0, 2, 7)),
    (Triangular(2, 9, 9), stats.triang(1, 2, 7)),
    (Uniform(-2, 5), stats.uniform(-2, 7)),
    (Normal(28, 14), stats.norm(28, 14)),
    (Lognormal(0.3, 0.8), stats.lognorm(0.8, scale=math.exp(0.3))),
    (Lognormal(-9, 0.001), stats.lognorm(0.001, scale=math.exp(-9))),
    (Gamma(4, 7), stats.gamma(4, scale=7)),
    (Gamma(0.05, 2), stats.gamma(0.05, scale=2)),
    (Gamma(9_000, 0.01), stats.gamma(9_000, scale=0.01)),
    (Beta(2, 6), stats.beta(2, 6)),
    (Beta(0.5, 2000.5), stats.beta(0.5, 2000.5)),
    (Beta(1870.5, 46330.5), stats.beta(1870.5, 46330.5)),
    (Beta(0.5, 0.5), stats.beta(0.5, 0.5)),
    (Beta(2000.5, 0.5), stats.beta(2000.5, 0.5)),
]


@pytest.mark.parametrize(("ours", "oracle"), ORACLES, ids=lambda value: repr(value)[:40])
def test_moments_quantiles_and_probabilities_are_those_of_scipy_stats(ours: Distribution, oracle: Any) -> None:
    assert ours.mean() == pytest.approx(oracle.mean(), rel=1e-10)  # scipy.stats
    assert ours.sd() == pytest.approx(oracle.std(), rel=1e-10)  # scipy.stats
    assert ours.quantile(EVERYWHERE) == pytest.approx(oracle.ppf(EVERYWHERE), rel=1e-10)  # scipy.stats
    for x in oracle.ppf(EVERYWHERE):
        assert ours.cdf(float(x)) == pytest.approx(oracle.cdf(x), rel=1e-10)  # scipy.stats
    assert ours.bounds == pytest.approx(oracle.support())  # scipy.stats


def test_two_points_and_measured_values_have_the_moments_of_numpy() -> None:
    values = np.random.default_rng(1).lognormal(size=101)
    assert Samples(values, "x.csv").mean() == pytest.approx(values.mean(), rel=1e-12)  # numpy
    assert Samples(values, "x.csv").sd() == pytest.approx(values.std(), rel=1e-12)  # numpy, dividing by n
    u = np.arange(1, 1000) / 1000
    expected = np.quantile(values, u, method="inverted_cdf")  # numpy: the step inverse
    assert Samples(values, "x.csv").quantile(u) == pytest.approx(expected, rel=0)
    oracle = stats.rv_discrete(values=([1, 4, 9], [0.2, 0.5, 0.3]))
    assert Discrete((9, 1, 4), (0.3, 0.2, 0.5)).mean() == pytest.approx(oracle.mean())  # scipy.stats
    assert Discrete((9, 1, 4), (0.3, 0.2, 0.5)).sd() == pytest.approx(oracle.std())  # scipy.stats


# ---------------------------------------------------------------------------------------------------------------------
# Truths known without a program


def test_a_metalog_without_a_third_term_is_logistic_loglogistic_and_uniform() -> None:
    logistic = Metalog(-math.log(9), 0, math.log(9))
    assert logistic.quantile(EVERYWHERE) == pytest.approx(stats.logistic.ppf(EVERYWHERE), rel=1e-9, abs=1e-12)
    assert logistic.sd() == pytest.approx(math.pi / math.sqrt(3), rel=1e-12)  # the logistic's sd
    b = 0.4  # log-logistic with median 3: mean 3 πb/sin(πb), second moment 9 2πb/sin(2πb)
    heavy = Metalog(3 / 9**b, 3, 3 * 9**b, minimum=0)
    mean = 3 * math.pi * b / math.sin(math.pi * b)
    assert heavy.mean() == pytest.approx(mean, rel=1e-12)
    assert heavy.sd() == pytest.approx(math.sqrt(18 * math.pi * b / math.sin(2 * math.pi * b) - mean**2), rel=1e-12)
    uniform = Metalog(0.1, 0.5, 0.9, minimum=0, maximum=1)
    assert uniform.quantile(EVERYWHERE) == pytest.approx(EVERYWHERE, rel=1e-9)
    assert (uniform.mean(), uniform.sd()) == pytest.approx((0.5, 1 / math.sqrt(12)), rel=1e-12)


def test_a_metalog_whose_sd_is_infinite_says_so_and_still_has_its_mean() -> None:
    assert Metalog(1, 3, 9, minimum=0).mean() == pytest.approx(3 * math.pi / 2, rel=1e-12)  # log-logistic, b = 1/2
    assert Metalog(1, 3, 9, minimum=0).sd() == math.inf  # its second moment diverges from b = 1/2 on
    assert math.isfinite(Metalog(1, 3, 9, minimum=0, maximum=1000).sd())  # bounded


@pytest.mark.parametrize(
    "metalog",
    [
        Metalog(10, 20, 50),
        Metalog(10, 20, 27, minimum=0),
        Metalog(10, 20, 25, maximum=30),
        Metalog(0.02, 0.05, 0.2, minimum=0, maximum=1),
        Metalog(99.999, 100, 100.002, minimum=0),
        Metalog(1e-6, 0.3, 1 - 1e-6, minimum=0, maximum=1),
    ],
    ids=repr,
)
def test_a_metalogs_moments_are_integrals_of_its_quantiles(metalog: Metalog) -> None:
    median, width = metalog.p50, metalog.p90 - metalog.p10

    def integral(power: int) -> float:
        def integrand(t: float) -> float:  # u = 1/(1 + exp(-t)), du = u (1 - u) dt
            deviation = float(metalog.quantile(1 / (1 + math.exp(-t)))) - median
            return deviation**power * math.exp(-abs(t)) / (1 + math.exp(-abs(t))) ** 2

        pieces = pairwise([-200, -33, -8, -2, 0, 2, 8, 33])
        return math.fsum(integrate.quad(integrand, *piece, epsabs=1e-12 * width**power)[0] for piece in pieces)

    shift = integral(1)
    assert metalog.mean() == pytest.approx(median + shift, abs=1e-9 * width)  # scipy.integrate
    assert metalog.sd() == pytest.approx(math.sqrt(integral(2) - shift**2), rel=1e-6)  # scipy.integrate


def test_a_metalog_is_refused_exactly_where_its_density_would_be_negative() -> None:
    # Keelin (2016), section 6.2.1: p50 between 16.658 % and 83.342 % of the way from p10 to p90
    u = np.linspace(0.0005, 0.9995, 9_999)
    for ratio in (0.1666, 0.8334):
        assert (np.diff(Metalog(0, ratio, 1).quantile(u)) > 0).all()
    for ratio in (0.1665, 0.8335):
        with pytest.raises(Unexpected, match=r"expected a p50 between 0\.1666 and 0\.8334"):
            Metalog(0, ratio, 1)


@pytest.mark.parametrize("shape", [1e7, 1e9])
@pytest.mark.parametrize("z", [-7.0, -4.6, -1.0, 0.0, 3.0, 6.0])
def test_quantiles_of_a_narrow_gamma_are_right_where_scipys_are_not(shape: float, z: float) -> None:
    def density(deviation: float) -> float:  # in sd around the mean, without the constant
        share = deviation / math.sqrt(shape)
        return math.exp((shape - 1) * math.log1p(share) - shape * share)

    tail = stats.norm.cdf(-abs(z))
    x = (float(Gamma(shape, 1).quantile(stats.norm.cdf(z))) - shape) / math.sqrt(shape)
    outer = integrate.quad(density, x, math.copysign(15, z), epsabs=0, epsrel=1e-11)[0] * math.copysign(1, z)
    total = integrate.quad(density, -15, 15, points=[-5, 0, 5], epsabs=0, epsrel=1e-12)[0]
    assert outer / total == pytest.approx(tail, rel=1e-8)  # scipy.integrate
    assert Gamma(shape, 1).cdf(float(Gamma(shape, 1).quantile(tail))) == pytest.approx(tail, rel=1e-8)


@pytest.mark.parametrize(
    ("a", "b"), [(1e3, 1e5), (1e3, 1e7), (1e3, 1e9), (200, 1e13), (1e5, 1e3), (1e9, 1e3), (5e4, 5e4)]
)
@pytest.mark.parametrize("z", [-4.8, -1.0, 0.0, 2.0, 4.8])
def test_quantiles_of_a_peaked_beta_are_right_where_scipys_are_not(a: float, b: float, z: float) -> None:
    made, small = Beta(a, b), min(a, b)
    mean = small / (a + b)  # of the smaller side, which keeps its digits

    def density(deviation: float) -> float:  # in sd around that mean, without the constant
        share = deviation * made.sd()
        logs = (small - 1) * math.log1p(share / mean) + (max(a, b) - 1) * math.log1p(-share / (1 - mean))
        return math.exp(logs)

    u = stats.norm.cdf(z)
    value = float(made.quantile(u))
    x = ((value if a < b else 1 - value) - mean) / made.sd()
    side = z if a < b else -z
    outer = integrate.quad(density, x, math.copysign(12, side), epsabs=0, epsrel=1e-11)[0] * math.copysign(1, side)
    total = integrate.quad(density, -12, 12, points=[-4, 0, 4], epsabs=0, epsrel=1e-12)[0]
    assert outer / total == pytest.approx(min(u, 1 - u), rel=1e-6 if a > b else 1e-9)  # scipy.integrate


def test_a_beta_far_in_its_lower_tail_follows_the_first_term_of_its_series() -> None:
    a, b = 1.02, 0.3  # where scipy.special.betaincinv answers nan below 1e-17
    u = np.array([1e-30, 1e-25, 1e-20])
    expected = (u * a * math.exp(math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b))) ** (1 / a)  # u = x^a / (a B)
    assert Beta(a, b).quantile(u) == pytest.approx(expected, rel=1e-12)


def test_the_step_inverse_is_exact_at_the_steps() -> None:
    for count in (3, 7, 49, 1000):
        made = Samples(np.arange(float(count)), "x.csv")
        u = np.arange(1, count + 1) / count
        assert (made.quantile(u) == np.arange(count)).all()  # by definition: rank ceil(n u)
        assert (made.quantile(np.nextafter(u[:-1], 1)) == np.arange(1, count)).all()
    die = Discrete((1, 2, 3, 4, 5, 6), (1 / 6,) * 6)
    assert die.quantile(np.array([1e-12, 0.5, 0.51, 1 - 1e-12])).tolist() == [1, 3, 4, 6]
    assert die.quantile(np.cumsum([0.1] * 10)).max() == 6


@pytest.mark.parametrize(
    ("distribution", "low", "high", "expected"),
    [
        (Normal(28, 14), 0, math.inf, stats.norm.cdf(-2)),  # 2.3 % below 0, house style's example
        (Normal(0, 1), -1, 2, stats.norm.cdf(-1) + stats.norm.sf(2)),
        (Beta(2, 6), 0, 1, 0),
        (Lognormal(0, 1), 0, math.inf, 0),
        (Uniform(-1, 3), 0, 2, 0.5),
        (Fixed(5), 5, 5, 0),
        (Fixed(5), 5.1, 6, 1),
        (Discrete((0, 1, 2), (0.2, 0.5, 0.3)), 0, 1, 0.3),  # a closed interval: 0 and 1 lie inside
        (Discrete((0, 1, 2), (0.2, 0.5, 0.3)), 0.1, 2, 0.2),
        (Samples([1, 2, 3, 4], "x.csv"), 2, 3, 0.5),
        (Metalog(10, 20, 50, minimum=0), 10, 50, 0.2),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_the_share_outside_a_closed_interval(
    distribution: Distribution, low: float, high: float, expected: float
) -> None:
    assert share_outside(distribution, low, high) == pytest.approx(expected, rel=1e-12)


def test_an_interval_becomes_the_family_of_its_kind_with_those_percentiles() -> None:
    ends = np.array([0.05, 0.95])
    for kind, family in (("share", Beta), ("positive", Lognormal), ("rate", Normal), ("number", Normal)):
        made = from_interval(0.02, 0.04, kind)
        assert type(made) is family
        assert made.quantile(ends) == pytest.approx([0.02, 0.04], rel=1e-9)


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (1e-9, 2e-9),
        (1e-9, 0.5),
        (1e-9, 1 - 1e-9),
        (0.3, 0.30001),
        (1e-6, 1.00001e-6),
        (0.02, 0.04),
        (1 - 2e-9, 1 - 1e-9),
        (0.5, 1 - 1e-9),
    ],
)
def test_a_beta_is_found_for_shares_from_1e_9_to_1_minus_1e_9_however_wide(low: float, high: float) -> None:
    made = from_interval(low, high, "share")
    assert made.quantile(np.array([0.05, 0.95])) == pytest.approx([low, high], rel=1e-9)
    assert [made.cdf(low), made.cdf(high)] == pytest.approx([0.05, 0.95], rel=1e-6)


def test_a_known_beta_and_gamma_are_found_again_from_any_two_percentiles() -> None:
    for i, p in enumerate(PERCENTILES):
        for q in PERCENTILES[i + 1 :]:
            beta = from_percentiles("beta", {q: stats.beta(2.5, 70).ppf(q), p: stats.beta(2.5, 70).ppf(p)})
            assert isinstance(beta, Beta)
            assert (beta.a, beta.b) == pytest.approx((2.5, 70), rel=1e-8)  # scipy.stats
            gamma = from_percentiles("gamma", {p: stats.gamma(0.3, 0, 9).ppf(p), q: stats.gamma(0.3, 0, 9).ppf(q)})
            assert isinstance(gamma, Gamma)
            assert (gamma.shape, gamma.scale) == pytest.approx((0.3, 9), rel=1e-8)  # scipy.stats


# ---------------------------------------------------------------------------------------------------------------------
# Laws

SHARES = st.floats(1e-9, 1 - 1e-9)
NUMBERS = st.floats(-1e6, 1e6).map(lambda x: round(x, 6))
POSITIVE = st.floats(-6, 6).map(lambda power: 10**power)
INSIDE = st.floats(1e-9, 1 - 1e-9)


@st.composite
def rising(draw: st.DrawFn, count: int) -> list[float]:
    steps = [draw(POSITIVE) for _ in range(count - 1)]
    return [float(x) for x in np.cumsum([round(draw(NUMBERS), 2), *steps])]


@st.composite
def metalogs(draw: st.DrawFn) -> Metalog:
    p10, p90 = draw(rising(2))
    p50 = p10 + draw(st.floats(0.3, 0.7)) * (p90 - p10)
    below = draw(st.none() | st.floats(1, 1000))  # a bound much nearer would leave no mean, one much farther no digits
    return Metalog(p10, p50, p90, minimum=None if below is None else p10 - below * (p90 - p10))


LIGHT = st.one_of(
    rising(3).map(lambda x: Pert(*x)),
    rising(3).map(lambda x: Triangular(*x)),
    rising(2).map(lambda x: Uniform(*x)),
    st.builds(Normal, NUMBERS, POSITIVE),
)
SMOOTH = st.one_of(
    LIGHT,
    st.builds(Lognormal, st.floats(-9, 9), st.floats(1e-3, 3)),
    st.builds(Gamma, st.floats(-1, 12).map(lambda power: 10**power), POSITIVE),
    st.builds(Beta, *(st.floats(-0.7, 10).map(lambda power: 10**power),) * 2),
    metalogs(),
)
STEPPED = st.one_of(
    NUMBERS.map(Fixed),
    st.lists(NUMBERS, min_size=1, max_size=9, unique=True).map(
        lambda values: Discrete(tuple(values), (1 / len(values),) * len(values))
    ),
    st.lists(NUMBERS, min_size=1, max_size=9).map(lambda values: Samples(values, "x.csv")),
)


@law
@given(SMOOTH | STEPPED, st.lists(INSIDE, min_size=2, max_size=20))
def test_quantiles_rise_and_stay_between_the_bounds(distribution: Distribution, u: list[float]) -> None:
    values = distribution.quantile(np.sort(np.array(u)))
    low, high = distribution.bounds
    slack = 1e-13 * np.max(np.abs(values))  # rounding
    assert values.shape == (len(u),)
    assert (np.diff(values) >= -slack).all()
    assert (low - slack <= values).all()
    assert (values <= high + slack).all()


@law
@given(SMOOTH, INSIDE)
def test_the_probability_below_a_quantile_is_what_was_asked_for(distribution: Distribution, u: float) -> None:
    x = float(distribution.quantile(u))
    rounding = 4e-16 * max(abs(end) for end in (x, *distribution.bounds) if math.isfinite(end))
    assert distribution.cdf(x - rounding) - 1e-9 <= u <= distribution.cdf(x + rounding) + 1e-9


@law
@given(STEPPED, INSIDE)
def test_a_step_is_the_first_value_with_enough_probability_below(distribution: Distribution, u: float) -> None:
    x = float(distribution.quantile(u))
    assert distribution.cdf(math.nextafter(x, -math.inf)) < u <= distribution.cdf(x)


@law
@given(SMOOTH | STEPPED)
def test_the_mean_lies_between_the_bounds_and_within_one_sd_of_the_median(distribution: Distribution) -> None:
    low, high = distribution.bounds
    mean, median = distribution.mean(), float(distribution.quantile(0.5))
    slack = 1e-12 * max(abs(mean), abs(median))
    assert low - slack <= mean <= high + slack
    assert abs(mean - median) <= distribution.sd() + slack  # true of every distribution


@law
@given(LIGHT | STEPPED)
def test_means_and_sds_are_those_of_the_quantiles(distribution: Distribution) -> None:
    values, sd = distribution.quantile((np.arange(1_000) + 0.5) / 1_000), distribution.sd()
    slack = 1e-12 * np.max(np.abs(values))
    assert values.mean() == pytest.approx(distribution.mean(), abs=0.02 * sd + slack)
    assert values.std() == pytest.approx(sd, abs=0.05 * sd + slack)


def rebuilt(spec: Any) -> Distribution:
    """What a reader of case files makes of a spec."""
    if not isinstance(spec, dict):
        return Fixed(spec)
    ((form, written),) = spec.items()
    makers: dict[str, Callable[[], Distribution]] = {
        "pert": lambda: Pert(*written),
        "triangular": lambda: Triangular(*written),
        "uniform": lambda: Uniform(*written),
        "metalog": lambda: Metalog(*(written.get(key) for key in ("p10", "p50", "p90", "min", "max"))),
        "discrete": lambda: Discrete(tuple(written), tuple(written.values())),
        "samples": lambda: Samples([1, 2, 3], written),
    }
    return makers[form]() if form in makers else from_moments(form, written["mean"], written["sd"])


@pytest.mark.parametrize(
    "distribution",
    [
        Fixed(3),
        Pert(1, 2, 3),
        Triangular(1, 2, 3),
        Uniform(1, 2),
        Normal(28, 14),
        Lognormal(0.3, 0.8),
        Gamma(0.5, 9),
        Beta(0.5, 2000.5),
        Metalog(10, 20, 50),
        Metalog(10, 20, 50, minimum=0),
        Metalog(10, 20, 50, maximum=90),
        Metalog(10, 20, 50, minimum=0, maximum=90),
        Discrete((1, 2), (0.4, 0.6)),
        Samples([3, 1, 2], "x.csv"),
    ],
    ids=repr,
)
def test_what_a_user_would_write_gives_the_distribution_again(distribution: Distribution) -> None:
    assert type(rebuilt(distribution.spec())) is type(distribution)
    assert rebuilt(distribution.spec()).quantile(EVERYWHERE) == pytest.approx(
        distribution.quantile(EVERYWHERE), rel=1e-9
    )
    assert distribution.name.startswith(("a ", "an "))
    assert pickle.loads(pickle.dumps(distribution)) == distribution
    assert hash(pickle.loads(pickle.dumps(distribution))) == hash(distribution)


@law
@given(st.sampled_from(["normal", "lognormal", "gamma", "beta"]), SHARES, st.floats(-4, -0.05))
def test_a_distribution_made_from_moments_has_them(family: str, mean: float, power: float) -> None:
    sd = 10**power * math.sqrt(mean * (1 - mean)) if family == "beta" else 10**power * mean
    made = from_moments(family, mean, sd)
    assert made.mean() == pytest.approx(mean, rel=1e-9)
    assert made.sd() == pytest.approx(sd, rel=1e-9)


@law
@given(
    st.sampled_from(["normal", "lognormal", "gamma", "beta"]),
    st.lists(st.sampled_from(PERCENTILES), min_size=2, max_size=2, unique=True).map(sorted),
    SHARES,
    st.floats(-4.5, 4),
)
def test_a_distribution_made_from_percentiles_has_them(family: str, p: list[float], low: float, power: float) -> None:
    odds = low / (1 - low) * (1 + 10**power)
    high = odds / (1 + odds) if family == "beta" else low * (1 + 10**power)
    made = from_percentiles(family, {p[0]: low, p[1]: high})
    assert made.quantile(np.array(p)) == pytest.approx([low, high], rel=1e-9)


@law
@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_counts_lie_around_the_observed_share(events: int, others: int) -> None:
    made = from_counts(events, events + others + 1)
    share = events / (events + others + 1)
    assert float(made.quantile(1e-3)) <= max(share, 1e-6 / (events + others + 1))
    assert float(made.quantile(0.9999)) >= share


def test_samples_are_kept_sorted_and_cannot_be_changed() -> None:
    made = Samples([3, 1, 2], "weights.csv", "grams")
    assert list(made.values) == [1, 2, 3]
    assert made.spec() == {"samples": "weights.csv", "column": "grams"}
    assert made != Samples([3, 1, 4], "weights.csv", "grams")
    with pytest.raises(ValueError, match="read-only"):
        made.values[0] = 9  # type: ignore[index]


def test_a_value_with_probability_0_is_never_drawn_and_bounds_nothing() -> None:
    made = Discrete((5, 1, 9), (0.6, 0.4, 0))
    assert made.bounds == (1, 5)
    assert made.spec() == {"discrete": {1: 0.4, 5: 0.6}}


def test_nothing_here_imports_scipy_stats() -> None:
    code = (
        "import sys; from tco.distributions import *\n"
        "from_interval(0.1, 0.2, 'share').cdf(0.1); Metalog(1, 2, 3, 0).cdf(1); Metalog(1, 2, 3, 0).mean()\n"
        "sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ---------------------------------------------------------------------------------------------------------------------
# Refusals, by their words

NAN, INF = math.nan, math.inf
REFUSALS: list[tuple[Callable[[], Any], str, str]] = [
    (lambda: Fixed(NAN), "expected a finite number for value, found nan", "write a number such as 12.5"),
    (lambda: Normal(INF, 1), "expected a finite number for mean, found inf", "write a number such as 12.5"),
    (lambda: Normal(5, 0), "expected an sd above 0, found 0", "write 5 for a number that is certain"),
    (lambda: Normal(5, -3), "expected an sd above 0, found -3", "write 3"),
    (
        lambda: Pert(1, 5, 3),
        "expected the lowest, the most likely and the highest value in this order, found 1, 5, 3",
        "write {pert: [1, 3, 5]}",
    ),
    (
        lambda: Triangular(9, 5, 3),
        "expected the lowest, the most likely and the highest value in this order, found 9, 5, 3",
        "write {triangular: [3, 5, 9]}",
    ),
    (lambda: Pert(3, 3, 3), "expected a lowest value below the highest, found 3, 3, 3", "write 3"),
    (lambda: Pert(1, NAN, 3), "expected a finite number for mode, found nan", "write a number such as 12.5"),
    (lambda: Uniform(4, 2), "expected the low end first, found 4 to 2", "write {uniform: [2, 4]}"),
    (lambda: Uniform(4, 4), "expected two different ends, found 4 to 4", "write 4"),
    (
        lambda: Lognormal(0, 30),
        "expected a lognormal with a finite sd, found a logarithm with mean 0 and sd 30",
        "give a narrower range",
    ),
    (lambda: Gamma(0, 1), "expected shape above 0, found 0", "give a mean and an sd instead"),
    (
        lambda: Gamma(1e30, 1e-30),
        "expected a gamma that can be told from a fixed number, found one much too narrow",
        "write 1",
    ),
    (lambda: Beta(1, -2), "expected b above 0, found -2", "give a mean and an sd instead"),
    (
        lambda: Beta(2e12, 6e12),
        "expected a beta that can be told from a fixed number, found one much too narrow",
        "write 0.25",
    ),
    (lambda: Metalog(10, 5, 20), "expected p10 below p50, found 10 and 5", "write {p10: 5, p50: 10}"),
    (
        lambda: Metalog(10, 20, 20),
        "expected p50 below p90, found 20 and 20",
        "give p90 a larger value, or write 20 for a number that is certain",
    ),
    (lambda: Metalog(10, 20, 50, minimum=11), "expected min below p10, found 11 and 10", "write {min: 10, p10: 11}"),
    (lambda: Metalog(10, 20, 50, maximum=40), "expected p90 below max, found 50 and 40", "write {p90: 40, max: 50}"),
    (lambda: Metalog(10, 20, NAN), "expected a finite number for p90, found nan", "write a number such as 12.5"),
    (
        lambda: Metalog(10, 12, 50),
        "expected a p50 between 16.66 and 43.34 with these p10 and p90, found 12",
        "move the p50 inwards, or give a min close to the percentiles",
    ),
    (
        lambda: Metalog(10, 48, 50),
        "expected a p50 between 16.66 and 43.34 with these p10 and p90, found 48",
        "move the p50 inwards, or give a max close to the percentiles",
    ),
    (
        lambda: Metalog(1, 10, 100, minimum=0),
        "expected a metalog with a mean, found an upper tail so heavy that the mean is infinite",
        "give a max as well, or percentiles closer together",
    ),
    (
        lambda: Metalog(-100, -10, -1, maximum=0),
        "expected a metalog with a mean, found a lower tail so heavy that the mean is infinite",
        "give a min as well, or percentiles closer together",
    ),
    (
        lambda: Discrete((12.4, 13.1), (0.7, 0.2)),
        "expected probabilities that sum to 100%, found 90%",
        "with 30% for 13.1 they would",
    ),
    (
        lambda: Discrete((1, 2), (1.2, 0.1)),
        "expected probabilities that sum to 100%, found 130%",
        "make them smaller",
    ),
    (
        lambda: Discrete((1, 2), (1.2, -0.2)),
        "expected a probability of 0 or more, found -20% for 2",
        "leave it out",
    ),
    (lambda: Discrete((1, 1), (0.5, 0.5)), "expected each value once, found 1 twice", "add up its probabilities"),
    (
        lambda: Discrete((1, 2), (1,)),
        "expected values with a probability each, found 2 values and 1 probabilities",
        "write {discrete: {12.4: 70%, 13.1: 30%}}",
    ),
    (
        lambda: Discrete((1, INF), (0.5, 0.5)),
        "expected a finite number for value, found inf",
        "write a number such as 12.5",
    ),
    (lambda: Samples([], "x.csv"), "expected values in x.csv, found none", "give a column of numbers"),
    (
        lambda: Samples([1, NAN, INF], "x.csv"),
        "expected numbers only, found 2 of 3 values in x.csv empty or infinite",
        "remove them from the file",
    ),
    (lambda: from_counts(30, 20), "expected no more events than trials, found 30 of 20", "write 20 of 30"),
    (
        lambda: from_counts(1.5, 20),
        "expected whole numbers of events and trials, found 1.5 of 20",
        "write counts, such as 412 of 9_800",
    ),
    (
        lambda: from_counts(-1, 20),
        "expected whole numbers of events and trials, found -1 of 20",
        "write counts, such as 412 of 9_800",
    ),
    (
        lambda: from_counts(0, 0),
        "expected at least one trial, found 0 of 0",
        "without trials, write a range such as 1% to 4%",
    ),
    (lambda: from_counts(0, INF), "expected a finite number for trials, found inf", "write a number such as 12.5"),
    (lambda: from_interval(4, 2, "positive"), "expected the low end first, found 4 to 2", "write 2 to 4"),
    (lambda: from_interval(0.04, 0.02, "rate"), "expected the low end first, found 4% to 2%", "write 2% to 4%"),
    (lambda: from_interval(3, 3, "number"), "expected two different ends, found 3 to 3", "write 3"),
    (
        lambda: from_interval(NAN, 3, "number"),
        "expected a finite number for low, found nan",
        "write a number such as 12.5",
    ),
    (lambda: from_interval(2, 4, "share"), "expected shares between 0 and 1, found 2 to 4", "write 2% to 4%"),
    (
        lambda: from_interval(-0.1, 0.4, "share"),
        "expected shares between 0 and 1, found -0.1 to 0.4",
        "a share is between 0% and 100%",
    ),
    (
        lambda: from_interval(0, 0.04, "share"),
        "expected a range inside 0% to 100%, found 0% to 4%: a beta cannot have its 5th percentile at 0%",
        "write {pert: [0%, MOST LIKELY, 4%]}, or counts such as 4 of 200",
    ),
    (
        lambda: from_interval(0.9, 1, "share"),
        "expected a range inside 0% to 100%, found 90% to 100%: a beta cannot have its 95th percentile at 100%",
        "write {pert: [90%, MOST LIKELY, 100%]}, or counts such as 4 of 200",
    ),
    (
        lambda: from_interval(0, 5, "positive"),
        "expected a range above 0, found 0 to 5: a lognormal cannot have its 5th percentile at 0",
        "write {pert: [0, MOST LIKELY, 5]}",
    ),
    (
        lambda: from_interval(-5, -2, "positive"),
        "expected a range above 0, found -5 to -2: a lognormal cannot have its 5th percentile at -5",
        "the number must be 0 or more",
    ),
    (lambda: from_interval(2, 4, "fixed"), "expected a fixed number, found 2 to 4", "write 3"),
    (
        lambda: from_interval(0.3, 0.3 + 1e-9, "share"),
        "expected a beta that can be told from a fixed number, found one much too narrow",
        "write 0.3",
    ),
    (
        lambda: from_moments("weibull", 2, 1),
        "expected one of normal, lognormal, gamma, beta, found weibull",
        "write {normal: {mean: 28, sd: 14}}",
    ),
    (lambda: from_moments("normal", 5, -3), "expected an sd above 0, found -3", "write 3"),
    (
        lambda: from_moments("lognormal", -5, 3),
        "expected a mean above 0 for a lognormal, found -5",
        "write {normal: {mean: -5, sd: 3}}",
    ),
    (
        lambda: from_moments("beta", 0, 0.1),
        "expected a mean above 0 for a beta, found 0",
        "a share is between 0% and 100%",
    ),
    (lambda: from_moments("beta", 8, 1), "expected a mean below 1 for a beta, found 8", "write 8%"),
    (
        lambda: from_moments("beta", 0.2, 0.5),
        "expected an sd below 0.4, the largest possible for a share with mean 0.2, found 0.5",
        "give a smaller sd",
    ),
    (
        lambda: from_moments("gamma", 1, 1e-13),
        "expected a gamma that can be told from a fixed number, found one much too narrow",
        "write 1",
    ),
    (
        lambda: from_percentiles("normal", {0.05: 1}),
        "expected two of p5, p10, p25, p50, p75, p90, p95, found p5",
        "write {normal: {p5: LOW, p95: HIGH}}",
    ),
    (
        lambda: from_percentiles("gamma", {0.05: 1, 0.2: 4}),
        "expected two of p5, p10, p25, p50, p75, p90, p95, found p5, p20",
        "write {gamma: {p5: LOW, p95: HIGH}}",
    ),
    (
        lambda: from_percentiles("normal", {0.95: 2, 0.05: 4}),
        "expected p5 below p95, found 4 and 2",
        "write {p5: 2, p95: 4}",
    ),
    (
        lambda: from_percentiles("gamma", {0.05: -3, 0.95: 4}),
        "expected p5 above 0 for a gamma, found -3",
        "write {normal: {p5: -3, p95: 4}}",
    ),
    (
        lambda: from_percentiles("beta", {0.05: 0, 0.95: 0.4}),
        "expected p5 above 0 for a beta, found 0",
        "a beta's percentiles lie between 0% and 100%; at these ends, write {pert: [0%, MOST LIKELY, 100%]}",
    ),
    (
        lambda: from_percentiles("beta", {0.05: 0.2, 0.95: 4}),
        "expected p95 below 1 for a beta, found 4",
        "write 4%",
    ),
    (
        lambda: from_percentiles("gamma", {0.90: 1e-90, 0.95: 1e90}),
        "expected percentiles that a gamma distribution can have, found p90 1e-90 and p95 1e+90",
        "give values that are neither so close together nor so far apart",
    ),
]


@pytest.mark.parametrize(("make", "message", "hint"), REFUSALS, ids=[message for _, message, _ in REFUSALS])
def test_a_refusal_says_what_was_expected_what_was_found_and_what_to_write(
    make: Callable[[], Any], message: str, hint: str
) -> None:
    with pytest.raises(Unexpected) as refusal:
        make()
    assert (refusal.value.message, refusal.value.hint) == (message, hint)
