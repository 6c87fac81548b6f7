"""What is read first: every line of every option, three totals, NPV, returns, payback and break-even."""

from __future__ import annotations

from collections.abc import Mapping

from tco.comparison import Comparison
from tco.loader import Case
from tco.results import TOTALS
from tco.views.figures import decimals_of, number_format
from tco.views.workbook.calculation import Calculation
from tco.views.workbook.flows import FlowSheet
from tco.views.workbook.inputs import InputSheet
from tco.views.workbook.layout import Sheet, address
from tco.views.workbook.wiring import RAISED

NAMES = {"hard": "hard", "hard_and_estimated": "hard + estimated", "all_in": "all in"}
_COSTS = ("supply", "fulfilment")
_FIRST = 3
"""The column in which the first option stands; each has two: present value, and a planned unit."""
_A_LINE = 22
"""Letters that a line of an option's head has room for."""


class CompareSheet:
    """Options side by side, and the addresses of their figures."""

    def __init__(
        self, case: Case, comparison: Comparison, calculations: Mapping[str, Calculation], sheet: Sheet
    ) -> None:
        self.case, self.comparison, self.calculations, self.sheet = case, comparison, calculations, sheet
        self.baseline = calculations[case.baseline]
        self.options = list(calculations)
        self.lines = [line.name for line in comparison.lines]
        top = 6
        self.line_rows = {line: top + number for number, line in enumerate(self.lines)}
        below = top + len(self.lines) + 1
        self.total_rows = {total: below + number for number, total in enumerate(TOTALS)}
        self.npv_rows = {total: below + 4 + number for number, total in enumerate(TOTALS)}
        self.return_rows = {name: below + 8 + number for number, name in enumerate(("costs", "benefits", "roi"))}
        self.payback_rows = {name: below + 12 + number for number, name in enumerate(("simple", "discounted"))}
        self.price_rows = {name: below + 15 + number for number, name in enumerate(("which", "today", *TOTALS))}
        self.unit_row = below + 21

    def column(self, option: str) -> int:
        """Give the column of an option's present values; what a unit costs stands beside it."""
        return _FIRST + 2 * self.options.index(option)

    def cell(self, row: int, option: str, *, outside: bool = True) -> str:
        """Give the address of an option's figure."""
        found = address(row, self.column(option), fixed=True)
        return self.sheet.outside(found) if outside else found

    @property
    def best_words(self) -> str:
        """What the cheapest option is called."""
        return self._head_words(min(self.options, key=lambda option: self.comparison.supplier(option).present_cost))

    def write(self, inputs: InputSheet, flows: FlowSheet) -> None:
        """Write the sheet."""
        self._write_heads()
        for line in self.comparison.lines:
            row = self.line_rows[line.name]
            self.sheet.text(row, 0, line.name)
            self.sheet.text(row, 1, line.group, "quiet")
            self.sheet.formula(row, 2, inputs.grade(line.name), line.grade, role="quiet")
            for option in self.options:
                self._line(row, line.name, option)
        for total in TOTALS:
            self._total(total)
        self._returns()
        self._paybacks(flows)
        self._prices(inputs)
        self.sheet.text(self.unit_row, 0, "Discounted planned units, by which costs a unit are divided", "quiet")
        units = self.comparison.planned.discounted_units
        self.sheet.formula(self.unit_row, _FIRST, self.baseline.present("planned_units"), units, "count")

    def _write_heads(self) -> None:
        sheet, comparison = self.sheet, self.comparison
        sheet.widths(32, 12, 11)
        sheet.columns(_FIRST, _FIRST + 2 * len(self.options) - 1, 13)
        sheet.text(0, 0, comparison.name, "title")
        told = f"Present value over {comparison.months} months, {comparison.currency}, inputs as on the sheet Inputs."
        sheet.text(1, 0, told, "note")
        self._answer()
        sheet.line(4, ("Cost line", "Group", "Grade"), "head")
        sheet.line(5, ("", "", ""), "head")
        for option in self.options:
            column = self.column(option)
            sheet.worksheet.merge_range(4, column, 4, column + 1, "", sheet.book.style("middle head"))
            self.calculations[option].write_name(sheet, 4, column, "middle head", self._ending(option))
            sheet.text(5, column, "present value", "number head")
            sheet.text(5, column + 1, "a unit", "number head")
        longest = max(len(self._head_words(option)) for option in self.options)
        sheet.worksheet.set_row(4, 15 * max(2, -(-longest // _A_LINE)))
        sheet.worksheet.freeze_panes(6, 1)
        sheet.worksheet.fit_to_pages(1, 1)

    def _answer(self) -> None:
        """Write which option is cheapest and what it saves, live."""
        row = self.total_rows["all_in"]
        cells = {option: self.cell(row, option, outside=False) for option in self.options}
        least = f"MIN({','.join(cells.values())})"
        chosen = '""'
        for option in reversed(self.options):
            chosen = f"IF({cells[option]}={least},{self._head(option)},{chosen})"
        self.sheet.text(2, 0, "Cheapest, all in", "answer")
        self.sheet.worksheet.set_row(2, 22)
        self.sheet.formula(2, _FIRST, chosen, self.best_words, role="answer text")

    def _head(self, option: str) -> str:
        return address(4, self.column(option), fixed=True)

    def _head_words(self, option: str) -> str:
        return self.calculations[option].called + self._ending(option)

    def _ending(self, option: str) -> str:
        return " (baseline)" if option == self.case.baseline else ""

    def _line(self, row: int, line: str, option: str) -> None:
        calculation = self.calculations[option]
        if (f"line {line}", 0) not in calculation.rows:
            self.sheet.text(row, self.column(option), "–", "value")
            self.sheet.text(row, self.column(option) + 1, "–", "value")
            return
        value = calculation.cost.lines.get(line, 0.0)
        self._pair(row, option, calculation.present(f"line {line}"), value)

    def _pair(self, row: int, option: str, formula: str, value: float, role: str = "value") -> None:
        """Write a present value, and beside it what it is a planned unit."""
        column = self.column(option)
        self.sheet.formula(row, column, formula, value, "money", role)
        each = f"{address(row, column)}/{address(self.unit_row, _FIRST, fixed=True)}"
        self.sheet.formula(row, column + 1, each, value / self.comparison.planned.discounted_units, "price", role)

    def _total(self, total: str) -> None:
        row, saved = self.total_rows[total], self.npv_rows[total]
        self._label(row, f"Cost, {NAMES[total]}", "total text")
        self._label(saved, f"NPV against the baseline, {NAMES[total]}", "total text")
        for option in self.options:
            figures = self.comparison.supplier(option).totals[total]
            self._pair(row, option, self.calculations[option].present(f"total {total}"), figures.present_cost, "total")
            theirs, mine = self.cell(row, self.case.baseline, outside=False), self.cell(row, option, outside=False)
            self._pair(saved, option, f"{theirs}-{mine}", figures.npv, "total")

    def _label(self, row: int, words: str, role: str = "text") -> None:
        self.sheet.line(row, (words, "", ""), role)

    def _others(self) -> list[str]:
        return [option for option in self.options if option != self.case.baseline]

    def _returns(self) -> None:
        """Write what more is paid for supply and fulfilment, what that brings elsewhere, and the ratio."""
        self._label(self.return_rows["costs"], "Costs: more paid for supply and fulfilment")
        self._label(self.return_rows["benefits"], "Benefits: saved on all else")
        self._label(self.return_rows["roi"], "ROI: NPV / costs")
        groups = {line.name: line.group for line in self.comparison.lines}
        before = self.comparison.supplier(self.case.baseline).lines
        for option in self._others():
            lines = self.comparison.supplier(option).lines
            more = {line: lines.get(line, 0.0) - before.get(line, 0.0) for line in self.lines}
            costs = sum(amount for line, amount in more.items() if groups[line] in _COSTS)
            saved = self.comparison.supplier(option).npv + costs
            column = self.column(option)
            cost_cell, saved_cell = (address(self.return_rows[name], column) for name in ("costs", "benefits"))
            self.sheet.formula(self.return_rows["costs"], column, self._more(option), costs, "money")
            benefits = f"{self.cell(self.npv_rows['all_in'], option, outside=False)}+{cost_cell}"
            self.sheet.formula(self.return_rows["benefits"], column, benefits, saved, "money")
            ratio = f'IF({cost_cell}>0,({saved_cell}-{cost_cell})/{cost_cell},"undefined")'
            value: float | str = (saved - costs) / costs if costs > 0 else "undefined"
            self.sheet.formula(self.return_rows["roi"], column, ratio, value, "percent")

    def _more(self, option: str) -> str:
        """Add up what an option costs more than the baseline in the groups that are paid to others."""
        first, last = self.line_rows[self.lines[0]], self.line_rows[self.lines[-1]]
        groups = f"{address(first, 1, fixed=True)}:{address(last, 1, fixed=True)}"
        terms = []
        for sign, name in (("+", option), ("-", self.case.baseline)):
            column = self.column(name)
            amounts = f"{address(first, column, fixed=True)}:{address(last, column, fixed=True)}"
            terms += [f'{sign}SUMIF({groups},"{group}",{amounts})' for group in _COSTS]
        return "".join(terms).removeprefix("+")

    def _paybacks(self, flows: FlowSheet) -> None:
        for kind, row in self.payback_rows.items():
            self._label(row, f"Payback, {kind}, of the total chosen on Cash flow")
            for option in self._others():
                self.sheet.formula(row, self.column(option), flows.payback(option, kind), *flows.paid(option, kind))

    def _prices(self, inputs: InputSheet) -> None:
        """Write the price at stake as it is, and the highest that is justified in each of the three totals."""
        self._label(self.price_rows["which"], "Price at stake")
        self._label(self.price_rows["today"], "… as it is")
        for total in TOTALS:
            self._label(self.price_rows[total], f"Highest justified price, {NAMES[total]}")
        for option in self._others():
            calculation = self.calculations[option]
            stake = calculation.stake
            if stake is not None and (f"{RAISED}total all_in", 0) in calculation.rows:
                self._price(option, calculation, inputs)

    def _price(self, option: str, calculation: Calculation, inputs: InputSheet) -> None:
        stake = calculation.stake
        assert stake is not None
        column, row = self.column(option), self.price_rows["today"]
        table = len(stake.paths) > 1
        cell = address(row, column)
        if table:
            value, form = 1.0, "percent"
            self.sheet.formula(row, column, inputs.cell("one"), value, form)
        else:
            value = inputs.register.items[stake.paths[0]].values[0]
            form = number_format(decimals_of(value), "–")
            self.sheet.formula(row, column, inputs.first_year(stake.paths[0]), value, form)
        told = calculation.option.price_at_stake.rpartition(".")[2] if not table else "share of the price table"
        self.sheet.text(self.price_rows["which"], column, told, "note right")
        for total in TOTALS:
            slope = calculation.present(f"{RAISED}total {total}")
            npv = address(self.npv_rows[total], column)
            by = cell if stake.scaled else inputs.cell(stake.step_path)
            step = f"{npv}/{slope}*{by}"
            formula = f'IF({slope}=0,"none",IF({cell}+{step}<0,"none",{cell}+{step}))'
            rise = calculation.present_value(f"{RAISED}total {total}")
            saved = self.comparison.supplier(option).totals[total].npv
            found = value + saved / rise * (value if stake.scaled else stake.step) if rise else -1.0
            self.sheet.formula(self.price_rows[total], column, formula, found if found >= 0 else "none", form)
