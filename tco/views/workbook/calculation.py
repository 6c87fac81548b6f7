"""A sheet an option: a row a quantity (and failure mode ...), a column a month, one formula a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np

from tco import units
from tco.comparison import Comparison, Line, OptionCost
from tco.costs import FAMILIES
from tco.engine import Engine
from tco.loader import Case
from tco.options import Input, Option
from tco.quantity import Quantity
from tco.views.workbook.amounts import line_rows, total_rows, unit_cost_rows
from tco.views.workbook.anew import summed_anew
from tco.views.workbook.inputs import InputSheet
from tco.views.workbook.layout import Sheet, address, column_letters, form_of, row_form
from tco.views.workbook.months import calendar_rows, month_label
from tco.views.workbook.register import Register
from tco.views.workbook.rows import CONSTANT, PRESENT, START, Formula, Keyed, Row
from tco.views.workbook.stake import Stake, raised_rows
from tco.views.workbook.wiring import STRUCTURAL, Raised, Wiring, excel, rows_of_set, shown

_HEAD = 4
_MARK = " (INCOMPLETE)"
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
        self.own_months, self.whole = range(1, self.months + 1), range(self.months + 1)
        self.anew = START + len(self.after) + 2
        """The column in which each row is held against a second sum of its months."""
        self.n_anew = self.n_moving = 0
        self.rows: dict[tuple[str, int], int] = {}
        self.plan: list[Row | str] = []
        self._add("Time", calendar_rows(self))
        self._add("Inputs of this option", self._inputs())
        for family in FAMILIES:
            title = family.__name__.rpartition(".")[2]
            self._add(_FAMILY_TITLES[title], self._family(family.__name__))
        self._add("Cost of a planned unit, and what lines are multiplied by", unit_cost_rows(self))
        self._add("Cost lines, nominal", line_rows(self))
        self._add("Totals, nominal", total_rows(self))
        self.stake = Stake.of(self.option, wiring) if baseline is not None else None
        if self.stake is not None:
            self._add(f"What {self.stake.told} changes: the slope of the break-even", raised_rows(self, self.stake))

    # ------------------------------------------------------------ what it is called

    @property
    def called(self) -> str:
        """What people call the option, marked where one of its rates is unknown."""
        return self.option.label + (_MARK if self.option.unknown else "")

    def write_name(self, sheet: Sheet, row: int, column: int, role: str, ending: str = "") -> None:
        """Write what the option is called; the mark of an unknown rate goes once all of them are filled in."""
        words = self.called + ending
        if not self.option.unknown:
            sheet.text(row, column, words, role)
            return
        rates = ",".join(map(self.inputs.cell, self.option.unknown))
        label, ending = self.sheet.outside(address(0, 0, fixed=True)), f'&"{ending}"' if ending else ""
        sheet.formula(row, column, f'{label}&IF(MIN({rates})=0,"{_MARK}",""){ending}', words, role=role)

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
        row = self.row(self.place(name))
        assert row.months is not None
        return sum(self.case.timeline.discount(month) * row.value(month) for month in row.months)

    def total(self, name: str) -> str:
        """Give the address of a figure's total over all months, for other sheets."""
        return self.sheet.outside(address(self.place(name), CONSTANT, fixed=True))

    def along(self, name: str, first: int = 1) -> str:
        """Give the range of a row's months, which stays where a formula is copied."""
        row = self.place(name) + 1
        return f"${column_letters(START + first)}${row}:${column_letters(START + self.months)}${row}"

    @property
    def all_rows(self) -> tuple[int, int]:
        """The first and the last row of figures, counted from 0."""
        return _HEAD + 1, _HEAD + len(self.plan)

    def _at(self, row: int, month: int) -> str:
        planned = self.row(row)
        return address(row, CONSTANT, fixed=True) if planned.months is None else address(row, START + month)

    def row(self, row: int) -> Row:
        """Give what is planned for a row."""
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

    def _inputs(self) -> Iterator[Keyed]:
        """Give the inputs: those that hold in all months first."""
        ordered = sorted(self.wiring.inputs, key=self.wiring.moves)
        for name in ordered:
            labels = self.wiring.labels(self.wiring.rows(name))
            for position, bound in enumerate(self.wiring.bounds(name)):
                item = self.register.item(self.option, name, position, bound)
                formula = self.input_formula(name, position)
                yield self.figure(name, position, labels[position], item.unit, formula)

    def input_formula(self, name: str, position: int, raised: Callable[[str], str] = str) -> Formula:
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
            yield self.figure(name, position, labels[position], unit, self.formula(quantity, position))
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

    def figure(self, name: str, position: int, part: str, unit: str, formula: Formula) -> Keyed:
        """Give the row of a figure; in a transition it takes the baseline's value."""
        months = self._months(name)
        summed = name in ("planned_units", "planned_revenue")
        row = Row(
            name,
            part,
            "" if unit == "1" else unit,
            months,
            formula if months is None else self.acting(name, position, formula),
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

    def acting(self, name: str, position: int, formula: Formula) -> Formula:
        """Let the baseline's value take a formula's place in a transition."""
        before = self.baseline
        if before is None:
            return formula

        def chosen(month: int) -> str:
            known = (name, position) in before.rows
            there = before.cell(name, position, month, outside=True) if known else "0"
            return f"IF({self.cell('in_transition', 0, month)}=1,{there},{formula(month)})"

        return chosen

    def formula(self, quantity: Quantity, position: int, raised: Raised = frozenset()) -> Formula:
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
        rows, key = self.wiring.rows(name), shown(name, raised)
        if not rows:
            return self.cell(key, 0, month)
        if rows == quantity.rows:
            return self.cell(key, position, month)
        inside = rows == "dispositions" and quantity.rows == "modes"
        chosen = rows_of_set(self.option, position) if inside else self.wiring.positions(name)
        return self.span(key, chosen, month)

    @cached_property
    def own_lines(self) -> tuple[Line, ...]:
        """The reported lines of this option and of the baseline, hard to soft."""
        names = {line.cost.line for line in self.wiring.lines if line.cost}
        if self.baseline is not None:
            names |= {line.cost.line for line in self.baseline.wiring.lines if line.cost}
        return tuple(line for line in self.comparison.lines if line.name in names)

    # ------------------------------------------------------------ values

    def in_transition(self, month: int) -> bool:
        """Say whether the baseline's figures hold in a month."""
        return self.engine.acting(self.option.name, month) != self.option.name

    def value(self, name: str, position: int, month: int, engine: Engine | None = None) -> float:
        """Give the engine's value of a figure in a month; of one that holds in all months, the option's own."""
        engine = engine or self.engine
        own = not self.wiring.moves(name)
        if not own and self.in_transition(month):
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
        self.sheet.text(_HEAD, self.anew, "Summed anew: 1 where a month differs", "number head")
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
            sheet.text(_HEAD, START + month, month_label(self.case.file.start, month, self.months), "number head")
        sheet.widths(32, 18, 18, 14, 13)
        sheet.worksheet.set_row(_HEAD, 28)
        sheet.columns(START, START + len(self.after), 10.5)
        sheet.columns(self.anew, self.anew, 18)
        sheet.worksheet.freeze_panes(_HEAD + 1, START)
        sheet.worksheet.repeat_rows(_HEAD)
        sheet.worksheet.repeat_columns(0, PRESENT)
        sheet.worksheet.fit_to_pages(max(1, -(-self.months // 18)), 0)

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
            form = row_form(planned.form, [planned.value(0)], "0")
            sheet.formula(row, CONSTANT, planned.formula(0), planned.value(0), form, role)
            return
        form = row_form(planned.form, [planned.value(month) for month in planned.months], "0")
        for month in planned.months:
            if planned.name == "month" and month == 0:
                sheet.number(row, START, 0, form, role)  # from here on each month counts one more
            else:
                sheet.formula(row, START + month, planned.formula(month), planned.value(month), form, role)
        if planned.summed:
            self._write_sums(row, planned, form)
        self._write_anew(row, planned)

    def _write_sums(self, row: int, planned: Row, form: str) -> None:
        assert planned.months is not None
        first = planned.months[0]
        here = f"{address(row, START + first)}:{address(row, START + self.months)}"
        factors = self.along("discount_factor", first)
        values = {month: planned.value(month) for month in planned.months}
        present = sum(self.case.timeline.discount(month) * value for month, value in values.items())
        self.sheet.formula(row, CONSTANT, f"SUM({here})", sum(values.values()), form, planned.role)
        self.sheet.formula(row, PRESENT, f"SUMPRODUCT({factors},{here})", present, form, planned.role)

    def _write_anew(self, row: int, planned: Row) -> None:
        """Hold a row's months against their sum worked out anew, where one formula can: 0, or 1 where they differ."""
        assert planned.months is not None
        first, last = max(planned.months[0], planned.name == "month"), planned.months[-1]
        anew = summed_anew(planned.formula(first), last - first + 1)
        self.n_moving += 1
        if anew:
            self.n_anew += 1
            here = f"{address(row, START + first)}:{address(row, START + last)}"
            most = f"{self.inputs.cell('tolerance')}*SUMPRODUCT(ABS({here}))"
            self.sheet.formula(row, self.anew, f"IF(ABS(SUM({here})-({anew}))<={most},0,1)", 0.0, "whole", "quiet")
