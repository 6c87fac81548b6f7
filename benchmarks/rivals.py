"""What others need to draw the same inputs: NumPy by hand, scipy.stats, squigglepy, OpenTURNS and SALib.

Each function makes n draws of all inputs of a case the way the library's own documentation does. Those that are not
installed raise ImportError; `pip install -e ".[benchmark]"` brings them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tco.distributions import Beta, Distribution, Lognormal, Normal, Pert, Triangular, Uniform
from tco.sampling import Correlation

Array = NDArray[np.float64]
Inputs = Mapping[str, Distribution]
Correlations = Sequence[Correlation]


@dataclass(frozen=True)
class Rival:
    """A way to make draws: its name, what it is like, and a maker of a function that makes them."""

    name: str
    points: str
    correlated: bool
    prepare: Callable[[Inputs, Correlations, int], Callable[[], Any]]


def shapes_of_pert(pert: Pert) -> tuple[float, float]:
    """Give the two shapes of the beta distribution that a PERT is."""
    width = pert.high - pert.low
    return 1 + 4 * (pert.mode - pert.low) / width, 1 + 4 * (pert.high - pert.mode) / width


def numpy_generator(inputs: Inputs, _correlations: Correlations, n: int) -> Callable[[], list[Array]]:
    """Call NumPy's Generator once an input."""
    random = np.random.default_rng(0)

    def draw(one: Distribution) -> Array:
        match one:
            case Pert():
                return one.low + (one.high - one.low) * random.beta(*shapes_of_pert(one), n)
            case Triangular():
                return random.triangular(one.low, one.mode, one.high, n)
            case Lognormal():
                return random.lognormal(one.mu, one.sigma, n)
            case Normal():
                return random.normal(one.mu, one.sigma, n)
            case Beta():
                return random.beta(one.a, one.b, n)
            case Uniform():
                return random.uniform(one.low, one.high, n)
        raise TypeError(one)

    return lambda: [draw(one) for one in inputs.values()]


def frozen(one: Distribution) -> Any:
    """Freeze a distribution of scipy.stats."""
    from scipy import stats

    match one:
        case Pert():
            return stats.beta(*shapes_of_pert(one), loc=one.low, scale=one.high - one.low)
        case Triangular():
            return stats.triang((one.mode - one.low) / (one.high - one.low), loc=one.low, scale=one.high - one.low)
        case Lognormal():
            return stats.lognorm(one.sigma, scale=np.exp(one.mu))
        case Normal():
            return stats.norm(one.mu, one.sigma)
        case Beta():
            return stats.beta(one.a, one.b)
        case Uniform():
            return stats.uniform(one.low, one.high - one.low)
    raise TypeError(one)


def scipy_rvs(inputs: Inputs, _correlations: Correlations, n: int) -> Callable[[], list[Array]]:
    """Call `.rvs` of frozen distributions."""
    frozens = [frozen(one) for one in inputs.values()]
    random = np.random.default_rng(0)
    return lambda: [one.rvs(n, random_state=random) for one in frozens]


def scipy_sobol(inputs: Inputs, _correlations: Correlations, n: int) -> Callable[[], list[Array]]:
    """Call `.ppf` of frozen distributions on the points of scipy.stats.qmc.Sobol."""
    from scipy.stats import qmc

    frozens = [frozen(one) for one in inputs.values()]

    def draw() -> list[Array]:
        points = qmc.Sobol(len(frozens), seed=0).random(n)
        return [one.ppf(points[:, column]) for column, one in enumerate(frozens)]

    return draw


def squigglepy(inputs: Inputs, _correlations: Correlations, n: int) -> Callable[[], list[Array]]:
    """Call `sq.sample` once an input."""
    import squigglepy as sq

    def made(one: Distribution) -> Any:
        match one:
            case Pert():
                return sq.pert(one.low, one.mode, one.high)
            case Triangular():
                return sq.triangular(one.low, one.mode, one.high)
            case Lognormal():
                return sq.lognorm(norm_mean=one.mu, norm_sd=one.sigma)
            case Normal():
                return sq.norm(mean=one.mu, sd=one.sigma)
            case Beta():
                return sq.beta(one.a, one.b)
            case Uniform():
                return sq.uniform(one.low, one.high)
        raise TypeError(one)

    distributions = [made(one) for one in inputs.values()]
    return lambda: [sq.sample(one, n=n) for one in distributions]


def openturns_joint(inputs: Inputs, correlations: Correlations) -> Any:
    """Give OpenTURNS' joint distribution, with its normal copula."""
    import openturns as ot

    def made(one: Distribution) -> Any:
        match one:
            case Pert():
                return ot.Beta(*shapes_of_pert(one), one.low, one.high)
            case Triangular():
                return ot.Triangular(one.low, one.mode, one.high)
            case Lognormal():
                return ot.LogNormal(one.mu, one.sigma, 0.0)
            case Normal():
                return ot.Normal(one.mu, one.sigma)
            case Beta():
                return ot.Beta(one.a, one.b, 0.0, 1.0)
            case Uniform():
                return ot.Uniform(one.low, one.high)
        raise TypeError(one)

    paths = list(inputs)
    ranks = ot.CorrelationMatrix(len(paths))
    for one in correlations:
        ranks[paths.index(one.first), paths.index(one.second)] = one.rank
    copula = ot.NormalCopula(ot.NormalCopula.GetCorrelationFromSpearmanCorrelation(ranks))
    return ot.JointDistribution([made(one) for one in inputs.values()], copula)


def openturns_random(inputs: Inputs, correlations: Correlations, n: int) -> Callable[[], Array]:
    """Call `getSample` of the joint distribution."""
    joint = openturns_joint(inputs, correlations)
    return lambda: np.asarray(joint.getSample(n))


def openturns_sobol(inputs: Inputs, correlations: Correlations, n: int) -> Callable[[], Array]:
    """Generate a low-discrepancy experiment on Sobol' points."""
    import openturns as ot

    joint = openturns_joint(inputs, correlations)
    experiment = ot.LowDiscrepancyExperiment(ot.SobolSequence(), joint, n, True)
    return lambda: np.asarray(experiment.generate())


def salib_latin(inputs: Inputs, _correlations: Correlations, n: int) -> Callable[[], Array]:
    """Call SALib's Latin sampler; it knows no beta distribution, so that those columns go through scipy's."""
    from SALib.sample import latin

    def stated(one: Distribution) -> tuple[str, list[float]]:
        match one:
            case Triangular():
                return "triang", [one.low, one.high, (one.mode - one.low) / (one.high - one.low)]
            case Lognormal():
                return "lognorm", [one.mu, one.sigma]
            case Normal():
                return "norm", [one.mu, one.sigma]
            case Uniform():
                return "unif", [one.low, one.high]
        return "unif", [0.0, 1.0]

    kinds, bounds = zip(*(stated(one) for one in inputs.values()), strict=True)
    problem = {"num_vars": len(inputs), "names": list(inputs), "dists": list(kinds), "bounds": list(bounds)}
    betas = [(column, frozen(one)) for column, one in enumerate(inputs.values()) if isinstance(one, Pert | Beta)]

    def draw() -> Array:
        found: Array = latin.sample(problem, n, seed=0)
        for column, one in betas:
            found[:, column] = one.ppf(found[:, column])
        return found

    return draw


RIVALS = (
    Rival("NumPy Generator, a call an input", "random", False, numpy_generator),
    Rival("scipy.stats frozen distributions, rvs", "random", False, scipy_rvs),
    Rival("squigglepy, sample", "random", False, squigglepy),
    Rival("OpenTURNS, getSample", "random", True, openturns_random),
    Rival("SALib, latin.sample (PERT and beta by scipy)", "latin", False, salib_latin),
    Rival("OpenTURNS, LowDiscrepancyExperiment", "Sobol'", True, openturns_sobol),
    Rival("scipy.stats qmc.Sobol and frozen distributions, ppf", "Sobol'", False, scipy_sobol),
)
