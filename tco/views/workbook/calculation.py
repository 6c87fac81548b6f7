"""A sheet an option: a row a quantity (and failure mode ...), a column a month, one formula a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from tco import units
from tco.comparison import Comparison, Line, OptionCost
from tco.costs import CONSTANTS, FAMILIES
from tco.distributions import Fixed
from tco.engine import Engine
from tco.loader import Case
from tco.numbers import Number
from tco.options import Input, Option
from tco.quantity import GRADES, Quantity
from tco.results import TOTALS, WITHIN
from tco.views.workbook.inputs import InputSheet
from tco.views.workbook.layout import Sheet, address, column_letters, form_of
from tco.views.workbook.register import Register
from tco.views.workbook.wiring import STRUCTURAL, Wiring, excel, rows_of_set

CONSTANT, PRESENT, START = 3, 4, 5
"""Columns: what holds in all months or the total over them, present values, and the start (t = 0)."""
_HEAD = 4
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FAMILY_TITLES = {
    "demand": "Demand",
    "supply": "Price, landed cost and supply",
    "failures": "Failures and what they cost, a planned unit",
    "service": "Customer service, a planned unit",
    "inventory": "Inventory",
    "risk": "Disruption",
    "customers": "Customers lost",
    "extra": "Extra costs",
}
_DRIVER_MEANINGS = {
    "every_month": "1 in every month",
    "at_start": "1 at the start",
    "missing_at_end": "customers missing after the last month",
}

RAISED = "raised: "
"""What the keys of figures begin with that are worked out with the price at stake raised."""

Raised = frozenset[str]
Formula = Callable[[int], str]
Value = Callable[[int], float]


@dataclass(frozen=True)
class Row:
    """One row: its name, the cells that it has, and the formula and value in each month.

    Parameters
    ----------
    name, part, unit : str
        The quantity, the row within it (a failure mode ...), the unit.
    months : range or None
        Columns that it fills; None for a single cell that holds in all months.
    formula, value : callable
        Of the month; of 0 for a single cell.
    summed : bool
        Whether it has a total and a present value.
    role, form : str
        Its style and number format.
    line : str
        The cost line whose grade stands beside it.
    """

    name: str
    part: str
    unit: str
    months: range | None
    formula: Formula
    value: Value
    summed: bool = False
    role: str = "value"
    form: str = ""
    line: str = ""


Keyed = tuple[tuple[str, int], Row]


class Calculation:
    """The sheet of one option.

    Parameters
    ----------
    case : Case
        The case.
    wiring : Wiring
        Of the option.
    inputs : InputSheet
        Where its numbers stand.
    sheet : Sheet
        To write to.
    comparison : Comparison
        The base case.
    baseline : Calculation or None
        Whose figures hold in a transition; None for the baseline itself.
    ends : bool
        Whether stocks after the last month are asked for.
    """

    def __init__(
        self,
        case: Case,
        wiring: Wiring,
        inputs: InputSheet,
        sheet: Sheet,
        comparison: Comparison,
        baseline: Calculation | None,
        *,
        ends: bool,
    ) -> None:
        self.case, self.wiring, self.inputs, self.sheet, self.baseline = case, wiring, inputs, sheet, baseline
        self.option: Option = wiring.option
        self.register: Register = inputs.register
        self.engine: Engine = case.base
        self.comparison = comparison
        self.cost: OptionCost = comparison.supplier(self.option.name)
        self.months = case.timeline.months
        self.after = range(1, self.months + 1 + ends)
        """The months that stocks are known in."""
        self.rows: dict[tuple[str, int], int] = {}
        self.plan: list[Row | str] = []
        self._add("Time", self._time())
        self._add("Inputs of this option", self._inputs())
        for family in FAMILIES:
            title = family.__name__.rpartition(".")[2]
            self._add(_FAMILY_TITLES[title], self._family(family.__name__))
        self._add("Cost of a planned unit, and what lines are multiplied by", self._unit_cost())
        self._add("Cost lines, nominal", self._lines())
        self._add("Totals, nominal", self._totals())
        self.stake = Stake.of(self.option, wiring) if baseline is not None else None
        if self.stake is not None:
            self._add(f"What {self.stake.told} changes: the slope of the break-even", self._raised())

    # ------------------------------------------------------------ addresses

    def place(self, name: str, position: int = 0) -> int:
        """Give the row of a figure, counted from 0."""
        return self.rows[name, position]

    def cell(self, name: str, position: int = 0, month: int = 0, *, outside: bool = False) -> str:
        """Give the address of a figure in a month, as cells of the same column, or other sheets, write it."""
        row = self.place(name, position)
        found = self._at(row, month)
        return self.sheet.outside(found) if outside else found

    def present(self, name: str) -> str:
        """Give the address of a line's or total's present value, for other sheets."""
        return self.sheet.outside(address(self.place(name), PRESENT, fixed=True))

    def present_value(self, name: str) -> float:
        """Give the present value of a row that has one."""
        row = self._row(self.place(name))
        assert row.months is not None
        return sum(self.case.timeline.discount(month) * row.value(month) for month in row.months)

    def total(self, name: str) -> str:
        """Give the address of a figure's total over all months, for other sheets."""
        return self.sheet.outside(address(self.place(name), CONSTANT, fixed=True))

    def along(self, name: str, first: int = 1) -> str:
        """Give the range of a row's months, which stays where a formula is copied."""
        row = self.place(name) + 1
        return f"${column_letters(START + first)}${row}:${column_letters(START + self.months)}${row}"

    def _at(self, row: int, month: int) -> str:
        planned = self._row(row)
        return address(row, CONSTANT, fixed=True) if planned.months is None else address(row, START + month)

    def _row(self, row: int) -> Row:
        found = self.plan[row - _HEAD - 1]
        assert isinstance(found, Row)
        return found

    def span(self, name: str, positions: Sequence[int], month: int) -> str:
        """Give the range of some rows of a figure; a zero's cell where it has none."""
        if not positions:
            return self.inputs.cell("none")
        return f"{self.cell(name, positions[0], month)}:{self.cell(name, positions[-1], month)}"

    # ------------------------------------------------------------ the plan

    def _add(self, title: str, rows: Iterable[Keyed]) -> None:
        """Add a section; its rows' formulas are asked for when all are planned."""
        found = list(rows)
        if found:
            self.plan.append(title)
        for key, row in found:
            self.rows[key] = _HEAD + 1 + len(self.plan)
            self.plan.append(row)

    def _time(self) -> Iterator[Keyed]:
        for name, (value, unit, _) in CONSTANTS.items():
            yield _single(name, unit, self.inputs.cell(name), value)
        here, timeline = self.cell, self.case.timeline
        whole = range(self.months + 1)
        year = "months_per_year"
        yield _moving("month", "1", range(len(self.after) + 1), self._month, float, "whole")
        yield _moving(
            "calendar_month", "1", range(1, self.months + 1), self._calendar_month, self._calendar_month_value, "whole"
        )
        yield _moving(
            "contract_year",
            "year",
            whole,
            lambda m: f"INT(MAX({here('month', 0, m)}-1,0)/{here(year)})",
            lambda m: float(timeline.year(m)),
            "whole",
        )
        yield _moving(
            "year_number",
            "1",
            whole,
            lambda m: f"IF({here('month', 0, m)}>0,{here('contract_year', 0, m)}+1,0)",
            lambda m: float(timeline.year(m) + 1 if m else 0),
            "whole",
        )
        yield _moving(
            "season",
            "1",
            whole[1:],
            lambda m: f"INDEX({self.inputs.seasons()},{here('calendar_month', 0, m)})/AVERAGE({self.inputs.seasons()})",
            lambda m: timeline.mark("season", m),
        )
        yield _moving(
            "months_in_contract_year",
            "1",
            whole[1:],
            lambda m: (
                f"MIN({self.inputs.cell('horizon_months')}-{here('contract_year', 0, m)}*{here(year)},{here(year)})"
            ),
            lambda m: timeline.mark("months_in_contract_year", m),
            "whole",
        )
        yield _moving(
            "discount_factor",
            "1",
            whole,
            lambda m: f"(1+{here('discount_rate')})^(-{here('month', 0, m)}/{here(year)})",
            timeline.discount,
        )
        yield from self._transition()
        yield from self._drivers()

    def _month(self, month: int) -> str:
        return f"{address(self.place('month'), START + month - 1)}+1" if month else "0"

    def _calendar_month(self, month: int) -> str:
        before = address(self.place("calendar_month"), START + month - 1)
        first, year = self.inputs.cell("start"), self.cell("months_per_year")
        return f"IF({self.cell('month', 0, month)}=1,{first},IF({before}={year},1,{before}+1))"

    def _calendar_month_value(self, month: int) -> float:
        return float((self.case.timeline.first_month - 1 + month - 1) % 12 + 1)

    def _transition(self) -> Iterator[Keyed]:
        if self.baseline is None:
            return
        item = self.register.transition(self.option)
        yield _single("transition_months", "1", self.inputs.cell(item.path), item.values[0], "whole")

        def formula(month: int) -> str:
            now = self.cell("month", 0, month)
            return f"IF(AND({now}>0,{now}<={self.cell('transition_months')}),1,0)"

        months = range(len(self.after) + 1)
        yield _moving("in_transition", "1", months, formula, lambda m: float(self._moving(m)), "whole")

    def _moving(self, month: int) -> bool:
        return self.engine.acting(self.option.name, month) != self.option.name

    def _drivers(self) -> Iterator[Keyed]:
        whole = range(self.months + 1)

        def missing(month: int) -> str:
            after = address(self.place("lost_customers"), START + month + 1)
            return f"IF({self.cell('month', 0, month)}={self.inputs.cell('horizon_months')},{after},0)"

        def missing_value(month: int) -> float:
            return self.value("lost_customers", 0, month + 1) if month == self.months else 0.0

        for name in self.wiring.drivers:
            if name == "every_month":
                yield _moving(name, "1", whole, lambda m: f"IF({self.cell('month', 0, m)}>0,1,0)", _is_month, "whole")
            if name == "at_start":
                yield _moving(name, "1", whole, lambda m: f"IF({self.cell('month', 0, m)}=0,1,0)", _is_start, "whole")
            if name == "missing_at_end":
                yield _moving(name, "customer", whole[1:], missing, missing_value)

    def _inputs(self) -> Iterator[Keyed]:
        """Give the inputs: those that hold in all months first."""
        ordered = sorted(self.wiring.inputs, key=self.wiring.moves)
        for name in ordered:
            labels = self.wiring.labels(self.wiring.rows(name))
            for position, bound in enumerate(self.wiring.bounds(name)):
                item = self.register.item(self.option, name, position, bound)
                formula = self._input_formula(name, position)
                yield self._figure(name, position, labels[position], item.unit, formula)

    def _input_formula(self, name: str, position: int, raised: Callable[[str], str] = str) -> Formula:
        """Give an input's formula: its cell on the sheet of inputs, the contract year's where it has a path, grown."""
        bound = self.wiring.bounds(name)[position]
        item = self.register.item(self.option, name, position, bound)
        factor = self.wiring.factor(name, bound)

        def formula(month: int) -> str:
            raw = self.inputs.cell(item.path)
            if isinstance(bound, Input) and bound.number.is_path:
                raw = f"INDEX({self.inputs.years_of(item.path)},{self.cell('contract_year', 0, month)}+1)"
            return f"{raised(raw)}*{self.cell(factor, 0, month)}" if factor else raised(raw)

        return formula

    def _family(self, module: str) -> Iterator[Keyed]:
        for quantity in self.wiring.quantities:
            if quantity.function.__module__ == module:
                yield from self._quantity(quantity)

    def _quantity(self, quantity: Quantity) -> Iterator[Keyed]:
        name, unit = quantity.name, units.name(quantity.unit)
        positions = self.wiring.positions(name) if quantity.rows else range(1)
        labels = self.wiring.labels(quantity.rows)
        for position in positions:
            yield self._figure(name, position, labels[position], unit, self._formula(quantity, position))
        if quantity.rows and quantity.cost:
            yield self._sum(name, positions, unit)

    def _sum(self, name: str, positions: range, unit: str) -> Keyed:
        """Give the row that adds up a line's failure modes."""

        def formula(month: int) -> str:
            return f"SUM({self.span(name, positions, month)})"

        def value(month: int) -> float:
            return sum(self.value(name, position, month) for position in positions)

        months = self._months(name)
        return (f"{name}, all modes", 0), Row(name, "all modes", unit, months, formula, value, form=form_of(unit))

    def _figure(self, name: str, position: int, part: str, unit: str, formula: Formula) -> Keyed:
        """Give the row of a figure; in a transition it takes the baseline's value."""
        months = self._months(name)
        summed = name in ("planned_units", "planned_revenue")
        row = Row(
            name,
            part,
            "" if unit == "1" else unit,
            months,
            formula if months is None else self._acting(name, position, formula),
            lambda month: self.value(name, position, month),
            summed=summed,
            form=form_of(unit),
        )
        return (name, position), row

    def _months(self, name: str) -> range | None:
        if not self.wiring.moves(name):
            return None
        if name in ("customers", "planned_customers", "lost_customers"):
            return self.after
        return range(0 if name in self.wiring.at_start else 1, self.months + 1)

    def _acting(self, name: str, position: int, formula: Formula) -> Formula:
        """Let the baseline's value take a formula's place in a transition."""
        before = self.baseline
        if before is None:
            return formula

        def chosen(month: int) -> str:
            known = (name, position) in before.rows
            there = before.cell(name, position, month, outside=True) if known else "0"
            return f"IF({self.cell('in_transition', 0, month)}=1,{there},{formula(month)})"

        return chosen

    def _formula(self, quantity: Quantity, position: int, raised: Raised = frozenset()) -> Formula:
        """Give a quantity's own formula, from the same definition as the engine's."""

        def formula(month: int) -> str:
            of = month - 1 if quantity.start else month
            cells = [self._argument(quantity, name, position, of, raised) for name in quantity.arguments]
            written = excel(quantity, cells)
            if not quantity.start:
                return written
            return f"IF({self.cell('month', 0, month)}=1,{self.cell(quantity.start, 0, month)},{written})"

        return formula

    def _argument(self, quantity: Quantity, name: str, position: int, month: int, raised: Raised) -> str:
        """Give the cell or range that stands for an argument in a row of a quantity."""
        if name in STRUCTURAL:
            return ""
        if name == quantity.total_of:
            years = self.along("contract_year")
            return f"SUMIF({years},{self.cell('contract_year', 0, month)},{self.along(name)})"
        rows, shown = self.wiring.rows(name), _shown(name, raised)
        if not rows:
            return self.cell(shown, 0, month)
        if rows == quantity.rows:
            return self.cell(shown, position, month)
        inside = rows == "dispositions" and quantity.rows == "modes"
        chosen = rows_of_set(self.option, position) if inside else self.wiring.positions(name)
        return self.span(shown, chosen, month)

    # ------------------------------------------------------------ lines and totals

    def _unit_cost(self) -> Iterator[Keyed]:
        if "unit_cost" not in self.wiring.names:
            return

        yield self._figure("unit_cost", 0, "", "money/unit", self._unit_cost_formula())

    def _unit_cost_formula(self, raised: Raised = frozenset()) -> Formula:
        lines = [line for line in self.wiring.lines if line.cost and line.cost.part_of_unit_cost]
        return lambda month: "+".join(self._rate(line, month, raised) for line in lines) or "0"

    def _rate(self, line: Quantity, month: int, raised: Raised = frozenset()) -> str:
        """Give a line's rate, over all modes."""
        if not line.rows:
            return self.cell(_shown(line.name, raised), 0, month)
        if line.name in raised:
            return f"SUM({self.span(_shown(line.name, raised), self.wiring.positions(line.name), month)})"
        return self.cell(f"{line.name}, all modes", 0, month)

    @cached_property
    def own_lines(self) -> tuple[Line, ...]:
        """The reported lines of this option and of the baseline, hard to soft."""
        names = {line.cost.line for line in self.wiring.lines if line.cost}
        if self.baseline is not None:
            names |= {line.cost.line for line in self.baseline.wiring.lines if line.cost}
        return tuple(line for line in self.comparison.lines if line.name in names)

    def _lines(self) -> Iterator[Keyed]:
        for line in self.own_lines:
            formula, value = self._line_formula(line.name), self._amount(line.name)
            yield self._money(f"line {line.name}", line.name, formula, value, line=line.name)

    def _terms(self, name: str) -> list[Quantity]:
        return [line for line in self.wiring.lines if line.cost and line.cost.line == name]

    def _line_formula(self, name: str, raised: Raised = frozenset()) -> Formula:
        def formula(month: int) -> str:
            drivers = [(term, term.cost.driver) for term in self._terms(name) if term.cost]
            return "+".join(f"{self._rate(t, month, raised)}*{self.cell(d, 0, month)}" for t, d in drivers) or "0"

        return self._acting(f"line {name}", 0, formula)

    def _amount(self, name: str) -> Value:
        amounts = self.cost.monthly.get(name)
        return (lambda month: amounts[month]) if amounts else (lambda month: 0.0)

    def _money(
        self, key: str, label: str, formula: Formula, value: Value, *, line: str = "", role: str = "value"
    ) -> Keyed:
        months = range(self.months + 1)
        row = Row(label, "", "money", months, formula, value, summed=True, role=role, form="money", line=line)
        return (key, 0), row

    def _totals(self) -> Iterator[Keyed]:
        yield from self._graded("", [line.name for line in self.own_lines], self._amount)

    def _graded(self, prefix: str, lines: Sequence[str], amount: Callable[[str], Value]) -> Iterator[Keyed]:
        """Give the sums of lines by grade, then the three totals."""
        grades = {line.name: line.grade for line in self.comparison.lines}

        def summed(within: Sequence[str]) -> Value:
            amounts = [amount(line) for line in lines if grades[line] in within]
            return lambda month: sum(one(month) for one in amounts)

        first, last = f"{prefix}line {lines[0]}", f"{prefix}line {lines[-1]}"
        for grade in GRADES:
            formula = self._grade_formula(f"{prefix}grade {grade}", first, last)
            yield self._money(f"{prefix}grade {grade}", grade, formula, summed([grade]))
        for total in TOTALS:
            formula = self._total_formula(prefix, total)
            name = total.replace("_", " ")
            yield self._money(f"{prefix}total {total}", name, formula, summed(WITHIN[total]), role="total")

    def _grade_formula(self, key: str, first: str, last: str) -> Formula:
        def formula(month: int) -> str:
            top, bottom, column = self.place(first), self.place(last), START + month
            grades = f"{address(top, 1, fixed=True)}:{address(bottom, 1, fixed=True)}"
            wanted = address(self.place(key), 0, fixed=True)
            return f"SUMIF({grades},{wanted},{address(top, column)}:{address(bottom, column)})"

        return formula

    def _total_formula(self, prefix: str, total: str) -> Formula:
        return lambda month: "+".join(self.cell(f"{prefix}grade {grade}", 0, month) for grade in WITHIN[total])

    # ------------------------------------------------------------ break-even

    def _raised(self) -> Iterator[Keyed]:
        """Give every figure that the price at stake moves, with the price raised, then the change of each line."""
        stake = self.stake
        assert stake is not None
        engine = Engine(
            [stake.option if one.name == self.option.name else one for one in self.case.options],
            self.case.baseline,
            self.case.timeline,
        )
        for name in self.wiring.names:
            if name in stake.moved:
                for position in self.wiring.positions(name) if self.wiring.rows(name) else range(1):
                    yield self._raised_figure(name, position, engine)
        moved = [line for line in self.own_lines if any(term.name in stake.moved for term in self._terms(line.name))]
        if not moved:
            return

        def change(line: str) -> Value:
            return lambda month: self._line_value(line, month, engine) - self._amount(line)(month)

        for line in moved:
            formula = self._change_formula(line.name, stake.moved)
            yield self._money(
                f"{RAISED}line {line.name}", f"change of {line.name}", formula, change(line.name), line=line.name
            )
        yield from self._graded(RAISED, [line.name for line in moved], change)

    def _raised_figure(self, name: str, position: int, engine: Engine) -> Keyed:
        stake = self.stake
        assert stake is not None
        if name in self.wiring.inputs:
            raised = stake.raise_ if (name, position) in stake.bounds else str
            formula = self._input_formula(name, position, raised)
        elif name == "unit_cost":
            formula = self._unit_cost_formula(stake.moved)
        else:
            quantity = self.engine.quantity(name, self.option.name)
            formula = self._formula(quantity, position, stake.moved)
        _, plain = self._figure(name, position, "", "1", formula)
        shown = self._row(self.place(name, position))
        raised_row = replace(
            shown, formula=plain.formula, value=lambda month: self.value(name, position, month, engine), summed=False
        )
        return (f"{RAISED}{name}", position), raised_row

    def _change_formula(self, name: str, raised: Raised) -> Formula:
        acting = self._acting(f"line {name}", 0, self._line_formula(name, raised))
        return lambda month: f"{acting(month)}-{self.cell(f'line {name}', 0, month)}"

    def _line_value(self, name: str, month: int, engine: Engine) -> float:
        """Give a line's amount in a month by another engine."""
        if self._moving(month):
            return self._amount(name)(month)
        terms = [
            term for term in engine.terms(self.option.name, month) if term.line.cost and term.line.cost.line == name
        ]
        known = engine.graph.known
        return sum(_number(known[engine.summed(term.line, term.rate)]) * _number(known[term.driver]) for term in terms)

    # ------------------------------------------------------------ values

    def value(self, name: str, position: int, month: int, engine: Engine | None = None) -> float:
        """Give the engine's value of a figure in a month; of one that holds in all months, the option's own."""
        engine = engine or self.engine
        own = not self.wiring.moves(name)
        if not own and self._moving(month):
            assert self.baseline is not None
            known = (name, position) in self.baseline.rows
            return self.baseline.value(name, position, month, engine) if known else 0.0
        step = engine.at(name, self.option.name, 0 if own else month)
        values = np.reshape(engine.graph.known[step], -1)
        return float(values[min(position, len(values) - 1)])

    # ------------------------------------------------------------ writing

    def write(self) -> None:
        """Write the sheet."""
        self._write_head()
        for number, planned in enumerate(self.plan):
            row = _HEAD + 1 + number
            if isinstance(planned, str):
                self._write_section(row, planned)
            else:
                self._write_row(row, planned)

    def _write_head(self) -> None:
        sheet = self.sheet
        sheet.text(0, 0, self.option.label, "title")
        told = "A row a quantity, named as in `tco explain`; a column a month, at whose end money falls."
        if self.baseline is not None:
            told += f" While in_transition is 1, all is as with {self.baseline.option.label}."
        sheet.text(1, 0, told, "note")
        sheet.line(_HEAD, ("Quantity", "Row", "Unit"), "head")
        sheet.text(_HEAD, CONSTANT, "All months, or total", "number head")
        sheet.text(_HEAD, PRESENT, "Present value", "number head")
        for month in range(len(self.after) + 1):
            sheet.text(_HEAD, START + month, self.label(month), "number head")
        sheet.widths(30, 18, 16, 14, 13)
        sheet.worksheet.set_column(START, START + len(self.after), 10.5)
        sheet.worksheet.freeze_panes(_HEAD + 1, START)
        sheet.worksheet.repeat_rows(_HEAD)
        sheet.worksheet.repeat_columns(0, PRESENT)
        sheet.worksheet.fit_to_pages(max(1, -(-self.months // 18)), 0)

    def label(self, month: int) -> str:
        """Name a month as people do."""
        if month == 0:
            return "Start"
        if month > self.months:
            return "After"
        year, first = self.case.file.start.split("-")
        place = int(first) - 1 + month - 1
        return f"{_MONTHS[place % 12]} {int(year) + place // 12}"

    def _write_section(self, row: int, title: str) -> None:
        for column in range(START + len(self.after) + 1):
            self.sheet.text(row, column, title if column == 0 else "", "section")

    def _write_row(self, row: int, planned: Row) -> None:
        sheet, role = self.sheet, planned.role
        label = "total text" if role == "total" else "text"
        sheet.text(row, 0, planned.name, label)
        if planned.line:
            grade = next(line.grade for line in self.comparison.lines if line.name == planned.line)
            sheet.formula(row, 1, self.inputs.grade(planned.line), grade, role="quiet")
        else:
            sheet.text(row, 1, planned.part, "total text" if role == "total" else "quiet")
        sheet.text(row, 2, "" if planned.unit == "1" else planned.unit, "total text" if role == "total" else "quiet")
        if planned.months is None:
            sheet.formula(row, CONSTANT, planned.formula(0), planned.value(0), planned.form, role)
            return
        for month in planned.months:
            formula, value = planned.formula(month), planned.value(month)
            if planned.name == "month" and month == 0:
                sheet.number(row, START, 0, planned.form, role)
            else:
                sheet.formula(row, START + month, formula, value, planned.form, role)
        if planned.summed:
            self._write_sums(row, planned)

    def _write_sums(self, row: int, planned: Row) -> None:
        assert planned.months is not None
        first = planned.months[0]
        here = f"{address(row, START + first)}:{address(row, START + self.months)}"
        factors = self.along("discount_factor", first)
        values = {month: planned.value(month) for month in planned.months}
        present = sum(self.case.timeline.discount(month) * value for month, value in values.items())
        self.sheet.formula(row, CONSTANT, f"SUM({here})", sum(values.values()), planned.form, planned.role)
        self.sheet.formula(row, PRESENT, f"SUMPRODUCT({factors},{here})", present, planned.form, planned.role)


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
    option : Option
        With the price raised.
    """

    paths: tuple[str, ...]
    bounds: frozenset[tuple[str, int]]
    moved: frozenset[str]
    scaled: bool
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
        return cls(paths, bounds, frozenset(moved), scaled, _raised_option(option, paths, scaled)) if bounds else None

    @property
    def told(self) -> str:
        """Say in words what is done to it."""
        if self.scaled:
            return f"doubling {self.paths[0] if len(self.paths) == 1 else 'the price table'}"
        return f"1 more of {self.paths[0]}"

    def raise_(self, cell: str) -> str:
        """Raise the price in a cell."""
        return f"({cell}+{cell if self.scaled else '1'})"


def _raised_option(option: Option, paths: Sequence[str], scaled: bool) -> Option:
    def raised(one: Input) -> Input:
        if one.path not in paths:
            return one
        values = [mean * 2 if scaled else mean + 1 for mean in one.number.means()]
        numbers = tuple(Number(Fixed(value)) for value in values)
        return replace(one, number=Number(numbers) if one.number.is_path else numbers[0])

    inputs = {name: raised(one) for name, one in option.inputs.items()}
    return replace(option, inputs=inputs, extras=tuple(replace(x, amount=raised(x.amount)) for x in option.extras))


def _shown(name: str, raised: Raised) -> str:
    return f"{RAISED}{name}" if name in raised else name


def _number(value: Any) -> float:
    return float(np.reshape(value, -1)[0])


def _single(name: str, unit: str, formula: str, value: float, form: str = "plain") -> Keyed:
    """Give a row of one cell that holds in all months."""
    return (name, 0), Row(name, "", unit, None, lambda month: formula, lambda month: value, form=form)


def _moving(name: str, unit: str, months: range, formula: Formula, value: Value, form: str = "fine") -> Keyed:
    """Give a row of the calendar, which no transition touches."""
    return (name, 0), Row(name, "", unit, months, formula, value, form=form)


def _is_month(month: int) -> float:
    return float(month > 0)


def _is_start(month: int) -> float:
    return float(month == 0)
