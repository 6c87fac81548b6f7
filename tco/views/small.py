"""Small tables of results, as HTML for notebooks: the answer, then a few rows; as text for results without another."""

from __future__ import annotations

import html as escaping
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from tco.analyses.break_even import BreakEven
from tco.analyses.cash import CashFlow
from tco.analyses.curves import Curve
from tco.analyses.difference import Difference
from tco.analyses.evidence import Evidence
from tco.analyses.live import Live, Moved
from tco.analyses.one_way import Table
from tco.analyses.tornado import Tornado
from tco.analyses.two_way import Grid
from tco.analyses.variants import AS_IT_STANDS, Variants
from tco.explanation import Explanation
from tco.results import TOTALS
from tco.validation import Validation
from tco.views.decision import number
from tco.views.risk import chance
from tco.views.table import NAMES, a_unit, money, short, signed

_POINTS = 12
_MOST_ROWS = 100
_NO_VALUE = {"always": "any", "never": "none", "dominated": "none"}


@dataclass(frozen=True)
class Small:
    """A small table: its heads, its rows of written cells, and what stands under it; the first cell names the row."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@singledispatch
def tables(_result: object) -> Iterator[Small]:
    """Yield the small tables of a result; a kind of result without any shows its text alone."""
    yield from ()


def html(result: object, answer: str = "") -> str:
    """Write a result for a notebook: its answer, which is the first paragraph of its text, and its small tables."""
    found = list(tables(result))
    if not found:
        return f"<pre>{escaping.escape(str(result))}</pre>"
    lines = (answer or str(result).split("\n\n")[0]).split("\n")
    return f"<p>{'<br>'.join(escaping.escape(line.strip()) for line in lines)}</p>" + "".join(map(_html, found))


def text(result: object, answer: str) -> str:
    """Write a result for a terminal: an answer and its small tables."""
    return "\n\n".join([answer, *("\n".join(_text(small)) for small in tables(result))])


def _html(small: Small) -> str:
    heads = "".join(f"<th>{escaping.escape(head)}</th>" for head in small.heads)
    rows = []
    for name, *cells in small.rows[:_MOST_ROWS]:
        shown = "".join(f"<td>{escaping.escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr><th>{escaping.escape(name)}</th>{shown}</tr>")
    left = len(small.rows) - _MOST_ROWS
    notes = [small.note, *([f"… and {left} more: to_frame() has all"] if left > 0 else [])]
    under = "".join(f"<p>{escaping.escape(note)}</p>" for note in notes if note)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{under}"


def _text(small: Small) -> Iterator[str]:
    cells = [list(small.heads), *map(list, small.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for name, *others in cells:
        shown = (cell.rjust(width + 2) for cell, width in zip(others, widths[1:], strict=True))
        yield f"{name.ljust(widths[0])}{''.join(shown)}".rstrip()
    if small.note:
        yield f"  {small.note}"


@tables.register
def _break_even(found: BreakEven) -> Iterator[Small]:
    rows = []
    for total in TOTALS:
        flip = found.totals[total]
        points = (flip.base, flip.expected, flip.p5, flip.p50, flip.p95)
        shown = [_NO_VALUE.get(flip.outcome, "–") if x is None else number(x, percent=found.percent) for x in points]
        rows.append([NAMES[total], *shown])
    yield Small(("NPV is 0 at", "base case", "expected", "5 %", "median", "95 %"), rows, found.path)


@tables.register
def _tornado(found: Tornado) -> Iterator[Small]:
    rows = [
        [bar.path, f"{bar.from_value:,.6g}", f"{bar.to_value:,.6g}", money(bar.low), money(bar.high), money(bar.swing)]
        for bar in found.bars
    ]
    yield Small(("input", "from", "to", f"{found.output} there", "and there", "swing"), rows)


def tornado_text(found: Tornado) -> str:
    """Write a tornado for a terminal."""
    ends = f"from its {100 * found.low:g} % to its {100 * found.high:g} % point"
    return text(found, f"{found.output} of {found.supplier}: {money(found.base)}; each input moved alone, {ends}")


@tables.register
def _curve(curve: Curve) -> Iterator[Small]:
    heads = ["price" if curve.kind == "price" else "value", *(f"P({NAMES[total]})" for total in TOTALS)]
    rows = []
    for i in sorted({round(x) for x in np.linspace(0, len(curve.values) - 1, min(_POINTS, len(curve.values)))}):
        best = curve.frontier[i]
        cells = [a_unit(float(curve.values[i])), *(chance(float(curve.wins[total][i])) for total in TOTALS)]
        rows.append([*cells, best, chance(float(curve.best[best][i])), money(float(curve.losses[curve.supplier][i]))])
    yield Small((*heads, "best on the mean", "P(best)", "exp. loss"), rows, curve.path)


@tables.register
def _table(table: Table) -> Iterator[Small]:
    heads = [table.path]
    for name, label in table.labels.items():
        heads += [f"{label}, a unit"] + [f"{label}, saved"] * (name != table.baseline)
    rows = []
    for i, value in enumerate(table.values):
        cells = [number(value, percent=table.percent)]
        for name in table.labels:
            cells.append(a_unit(table.cost_per_unit[name][i]) + "*" * (table.cheapest(i) == name))
            cells += [signed(table.npv["all_in"][name][i])] * (name != table.baseline)
        rows.append(cells)
    yield Small(heads, rows, f"* cheapest; saved: NPV against {table.baseline}, all in, {table.currency}")


@tables.register
def _grid(grid: Grid) -> Iterator[Small]:
    heads = [f"{grid.y.path} ↓ {grid.x.path} →", *(number(x, percent=grid.x.percent) for x in grid.x.values)]
    rows = [
        [number(y, percent=grid.y.percent), *(signed(float(one)) for one in grid.npv[2, i])]
        for i, y in enumerate(grid.y.values)
    ]
    yield Small(heads, rows[::-1], f"NPV of {grid.label} against {grid.baseline}, all in, {grid.currency}")


@tables.register
def _variants(variants: Variants) -> Iterator[Small]:
    rows = []
    for row in variants.rows():
        name = "as it stands" if row["scenario"] == AS_IT_STANDS else row["scenario"]
        verdict = ("leave for " if row["leave_baseline"] else "stay: ") + str(row["choice"])
        saved = [signed(row[key]) for key in ("npv_mean", "npv_p5", "npv_p95")]
        price = "–" if row["price"] is None else a_unit(row["price"])
        close = " (too close to call)" if row["too_close"] else ""
        rows.append([name, verdict + close, *saved, chance(row["probability_positive"]), price])
    heads = ("scenario", "verdict", "saved, mean", "5 %", "95 %", "P(saves)", "price to hold out for")
    yield Small(heads, rows, f"{variants.currency}, all in, of the best option against the baseline")


@tables.register
def _difference(found: Difference) -> Iterator[Small]:
    start = [found.first, "", money(found.npv["all_in"][0])]
    rows = [start, *([step.name, signed(step.npv), money(step.after)] for step in found.steps)]
    yield Small(("each step after those above it", "step", "saved"), rows, f"{found.label}, {found.currency}, all in")


@tables.register
def _evidence(found: Evidence) -> Iterator[Small]:
    ladder = [[rung.line, rung.grade, signed(rung.npv), signed(rung.cumulative)] for rung in found.ladder]
    yield Small(("from hard to soft", "grade", "saved", "so far"), ladder, found.currency)
    register = [[one.path, one.written, one.grade, one.source or "NO SOURCE", one.owner] for one in found.assumptions]
    yield Small(("input", "stated", "grade", "source", "owner"), register, "; ".join(found.warnings))


@tables.register
def _explanation(found: Explanation) -> Iterator[Small]:
    rows = []
    for node in found.nodes:
        for row, value in node.values.items():
            name = f"{node.name}, {row}" if row else node.name
            unit = "" if node.unit == "1" else node.unit
            rows.append([name, f"{value:,.6g}", unit, node.formula, node.numbers.get(row, ""), "; ".join(node.inputs)])
    yield Small(("figure", "value", "unit", "formula", "with numbers", "stated"), rows)


@tables.register
def _validation(found: Validation) -> Iterator[Small]:
    holds = (
        ("options", ", ".join(found.suppliers)),
        ("scenarios", ", ".join(found.scenarios) or "none"),
        ("inputs", f"{found.n_inputs}, of which {found.n_uncertain} uncertain"),
        *(("warning", warning) for warning in found.warnings),
    )
    yield Small((found.name, ""), holds)


@tables.register
def _moved(moved: Moved) -> Iterator[Small]:
    rows = []
    for row in moved.rows():
        own = row["supplier"] == moved.baseline
        saved = ["–"] * 4 if own else [signed(row[key]) for key in ("npv_mean", "npv_p5", "npv_p95")]
        saved += [] if own else [chance(row["probability_positive_all_in"])]
        rows.append([row["label"], a_unit(row["cost_per_unit"]), *saved, money(row["expected_loss"])])
    yield Small(("option", "a unit", "saved, mean", "5 %", "95 %", "P(saves)", "exp. loss"), rows)


def moved_text(moved: Moved) -> str:
    """Write what a move of some inputs comes to, for a terminal."""
    rows = list(moved.rows())
    best = min(rows, key=lambda row: (float(row["cost_per_unit"]), row["supplier"] != moved.baseline))
    draws = f"{moved.costs.shape[-1]:,} draws"
    return text(moved, f"{short(best['label'], 60)}: cheapest on average, {moved.currency}, all in, {draws}")


@tables.register
def _live(live: Live) -> Iterator[Small]:
    rows = [[path, f"{one.value:,.6g}", f"{one.low:,.6g} to {one.high:,.6g}"] for path, one in live.levers.items()]
    yield Small(("input", "now", "may be"), rows, "call it with values by path")


def live_text(live: Live) -> str:
    """Write what may be moved, for a terminal."""
    inputs = f"{len(live.levers)} input{'s' * (len(live.levers) != 1)}"
    return text(live, f"{live.case.name}: compiled for moving {inputs}, {live.worlds.n:,} draws")


@tables.register
def _cash(found: CashFlow) -> Iterator[Small]:
    months = [*range(0, len(found.base), 12), *([len(found.base) - 1] if len(found.base) % 12 != 1 else [])]
    rows = []
    for month in months:
        ends = [signed(float(found.band[i, month])) for i in range(3)]
        sums = [signed(float(one[month])) for one in (found.cumulative, found.discounted)]
        rows.append([str(month), *sums, *ends, chance(float(found.paid_back[month]))])
    heads = ("month", "saved so far", "discounted", "5 %", "median", "95 %", "paid back")
    yield Small(heads, rows, f"{found.label} against {found.baseline}, all in, {found.currency}")


def cash_text(found: CashFlow) -> str:
    """Write a cash flow for a terminal, a row a year."""
    when = "does not pay back" if found.payback_months is None else f"pays back in month {found.payback_months:.0f}"
    never = f"; {chance(found.never)} of worlds never do" if found.never else ""
    return text(found, f"{short(found.label, 50)} {when} at the means of its inputs{never}")
