"""How figures are written for people: decimals and units of money by their size, alike within one table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tco.loader import Case

UNITS = ((1.0, "", ""), (1e3, " thousand", "k"), (1e6, " million", "m"), (1e9, " billion", "bn"))
"""What large sums are divided by, and the word and the letters that say so."""
_LAST = (1e12, " trillion", "tn")
SUMS, EACH = 1e7, 1e5
"""Up to where sums of money, and money a unit, are written in full."""
_DIGITS = 4
"""Digits of a table's largest figure that are told, where it has as many."""
_DIMES = 0.1
"""Money a unit below which two decimals tell too little."""
_POWERS = range(-15, 22)
"""Powers of ten between which figures are written otherwise."""


@dataclass(frozen=True)
class Figures:
    """How the figures of one table, chart or tile are written.

    Parameters
    ----------
    divisor : float
        What they are divided by.
    word, letters : str
        What says so: " million", "m"; empty for figures in full.
    decimals : int
        Of all of them.
    """

    divisor: float = 1.0
    word: str = ""
    letters: str = ""
    decimals: int = 0

    @classmethod
    def of(cls, amounts: Iterable[float | None], full: float = SUMS) -> Figures:
        """Choose by the largest of some amounts, which are written in full below a limit."""
        largest = max((abs(one) for one in amounts if one is not None and math.isfinite(one)), default=0.0)
        if largest < full:
            return cls(decimals=decimals_of(largest))
        widest = 1e6 if full >= SUMS else 1e3
        unit = next((unit for unit in UNITS[1:] if largest / unit[0] < widest), _LAST)
        return cls(*unit, decimals=max(_DIGITS - math.floor(math.log10(largest / unit[0])), 0))

    @classmethod
    def alone(cls, amount: float, full: float = SUMS) -> Figures:
        """Choose for an amount that stands alone: in full below a limit, else with four digits."""
        form, size = cls.of([amount], full), abs(amount)
        if not form.word:
            return form
        unit = next((unit for unit in UNITS[1:] if size / unit[0] < 1e3), _LAST)
        return cls(*unit, decimals=max(_DIGITS - 1 - math.floor(math.log10(size / unit[0])), 0))

    def plain(self, amount: float | None) -> str:
        """Write an amount; a dash for none."""
        return "–" if amount is None else f"{self._rounded(amount):,.{self.decimals}f}"

    def signed(self, amount: float) -> str:
        """Write an amount with its sign; nothing has none."""
        rounded = self._rounded(amount)
        return f"{rounded:+,.{self.decimals}f}" if rounded else self.plain(0.0)

    @property
    def excel(self) -> str:
        """The number format with as many decimals, of figures as they are."""
        return number_format(self.decimals)

    def _rounded(self, amount: float) -> float:
        return round(amount / self.divisor, self.decimals) + 0.0


def decimals_of(largest: float) -> int:
    """Give the decimals of figures in full of which one is the largest: none of thousands, cents, more below one."""
    if largest >= 10_000 or not largest:
        return 0
    if largest >= 1:
        return 2 if largest < 1000 else 1
    if largest >= _DIMES:
        return 3
    return min(_DIGITS - 1 - math.floor(math.log10(largest)), 12)


def by_size(choose: Callable[[float], Figures]) -> list[dict[str, Any]]:
    """List what a rule chooses for nothing and from each power of ten on: all that it can choose, for a page."""
    sizes = (0.0, *(float(f"1e{power}") for power in _POWERS))
    return [{"from": size, **asdict(choose(size))} for size in sizes]


def number_format(decimals: int, nothing: str = "") -> str:
    """Write a number format of Excel with so many decimals; `nothing` stands for 0."""
    form = "#,##0" + ("." + "0" * decimals if decimals else "")
    return f'{form};-{form};"{nothing}"' if nothing else form


def told(amount: float) -> str:
    """Write one sum of money for a sentence or a tile: in full, or in millions and more with four digits."""
    return _told(amount, SUMS)


def told_signed(amount: float) -> str:
    """Write one sum of money with its sign; see `told`."""
    return _signed(amount, told(amount))


def told_each(amount: float) -> str:
    """Write one amount of money a unit: cents, three digits of what is less than one, four of what is large."""
    size = abs(amount)
    if 0 < size < 1:
        digits = 2 if size >= _DIMES else min(2 - math.floor(math.log10(size)), 12)
        return f"{amount:.{digits}f}"
    return _told(amount, EACH) if size else "0.00"


def told_each_signed(amount: float) -> str:
    """Write one amount of money a unit with its sign; see `told_each`."""
    return _signed(amount, told_each(amount))


def _told(amount: float, full: float) -> str:
    form = Figures.alone(amount, full)
    return f"{form.plain(amount)} {form.letters}".rstrip()


def _signed(amount: float, written: str) -> str:
    return f"+{written}" if amount > 0 and written.strip("0.,") else written


def value(amount: float, kind: str, unit: str = "") -> str:
    """Write an input's value by its kind: shares and rates in per cent, money in cents, else four digits.

    Parameters
    ----------
    amount : float
        In the model's own terms: a share of 0.0041 is 0.41 %.
    kind, unit : str
        As a case's entries say: share, rate, positive or number; money/unit.
    """
    if kind in ("share", "rate"):
        return f"{_digits(100 * amount, 3)} %"
    if unit.startswith("money") and abs(amount) < 1000 and (abs(amount) >= 1 or round(amount, 2) == amount):
        return f"{amount:,.2f}"
    return _digits(amount, _DIGITS)


def _digits(amount: float, digits: int) -> str:
    """Write a number with so many significant digits, its whole part in full, no zeros at its end."""
    if not amount:
        return "0"
    decimals = max(digits - 1 - math.floor(math.log10(abs(amount))), 0)
    written = f"{round(amount, decimals) + 0.0:,.{min(decimals, 12)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def named_unit(unit: str, currency: str) -> str:
    """Write a unit of measure for a table: money/unit in GBP is GBP a unit; nothing for a share or a count."""
    first, _, rest = unit.replace("_", " ").partition("/")
    name = {"money": currency, "1": ""}.get(first, first)
    return "".join([name, *(f" {_article(part)} {part}" for part in rest.split("/") if part)]).strip()


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeio" else "a"


def currency_of(case: Case, path: str) -> str:
    """Give the currency in which an input is stated: a supplier's own for its prices, else the case's."""
    parts = path.split(".")
    if parts[0] == "suppliers" and parts[2] in ("unit_price", "price_breaks"):
        return case.option(parts[1]).settings.get("currency", case.currency)
    return case.currency
