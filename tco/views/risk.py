"""Simulations as tables: for a terminal of 100 columns, as Markdown, CSV and HTML."""

from __future__ import annotations

import html as escaping
from collections.abc import Sequence

from tco.results import TOTALS
from tco.simulation import OptionRisk, Simulation
from tco.spread import Spread
from tco.views.table import NAMES, WIDTH, Scale, money, rows_as_csv, short, signed, wrapped

_LABEL = 26
_FEW_WORDS = {"sobol": "Sobol' points", "latin": "Latin hypercube", "random": "plain random"}
_SHARE_SHOWN = 0.01
_MOST_CORRELATIONS = 5
_SAME = 0.005
_SPOKEN_OF = 0.5
"""Money below which a difference rounds to nothing."""
_BY_CHANCE = 4
"""Standard errors that a mean may be off by chance: of errors told by eight replicates, one mean in 200 is by more."""
_NAMES = {"hard": "hard", "hard_and_estimated": "hard + est.", "all_in": "all in"}


def text(result: Simulation) -> str:
    """Write a simulation for a terminal: the answer in the first three lines, at most 100 columns."""
    parts = [_answer(result), _options(result), _totals(result), _lines(result), _base(result)]
    if any(option.luck for option in result.suppliers):
        parts.append(_luck(result))
    if result.correlations:
        parts.append(_correlations(result))
    if result.warnings:
        parts.append("\n".join(["Warnings", *(wrapped(warning) for warning in result.warnings)]))
    return "\n\n".join(part for part in parts if part)


def _correlations(result: Simulation) -> str:
    """Hold drawn rank correlations against those asked for, the ones that are farthest off first."""
    worst = sorted(result.correlations, key=lambda one: -abs(one.achieved - one.asked))
    lines = ["Rank correlations"]
    for one in worst[:_MOST_CORRELATIONS]:
        used = "" if abs(one.used - one.asked) < _SAME else f"used {one.used:+.2f}, "
        lines.append(wrapped(f"{one.first} and {one.second}: asked {one.asked:+.2f}, {used}drawn {one.achieved:+.3f}"))
    if len(worst) > _MOST_CORRELATIONS:
        lines.append(f"  … and {len(worst) - _MOST_CORRELATIONS} more, closer to what was asked")
    return "\n".join(lines)


def csv_text(result: Simulation) -> str:
    """Write the rows of a simulation as CSV, in full precision."""
    return rows_as_csv(result.rows())


def markdown(result: Simulation) -> str:
    """Write the options of a simulation as a Markdown table."""
    lines = [_answer(result).replace("\n", "  \n"), ""]
    lines.append(f"| {' | '.join(['option', *_HEADS])} |")
    lines.append("|---|" + "---:|" * len(_HEADS))
    for option in result.suppliers:
        label = option.label.replace("|", "\\|")
        lines.append(f"| {label} | {' | '.join(_cells(option, result))} |")
    return "\n".join(lines)


def html(result: Simulation) -> str:
    """Write a small table for notebooks."""
    heads = "".join(f"<th>{escaping.escape(head)}</th>" for head in ("option", *_HEADS))
    rows = []
    for option in result.suppliers:
        cells = "".join(f"<td>{cell}</td>" for cell in _cells(option, result))
        rows.append(f"<tr><th>{escaping.escape(option.label)}</th>{cells}</tr>")
    body = "".join(rows)
    caption = escaping.escape(f"{result.currency}, {result.n:,} draws")
    return f"<table><caption>{caption}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


_HEADS = ("saved, mean", "± error", "5 %", "median", "95 %", "P(saves)", "P(best)", "exp. loss", "CVaR 5 %")


def _scale(result: Simulation) -> Scale:
    return Scale.of(max(abs(option.present_cost["all_in"].p95) for option in result.suppliers))


def _cells(option: OptionRisk, result: Simulation) -> list[str]:
    npv, scale = option.npv["all_in"], _scale(result)
    if option.supplier == result.baseline:
        shown = ["–"] * 6
    else:
        shown = [scale.signed(npv.mean), scale.money(npv.standard_error)]
        shown += [scale.signed(point) for point in (npv.p5, npv.p50, npv.p95)]
        shown.append(chance(option.probability_positive["all_in"]))
    tail = "–" if option.supplier == result.baseline else scale.signed(option.cvar)
    return [*shown, chance(option.probability_best), scale.money(option.expected_loss), tail]


def _answer(result: Simulation) -> str:
    best = result.best
    scenario = f" (scenario: {result.scenario})" if result.scenario else ""
    if best.supplier == result.baseline:
        first = f"{best.label}, the baseline, costs least on average; best in {chance(best.probability_best)} of worlds"
        second = "  no option saves against it on average"
    else:
        npv = best.npv["all_in"]
        average = f"{money(npv.mean)} {result.currency} on average"
        first = f"{best.label}: saves {average}, best in {chance(best.probability_best)} of worlds"
        saved = ", ".join(f"{_NAMES[t]} {chance(best.probability_positive[t])}" for t in TOTALS)
        second = f"  9 worlds in 10: {signed(npv.p5)} to {signed(npv.p95)} {result.currency}; saves in {saved}"
    how = f"  {result.n:,} draws ({_FEW_WORDS[result.method]}, seed {result.seed}), {result.months} months"
    if any(option.incomplete for option in result.suppliers):
        how += "; INCOMPLETE: an unknown rate counts as 0"
    return "\n".join(short(line, WIDTH) for line in (first + scenario, second, how))


def _options(result: Simulation) -> str:
    """Write the options below each other: what each saves, how surely, and what choosing it may cost."""
    widths, scale = (12, 9, 11, 11, 11, 9, 8, 0, 0), _scale(result)
    lines = [f"{f'Saved, {result.currency}{scale.word}':<{_LABEL}}" + _spaced(_HEADS, widths)]
    lines += [
        f"{short(option.label, _LABEL - 1):<{_LABEL}}" + _spaced(_cells(option, result), widths)
        for option in result.suppliers
    ]
    lines.append("")
    lines.append(f"{f'Cost, {result.currency}{scale.word}':<{_LABEL}}" + _spaced(_COST_HEADS, _COST_WIDTHS))
    for option in result.suppliers:
        cost = option.present_cost["all_in"]
        cells = [scale.money(x) for x in (cost.mean, cost.sd, cost.p5, cost.p50, cost.p95, option.expected_loss)]
        tail = "–" if option.supplier == result.baseline else scale.signed(option.cvar)
        lines.append(f"{short(option.label, _LABEL - 1):<{_LABEL}}" + _spaced([*cells, tail], _COST_WIDTHS))
    return "\n".join(line.rstrip() for line in lines)


_COST_HEADS = ("mean", "sd", "5 %", "median", "95 %", "exp. loss", "CVaR 5 %")
_COST_WIDTHS = (12, 8, 11, 11, 11, 10, 11)


def _spaced(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "".join(f" {cell}".rjust(width) for cell, width in zip(cells, widths, strict=True) if width)


def _totals(result: Simulation) -> str:
    """Write what each option saves in the three totals, the firmest first."""
    widths, scale = (18, 13, 13, 10), _scale(result)
    lines = [f"{'Saved by':<{_LABEL}}" + _spaced(("", "5 %", "95 %", "P(saves)"), widths)]
    for option in result.suppliers:
        if option.supplier == result.baseline:
            continue
        for total in TOTALS:
            npv: Spread = option.npv[total]
            label = short(option.label, _LABEL - 1) if total == TOTALS[0] else ""
            likely = chance(option.probability_positive[total])
            cells = (NAMES[total], scale.signed(npv.p5), scale.signed(npv.p95), likely)
            lines.append(f"{label:<{_LABEL}}" + _spaced(cells, widths))
    return "\n".join(line.rstrip() for line in lines)


def _lines(result: Simulation) -> str:
    """Write the lines that vary: of each option the 90 % range, as many options beside each other as there is room."""
    shown = [line.name for line in result.lines if any(_varies(option, line.name) for option in result.suppliers)]
    if not shown:
        return ""
    ranges = [[_range(option.lines.get(name)) for name in shown] for option in result.suppliers]
    width = max(18, 2 + max(len(cell) for column in ranges for cell in column))
    each = max((WIDTH - _LABEL) // width, 1)
    blocks = []
    for first in range(0, len(ranges), each):
        heads = [short(option.label, width - 1) for option in result.suppliers[first : first + each]]
        lines = [f"{'Lines, 5 % … 95 %':<{_LABEL}}" + _spaced(heads, [width] * len(heads))]
        for row, name in enumerate(shown):
            cells = [column[row] for column in ranges[first : first + each]]
            lines.append(f"  {short(name, _LABEL - 3):<{_LABEL - 2}}" + _spaced(cells, [width] * len(cells)))
        blocks.append("\n".join(lines))
    spreads = [*(option.lines[name] for option in result.suppliers for name in option.lines)]
    spreads += [option.npv[total] for option in result.suppliers for total in TOTALS[:2]]
    off = max(one.percentile_error for one in spreads)
    if off:
        blocks[-1] += f"\n  counted in histograms, as the two smaller totals above: percentiles within {money(off)}"
    return "\n\n".join(blocks)


def _varies(option: OptionRisk, line: str) -> bool:
    return line in option.lines and option.lines[line].p95 != option.lines[line].p5


def _range(spread: Spread | None) -> str:
    return "–" if spread is None else f"{money(spread.p5)} … {money(spread.p95)}"


def _base(result: Simulation) -> str:
    """Hold the base case against the mean, and say what makes them differ."""
    reasons = [
        [(line, amount, _reason(option, line, amount)) for line, amount in option.why] for option in result.suppliers
    ]
    found = {reason for told in reasons for *_, reason in told}
    why = next((words for reason, words in _REASONS.items() if reason in found), "they hardly differ")
    lines = [f"Base case (inputs at their means) and expected value: {why}"]
    for option, told in zip(result.suppliers, reasons, strict=True):
        base, mean = option.base_present_cost["all_in"], option.present_cost["all_in"].mean
        share = 100 * (mean - base) / base if base else 0.0
        why = _why(told, result.n)
        lines.append(wrapped(f"{option.label}: {money(base)} and {money(mean)} ({share:+z.2f} %): {why}"))
    return "\n".join(lines)


_REASONS = {
    "shape": "the model is not linear, so they differ",
    "tail": "few draws of a heavy tail decide by how much they differ",
    "chance": "they differ by chance alone",
}
"""Why a mean may differ from the base case, the weightiest reason first."""


def _reason(option: OptionRisk, line: str, amount: float) -> str:
    """Say why a line's mean differs from the base case: by the model's shape, a heavy tail, or chance."""
    spread = option.lines[line]
    if abs(amount) < _SPOKEN_OF:
        return ""
    if spread.heavy_tailed:
        return "tail"
    return "shape" if abs(amount) > _BY_CHANCE * spread.standard_error else "chance"


def _why(told: Sequence[tuple[str, float, str]], n: int) -> str:
    """Name the lines of which a mean differs for a reason, the largest difference first."""
    mark = {"shape": "", "tail": " (a heavy tail)"}
    parts = [f"{line} {signed(amount)}{mark[reason]}" for line, amount, reason in told if reason in mark]
    if parts:
        return ", ".join(parts[:3])
    by_chance = any(reason for *_, reason in told)
    return f"within the error of {n:,} draws" if by_chance else "nothing to speak of"


def _luck(result: Simulation) -> str:
    lines = ["Standard deviation: what we don't know, and what is luck"]
    for option in result.suppliers:
        luck = option.luck
        if luck is not None:
            shares = luck.to_dict()
            part = f"luck {chance(shares['share_luck'])} of the variance"
            cost = f"present cost {money(luck.sd_known)} and {money(luck.sd_luck)} ({part})"
            npv = f"saved {money(luck.npv_sd_known)} and {money(luck.npv_sd_luck)}"
            lines.append(wrapped(f"{option.label}: {cost}; {npv}"))
    return "\n".join(lines)


def chance(share: float) -> str:
    """Write a probability, never as certain where it is not."""
    if 0 < share < _SHARE_SHOWN:
        return "<1 %"
    if 1 - _SHARE_SHOWN < share < 1:
        return ">99 %"
    return f"{100 * share:.0f} %"
