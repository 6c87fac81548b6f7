"""A row's months summed a second time, by one formula over whole ranges: a month that is worked out otherwise shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tco.views.workbook.layout import column_letters, column_number

_PLACE = re.compile(r"('[^']*'!)?\b([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?(?![\d(])")
"""An address or a range that moves where a formula is copied: none with a dollar sign before its column."""
_CALLED = re.compile(r"[A-Za-z_][A-Za-z_.]*(?=\()")
_BY_CELL = ("EXP", "ABS", "SQRT")
"""Functions that take ranges cell by cell within SUMPRODUCT."""


def summed_anew(formula: str, months: int) -> str:
    """Give the sum of a formula over so many months, from the one of the first month.

    Each of its cells becomes the range of these months. A choice becomes a sum: IF(a,b,c) is a*b+(1-a)*c, since
    SUMPRODUCT cannot choose cell by cell.

    Returns
    -------
    str
        Empty for what looks values up or is no sum of products, such as INDEX, MAX, or SUMIF across months.

    Examples
    --------
    >>> summed_anew("H5*$D$7", 3)
    'SUMPRODUCT((H5:J5*$D$7))'
    >>> summed_anew("IF(H2=1,0,SUM(H5:H6))", 2)
    'SUMPRODUCT((1-(H2:I2=1))*(H5:I6))'
    >>> summed_anew("MAX(H5,H6)", 2)
    ''
    """
    products = list(_products(formula, ()))
    known = [all(name in _BY_CELL for name in _CALLED.findall(product)) for product in products]
    if not products or not all(known) or not all(map(_moves, products)):
        return ""
    return "+".join(f"SUMPRODUCT({_along(product, months)})" for product in products)


def _products(formula: str, weights: Sequence[str]) -> Iterator[str]:
    """Take a formula apart where it chooses: each branch is weighed by whether it is chosen."""
    name, arguments = _call(formula)
    match name, arguments:
        case "IF", [asked, yes, no]:
            chosen = _condition(asked)
            yield from _products(yes, (*weights, f"({chosen})"))
            yield from _products(no, (*weights, f"(1-({chosen}))"))
            return
        case (("SUM" | "SUMPRODUCT"), [within]):
            formula = within
        case "SUMIF", [grades, wanted, amounts] if _moves(amounts):
            formula = f"({grades}={wanted})*{amounts}"
    if formula != "0":
        yield "*".join((*weights, f"({_without_choices(formula)})"))


def _without_choices(formula: str) -> str:
    """Write each IF within a formula as a sum of what is chosen."""
    start = formula.find("IF(")
    if start < 0 or (start and (formula[start - 1].isalpha() or formula[start - 1] == ".")):
        return formula
    end = _end(formula, start + len("IF"))
    asked, yes, no = _call(formula[start:end])[1]
    chosen = _condition(asked)
    written = f"(({chosen})*({_without_choices(yes)})+(1-({chosen}))*({_without_choices(no)}))"
    return formula[:start] + written + _without_choices(formula[end:])


def _condition(asked: str) -> str:
    name, arguments = _call(asked)
    return "*".join(f"({one})" for one in arguments) if name == "AND" else asked


def _call(formula: str) -> tuple[str, list[str]]:
    """Give the function and the arguments of a formula that is one call; no function for any other."""
    found = _CALLED.match(formula)
    if found is None or _end(formula, found.end()) != len(formula):
        return "", []
    arguments, depth = [""], 0
    for mark in formula[found.end() + 1 : -1]:
        depth += (mark == "(") - (mark == ")")
        if mark == "," and not depth:
            arguments.append("")
        else:
            arguments[-1] += mark
    return found[0], arguments


def _end(formula: str, start: int) -> int:
    """Give the place after the bracket that closes the one at a place."""
    depth = 0
    for place in range(start, len(formula)):
        depth += (formula[place] == "(") - (formula[place] == ")")
        if not depth:
            return place + 1
    raise ValueError(f"expected as many brackets closed as opened, found {formula}")


def _moves(formula: str) -> bool:
    return any("$" not in found[0] for found in _places(formula))


def _places(formula: str) -> Iterator[re.Match[str]]:
    """Give the addresses without a dollar sign."""
    return (found for found in _PLACE.finditer(formula) if formula[max(found.start() - 1, 0)] != "$")


def _along(formula: str, months: int) -> str:
    def ranged(found: re.Match[str]) -> str:
        if formula[max(found.start() - 1, 0)] == "$":
            return found[0]
        sheet, first, top, last, bottom = (found[group] or "" for group in range(1, 6))
        end = column_letters(column_number(last or first) + months - 1)
        return f"{sheet}{first}{top}:{end}{bottom or top}"

    return _PLACE.sub(ranged, formula)
