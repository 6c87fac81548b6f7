"""Whether a case file can be computed: every problem at once, else what it holds and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tco.errors import CaseError, TcoError
from tco.loader import Case, load
from tco.results import Result

DRAWS = 1024
"""Draws in which joint limits are looked at."""


@dataclass(frozen=True, repr=False)
class Validation(Result):
    """A case file without mistakes.

    Parameters
    ----------
    file, name : str
        The file, and what the case is called.
    suppliers, scenarios : tuple of str
        Its options and named scenarios, all checked.
    n_inputs, n_uncertain : int
        Numbers stated, and those of them with a distribution.
    warnings : tuple of str
        What is doubtful in it.
    """

    file: str
    name: str
    suppliers: tuple[str, ...]
    scenarios: tuple[str, ...]
    n_inputs: int
    n_uncertain: int
    warnings: tuple[str, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row a warning."""
        for warning in self.warnings:
            yield {"file": self.file, "warning": warning}

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return {
            "file": self.file,
            "name": self.name,
            "suppliers": list(self.suppliers),
            "scenarios": list(self.scenarios),
            "n_inputs": self.n_inputs,
            "n_uncertain": self.n_uncertain,
            "warnings": list(self.warnings),
        }

    def __str__(self) -> str:
        holds = f"{len(self.suppliers)} options, {self.n_inputs} inputs ({self.n_uncertain} uncertain)"
        scenarios = f", {len(self.scenarios)} scenarios" if self.scenarios else ""
        warned = [f"  warning: {warning}" for warning in self.warnings]
        return "\n".join([f"{self.file}: no problems: {holds}{scenarios}", *warned])


def validate(path: str | Path, *, changes: Iterable[str] = ()) -> Validation:
    """Check a case file and all its scenarios.

    Parameters
    ----------
    path : str or Path
        The YAML file.
    changes : iterable of str
        ``PATH=VALUE`` settings, checked with it.

    Raises
    ------
    CaseError
        With every problem found.

    Examples
    --------
    >>> validate("scenarios/cartridges.yaml").scenarios
    ('tariff shock', 'half the churn')
    """
    case = load(path, changes=changes)
    inputs = case.inputs.values()
    return Validation(
        file=str(path),
        name=case.name,
        suppliers=tuple(option.name for option in case.options),
        scenarios=case.scenarios,
        n_inputs=len(case.inputs),
        n_uncertain=sum(not one.number.is_fixed for one in inputs),
        warnings=(*case.warnings, *_in_draws(case)),
    )


def _in_draws(case: Case) -> Iterator[str]:
    """Say what makes a case that can be compared impossible to simulate."""
    from tco.outcomes import Worlds, uncertain_inputs

    if not uncertain_inputs(case):
        return
    try:
        Worlds.of(case, DRAWS)
    except CaseError as error:
        yield from (f"{one.path}: {one.message}; it cannot be simulated" for one in error.problems)
    except TcoError as error:
        yield f"{error}; it cannot be simulated"
