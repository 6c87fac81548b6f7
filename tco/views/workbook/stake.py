"""Break-even on a calculation sheet: every figure that the price at stake moves, once more with the price raised.

The model is linear in a price: what a line changes when the price is raised is the slope by which the NPV falls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tco.distributions import Fixed
from tco.engine import Engine
from tco.numbers import Number
from tco.options import Input, Option
from tco.views.workbook.amounts import amount_of, graded_rows, line_formula, money_row, terms_of, unit_cost_formula
from tco.views.workbook.rows import Formula, Keyed, Value
from tco.views.workbook.wiring import RAISED, Wiring

if TYPE_CHECKING:
    from tco.views.workbook.calculation import Calculation


@dataclass(frozen=True)
class Stake:
    """The price whose highest justified value is asked for.

    Parameters
    ----------
    paths : tuple of str
        Of the numbers that it is: one, or the prices of a table.
    bounds : frozenset of (str, int)
        The names of inputs, and their rows, that it stands behind.
    moved : frozenset of str
        All figures that it moves.
    scaled : bool
        Whether the slope is that of doubling it (a path or a table), not of raising it by 1.
    step : float
        By how much it is raised where it is not scaled: a power of ten of its own size, so that what a line changes is
        no small difference of large numbers.
    step_path : str
        Under which the step stands on the sheet of inputs.
    option : Option
        With the price raised.
    """

    paths: tuple[str, ...]
    bounds: frozenset[tuple[str, int]]
    moved: frozenset[str]
    scaled: bool
    step: float
    step_path: str
    option: Option

    @classmethod
    def of(cls, option: Option, wiring: Wiring) -> Stake | None:
        """Find an option's price at stake; None where it states none."""
        key = option.price_at_stake
        if key == "unit_price" and "price_breaks" in option.switches:
            key = "price_breaks"
        stated = {name: one for name, one in option.inputs.items() if name == key or name.startswith(f"{key}.")}
        found = [one for one in stated.values() if one.entry.unit.startswith("money")]
        found += [extra.amount for extra in option.extras if extra.amount.path == key]
        paths = tuple(dict.fromkeys(one.path for one in found))
        scaled = len(paths) > 1 or any(one.number.is_path for one in found)
        bounds = frozenset(
            (name, position)
            for name in wiring.inputs
            for position, bound in enumerate(wiring.bounds(name))
            if isinstance(bound, Input) and bound.path in paths
        )
        moved = {name for name, _ in bounds}
        for name in wiring.names:  # in order: each after those that it is made of
            if moved & set(wiring.made_of(name)):
                moved.add(name)
        if not bounds:
            return None
        price = max(abs(mean) for one in found for mean in one.number.means())
        step = 1.0 if scaled or not price else 10.0 ** math.floor(math.log10(price))
        raised = _raised_option(option, paths, step, scaled=scaled)
        return cls(paths, bounds, frozenset(moved), scaled, step, f"price_step.{option.name}", raised)

    @property
    def told(self) -> str:
        """Say in words what is done to it."""
        if self.scaled:
            return f"doubling {self.paths[0] if len(self.paths) == 1 else 'the price table'}"
        return f"{self.step:,.12g} more of {self.paths[0]}"

    def raised(self, cell: str, step: str) -> str:
        """Raise the price in a cell, by the step in another or by itself."""
        return f"({cell}+{cell if self.scaled else step})"


def _raised_option(option: Option, paths: Sequence[str], step: float, *, scaled: bool) -> Option:
    def raised(one: Input) -> Input:
        if one.path not in paths:
            return one
        values = [mean * 2 if scaled else mean + step for mean in one.number.means()]
        numbers = tuple(Number(Fixed(value)) for value in values)
        return replace(one, number=Number(numbers) if one.number.is_path else numbers[0])

    inputs = {name: raised(one) for name, one in option.inputs.items()}
    return replace(option, inputs=inputs, extras=tuple(replace(x, amount=raised(x.amount)) for x in option.extras))


def raised_rows(sheet: Calculation, stake: Stake) -> Iterator[Keyed]:
    """Give every figure that the price at stake moves, with the price raised, then the change of each line."""
    options = [stake.option if one.name == sheet.option.name else one for one in sheet.case.options]
    engine = Engine(options, sheet.case.baseline, sheet.case.timeline)
    for name in sheet.wiring.names:
        if name in stake.moved:
            for position in sheet.wiring.positions(name):
                yield _raised_figure(sheet, stake, name, position, engine)
    moved = [line for line in sheet.own_lines if any(term.name in stake.moved for term in terms_of(sheet, line.name))]

    def change(line: str) -> Value:
        return lambda month: _amount(sheet, line, month, engine) - amount_of(sheet, line)(month)

    for line in moved:
        label, formula = f"change of {line.name}", _change_formula(sheet, line.name, stake)
        yield money_row(sheet, f"{RAISED}line {line.name}", label, formula, change(line.name), line=line.name)
    if moved:
        yield from graded_rows(sheet, RAISED, [line.name for line in moved], change)


def _raised_figure(sheet: Calculation, stake: Stake, name: str, position: int, engine: Engine) -> Keyed:
    formula: Formula
    if name in sheet.wiring.inputs:
        formula = sheet.input_formula(name, position, _raising(sheet, stake, name, position))
    elif name == "unit_cost":
        formula = unit_cost_formula(sheet, stake.moved)
    else:
        formula = sheet.formula(sheet.engine.quantity(name, sheet.option.name), position, stake.moved)
    plain = sheet.row(sheet.place(name, position))
    chosen = formula if plain.months is None else sheet.acting(name, position, formula)
    row = replace(plain, formula=chosen, value=lambda month: sheet.value(name, position, month, engine), summed=False)
    return (f"{RAISED}{name}", position), row


def _raising(sheet: Calculation, stake: Stake, name: str, position: int) -> Callable[[str], str]:
    """Give what is done to an input's cell: it is raised where it is the price at stake."""
    if (name, position) not in stake.bounds:
        return str
    step = sheet.inputs.cell("one" if stake.scaled else stake.step_path)
    return lambda cell: stake.raised(cell, step)


def _change_formula(sheet: Calculation, name: str, stake: Stake) -> Formula:
    raised = line_formula(sheet, name, stake.moved)
    return lambda month: f"{raised(month)}-{sheet.cell(f'line {name}', 0, month)}"


def _amount(sheet: Calculation, name: str, month: int, engine: Engine) -> float:
    """Give a line's amount in a month with the price raised."""
    if sheet.in_transition(month):
        return amount_of(sheet, name)(month)
    known = engine.graph.known
    amounts = [
        (known[engine.summed(term.line, term.rate)], known[term.driver])
        for term in engine.terms(sheet.option.name, month)
        if term.line.cost and term.line.cost.line == name
    ]
    return sum((float(np.reshape(rate * driver, -1)[0]) for rate, driver in amounts), 0.0)
