"""Sliders and fields: what each number is called, how far its slider goes, and which ones come first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from tco.analyses.levers import LOWEST_RATE
from tco.distributions import Fixed, FloatArray
from tco.graph import NotFinite
from tco.numbers import KINDS, Number
from tco.options import Input
from tco.outcomes import path_of
from tco.views.whatif.unfolded import RATE, Unfolded
from tco.views.whatif.wording import label_of, section_of, unit_of

MOST_FIRST = 14
"""Numbers that stand before "more inputs", unless prices and volumes alone are more."""
LEAST_FOUND = 6
"""How many of them are chosen by how much they move the savings."""
LOW, HIGH = 0.01, 0.99
"""Percentiles between which the slider of an uncertain number goes."""
_SWUNG = (0.10, 0.90)
"""Percentiles between which an uncertain number is moved to see what it does, as in a tornado."""
_STEPS = 200
_VOLUMES = ("demand.customers", "demand.units_per_year", "demand.orders_per_customer_per_year")


@dataclass(frozen=True)
class Control:
    """A number that can be set.

    Parameters
    ----------
    path, label, meaning, unit, section : str
        Of the number.
    value : float
        As the case states it; of an uncertain number its mean.
    kind : str
        share, rate, positive or number: what its field accepts.
    low, high : float or None
        What it accepts; None for no end.
    percent : bool
        Whether people write it in percent.
    start, end, step : float
        Of its slider, in percent where people write it so.
    spread : str
        The range that the case states, in words; empty for a number that is certain.
    """

    path: str
    label: str
    meaning: str
    unit: str
    section: str
    value: float
    kind: str
    low: float | None
    high: float | None
    percent: bool
    start: float
    end: float
    step: float
    spread: str

    def to_dict(self) -> dict[str, Any]:
        """Give as plain data what the page's script needs."""
        return {
            name: value for name, value in asdict(self).items() if name not in ("path", "meaning", "section", "spread")
        }


def controls_of(unfolded: Unfolded) -> tuple[list[Control], list[Control]]:
    """Give the numbers that stand first, and all others, section by section."""
    made = {path: _control(unfolded, path, *found) for path, found in unfolded.free.items()}
    first = _first(unfolded)
    rest = [made[path] for path in made if path not in first]
    order = list(dict.fromkeys(one.section for one in rest))
    return [made[path] for path in first], sorted(rest, key=lambda one: order.index(one.section))


def churn_paths(unfolded: Unfolded) -> list[str]:
    """Give the paths of how many customers failures drive away: one slider turns them all."""
    return [path for path, (one, _) in unfolded.free.items() if one.entry.name == "churn_per_event"]


def _first(unfolded: Unfolded) -> list[str]:
    """Choose what stands first: prices at stake, the baseline's, volume, discount rate, unknown rates, what moves most.

    Of a table of prices and of a path by contract year only the number that moves most stands there.
    """
    known = unfolded.free
    asked = [part for stake in unfolded.stakes.values() for part in stake.parts.values()]
    asked += [path for path in known if _prices_baseline(unfolded, path)]
    asked += [path for path in (*_VOLUMES, RATE) if path in known]
    asked += [path for path, (_, number) in known.items() if number.word == "unknown"]
    asked = [path for path in dict.fromkeys(asked) if path in known]
    swings = {path: _swing(unfolded, path) for path in known if path in asked or _may_lead(*known[path])}
    ranked = sorted(swings, key=lambda path: (-swings[path], path))
    leading = {whole: path for path in reversed(ranked) for whole in [_whole(path)]}
    found = list(dict.fromkeys(leading[_whole(path)] for path in asked))
    others = [path for path in ranked if path == leading[_whole(path)] and path not in found]
    return found + others[: max(MOST_FIRST - len(found), LEAST_FOUND)]


def _whole(path: str) -> str:
    """Give the table of prices, or the path by contract year, that a number is part of; else the number itself."""
    table, is_table, _ = path.partition(".price_breaks.")
    return table if is_table else path.partition(".by_year.")[0]


def _prices_baseline(unfolded: Unfolded, path: str) -> bool:
    """Say whether a number is the baseline's price: what prices at stake are held against."""
    baseline = unfolded.case.option(unfolded.case.baseline)
    keys = {one.price_at_stake for one in unfolded.case.options if one.name in unfolded.others} | {
        "unit_price",
        "price_breaks",
    }
    own = [path_of(baseline, key) for key in keys]
    return any(path == one or path.startswith(f"{one}.") for one in own)


def _may_lead(one: Input, number: Number) -> bool:
    """Say whether a number may stand first: an uncertain one, a failure rate or what failures cost in customers."""
    return not isinstance(number.value, Fixed) or one.entry.name in ("failure_rate", "churn_per_event")


def _swing(unfolded: Unfolded, path: str) -> float:
    """Give how far apart the savings of some option are at the two ends of a number's range [money]."""
    number = unfolded.inputs[path][1]
    ends = _quantiles(number, *_SWUNG) if _is_uncertain(number) else _half_to_double(number)
    try:
        low, high = (_savings(unfolded, {path: end}) for end in ends)
    except NotFinite:
        return math.inf
    return float(np.abs(high - low).max())


def _savings(unfolded: Unfolded, changes: Mapping[str, float]) -> FloatArray:
    """Give the NPV of every option but the baseline, all in, (k - 1,) [money]."""
    values = {path: changes.get(path, number.means()[0]) for path, (_, number) in unfolded.inputs.items()}
    draws = {path: np.array([values[unfolded.original(path)]]) for path in unfolded.present.draws}
    found = dict(zip(unfolded.present.wanted, unfolded.present.run(draws), strict=True))
    costs = {
        name: sum(float(np.reshape(found[step], -1)[0]) for step in lines.values())
        for name, lines in unfolded.present_values.items()
    }
    return np.array([costs[unfolded.case.baseline] - costs[name] for name in unfolded.others])


def _control(unfolded: Unfolded, path: str, one: Input, number: Number) -> Control:
    case, entry, value = unfolded.case, one.entry, float(number.means()[0])
    percent = entry.kind in ("share", "rate")
    kind, (_, low, high) = entry.kind, KINDS[entry.kind]
    lowest = 1.0 if entry.name == "skus" else low
    bottom = LOWEST_RATE if kind == "rate" else lowest
    scale = 100.0 if percent else 1.0
    start, end = _range(unfolded, one, number)
    start, end, step = _rounded(scale * max(start, bottom), scale * min(end, high), scale * bottom, scale * high)
    return Control(
        path=path,
        label=label_of(case, path),
        meaning=entry.meaning,
        unit="%" if percent else unit_of(case, one),
        section=section_of(case, path),
        value=value,
        kind=kind,
        low=None if math.isinf(lowest) else lowest,
        high=None if math.isinf(high) else high,
        percent=percent,
        start=start,
        end=end,
        step=step,
        spread=_spread(number, scale),
    )


def _is_uncertain(number: Number) -> bool:
    return not isinstance(number.value, Fixed)


def _quantiles(number: Number, *shares: float) -> tuple[float, ...]:
    return tuple(float(x) for x in number.value.quantile(np.array(shares)))  # type: ignore[union-attr]  # a part is no path


def _range(unfolded: Unfolded, one: Input, number: Number) -> tuple[float, float]:
    """Give how far a slider goes: the range of an uncertain number, from half to double of one that is certain."""
    if _is_uncertain(number):
        low, high = _quantiles(number, LOW, HIGH)
        return min(low, number.means()[0]), max(high, number.means()[0])
    if one.entry.name == "service_level":  # half of it would promise less than no safety stock at all
        missing = 1 - number.means()[0]
        return max(1 - 2 * missing, 0.5), 1 - missing / 10
    return _half_to_double(number) if number.means()[0] else _around_zero(unfolded, one)


def _half_to_double(number: Number) -> tuple[float, float]:
    value = float(number.means()[0])
    low, high = sorted((value / 2, value * 2))
    return low, high


def _around_zero(unfolded: Unfolded, one: Input) -> tuple[float, float]:
    """Give a range for a number that is 0 today."""
    match one.entry.kind, one.entry.unit:
        case "share", _:
            return 0.0, 0.1
        case "rate", _:
            return -0.1, 0.1
        case _, "money" | "money/year":
            return 0.0, 0.02 * unfolded.size
        case _, unit if unit.startswith("money"):
            return 0.0, 0.2 * unfolded.size_of_unit
        case _, "day":
            return (0.0, 60.0) if one.entry.kind == "positive" else (-60.0, 60.0)
    return 0.0, 1.0


def _rounded(start: float, end: float, low: float, high: float) -> tuple[float, float, float]:
    """Give a slider round ends and steps, within its bounds."""
    if not end > start:
        end = start + (abs(start) or 1.0)
    raw = (end - start) / _STEPS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    digits = max(0, 1 - math.floor(math.log10(step)))
    first = max(math.floor(start / step) * step, low) if math.isfinite(low) else math.floor(start / step) * step
    last = min(math.ceil(end / step) * step, high)
    return round(first, digits), round(last, digits), round(step, digits)


def _spread(number: Number, scale: float) -> str:
    """Say what the case states of an uncertain number."""
    if number.word == "unknown":
        return "unknown: counts as 0"
    if not _is_uncertain(number):
        return ""
    low, high = (scale * x for x in _quantiles(number, 0.05, 0.95))
    return f"{low:.3g} to {high:.3g}" if max(abs(low), abs(high)) < 1000 else f"{low:,.0f} to {high:,.0f}"


def sections(rest: list[Control]) -> Iterator[tuple[str, list[Control]]]:
    """Yield the other numbers by section."""
    for name in dict.fromkeys(one.section for one in rest):
        yield name, [one for one in rest if one.section == name]
