"""Values of information as text: what knowing more is worth, which input, which pilot, and what to do on Monday."""

from __future__ import annotations

import html as escaping

from tco.analyses.pilots import Pilot, count_of
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
    cheaper = f"{money(result.saving)} {result.currency} cheaper on average than"
    against = cheaper if result.saving else "which costs the same on average as"
    second = f"  today's choice: {short(best, 32)}, {against}"
    return "\n".join([short(first, WIDTH), short(f"{second} {short(following, 24)}", WIDTH), _most(result)])


def _most(result: Information) -> str:
    if not _worth(result, result.inputs):
        alone = "  no single input, known alone, would change that choice often enough to matter"
        return alone if result.evpi >= 1 else "  nothing that is uncertain could change that choice"
    top = result.inputs[0]
    return short(f"  worth knowing most: {top.path}, {money(top.worth)} {result.currency} (EVPPI)", WIDTH)


def _worth(result: Information, ones: tuple[Known, ...]) -> list[Known]:
    """Give what is worth a line: of at least a hundredth of the EVPI, and more than twice its error."""
    return [one for one in ones if one.worth >= max(_WORTH_SAYING * result.evpi, 2 * one.standard_error, 1)]


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
        name = short(f"{one.label}, {_of_inputs(one)}", 61)
        share = f"{100 * one.evppi / result.evpi:.0f} %"
        lines.append(f"  {name:<62}{money(one.evppi):>13}{money(one.standard_error):>8}{share:>11}")
    if shown and len(shown) < len(result.groups):
        others = len(result.groups) - len(shown)
        lines.append(f"others ({others} group{'s' * (others > 1)}, worth less)")
    return "\n".join(lines)


def _of_inputs(one: Known) -> str:
    return f"{len(one.paths)} input{'s' * (len(one.paths) > 1)}"


def _paying(result: Information) -> list[Pilot]:
    if not _free(result):
        return [one for one in result.pilots if one.n and one.net > 0]
    least = max(_WORTH_SAYING * result.evpi, _TRIFLE * abs(result.cost), 1)
    return [one for one in result.pilots if one.n and one.evsi >= least]


def _free(result: Information) -> bool:
    return not result.pilot_cost and not result.pilot_unit_cost


def _pilots(result: Information, most: int) -> str:
    if not result.pilots:
        which = "stated as counts (24 of 1_950) or as a beta, one for all years"
        return _flush(f"Pilots: no failure rate is {which}, so none can be valued")
    paying = _paying(result)
    if not paying:
        return f"Pilots: {_none_pays(result)}"
    lines = [_flush(f"Pilots, {_sized(result)}")]
    for one in paying[:most]:
        net = "" if _free(result) else f", net of its cost {money(one.net)}"
        worth = f"{count_of(one.n, one.counted)} {'is' if one.n == 1 else 'are'} worth {money(one.evsi)}"
        dearest = f"of that size it pays below {_a_unit(one, result)}" if _free(result) else ""
        changes = f"its result changes the choice in {100 * one.switches:.0f} % of cases"
        parts = (f"{one.path}: {worth} {result.currency}{net}", dearest, changes)
        lines.append(wrapped("; ".join(part for part in parts if part)))
    others = len(result.pilots) - min(len(paying), most)
    if others:
        lines.append(f"  others ({others} rate{'s' * (others > 1)}, worth less or nothing)")
    return "\n".join(lines)


def _none_pays(result: Information) -> str:
    count = len(result.pilots)
    rates = "the one rate that a pilot would count is not" if count == 1 else f"none of {count} rates to be counted is"
    sizes = sorted({size for one in result.pilots for size, *_ in one.curve}) if result.units else []
    of = f" of {' or '.join(f'{size:,}' for size in sizes)}" if sizes else ""
    return f"{rates} worth one{of}{'' if _free(result) else f' at {_price(result)}'}"


def _sized(result: Information) -> str:
    """Say what pilots cost, and why they have the size that they have."""
    cost = f"costing {_price(result)}"
    if _free(result):
        cost = "cost taken as 0 (--pilot-cost, --pilot-unit-cost)"
    if result.units:
        return f"{cost}, of the size asked for"
    if result.pilot_unit_cost:
        return f"{cost}, of the size of the largest net value"
    what = "what they could show" if _free(result) else "the largest net value, for more units cost nothing more"
    return f"{cost}, so sized for 80 % of {what}"


def _price(result: Information) -> str:
    per_order = any(one.counted == "orders" for one in result.pilots)
    orders = " (an order, where orders are counted)" if per_order and result.pilot_unit_cost else ""
    return f"{money(result.pilot_cost)} and {result.pilot_unit_cost:g} a unit{orders}"


def _notes(result: Information) -> str:
    lines = [
        wrapped(
            f"Assumed: whoever knows more takes the option of the lowest expected cost; {result.n:,} draws, ± one "
            "standard error. EVPPI by regression on the draws; pilots by exact beta-binomial results."
        )
    ]
    nested = [f"{one.path} {money(one.nested)}" for one in _worth(result, result.inputs) if one.nested is not None]
    if nested:
        told = f"By runs of the model at fixed values instead, {result.currency}: {'; '.join(nested)}."
        lines.append(wrapped(f"{told}{_why_they_differ(result)}"))
    differ = _different_ranks(result)
    return "\n".join([*lines, *([wrapped(differ)] if differ else [])])


def _why_they_differ(result: Information) -> str:
    """Say which of two values of an input to trust, where regression and runs are apart."""
    if not any(one.apart for one in _worth(result, result.inputs)):
        return ""
    return (
        " Where the two differ, trust the runs: a regression smooths jumps and bends, so that the choice made by it is "
        "worth less, and its ± does not count that."
    )


def _different_ranks(result: Information) -> str:
    """Say why the input of the largest part of the variance is not the one most worth knowing, where it is not."""
    if not result.inputs or result.evpi < 1:
        return ""
    top, other = result.inputs[0], result.next_best if result.best == result.baseline else result.best
    saved = f"what {result.labels[other]} saves against {result.labels[result.baseline]}"
    if top.worth < 1:
        return ""
    if not result.mover:
        return f"No input moves {saved}; {top.path} is worth knowing for what it does to other options."
    share = f"{100 * result.mover_share:.0f} % of its variance"
    if result.mover == top.path:
        return f"{top.path} is also what, known alone, explains most of {saved} ({share}): the two agree."
    known = next(one.worth for one in result.inputs if one.path == result.mover)
    return (
        f"{result.mover}, known alone, explains most of {saved} ({share}), yet to know it is worth {money(known)} "
        f"{result.currency}: only what changes the choice among all options is worth knowing, and it "
        f"{'hardly ever does' if known < top.worth / 10 else 'does so less'}."
    )


def _monday(result: Information) -> str:
    paying = _paying(result)
    best = result.labels[result.best]
    if result.evpi < _TRIFLE * abs(result.cost) and (_free(result) or not paying):
        worth = f"knowing everything would be worth {money(result.evpi)} {result.currency}, less than asking costs"
        return _flush(f"On Monday: choose {best}; {worth}.")
    if paying and _free(result):
        first = paying[0]
        return _flush(
            f"On Monday: ask what a pilot of {count_of(first.n, first.counted)} would cost. Below {money(first.evsi)} "
            f"{result.currency}, {first.rule}. Above it, ask again with --pilot-cost and --pilot-unit-cost: a smaller "
            f"one may pay; else choose {best} now."
        )
    if paying:
        return _flush(f"On Monday: {paying[0].rule}.")
    if _worth(result, result.inputs):
        top = result.inputs[0]
        return _flush(
            f"On Monday: ask what it costs to find out {top.path}; up to {money(top.worth)} {result.currency} is worth "
            f"paying. Until then, {best}."
        )
    if _worth(result, result.groups):
        top = _worth(result, result.groups)[0]
        return _flush(
            f"On Monday: no single input is worth asking about, but {top.label} together ({_of_inputs(top)}): up "
            f"to {money(top.worth)} {result.currency} is worth paying to know them. Until then, {best}."
        )
    return _flush(f"On Monday: choose {best}; no finding-out that is valued here would pay.")


def _a_unit(pilot: Pilot, result: Information) -> str:
    each = f"{pilot.most_a_unit:,.2f}" if pilot.most_a_unit >= 0.1 else f"{pilot.most_a_unit:.2g}"
    return f"{each} {result.currency} {'an order' if pilot.counted == 'orders' else 'a unit'}"


def _flush(words: str) -> str:
    return wrapped(words).lstrip()
