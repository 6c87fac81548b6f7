"""Sheets of a workbook: addresses, a few sparing styles, and formulas that carry the value that they have."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from tco.views.figures import EACH, decimals_of, number_format

INK, ACCENT, PALE, RULE = "#1F2933", "#1F4E79", "#EEF3F8", "#B8C4D0"
INPUT_INK, INPUT_PAPER, QUIET = "#0000FF", "#FFFDE7", "#6B7785"
GOOD, BAD = ("#E3F4E3", "#1B6B1B"), ("#FBE0E0", "#A31515")
"""Paper and ink of a check that holds, and of one that does not."""
ROLES: Mapping[str, Mapping[str, Any]] = {
    "text": {},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "quiet": {"font_color": QUIET},
    "quiet wrapped": {"font_color": QUIET, "text_wrap": True, "valign": "top"},
    "unit": {"font_color": QUIET, "align": "left", "indent": 1, "valign": "top"},
    "top": {"valign": "top"},
    "top number": {"valign": "top", "align": "right"},
    "note": {"font_color": QUIET, "italic": True},
    "note right": {"font_color": QUIET, "italic": True, "align": "right"},
    "title": {"bold": True, "font_size": 16, "font_color": ACCENT},
    "answer": {"bold": True, "font_size": 12},
    "answer number": {"bold": True, "align": "right"},
    "answer text": {"bold": True, "font_size": 12, "font_color": ACCENT},
    "head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "text_wrap": True, "valign": "vcenter"},
    "number head": {"bold": True, "font_color": "#FFFFFF", "bg_color": ACCENT, "align": "right", "text_wrap": True},
    "middle head": {
        "bold": True,
        "font_color": "#FFFFFF",
        "bg_color": ACCENT,
        "text_wrap": True,
        "align": "center",
        "valign": "vcenter",
    },
    "section": {"bold": True, "font_color": ACCENT, "bg_color": PALE},
    "value": {"align": "right"},
    "link": {"font_color": ACCENT, "underline": 1},
    "total": {"bold": True, "top": 1, "top_color": RULE, "align": "right"},
    "total text": {"bold": True, "top": 1, "top_color": RULE},
    "input": {"font_color": INPUT_INK, "bg_color": INPUT_PAPER, "align": "right", "valign": "top"},
    "input text": {"font_color": INPUT_INK, "bg_color": INPUT_PAPER},
    "fixed": {"font_color": QUIET, "align": "right", "valign": "top"},
    "default": {"font_color": INPUT_INK, "align": "right", "valign": "top"},
    "status": {"bold": True, "align": "center"},
}
FORMS: Mapping[str, str] = {
    "share": "0.00%;-0.00%;0%",
    "percent": "0.0%;-0.0%;0.0%",
    "money": '#,##0;-#,##0;"–"',
    "price": '#,##0.00;-#,##0.00;"–"',
    "thousands": "#,##0",
    "fine": "#,##0.0000;-#,##0.0000;0",
    "count": '#,##0;-#,##0;"–"',
    "whole": "0",
    "tiny": "0.0E+00;-0.0E+00;0",
    "power": "0.000E+00;-0.000E+00;0",
    "months": '[=0]"at once";0.0" months"',
    "plain": "General",
}
"""Number formats by what is shown; those of money and of prices follow the size of a case's figures."""
LINE_HEIGHT = 13.5
_LEADS = ("=", "+", "-", "@", "\t", "\r")
_UNSAFE = frozenset("[]:*?/\\'()")
"""Excel refuses all but brackets, which a formula's functions are told apart by."""
_LONGEST_NAME = 31
_WHOLE = 1000.0
"""From where on figures are told without decimals, and how far apart those of one row may be and all show."""
_MOST_DECIMALS = 8
"""Beyond which a figure is told by its digits and a power of ten."""
_ENDLESS = 1e15
"""From where on it is too, such as the limit that the last price of a table does not have."""
_DIGITS = re.compile(r"[#,0]*0(\.0+)?(E\+00)?(%)?")
_LETTER, _BOLD_LETTER, _MARGIN = 1.0, 1.08, 2.0
"""Widths of a figure's letters and of what is left beside it: fonts may be substituted, and figures gain a digit."""
_WIDEST = 255
"""Letters beyond which Excel takes a file to be broken."""
_LONGEST_PLAIN = 10
"""Letters after which Excel rounds a figure of no format of its own."""


@cache
def column_letters(index: int) -> str:
    """Name a column, counted from 0, as Excel does."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Give a column's place, counted from 0, by its letters."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def address(row: int, column: int, *, fixed: bool = False) -> str:
    """Give a cell's address; a fixed one stays where a formula is copied."""
    mark = "$" if fixed else ""
    return f"{mark}{column_letters(column)}{mark}{row + 1}"


def sheet_names(wanted: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Give sheets names that Excel accepts: short, without its own marks, all different whatever their case."""
    used = {name.lower() for name in taken} | {"history"}
    found = []
    for name in wanted:
        plain = "".join("_" if mark in _UNSAFE or ord(mark) < 32 else mark for mark in name)[:_LONGEST_NAME]
        tried, count = plain, 1
        while tried.lower() in used:
            count += 1
            tried = f"{plain[: _LONGEST_NAME - len(str(count)) - 1]}_{count}"
        used.add(tried.lower())
        found.append(tried)
    return found


def form_of(unit: str) -> str:
    """Choose the number format of a quantity by its unit."""
    if unit == "money":
        return "money"
    if unit in ("unit", "order", "customer", "unit/year"):
        return "count"
    return "fine"


def forms_for(present_cost: float, unit_cost: float) -> dict[str, str]:
    """Choose the number formats of sums and of money a unit by a case's largest."""
    price = max(decimals_of(unit_cost), 2) if unit_cost < _WHOLE else 0
    return {
        "money": number_format(decimals_of(present_cost), "–"),
        "price": number_format(price, "–"),
    }


def row_form(form: str, values: Sequence[float], whole: str) -> str:
    """Choose the number format of a row: its figures keep four digits, sums those of the sheet where they are large."""
    largest = max(map(abs, values), default=0.0)
    if form in ("count", "fine") and largest >= _ENDLESS:
        return "power"
    if form == "money" and 0 < largest < _WHOLE:
        return number_format(decimals_of(largest), "–")
    if form == "fine" and largest:
        least = min(abs(value) for value in values if value)
        fewest = 0 if largest >= EACH else 2 if largest >= _WHOLE else 4
        decimals = max(fewest, decimals_of(max(least, largest / _WHOLE)))
        return number_format(decimals, whole) if decimals <= _MOST_DECIMALS else "power"
    return form


def shown_as(value: float, form: str) -> str:
    """Write a figure as a number format of this workbook shows it."""
    if form in ("", "General"):
        return f"{value:.{_LONGEST_PLAIN}g}"[:_LONGEST_PLAIN]
    positive, *others = form.split(";")
    if positive.startswith("[=0]"):
        section = positive.removeprefix("[=0]") if not value else others[0]
    elif others:
        section = positive if value > 0 else others[0] if value else others[-1]
    else:
        section = f"-{positive}" if value < 0 else positive
    return _DIGITS.sub(lambda found: _digits(abs(value), found), section, count=1).replace('"', "")


def _digits(size: float, found: re.Match[str]) -> str:
    decimals = max(len(found[1] or "") - 1, 0)
    if found[2]:
        return f"{size:.{decimals}E}"
    size = 100 * size if found[3] else size
    return f"{size:{',' if ',' in found[0] else ''}.{decimals}f}" + (found[3] or "")


def lines_in(words: str, width: float) -> int:
    """Say how many lines words take in a column, whose width is counted in digits: most letters are narrower."""
    return max(1, math.ceil(0.78 * len(words) / width))


class Book:
    """A workbook being written, and its styles."""

    def __init__(self, workbook: Any, forms: Mapping[str, str] = MappingProxyType({})) -> None:
        self.workbook, self.forms = workbook, {**FORMS, **forms}
        self._styles: dict[tuple[str, str, bool], Any] = {}

    def style(self, role: str, form: str = "", *, quoted: bool = False) -> Any:
        """Give the format of a role, with a number format by its name or as Excel writes it; made once."""
        key = (role, form, quoted)
        if key not in self._styles:
            wanted = {"font_name": "Calibri", "font_size": 10, "font_color": INK, **ROLES[role]}
            wanted |= {"num_format": self.forms.get(form, form)} if form else {}
            wanted |= {"quote_prefix": True} if quoted else {}
            self._styles[key] = self.workbook.add_format(wanted)
        return self._styles[key]

    def sheet(self, name: str, tab: str = "") -> Sheet:
        """Add a sheet."""
        worksheet = self.workbook.add_worksheet(name)
        worksheet.hide_gridlines(2)
        worksheet.set_landscape()
        worksheet.set_paper(9)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.set_footer("&L&8&F&C&8&A&R&8&P / &N")
        if tab:
            worksheet.set_tab_color(tab)
        return Sheet(self, name, worksheet)


@dataclass
class Sheet:
    """One sheet: what is written where."""

    book: Book
    name: str
    worksheet: Any
    formulas: list[tuple[int, int]] = field(default_factory=list)
    """The cells that hold formulas, by row and column."""
    _groups: list[tuple[int, int, float]] = field(default_factory=list)
    """Columns of one width: the first, the last, and the least that they are wide, in characters."""
    _needed: dict[int, float] = field(default_factory=dict)

    def outside(self, place: str) -> str:
        """Give an address as other sheets write it."""
        return f"'{self.name}'!{place}"

    def text(self, row: int, column: int, words: str, role: str = "text") -> None:
        """Write words, which stay words whatever they begin with."""
        quoted = words.startswith(_LEADS)
        self.worksheet.write_string(row, column, words, self.book.style(role, quoted=quoted))

    def number(self, row: int, column: int, value: float, form: str = "", role: str = "value") -> None:
        """Write a number that is no formula's."""
        self._needs(column, value, form, role)
        self.worksheet.write_number(row, column, value, self.book.style(role, form))

    def formula(
        self, row: int, column: int, formula: str, value: float | str, form: str = "", role: str = "value"
    ) -> None:
        """Write a formula (without its equals sign) and the value that it has."""
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{self.name}!{address(row, column)}: expected a finite value, found {value}")
        if not isinstance(value, str):
            self._needs(column, value, form, role)
        self.worksheet.write_formula(row, column, f"={formula}", self.book.style(role, form), value)
        self.formulas.append((row, column))

    def line(self, row: int, words: Sequence[str], role: str) -> None:
        """Write words side by side."""
        for column, word in enumerate(words):
            self.text(row, column, word, role)

    def widths(self, *widths: float) -> None:
        """Set the least widths of the first columns, in characters."""
        for column, width in enumerate(widths):
            self.columns(column, column, width)

    def columns(self, first: int, last: int, width: float) -> None:
        """Give columns one width, in characters: at least this, and what their figures take."""
        self._groups.append((first, last, width))

    def fit(self) -> None:
        """Widen columns to the figures that they hold, when all are written: Excel shows ### for one cut off."""
        for first, last, width in self._groups:
            needed = max(self._needed.get(column, 0.0) for column in range(first, last + 1))
            self.worksheet.set_column(first, last, min(max(width, needed), _WIDEST))

    def _needs(self, column: int, value: float, form: str, role: str) -> None:
        letters = len(shown_as(value, self.book.forms.get(form, form)))
        width = letters * (_BOLD_LETTER if ROLES[role].get("bold") else _LETTER) + _MARGIN
        self._needed[column] = max(self._needed.get(column, 0.0), width)
