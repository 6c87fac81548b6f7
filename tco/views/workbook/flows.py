"""The cash flow month by month, with explicit discount factors, running totals and payback."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tco.comparison import Comparison
from tco.finance.paybacks import Payback, payback
from tco.loader import Case
from tco.results import TOTALS
from tco.views.payback import NOT_NEEDED
from tco.views.workbook.calculation import Calculation
from tco.views.workbook.layout import Sheet, address
from tco.views.workbook.months import month_label
from tco.views.workbook.rows import START


class FlowSheet:
    """Costs and savings by month in one of the three totals, with explicit discount factors; payback."""

    def __init__(
        self, case: Case, comparison: Comparison, calculations: Mapping[str, Calculation], sheet: Sheet
    ) -> None:
        self.case, self.comparison, self.calculations, self.sheet = case, comparison, calculations, sheet
        self.baseline = calculations[case.baseline]
        self.others = [option for option in calculations if option != case.baseline]
        self.months = range(case.timeline.months + 1)
        self.rows: dict[tuple[str, str], int] = {}
        row = 9
        for option in self.others:
            for name in ("head", *_FLOWS):
                self.rows[option, name] = row
                row += 1
            row += 1

    @property
    def chosen(self) -> str:
        """The cell in which one of the three totals is chosen."""
        return address(3, 1, fixed=True)

    def payback(self, option: str, kind: str) -> str:
        """Give the address of a payback, for other sheets."""
        return self.sheet.outside(address(self.rows[option, _PAID[kind]], 1, fixed=True))

    def paid(self, option: str, kind: str) -> tuple[float | str, str]:
        """Give a payback's value and number format."""
        found = self._payback(option, kind)
        if str(found.status) == "immediate" and sum(self._flow(option, kind)) < 0:
            return NOT_NEEDED, "months"
        return ("never" if str(found.status) == "never" else float(found.periods)), "months"

    def last(self, option: str) -> str:
        """Give the address of the discounted running total after the last month, for other sheets."""
        return self.sheet.outside(
            address(self.rows[option, "discounted total"], self._column(self.months[-1]), fixed=True)
        )

    def npv(self, option: str) -> str:
        """Give the address of the sum of discounted savings, for other sheets."""
        return self.sheet.outside(address(self.rows[option, "discounted saving"], 1, fixed=True))

    def write(self) -> None:
        """Write the sheet."""
        sheet = self.sheet
        sheet.widths(50, 14)
        sheet.columns(2, 2 + len(self.months), 10.5)
        sheet.text(0, 0, "Cash flow", "title")
        sheet.text(
            1, 0, "What each option saves against the baseline, month by month; discounted by explicit factors.", "note"
        )
        sheet.text(3, 0, "Total shown (choose hard, hard and estimated, or all in)")
        sheet.text(3, 1, "all in", "input text")
        names = [total.replace("_", " ") for total in TOTALS]
        sheet.worksheet.data_validation(3, 1, 3, 1, {"validate": "list", "source": names})
        self._heads()
        place = self._position()
        self._row(
            8,
            f"Cost of {self.baseline.option.label}",
            self._cost(self.case.baseline, place),
            self._costs(self.case.baseline),
        )
        for option in self.others:
            self._option(option, place)
        sheet.worksheet.freeze_panes(8, 2)
        sheet.worksheet.repeat_rows(5, 7)
        sheet.worksheet.repeat_columns(0, 1)
        sheet.worksheet.fit_to_pages(max(1, -(-len(self.months) // 18)), 0)

    def _heads(self) -> None:
        sheet, baseline = self.sheet, self.baseline
        sheet.text(5, 0, self.comparison.currency, "head")
        sheet.text(5, 1, "Total", "number head")
        sheet.text(6, 0, "Month", "quiet")
        sheet.text(7, 0, "Discount factor", "quiet")
        for month in self.months:
            column = self._column(month)
            sheet.text(5, column, month_label(self.case.file.start, month, self.months[-1]), "number head")
            number = baseline.cell("month", 0, month, outside=True)
            sheet.formula(6, column, number, float(month), "whole", "quiet")
            factor = baseline.cell("discount_factor", 0, month, outside=True)
            sheet.formula(7, column, factor, self.case.timeline.discount(month), "fine", "quiet")

    def _position(self) -> str:
        """Give the formula of which of the three totals is chosen, counted from 1."""
        names = ",".join(f'"{total.replace("_", " ")}"' for total in TOTALS)
        self.sheet.formula(4, 1, f"MATCH({self.chosen},{{{names}}},0)", float(len(TOTALS)), "whole", "quiet")
        self.sheet.text(4, 0, "Its place among the three", "quiet")
        return address(4, 1, fixed=True)

    def _cost(self, option: str, place: str) -> Mapping[int, str]:
        calculation = self.calculations[option]
        first, last = calculation.place(f"total {TOTALS[0]}"), calculation.place(f"total {TOTALS[-1]}")
        found = {}
        for month in self.months:
            there = f"{address(first, START + month)}:{address(last, START + month)}"
            found[month] = f"INDEX({calculation.sheet.outside(there)},{place})"
        return found

    def _costs(self, option: str) -> list[float]:
        monthly = self.comparison.supplier(option).monthly.values()
        return [sum(amounts[month] for amounts in monthly) for month in self.months]

    def _savings(self, option: str) -> list[float]:
        pairs = zip(self._costs(self.case.baseline), self._costs(option), strict=True)
        return [before - cost for before, cost in pairs]

    def _payback(self, option: str, kind: str) -> Payback:
        rate = self.case.timeline.discount_rate if kind == "discounted" else 0
        return payback(self._savings(option), rate=rate)

    def _flow(self, option: str, kind: str) -> list[float]:
        savings = self._savings(option)
        if kind == "simple":
            return savings
        return [amount * self.case.timeline.discount(month) for month, amount in enumerate(savings)]

    def _column(self, month: int) -> int:
        return 2 + month

    def _row(
        self,
        row: int,
        label: str,
        formulas: Mapping[int, str],
        values: Sequence[float],
        form: str = "money",
        *,
        summed: bool = True,
    ) -> None:
        self.sheet.text(row, 0, label)
        for month in self.months:
            self.sheet.formula(row, self._column(month), formulas[month], values[month], form)
        if summed:
            self.sheet.formula(row, 1, f"SUM({self._range(row)})", float(sum(values)), form, "answer number")

    def _range(self, row: int, first: int = 0, last: int | None = None) -> str:
        end = self._column(self.months[-1] if last is None else last)
        return f"{address(row, self._column(first), fixed=True)}:{address(row, end, fixed=True)}"

    def _option(self, option: str, place: str) -> None:
        rows = {name: self.rows[option, name] for name in ("head", *_FLOWS)}
        self.calculations[option].write_name(self.sheet, rows["head"], 0, "section")
        for column in range(1, 2 + len(self.months)):
            self.sheet.text(rows["head"], column, "", "section")
        savings = self._savings(option)
        worth = self._flow(option, "discounted")
        self._row(rows["cost"], "Cost", self._cost(option, place), self._costs(option))
        saved = {m: f"{self._at(8, m)}-{self._at(rows['cost'], m)}" for m in self.months}
        self._row(rows["saving"], "Saving", saved, savings)
        discounted = {m: f"{self._at(rows['saving'], m)}*{self._at(7, m)}" for m in self.months}
        self._row(rows["discounted saving"], "Saving, discounted; the total is the NPV", discounted, worth)
        for kind, flow, total, paid in _KINDS:
            amounts = savings if kind == "simple" else worth
            self._running(option, kind, (rows[flow], rows[total], rows[paid]), amounts)

    def _running(self, option: str, kind: str, rows: tuple[int, int, int], amounts: Sequence[float]) -> None:
        """Write a running total, whether it is paid back in each month, and when it first is."""
        flow, total, paid = rows
        totals = [sum(amounts[: month + 1]) for month in self.months]
        sums = {m: (f"{self._at(total, m - 1)}+" if m else "") + self._at(flow, m) for m in self.months}
        extra = ", discounted" if kind == "discounted" else ""
        self._row(total, f"Running total{extra}", sums, totals, summed=False)
        flags = {m: f"IF({self._at(total, m)}>=0,1,0)" for m in self.months}
        self._row(
            paid, f"Paid back{extra}: months until then", flags, [float(t >= 0) for t in totals], "whole", summed=False
        )
        first = f"MATCH(1,{self._range(paid)},0)"
        before = f"INDEX({self._range(total)},{first}-1)"
        share = f"(-{before})/INDEX({self._range(flow)},{first})"
        loses = f"{self._at(total, self.months[-1])}<0"
        at_once = f'IF({loses},"{NOT_NEEDED}",0)'
        months = f"IF({first}=1,{at_once},INDEX({self._range(6)},{first}-1)+{share})"
        value, form = self.paid(option, kind)
        self.sheet.formula(paid, 1, f'IF(SUM({self._range(paid)})=0,"never",{months})', value, form, "answer number")

    def _at(self, row: int, month: int) -> str:
        return address(row, self._column(month))


_KINDS = (
    ("simple", "saving", "running total", "paid"),
    ("discounted", "discounted saving", "discounted total", "discounted paid"),
)
_FLOWS = ("cost", "saving", "running total", "paid", "discounted saving", "discounted total", "discounted paid")
_PAID = {"simple": "paid", "discounted": "discounted paid"}
