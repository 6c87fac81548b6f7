"""What can go wrong, as data with a place in a file: every message that a user reads passes through here."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, NamedTuple


class Problem(NamedTuple):
    """One mistake in what a user wrote, with its place and one hint.

    Parameters
    ----------
    file : str
        The file as the user named it, or the option (``--set``) that carried the value.
    line : int
        Line of the mistake, from 1; 0 where there is no line.
    path : str
        The input's path, such as ``suppliers.acme.freight``; empty for the file as a whole.
    message : str
        ``expected ..., found ...``, or what is wrong in a few words.
    hint : str
        What to write instead.
    """

    file: str
    line: int
    path: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = f"{self.path}: " if self.path else ""
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{place}: {named}{self.message}{hint}"


class TcoError(Exception):
    """Something the user can mend: shown as a message, never as a traceback."""

    exit_code = 1


class CaseError(TcoError):
    """A case that cannot be used, with every problem found in it.

    Parameters
    ----------
    problems : iterable of Problem
        In any order; kept sorted by file and line, each once.
    """

    exit_code = 3

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(TcoError):
    """A call that asks for something that does not exist, such as an unknown supplier."""

    exit_code = 2


def unknown(what: str, name: object, known: Iterable[str]) -> UsageError:
    """Make the error for a name that is not one of the known ones, with the nearest of them."""
    import difflib  # late: reading --help needs none of it

    names = list(known)
    near = difflib.get_close_matches(name, names, n=1) if isinstance(name, str) else []
    hint = f"did you mean '{near[0]}'?" if near else f"the case has {', '.join(names) or 'none'}"
    return UsageError(f"expected {what}, found {shown(name)}: {hint}")


def shown(value: object) -> str:
    """Show in a few words what was given in place of something else: plain values as Python writes them."""
    words = f"'{value}'" if isinstance(value, str) else f"{value!r}"
    return words if isinstance(value, str | int | float | None) and len(words) <= 80 else f"a {type(value).__name__}"


def whole(value: Any, what: str) -> int:
    """Give a whole number as Python's own, also NumPy's and 1e5.

    Raises
    ------
    UsageError
        For anything else, in words that name ``what`` was expected.
    """
    if isinstance(value, float) and value.is_integer():
        return int(value)
    try:
        return operator.index(value)
    except TypeError:
        raise UsageError(f"expected {what}, found {shown(value)}") from None


def floats(values: Any) -> list[float]:
    """Give numbers as Python's own.

    Raises
    ------
    UsageError
        For a single number, text, or anything else that is no sequence of numbers.
    """
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        raise UsageError(f"expected numbers, found {shown(values)}: write a list such as [4.5, 5.0]") from None


class Unexpected(ValueError):
    """A value that is not what its place expects; the reader of the file adds the place.

    Parameters
    ----------
    message : str
        ``expected ..., found ...``.
    hint : str
        What to write instead.
    at : tuple of str or int
        Where inside the value, for a value with parts.
    """

    def __init__(self, message: str, hint: str = "", at: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.hint, self.at = message, hint, at
