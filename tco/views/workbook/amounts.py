"""Money on a calculation sheet: what a planned unit costs, each line as rate times driver, sums by grade, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from tco.quantity import GRADES, Quantity
from tco.results import TOTALS, WITHIN
from tco.views.workbook.layout import address
from tco.views.workbook.rows import START, Formula, Keyed, Row, Value
from tco.views.workbook.wiring import Raised, shown

if TYPE_CHECKING:
    from tco.views.workbook.calculation import Calculation


def unit_cost_rows(sheet: Calculation) -> Iterator[Keyed]:
    """Give the cost of a planned unit, where a line asks for it."""
    if "unit_cost" in sheet.wiring.names:
        yield sheet.figure("unit_cost", 0, "", "money/unit", unit_cost_formula(sheet))


def unit_cost_formula(sheet: Calculation, raised: Raised = frozenset()) -> Formula:
    """Give the sum of the lines that a planned unit brings with it."""
    lines = [line for line in sheet.wiring.lines if line.cost and line.cost.part_of_unit_cost]
    return lambda month: "+".join(_rate(sheet, line, month, raised) for line in lines) or "0"


def line_rows(sheet: Calculation) -> Iterator[Keyed]:
    """Give the reported lines, month by month."""
    for line in sheet.own_lines:
        value = amount_of(sheet, line.name)
        yield money_row(sheet, f"line {line.name}", line.name, line_formula(sheet, line.name), value, line=line.name)


def total_rows(sheet: Calculation) -> Iterator[Keyed]:
    """Give the sums of all lines by grade, and the three totals."""
    yield from graded_rows(sheet, "", [line.name for line in sheet.own_lines], lambda line: amount_of(sheet, line))


def graded_rows(
    sheet: Calculation, prefix: str, lines: Sequence[str], amount: Callable[[str], Value]
) -> Iterator[Keyed]:
    """Give the sums of some lines by grade, then the three totals."""
    grades = {line.name: line.grade for line in sheet.comparison.lines}

    def summed(within: Sequence[str]) -> Value:
        amounts = [amount(line) for line in lines if grades[line] in within]
        return lambda month: sum((one(month) for one in amounts), 0.0)

    first, last = f"{prefix}line {lines[0]}", f"{prefix}line {lines[-1]}"
    for grade in GRADES:
        formula = _grade_formula(sheet, f"{prefix}grade {grade}", first, last)
        yield money_row(sheet, f"{prefix}grade {grade}", grade, formula, summed([grade]))
    for total in TOTALS:
        formula = _total_formula(sheet, prefix, total)
        name = total.replace("_", " ")
        yield money_row(sheet, f"{prefix}total {total}", name, formula, summed(WITHIN[total]), role="total")


def line_formula(sheet: Calculation, name: str, raised: Raised = frozenset()) -> Formula:
    """Give a reported line: the rate of each of its terms times what it is multiplied by."""

    def formula(month: int) -> str:
        drivers = [(term, term.cost.driver) for term in terms_of(sheet, name) if term.cost]
        products = (f"{_rate(sheet, term, month, raised)}*{sheet.cell(driver, 0, month)}" for term, driver in drivers)
        return "+".join(products) or "0"

    return sheet.acting(f"line {name}", 0, formula)


def terms_of(sheet: Calculation, name: str) -> list[Quantity]:
    """Give the quantities that a reported line of the option consists of."""
    return [line for line in sheet.wiring.lines if line.cost and line.cost.line == name]


def amount_of(sheet: Calculation, name: str) -> Value:
    """Give a reported line's amount in a month, as the engine has it."""
    amounts = sheet.cost.monthly.get(name)
    return (lambda month: amounts[month]) if amounts else (lambda month: 0.0)


def money_row(
    sheet: Calculation, key: str, label: str, formula: Formula, value: Value, *, line: str = "", role: str = "value"
) -> Keyed:
    """Give a row of money, from the start to the last month, with its total and present value."""
    row = Row(label, "", "money", sheet.whole, formula, value, summed=True, role=role, form="money", line=line)
    return (key, 0), row


def _rate(sheet: Calculation, line: Quantity, month: int, raised: Raised) -> str:
    """Give a line's rate, over all modes."""
    if not line.rows:
        return sheet.cell(shown(line.name, raised), 0, month)
    if line.name in raised:
        return f"SUM({sheet.span(shown(line.name, raised), sheet.wiring.positions(line.name), month)})"
    return sheet.cell(f"{line.name}, all modes", 0, month)


def _grade_formula(sheet: Calculation, key: str, first: str, last: str) -> Formula:
    def formula(month: int) -> str:
        top, bottom, column = sheet.place(first), sheet.place(last), START + month
        grades = f"{address(top, 1, fixed=True)}:{address(bottom, 1, fixed=True)}"
        wanted = address(sheet.place(key), 0, fixed=True)
        return f"SUMIF({grades},{wanted},{address(top, column)}:{address(bottom, column)})"

    return formula


def _total_formula(sheet: Calculation, prefix: str, total: str) -> Formula:
    return lambda month: "+".join(sheet.cell(f"{prefix}grade {grade}", 0, month) for grade in WITHIN[total])
