"""Checks: what must hold in the workbook, each green, or red when a cell is broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tco.comparison import Comparison
from tco.engine import TOLERANCE
from tco.loader import Case
from tco.results import TOTALS
from tco.views.workbook.calculation import Calculation
from tco.views.workbook.compared import NAMES, CompareSheet
from tco.views.workbook.flows import FlowSheet
from tco.views.workbook.inputs import InputSheet
from tco.views.workbook.layout import BAD, GOOD, Sheet, address
from tco.views.workbook.rows import CONSTANT, PRESENT
from tco.views.workbook.wiring import disposition_keys
from tco.views.workbook.years import YearSheet

OK, BROKEN, RESTS = "OK", "BROKEN", "rests"
_HEADS = ("Check", "Where", "Found", "Expected", "Off by", "Status")
_STATUS, _FIRST = 5, 7
ALL_HOLD, FIRST_OPTION = 5, 9
"""The rows on the first page of whether all checks hold, and of the first option."""
_REMEDIES = ("refund_share", "replace_share", "repair_share")
_RETURNED = ("returned_share", "repair_share")


@dataclass(frozen=True)
class Check:
    """Something that must hold.

    Parameters
    ----------
    words, where : str
        What must hold, and of which option or sheet.
    found, expected : str
        Formulas; an expected number that is no formula stands in `value` alone.
    value : float
        What is expected, as delivered.
    found_value : float
        What is found, as delivered.
    manner : str
        ``equal``, ``at most`` or ``at least``.
    form : str
        Number format.
    as_delivered : bool
        Whether it rests once an input is changed.
    """

    words: str
    where: str
    found: str
    expected: str
    value: float
    found_value: float
    manner: str = "equal"
    form: str = "money"
    as_delivered: bool = False


class CheckSheet:
    """What must hold, each check green or red."""

    def __init__(
        self,
        case: Case,
        inputs: InputSheet,
        calculations: Mapping[str, Calculation],
        summaries: tuple[CompareSheet, FlowSheet, YearSheet],
        sheet: Sheet,
    ) -> None:
        self.case, self.inputs, self.calculations = case, inputs, calculations
        self.compare, self.flows, self.years = summaries
        self.sheet = sheet
        self.comparison: Comparison = self.compare.comparison

    @property
    def all_hold(self) -> str:
        """Give the address of whether all checks hold, for other sheets."""
        return self.sheet.outside(address(3, 1, fixed=True))

    @property
    def changed(self) -> str:
        """Give the address of how many inputs are not as delivered, for other sheets."""
        return self.sheet.outside(address(4, 1, fixed=True))

    def write(self, about: Sheet) -> None:
        """Write the sheet, after all sheets that it checks."""
        sheet = self.sheet
        sheet.widths(62, 34, 18, 18, 14, 12)
        sheet.text(0, 0, "Checks", "title")
        told = (
            "A broken cell turns its check red. Checks against figures as delivered rest once inputs are changed. "
            "Rows that look values up, or ask for other months or the larger of two, are not summed anew."
        )
        sheet.text(1, 0, told, "note")
        sheet.text(3, 0, "All checks", "answer")
        sheet.text(4, 0, "Inputs that are not as delivered")
        sheet.formula(4, 1, self.inputs.changed(), 0.0, "whole")
        sheet.line(6, _HEADS, "head")
        checks = [*self._sums(), *self._shares(), *self._anew(), *self._figures(), *self._shown(about)]
        checks += self._overwritten(about)
        for number, check in enumerate(checks):
            self._check(_FIRST + number, check)
        last = _FIRST + len(checks) - 1
        statuses = f"{address(_FIRST, _STATUS, fixed=True)}:{address(last, _STATUS, fixed=True)}"
        sheet.formula(3, 1, f'IF(COUNTIF({statuses},"{BROKEN}")=0,"{OK}","{BROKEN}")', OK, role="status")
        for place in (address(3, 1), statuses):
            traffic_lights(sheet, place)
        sheet.worksheet.freeze_panes(_FIRST, 0)
        sheet.worksheet.repeat_rows(6)

    def _check(self, row: int, check: Check) -> None:
        sheet = self.sheet
        sheet.text(row, 0, check.words)
        sheet.text(row, 1, check.where, "quiet")
        found, expected = address(row, 2), address(row, 3)
        sheet.formula(row, 2, check.found, check.found_value, check.form)
        if check.expected:
            sheet.formula(row, 3, check.expected, check.value, check.form)
        else:
            sheet.number(row, 3, check.value, check.form)
        apart = {"equal": f"ABS({found}-{expected})", "at most": f"MAX({found}-{expected},0)"}
        apart["at least"] = f"MAX({expected}-{found},0)"
        off = {
            "equal": abs(check.found_value - check.value),
            "at most": max(check.found_value - check.value, 0.0),
            "at least": max(check.value - check.found_value, 0.0),
        }
        scale = self.inputs.cell("one")
        if check.form == "money":
            scale = self.compare.cell(self.compare.total_rows["all_in"], self.case.baseline)
        share = f"{apart[check.manner]}/MAX(ABS({expected}),{scale})"
        by = off[check.manner] if off[check.manner] > TOLERANCE else 0.0  # below it, rounding
        sheet.formula(row, 4, f"IF({share}<={self.inputs.cell('tolerance')},0,{share})", by, "tiny")
        status = f'IF({address(row, 4)}=0,"{OK}","{BROKEN}")'
        if check.as_delivered:
            status = f'IF({address(4, 1, fixed=True)}>0,"{RESTS}",{status})'
        sheet.formula(row, _STATUS, f'IFERROR({status},"{BROKEN}")', OK, role="status")

    def _sums(self) -> list[Check]:
        found = []
        for option, calculation in self.calculations.items():
            label, cost = calculation.option.label, calculation.cost
            lines = [line.name for line in calculation.own_lines]
            first, last = (
                address(calculation.place(f"line {line}"), PRESENT, fixed=True) for line in (lines[0], lines[-1])
            )
            summed = f"SUM({calculation.sheet.outside(f'{first}:{last}')})"
            total = self.compare.cell(self.compare.total_rows["all_in"], option)
            found.append(
                Check(
                    "The lines add up to the total, all in", label, summed, total, cost.present_cost, cost.present_cost
                )
            )
            nominal = sum(sum(amounts) for amounts in cost.monthly.values())
            months = calculation.sheet.outside(calculation.along("total all_in", 0))
            lines_total = f"SUM({calculation.sheet.outside(_column(calculation, lines, CONSTANT))})"
            found.append(
                Check("The months add up to the lines' totals", label, f"SUM({months})", lines_total, nominal, nominal)
            )
            units, plan = calculation.total("planned_units"), self.compare.baseline.total("planned_units")
            planned = sum(self.comparison.planned.units)
            found.append(
                Check("All options are costed on the same plan", label, units, plan, planned, planned, form="count")
            )
        start = self.compare.baseline.cell("discount_factor", 0, 0, outside=True)
        found.append(
            Check("Money at the start is not discounted", "", start, self.inputs.cell("one"), 1.0, 1.0, form="fine")
        )
        base = self.compare.cell(self.compare.npv_rows["all_in"], self.case.baseline)
        found.append(Check("The baseline saves nothing against itself", "", base, self.inputs.cell("none"), 0.0, 0.0))
        return found + [check for option in self.flows.others for check in self._flow(option)]

    def _flow(self, option: str) -> list[Check]:
        label, column = self.calculations[option].option.label, self.compare.column(option)
        first, last = (address(self.compare.npv_rows[total], column, fixed=True) for total in (TOTALS[0], TOTALS[-1]))
        chosen = self.flows.sheet.outside(address(4, 1, fixed=True))
        npv = f"INDEX({self.compare.sheet.outside(f'{first}:{last}')},{chosen})"
        value = self.comparison.supplier(option).npv
        return [
            Check("Savings, discounted, add up to the NPV", label, self.flows.npv(option), npv, value, value),
            Check("The discounted running total ends at the NPV", label, self.flows.last(option), npv, value, value),
        ]

    def _shares(self) -> list[Check]:
        return [
            check
            for calculation in self.calculations.values()
            for check in _limits(calculation, self.inputs.cell("one"))
        ]

    def _anew(self) -> list[Check]:
        """Hold the months of rows against their sums worked out anew, whatever the inputs, and years against months."""
        found = []
        for option, calculation in self.calculations.items():
            sheet, none = calculation.sheet, self.inputs.cell("none")
            first, last = (address(row, calculation.anew, fixed=True) for row in calculation.all_rows)
            where = f"{sheet.name}: {calculation.n_anew} of {calculation.n_moving} rows"
            differ = f"SUM({sheet.outside(f'{first}:{last}')})"
            found.append(Check("Months agree with their row summed anew", where, differ, none, 0.0, 0.0, form="count"))
            years, total = self.years.total(option), calculation.total("total all_in")
            nominal = sum(sum(amounts) for amounts in calculation.cost.monthly.values())
            words = "The years add up to the total of the months"
            found.append(Check(words, calculation.option.label, years, total, nominal, nominal))
        return found

    def _figures(self) -> list[Check]:
        """Hold present costs, NPVs and lines against the figures as delivered."""
        found = []
        for option, calculation in self.calculations.items():
            cost, label = self.comparison.supplier(option), calculation.option.label
            rows = [(self.compare.total_rows[t], f"Cost, {NAMES[t]}", cost.totals[t].present_cost) for t in TOTALS]
            rows += [(self.compare.npv_rows[t], f"NPV, {NAMES[t]}", cost.totals[t].npv) for t in TOTALS]
            own = [line.name for line in calculation.own_lines]
            rows += [(self.compare.line_rows[line], line, cost.lines.get(line, 0.0)) for line in own]
            for row, words, value in rows:
                there = self.compare.cell(row, option)
                found.append(Check(f"As tco computed it: {words}", label, there, "", value, value, as_delivered=True))
        return found

    def _shown(self, about: Sheet) -> list[Check]:
        """Hold the answer on the first page against the sheets that it is taken from."""
        made, row = self.comparison, self.compare.total_rows["all_in"]
        costs = ",".join(self.compare.cell(row, option.supplier) for option in made.suppliers)
        saved = max(option.npv for option in made.suppliers)
        least = f"{self.compare.cell(row, self.case.baseline)}-MIN({costs})"
        found = [Check("What it saves, as on Compare", about.name, about.outside("$B$5"), least, saved, saved)]
        for number, option in enumerate(made.suppliers, start=FIRST_OPTION):
            label = self.calculations[option.supplier].option.label
            cells = [self.compare.cell(self.compare.npv_rows[total], option.supplier) for total in TOTALS]
            cells.append(self.compare.cell(row, option.supplier))
            there = [about.outside(address(number, column, fixed=True)) for column in (3, 4, 5, 1)]
            for words, shown, expected, value in zip(
                (*(f"NPV, {NAMES[total]}, as on Compare" for total in TOTALS), "Cost, all in, as on Compare"),
                there,
                cells,
                (*(option.totals[total].npv for total in TOTALS), option.present_cost),
                strict=True,
            ):
                found.append(Check(words, f"{about.name}: {label}", shown, expected, value, value))
        return found

    def _overwritten(self, about: Sheet) -> list[Check]:
        """Count the cells that hold formulas: one that is overwritten is missing."""
        sheets = [calculation.sheet for calculation in self.calculations.values()]
        found = []
        for sheet in (*sheets, self.compare.sheet, self.flows.sheet, self.years.sheet):
            bottom, right = (max(cell[axis] for cell in sheet.formulas) for axis in (0, 1))
            there = sheet.outside(f"{address(0, 0, fixed=True)}:{address(bottom, right, fixed=True)}")
            count = float(len(set(sheet.formulas)))
            formula = f"SUMPRODUCT(_xlfn.ISFORMULA({there})*1)"
            found.append(Check("No formula is overwritten", sheet.name, formula, "", count, count, form="count"))
        return [*found, _overwritten_on(about)]


def _overwritten_on(about: Sheet) -> Check:
    """Count the formulas of the first page, but for the one that asks for these checks: it would ask for itself."""
    bottom, right = (max(cell[axis] for cell in about.formulas) for axis in (0, 1))
    parts = ((0, ALL_HOLD - 1), (ALL_HOLD + 1, bottom))
    ranges = (
        about.outside(f"{address(first, 0, fixed=True)}:{address(last, right, fixed=True)}") for first, last in parts
    )
    count = float(sum(row != ALL_HOLD for row, _ in set(about.formulas)))
    formula = "+".join(f"SUMPRODUCT(_xlfn.ISFORMULA({there})*1)" for there in ranges)
    return Check("No formula is overwritten", about.name, formula, "", count, count, form="count")


def _limits(calculation: Calculation, one: str) -> list[Check]:
    """Give the joint limits of an option's shares, as they are in the first and in the last month."""
    found = []
    label, wiring, months = calculation.option.label, calculation.wiring, calculation.months
    modes = wiring.positions("order_mode") if "order_mode" in wiring.inputs else range(0)

    def column(name: str, positions: Sequence[int], month: int) -> str:
        first, last = (calculation.cell(name, place, month) for place in (positions[0], positions[-1]))
        return calculation.sheet.outside(f"{first}:{last}")

    def value(name: str, positions: Sequence[int], month: int) -> list[float]:
        return [calculation.value(name, place, month) for place in positions]

    if modes:
        for words, own, kind in (("units", "(1-{})", 0.0), ("orders", "{}", 1.0)):
            orders = own.format(column("order_mode", modes, 1))
            sums = [f"SUMPRODUCT({orders}*{column('failure_rate', modes, month)})" for month in (1, months)]
            is_order = value("order_mode", modes, 1)
            values = [
                sum(
                    rate
                    for rate, order in zip(value("failure_rate", modes, month), is_order, strict=True)
                    if order == kind
                )
                for month in (1, months)
            ]
            told = f"Failure rates of {words} sum to at most 100 %"
            found.append(Check(told, label, f"MAX({','.join(sums)})", one, 1.0, max(values), "at most", "share"))
        for words, names in (("Refund, replace and repair", _REMEDIES), ("Returned and repair", _RETURNED)):
            known = [name for name in names if name in wiring.inputs]
            if known:
                added = "+".join(column(name, modes, 1) for name in known)
                most = max(map(sum, zip(*(value(name, modes, 1) for name in known), strict=True)))
                told = f"{words} are at most 100 % of events"
                found.append(Check(told, label, f"SUMPRODUCT(MAX({added}))", one, 1.0, most, "at most", "share"))
    if "disposition_share" in wiring.inputs:
        found += _dispositions(calculation, column, one)
    return found


def _dispositions(calculation: Calculation, column: Any, one: str) -> list[Check]:
    found: list[Check] = []
    first, keys = 0, disposition_keys(calculation.option)
    for group in calculation.option.disposition_sets:
        rows = range(first, first + (len(group) or 1))
        first = rows.stop
        if not group:
            continue
        rest = any(calculation.value("disposition_rest", place, 0) for place in rows)
        where = keys[rows.start].rpartition(".")[0]
        total = sum(calculation.value("disposition_share", place, 0) for place in rows)
        told = f"Shares of {where} sum to {'at most ' if rest else ''}100 %"
        formula = f"SUM({column('disposition_share', rows, 0)})"
        manner = "at most" if rest else "equal"
        found.append(Check(told, calculation.option.label, formula, one, 1.0, total, manner, "share"))
    return found


def _column(calculation: Calculation, lines: Sequence[str], column: int) -> str:
    first, last = (address(calculation.place(f"line {line}"), column, fixed=True) for line in (lines[0], lines[-1]))
    return f"{first}:{last}"


def traffic_lights(sheet: Sheet, place: str) -> None:
    """Color cells by what a check says."""
    for word, (paper, ink) in ((OK, GOOD), (BROKEN, BAD)):
        shown = sheet.book.workbook.add_format({"bg_color": paper, "font_color": ink})
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": shown}
        sheet.worksheet.conditional_format(place.replace("$", ""), rule)
