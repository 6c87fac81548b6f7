"""The calendar of a calculation sheet: months, contract years, seasons, discount factors, transition, drivers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tco.costs import CONSTANTS
from tco.views.workbook.layout import address
from tco.views.workbook.rows import START, Keyed, moving, single

if TYPE_CHECKING:
    from tco.views.workbook.calculation import Calculation

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def calendar_rows(sheet: Calculation) -> Iterator[Keyed]:
    """Give the rows of time."""
    for name, (value, unit, _) in CONSTANTS.items():
        yield single(name, unit, sheet.inputs.cell(name), value)
    yield from _months(sheet)
    yield from _years(sheet)
    yield from _weights(sheet)
    yield from _transition(sheet)
    yield from _drivers(sheet)


def month_label(start: str, month: int, last: int) -> str:
    """Name a month as people do, counted from a case's first, such as 2027-01."""
    if month == 0:
        return "Start"
    if month > last:
        return "After"
    year, first = start.split("-")
    place = int(first) - 1 + month - 1
    return f"{MONTHS[place % 12]} {int(year) + place // 12}"


def _months(sheet: Calculation) -> Iterator[Keyed]:
    first, year = sheet.inputs.cell("start"), "months_per_year"
    calendar_start = sheet.case.timeline.first_month

    def month(m: int) -> str:
        return f"{address(sheet.place('month'), START + m - 1)}+1"

    def calendar_month(m: int) -> str:
        before, turn = address(sheet.place("calendar_month"), START + m - 1), sheet.cell(year)
        return f"IF({sheet.cell('month', 0, m)}=1,{first},IF({before}={turn},1,{before}+1))"

    yield moving("month", "1", range(len(sheet.after) + 1), month, float, "whole")
    yield moving(
        "calendar_month", "1", sheet.own_months, calendar_month, lambda m: (calendar_start + m - 2) % 12 + 1.0, "whole"
    )


def _years(sheet: Calculation) -> Iterator[Keyed]:
    timeline, here, turn = sheet.case.timeline, sheet.cell, "months_per_year"

    def year(m: int) -> str:
        return f"INT(MAX({here('month', 0, m)}-1,0)/{here(turn)})"

    def number(m: int) -> str:
        return f"IF({here('month', 0, m)}>0,{here('contract_year', 0, m)}+1,0)"

    def length(m: int) -> str:
        left = f"{sheet.inputs.cell('horizon_months')}-{here('contract_year', 0, m)}*{here(turn)}"
        return f"MIN({left},{here(turn)})"

    yield moving("contract_year", "year", sheet.whole, year, lambda m: float(timeline.year(m)), "whole")
    yield moving("year_number", "1", sheet.whole, number, lambda m: timeline.year(m) + 1.0 if m else 0.0, "whole")
    mark = "months_in_contract_year"
    yield moving(mark, "1", sheet.own_months, length, lambda m: timeline.mark(mark, m), "whole")


def _weights(sheet: Calculation) -> Iterator[Keyed]:
    timeline, here, weights = sheet.case.timeline, sheet.cell, sheet.inputs.seasons()

    def season(m: int) -> str:
        return f"INDEX({weights},{here('calendar_month', 0, m)})/AVERAGE({weights})"

    def factor(m: int) -> str:
        return f"(1+{here('discount_rate')})^(-{here('month', 0, m)}/{here('months_per_year')})"

    yield moving("season", "1", sheet.own_months, season, lambda m: timeline.mark("season", m))
    yield moving("discount_factor", "1", sheet.whole, factor, timeline.discount)


def _transition(sheet: Calculation) -> Iterator[Keyed]:
    if sheet.baseline is None:
        return
    item = sheet.register.transition(sheet.option)
    yield single("transition_months", "1", sheet.inputs.cell(item.path), item.values[0], "whole")

    def flag(m: int) -> str:
        now = sheet.cell("month", 0, m)
        return f"IF(AND({now}>0,{now}<={sheet.cell('transition_months')}),1,0)"

    months = range(len(sheet.after) + 1)
    yield moving("in_transition", "1", months, flag, lambda m: float(sheet.in_transition(m)), "whole")


def _drivers(sheet: Calculation) -> Iterator[Keyed]:
    """Give what lines are multiplied by that no quantity is: 1 in every month, 1 at the start, who is missing last."""

    def now(m: int) -> str:
        return sheet.cell("month", 0, m)

    def missing(m: int) -> str:
        after = address(sheet.place("lost_customers"), START + m + 1)
        return f"IF({now(m)}={sheet.inputs.cell('horizon_months')},{after},0)"

    def missing_value(m: int) -> float:
        return sheet.value("lost_customers", 0, m + 1) if m == sheet.months else 0.0

    rows = {
        "every_month": moving(
            "every_month", "1", sheet.whole, lambda m: f"IF({now(m)}>0,1,0)", lambda m: float(m > 0), "whole"
        ),
        "at_start": moving(
            "at_start", "1", sheet.whole, lambda m: f"IF({now(m)}=0,1,0)", lambda m: float(m == 0), "whole"
        ),
        "missing_at_end": moving("missing_at_end", "customer", sheet.own_months, missing, missing_value),
    }
    yield from (row for name, row in rows.items() if name in sheet.wiring.drivers)
