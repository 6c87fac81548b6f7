"""Every line by contract year, as budgets are kept: the start, each year, the total and the present value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco.comparison import Comparison
from tco.loader import Case
from tco.views.workbook.calculation import Calculation
from tco.views.workbook.layout import Sheet, address

_TOP = 3
_FIRST = 1
"""The column of the start; the contract years follow, then the total and the present value."""


class YearSheet:
    """Amounts by contract year, nominal."""

    def __init__(
        self, case: Case, comparison: Comparison, calculations: Mapping[str, Calculation], sheet: Sheet
    ) -> None:
        self.case, self.comparison, self.calculations, self.sheet = case, comparison, calculations, sheet
        self.years = range(case.timeline.years + 1)
        self.totals: dict[str, int] = {}

    def total(self, option: str) -> str:
        """Give the address of an option's total over all years, for other sheets."""
        return self.sheet.outside(address(self.totals[option], _FIRST + len(self.years), fixed=True))

    def write(self) -> None:
        """Write the sheet: the baseline first, to which savings refer."""
        sheet, last = self.sheet, _FIRST + len(self.years)
        sheet.widths(34, *[13] * (len(self.years) + 2))
        sheet.text(0, 0, "By contract year", "title")
        told = f"Nominal amounts, {self.comparison.currency}; a last year that the horizon cuts short has fewer months."
        sheet.text(1, 0, told, "note")
        sheet.text(_TOP, 0, "Contract year", "head")
        for year in self.years:
            sheet.text(_TOP, _FIRST + year, f"Year {year}" if year else "Start", "number head")
            self._number(year)
        sheet.text(_TOP, last, "Total", "number head")
        sheet.text(_TOP, last + 1, "Present value", "number head")
        row = _TOP + 3
        for option in sorted(self.calculations, key=lambda name: name != self.case.baseline):
            row = self._option(row, option) + 1
        sheet.worksheet.freeze_panes(_TOP + 2, 1)
        sheet.worksheet.repeat_rows(_TOP, _TOP + 1)

    def _number(self, year: int) -> None:
        """Write the year's number, by which months are gathered: 0 for the start, each one more than the one before."""
        row, column = _TOP + 1, _FIRST + year
        if year == 0:
            self.sheet.text(row, 0, "its number, 0 for the start", "quiet")
            self.sheet.number(row, column, 0.0, "whole", "quiet")
        else:
            self.sheet.formula(row, column, f"{address(row, column - 1)}+1", float(year), "whole", "quiet")

    def _option(self, row: int, option: str) -> int:
        calculation = self.calculations[option]
        calculation.write_name(self.sheet, row, 0, "section")
        for column in range(1, _FIRST + len(self.years) + 2):
            self.sheet.text(row, column, "", "section")
        yearly = calculation.cost.yearly()
        for line in calculation.own_lines:
            row += 1
            amounts = yearly.get(line.name, (0.0,) * len(self.years))
            present = calculation.cost.lines.get(line.name, 0.0)
            self._gathered(row, line.name, calculation, f"line {line.name}", amounts, present)
        row += 1
        self.totals[option] = row
        totals = _totals(calculation, len(self.years))
        self._gathered(row, "all in", calculation, "total all_in", totals, calculation.cost.present_cost, "total")
        if option != self.case.baseline:
            row += 1
            self._saving(row, option, totals)
        return row + 1

    def _gathered(
        self,
        row: int,
        label: str,
        calculation: Calculation,
        key: str,
        amounts: Sequence[float],
        present: float,
        role: str = "value",
    ) -> None:
        """Write a row's months gathered by contract year."""
        sheet, last = self.sheet, _FIRST + len(self.years)
        sheet.text(row, 0, label, "total text" if role == "total" else "text")
        numbers = calculation.sheet.outside(calculation.along("year_number", 0))
        months = calculation.sheet.outside(calculation.along(key, 0))
        for year in self.years:
            column = _FIRST + year
            formula = f"SUMIF({numbers},{address(_TOP + 1, column)},{months})"
            sheet.formula(row, column, formula, amounts[year], "money", role)
        every = f"{address(row, _FIRST)}:{address(row, last - 1)}"
        sheet.formula(row, last, f"SUM({every})", sum(amounts), "money", role)
        sheet.formula(row, last + 1, calculation.present(key), present, "money", role)

    def _saving(self, row: int, option: str, totals: Sequence[float]) -> None:
        before = _totals(self.calculations[self.case.baseline], len(self.years))
        saved = [theirs - mine for theirs, mine in zip(before, totals, strict=True)]
        values = [*saved, sum(saved), self.comparison.supplier(option).npv]
        self.sheet.text(row, 0, "saved against the baseline", "total text")
        for column, value in enumerate(values, start=_FIRST):
            formula = f"{address(self.totals[self.case.baseline], column)}-{address(self.totals[option], column)}"
            self.sheet.formula(row, column, formula, value, "money", "total")


def _totals(calculation: Calculation, years: int) -> list[float]:
    yearly = calculation.cost.yearly().values()
    return [sum((amounts[year] for amounts in yearly), 0.0) for year in range(years)]
