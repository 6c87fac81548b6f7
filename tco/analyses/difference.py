"""What differs between two cases, and a bridge from one answer to the other whose steps add up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tco.comparison import Comparison, compare
from tco.document import Document, Keys
from tco.errors import CaseError, UsageError
from tco.loader import Case, checked_case, from_document
from tco.numbers import is_number_form
from tco.progress import Progress, Steps, each
from tco.results import TOTALS, Provenance, Result
from tco.version import VERSION

_SAID_ONLY = ("tco", "name", "description", "scenarios", "sources", "decision")
"""Parts of a case that move no cost."""


@dataclass(frozen=True)
class Change:
    """One part of a case that the other states differently: its path, and what either states (None: nothing)."""

    path: str
    before: Any
    after: Any

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {"path": self.path, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Step:
    """One step of a bridge: the changes made, those before it kept, and what it adds to the NPV [money].

    Several changes are one step where the case cannot stand with only some of them.
    """

    changes: tuple[Change, ...]
    npv: float
    after: float

    @property
    def name(self) -> str:
        """The paths that change."""
        return ", ".join(change.path for change in self.changes)


@dataclass(frozen=True)
class LineMove:
    """What an option saves against the baseline in one line, in either case, all in [money]."""

    name: str
    before: float
    after: float

    @property
    def moved(self) -> float:
        """The difference [money]."""
        return self.after - self.before


@dataclass(frozen=True, repr=False)
class Difference(Result):
    """Two cases held against each other, at the means of their inputs.

    Parameters
    ----------
    first, second : str
        What the cases are called.
    currency : str
        Of both.
    supplier, label : str
        The option whose NPV is explained.
    npv : dict of str to (float, float)
        Its NPV against the baseline in either case, in the three totals [money].
    changes : tuple of Change
        Everything stated differently, what moves no cost included.
    steps : tuple of Step
        From the first all-in NPV to the second, in the order of the file.
    lines : tuple of LineMove
        What it saves by line in either case.
    costs : dict of str to (float or None, float or None)
        Present cost of every option in either case, None where it is missing [money].
    cheapest : (str, str)
        The option that costs least in either case.
    provenance : (Provenance, Provenance)
        Of either.
    """

    first: str
    second: str
    currency: str
    supplier: str
    label: str
    npv: Mapping[str, tuple[float, float]]
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]
    lines: tuple[LineMove, ...]
    costs: Mapping[str, tuple[float | None, float | None]]
    cheapest: tuple[str, str]
    provenance: tuple[Provenance, Provenance]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a step of the bridge."""
        for step in self.steps:
            yield {"supplier": self.supplier, "step": step.name, "npv": step.npv, "npv_after": step.after}

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "first": self.first,
            "second": self.second,
            "currency": self.currency,
            "supplier": self.supplier,
            "npv": {total: {"first": pair[0], "second": pair[1]} for total, pair in self.npv.items()},
            "changes": [change.to_dict() for change in self.changes],
            "steps": [
                {"paths": [change.path for change in step.changes], "npv": step.npv, "npv_after": step.after}
                for step in self.steps
            ],
            "lines": [
                {"line": line.name, "first": line.before, "second": line.after, "moved": line.moved}
                for line in self.lines
            ],
            "present_cost": {name: {"first": pair[0], "second": pair[1]} for name, pair in self.costs.items()},
            "cheapest": {"first": self.cheapest[0], "second": self.cheapest[1]},
            "provenance": [one.to_dict() for one in self.provenance],
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.difference_text(self)


def diff(first: Case, second: Case, *, supplier: str = "", progress: Progress | None = None) -> Difference:
    """Say which inputs of two cases differ, and how each moves an option's NPV on the way from one to the other.

    Parameters
    ----------
    first, second : Case
        Two cases in one currency: two files, or a case and one of its scenarios.
    supplier : str
        An option of both, other than the baseline; by default the one that costs least in the second case.
    progress : callable, optional
        Called with changes made and changes in all.

    Raises
    ------
    UsageError
        For cases in different currencies, or without a common option besides the baselines.

    Notes
    -----
    A step shows what a change adds after those above it: in another order, single steps would be of other sizes, their
    sum would not.

    Examples
    --------
    >>> import tco
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> found = tco.diff(case, case.with_({"suppliers.borealis.unit_price": 5.10}), supplier="borealis")
    >>> [(step.name, round(step.npv)) for step in found.steps]
    [('suppliers.borealis.unit_price', -172497)]
    """
    checked_case(first)
    checked_case(second)
    if first.currency != second.currency:
        raise UsageError(f"expected two cases in one currency, found {first.currency} and {second.currency}")
    before, after = compare(first), compare(second)
    name = supplier or _common(before, after)
    for case in (first, second):
        case.option(name)
    changes = tuple(_changes(first.document.data, second.document.data))
    moving = [change for change in changes if change.path.split(".")[0] not in _SAID_ONLY or _moves(change)]
    start, end = (one.supplier(name) for one in (before, after))
    called = _called(first, second)
    names = dict.fromkeys(option.supplier for one in (before, after) for option in one.suppliers)
    return Difference(
        first=called[0],
        second=called[1],
        currency=first.currency,
        supplier=name,
        label=end.label,
        npv={total: (start.totals[total].npv, end.totals[total].npv) for total in TOTALS},
        changes=changes,
        steps=tuple(_bridge(first, second, moving, name, (start.npv, end.npv), progress)),
        lines=tuple(_lines(before, after, name)),
        costs={one: (_cost(before, one), _cost(after, one)) for one in names},
        cheapest=(before.cheapest.supplier, after.cheapest.supplier),
        provenance=(_provenance(first), _provenance(second)),
    )


def _common(before: Comparison, after: Comparison) -> str:
    known = {option.supplier for option in before.suppliers} - {before.baseline, after.baseline}
    ranked = sorted(after.suppliers, key=lambda option: option.present_cost)
    found = next((option.supplier for option in ranked if option.supplier in known), None)
    if found is None:
        raise UsageError("expected two cases with a common option besides the baseline, found none")
    return found


def _called(first: Case, second: Case) -> tuple[str, str]:
    """Name two cases by what tells them apart: their scenarios and changes, names or files."""
    ways = [
        (first.variant, second.variant),
        (first.name, second.name),
        (first.document.file, second.document.file),
    ]
    return next((pair for pair in ways if pair[0] != pair[1]), ("the first", "the second"))


def _changes(before: Mapping[str, Any], after: Mapping[str, Any], keys: tuple[str, ...] = ()) -> Iterator[Change]:
    """Yield what differs, as deep as both sides are sections and not numbers."""
    for key in dict.fromkeys([*before, *after]):
        here, (old, new) = (*keys, key), (before.get(key), after.get(key))
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping) and not (is_number_form(old) or is_number_form(new)):
            yield from _changes(old, new, here)
        else:
            yield Change(".".join(here), old, new)


def _moves(change: Change) -> bool:
    return change.path.startswith("decision.grades")


def _bridge(
    first: Case,
    second: Case,
    changes: Sequence[Change],
    supplier: str,
    ends: tuple[float, float],
    progress: Progress | None,
) -> Iterator[Step]:
    """Make the changes one after another; those that a case cannot stand alone with wait, and go together at last."""
    (start, end), document = ends, replace(first.document, problems=())
    reached: list[tuple[tuple[Change, ...], float]] = []
    waiting, tried = list(changes), -1
    steps = Steps(progress, 2)
    while len(waiting) != tried:
        left, tried = [], len(waiting)
        for change in each(waiting, steps.part(1) if tried == len(changes) else None):
            changed = _applied(document, change)
            npv = _npv(changed, supplier)
            if npv is None:
                left.append(change)
            else:
                document, reached = changed, [*reached, ((change,), npv)]
        waiting = left
    together: list[Change] = []
    for change in waiting:
        document, together = _applied(document, change), [*together, change]
        npv = _npv(document, supplier)
        if npv is not None:
            reached, together = [*reached, (tuple(together), npv)], []
    steps.done()
    if together:
        reached.append((tuple(together), end))
    if reached:
        reached[-1] = (reached[-1][0], end)
    before = start
    for made, npv in reached:
        yield Step(made, npv - before, npv)
        before = npv


def _applied(document: Document, change: Change) -> Document:
    keys: Keys = tuple(change.path.split("."))
    data = _with(document.data, keys, change.after)
    return Document(document.file, data, {}, document.folder)


def _with(data: Mapping[str, Any], keys: Keys, value: Any) -> dict[str, Any]:
    """Give data with one part replaced, or left out where the value is None."""
    copy = dict(data)
    key = str(keys[0])
    if len(keys) > 1:
        copy[key] = _with(copy.get(key) or {}, keys[1:], value)
    elif value is None:
        copy.pop(key, None)
    else:
        copy[key] = value
    return copy


def _npv(document: Document, supplier: str) -> float | None:
    """Give an option's NPV in a case half-way; None where it cannot stand."""
    data = {key: value for key, value in document.data.items() if key not in ("scenarios", "sources", "correlations")}
    try:
        case = from_document(Document(document.file, data, {}, document.folder))
        engine_costs = compare(case)
        return engine_costs.supplier(supplier).npv
    except (CaseError, StopIteration):
        return None


def _lines(before: Comparison, after: Comparison, supplier: str) -> Iterator[LineMove]:
    for name in dict.fromkeys(line.name for one in (before, after) for line in one.lines):
        yield LineMove(name, _saved(before, supplier, name), _saved(after, supplier, name))


def _saved(comparison: Comparison, supplier: str, line: str) -> float:
    theirs, mine = (comparison.supplier(name).lines.get(line, 0.0) for name in (comparison.baseline, supplier))
    return theirs - mine


def _cost(comparison: Comparison, supplier: str) -> float | None:
    return next((one.present_cost for one in comparison.suppliers if one.supplier == supplier), None)


def _provenance(case: Case) -> Provenance:
    return Provenance(case.name, case.fingerprint, case.scenario, VERSION)
