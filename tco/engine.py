"""One forward pass of the model: what each option costs, at the means or in every draw, by the same steps.

Time is not an axis: the engine asks for a quantity in a month, and the graph of steps makes one step of all months in
which it is the same. What options share is one step too, so differences between them are formed within a draw.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from tco.costs import CONSTANTS, MODEL, extra_line
from tco.formula import over_dispositions, over_modes
from tco.graph import Graph
from tco.options import Binding, Bound, Constant, Input, Option
from tco.quantity import Quantity

Leaf = Callable[[str, Any], int]
Realize = Callable[["Engine", str, str, int, int], int]
"""Turns the step of an expected quantity (name, option, month) into that of a realized one; see `tco.luck`."""
TOLERANCE = 1e-9
"""How far a sum of shares may be from 1 and still be a rounding error."""


@dataclass(frozen=True)
class Timeline:
    """The case's time: its horizon, its calendar and its discount rate.

    Parameters
    ----------
    months : int
        The horizon T.
    first_month : int
        Calendar month of month 1, from 1.
    seasonality : tuple of float
        Twelve weights from January, of mean 1.
    discount_rate : float
        A year.
    """

    months: int
    first_month: int
    seasonality: tuple[float, ...]
    discount_rate: float

    @property
    def years(self) -> int:
        """Contract years, the last one perhaps cut short."""
        return -(-self.months // 12)

    def year(self, month: int) -> int:
        """Give the contract year of a month, from 0; the start belongs to the first, T + 1 to the last."""
        return (min(max(month, 1), self.months) - 1) // 12

    def months_of(self, year: int) -> range:
        """Give the months of a contract year that lie within the horizon."""
        return range(12 * year + 1, min(12 * year + 12, self.months) + 1)

    def discount(self, month: int) -> float:
        """Give what money at the end of a month is worth at the start, v_t."""
        return float((1 + self.discount_rate) ** (-month / 12))

    def mark(self, name: str, month: int) -> float:
        """Give a mark of time that formulas ask for."""
        match name:
            case "contract_year":
                return float(self.year(month))
            case "season":
                return self.seasonality[(self.first_month - 1 + min(max(month, 1), self.months) - 1) % 12]
            case "months_in_contract_year":
                return float(len(self.months_of(self.year(month))))
        raise KeyError(name)


@dataclass(frozen=True)
class Term:
    """A cost line in one month: the steps of its rate and of what the rate is multiplied by."""

    line: Quantity
    rate: int
    driver: int


class Engine:
    """The model of all options of a case as one graph of steps.

    Parameters
    ----------
    options : sequence of Option
        All options, in any order.
    baseline : str
        The option that others move from.
    timeline : Timeline
        The case's time.
    leaf : callable
        Gives the step of a drawn number by its path: a constant for its mean, a draw for its draws.
    """

    def __init__(self, options: Iterable[Option], baseline: str, timeline: Timeline, leaf: Leaf | None = None) -> None:
        self.graph = Graph()
        self.options = {option.name: option for option in options}
        self.baseline = baseline
        self.timeline = timeline
        self.leaf = leaf or self._mean
        self.realize: Realize | None = None
        self._steps: dict[tuple[str, str, int], int] = {}
        self._asked: dict[tuple[str, str, int], int] = {}
        self._monthly: dict[tuple[str, str], bool] = {}
        self._chosen: dict[tuple[str, str], Quantity] = {}
        self._drivers: dict[tuple[str, str, range], int | None] = {}

    @cached_property
    def lines(self) -> Mapping[str, tuple[Quantity, ...]]:
        """The cost lines of each option: those of the model whose inputs it has, and its extra costs."""
        return {name: tuple(_lines_of(option)) for name, option in self.options.items()}

    def acting(self, option: str, month: int) -> str:
        """Say whose figures hold in a month: the baseline's while an option is in transition."""
        moving = 1 <= month <= self.options[option].transition_months
        return self.baseline if moving else option

    def at(self, name: str, option: str, month: int) -> int:
        """Give the step of a quantity or input of an option in a month.

        Parameters
        ----------
        name : str
            As formulas know it.
        option : str
            Whose; in months of transition the baseline's figure is given.
        month : int
            1 to T; 0 for the start, T + 1 for stocks at the end.
        """
        asked = (name, option, month)
        if asked not in self._asked:
            self._asked[asked] = self._found(name, self.acting(option, month), month)
        return self._asked[asked]

    def _found(self, name: str, option: str, month: int) -> int:
        """Give the step of an acting option's quantity, made once for all months in which it is the same."""
        period = month if self._is_monthly(name, option) else -1 - self.timeline.year(month)
        key = (name, option, period)
        if key not in self._steps:
            step = self.expected(name, option, month)
            self._steps[key] = self.realize(self, name, option, month, step) if self.realize else step
        return self._steps[key]

    def terms(self, option: str, month: int) -> list[Term]:
        """Give the cost lines of an option that fall in a month (0 is the start)."""
        found = []
        for line in self.lines[self.acting(option, month)]:
            driver = self._driver(line.cost.driver, option, month)  # type: ignore[union-attr]  # a line has a cost
            if driver is not None:
                found.append(Term(line, self.at(line.name, option, month), driver))
        return found

    def summed(self, line: Quantity, rate: int) -> int:
        """Give the step of a line's rate, summed over failure modes where it has a row a mode."""
        return self.graph.call(line.name, over_modes, (rate,)) if line.rows else rate

    @cached_property
    def segments(self) -> tuple[range, ...]:
        """The months, the start first, cut where the contract year changes or a transition ends.

        All options are cut in the same places, so that a clone adds up the same amounts in the same order.
        """
        months = self.timeline.months
        ends = {min(option.transition_months, months) + 1 for option in self.options.values()}
        edges = sorted({0, 1, months + 1, *range(1, months + 1, 12), *ends})
        return tuple(range(first, last) for first, last in pairwise(edges))

    def discounted(self, parts: Iterable[tuple[int, int]], name: str) -> int:
        """Add up discounted amounts: each a rate's step and the step of its discounted driver.

        Drivers that share a rate are gathered first, so that a rate that never moves is multiplied once.
        """
        drivers: dict[int, list[tuple[float, int]]] = {}
        for rate, driver in parts:
            drivers.setdefault(rate, []).append((1.0, driver))
        products = []
        for rate, these in drivers.items():
            driven = self.graph.total(these, f"discounted driver of {name}")
            products.append((1.0, self.graph.call(name, operator.mul, (rate, driven))))
        return self.graph.total(products, name)

    def _parts(self, option: str) -> Iterator[tuple[Quantity, int, int]]:
        """Yield each line's rate, the step of its discounted driver, and the month, as seldom as the rate changes."""
        for segment in self.segments:
            acting = self.acting(option, segment[0])
            for line in self.lines[acting]:
                monthly = self._is_monthly(line.name, acting)
                for months in [range(month, month + 1) for month in segment] if monthly else [segment]:
                    driver = self._discounted_driver(line.cost.driver, option, months)  # type: ignore[union-attr]
                    if driver is not None:
                        yield line, self.at(line.name, option, months[0]), driver

    def _discounted_driver(self, name: str, option: str, months: range) -> int | None:
        """Give the step of a driver added up over months at what each is worth; None where it falls in none."""
        key = (name, option, months)
        if key not in self._drivers:
            steps = [(month, self._driver(name, option, month)) for month in months]
            weighted = [(self.timeline.discount(month), step) for month, step in steps if step is not None]
            total = self.graph.total(weighted, f"discounted {name}") if weighted else None
            self._drivers[key] = total
        return self._drivers[key]

    def present_values(self, option: str) -> dict[str, int]:
        """Give the step of each line's present value over the horizon."""
        parts: dict[str, list[tuple[int, int]]] = {}
        for line, rate, driver in self._parts(option):
            parts.setdefault(line.cost.line, []).append((self.summed(line, rate), driver))  # type: ignore[union-attr]
        return {line: self.discounted(these, line) for line, these in parts.items()}

    def mode_present_values(self, option: str) -> int | None:
        """Give the step of each failure mode's present value, (m, n): its failure, service and churn lines.

        None where the case has no failure modes.
        """
        if not self.options[option].modes:
            return None
        parts = [(rate, driver) for line, rate, driver in self._parts(option) if line.rows == "modes"]
        split: int | None = None
        for month in range(1, self.timeline.months + 1):
            split = self._churn_split(option, month, split)
            for term in self.terms(option, month):
                if line_of(term) == "churn":
                    rate = self.graph.call("churn by mode", operator.mul, (split, term.rate))
                    driven = self.graph.total([(self.timeline.discount(month), term.driver)], "discounted driver")
                    parts.append((rate, driven))
        return self.discounted(parts, "present value by mode")

    def leavers(self, option: str) -> int | None:
        """Give the step of the customers driven away, each discounted from the failure on; None without churn.

        With a value put on each of them they would cost that much times this (model.md, section 6).
        """
        if "churn_per_event" not in self.options[option].switches:
            return None
        weighted = []
        for month in range(1, self.timeline.months + 1):
            asked = [self.at(name, option, month) for name in ("leavers", "planned_units")]
            weighted.append((self.timeline.discount(month), self.graph.call("leavers", operator.mul, asked)))
        return self.graph.total(weighted, "discounted leavers")

    def limits(self, option: str) -> list[tuple[str, int]]:
        """Give what no draw of an option may break: in words, and the step of how far it is broken (above 0).

        Each step is evaluated once for every contract year in which it is another one; what holds for sure is left out.
        """
        found: dict[int, str] = {}
        resolved = self.options[option]
        for year in range(self.timeline.years):
            own = [month for month in self.timeline.months_of(year) if month > resolved.transition_months]
            if not own:
                continue  # all of the year is the baseline's, whose limits are its own
            month = own[0]
            for words, names, excess in _limits_of(resolved):
                step = self.graph.call(words, excess, [self.at(name, option, month) for name in names], names)
                found.setdefault(step, words)
        return [(words, step) for step, words in found.items() if not self._holds(step)]

    def _holds(self, step: int) -> bool:
        return step in self.graph.known and bool(np.all(self.graph.known[step] <= TOLERANCE))

    def _churn_split(self, option: str, month: int, before: int | None) -> int:
        """Give each mode's share of the month's churn; where none drives anyone away, last month's shares."""
        leavers = self.at("leavers_of_modes", option, month)
        rows = len(self.options[option].modes)
        earlier = self.graph.constant(np.full((rows, 1), 1 / rows)) if before is None else before
        return self.graph.call("share of churn", _shares, (leavers, earlier))

    def expected(self, name: str, option: str, month: int) -> int:
        """Give the step of a quantity's formula, before any luck is added to it."""
        resolved = self.options[option]
        if name in CONSTANTS:
            return self.graph.constant(CONSTANTS[name][0], name)
        if name in ("contract_year", "season", "months_in_contract_year"):
            return self.graph.constant(self.timeline.mark(name, month), name)
        if name in resolved.bindings:
            return self._bound(resolved.bindings[name], option, month)
        if name == "unit_cost":
            lines = [line for line in self.lines[option] if line.cost and line.cost.part_of_unit_cost]
            rates = [self.summed(line, self.at(line.name, option, month)) for line in lines]
            return self.graph.total([(1.0, rate) for rate in rates], name)
        quantity = self.quantity(name, option)
        if quantity.start:
            return self._stock(quantity, option, month)
        arguments = [self._argument(quantity, argument, option, month) for argument in quantity.arguments]
        return self.graph.call(name, quantity.function, arguments, quantity.arguments)

    def quantity(self, name: str, option: str) -> Quantity:
        """Give the variant of a quantity that applies to an option.

        Raises
        ------
        KeyError
            Where the option has no inputs for any.
        """
        key = (name, option)
        if key not in self._chosen:
            self._chosen[key] = self._variant(name, option)
        return self._chosen[key]

    def _variant(self, name: str, option: str) -> Quantity:
        extra = next((line for line in self.lines[option] if line.name == name), None) if "." in name else None
        if extra is not None:
            return extra
        switches = self.options[option].switches
        for variant in MODEL.variants.get(name, ()):
            if switches.issuperset(variant.when):
                return variant
        raise KeyError(f"{option} has no inputs for {name}")

    def _argument(self, quantity: Quantity, name: str, option: str, month: int) -> int:
        if name != quantity.total_of:
            return self.at(name, option, month)
        months = self.timeline.months_of(self.timeline.year(month))
        return self.graph.total([(1.0, self.at(name, option, one)) for one in months], f"total of {name}")

    def _stock(self, quantity: Quantity, option: str, month: int) -> int:
        """Step a running stock from month 1 on: each month's arguments are those of the month before."""
        if month <= 1:
            return self.at(quantity.start, option, 1)
        known = month - 1
        while known > 1 and (quantity.name, option, known) not in self._asked:
            known -= 1
        for earlier in range(known, month):  # one after another, so that no step waits for many others
            self.at(quantity.name, option, earlier)
        arguments = [self.at(name, option, month - 1) for name in quantity.arguments]
        return self.graph.call(quantity.name, quantity.function, arguments, quantity.arguments)

    def _bound(self, binding: Binding, option: str, month: int) -> int:
        if not isinstance(binding, tuple):
            return self._grown(binding, option, month)
        factors = {one.entry.factor for one in binding if isinstance(one, Input) and one.grows}
        if len(factors) == 1 and all(isinstance(one, Input) and one.grows for one in binding):
            raw = self._stack([self._raw(one, month) for one in binding])
            return self.graph.call("growth", operator.mul, (raw, self.at(factors.pop(), option, month)))
        return self._stack([self._grown(one, option, month) for one in binding])

    def _stack(self, rows: list[int]) -> int:
        if all(row in self.graph.known for row in rows):
            return self.graph.constant(np.array([self.graph.known[row] for row in rows]).reshape(-1, 1))
        return self.graph.call("rows", _stacked, rows)

    def _grown(self, bound: Bound, option: str, month: int) -> int:
        raw = self._raw(bound, month)
        if not isinstance(bound, Input) or not bound.grows:
            return raw
        return self.graph.call(bound.path, operator.mul, (raw, self.at(bound.entry.factor, option, month)))

    def _raw(self, bound: Bound, month: int) -> int:
        if isinstance(bound, Constant):
            return self.graph.constant(bound.value)
        parts = bound.parts()
        path, number = parts[min(self.timeline.year(month), len(parts) - 1)]
        return self.leaf(path, number)

    def _mean(self, path: str, number: Any) -> int:
        return self.graph.constant(number.value.mean(), path)

    def _driver(self, name: str, option: str, month: int) -> int | None:
        """Give the step of what a line is multiplied by in a month; None where the line does not fall in it."""
        if (name == "at_start") != (month == 0):
            return None
        if name in ("at_start", "every_month"):
            return self.graph.constant(1.0)
        if name == "missing_at_end":
            return self.at("lost_customers", option, month + 1) if month == self.timeline.months else None
        return self.at(name, option, month)

    def _is_monthly(self, name: str, option: str) -> bool:
        """Say whether a quantity can differ between the months of a contract year."""
        key = (name, option)
        if key not in self._monthly:
            self._monthly[key] = False  # a stock asks for itself
            self._monthly[key] = self._asks_month(name, option)
        return self._monthly[key]

    def _asks_month(self, name: str, option: str) -> bool:
        if name == "season":
            return len(set(self.timeline.seasonality)) > 1
        if name in CONSTANTS or name in ("contract_year", "months_in_contract_year"):
            return False
        if name in self.options[option].bindings:
            return False
        if name == "unit_cost":
            lines = [line for line in self.lines[option] if line.cost and line.cost.part_of_unit_cost]
            return any(self._is_monthly(line.name, option) for line in lines)
        quantity = self.quantity(name, option)
        asked = [argument for argument in quantity.arguments if argument != quantity.total_of]
        return bool(quantity.start) or any(self._is_monthly(argument, option) for argument in asked)


def _lines_of(option: Option) -> Iterable[Quantity]:
    """Give the lines that an option has inputs for: of each name the first variant that applies."""
    found: dict[str, Quantity] = {}
    for line in MODEL.lines:
        if set(line.when) <= option.switches:
            found.setdefault(line.name, line)
    return [*found.values(), *(extra_line(extra) for extra in option.extras)]


def _stacked(*rows: Any) -> Any:
    """Lay rows of shape (n,), or single numbers, on each other: (rows, n)."""
    stacked = np.empty((len(rows), max(np.size(row) for row in rows)))
    for position, row in enumerate(rows):
        stacked[position] = row
    return stacked


def line_of(term: Term) -> str:
    """Give the name of the reported line that a term belongs to."""
    return term.line.cost.line  # type: ignore[union-attr]  # a line has a cost


def _shares(leavers: Any, earlier: Any) -> Any:
    """Divide rows by their sum; where that is 0, keep the earlier shares."""
    total = over_modes(leavers)
    return np.where(total > 0, leavers / np.where(total > 0, total, 1), earlier)


def _limits_of(option: Option) -> list[tuple[str, tuple[str, ...], Callable[..., Any]]]:
    """List the joint limits of an option: in words, on which quantities, and how far each is exceeded."""
    found: list[tuple[str, tuple[str, ...], Callable[..., Any]]] = []
    if option.modes:
        rates, again = ("order_mode", "failure_rate"), ("sends_per_order", "sends_per_unit")
        found += [
            ("failure rates of units sum to more than 100 %", rates, _excess_of_units),
            ("failure rates of orders sum to more than 100 %", rates, _excess_of_orders),
            ("replacements do not come to an end", again, _excess_of_replacements),
            ("refund + replace + repair exceed 100 %", ("refund_share", "replace_share", "repair_share"), _excess),
            ("returned + repair exceed 100 %", ("returned_share", "repair_share"), _excess),
        ]
    if "disposition_share" in option.switches and option.modes:
        shares = ("disposition_share", "disposition_rest", "disposition_first_rows", "disposition_sets")
        found.append(("shares of dispositions do not sum to 100 %", shares, _excess_of_dispositions))
    if {"service_level", "order_interval_days"} <= option.switches:
        found.append(("the safety stock is negative", ("safety_factor",), operator.neg))
    return found


def _excess(*shares: Any) -> Any:
    return np.max(sum(shares) - 1, axis=0)


def _excess_of_units(order_mode: Any, failure_rate: Any) -> Any:
    return over_modes((1 - order_mode) * failure_rate) - 1


def _excess_of_orders(order_mode: Any, failure_rate: Any) -> Any:
    return over_modes(order_mode * failure_rate) - 1


def _excess_of_replacements(sends_per_order: Any, sends_per_unit: Any) -> Any:
    """Give a positive number where a geometric series has no end: its sum would be negative, or beyond all bounds."""
    endless = (sends_per_order <= 0) | (sends_per_unit <= 0) | (sends_per_order + sends_per_unit > 1e9)
    return endless * 2.0 - 1


def _excess_of_dispositions(share: Any, rest: Any, first_rows: Any, sets: Any) -> Any:
    """Give how far the shares of a mode exceed 1, or where none takes the rest, differ from it."""
    total = over_dispositions(share, first_rows, sets)
    open_ended = over_dispositions(rest, first_rows, sets) > 0
    stated = over_dispositions(share > 0, first_rows, sets) + open_ended > 0
    return np.max(np.where(open_ended, total - 1, np.where(stated, np.abs(total - 1), 0)), axis=0)
