"""Everything that a business case on paper is made of, computed once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tco.analyses.cash import DEFAULT_DRAWS as CASH_DRAWS
from tco.analyses.cash import CashFlow, cash_flow
from tco.analyses.curves import Curve, acceptability
from tco.analyses.decision import Decision, decide
from tco.analyses.evidence import Evidence, evidence
from tco.analyses.sensitivities import BASE_SAMPLES, Sensitivity, sensitivity
from tco.analyses.value_of_information import Information, information
from tco.comparison import Comparison, compare
from tco.files import build_date
from tco.loader import Case
from tco.outcomes import DEFAULT_DRAWS, Worlds
from tco.progress import Progress, Steps, each
from tco.simulation import Simulation, simulate


@dataclass(frozen=True)
class Findings:
    """The results of one case, from the same draws.

    Parameters
    ----------
    case : Case
        What they speak of.
    comparison, decision, evidence, cash, curve, information, simulation : results
        As the functions of the library give them, for the option that the decision is about.
    sensitivity : Sensitivity or None
        None where nothing in the case is uncertain.
    worlds : Worlds
        The draws.
    date : str
        Of the report: from SOURCE_DATE_EPOCH, else the case's first month, so that equal cases give equal files.
    """

    case: Case
    comparison: Comparison
    decision: Decision
    evidence: Evidence
    cash: CashFlow
    curve: Curve
    sensitivity: Sensitivity | None
    information: Information
    simulation: Simulation
    worlds: Worlds
    date: str

    @property
    def incomplete(self) -> bool:
        """Whether a rate is unknown of the option that the decision is about, or of the baseline."""
        decision = self.decision
        return any(decision.option(name).incomplete for name in (decision.challenger, decision.baseline))

    @property
    def certain(self) -> bool:
        """Whether nothing in the case is uncertain."""
        return not self.worlds.draws

    @property
    def drawn(self) -> str:
        """What a figure over draws is, in words."""
        return "the only figure" if self.certain else "mean over draws"

    @classmethod
    def of(cls, case: Case, *, n: int = DEFAULT_DRAWS, seed: int = 0, progress: Progress | None = None) -> Findings:
        """Compute everything; `progress` is called with steps done and steps in all."""
        steps = Steps(progress, 12)
        decision = decide(case, n=n, seed=seed, progress=steps.part(4))
        chosen = decision.challenger
        worlds = Worlds.of(case, n, seed=seed)
        steps.done()
        parts: dict[str, Callable[[], Any]] = {
            "comparison": lambda: compare(case),
            "evidence": lambda: evidence(case, chosen),
            "cash": lambda: cash_flow(case, chosen, n=min(n, CASH_DRAWS), seed=seed),
            "curve": lambda: acceptability(case, chosen, n=n, seed=seed),
            "sensitivity": lambda: _sensitivity(case, chosen, n, seed) if worlds.draws else None,
            "simulation": lambda: simulate(case, n, seed=seed),
            "information": lambda: information(case, n=n, seed=seed),
        }
        found = {name: parts[name]() for name in each(parts, steps.part(len(parts)))}
        return cls(case=case, decision=decision, worlds=worlds, date=dated(case), **found)


def _sensitivity(case: Case, supplier: str, n: int, seed: int) -> Sensitivity:
    return sensitivity(case, supplier, n=min(max(n // 4, 64), BASE_SAMPLES), draws=n, seed=seed)


def dated(case: Case) -> str:
    """Give the date that a file made of a case carries."""
    moment = build_date()
    return case.file.start if moment is None else moment.date().isoformat()
