"""Formulas as data: call a quantity's function with symbols; it records itself as text, numbers, Excel, JavaScript.

A symbol implements NumPy's operator protocol, so ``a * b``, ``1 - a``, ``np.exp(a)`` and ``np.where(c, a, b)`` work on
it. `OPERATIONS` has one row for each operation: how it reads, how Excel writes it, what it does to units, and how
tightly it binds; in JavaScript each is a call by its name. An operation without a row is refused by name, and so is a
Python ``if`` on a symbol.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from tco import units
from tco.units import Unit


class FormulaError(Exception):
    """A formula that cannot be recorded, or whose units do not fit: a mistake in the program, never in a case."""


@dataclass(frozen=True)
class Operation:
    """One row of the table: an operation's text, its Excel form, its rule for units and how tightly it binds.

    In JavaScript it is a call of the function of its name, `also` with names that text and Excel leave unsaid.
    """

    text: str
    excel: str
    binds: int
    unit: Callable[[Sequence[Unit], Sequence[Symbol]], Unit]
    also: tuple[str, ...] = ()


class Symbol(NDArrayOperatorsMixin):
    """A name, a number or an operation on symbols, standing where a number or an array of draws would stand."""

    __slots__ = ("args", "head", "unit")

    def __init__(self, head: str | float, args: tuple[Symbol, ...] = (), unit: Unit = units.PLAIN) -> None:
        self.head, self.args, self.unit = head, args, unit

    @property
    def is_number(self) -> bool:
        """Whether it is a number typed into the formula."""
        return not isinstance(self.head, str)

    @property
    def operation(self) -> Operation | None:
        """Its row of the table; None for a name or a number."""
        return OPERATIONS.get(self.head) if self.args and isinstance(self.head, str) else None

    def __bool__(self) -> bool:
        raise FormulaError("a formula cannot branch on a value with a Python 'if' or 'and': use np.where")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Symbol:
        if method != "__call__" or options:
            raise FormulaError(f"formulas have no operation '{ufunc.__name__}.{method}': call the function plainly")
        return record(ufunc.__name__, *inputs)

    def __array_function__(self, function: Callable[..., Any], _types: Any, args: Any, options: Any) -> Symbol:
        if options and (function.__name__, options) != ("max", {"axis": 0}):
            raise FormulaError(f"formulas have no operation '{function.__name__}' with options")
        return record(function.__name__, *args)


def record(head: str, *args: Any) -> Symbol:
    """Make the symbol of an operation, its unit worked out from its arguments.

    Raises
    ------
    FormulaError
        For an operation without a row in `OPERATIONS`, or units that do not fit.
    """
    if head not in OPERATIONS:
        raise FormulaError(f"formulas have no operation '{head}': add a row to OPERATIONS in tco/formula.py")
    symbols = tuple(arg if isinstance(arg, Symbol) else Symbol(float(arg)) for arg in args)
    return Symbol(head, symbols, OPERATIONS[head].unit([symbol.unit for symbol in symbols], symbols))


def over_modes(values: Any) -> Any:
    """Sum over the failure modes: the first axis of an array of shape (m, n)."""
    return _over(values, "over_modes")


def over_breaks(values: Any) -> Any:
    """Sum over the rows of a price table: the first axis of an array of shape (breaks, n)."""
    return _over(values, "over_breaks")


def over_activities(values: Any) -> Any:
    """Sum over the activities that a returned unit goes through: the first axis of shape (activities, n)."""
    return _over(values, "over_activities")


def over_dispositions(values: Any, first_rows: Any, sets: Any) -> Any:
    """Sum over each mode's dispositions: rows of shape (rows, n) to (m, n).

    Parameters
    ----------
    values : array or Symbol
        One row for each disposition, set by set: modes that share their dispositions share a set.
    first_rows : array of int
        Where each set's rows begin; every set has at least one.
    sets : array of int
        The set of each mode.
    """
    if isinstance(values, Symbol):
        return record("over_dispositions", values)
    starts, chosen = (np.asarray(given).ravel().astype(int) for given in (first_rows, sets))
    if not starts.size:
        return values  # a case without failure modes
    ends = [*starts[1:], len(values)]
    sums = [np.add.reduce(values[start:end], axis=0) for start, end in zip(starts, ends, strict=True)]
    if len(sums) == 1:
        return np.broadcast_to(sums[0], (chosen.size, *np.shape(sums[0])))  # a view: rows that are not copied
    return np.stack(sums)[chosen]


def normal_density(value: Any) -> Any:
    """Give the density of the standard normal distribution."""
    if isinstance(value, Symbol):
        return record("normal_density", value)
    return np.exp(-0.5 * np.square(value)) / np.sqrt(2 * np.pi)


def normal_cdf(value: Any) -> Any:
    """Give the distribution function of the standard normal distribution, Φ."""
    if isinstance(value, Symbol):
        return record("normal_cdf", value)
    from scipy import special  # imported late: it takes longer than a whole comparison

    return special.ndtr(value)


def normal_quantile(share: Any) -> Any:
    """Give the quantile function of the standard normal distribution, Φ⁻¹."""
    if isinstance(share, Symbol):
        return record("normal_quantile", share)
    from scipy import special

    return special.ndtri(share)


def trace(function: Callable[..., Any], parameters: Mapping[str, Unit]) -> Symbol:
    """Record a formula by calling its function with a symbol for each parameter.

    Parameters
    ----------
    function : callable
        A pure function of numbers or arrays.
    parameters : mapping of str to Unit
        The unit of each parameter, in the order of the function's arguments.

    Returns
    -------
    Symbol
        The formula; `text`, `with_numbers` and `excel` write it.

    Examples
    --------
    >>> formula = trace(lambda price, rate: price * (1 + rate), {"price": units.parse("money"), "rate": ()})
    >>> text(formula)
    'price × (1 + rate)'
    """
    names = tuple(inspect.signature(function).parameters)
    symbols = [Symbol(key, unit=unit) for key, unit in zip(parameters, parameters.values(), strict=True)]
    if len(names) != len(symbols):
        raise FormulaError(f"{function.__name__} takes {len(names)} arguments, {len(symbols)} given")
    result = function(*symbols)
    return result if isinstance(result, Symbol) else Symbol(float(result))


def text(formula: Symbol) -> str:
    """Write a formula the way a person reads it."""
    return _write(formula, lambda operation: operation.text, lambda name: name, number)


def with_numbers(
    formula: Symbol, value: Callable[[str, str], str], rows: Callable[[str, str], Sequence[str]], row: str = ""
) -> str:
    """Write a formula with the values of its names in their place, and its sums written out.

    Parameters
    ----------
    formula : Symbol
        A recorded formula.
    value : callable
        Gives a name's value in a row, already formatted; the row is empty where there is none.
    rows : callable
        Gives the rows that a sum (``over_modes`` ...) runs over, in the row around it.
    row : str
        The row to write, for a formula that has a value a row.
    """
    return _expanded(formula, value, rows, row)


def excel(formula: Symbol, cells: Mapping[str, str]) -> str:
    """Write a formula in Excel's language, each name replaced by its cell or range."""
    return _write(formula, lambda operation: operation.excel, lambda name: cells[name], repr)


def javascript(formula: Symbol, parameters: Mapping[str, str]) -> str:
    """Write a formula in JavaScript, as calls that take numbers or rows of them; each name as that of a parameter."""
    operation = formula.operation
    if operation is None:
        return repr(float(formula.head)) if formula.is_number else parameters[str(formula.head)]
    given = [*(javascript(arg, parameters) for arg in formula.args), *operation.also]
    return f"{formula.head}({', '.join(given)})"


def names(formula: Symbol) -> tuple[str, ...]:
    """Give the names that a formula uses, each once, in the order in which they are read."""
    if not formula.args:
        return () if formula.is_number else (str(formula.head),)
    return tuple(dict.fromkeys(name for arg in formula.args for name in names(arg)))


def number(value: float) -> str:
    """Write a number typed into a formula, without a needless ``.0``."""
    return f"{value:g}"


def _expanded(
    formula: Symbol, value: Callable[[str, str], str], rows: Callable[[str, str], Sequence[str]], row: str
) -> str:
    """Write a formula in a row, each sum as its terms in brackets."""

    def sum_of(symbol: Symbol) -> str | None:
        head = str(symbol.head)
        if not head.startswith("over_"):
            return None
        terms = [_expanded(symbol.args[0], value, rows, one) for one in rows(head, row)]
        return f"({' + '.join(terms) or '0'})"

    return _write(formula, lambda operation: operation.text, lambda name: value(name, row), number, sum_of)


def _write(
    formula: Symbol,
    template: Callable[[Operation], str],
    on_name: Callable[[str], str],
    on_number: Callable[[float], str],
    instead: Callable[[Symbol], str | None] = lambda _: None,
) -> str:
    """Write a symbol by a template for each operation, with brackets where it binds looser than what is around it."""
    if (written := instead(formula)) is not None:
        return written
    operation = formula.operation
    if operation is None:
        return on_number(float(formula.head)) if formula.is_number else on_name(str(formula.head))
    parts = []
    for position, arg in enumerate(formula.args):
        part = _write(arg, template, on_name, on_number, instead)
        inner = arg.operation.binds if arg.operation else (_NEGATIVE if part.startswith("-") else _ATOM)
        loose = inner < operation.binds or (inner == operation.binds and position > 0) or inner == _POWER
        parts.append(f"({part})" if loose and operation.binds < _CALL and inner < _CALL else part)
    return template(operation).format(*parts)


def _over(values: Any, head: str) -> Any:
    return record(head, values) if isinstance(values, Symbol) else np.add.reduce(values, axis=0)


def _same(given: Sequence[Unit], symbols: Sequence[Symbol]) -> Unit:
    """Terms that are added or compared have one unit; a typed 0 or 1 fits any that only counts."""
    typed = [unit for unit, symbol in zip(given, symbols, strict=True) if not symbol.is_number]
    if len(set(typed)) > 1:
        raise FormulaError(f"cannot add or compare {' and '.join(units.name(unit) for unit in typed)}")
    if len(typed) == len(symbols) or any(symbol.is_number and symbol.head == 0 for symbol in symbols):
        return typed[0] if typed else units.PLAIN
    if typed and not units.is_count(typed[0]):
        raise FormulaError(f"cannot add a plain number to {units.name(typed[0])}")
    return units.PLAIN


def _plain(given: Sequence[Unit], _symbols: Sequence[Symbol]) -> Unit:
    if any(given):
        raise FormulaError(f"expected a plain number, found {units.name(given[0])}")
    return units.PLAIN


def _compared(given: Sequence[Unit], symbols: Sequence[Symbol]) -> Unit:
    _same(given, symbols)
    return units.PLAIN


def _powered(given: Sequence[Unit], symbols: Sequence[Symbol]) -> Unit:
    """Give a plain base a plain exponent, or one that counts years or units; a base with a unit a typed one."""
    base, exponent = given
    if symbols[1].is_number:
        return units.power(base, Fraction(symbols[1].head))
    if exponent not in _EXPONENTS or not units.is_count(base):
        raise FormulaError(f"cannot raise {units.name(base)} to a power of {units.name(exponent)}")
    return units.PLAIN


def _chosen(given: Sequence[Unit], symbols: Sequence[Symbol]) -> Unit:
    return _same(given[1:], symbols[1:])


def _first(given: Sequence[Unit], _symbols: Sequence[Symbol]) -> Unit:
    return given[0]


STRUCTURE = ("disposition_first_rows", "disposition_sets")
"""Where sets of dispositions begin, and the set of each mode: `over_dispositions` needs them, its text does not."""
_EXPONENTS = (units.PLAIN, units.parse("year"), units.parse("unit/order"))
_ADD, _NEGATIVE, _MULTIPLY, _POWER, _CALL, _ATOM = 2, 3, 4, 5, 8, 9

OPERATIONS: Mapping[str, Operation] = {
    "add": Operation("{0} + {1}", "{0}+{1}", _ADD, _same),
    "subtract": Operation("{0} − {1}", "{0}-{1}", _ADD, _same),
    "multiply": Operation("{0} × {1}", "{0}*{1}", _MULTIPLY, lambda given, _: units.multiply(*given)),
    "divide": Operation("{0} / {1}", "{0}/{1}", _MULTIPLY, lambda given, _: units.multiply(*given, sign=-1)),
    "power": Operation("{0}^{1}", "{0}^{1}", _POWER, _powered),
    # Excel reads -x^k as (-x)^k, so a negated term always stands in brackets of its own.
    "negative": Operation("−{0}", "(-{0})", _NEGATIVE, _first),
    "square": Operation("square({0})", "({0})^2", _CALL, lambda given, _: units.power(given[0], Fraction(2))),
    "sqrt": Operation("√({0})", "SQRT({0})", _CALL, lambda given, _: units.power(given[0], Fraction(1, 2))),
    "exp": Operation("exp({0})", "EXP({0})", _CALL, _plain),
    "log": Operation("ln({0})", "LN({0})", _CALL, _plain),
    "maximum": Operation("max({0}, {1})", "MAX({0},{1})", _CALL, _same),
    "minimum": Operation("min({0}, {1})", "MIN({0},{1})", _CALL, _same),
    "where": Operation("(if {0} then {1} else {2})", "IF({0},{1},{2})", _CALL, _chosen),
    "greater_equal": Operation("({0} ≥ {1})", "({0}>={1})", _CALL, _compared),
    "greater": Operation("({0} > {1})", "({0}>{1})", _CALL, _compared),
    "less_equal": Operation("({0} ≤ {1})", "({0}<={1})", _CALL, _compared),
    "bitwise_or": Operation("({0} or {1})", "OR({0},{1})", _CALL, _compared),
    "absolute": Operation("|{0}|", "ABS({0})", _CALL, _first),
    "max": Operation("largest({0})", "MAX({0})", _CALL, _first),
    "less": Operation("({0} < {1})", "({0}<{1})", _CALL, _compared),
    "normal_cdf": Operation("Φ({0})", "_xlfn.NORM.S.DIST({0},TRUE)", _CALL, _plain),
    "normal_quantile": Operation("Φ⁻¹({0})", "_xlfn.NORM.S.INV({0})", _CALL, _plain),
    "normal_density": Operation("φ({0})", "_xlfn.NORM.S.DIST({0},FALSE)", _CALL, _plain),
    "over_modes": Operation("Σ modes ({0})", "SUM({0})", _CALL, _first),
    "over_breaks": Operation("Σ breaks ({0})", "SUM({0})", _CALL, _first),
    "over_activities": Operation("Σ activities ({0})", "SUM({0})", _CALL, _first),
    "over_dispositions": Operation("Σ dispositions ({0})", "SUM({0})", _CALL, _first, also=STRUCTURE),
}
