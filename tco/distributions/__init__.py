"""Uncertain numbers: a mean, a quantile function and bounds each; nothing more."""

from tco.distributions.elicited import (
    FAMILIES,
    PERCENTILES,
    from_counts,
    from_interval,
    from_moments,
    from_percentiles,
)
from tco.distributions.families import (
    Beta,
    Fixed,
    Gamma,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from tco.distributions.refusals import HUGE, TINY
from tco.distributions.shaped import Discrete, Distribution, Metalog, Samples, share_outside
from tco.distributions.special import FloatArray

__all__ = [
    "FAMILIES",
    "HUGE",
    "PERCENTILES",
    "TINY",
    "Beta",
    "Discrete",
    "Distribution",
    "Fixed",
    "FloatArray",
    "Gamma",
    "Lognormal",
    "Metalog",
    "Normal",
    "Pert",
    "Samples",
    "Triangular",
    "Uniform",
    "from_counts",
    "from_interval",
    "from_moments",
    "from_percentiles",
    "share_outside",
]
