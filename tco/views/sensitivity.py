"""Sensitivities as text: the finding first, every input or how many were left out, what is assumed, what to do."""

from __future__ import annotations

import html as escaping
import math
from collections.abc import Mapping, Sequence

from tco.analyses.figure import OUTPUTS
from tco.analyses.sensitivities import InputSensitivity, Sensitivity
from tco.analyses.stress import FEWEST, Rule
from tco.analyses.variance import STUDENT, SobolIndex
from tco.views.table import WIDTH, Scale, money, short, signed, wrapped

_MOST_LINES = 45
_MOST, _FEWEST = 7, 3
_BAR = 16
_MOST_WARNINGS = 3
_MOST_GROUPS = 5
_SMALL = 0.01
"""Share of the variance below which an input may be left as it is."""
_SMALL_TOGETHER = 0.05
"""Share of the variance below which all of these together may be."""


def text(result: Sensitivity) -> str:
    """Write a sensitivity for a terminal: 100 columns, and 45 lines unless more ranges were asked for than fit."""
    after = [
        _groups(result),
        _losing(result),
        _stressed(result),
        _notes(result),
        doubts(result.warnings),
        _todo(result),
    ]
    around = [part for part in (_finding(result), *after) if part]
    lines = sum(part.count("\n") + 2 for part in around)
    most = max(min((_MOST_LINES - lines - 3) // 2, _MOST), _FEWEST)
    return "\n\n".join(part for part in (around[0], _table(result, most), *around[1:]) if part)


def markdown(result: Sensitivity) -> str:
    """Write every input as a row of a Markdown table."""
    lines = [_finding(result).replace("\n", "  \n"), ""]
    lines.append(f"| {' | '.join(_HEADS)} |")
    lines.append("|---|---|" + "---:|" * (len(_HEADS) - 2))
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in _cells(one))} |" for one in result.inputs]
    return "\n".join(lines)


def html(result: Sensitivity) -> str:
    """Write a small table for notebooks."""
    heads = "".join(f"<th>{escaping.escape(head)}</th>" for head in _HEADS)
    rows = ("".join(f"<td>{escaping.escape(cell)}</td>" for cell in _cells(one)) for one in result.inputs)
    body = [f"<tr>{row}</tr>" for row in rows]
    caption = escaping.escape(f"{result.label}: {OUTPUTS[result.output][1]}, {result.currency}")
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"


_HEADS = ("input", "path", "from", "to", "low", "high", "swing", "share alone", "with interactions", "money a sd")


def _cells(one: InputSensitivity) -> list[str]:
    bar = one.bar
    ends = [amount(bar.from_value, one.kind), amount(bar.to_value, one.kind)]
    sums = [money(bar.low), money(bar.high), money(bar.swing)]
    return [one.label, one.path, *ends, *sums, *_shares(one), signed(one.association.money_per_sd)]


def amount(value: float, kind: str) -> str:
    """Write an input's value: shares and rates in per cent, all with three significant digits, large ones in full."""
    if kind in ("share", "rate"):
        return f"{_three_digits(100 * value)} %"
    return _three_digits(value)


def _three_digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


def _finding(result: Sensitivity) -> str:
    name = OUTPUTS[result.output][1]
    against = "" if result.output == "cost" else f" against {short(result.baseline_label, 24)}"
    if not _moving(result):
        return f"{short(result.label, 40)}: no uncertain input moves its {name}{against}"
    scenario = f" (scenario: {short(result.scenario, 20)})" if result.scenario else ""
    first = f"{short(result.label, 34)}: {name}{against} turns most on{scenario}"
    difference = result.expected - result.base
    lines = [short(first, WIDTH), _naming(_moving(result)[0])]
    base = f"base case {money(result.base)} {result.currency} (inputs at their means)"
    expected = f"expected {money(result.expected)} ± {money(result.expected_error)} ({signed(difference)})"
    saves = "" if result.output == "cost" else f"; above 0 in {_percent(result.probability_positive)}"
    lines.append(short(f"  {base}, {expected}{saves}", WIDTH))
    return "\n".join(lines)


def _naming(one: InputSensitivity) -> str:
    share = _of_the_variance(one)
    return f"  {short(one.label, WIDTH - 2 - len(share))}{share}"


def _of_the_variance(one: InputSensitivity) -> str:
    """Say what share of the variance an input makes, and whether others have a part in it."""
    if _certain(one):
        return ", in the range stated for it"
    share = f"{_percent(_share(one))} of the variance"
    if one.index is None:
        return f", {share} with what it tells of others" if _share(one) > 0 else ""
    alone, in_all = _shares(one)
    return f", {share}" if alone == in_all else f", a part in {share}"


def _moving(result: Sensitivity) -> list[InputSensitivity]:
    """Give the inputs that move the figure, the one of the largest share of its variance first."""
    found = [one for one in result.inputs if _moves(one)]
    return sorted(found, key=lambda one: (-_share(one), -one.swing, one.path))


def _moves(one: InputSensitivity) -> bool:
    """Say whether an input has an effect, be it beyond the ends of its range alone, as that of a rare event."""
    return one.swing > 0 or (one.moves and bool(one.block)) or (one.index is not None and one.index.total_order > 0)


def _share(one: InputSensitivity) -> float:
    """Give an input's share of the variance in all; of a correlated one what it, and what it tells of others, makes."""
    return one.association.contribution if one.index is None else one.index.total_order


def _table(result: Sensitivity, most: int) -> str:
    """Write the inputs of the largest shares of the variance, two lines each, then how many others there are."""
    shown = _shown(result, most)
    if not shown:
        return ""
    scale = Scale.of(max(abs(end) for one in shown for end in (one.bar.low, one.bar.high)))
    name = "cost" if result.output == "cost" else "NPV"
    ends = f"{100 * result.low:g} % … {100 * result.high:g} %"
    unit = f"{name}, {result.currency}{scale.word}"
    widest = max(one.swing for one in shown)
    lines = [f"{'Input and its swing, path':<46}{ends:>18}{unit:>20}{'alone':>8}{'in all':>8}"]
    for one in shown:
        bar = "█" * max(round(_BAR * one.swing / widest), 1) if one.swing else ""
        lines.append(f"{short(one.label, 66):<67}{scale.money(one.swing):>12} {bar}".rstrip())
        values = f"{amount(one.bar.from_value, one.kind)} … {amount(one.bar.to_value, one.kind)}"
        values += "*" if one.bar.stated else ""
        there = f"{scale.money(one.bar.low)} … {scale.money(one.bar.high)}"
        alone, in_all = _shares(one)
        lines.append(f"  {_middle(one.path, 43):<43} {values:>18} {there:>19} {alone:>7} {in_all:>7}")
    others = [one for one in result.inputs if one not in shown]
    return "\n".join([*lines, *([_others(others, scale)] if others else []), *_marks(shown)])


def _shown(result: Sensitivity, most: int) -> list[InputSensitivity]:
    """Choose the first inputs of those that move the figure, and all whose range was asked for."""
    moving = _moving(result)
    asked = [one for one in result.inputs if one.bar.stated]
    unasked = [one for one in moving if not one.bar.stated][: max(most - len(asked), 0)]
    still = [one for one in asked if one not in moving]
    return [one for one in moving if one in asked or one in unasked or one is moving[0]] + still


def _marks(shown: Sequence[InputSensitivity]) -> list[str]:
    """Say what the marks in the rows shown mean, in a line where there are any."""
    stated = ["* a stated range instead"] if any(one.bar.stated for one in shown) else []
    certain = ["– certain in the case"] if any(_certain(one) for one in shown) else []
    return ["; ".join([*stated, *certain])] if stated or certain else []


def _certain(one: InputSensitivity) -> bool:
    """Say whether an input varies only because a range was stated for it, so that it has no part in the variance."""
    return one.index is None and not one.block


def _others(others: Sequence[InputSensitivity], scale: Scale) -> str:
    still = sum(not _moves(one) for one in others)
    largest = f"{'swings up to' if len(others) > 1 else 'a swing of'} {scale.money(max(one.swing for one in others))}"
    unmoved = f", {still} of them without any effect" if still else ""
    words = "without any effect" if still == len(others) else f"of {largest}{unmoved}"
    return f"others ({_counted(len(others), 'input')} {words}; --format csv has all)"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _middle(path: str, width: int) -> str:
    """Shorten a path in its middle, whose ends say most."""
    return path if len(path) <= width else f"{path[: width // 3]}…{path[-(width - width // 3 - 1) :]}"


def _shares(one: InputSensitivity) -> tuple[str, str]:
    """Give the first-order and the total-order share; a correlated input's stand under its group."""
    if one.index is None:
        return ("group", "group") if one.block else ("–", "–")
    return _percent(one.index.first_order), _percent(one.index.total_order)


def _percent(share: float) -> str:
    if 0 < abs(share) < 0.005:
        return "<1 %" if share > 0 else ">-1 %"
    return f"{100 * share:.0f} %" if share < 0.995 or share >= 1 else ">99 %"


def _groups(result: Sensitivity) -> str:
    shown = _shown_groups(result)
    if not result.groups or not _moving(result):
        return ""
    lines = [f"{'Groups, share of the variance':<78}{'alone':>10}{'in all':>10}"]
    for one in shown:
        cells = "".join(_with_error(*pair) for pair in _pairs(one))
        lines.append(f"  {short(_group_name(one), 75):<76}{cells}")
    others = [one for one in result.groups if one not in shown]
    if others:
        still = sum(one.total_order == 0 for one in others)
        words = " without any effect" if still == len(others) else f", {still} of them without any effect" * (still > 0)
        lines.append(f"  others ({_counted(len(others), 'group')}{words}; --format json has all)")
    return "\n".join(lines)


def _shown_groups(result: Sensitivity) -> list[SobolIndex]:
    return [one for one in result.groups if one.total_order > 0][:_MOST_GROUPS]


def _group_name(one: SobolIndex) -> str:
    joined = len(one.paths) > 1 and one.name == " + ".join(one.paths)
    return f"correlated: {one.name}" if joined else f"{one.name}, {_counted(len(one.paths), 'input')}"


def _pairs(one: SobolIndex) -> Sequence[tuple[float, float]]:
    return (one.first_order, one.first_order_error), (one.total_order, one.total_order_error)


def _with_error(share: float, error: float) -> str:
    return f"{f'{round(100 * share)} ±{100 * error:.1f} %':>11}"


def _losing(result: Sensitivity) -> str:
    """Say what losing worlds have in common, in one to three rules."""
    if result.output == "cost" or not _moving(result):
        return ""
    losing = 1 - result.probability_positive
    if not result.rules:
        return f"Losing worlds: {_unruled(round(losing * result.draws), result.draws)}"
    lines = [f"Losing worlds ({_percent(losing)} of all, in which nothing is saved) have in common"]
    labels = {one.path: one for one in result.inputs}
    return "\n".join([*lines, *(wrapped(rule_words(rule, labels)) for rule in result.rules)])


def _unruled(losing: int, draws: int) -> str:
    """Say how many draws lose where no rule says which."""
    if losing in (0, draws):
        return f"{'all' if losing else 'none'} of {draws:,} draws"
    many = f"{losing:,} of {draws:,} draws"
    if losing < FEWEST:
        return f"{many}, too few to say what they have in common"
    return f"{many}, with nothing in common that a simple rule would say"


def rule_words(rule: Rule, inputs: Mapping[str, InputSensitivity]) -> str:
    """Say which inputs make a world lose, above or below what, and how much that explains."""
    parts = []
    for one in rule.conditions:
        word = "above" if one.above else "below"
        parts.append(f"{one.path} {word} {amount(one.value, inputs[one.path].kind)}")
    coverage, density = _percent(rule.coverage), _percent(rule.density)
    return f"{' and '.join(parts)}: {coverage} of the losing worlds; {density} of the worlds there lose"


def _stressed(result: Sensitivity) -> str:
    found = result.stressed
    if found is None:
        return ""
    bands = ", ".join(f"{path} in {100 * low:g} % to {100 * high:g} %" for path, (low, high) in found.bands.items())
    mean = f"mean {money(found.mean)} ± {money(found.mean_error)} {result.currency} instead of {money(found.all_mean)}"
    chance = f"above 0 in {_percent(found.probability_positive)} instead of {_percent(found.all_probability_positive)}"
    words = f"{bands}: {mean}" if result.output == "cost" else f"{bands}: {mean}; {chance}"
    return "\n".join([f"Stress, {_percent(found.share)} of worlds", wrapped(words)])


def _notes(result: Sensitivity) -> str:
    """Say what is assumed, and why rankings differ where they do."""
    lines = [
        wrapped(
            f"Assumed: the swing moves one input alone, the others at their means, so it speaks of the base case and "
            f"not of correlations. Alone / in all: share of the variance that knowing an input would take away / that "
            f"it has a part in; {result.runs:,} runs ({result.points}, seed {result.seed}), ± one standard error."
        )
    ]
    errors = _errors(result)
    if errors:
        points = max(math.ceil(1000 * STUDENT * max(errors)), 1) / 10  # never rounded down
        lines.append(wrapped(f"Each share is known to ±{points:.1f} points (95 %) or better."))
    if any(one.block for one in result.inputs):
        lines.append(wrapped("Correlated inputs share variance, so they are judged as one group and have none alone."))
    indices = [*(one.index for one in result.inputs if one.index), *_shown_groups(result)]
    if any(one.first_order < -0.005 for one in indices):
        lines.append(wrapped("A share below 0 is sampling noise about 0; more samples (-n) shrink it."))
    differ = _different_ranks(result)
    if differ:
        lines.append(wrapped(differ))
    return "\n".join(lines)


def _errors(result: Sensitivity) -> list[float]:
    """Give the standard errors of all shares that are written: of inputs, of groups, and of the input named first."""
    moving = _moving(result)
    indices = [*(one.index for one in moving if one.index), *_shown_groups(result)]
    found = [error for one in indices for error in (one.first_order_error, one.total_order_error)]
    return found + [one.association.contribution_error for one in moving[:1] if one.block]


def _different_ranks(result: Sensitivity) -> str:
    """Say why swing and variance name different inputs first, where they do beyond noise."""
    ranked = _moving(result)
    widest = max(ranked, key=lambda one: one.swing, default=None)
    if widest is None or widest is ranked[0]:
        return ""
    first = ranked[0]
    noise = 2 * sum(
        one.association.contribution_error if one.index is None else one.index.total_order_error
        for one in (first, widest)
    )
    if _share(first) - _share(widest) <= max(noise, 0.005):
        return ""
    return f"Swing ranks {widest.path} first, variance {first.path}: {_reason(widest, first)}"


def _reason(widest: InputSensitivity, first: InputSensitivity) -> str:
    """Say what the input of the largest swing and that of the largest share of the variance are judged by."""
    if _certain(widest):
        return "the former is certain in the case, so it has a swing in the range stated for it but no variance."
    stated = " and ".join(one.path for one in (widest, first) if one.bar.stated)
    if stated:
        return f"the swing takes the range stated for {stated}, variance the distribution in the case."
    correlated = " and tell of each other" if widest.block or first.block else ""
    return (
        "the swing takes the two ends of a range, the others at their means; variance takes all values, those beyond "
        f"the ends too, and what inputs do together{correlated}."
    )


def doubts(warnings: Sequence[str]) -> str:
    """Write the first few warnings, a line each, and how many more there are."""
    if not warnings:
        return ""
    more = len(warnings) - _MOST_WARNINGS
    lines = [short(f"  {one}", WIDTH) for one in warnings[:_MOST_WARNINGS]]
    return "\n".join(["Warnings", *lines, *([f"  and {more} more (--format json)"] if more > 0 else [])])


def _todo(result: Sensitivity) -> str:
    moving = _moving(result)
    if not moving:
        return "What to do: nothing here needs a better number; look at what is stated as certain."
    if result.output != "cost" and result.probability_positive in (0, 1):
        return _sure(result)
    top = moving[0]
    if _certain(top):
        return wrapped(
            f"What to do: nothing that is uncertain in the case moves this cost; write the range of {top.path} into "
            "it, so that its share of the variance and, with `tco information`, what a better number is worth can be "
            "judged."
        ).lstrip()
    return wrapped(
        f"What to do: get a better number for {top.path} first - if that could change the choice, which `tco "
        f"information` answers.{_leaving(result, top)}"
    ).lstrip()


def _leaving(result: Sensitivity, top: InputSensitivity) -> str:
    """Say how many inputs may be left as they are, where that holds for all of them together too."""
    shares = [one.index.total_order for one in result.inputs if one is not top and one.index]
    small = [share for share in shares if share < _SMALL]
    if len(small) < 2 or sum(small) >= _SMALL_TOGETHER:
        return ""
    return f" Leave the {len(small)} inputs below 1 % of the variance as they are."


_SAVES = {
    "npv": "saves",
    "hard": "saves by its hard lines alone",
    "hard_and_estimated": "saves by its hard and estimated lines alone",
}


def _sure(result: Sensitivity) -> str:
    """Say that no number needs to be better where every draw says the same, unless a stated range says otherwise."""
    saves, always = _SAVES[result.output], result.probability_positive == 1
    every = f"it {saves} in {f'all {result.draws:,} draws' if always else 'no draw'}"
    doubtful = [one.path for one in result.inputs if one.bar.stated and not _all(one, positive=always)]
    if doubtful:
        where = "but not everywhere" if always else "but does"
        words = f"{every}, {where} in the range stated for {', '.join(doubtful)}: get a better number for that first."
        return wrapped(f"What to do: {words}").lstrip()
    return wrapped(
        f"What to do: {every}, so no better number is needed to tell it from {result.baseline_label}. Which option "
        "is best of all, and what would be worth finding out for that, `tco information` answers."
    ).lstrip()


def _all(one: InputSensitivity, *, positive: bool) -> bool:
    return all((figure > 0) == positive for _, figure in one.bar.spider)
