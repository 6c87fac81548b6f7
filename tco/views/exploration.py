"""What-if results as text for a terminal of 100 columns: curves, tables, grids, scenarios, differences, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from tco.analyses.curves import Curve
from tco.analyses.difference import Difference
from tco.analyses.evidence import Assumption, Evidence
from tco.analyses.one_way import Table
from tco.analyses.two_way import Axis, Grid
from tco.analyses.variants import AS_IT_STANDS, Variants
from tco.results import TOTALS
from tco.views.decision import as_percent, fitting, in_proportion, number
from tco.views.figures import named_unit
from tco.views.risk import chance
from tco.views.table import WIDTH, Scale, a_unit, money, short, signed, wrapped

_SHOWN = 12
_COLUMNS = 9
_MOST_CHANGES = 40
_LONGEST_VALUE = 200


def curve_text(curve: Curve) -> str:
    """Write a curve at a dozen of its points."""
    lines = [*_curve_answer(curve), ""]
    heads = ["premium" if curve.kind == "price" else "", "P(hard)", "P(hard + est.)", "P(all in)"]
    heads += ["best on the mean", "P(best)", "exp. loss"]
    widths = (10, 9, 15, 11, 24, 9, 12)
    lines.append(f"{'price' if curve.kind == 'price' else 'value':>10}" + _cells(heads, widths))
    for i in sorted({round(x) for x in np.linspace(0, len(curve.values) - 1, min(_SHOWN, len(curve.values)))}):
        best = curve.frontier[i]
        cells = ["" if curve.premiums is None else as_percent(float(curve.premiums[i]))]
        cells += [chance(float(curve.wins[total][i])) for total in TOTALS]
        cells += [short(best, 22), chance(float(curve.best[best][i])), money(float(curve.losses[curve.supplier][i]))]
        lines.append(f"{a_unit(float(curve.values[i])):>10}" + _cells(cells, widths))
    lines += [
        "",
        wrapped(
            f"P(…): share of worlds in which {curve.label} saves against {curve.baseline}; P(best): of the option "
            f"best on the mean; expected loss: of choosing {curve.label}, {curve.currency}"
        ),
    ]
    return "\n".join(line.rstrip() for line in lines)


def _curve_answer(curve: Curve) -> list[str]:
    if curve.kind == "price":
        unit = named_unit(curve.unit, curve.price_currency)
        most = "at no price shown" if curve.even is None else f"up to {a_unit(curve.even)} {unit}"
        said = f"more likely than not worth it {most} (now {a_unit(curve.marks['now'])})"
        return [
            fitting(lambda longest: f"{short(curve.label, longest)}: {said}"),
            short(f"  {curve.path}, turned for {curve.supplier} alone{in_proportion(curve.scaled)}", WIDTH),
        ]
    implied = curve.marks.get("implied")
    words = "both lose as many" if implied is None else f"the case implies {a_unit(implied)} {curve.currency}"
    return [
        short(f"{curve.label}: what would you have to believe a lost customer is worth? {words}", WIDTH),
        f"  lost customers worth nothing: worth it in {chance(float(curve.wins['all_in'][0]))} of worlds; "
        f"hard lines alone: {chance(curve.hard_only or 0.0)}",
    ]


def table_text(table: Table) -> str:
    """Write a table: a row a value, cost a unit and NPV of every option."""
    each = 20
    names = list(table.labels)
    fit = max((WIDTH - 12) // each, 1)
    lines = [short(f"{table.path}{_now(table.now, percent=table.percent)}: {table.meaning}", WIDTH)]
    crossings = [
        f"{table.labels[table.cheapest(i)]} from {number(table.values[i], percent=table.percent)}"
        for i in range(len(table.values))
        if i == 0 or table.cheapest(i) != table.cheapest(i - 1)
    ]
    lines.append(wrapped(f"cheapest: {', then '.join(crossings)}"))
    scale = Scale.of(max(abs(x) for one in table.npv["all_in"].values() for x in one))
    for first in range(0, len(names), fit):
        shown = names[first : first + fit]
        lines += ["", f"{'':<12}" + "".join(short(table.labels[name], each - 1).rjust(each) for name in shown)]
        lines.append(f"{'':<12}" + "".join(f"{'a unit':>9}{f'saved{scale.word}':>11}" for _ in shown))
        for i, value in enumerate(table.values):
            cells = "".join(
                f"{a_unit(table.cost_per_unit[name][i]) + '*' * (table.cheapest(i) == name):>9}"
                f"{'–' if name == table.baseline else scale.signed(table.npv['all_in'][name][i]):>11}"
                for name in shown
            )
            lines.append(f"{number(value, percent=table.percent):<12}{cells}")
    lines += ["", f"  * cheapest; saved: NPV against {table.baseline}, all in, {table.currency}; others at their means"]
    return "\n".join(line.rstrip() for line in lines)


def grid_text(grid: Grid) -> str:
    """Write a grid: the NPV over two inputs, and where it is 0."""
    scale = Scale.of(100 * float(np.abs(grid.npv[2]).max()))  # a column is narrower than those of other tables
    width = 10
    left_out = len(grid.x.values) - _COLUMNS
    lines = [
        _grid_answer(grid),
        short(f"  across: {_axis(grid.x)}", WIDTH),
        short(f"  down:   {_axis(grid.y)}", WIDTH),
        "",
    ]
    heads = [number(x, percent=grid.x.percent).rjust(width) for x in grid.x.values[:_COLUMNS]]
    lines.append(" " * width + "".join(heads))
    for i in reversed(range(len(grid.y.values))):
        cells = [scale.signed(float(one)).rjust(width) for one in grid.npv[2, i, :_COLUMNS]]
        lines.append(f"{number(grid.y.values[i], percent=grid.y.percent):<{width}}" + "".join(cells))
    if left_out > 0:
        lines.append(f"  … and {left_out} more columns: --format json has all")
    if grid.flips:
        points = ", ".join(
            f"{number(x, percent=grid.x.percent)} → {number(y, percent=grid.y.percent)}" for x, y in grid.flips
        )
        lines += ["", wrapped(f"flips at (across → down): {points}")]
    lines += [
        "",
        f"  NPV of {grid.label} against {grid.baseline}, all in, {grid.currency}{scale.word}; others at their means",
    ]
    return "\n".join(line.rstrip() for line in lines)


def _grid_answer(grid: Grid) -> str:
    good = float((grid.npv[2] > 0).mean())
    if good in (0.0, 1.0):
        words = "saves everywhere" if good else "saves nowhere"
        return f"{grid.label} {words} on this grid: no pair of values shown flips the decision"
    return f"{grid.label} saves on {chance(good)} of this grid"


def _axis(axis: Axis) -> str:
    return f"{axis.path}{_now(axis.now, percent=axis.percent)}: {axis.meaning}"


def _now(now: float | None, *, percent: bool) -> str:
    return "" if now is None else f" (now {number(now, percent=percent)})"


def variants_text(variants: Variants) -> str:
    """Write a row a scenario with its verdict."""
    rows = list(variants.rows())
    choices = {row["choice"] for row in rows}
    label = {o.supplier: o.label for one in variants.decisions.values() for o in one.options}
    same = len(choices) == 1 and len({row["leave_baseline"] for row in rows}) == 1
    first = (
        f"Same verdict in all {len(rows)} scenarios: {label[rows[0]['choice']]}"
        if same
        else "The verdict depends on the scenario"
    )
    heads = ("verdict", "saved, mean", "5 %", "95 %", "P(saves)", "price*")
    widths = (30, 13, 11, 11, 9, 9)
    lines = [short(first, WIDTH), "", f"{'':<17}" + _cells(heads, widths)]
    for row in rows:
        verdict = short(f"{'→' if row['leave_baseline'] else 'stay:'} {label[row['choice']]}", 27)
        verdict += " ?" if row["too_close"] else ""
        saved = [signed(row[key]) for key in ("npv_mean", "npv_p5", "npv_p95")]
        price = "–" if row["price"] is None else a_unit(row["price"])
        name = "as it stands" if row["scenario"] == AS_IT_STANDS else row["scenario"]
        lines.append(
            f"{short(name, 16):<17}" + _cells([verdict, *saved, chance(row["probability_positive"]), price], widths)
        )
    lines += [
        "",
        wrapped(
            f"{variants.currency}, all in, of the best option against the baseline (→ leave it for); ? too close to "
            "call; * the most that its price at stake may be"
        ),
    ]
    return "\n".join(line.rstrip() for line in lines)


def difference_text(found: Difference) -> str:
    """Write what differs and how it moves the answer."""
    start, end = found.npv["all_in"]
    lines = [
        short(f"{found.label} saves {money(start)} in '{found.first}' and {money(end)} in '{found.second}'", WIDTH),
        f"  {signed(end - start)} {found.currency}, all in; cheapest: {found.cheapest[0]} and {found.cheapest[1]}",
    ]
    if not found.changes:
        return "\n".join([*lines, "  no input differs"])
    lines += ["", "What differs"]
    for change in found.changes[:_MOST_CHANGES]:
        lines.append(wrapped(f"{change.path}: {_stated(change.before)} → {_stated(change.after)}"))
    if len(found.changes) > _MOST_CHANGES:
        lines.append(f"  … and {len(found.changes) - _MOST_CHANGES} more")
    lines += ["", f"{'Bridge (each step after those above it)':<74}{'step':>12}{'saved':>14}"]
    lines.append(f"  {short(found.first, 70):<72}{'':>12}{money(start):>14}")
    lines += [f"  {short(step.name, 70):<72}{signed(step.npv):>12}{money(step.after):>14}" for step in found.steps]
    moved = [line for line in found.lines if round(line.moved) != 0]
    if moved:
        lines += ["", f"{'Saved by line':<38}{'before':>14}{'after':>14}{'moved':>14}"]
        for line in sorted(moved, key=lambda one: -abs(one.moved)):
            lines.append(f"  {line.name:<36}{signed(line.before):>14}{signed(line.after):>14}{signed(line.moved):>14}")
    return "\n".join(line.rstrip() for line in lines)


def _stated(value: Any) -> str:
    return "nothing" if value is None else short(_as_written(value), _LONGEST_VALUE)


def _as_written(value: Any) -> str:
    """Write a value in one line as a case file would."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_as_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(_as_written, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def evidence_text(found: Evidence) -> str:
    """Write the saving from hard to soft, and the register of inputs."""
    data = found.to_dict()
    total = found.ladder[-1].cumulative if found.ladder else 0.0
    hard = sum(rung.npv for rung in found.ladder if rung.grade == "hard")
    lines = [
        short(f"{found.label}: of {money(total)} {found.currency} saved, {money(hard)} rest on hard lines", WIDTH),
        f"  {data['inputs']} inputs, {data['without_source']} without a source; "
        f"{data['hard_inputs_graded_softer']} of the {data['hard_inputs']} behind the hard headline are graded softer",
        "",
        f"{'From hard to soft':<30}{'grade':>12}{'saved':>14}{'so far':>14}",
    ]
    for rung in (one for one in found.ladder if round(one.npv) != 0):
        lines += [f"  {rung.line:<28}{rung.grade:>12}{signed(rung.npv):>14}{signed(rung.cumulative):>14}"]
    lines += ["", "Inputs"]
    for one in found.assumptions:
        softer = f" [{one.grade}]" if one.grade else ""
        owner = f"; owner: {one.owner}" if one.owner else ""
        source = one.source or "NO SOURCE"
        lines.append(wrapped(f"{one.path} = {_value(one)}{softer}: {' '.join(source.split())}{owner}"))
    if found.warnings:
        lines += ["", "Warnings", *(wrapped(warning) for warning in found.warnings)]
    return "\n".join(line.rstrip() for line in lines)


def _value(one: Assumption) -> str:
    """Write an input's value as people do, with its 90 % range."""
    percent = one.kind in ("share", "rate")
    if one.written.startswith("by year") or one.written == "unknown":
        return one.written
    if one.low is None or one.high is None:
        return number(one.value, percent=percent)
    low, high = (number(end, percent=percent) for end in (one.low, one.high))
    return f"{number(one.value, percent=percent)} ({low} to {high})"


def _cells(cells: Iterable[str], widths: Sequence[int]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
