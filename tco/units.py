"""Units of measure as exponents of a few dimensions: parse, multiply, compare and name them."""

from __future__ import annotations

import re
from fractions import Fraction

DIMENSIONS = ("money", "unit", "order", "shipment", "event", "contact", "customer", "repair", "minute", "day", "year")

Unit = tuple[tuple[str, Fraction], ...]
"""Sorted pairs of dimension and exponent, none zero; ``()`` is a plain number."""

PLAIN: Unit = ()


def parse(text: str) -> Unit:
    """Read a unit such as ``money/unit``, ``unit/customer/year`` or ``1``.

    Parameters
    ----------
    text : str
        Dimensions joined by ``*`` and ``/``; everything after a ``/`` up to the next sign divides.

    Raises
    ------
    ValueError
        For a dimension that is not one of `DIMENSIONS`.

    Examples
    --------
    >>> name(parse("money/customer/year"))
    'money/customer/year'
    """
    powers: dict[str, Fraction] = {}
    for sign, dimension in re.findall(r"([*/]?)([^*/]+)", text):
        if dimension == "1":
            continue
        if dimension not in DIMENSIONS:
            raise ValueError(f"unit {text!r}: unknown dimension {dimension!r}, expected one of {', '.join(DIMENSIONS)}")
        powers[dimension] = powers.get(dimension, Fraction(0)) + (-1 if sign == "/" else 1)
    return _sorted(powers)


def multiply(left: Unit, right: Unit, *, sign: int = 1) -> Unit:
    """Multiply two units; with ``sign=-1``, divide the left one by the right one."""
    powers = dict(left)
    for dimension, exponent in right:
        powers[dimension] = powers.get(dimension, Fraction(0)) + sign * exponent
    return _sorted(powers)


def power(unit: Unit, exponent: Fraction) -> Unit:
    """Raise a unit to a power: half of it for a square root."""
    return _sorted({dimension: old * exponent for dimension, old in unit})


def is_count(unit: Unit) -> bool:
    """Say whether a unit only counts things (no money, no time), so that a plain 1 may be added to it."""
    return not {"money", "minute", "day", "year"} & {dimension for dimension, _ in unit}


def name(unit: Unit) -> str:
    """Write a unit the way `parse` reads it; fractional exponents, which no input has, with ``^``."""
    above = [_factor(dimension, exponent) for dimension, exponent in unit if exponent > 0]
    below = [_factor(dimension, -exponent) for dimension, exponent in unit if exponent < 0]
    return "/".join(["*".join(sorted(above, key=_order)) or "1", *sorted(below, key=_order)])


def _factor(dimension: str, exponent: Fraction) -> str:
    return dimension if exponent == 1 else f"{dimension}^{exponent}"


def _order(factor: str) -> int:
    return DIMENSIONS.index(factor.split("^")[0])


def _sorted(powers: dict[str, Fraction]) -> Unit:
    return tuple(sorted((dimension, exponent) for dimension, exponent in powers.items() if exponent))
