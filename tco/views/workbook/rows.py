"""Rows of a calculation sheet: a name, the months that it fills, its formula and its value in each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

CONSTANT, PRESENT, START = 3, 4, 5
"""Columns: what holds in all months or the total over them, present values, and the start (t = 0)."""

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
"""A row and the key by which others refer to it: the figure's name, and its place among the figure's rows."""


def single(name: str, unit: str, formula: str, value: float, form: str = "plain") -> Keyed:
    """Give a row of one cell that holds in all months."""
    return (name, 0), Row(name, "", unit, None, lambda month: formula, lambda month: value, form=form)


def moving(name: str, unit: str, months: range, formula: Formula, value: Value, form: str = "fine") -> Keyed:
    """Give a row of the calendar, which no transition touches."""
    return (name, 0), Row(name, "", unit, months, formula, value, form=form)
