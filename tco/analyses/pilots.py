"""Pilots: what n more units of a supplier would show about a failure rate, and what to do after which result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tco.analyses.beta_binomial import BetaBinomial, Segment
from tco.analyses.figure import labels_of
from tco.analyses.nested import conditional_costs
from tco.distributions import Beta, FloatArray
from tco.errors import CaseError, UsageError
from tco.loader import Case
from tco.outcomes import Outcomes, Worlds

UNITS = (50, 100, 150, 200, 300, 400, 600, 800, 1_000, 1_500, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 15_000, 20_000)
"""Sizes of a pilot that are tried."""
ENOUGH = 0.8
"""Where a pilot costs nothing, the size is named that gives this share of what the largest one would."""
MOST_UNITS = 200_000
"""The largest pilot that is looked at."""
CLOSER = 25
"""Sizes looked at between two neighbors of the best one."""
DRAWS = 1024
"""Draws of all other inputs at each rate that costs are computed at."""
_TAILS = (1e-6, 1e-4, 1e-3, 1e-2)
"""How much of a rate's distribution is left out at either end: more where rates so far out break a joint limit."""


@dataclass(frozen=True)
class Pilot:
    """What trying n more units of a supplier is worth, because of one rate that it would show.

    Parameters
    ----------
    path, label : str
        The rate.
    supplier : str
        Whom to order from; empty where the rate is not a supplier's own.
    counted : str
        What it counts: units, or orders for a rate per order.
    n : int
        The number of these of the largest net value; where more of them cost nothing more, the smallest of some sizes
        that gives 80 % of the net value of the largest; 0 where no pilot pays.
    evsi : float
        Expected value of what the pilot shows [money].
    net : float
        The same less the pilot's cost [money].
    most_a_unit : float
        What each of them may cost at most, all costs of the pilot taken together [money/unit or money/order].
    rule : str
        When to choose what, in words.
    switches : float
        Probability that its result changes the choice.
    curve : tuple of (int, float, float)
        Units, value and net value of every size tried.
    """

    path: str
    label: str
    supplier: str
    counted: str
    n: int
    evsi: float
    net: float
    most_a_unit: float
    rule: str
    switches: float
    curve: tuple[tuple[int, float, float], ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {**asdict(self), "curve": [list(point) for point in self.curve]}


def countable(outcomes: Outcomes) -> list[str]:
    """Give the failure rates whose distribution is a beta, which counts of a pilot can update; no single year's."""
    return [
        path
        for path, one in sorted(outcomes.inputs.items())
        if "failure_rates" in path and "by_year" not in path and isinstance(one, Beta)
    ]


def pilot_of(
    worlds: Worlds, costs: FloatArray, path: str, total: str, price: tuple[float, float], units: Sequence[int]
) -> Pilot:
    """Find the best pilot for one rate, and what to do after it.

    Parameters
    ----------
    worlds : Worlds
        Draws of the case.
    costs : array of shape (k, n)
        Present cost of each option in each draw [money].
    path : str
        The rate.
    total : str
        hard, hard_and_estimated or all_in: which costs these are.
    price : (float, float)
        What a pilot costs once, and for each unit [money, money/unit].
    units : sequence of int
        Sizes to try; empty to seek the best one.
    """
    model = _model_of_rate(worlds, costs, path, total)
    case, now = worlds.outcomes.case, int(np.argmin(costs.mean(axis=1)))
    fixed, each = price
    values = {size: model.evsi(size) for size in sorted(set(units or UNITS))}
    if each and not units:
        size = _best_size(model, each)
        values[size] = model.evsi(size)
    curve = tuple((size, values[size], values[size] - fixed - each * size) for size in sorted(values))
    size, value, net = max(curve, key=lambda point: (point[2], -point[0])) if each else _enough(curve)
    segments = model.segments(size)
    rule = _rule(case, path, size, segments) if net > 0 else _too_dear(case, path, size, stated=bool(units))
    if len(model.segments(curve[-1][0])) == 1 and len(segments) == 1:
        rule = _no_use(case, path, curve[-1][0], now)
    if len(segments) == 1 or net <= 0:
        size, value, net, segments = 0, 0.0, 0.0, []
    return Pilot(
        path=path,
        label=labels_of(case, [path])[path],
        supplier=path.split(".")[1] if path.startswith("suppliers.") else "",
        counted=_counted(case, path)[1],
        n=size,
        evsi=value,
        net=net,
        most_a_unit=value / size if size else 0.0,
        rule=rule,
        switches=sum(one.probability for one in segments if one.option != now),
        curve=curve,
    )


def _enough(curve: Sequence[tuple[int, float, float]]) -> tuple[int, float, float]:
    """Give the smallest size whose net value is enough, where more units cost nothing more."""
    return next(point for point in curve if point[2] >= min(ENOUGH * curve[-1][2], curve[-1][2]))


def _best_size(model: BetaBinomial, each: float) -> int:
    """Seek the size of the largest net value: on a grid that grows by a half, then ever closer around its best one.

    A pilot that costs more than the largest one would show is worth nothing, which bounds the search.
    """
    most = int(min(model.evsi(MOST_UNITS) / each, MOST_UNITS))
    sizes = [1]
    while sizes[-1] < most:
        sizes.append(min(max(sizes[-1] + 1, sizes[-1] * 3 // 2), most))
    while True:
        net = [model.evsi(size) - each * size for size in sizes]
        at = int(np.argmax(net))
        low, high = sizes[max(at - 1, 0)], sizes[min(at + 1, len(sizes) - 1)]
        if len(sizes) == high - low + 1 or high - low <= 2:
            return sizes[at]
        sizes = sorted({*np.linspace(low, high, CLOSER).astype(int).tolist(), sizes[at]})


def _model_of_rate(worlds: Worlds, costs: FloatArray, path: str, total: str) -> BetaBinomial:
    """Give expected costs as polynomials of a rate, from runs of the model at some of its values.

    What costs differ from them by on average, over all draws, is added: the draws know the other inputs' means better.
    """
    prior, outcomes = worlds.outcomes.inputs[path], worlds.outcomes
    if not isinstance(prior, Beta):
        raise UsageError(f"expected a rate with a beta distribution, such as 24 of 1_950, found {prior.name} in {path}")
    known = prior

    def given(rates: FloatArray) -> FloatArray:
        shares = np.array([known.cdf(float(rate)) for rate in rates])
        return conditional_costs(outcomes, path, rates, shares, total=total, n=DRAWS, seed=worlds.seed)

    for tail in _TAILS:
        low, high = (float(np.asarray(known.quantile(share))) for share in (tail, 1 - tail))
        try:
            model = BetaBinomial.of(known, given, low=low, high=high)
            break
        except CaseError:
            if tail == _TAILS[-1]:
                raise
    return model.moved((costs - model.costs(worlds.draws[path])).mean(axis=1))


def _rule(case: Case, path: str, size: int, segments: Sequence[Segment]) -> str:
    """Say in words which option to choose after which result."""
    mode, what, whom = _counted(case, path)
    verb, of = ("place", "with") if what == "orders" else ("order", "from")
    start = f"{verb} {count_of(size, what)} {of} {whom}" if whom else f"watch {count_of(size, what)}"
    choices = [_choice(case, one.option) for one in segments]
    parts = [_part(one, mode, choices[at], at, len(segments)) for at, one in enumerate(segments)]
    return f"{start}; " + "; ".join(parts)


def count_of(size: int, what: str) -> str:
    """Say how many: 600 units, 1 order."""
    return f"{size:,} {what if size != 1 else what.removesuffix('s')}"


def _choice(case: Case, option: int) -> str:
    verb = "stay with" if case.options[option].name == case.baseline else "choose"
    return f"{verb} {case.options[option].label}"


def _no_use(case: Case, path: str, size: int, now: int) -> str:
    mode, what, _ = _counted(case, path)
    return f"no pilot for '{mode}': whatever {count_of(size, what)} showed, {case.options[now].label} stays best"


def _too_dear(case: Case, path: str, size: int, *, stated: bool) -> str:
    mode, what, _ = _counted(case, path)
    which = "a pilot of" if stated else "even the best size,"
    return f"no pilot for '{mode}': {which} {count_of(size, what)} costs more than what it shows is worth"


def _counted(case: Case, path: str) -> tuple[str, str, str]:
    """Give the failure mode of a rate, what it is counted on, and whose it is."""
    words = path.split(".")
    mode = words[words.index("failure_rates") + 1]
    per = {one.name: one.per for option in case.options for one in option.modes}.get(mode, "unit")
    return mode, "orders" if per == "order" else "units", case.option(words[1]).label if words[0] == "suppliers" else ""


def _part(one: Segment, mode: str, choice: str, at: int, count: int) -> str:
    if at == 0:
        return f"if at most {one.last:,} show '{mode}', {choice}"
    return f"if more than {one.first - 1:,}, {choice}" if at == count - 1 else f"up to {one.last:,}, {choice}"
