"""Evidence: what the saving rests on, line by line from hard to soft, and input by input with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tco.comparison import Comparison, compare
from tco.distributions import Fixed
from tco.explanation import written
from tco.loader import Case, checked_case
from tco.outcomes import Outcomes
from tco.quantity import GRADES
from tco.results import TOTALS, Provenance, Result
from tco.version import VERSION


@dataclass(frozen=True)
class Assumption:
    """One input of a case, and where it comes from.

    Parameters
    ----------
    path, meaning, unit, kind : str
        Of the input; kind is share, rate, positive or number.
    value : float
        Its mean, in the first contract year.
    written : str
        As it was stated: a number, a range, a path by year.
    low, high : float or None
        5th and 95th percentile; None for a number that is certain.
    source, owner, grade, note, date : str
        What was said about it; empty where nothing was.
    in_hard : bool
        Whether the hard headline of some option depends on it.
    used : bool
        Whether any figure does.
    """

    path: str
    meaning: str
    unit: str
    kind: str
    value: float
    written: str
    low: float | None
    high: float | None
    source: str
    owner: str
    grade: str
    note: str
    date: str
    in_hard: bool
    used: bool

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Rung:
    """One line on the way from the hardest saving to all of it: what it saves, and all so far [money]."""

    line: str
    group: str
    grade: str
    npv: float
    cumulative: float


@dataclass(frozen=True, repr=False)
class Evidence(Result):
    """What a case's answer rests on.

    Parameters
    ----------
    name, currency, baseline, supplier, label : str
        Of the case, and the option whose saving is laid out.
    ladder : tuple of Rung
        Lines from hard to soft with the cumulative saving in the base case.
    assumptions : tuple of Assumption
        Every input, in the order of the file.
    grades : dict of str to str
        Lines whose grade the case moves, and to which.
    warnings : tuple of str
        Doubts about the case: what may be counted twice among them.
    provenance : Provenance
        What this was made from.
    """

    name: str
    currency: str
    baseline: str
    supplier: str
    label: str
    ladder: tuple[Rung, ...]
    assumptions: tuple[Assumption, ...]
    grades: Mapping[str, str]
    warnings: tuple[str, ...]
    provenance: Provenance

    @property
    def without_source(self) -> tuple[Assumption, ...]:
        """Inputs for which no source is stated."""
        return tuple(one for one in self.assumptions if not one.source)

    @property
    def softer_in_hard(self) -> tuple[Assumption, ...]:
        """Inputs of the hard headline that are themselves graded softer."""
        return tuple(one for one in self.assumptions if one.in_hard and one.grade in GRADES[1:])

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row an assumption: the register."""
        for one in self.assumptions:
            yield one.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain data, in full precision."""
        return {
            "name": self.name,
            "currency": self.currency,
            "baseline": self.baseline,
            "supplier": self.supplier,
            "ladder": [
                {"line": r.line, "group": r.group, "grade": r.grade, "npv": r.npv, "cumulative": r.cumulative}
                for r in self.ladder
            ],
            "assumptions": list(self.rows()),
            "inputs": len(self.assumptions),
            "without_source": len(self.without_source),
            "hard_inputs": sum(one.in_hard for one in self.assumptions),
            "hard_inputs_graded_softer": len(self.softer_in_hard),
            "grades_moved": dict(self.grades),
            "warnings": list(self.warnings),
            "provenance": self.provenance.to_dict(),
        }

    def __str__(self) -> str:
        from tco.views import exploration

        return exploration.evidence_text(self)


def evidence(case: Case, supplier: str = "") -> Evidence:
    """Lay out what a saving rests on: lines from hard to soft, and every input with its source, owner and grade.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    supplier : str
        Whose saving; by default that of the option, other than the baseline, that costs least.

    Examples
    --------
    >>> import tco
    >>> found = tco.evidence(tco.load("scenarios/cartridges.yaml"))
    >>> found.supplier, len(found.without_source)
    ('borealis_box', 0)
    """
    checked_case(case)
    comparison = compare(case)
    if supplier:
        case.option(supplier)
    others = [option for option in comparison.suppliers if option.supplier != case.baseline] or comparison.suppliers
    name = supplier or min(others, key=lambda option: option.present_cost).supplier
    return Evidence(
        name=case.name,
        currency=case.currency,
        baseline=case.baseline,
        supplier=name,
        label=case.option(name).label,
        ladder=tuple(_ladder(comparison, name)),
        assumptions=tuple(_assumptions(case)),
        grades=dict(case.file.decision.grades),
        warnings=case.warnings,
        provenance=Provenance(case.name, case.fingerprint, case.scenario, VERSION),
    )


def _ladder(comparison: Comparison, supplier: str) -> Iterator[Rung]:
    """Add up what lines save: hard ones first; within a grade what costs more first, which savings must make up for."""
    base, option = comparison.supplier(comparison.baseline), comparison.supplier(supplier)
    saved = {line: base.lines.get(line.name, 0.0) - option.lines.get(line.name, 0.0) for line in comparison.lines}
    total = 0.0
    for line in sorted(comparison.lines, key=lambda line: (GRADES.index(line.grade), saved[line])):
        total += saved[line]
        yield Rung(line.name, line.group, line.grade, saved[line], total)


def _assumptions(case: Case) -> Iterator[Assumption]:
    hard, used = _dependencies(case)
    for one in case.inputs.values():
        if one.number.word == "rest":
            continue
        parts = [path for path, _ in one.parts()]
        number, value = one.number, one.number.value
        low = high = None
        if not isinstance(value, tuple | Fixed):
            low, high = (float(value.quantile(share)) for share in (0.05, 0.95))
        yield Assumption(
            path=one.path,
            meaning=one.entry.meaning,
            unit=one.entry.unit,
            kind=one.entry.kind,
            value=float(number.means()[0]),
            written=written(number),
            low=low,
            high=high,
            source=case.source_of(one),
            owner=number.owner,
            grade=number.grade,
            note=number.note,
            date=number.date,
            in_hard=any(path in hard for path in parts),
            used=any(path in used for path in parts),
        )


def _dependencies(case: Case) -> tuple[set[str], set[str]]:
    """Give the paths that the hard present costs depend on, and those that any do."""
    free = [path for one in case.inputs.values() for path, _ in one.parts()]
    outcomes = Outcomes(case, free=free)
    hard = outcomes.program([steps[TOTALS[0]] for steps in outcomes.total_steps])
    return set(hard.draws), set(outcomes.present.draws)
