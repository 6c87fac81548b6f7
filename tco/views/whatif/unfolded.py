"""The model with every number of a case at its leaves: what a page needs to compute all figures anew."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from tco.analyses.levers import settled, stake
from tco.comparison import Line, cost_lines
from tco.engine import Engine, Timeline
from tco.errors import CaseError
from tco.graph import Graph, Program
from tco.loader import Case
from tco.numbers import Number
from tco.options import Input, Option
from tco.outcomes import own_input, path_of
from tco.views.whatif.wording import label_of, table_of, unit_of

RATE = "discount_rate"


@dataclass(frozen=True)
class Stake:
    """The price at stake of an option, turned for it alone.

    Parameters
    ----------
    parts : dict of str to str
        Paths of the numbers that move with it, of this option alone, and the paths whose values they have.
    label, kind, unit : str
        What people call it; ``table`` for a table of prices, ``path`` for one by contract year, else ``single``.
    value : float
        As the case states it.
    low : float or None
        The lowest value that it may take; None for no end.
    reached : tuple of int, or empty
        For a table of prices, the steps of the price that the plan reaches and of the rate of exchange: the table is
        scaled, and named by the price reached.
    """

    parts: Mapping[str, str]
    label: str
    kind: str
    unit: str
    value: float
    low: float | None
    reached: tuple[int, ...]


class Unfolded:
    """The figures of a case as steps of a graph that folds no number of the case, the discount rate included.

    Parameters
    ----------
    case : Case
        A checked case with at least two options.

    Attributes
    ----------
    case : Case
        With every price at stake stated, if only as 0.
    engine : Engine
        Whose graph has a draw for every number.
    others : tuple of str
        The options besides the baseline.
    lines : tuple of Line
        Hard to soft.
    units : int
        The step of the discounted planned units.
    present_values : dict of str to dict of str to int
        For each option the step of each line's present value.
    monthly : dict of str to list of int
        For each option the steps of what it costs in each month, the start first.
    limits, doubts : list of (str, str, int)
        Option, what it may not break (or what is doubtful about it) in words, and the step of how far it does.
    stakes : dict of str to Stake
        Of the options besides the baseline.
    """

    def __init__(self, case: Case) -> None:
        self.others = tuple(option.name for option in case.options if option.name != case.baseline)
        levers = {}
        for name in self.others:
            levers[name] = stake(case, name)  # which states the price if only as 0
            case = levers[name].case
        self.case = case
        self._originals: dict[str, str] = {}
        options = [self._turned(option) if option.name in self.others else option for option in case.options]
        self.engine = Engine(options, case.baseline, _DatedTimeline(**vars(case.timeline)))
        self.engine.graph = _DiscountingGraph()
        self.engine.leaf = self._leaf
        self.lines: tuple[Line, ...] = cost_lines(case)
        months = range(1, case.timeline.months + 1)
        worth = [(self.engine.timeline.discount(t), self.engine.at("planned_units", case.baseline, t)) for t in months]
        self.units = self.engine.graph.total(worth, "discounted units")
        self.present_values = {option.name: self.engine.present_values(option.name) for option in options}
        self.monthly = {option.name: [self._spent(option.name, t) for t in (0, *months)] for option in options}
        self.limits = [(option.name, *limit) for option in options for limit in self._limits(option)]
        self.doubts = [(option.name, *doubt) for option in options for doubt in self._doubts(option)]
        self.stakes = {name: self._stake(name, levers[name].value) for name in self.others}

    @cached_property
    def wanted(self) -> tuple[int, ...]:
        """All steps that the page asks for, each once."""
        steps = [self.units, *(step for *_, step in (*self.limits, *self.doubts))]
        for name, lines in self.present_values.items():
            steps += [*lines.values(), *self.monthly[name]]
        steps += [step for one in self.stakes.values() for step in one.reached]
        return tuple(dict.fromkeys(steps))

    @cached_property
    def program(self) -> Program:
        """The program of all that the page asks for."""
        return Program(self.engine.graph, self.wanted)

    @cached_property
    def present(self) -> Program:
        """The program of every line's present value, and of the discounted units, alone."""
        steps = [step for lines in self.present_values.values() for step in lines.values()]
        return Program(self.engine.graph, tuple(dict.fromkeys([self.units, *steps])))

    @cached_property
    def stated(self) -> dict[int, float]:
        """What the steps of `present` are as the case states them."""
        means = {path: number.means()[0] for path, (_, number) in self.inputs.items()}
        draws = {path: np.array([means[self.original(path)]]) for path in self.present.draws}
        values = self.present.run(draws)
        return {step: float(np.reshape(x, -1)[0]) for step, x in zip(self.present.wanted, values, strict=True)}

    @property
    def size(self) -> float:
        """The baseline's present cost, which other sums are measured by [money]."""
        return sum(self.stated[step] for step in self.present_values[self.case.baseline].values())

    @property
    def size_of_unit(self) -> float:
        """What a planned unit costs with the baseline [money/unit]."""
        return self.size / self.stated[self.units]

    @cached_property
    def inputs(self) -> dict[str, tuple[Input, Number]]:
        """The numbers that some figure depends on, by path, in the order of the file."""
        moving = {self.original(path) for path in self.program.draws}
        parts = {path: (one, number) for one in self.case.inputs.values() for path, number in one.parts()}
        return {path: found for path, found in parts.items() if path in moving}

    @cached_property
    def free(self) -> dict[str, tuple[Input, Number]]:
        """Those that may be set alone: a share of refunds that is 0 may not while the case has no sale price."""
        return {path: found for path, found in self.inputs.items() if found[1].means()[0] or self._may_be_set(path)}

    def _may_be_set(self, path: str) -> bool:
        if ".by_year." in path:
            return True
        bare = replace(self.case, document=self.case.document.without(("scenarios",)), original=None)
        try:
            bare.with_({path: 0.01})
        except CaseError as error:
            return not any(problem.message.startswith("missing") for problem in error.problems)
        return True

    def original(self, path: str) -> str:
        """Give the path whose value a number has: its own, but for a price that is turned for one option alone."""
        return self._originals.get(path, path)

    def _turned(self, option: Option) -> Option:
        """Give an option whose price at stake has a path of its own."""
        turned = own_input(option, _stake_key(option), _alone(option))
        for one, own in zip(_stated(option), _stated(turned), strict=True):
            if one.path != own.path:
                own_parts = [path for path, _ in own.parts()]
                self._originals |= dict(zip(own_parts, [path for path, _ in one.parts()], strict=True))
        return turned

    def _stake(self, name: str, value: float) -> Stake:
        own = _alone(self.case.option(name))
        found = [one for one in _stated(self.engine.options[name]) if one.path == own or one.path.startswith(f"{own}.")]
        inputs = [one for one in found if one.entry.unit.startswith("money")]
        parts = {part: self._originals[part] for one in inputs for part, _ in one.parts()}
        original = next(iter(parts.values()))
        label, kind = label_of(self.case, original), "single"
        reached: tuple[int, ...] = ()
        if len(parts) > 1:
            label, kind = label_of(self.case, original, whole=True), "path"
        if len(found) > 1:
            plain = settled(self.engine)
            reached = (plain.at("price", name, 1), plain.at("exchange_rate", name, 1))
            label, kind = table_of(self.case, original), "table"
        stated = next(one for one in self.case.inputs.values() if original in dict(one.parts()))
        low = 0.0 if inputs[0].entry.kind == "positive" else None
        return Stake(parts, label, kind, unit_of(self.case, stated), value, low, reached)

    def _spent(self, option: str, month: int) -> int:
        """Give the step of what an option costs in a month, all lines together."""
        engine = self.engine
        amounts = [
            (1.0, engine.graph.call("amount", operator.mul, (engine.summed(term.line, term.rate), term.driver)))
            for term in engine.terms(option, month)
        ]
        return engine.graph.total(amounts, "cost of the month")

    def _limits(self, option: Option) -> list[tuple[str, int]]:
        """Give what an option may not break, that a customer may not be worth more than any sum among it."""
        found = self.engine.limits(option.name)
        if {"beyond_horizon", "lost_margin", "churn_per_event"} <= option.switches:
            asked = [self.engine.at("monthly_retention", option.name, 1), self.engine.graph.draw(RATE)]
            endless = self.engine.graph.call("customers stay for ever", _endless, asked)
            found.append(("a customer is worth more than any sum, without base churn or discounting", endless))
        return found

    def _doubts(self, option: Option) -> list[tuple[str, int]]:
        """Give what makes an option's figures doubtful: lost sales that gain, and demand above its capacity."""
        engine, months, found = self.engine, range(1, self.case.timeline.months + 1), []
        counted = {"lost_margin_of_units", "stockouts", "disrupted_sales"} & {x.name for x in engine.lines[option.name]}
        if "sale_price" in option.switches and counted:
            words = "a unit costs more than it is sold for, so that every lost sale counts as a gain"
            margins = dict.fromkeys(engine.at("margin", option.name, month) for month in months)
            found += [
                (words, engine.graph.call("loss on a sale", operator.neg, (one,), ("margin",))) for one in margins
            ]
        if "capacity_units_per_year" in option.inputs:
            capacity = engine.graph.constant(option.means("capacity_units_per_year")[0])
            years = dict.fromkeys(engine.at("planned_units_in_year", option.name, month) for month in months)
            words = "planned demand is above its capacity"
            found += [(words, engine.graph.call(words, operator.sub, (one, capacity))) for one in years]
        return found

    def _leaf(self, path: str, number: Number) -> int:
        if number.word == "rest":
            return self.engine.graph.constant(number.means()[0], path)
        return self.engine.graph.draw(path)


class _Worth(float):
    """A discount factor that knows its month, so that it can be computed anew for another rate."""

    month: int

    def __new__(cls, value: float, month: int) -> _Worth:
        worth = super().__new__(cls, value)
        worth.month = month
        return worth


class _DatedTimeline(Timeline):
    """A timeline whose discount factors know their month."""

    def discount(self, month: int) -> float:
        return _Worth(super().discount(month), month)


class _DiscountingGraph(Graph):
    """A graph in which what is discounted depends on the discount rate."""

    def total(self, terms: Iterable[tuple[float, int]], name: str) -> int:
        return super().total([self._discounted(*term) for term in terms], name)

    def _discounted(self, weight: float, step: int) -> tuple[float, int]:
        if not isinstance(weight, _Worth):
            return weight, step
        worth = self.call("discount factor", _discount_factor, (self.draw(RATE), self.constant(weight.month / 12)))
        return 1.0, self.call("discounted", operator.mul, (worth, step))


def _discount_factor(discount_rate: object, years: object) -> object:
    """Give what money at the end of some years is worth at the start, as `Timeline.discount` does."""
    return (1 + discount_rate) ** -years  # type: ignore[operator]  # numbers, arrays or symbols


def _endless(monthly_retention: object, discount_rate: object) -> object:
    """Give a number above 0 where staying customers are worth ever more (or as much) as time goes by."""
    return 2e-9 + monthly_retention - (1 + discount_rate) ** (1 / 12)  # type: ignore[operator]


def _stake_key(option: Option) -> str:
    key = option.price_at_stake
    return "price_breaks" if key == "unit_price" and "price_breaks" in option.switches else key


def _alone(option: Option) -> str:
    return f"{path_of(option, _stake_key(option))} of {option.name} alone"


def _stated(option: Option) -> list[Input]:
    return [*option.inputs.values(), *(extra.amount for extra in option.extras)]
