"""Numbers and sentences on charts, rounded for people."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from tco.results import Provenance
from tco.views.figures import EACH, Figures, decimals_of, named_unit, told_each
from tco.views.table import Scale

SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
_DIGITS = 3
"""Significant digits of a sum of money in a sentence."""
_CENTS = 0.1
"""Money a unit below which significant digits are told instead of two decimals."""
_FAR_APART = 100
"""Times from which on two prices have no digits in common."""
_MOST_DIGITS = 6
"""Significant digits at most, of prices that are told apart."""
_LEAST = 5e-5
_HALF = 0.5
_SMALL_SUM = 100
"""Money below which cents are told."""
_WHOSE = 12
"""Letters of whose an input is that are left when its name is cut."""


def symbol(currency: str) -> str:
    """Give what stands before an amount: a sign where everybody knows it, else the code."""
    return SYMBOLS.get(currency, f"{currency} ")


def unit_of(currency: str) -> str:
    """Name a currency on an axis."""
    return SYMBOLS.get(currency, currency)


def each(amount: float, currency: str, *, form: Figures | None = None) -> str:
    """Write money a unit: as all figures of a chart are, or small amounts with three significant digits."""
    written = _each(amount, form)
    return f"{_minus(amount, written)}{symbol(currency)}{written}"


def signed_each(amount: float, currency: str, *, form: Figures | None = None) -> str:
    """Write money a unit with its sign; see `each`."""
    written = _each(amount, form)
    return f"{_minus(amount, written) or _plus(written)}{symbol(currency)}{written}"


def _each(amount: float, form: Figures | None) -> str:
    size = abs(amount)
    if form is not None:
        return f"{form.plain(size)}{form.letters}"
    if size >= EACH:
        large = form_beside(size)
        return f"{large.plain(size)}{large.letters}"
    if not _LEAST <= size < _CENTS - _LEAST:
        return f"{size:.2f}" if size < 1 else told_each(size)
    written = f"{size:.{_DIGITS - 1 - math.floor(math.log10(size))}f}"
    return written.removesuffix("0")


def form_beside(largest: float) -> Figures:
    """Say how money a unit is written among amounts of which one is the largest."""
    form = Figures.of([largest], EACH)
    if form.word:
        return replace(form, decimals=max(_DIGITS - 1 - math.floor(math.log10(largest / form.divisor)), 0))
    if largest < _HALF:
        return Figures(decimals=min(1 - math.floor(math.log10(max(largest, _LEAST) / 5)), 6))
    return replace(form, decimals=min(form.decimals, 2))


def apart(first: float, second: float) -> Figures | None:
    """Say how two prices that are held against each other are written: with the digits that tell them apart.

    None where one of them is so small beside the other that each is better written by its own size.
    """
    largest, least = max(abs(first), abs(second), _LEAST), min(abs(first), abs(second))
    if 0 < least < largest / _FAR_APART:
        return None
    form = form_beside(largest) if largest >= EACH else Figures(decimals=_decimals(largest))
    gap, digit = abs(first - second) / form.divisor, math.floor(math.log10(largest / form.divisor))
    if gap <= 10.0 ** (digit - _MOST_DIGITS):
        return form
    needed = min(-math.floor(math.log10(gap)), _MOST_DIGITS - 1 - digit)
    return replace(form, decimals=max(form.decimals, needed))


def _decimals(size: float) -> int:
    if size >= 1:
        return decimals_of(size)
    return _DIGITS - 1 - math.floor(math.log10(size)) if size < _CENTS - _LEAST else 2


def sums(amount: float, currency: str) -> str:
    """Write a sum of money in three significant digits."""
    written = _sum(abs(amount))
    return f"{_minus(amount, written)}{symbol(currency)}{written}"


def signed_sums(amount: float, currency: str) -> str:
    """Write a sum of money with its sign; see `sums`."""
    written = _sum(abs(amount))
    return f"{_minus(amount, written) or _plus(written)}{symbol(currency)}{written}"


def _sum(size: float) -> str:
    if size < 1:
        return f"{size:.2f}".replace("0.00", "0")
    rounded = round(size, _DIGITS - 1 - math.floor(math.log10(size)))
    forms = ((1e6, 1.0, ""), (1e9, 1e6, " million"), (1e12, 1e9, " billion"), (math.inf, 1e12, " trillion"))
    divisor, word = next((divisor, word) for limit, divisor, word in forms if rounded < limit)
    scaled = rounded / divisor
    if not word and rounded < _SMALL_SUM:
        return f"{size:.2f}"
    decimals = 0 if scaled >= 10 ** (_DIGITS - 1) or not word else _DIGITS - 1 - math.floor(math.log10(scaled))
    return f"{scaled:,.{decimals}f}{word}"


def _minus(amount: float, written: str) -> str:
    return "−" if amount < 0 and not _is_nothing(written) else ""


def _plus(written: str) -> str:
    return "" if _is_nothing(written) else "+"


def _is_nothing(written: str) -> bool:
    return not written.strip("0.,")


def axis_scale(*amounts: float) -> Scale:
    """Choose what the sums on an axis are divided by, so that its numbers stay short."""
    largest = max(map(abs, amounts), default=0.0)
    for limit, power, word in ((1e4, 0, ""), (1e7, 3, " thousand"), (1e10, 6, " million"), (1e13, 9, " billion")):
        if largest < limit:
            return Scale(10.0**power, word)
    return Scale(1e12, " trillion")


def alike(values: Sequence[float]) -> list[str]:
    """Write the numbers of one axis: all with as many decimals as the steps between them need, a true minus sign."""
    ordered = sorted(set(values))
    steps = [after - before for before, after in pairwise(ordered)]
    digits = max(0, min(8, -math.floor(math.log10(min(steps)) + 1e-9))) if steps else 2
    while digits < 8 and any(abs(round(one, digits) - one) > 1e-3 * min(steps, default=1.0) for one in ordered):
        digits += 1
    return [f"{'−' if round(one, digits) < 0 else ''}{abs(one):,.{digits}f}" for one in values]


def worlds(share: float) -> str:
    """Write a probability as people count: 9 in 10 worlds."""
    if share in (0.0, 1.0):
        return "every world" if share else "no world"
    tenths, hundredths = round(10 * share), round(100 * share)
    if 0 < tenths < 10:
        return f"{tenths} in 10 worlds"
    if hundredths in (0, 100):
        return "more than 99 in 100 worlds" if hundredths else "fewer than 1 in 100 worlds"
    return f"{hundredths} in 100 worlds"


def agreement(saves: bool, probability: float) -> str:
    """Say how many worlds agree with the base case."""
    share = probability if saves else 1 - probability
    said = worlds(share)
    return f"{said} {'agrees' if said in ('every world', 'no world') else 'agree'}"


def called(name: str, names: Mapping[str, str] | None) -> str:
    """Give what people call an option, where that is known."""
    return (names or {}).get(name, name)


def unit_words(unit: str, currency: str) -> str:
    """Write a unit of measure for people: money/unit in GBP is £ a unit."""
    return named_unit(unit, unit_of(currency)) or unit


def in_unit(words: str, unit: str, currency: str) -> str:
    """Say beside an axis what it is, and its unit where the words do not end with it: disruptions a year."""
    of_what = unit_words(unit, currency).removeprefix("1").strip()
    if not of_what or words.endswith(f" {of_what}"):
        return words
    return f"{words} {of_what}" if unit.startswith("1/") else f"{words}, {of_what}"


def plain(name: str) -> str:
    """Write a name of the model or of a case as words."""
    return name.replace("_", " ")


def incomplete(labels: Sequence[str]) -> str:
    """Say whose unknown rates count as 0; nothing where all is known."""
    return f"INCOMPLETE: an unknown rate of {', '.join(labels)} counts as 0" if labels else ""


def sentence(words: str) -> str:
    """Begin a sentence with a capital letter."""
    return words[:1].upper() + words[1:]


def shortened(label: str, longest: int) -> str:
    """Cut an input's name to so many letters where it says whose it is, so that what it is stays whole."""
    whose, colon, what = label.partition(": ")
    owner, comma, named = whose.rpartition(", ")
    if len(label) <= longest or not colon:
        return label
    kept = f", {named}: {what}" if comma else f": {what}"
    owner = owner if comma else whose
    room = max(longest - len(kept), _WHOSE)
    return label if len(owner) <= room else f"{owner[: room - 1].rstrip()}…{kept}"


def shown(provenance: Provenance, what: str, unknown: Sequence[str] = ()) -> str:
    """Say what a chart shows, of which case, in which scenario, and whose unknown rates count as 0."""
    scenario = f" (scenario: {provenance.scenario})" if provenance.scenario else ""
    draws = f", {provenance.n:,} worlds" if provenance.n else ""
    doubt = f"; {incomplete(unknown)}" if unknown else ""
    return f"{provenance.case}{scenario} · {what}{draws}{doubt}"
