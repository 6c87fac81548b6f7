"""The decision: leave the baseline, for which option, how surely, who pays and who gains, and what would change it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tco.analyses.break_even import BreakEven, breakeven
from tco.analyses.levers import Lever, lever, located
from tco.analyses.roots import crossings
from tco.case import entries
from tco.comparison import Comparison, Line, compare
from tco.distributions import FloatArray
from tco.errors import TcoError, unknown
from tco.finance import benefit_cost_ratio, irr, payback, roi
from tco.gaps import Gap
from tco.graph import NotFinite
from tco.loader import Case, checked_case
from tco.options import Option
from tco.outcomes import DEFAULT_DRAWS, Worlds
from tco.progress import Progress, Steps, each
from tco.quantity import GROUPS
from tco.results import TOTALS, Provenance, Result
from tco.spread import Spread, heavy_tails, spread_of
from tco.ties import least, ranked, saving
from tco.version import VERSION

PAID_TO_SELLERS = ("supply", "fulfilment")
"""Groups in which more spent is a cost of changing; savings in all others are its benefits (model.md, section 10)."""
OTHER_LINES = "other lines"
"""What NPV by liable party leaves to lines that no failure causes."""
_BUYING = ("unit_price", "price_breaks", "price_growth", "freight", "duty_rate", "inspection", "payment_days", "moq")
_CARRYING = ("product.fulfilment_cost", "product.replacement_fulfilment_cost")
PERCENT = ("share", "rate")
"""Kinds of input that people write in percent."""
_FLIPS = 3
COPY = 0.01
"""Share of what is material by which a copy of the baseline may differ from it in any world."""
_LEFT = 1e-9
"""Share of an NPV that may be left at the value found for a gap."""
_TRIES = 12
_CLOSE = 1e-12
"""Share of a saving that counts as none."""


@dataclass(frozen=True)
class OptionVerdict:
    """What speaks for and against one option.

    Parameters
    ----------
    supplier, label : str
        The option's key in the case, and what people call it.
    npv : dict of str to Spread
        Saved against the baseline over draws, in the three totals [money].
    npv_base : dict of str to float
        The same in the base case [money].
    saved_per_unit : float
        Mean all-in NPV over discounted planned units [money/unit].
    probability_positive : dict of str to float
        P(NPV > 0), in the three totals.
    probability_best : float
        Share of draws in which no option costs less, all in; draws that tie are shared.
    expected_loss : float
        E[C − min C], all in: what choosing it costs on average against the option that turns out best [money].
    payback : str
        ``immediate``, ``once`` or ``never``, of the base case's monthly savings.
    payback_months, discounted_payback_months : float or None
        When; None for never [month].
    payback_repeated : bool
        Whether what was paid back is lost again later.
    irr : float or None
        Annual internal rate of return of the base case's savings; None where there is none, or several [share].
    irr_status : str
        one, none, several or all.
    roi, benefit_cost_ratio : float or None
        Of expected benefits and costs; None where nothing more is paid.
    by_liable, by_group : dict of str to float
        Mean all-in NPV by liable party (failures, service, churn; the rest under ``other lines``) and by group of
        lines; either adds up to the mean NPV [money].
    differing_rates : tuple of DifferingRate
        Failure rates that differ from the baseline's though another party is liable than the one that is changed.
    incomplete : tuple of str
        Paths of rates that are unknown: they count as 0 here.
    """

    supplier: str
    label: str
    npv: Mapping[str, Spread]
    npv_base: Mapping[str, float]
    saved_per_unit: float
    probability_positive: Mapping[str, float]
    probability_best: float
    expected_loss: float
    payback: str
    payback_months: float | None
    discounted_payback_months: float | None
    payback_repeated: bool
    irr: float | None
    irr_status: str
    roi: float | None
    benefit_cost_ratio: float | None
    by_liable: Mapping[str, float]
    by_group: Mapping[str, float]
    differing_rates: tuple[DifferingRate, ...]
    incomplete: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        npv = self.npv["all_in"]
        found: dict[str, Any] = {
            "supplier": self.supplier,
            "label": self.label,
            **{f"npv_{key}": value for key, value in npv.to_dict().items()},
            "npv_base": self.npv_base["all_in"],
            "saved_per_unit": self.saved_per_unit,
            "probability_positive": self.probability_positive["all_in"],
            "probability_best": self.probability_best,
            "expected_loss": self.expected_loss,
            "payback": self.payback,
            "payback_months": self.payback_months,
            "discounted_payback_months": self.discounted_payback_months,
            "payback_repeated": self.payback_repeated,
            "irr": self.irr,
            "irr_status": self.irr_status,
            "roi": self.roi,
            "benefit_cost_ratio": self.benefit_cost_ratio,
            "by_liable": dict(self.by_liable),
            "by_group": dict(self.by_group),
            "differing_rates": [one.to_dict() for one in self.differing_rates],
            "incomplete": list(self.incomplete),
        }
        for total in TOTALS[:2]:
            found[total] = {
                **{f"npv_{key}": value for key, value in self.npv[total].to_dict().items()},
                "npv_base": self.npv_base[total],
                "probability_positive": self.probability_positive[total],
            }
        return found


@dataclass(frozen=True)
class DifferingRate:
    """A failure rate that differs from the baseline's though the option does not change the party that is liable."""

    mode: str
    liable: str
    rate: float
    baseline_rate: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"mode": self.mode, "liable": self.liable, "rate": self.rate, "baseline_rate": self.baseline_rate}


@dataclass(frozen=True)
class FlippingInput:
    """An uncertain input whose break-even lies within its own 90 % range, all others at their means.

    Parameters
    ----------
    path, meaning : str
        Of the input.
    value : float
        At which the base case's all-in NPV is 0 [unit of the input].
    mean, p5, p95 : float
        What is known of the input.
    chance : float
        Probability that it lies beyond the value, on the side on which the decision is another one.
    above : bool
        Whether that is the side above the value.
    unit : str
        Of the input.
    percent : bool
        Whether it is a share or a rate, which people write in percent.
    """

    path: str
    meaning: str
    value: float
    mean: float
    p5: float
    p95: float
    chance: float
    above: bool
    unit: str
    percent: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "path": self.path,
            "meaning": self.meaning,
            "value": self.value,
            "mean": self.mean,
            "p5": self.p5,
            "p95": self.p95,
            "chance": self.chance,
            "above": self.above,
            "unit": self.unit,
        }


@dataclass(frozen=True)
class GapThatDecides:
    """A gap, and how large what is left out would have to be to flip the decision.

    Parameters
    ----------
    gap : Gap
        What the case leaves out.
    flips_at : float or None
        For an input that an option lacks, the value at which the base case's NPV is 0 (the other option's value is
        then beside the point); None where no value does it, or for a line of the model [unit of the input].
    percent : bool
        Whether that is a share or a rate, which people write in percent.
    amount : float
        The present cost, borne by the chosen option alone, that would bring its mean NPV to 0 [money].
    amount_per_unit : float
        The same for each planned unit [money/unit].
    """

    gap: Gap
    flips_at: float | None
    percent: bool
    amount: float
    amount_per_unit: float

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            **self.gap.to_dict(),
            "flips_at": self.flips_at,
            "amount": self.amount,
            "amount_per_unit": self.amount_per_unit,
        }


@dataclass(frozen=True, repr=False)
class Decision(Result):
    """A verdict, and what it rests on.

    Parameters
    ----------
    name, scenario, currency : str
        Of the case.
    months : int
        The horizon.
    baseline, baseline_label : str
        What is held against.
    leave_baseline : bool
        Whether the option best on the mean saves with the confidence asked for, and by a material amount.
    choice : str
        The option best on the mean, where the baseline is left; else the baseline.
    challenger : str
        The option that the figures are about: the choice, or where nothing changes the best of the others.
    too_close : tuple of str or None
        The two options between which the same test does not decide; the first is better on the mean.
    confidence, materiality : float
        Asked for by the case.
    present_cost : float
        Mean present cost of the baseline, all in [money].
    options : tuple of OptionVerdict
        In the order of the file, the baseline included.
    price : BreakEven or None
        The most that the challenger may charge; None where it has no price that can be turned.
    flips : tuple of FlippingInput
        At most three, the likeliest first: beyond them the challenger is no longer worth it (or becomes so).
    more_flips : int
        How many more inputs there are of the kind.
    pair_flips : tuple of FlippingInput
        The same between the two options that are too close.
    gaps : tuple of GapThatDecides
        Uneven ones first.
    warnings : tuple of str
        Doubts about the case.
    provenance : Provenance
        What this was made from.
    """

    name: str
    scenario: str
    currency: str
    months: int
    baseline: str
    baseline_label: str
    leave_baseline: bool
    choice: str
    challenger: str
    too_close: tuple[str, str] | None
    confidence: float
    materiality: float
    present_cost: float
    options: tuple[OptionVerdict, ...]
    price: BreakEven | None
    flips: tuple[FlippingInput, ...]
    more_flips: int
    pair_flips: tuple[FlippingInput, ...]
    gaps: tuple[GapThatDecides, ...]
    warnings: tuple[str, ...]
    provenance: Provenance

    def option(self, name: str) -> OptionVerdict:
        """Give one option's figures by its name."""
        found = next((option for option in self.options if option.supplier == name), None)
        if found is None:
            raise unknown("a supplier of the case", name, [option.supplier for option in self.options])
        return found

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an option."""
        for option in self.options:
            data = option.to_dict()
            yield {key: value for key, value in data.items() if not isinstance(value, dict | list)}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "currency": self.currency,
            "horizon_months": self.months,
            "baseline": self.baseline,
            "leave_baseline": self.leave_baseline,
            "choice": self.choice,
            "challenger": self.challenger,
            "too_close": None if self.too_close is None else list(self.too_close),
            "confidence": self.confidence,
            "materiality": self.materiality,
            "present_cost": self.present_cost,
            "options": [option.to_dict() for option in self.options],
            "price": None if self.price is None else self.price.to_dict(),
            "flips": [one.to_dict() for one in self.flips],
            "more_flips": self.more_flips,
            "pair_flips": [one.to_dict() for one in self.pair_flips],
            "gaps": [one.to_dict() for one in self.gaps],
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import decision

        return decision.text(self)

    def _repr_html_(self) -> str:
        from tco.views import decision

        return decision.html(self)


def decide(case: Case, *, n: int = DEFAULT_DRAWS, seed: int = 0, progress: Progress | None = None) -> Decision:
    """Say whether to leave the baseline, for which option, how surely, and what would change the answer.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`, with at least two options.
    n, seed : int
        Draws, and what they are made from: those of `simulate`.
    progress : callable, optional
        Called with steps done and steps in all.

    Returns
    -------
    Decision
        The verdict, every option's figures, the price to hold out for, the inputs that flip it, and the gaps.

    Raises
    ------
    TcoError
        For a case with a single option: there is nothing to decide.

    Examples
    --------
    >>> import tco
    >>> decision = tco.decide(tco.load("scenarios/cartridges.yaml"))
    >>> decision.leave_baseline, decision.choice
    (True, 'borealis_box')
    """
    checked_case(case)
    refuse_one_alone(case)
    steps = Steps(progress, 8)
    worlds = Worlds.of(case, n, seed=seed)
    steps.done()
    comparison = compare(case)
    confidence, materiality = (_asked(case, key) for key in ("confidence", "materiality"))
    verdict = _Verdict(worlds, confidence, materiality)
    chosen = verdict.challenger
    steps.done()
    flips = _flips(worlds, chosen, case.baseline)
    pair = _flips(worlds, *verdict.too_close) if verdict.too_close else []
    steps.done()
    options = tuple(_verdict_of(case, option, worlds, comparison) for option in case.options)
    steps.done()
    costs = [spread_of(cost, replicated=True) for cost in worlds.costs[2]]
    tails = [(one.supplier, cost, one.npv["all_in"]) for one, cost in zip(options, costs, strict=True)]
    price = breakeven(case, chosen, n=n, seed=seed, progress=steps.part(2))
    saved = float(worlds.savings(chosen)[2].mean())
    units = comparison.planned.discounted_units
    gaps = tuple(_decides(case, gap, chosen, saved, units) for gap in each(comparison.gaps, steps.part(2)))
    return Decision(
        name=case.name,
        scenario=case.scenario,
        currency=case.currency,
        months=case.timeline.months,
        baseline=case.baseline,
        baseline_label=case.option(case.baseline).label,
        leave_baseline=verdict.leave,
        choice=verdict.choice,
        challenger=chosen,
        too_close=verdict.too_close,
        confidence=confidence,
        materiality=materiality,
        present_cost=verdict.size,
        options=options,
        price=price,
        flips=tuple(flips[:_FLIPS]),
        more_flips=max(len(flips) - _FLIPS, 0),
        pair_flips=tuple(pair[:_FLIPS]),
        gaps=gaps,
        warnings=(*case.warnings, *heavy_tails(tails)),
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION, worlds.n, worlds.seed, "sobol"),
    )


def refuse_one_alone(case: Case) -> None:
    """Refuse a case with a single option, of which nothing can be decided."""
    if len(case.options) < 2:
        raise TcoError(
            f"expected two options or more to decide between, found {case.baseline} alone\n    add a supplier"
        )


class _Verdict:
    """The two questions of the cost model's section 10."""

    def __init__(self, worlds: Worlds, confidence: float, materiality: float) -> None:
        outcomes = worlds.outcomes
        self.names, self.baseline = outcomes.names, outcomes.case.baseline
        self.costs = dict(zip(self.names, worlds.costs[2], strict=True))
        self.size = float(self.costs[self.baseline].mean())
        self.confidence, self.materiality = confidence, materiality
        ranking = ranked({name: float(self.costs[name].mean()) for name in sorted(self.names)}, self.baseline)
        best = ranking[0]
        self.leave = best != self.baseline and self.beats(best, self.baseline)
        self.choice = best if self.leave else self.baseline
        others = [name for name in ranking if name != self.baseline]
        self.challenger = next((name for name in others if not self._is_copy(name)), others[0])
        self.too_close = self._unsure(best, ranking[1:])

    def beats(self, first: str, second: str) -> bool:
        """Say whether one option saves against another with confidence, and by a material amount."""
        gained = saving(self.costs[second], self.costs[first])
        sure = float((gained > 0).mean()) >= self.confidence
        return sure and float(gained.mean()) >= self.materiality * abs(self.size)

    def _is_copy(self, name: str) -> bool:
        """Say whether an option is the baseline but for next to nothing, in every world: staying is choosing it too."""
        apart = np.abs(self.costs[name] - self.costs[self.baseline]).max()
        return bool(apart <= COPY * self.materiality * abs(self.size))

    def _unsure(self, best: str, others: Sequence[str]) -> tuple[str, str] | None:
        """Name the best on the mean and the runner-up, where the first does not clearly beat the second."""
        if not self.leave and best != self.baseline:
            return best, self.baseline
        runner_up = others[0] if self.leave else self.challenger
        return None if self.beats(best, runner_up) else (best, runner_up)


def _verdict_of(case: Case, option: Option, worlds: Worlds, comparison: Comparison) -> OptionVerdict:
    saved = worlds.savings(option.name)
    npv = {total: spread_of(saved[place], replicated=True) for place, total in enumerate(TOTALS)}
    costs = worlds.costs[2]
    lowest, winners = least(costs)
    row = worlds.outcomes.names.index(option.name)
    by_group, by_liable = _by_group(worlds, option.name), _by_liable(worlds, option)
    benefits, spent = _benefits_and_costs(by_group)
    base, cost = comparison.supplier(case.baseline), comparison.supplier(option.name)
    flows = _monthly(base.monthly) - _monthly(cost.monthly)
    simple = payback(flows)
    discounted = payback(flows, rate=case.timeline.discount_rate)
    rates = irr(flows, periods_per_year=12)
    return OptionVerdict(
        supplier=option.name,
        label=option.label,
        npv=npv,
        npv_base={total: cost.totals[total].npv for total in TOTALS},
        saved_per_unit=npv["all_in"].mean / comparison.planned.discounted_units,
        probability_positive={total: float((saved[place] > 0).mean()) for place, total in enumerate(TOTALS)},
        probability_best=float((winners[row] / winners.sum(axis=0)).mean()),
        expected_loss=float(saving(costs[row], lowest).mean()),
        payback=str(simple.status),
        payback_months=_known(simple.periods),
        discounted_payback_months=_known(discounted.periods),
        payback_repeated=bool(simple.repeated),
        irr=_known(rates.value) if str(rates.status) == "one" else None,
        irr_status=str(rates.status),
        roi=_known(roi(benefits, spent).value),
        benefit_cost_ratio=_known(benefit_cost_ratio(benefits, spent).value),
        by_liable=by_liable,
        by_group=by_group,
        differing_rates=tuple(_differing_rates(case, option)),
        incomplete=option.unknown,
    )


def _by_group(worlds: Worlds, option: str) -> dict[str, float]:
    """Give the mean NPV of the lines of each group."""
    outcomes = worlds.outcomes
    found: dict[str, float] = {}
    order = [*GROUPS, *(line.group for line in outcomes.lines)]
    for line in sorted(outcomes.lines, key=lambda line: order.index(line.group)):
        found[line.group] = found.get(line.group, 0.0) + _saved(worlds, line, option)
    return found


def _saved(worlds: Worlds, line: Line, option: str) -> float:
    outcomes = worlds.outcomes
    steps = [
        outcomes.line_steps[outcomes.names.index(name)].get(line.name) for name in (outcomes.case.baseline, option)
    ]
    theirs, mine = (0.0 if step is None else float(worlds.means[step].sum()) for step in steps)
    return theirs - mine


def _by_liable(worlds: Worlds, option: Option) -> dict[str, float]:
    """Give the mean NPV of each party's failures, and what is left of the whole."""
    case = worlds.outcomes.case
    if not option.modes:
        return {OTHER_LINES: float(worlds.savings(option.name)[2].mean())}
    saved = _modes(worlds, case.baseline) - _modes(worlds, option.name)
    found: dict[str, float] = {}
    for mode, amount in zip(option.modes, saved, strict=True):
        found[mode.liable] = found.get(mode.liable, 0.0) + float(amount)
    return {**found, OTHER_LINES: float(worlds.savings(option.name)[2].mean()) - sum(found.values())}


def _modes(worlds: Worlds, option: str) -> FloatArray:
    step = worlds.outcomes.engine.mode_present_values(option)
    count = len(worlds.outcomes.case.option(option).modes)
    return np.broadcast_to(0.0 if step is None else worlds.means[step], (count,))


def _benefits_and_costs(by_group: Mapping[str, float]) -> tuple[float, float]:
    """Split an NPV: more paid to those who sell, carry and pack is a cost, savings elsewhere are benefits."""
    spent = -sum(amount for group, amount in by_group.items() if group in PAID_TO_SELLERS)
    return sum(by_group.values()) + spent, spent


def _monthly(lines: Mapping[str, Sequence[float]]) -> FloatArray:
    return np.asarray(np.sum(list(lines.values()), axis=0), dtype=float)


def _known(value: FloatArray) -> float | None:
    return None if math.isnan(float(value)) else float(value)


def _asked(case: Case, key: str) -> float:
    """Give what the case asks of a decision, or what is asked where it says nothing."""
    number = getattr(case.file.decision, key)
    if number is not None:
        return float(number.means()[0])
    return float(entries(type(case.file.decision))[key].default)  # type: ignore[arg-type]  # both have a number


def _differing_rates(case: Case, option: Option) -> Iterator[DifferingRate]:
    """Yield rates that differ though the option does not change the party that answers for them."""
    base = case.option(case.baseline)
    changed = _changed_parties(option, base)
    if option.name == case.baseline or changed is None:
        return
    for mode in option.modes:
        key = f"failure_rates.{mode.name}"
        mine, theirs = (one.means(key)[0] for one in (option, base))
        known = not any(path.endswith(f".{key}") for path in (*option.unknown, *base.unknown))
        if known and mine != theirs and mode.liable not in changed:
            yield DifferingRate(mode.name, mode.liable, mine, theirs)


def _changed_parties(option: Option, base: Option) -> set[str] | None:
    """Say which parties an option changes, by what it is paid for; None where only a new service or process differs.

    Such a service may change what any party does; a supplier's own management fee or audit is part of buying there.
    """
    found = set()
    keys = {*option.inputs, *base.inputs}
    other = {key for key in keys if _path(option, key) != _path(base, key)}
    if any(key.split(".")[0] in (*_BUYING, "inventory") for key in other):
        found.add("supplier")
    if other & set(_CARRYING) or option.price_at_stake in _CARRYING:
        found |= {"carrier", "warehouse"}
    return found or None


def _path(option: Option, key: str) -> str:
    return option.inputs[key].path if key in option.inputs else ""


def _flips(worlds: Worlds, first: str, second: str) -> list[FlippingInput]:
    """Find the uncertain inputs at which two options cost the same within the input's 5-95 % range, others at means."""
    outcomes, means = worlds.outcomes, worlds.outcomes.means
    paths = sorted(outcomes.inputs)
    if not paths:
        return []

    def saved(moved: Sequence[str], values: FloatArray) -> FloatArray:
        """Give the saving with one input moved to a value in each place, all others at their means."""
        draws = {path: np.full(values.size, mean[0]) for path, mean in means.items()}
        for place, path in enumerate(moved):
            draws[path][place] = values[place]
        costs = outcomes.costs(draws)[2]
        mine, theirs = (costs[outcomes.names.index(name)] for name in (first, second))
        return saving(theirs, mine)

    base = float(saved(paths[:1], means[paths[0]])[0])
    ends = np.array([np.asarray(outcomes.inputs[path].quantile(np.array([0.05, 0.95]))) for path in paths])
    at_ends = saved([path for path in paths for _ in (0, 1)], ends.ravel()).reshape(ends.shape)
    rows, sides = np.nonzero(np.sign(at_ends) * np.sign(base) < 0)
    if not rows.size:
        return []
    moved = [paths[row] for row in rows]
    from_means = (np.array([means[path][0] for path in moved]), np.full(rows.size, base))
    bracket = (from_means[0], ends[rows, sides]), (from_means[1], at_ends[rows, sides])
    values = crossings(lambda points: saved(moved, points), *bracket, _CLOSE * abs(base))
    found = [
        _flip(worlds, path, float(value), ends[row], above=bool(side))
        for path, value, row, side in zip(moved, values, rows, sides, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.chance, one.path))


def _flip(worlds: Worlds, path: str, value: float, ends: FloatArray, *, above: bool) -> FlippingInput:
    outcomes = worlds.outcomes
    below = outcomes.inputs[path].cdf(value)
    entry = outcomes.case.inputs[path.partition(".by_year.")[0]].entry
    return FlippingInput(
        path=path,
        meaning=entry.meaning,
        value=value,
        mean=float(outcomes.means[path][0]),
        p5=float(ends[0]),
        p95=float(ends[1]),
        chance=1 - below if above else below,
        above=above,
        unit=entry.unit,
        percent=entry.kind in PERCENT,
    )


def _decides(case: Case, gap: Gap, option: str, saved: float, units: float) -> GapThatDecides:
    """Say how large what a gap leaves out would have to be."""
    flips_at = None
    if gap.kind != "line" and gap.supplier in (option, *case.option(option).parents, case.baseline):
        flips_at = _filled_in(case, gap.name, option)
    entry = None if gap.kind == "line" else located(case, gap.name).entry
    percent = entry is not None and entry.kind in PERCENT
    return GapThatDecides(gap, flips_at, percent, saved, saved / units)


def _filled_in(case: Case, path: str, option: str) -> float | None:
    """Find the value of an input left out at which an option's NPV is 0 in the base case; None where none is found.

    What options leave out is nearly always money, in which NPVs are straight lines: secants find it at once.
    """
    try:
        turned = lever(case, path)
    except TcoError:
        return None  # a section, or a number that means nothing alone
    outcomes = turned.outcomes

    def npv(values: FloatArray) -> FloatArray:
        fixed = {name: np.full(len(values), mean[0]) for name, mean in outcomes.means.items()}
        return np.asarray(outcomes.savings({**fixed, **turned.draws(values)}, option)[2])

    try:
        return _secant(npv, turned)
    except NotFinite:
        return None  # far outside of what makes sense


def _secant(npv: Callable[[FloatArray], FloatArray], turned: Lever) -> float | None:
    """Find where an NPV is 0, from where a lever stands; None where its bounds are left, or nothing moves."""
    first, last = turned.value, turned.value + turned.scale
    here, there = (float(one) for one in npv(np.array([first, last])))
    close = _LEFT * max(abs(here), 1.0)
    for _ in range(_TRIES):
        if here == there:
            return None
        first, last = last, last - there * (last - first) / (there - here)
        if not turned.low <= last <= turned.high:
            return None
        here, there = there, float(npv(np.array([last]))[0])
        if abs(there) <= close:
            return last
    return None
