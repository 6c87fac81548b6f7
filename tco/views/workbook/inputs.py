"""The sheet of inputs: every number once, in blue where it may be changed, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable

from tco.comparison import Line, cost_lines
from tco.loader import Case
from tco.numbers import Number
from tco.views.figures import currency_of, number_format, value
from tco.views.workbook.layout import LINE_HEIGHT, Sheet, address, lines_in
from tco.views.workbook.register import DEFAULT, STRUCTURE, UNUSED, Item, Register

HEADS = ("Input", "What it is", "Value", "Unit", "Range, as stated", "Source", "Owner", "Grade", "Note", "Status")
VALUE, FIRST_YEAR = 2, 10
_WIDTHS = (44, 34, 12, 20, 27, 46, 12, 10, 14, 10)
_SECTIONS = {
    "demand": "Demand",
    "product": "Product",
    "returns": "Returns",
    "contacts": "Contacts",
    "churn": "Lost customers",
    "failures": "What failures lead to",
    "failure_rates": "Failure rates, all suppliers",
    "inventory": "Inventory, all suppliers",
    "exchange_rates": "Exchange rates",
    "extra_costs": "Extra costs",
}
UNKNOWN = '0.00%;-0.00%;"unknown: 0"'
"""The number format of a rate that is written unknown, and counts as 0."""
_THOUSAND = 1000
_CASE = ("discount_rate", "inflation")


class InputSheet:
    """The sheet of inputs, and the addresses of what stands on it."""

    def __init__(self, case: Case, register: Register, sheet: Sheet) -> None:
        self.case, self.register, self.sheet = case, register, sheet
        self.years = max(case.timeline.years, *(len(item.values) for item in register.items.values()))
        self.rows: dict[str, int] = {}
        self.grades: dict[str, int] = {}
        self.last = 0
        self._plan()

    @property
    def delivered(self) -> int:
        """The column from which on the values stand as they were delivered."""
        return FIRST_YEAR + self.years + 1

    def cell(self, path: str) -> str:
        """Give the address of an item's one value, for other sheets."""
        return self.sheet.outside(address(self.rows[path], VALUE, fixed=True))

    def years_of(self, path: str) -> str:
        """Give the range of an item's values by contract year, for other sheets."""
        row = self.rows[path]
        first, last = address(row, FIRST_YEAR, fixed=True), address(row, FIRST_YEAR + self.years - 1, fixed=True)
        return self.sheet.outside(f"{first}:{last}")

    def first_year(self, path: str) -> str:
        """Give the address of an item's value: of a path by contract year, the first."""
        if not self.register.items[path].is_path:
            return self.cell(path)
        return self.sheet.outside(address(self.rows[path], FIRST_YEAR, fixed=True))

    def seasons(self) -> str:
        """Give the range of the calendar months' weights, from January on."""
        first, *_, last = (address(self.rows[path], VALUE, fixed=True) for path in self.register.seasons())
        return self.sheet.outside(f"{first}:{last}")

    def grade(self, line: str) -> str:
        """Give the address of a line's grade."""
        return self.sheet.outside(address(self.grades[line], VALUE, fixed=True))

    def changed(self) -> str:
        """Give the formula that counts the inputs that are not as delivered."""
        pairs = (
            (self._rectangle(VALUE, VALUE), self._rectangle(self.delivered, self.delivered)),
            (
                self._rectangle(FIRST_YEAR, FIRST_YEAR + self.years - 1),
                self._rectangle(self.delivered + 1, self.delivered + self.years),
            ),
        )
        return "+".join(f"SUMPRODUCT(({here}<>{there})*1)" for here, there in pairs)

    def write(self) -> None:
        """Write the sheet."""
        sheet = self.sheet
        sheet.widths(*_WIDTHS)
        sheet.columns(FIRST_YEAR, FIRST_YEAR + self.years - 1, 11)
        sheet.text(0, 0, "Inputs", "title")
        told = (
            "Blue cells may be changed: every supplier's lines, totals, NPV, payback and break-even follow. "
            "Uncertain inputs stand at their means."
        )
        sheet.text(1, 0, told, "note")
        sheet.line(3, HEADS, "head")
        sheet.text(3, VALUE, HEADS[VALUE], "number head")
        for year in range(self.years):
            sheet.text(3, FIRST_YEAR + year, f"Year {year + 1}", "number head")
        sheet.text(3, self.delivered, "As delivered, for the checks", "note")
        for title, items in self._sections():
            self._section(min(self.rows[item.path] for item in items) - 1, title)
            for item in items:
                self._item(self.rows[item.path], item)
        self._write_grades()
        sheet.worksheet.freeze_panes(4, 1)
        sheet.worksheet.repeat_rows(3)
        sheet.worksheet.print_area(0, 0, self.last, FIRST_YEAR + self.years - 1)

    def _plan(self) -> None:
        row = 4
        for _, items in self._sections():
            row += 1
            for item in items:
                self.rows[item.path] = row
                row += 1
        row += 1
        for line in cost_lines(self.case):
            self.grades[line.name] = row
            row += 1
        self.last = row - 1

    def _sections(self) -> Iterable[tuple[str, list[Item]]]:
        """Yield the headings with their items, in the order of the sheet."""
        left = dict(self.register.items)

        def take(root: str) -> list[Item]:
            found = [item for path, item in left.items() if path == root or path.startswith(f"{root}.")]
            found = [item for item in found if item.status != STRUCTURE or item.number is not None]
            for item in found:
                del left[item.path]
            return found

        yield "Case", [item for root in _CASE for item in take(root)]
        for root, title in _SECTIONS.items():
            if items := _gathered(take(root)):
                yield title, items
        for option in self.case.options:
            if items := _gathered(take(f"suppliers.{option.name}")):
                yield f"Supplier: {option.label}", items
        yield "Constants and structure: what the model is, to be changed in the case file only", list(left.values())

    def _section(self, row: int, title: str) -> None:
        for column in range(FIRST_YEAR + self.years):
            self.sheet.text(row, column, title if column == 0 else "", "section")

    def _item(self, row: int, item: Item) -> None:
        number = item.number
        self.sheet.text(row, 0, item.path, "top")
        self.sheet.text(row, 1, item.meaning, "quiet wrapped")
        self.sheet.text(row, 3, unit_shown(self.case, item), "unit")
        unknown = number is not None and number.word == "unknown"
        status = "unknown" if unknown else item.status
        told = (stated_range(number, item.kind, item.unit), item.source, *_remarks(number), status)
        lines = max(
            lines_in(words, _WIDTHS[column]) for column, words in [(1, item.meaning), *enumerate(told, start=4)]
        )
        self.sheet.worksheet.set_row(row, LINE_HEIGHT * lines)
        for column, words in enumerate(told, start=4):
            self.sheet.text(row, column, words, "quiet wrapped")
        if item.word:
            self.sheet.text(row, VALUE, item.word, "fixed")
            self.sheet.text(row, self.delivered, item.word, "quiet")
            return
        role = {STRUCTURE: "fixed", UNUSED: "fixed", DEFAULT: "default"}.get(item.status, "input")
        form = UNKNOWN if unknown else item_form(item)
        if not item.is_path:
            self._value(row, VALUE, item.values[0], form, role)
            return
        self.sheet.text(row, VALUE, "by year →", "fixed")
        self.sheet.text(row, self.delivered, "by year →", "quiet")
        for year, one in enumerate(item.values):
            self._value(row, FIRST_YEAR + year, one, form, role)
        for year in range(len(item.values), self.years):  # the last value holds
            column = FIRST_YEAR + year
            self.sheet.formula(row, column, address(row, column - 1), item.values[-1], form)
            self.sheet.number(row, self.delivered + 1 + year, item.values[-1], form, "quiet")

    def _value(self, row: int, column: int, value: float, form: str, role: str) -> None:
        """Write a value, and once more as it was delivered."""
        self.sheet.number(row, column, value, form, role)
        beside = self.delivered if column == VALUE else self.delivered + 1 + column - FIRST_YEAR
        self.sheet.number(row, beside, value, form, "quiet")

    def _write_grades(self) -> None:
        lines: tuple[Line, ...] = cost_lines(self.case)
        self._section(self.grades[lines[0].name] - 1, "Cost lines: how well finance can check each")
        for line in lines:
            row = self.grades[line.name]
            self.sheet.text(row, 0, line.name)
            self.sheet.text(row, 1, f"cost line of the group {line.group}", "quiet")
            self.sheet.text(row, VALUE, line.grade, "input text")
            self.sheet.text(row, self.delivered, line.grade, "quiet")
            choice = {"validate": "list", "source": ["hard", "estimated", "soft"]}
            self.sheet.worksheet.data_validation(row, VALUE, row, VALUE, choice)

    def _rectangle(self, first: int, last: int) -> str:
        there = f"{address(4, first, fixed=True)}:{address(self.last, last, fixed=True)}"
        return self.sheet.outside(there)


def unit_shown(case: Case, item: Item) -> str:
    """Write the unit of an input with the currency that it is stated in; nothing for a share or a count."""
    section, _, last = item.path.rpartition(".")
    if section == "exchange_rates":
        return f"{case.currency}/{last}"
    first, *rest = item.unit.split("/")
    monthly = {extra.amount.path for option in case.options for extra in option.extras if extra.per == "month"}
    rest += ["month"] if item.path in monthly else []
    return "/".join([currency_of(case, item.path) if first == "money" else first, *rest]) if item.unit != "1" else ""


def item_form(item: Item) -> str:
    """Choose the number format of an input."""
    written = [value(one, item.kind, item.unit).removesuffix(" %") for one in item.values]
    decimals = max(len(words.partition(".")[2]) for words in written)
    if item.kind in ("share", "rate"):
        return "0." + "0" * max(decimals, 2) + "%"
    if item.status == STRUCTURE or item.unit == "day":
        return "plain"
    if item.unit.startswith("money"):
        return number_format(decimals)
    return "thousands" if max(map(abs, item.values)) >= _THOUSAND else "plain"


def stated_range(number: Number | None, kind: str, unit: str = "") -> str:
    """Write the distribution of a number: its family and the range of nine draws in ten."""
    if number is None:
        return ""
    if number.word:
        return {"rest": "takes what the others leave", "unknown": "unknown: counts as 0"}.get(number.word, number.word)
    if isinstance(number.value, tuple):
        ranges = [stated_range(year, kind, unit) for year in number.value]
        return "; ".join(f"year {year}: {one}" for year, one in enumerate(ranges, start=1) if one)
    if number.is_fixed:
        return ""
    shown = [value(float(number.value.quantile(share)), kind, unit) for share in (0.05, 0.95)]
    return f"{number.value.name.removeprefix('a ').removeprefix('an ')}: 90 % between {' and '.join(shown)}"


def _gathered(items: list[Item]) -> list[Item]:
    """Put together what begins alike, in the order in which it is first met."""
    order = {head: place for place, head in enumerate(dict.fromkeys(_head(item) for item in items))}
    return sorted(items, key=lambda item: order[_head(item)])


def _head(item: Item) -> str:
    parts = item.path.split(".")
    return ".".join(parts[: 3 if parts[0] in ("suppliers", "returns") else 2])


def _remarks(number: Number | None) -> tuple[str, str, str]:
    if number is None:
        return "", "", ""
    return number.owner, number.grade, " ".join(filter(None, (number.note, number.date)))
