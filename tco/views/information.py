"""Values of information as text: what knowing more is worth, which input, which pilot, and what to do on Monday."""

from __future__ import annotations

import html as escaping

from tco.analyses.pilots import Pilot
from tco.analyses.value_of_information import Information, Known
from tco.views.sensitivity import doubts
from tco.views.table import NAMES, WIDTH, money, short, wrapped

_MOST_LINES = 45
_MOST, _FEWEST = 7, 3
_MOST_GROUPS = 4
_MOST_PILOTS = 3
_WORTH_SAYING = 0.01
"""Share of the EVPI below which an input, a group or a pilot is only counted."""

_TRIFLE = 0.0002
"""Share of the best option's cost below which finding out is not spoken of: asking costs more."""


def text(result: Information) -> str:
    """Write values of information for a terminal: at most 45 lines of at most 100 columns."""
    for groups in (_MOST_GROUPS, 2, 1):
        first, *others = (
            _finding(result),
            _groups(result, groups),
            _pilots(result, min(groups, _MOST_PILOTS)),
            _notes(result),
            doubts(result.warnings),
            _monday(result),
        )
        lines = sum(part.count("\n") + 2 for part in (first, *others) if part)
        most = max(min((_MOST_LINES - lines - 3) // 2, _MOST), _FEWEST)
        found = "\n\n".join(part for part in (first, _inputs(result, most), *others) if part)
        if found.count("\n") < _MOST_LINES:
            break
    return found


def markdown(result: Information) -> str:
    """Write every input as a row of a Markdown table."""
    lines = [_finding(result).replace("\n", "  \n"), "", "| input | path | EVPPI | ± |", "|---|---|---:|---:|"]
    for one in result.inputs:
        label = one.label.replace("|", "/")
        lines.append(f"| {label} | {one.path} | {money(one.evppi)} | {money(one.standard_error)} |")
    return "\n".join([*lines, "", _monday(result)])


def html(result: Information) -> str:
    """Write a small table for notebooks."""
    body = []
    for one in result.inputs:
        cells = (one.label, one.path, money(one.evppi), money(one.standard_error))
        body.append("<tr>" + "".join(f"<td>{escaping.escape(cell)}</td>" for cell in cells) + "</tr>")
    heads = "".join(f"<th>{head}</th>" for head in ("input", "path", "EVPPI", "±"))
    caption = escaping.escape(f"EVPI {money(result.evpi)} {result.currency}")
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"


def _finding(result: Information) -> str:
    best, following = result.labels[result.best], result.labels[result.next_best]
    total = "" if result.total == "all_in" else f" ({NAMES[result.total]})"
    worth = f"{money(result.evpi)} ± {money(result.evpi_error)} {result.currency}"
    scenario = f" (scenario: {short(result.scenario, 20)})" if result.scenario else ""
    first = f"Knowing everything before choosing would be worth {worth}{total} (EVPI){scenario}"
    second = f"  today's choice: {short(best, 32)}, {money(result.saving)} {result.currency} cheaper on average"
    return "\n".join([short(first, WIDTH), short(f"{second} than {short(following, 24)}", WIDTH), _most(result)])


def _most(result: Information) -> str:
    if not _worth(result, result.inputs):
        alone = "  no single input, known alone, would change that choice often enough to matter"
        return alone if result.evpi >= 1 else "  nothing that is uncertain could change that choice"
    top = result.inputs[0]
    return short(f"  worth knowing most: {top.path}, {money(top.evppi)} {result.currency} (EVPPI)", WIDTH)


def _worth(result: Information, ones: tuple[Known, ...]) -> list[Known]:
    """Give what is worth a line: of at least a hundredth of the EVPI, and more than twice its error."""
    return [one for one in ones if one.evppi >= max(_WORTH_SAYING * result.evpi, 2 * one.standard_error, 1)]


def _inputs(result: Information, most: int) -> str:
    shown = _worth(result, result.inputs)[:most]
    head = f"{'Known alone: the input, and its path':<64}{f'EVPPI {result.currency}':>13}{'±':>8}{'of EVPI':>11}"
    lines = [head] if shown else []
    for one in shown:
        lines.append(short(one.label, WIDTH))
        share = f"{100 * one.evppi / result.evpi:.0f} %"
        lines.append(f"  {one.path:<62}{money(one.evppi):>13}{money(one.standard_error):>8}{share:>11}")
    others = len(result.inputs) - len(shown)
    if others:
        largest = max(one.evppi for one in result.inputs if one not in shown)
        each = f"worth at most {money(largest)} each" if largest >= 1 else "worth nothing"
        lines.append(f"others ({others} input{'s' * (others > 1)}, {each})")
    return "\n".join(lines)


def _groups(result: Information, most: int) -> str:
    shown = _worth(result, result.groups)[:most]
    lines = [f"{'Known together':<64}{f'EVPPI {result.currency}':>13}{'±':>8}{'of EVPI':>11}"] if shown else []
    for one in shown:
        name = short(f"{one.label}, {len(one.paths)} inputs", 61)
        share = f"{100 * one.evppi / result.evpi:.0f} %"
        lines.append(f"  {name:<62}{money(one.evppi):>13}{money(one.standard_error):>8}{share:>11}")
    if shown and len(shown) < len(result.groups):
        lines.append(f"others ({len(result.groups) - len(shown)} groups, worth less)")
    return "\n".join(lines)


def _paying(result: Information) -> list[Pilot]:
    if not _free(result):
        return [one for one in result.pilots if one.n and one.net > 0]
    least = max(_WORTH_SAYING * result.evpi, _TRIFLE * abs(result.cost), 1)
    return [one for one in result.pilots if one.n and one.evsi >= least]


def _free(result: Information) -> bool:
    return not result.pilot_cost and not result.pilot_unit_cost


def _pilots(result: Information, most: int) -> str:
    if not result.pilots:
        return "Pilots: no failure rate is stated as counts (24 of 1_950) or as a beta, so none can be valued"
    paying = _paying(result)
    if not paying:
        dear = "" if _free(result) else f" at {money(result.pilot_cost)} and {result.pilot_unit_cost:g} a unit"
        return f"Pilots: none of {len(result.pilots)} rates that a pilot would count is worth one{dear}"
    cost = f"{money(result.pilot_cost)} and {result.pilot_unit_cost:g} a unit"
    free = _free(result)
    sized = "cost taken as 0 (--pilot-cost, --pilot-unit-cost), so sized for 80 % of what they could show"
    stated = sized if free else f"costing {cost}"
    lines = [f"Pilots, {stated}"]
    for one in paying[:most]:
        net = "" if free else f", net of its cost {money(one.net)}"
        worth = f"{one.n:,} units are worth {money(one.evsi)} {result.currency}{net}"
        dearest = f"of that size it pays below {_a_unit(one, result)}" if free else ""
        changes = f"its result changes the choice in {100 * one.switches:.0f} % of cases"
        lines.append(wrapped("; ".join(part for part in (f"{one.path}: {worth}", dearest, changes) if part)))
    if len(result.pilots) > min(len(paying), most):
        lines.append(f"  others ({len(result.pilots) - min(len(paying), most)} rates, worth less or nothing)")
    return "\n".join(lines)


def _notes(result: Information) -> str:
    lines = [
        wrapped(
            f"Assumed: whoever knows more takes the option of the lowest expected cost; {result.n:,} draws, ± one "
            "standard error. EVPPI by regression on the draws; pilots by exact beta-binomial results."
        )
    ]
    nested = [f"{one.path} {money(one.nested)}" for one in _worth(result, result.inputs) if one.nested is not None]
    if nested:
        lines.append(wrapped(f"By runs of the model at fixed values instead, {result.currency}: {'; '.join(nested)}."))
    differ = _different_ranks(result)
    return "\n".join([*lines, *([wrapped(differ)] if differ else [])])


def _different_ranks(result: Information) -> str:
    """Say why the input of the largest part of the variance is not the one most worth knowing, where it is not."""
    if not result.inputs or result.evpi < 1:
        return ""
    top, other = result.inputs[0], result.next_best if result.best == result.baseline else result.best
    saved = f"what {result.labels[other]} saves against {result.labels[result.baseline]}"
    if top.evppi < 1:
        return ""
    if result.mover == top.path:
        return f"{top.path} also moves {saved} most ({100 * result.mover_share:.0f} % of its variance): the two agree."
    known = next(one.evppi for one in result.inputs if one.path == result.mover)
    return (
        f"{result.mover} moves {saved} most ({100 * result.mover_share:.0f} % of its variance), yet to know it is "
        f"worth {money(known)} {result.currency}: only what changes the choice among all options is worth knowing, and "
        f"it {'hardly ever does' if known < top.evppi / 10 else 'does so less'}."
    )


def _monday(result: Information) -> str:
    paying = _paying(result)
    best = result.labels[result.best]
    if result.evpi < _TRIFLE * abs(result.cost) and (_free(result) or not paying):
        worth = f"knowing everything would be worth {money(result.evpi)} {result.currency}, less than asking costs"
        return _todo(f"On Monday: choose {best}; {worth}.")
    if paying and _free(result):
        worth = f"{money(paying[0].evsi)} {result.currency}"
        return _todo(
            f"On Monday: ask what a pilot of {paying[0].n:,} would cost. Below {worth}, {paying[0].rule}. Above it, "
            f"ask again with --pilot-cost and --pilot-unit-cost: a smaller one may pay; else choose {best} now."
        )
    if paying:
        return _todo(f"On Monday: {paying[0].rule}.")
    if _worth(result, result.inputs):
        top = result.inputs[0]
        return _todo(
            f"On Monday: ask what it costs to find out {top.path}; up to {money(top.evppi)} {result.currency} is worth "
            f"paying. Until then, {best}."
        )
    if _worth(result, result.groups):
        top = _worth(result, result.groups)[0]
        return _todo(
            f"On Monday: no single input is worth asking about, but {top.label} together ({len(top.paths)} inputs): up "
            f"to {money(top.evppi)} {result.currency} is worth paying to know them. Until then, {best}."
        )
    return _todo(f"On Monday: choose {best}; no finding-out that is valued here would pay.")


def _a_unit(pilot: Pilot, result: Information) -> str:
    each = f"{pilot.most_a_unit:,.2f}" if pilot.most_a_unit >= 0.1 else f"{pilot.most_a_unit:.2g}"
    return f"{each} {result.currency} a unit"


def _todo(words: str) -> str:
    return wrapped(words).lstrip()
