"""Distributions from what people say: counts, a range, a mean and a spread, two percentiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

import scipy  # its submodules load on first use: scipy.special alone takes longer than a case file does

from tco.distributions.families import Beta, Gamma, Lognormal, Normal
from tco.distributions.refusals import (
    TINY,
    check_ends,
    check_finite,
    check_rising,
    check_sd,
    say,
    say_share,
    too_narrow,
)
from tco.distributions.special import beta_cdf, bracketed_root, gamma_quantile
from tco.errors import Unexpected

FAMILIES = ("normal", "lognormal", "gamma", "beta")
PERCENTILES = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)


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
    check_finite(events=events, trials=trials)
    found = f"found {say(events)} of {say(trials)}"
    if min(events, trials) < 0 or events % 1 or trials % 1:
        raise Unexpected(f"expected whole numbers of events and trials, {found}", "write counts, such as 412 of 9_800")
    if trials == 0:
        raise Unexpected(f"expected at least one trial, {found}", "without trials, write a range such as 1% to 4%")
    if events > trials:
        raise Unexpected(f"expected no more events than trials, {found}", f"write {say(trials)} of {say(events)}")
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
    check_finite(low=low, high=high)
    spell = say_share if kind in ("share", "rate") else say
    if kind == "share":
        _check_shares(low, high)
    check_ends(low, high, f"{spell(high)} to {spell(low)}", spell)
    match kind:
        case "share":
            _check_inner_share(low, high)
            return _beta_through((0.05, low), (0.95, high))
        case "positive":
            _check_inner_positive(low, high)
            return _lognormal_through((0.05, low), (0.95, high))
        case "rate" | "number":
            return _normal_through((0.05, low), (0.95, high))
    raise Unexpected(
        f"expected a fixed number, found {spell(low)} to {spell(high)}", f"write {spell((low + high) / 2)}"
    )


def _check_shares(low: float, high: float) -> None:
    if 0 <= low <= 1 and 0 <= high <= 1:
        return
    percent = 0 <= low <= 100 and 0 <= high <= 100
    hint = f"write {say(min(low, high))}% to {say(max(low, high))}%" if percent else "a share is between 0% and 100%"
    raise Unexpected(f"expected shares between 0 and 1, found {say(low)} to {say(high)}", hint)


def _check_inner_share(low: float, high: float) -> None:
    if low < TINY or high == 1:
        end = "5th percentile at 0%" if low < TINY else "95th percentile at 100%"
        found = f"{say_share(low)} to {say_share(high)}: a beta cannot have its {end}"
        hint = f"write {{pert: [{say_share(low)}, MOST LIKELY, {say_share(high)}]}}, or counts such as 4 of 200"
        raise Unexpected(f"expected a range inside 0% to 100%, found {found}", hint)


def _check_inner_positive(low: float, high: float) -> None:
    if low < TINY:
        reason = f"a lognormal cannot have its 5th percentile at {say(low)}"
        message = f"expected a range above 0, found {say(low)} to {say(high)}: {reason}"
        hint = f"write {{pert: [0, MOST LIKELY, {say(high)}]}}" if high > 0 else "the number must be 0 or more"
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
    check_sd(mean, sd)
    if family != "normal" and mean < TINY:
        hint = f"write {{normal: {{mean: {say(mean)}, sd: {say(sd)}}}}}"
        message = f"expected a mean above 0 for a {family}, found {say(mean)}"
        raise Unexpected(message, "a share is between 0% and 100%" if family == "beta" else hint)
    if family != "normal" and mean > 1e12 * sd:
        raise too_narrow(family, mean)
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
        hint = f"write {say(mean)}%" if mean <= 100 else "a share is between 0% and 100%"
        raise Unexpected(f"expected a mean below 1 for a beta, found {say(mean)}", hint)
    total = mean / sd * ((1 - mean) / sd) - 1
    if total <= 0:
        largest = f"{math.sqrt(mean * (1 - mean)):.4g}, the largest possible for a share with mean {say(mean)}"
        raise Unexpected(f"expected an sd below {largest}, found {say(sd)}", "give a smaller sd")
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
    check_finite(**named)
    check_rising(named)
    (low_name, low), (high_name, high) = named.items()
    inside = "a beta's percentiles lie between 0% and 100%; at these ends, write {pert: [0%, MOST LIKELY, 100%]}"
    if family != "normal" and low < TINY:
        hint = f"write {{normal: {{{low_name}: {say(low)}, {high_name}: {say(high)}}}}}"
        message = f"expected {low_name} above 0 for a {family}, found {say(low)}"
        raise Unexpected(message, inside if family == "beta" else hint)
    if family == "beta" and high >= 1:
        hint = f"write {say(high)}%" if 1 < high <= 100 else inside
        raise Unexpected(f"expected {high_name} below 1 for a beta, found {say(high)}", hint)
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
        raise too_narrow("gamma", low)

    def excess(log_shape: float) -> float:
        return ratio - (_log_gamma_quantile(math.exp(log_shape), q) - _log_gamma_quantile(math.exp(log_shape), p))

    shape = math.exp(_root(excess, -2 * math.log(start.sigma)))
    fitted = Gamma(shape, high / max(float(gamma_quantile(shape, q)), high * 1e-99))
    return _put_back(fitted, lower, upper)


def _log_gamma_quantile(shape: float, u: float) -> float:
    x = float(gamma_quantile(shape, u))
    if x > 1e-290:
        return math.log(x)
    return (math.log(u) + math.lgamma(shape + 1)) / shape  # where the series' first term, x^shape, is all


def _beta_through(lower: Point, upper: Point) -> Beta:
    (p, low), (q, high) = lower, upper
    # Where to start: the normal distribution of the share's log odds, measured from the lower point.
    odds = _normal_through((p, 0), (q, math.log1p((high - low) / low) + math.log1p((high - low) / (1 - high))))
    if odds.sigma < 1e-6:
        raise too_narrow("beta", low)
    middle = min(max(math.log(low / (1 - low)) + odds.mu, -21.0), 21.0)
    start_a, start_b = (-2 * math.log(odds.sigma) + math.log1p(math.exp(sign * middle)) for sign in (1, -1))

    def log_b(log_a: float) -> float:
        return _root(lambda y: beta_cdf(math.exp(log_a), math.exp(y), low) - p, start_b + log_a - start_a)

    def excess(log_a: float) -> float:
        return beta_cdf(math.exp(log_a), math.exp(log_b(log_a)), high) - q

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
    return bracketed_root(rising, low, high) if low < high else low


Solved = TypeVar("Solved", Gamma, Beta)


def _put_back(fitted: Solved, lower: Point, upper: Point) -> Solved:
    (_, low), (_, high) = lower, upper
    for p, x in (lower, upper):
        if not abs(float(fitted.quantile(p)) - x) <= 1e-9 * min(x, 1000 * (high - low)) + 2e-15 * x:
            found = f"p{100 * lower[0]:.10g} {say(low)} and p{100 * upper[0]:.10g} {say(high)}"
            message = f"expected percentiles that {fitted.name} can have, found {found}"
            raise Unexpected(message, "give values that are neither so close together nor so far apart")
    return fitted
