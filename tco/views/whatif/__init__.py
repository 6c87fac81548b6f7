"""What if: one self-contained page that computes a case anew as sliders are dragged, by the case's own formulas."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from tco.comparison import compare
from tco.engine import TOLERANCE
from tco.errors import TcoError
from tco.files import named, write_text
from tco.loader import Case, checked_case, from_document
from tco.outcomes import DEFAULT_DRAWS, Outcomes, Worlds
from tco.progress import Progress, Steps
from tco.quantity import GRADES
from tco.results import TOTALS, WITHIN
from tco.version import VERSION
from tco.views.figures import EACH, Figures, by_size
from tco.views.report.content import NOT_MODELLED
from tco.views.risk import chance
from tco.views.table import NAMES, uneven_gap
from tco.views.whatif.controls import Control, churn_paths, controls_of, sections
from tco.views.whatif.translation import Translation, translated
from tco.views.whatif.unfolded import Unfolded
from tco.views.whatif.wording import label_of, sentence

_SCRIPTS = ("arithmetic.js", "model.js", "page.js")
_MEANINGS = {"hard": "what is bought, paid or metered", "hard_and_estimated": "modelled", "all_in": "behaviour"}
"""What each total has that the one before it lacks."""
_NAMED = 3
"""Lines that are named under a total."""


def whatif(
    case: Case,
    path: str | Path,
    *,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write a page on which every figure of a case moves with its inputs; it needs no network and no server.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`, with at least two options.
    path : str or Path
        Where to; written whole or not at all.
    n, seed : int
        Draws of the simulation that stands beside the page's single values, and what they are made from.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    TcoError
        For a case with a single option, for what names no file, or a file that cannot be written.

    Examples
    --------
    >>> import tco
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     tco.whatif(case, f"{folder}/whatif.html", n=512)
    ...     Path(f"{folder}/whatif.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    True
    """
    checked_case(case)
    target = named(path)
    if len(case.options) < 2:
        raise TcoError(f"expected a case with an option besides the baseline, found only {case.baseline}")
    steps = Steps(progress, 3)
    worlds = Worlds.of(case, n, seed=seed, outcomes=Outcomes(case))
    simulated = _simulated(case, worlds)
    steps.done()
    unfolded = Unfolded(case)
    first, rest = controls_of(unfolded)
    steps.done()
    write_text(target, _page(case, unfolded, (first, rest), simulated, worlds))
    steps.done()


def _simulated(case: Case, worlds: Worlds) -> list[dict[str, Any]]:
    """Say of each option what it saves in the simulation, all in, in figures that are written alike."""
    found = []
    for option in case.options:
        if option.name != case.baseline:
            saved = worlds.savings(option.name)[TOTALS.index("all_in")]
            ends = [float(x) for x in np.quantile(saved, (0.05, 0.95))]
            incomplete = bool(option.unknown or case.option(case.baseline).unknown)
            found.append((option, incomplete, float(saved.mean()), ends, float((saved > 0).mean())))
    form = Figures.of(x for _, _, mean, ends, _ in found for x in (mean, *ends))
    return [
        {
            "name": option.name,
            "label": sentence(option.label),
            "incomplete": incomplete,
            "saved": mean,
            "mean": form.signed(mean),
            "range": " to ".join(map(form.signed, ends)),
            "unit": form.word,
            "chance": chance(wins),
        }
        for option, incomplete, mean, ends, wins in found
    ]


def _page(
    case: Case,
    unfolded: Unfolded,
    controls: tuple[list[Control], list[Control]],
    simulated: list[dict[str, Any]],
    worlds: Worlds,
) -> str:
    """Lay everything out as one page; what the case says is escaped."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    first, rest = controls
    translation = translated(unfolded.program)
    script = "\n".join([_formulas(translation), *map(_text, _SCRIPTS)])
    style = _text("whatif.css")
    best = max(simulated, key=lambda one: one["saved"])["name"]
    churn = [path for path in churn_paths(unfolded) if unfolded.inputs[path][1].means()[0] > 0]
    data = {"best": best, "churn": churn, "inputs": {one.path: one.to_dict() for one in (*first, *rest)}}
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    scenario = f" (scenario: {case.scenario})" if case.scenario else ""
    return (
        environment.from_string(_text("whatif.html")).render(
            title=case.name + scenario,
            currency=case.currency,
            months=case.timeline.months,
            baseline=case.option(case.baseline).label,
            others=[{"name": name, "label": sentence(case.option(name).label)} for name in unfolded.others],
            totals=list(_totals(unfolded)),
            first=first,
            rest=rest,
            sections=list(sections(rest)),
            churn=churn,
            simulated=simulated,
            draws=f"{worlds.n:,}" if worlds.draws else "",
            seed=worlds.seed,
            gaps=_gaps(case),
            not_modelled=NOT_MODELLED,
            warnings=case.warnings,
            provenance=f"tco {VERSION}, case {case.fingerprint}",
            style=Markup(style),
            style_hash=_digest(style),
            script=Markup(script),
            script_hash=_digest(script),
            model=Markup(_escaped({**_model(case, unfolded, translation), **data})),
        )
        + "\n"
    )


def _gaps(case: Case) -> tuple[list[str], list[str]]:
    """Say what one option states and another does not, and name the lines that no option has."""
    comparison = compare(case)
    uneven = [uneven_gap(gap, comparison) for gap in comparison.gaps if gap.kind != "line"]
    return uneven, [gap.name.replace("_", " ") for gap in comparison.gaps if gap.kind == "line"]


def _totals(unfolded: Unfolded) -> Iterator[tuple[str, str, str]]:
    """Yield the key of each total, its name, and what it has that the one before it lacks."""
    for total, grade in zip(TOTALS, GRADES, strict=True):
        meaning = _MEANINGS[total]
        lines = [line.name.replace("_", " ") for line in unfolded.lines if line.grade == grade]
        if total != TOTALS[0]:
            more = f" and {len(lines) - _NAMED} more" if len(lines) > _NAMED else ""
            meaning += f": {', '.join(lines[:_NAMED])}{more}" if lines else ": no line of this case"
        yield total, sentence(NAMES[total]), meaning


def _model(case: Case, unfolded: Unfolded, translation: Translation) -> dict[str, Any]:
    """Give the steps, and which of them are which figure, as the page reads them."""
    place = translation.place
    steps = {path: number for number, path in enumerate(translation.inputs)}
    return {
        "case": case.name,
        "fingerprint": case.fingerprint,
        "file": Path(case.document.file).name,
        "scenario": case.scenario,
        "remade": _is_remade(case),
        "currency": case.currency,
        "figures": {
            "sums": by_size(lambda largest: Figures.of([largest])),
            "each": by_size(lambda largest: Figures.of([largest], EACH)),
            "alone": by_size(Figures.alone),
        },
        "baseline": case.baseline,
        "options": [{"name": option.name, "label": option.label} for option in case.options],
        "lines": [{"name": line.name, "group": line.group, "grade": line.grade} for line in unfolded.lines],
        "unknown": {
            option.name: [{"path": path, "label": label_of(case, path)} for path in option.unknown]
            for option in case.options
        },
        "totals": {total: WITHIN[total] for total in TOTALS},
        "tolerance": TOLERANCE,
        "arguments": [unfolded.original(path) for path in translation.inputs],
        "stated": [unfolded.inputs[unfolded.original(path)][1].means()[0] for path in translation.inputs],
        "by_year": {one.path: one.number.means() for one in unfolded.case.inputs.values() if one.number.is_path},
        "known": translation.known,
        "calls": translation.calls,
        "wanted": [place[step] for step in unfolded.wanted],
        "units": place[unfolded.units],
        "present_values": {
            name: {line: place[step] for line, step in lines.items()} for name, lines in unfolded.present_values.items()
        },
        "monthly": {name: [place[step] for step in months] for name, months in unfolded.monthly.items()},
        "limits": [[option, words, place[step]] for option, words, step in unfolded.limits],
        "doubts": [[option, words, place[step]] for option, words, step in unfolded.doubts],
        "stakes": {
            name: {
                "parts": [steps[path] for path in one.parts if path in steps],
                "first": steps.get(next(iter(one.parts))),
                "reached": [place[step] for step in one.reached],
                "label": one.label,
                "kind": one.kind,
                "unit": one.unit,
                "value": one.value,
                "low": one.low,
            }
            for name, one in unfolded.stakes.items()
        },
    }


def _is_remade(case: Case) -> bool:
    """Say whether a case is not as its file states it, a scenario apart."""
    if case.original is None:
        return False
    return from_document(case.original, scenario=case.scenario).fingerprint != case.fingerprint


def _formulas(translation: Translation) -> str:
    """Write all formulas as one table of functions."""
    lines = [f"  {json.dumps(name)}: {written}," for name, written in translation.functions.items()]
    remark = "// The formulas of the case, each traced from the function that the engine calls."
    return "\n".join([remark, "const formulas = {", *lines, "};"])


def _escaped(data: Any) -> str:
    """Write data as JSON that no case text can break out of."""
    text = json.dumps(data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _text(name: str) -> str:
    return resources.files("tco.views.whatif").joinpath(name).read_text(encoding="utf-8")
