"""Everything that a business case on paper is made of, computed once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime

from tco.analyses.cash import CashFlow, cash_flow
from tco.analyses.curves import Curve, acceptability
from tco.analyses.decision import Decision, decide
from tco.analyses.evidence import Evidence, evidence
from tco.analyses.sensitivities import Sensitivity, sensitivity
from tco.analyses.value_of_information import Information, information
from tco.comparison import Comparison, compare
from tco.loader import Case
from tco.outcomes import DEFAULT_DRAWS, Worlds


@dataclass(frozen=True)
class Findings:
    """The results of one case, from the same draws.

    Parameters
    ----------
    case : Case
        What they speak of.
    comparison, decision, evidence, cash, curve, information : results
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
    worlds: Worlds
    date: str

    @classmethod
    def of(cls, case: Case, *, n: int = DEFAULT_DRAWS, seed: int = 0) -> Findings:
        """Compute everything."""
        decision = decide(case, n=n, seed=seed)
        chosen = decision.challenger
        worlds = Worlds.of(case, n, seed=seed)
        return cls(
            case=case,
            comparison=compare(case),
            decision=decision,
            evidence=evidence(case, chosen),
            cash=cash_flow(case, chosen, n=min(n, 4096), seed=seed),
            curve=acceptability(case, chosen, n=n, seed=seed),
            sensitivity=sensitivity(case, chosen, draws=n, seed=seed) if worlds.draws else None,
            information=information(case, n=n, seed=seed),
            worlds=worlds,
            date=dated(case),
        )


def dated(case: Case) -> str:
    """Give the date that a file made of a case carries.

    Raises
    ------
    ValueError
        For a SOURCE_DATE_EPOCH that is no number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    return case.file.start
