"""About, log, and sheets of values that an analysis worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tco.analyses.tornado import Tornado
from tco.comparison import Comparison
from tco.files import build_date
from tco.loader import Case
from tco.results import TOTALS
from tco.simulation import Simulation
from tco.version import VERSION
from tco.views.workbook.checking import OK, CheckSheet, traffic_lights
from tco.views.workbook.compared import CompareSheet
from tco.views.workbook.layout import LINE_HEIGHT, Sheet, address, lines_in, row_form
from tco.views.workbook.register import BEYOND


def write_about(
    case: Case,
    checks: CheckSheet,
    sheet: Sheet,
    parts: Mapping[str, str],
    left_out: Sequence[str],
) -> None:
    """Write what the workbook is, the answer, and what is on which sheet."""
    comparison, compare = checks.comparison, checks.compare
    sheet.widths(34, *[20] * (_WIDE - 1))
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.text(0, 0, comparison.name, "title")
    row = _answer(comparison, checks, compare, sheet) + 1
    if case.file.description:
        row = _paragraph(sheet, row, case.file.description) + 1
    sheet.line(row, ("Sheet", "What is on it", *_REST), "head")
    for name, words in parts.items():
        row += 1
        sheet.worksheet.write_url(row, 0, f"internal:'{name}'!A1", sheet.book.style("link"), name)
        sheet.text(row, 1, words)
    for name in left_out:
        row += 1
        sheet.text(row, 0, name, "quiet")
        sheet.text(row, 1, "not in this workbook: it was not worked out", "note")
    row += 2
    sheet.line(row, ("How to read it", "", *_REST), "head")
    for words in (*_HOW, *_of_churn(checks)):
        row += 1
        sheet.text(row, 0, words)
    row += 1
    sheet.text(row, 0, "A blue cell on the sheet Inputs")
    sheet.text(row, 1, "may be changed", "input text")
    for title, told in (
        ("Doubts about the case", comparison.warnings),
        ("What the case leaves out", _gaps(comparison)),
    ):
        if told:
            row += 2
            sheet.line(row, (title, "", *_REST), "head")
            for words in told:
                row += 1
                row = _paragraph(sheet, row, words) - 1
    _origin(case, comparison, sheet, row + 2)


def _of_churn(checks: CheckSheet) -> list[str]:
    """Say at what lost customers count, and that the last month's churn holds what lies beyond the horizon."""
    churn = checks.case.file.churn
    if churn is None:
        return []
    told = f"A lost customer counts at {_VALUATIONS[churn.valuation]}; another valuation is chosen in the case file."
    beyond = any("lost_beyond_horizon" in one.wiring.names for one in checks.calculations.values())
    return [told, f"{BEYOND[0].upper()}{BEYOND[1:]}."] if beyond else [told]


def _answer(comparison: Comparison, checks: CheckSheet, compare: CompareSheet, sheet: Sheet) -> int:
    """Write each option's headline, live."""
    sheet.text(1, 0, f"Present cost over {comparison.months} months, {comparison.currency}", "note")
    sheet.text(3, 0, "Cheapest, all in", "answer")
    best = compare.sheet.outside(address(2, 3, fixed=True))
    sheet.formula(3, 1, best, compare.best_words, role="answer text")
    sheet.text(4, 0, "It saves against the baseline")
    costs = [compare.cell(compare.total_rows["all_in"], option.supplier) for option in comparison.suppliers]
    before = compare.cell(compare.total_rows["all_in"], comparison.baseline)
    saved = max(option.npv for option in comparison.suppliers)
    sheet.formula(4, 1, f"{before}-MIN({','.join(costs)})", saved, "money", "answer number")
    sheet.text(5, 0, "All checks")
    sheet.formula(5, 1, checks.all_hold, OK, role="status")
    traffic_lights(sheet, "B6")
    sheet.text(6, 0, "Inputs changed since delivery")
    sheet.formula(6, 1, checks.changed, 0.0, "whole")
    heads = ("Cost, all in", "Cost a unit", "NPV, hard", "NPV, hard + estimated", "NPV, all in", "Payback, simple")
    row = 8
    sheet.text(row, 0, f"Option ({comparison.currency})", "head")
    for column, head in enumerate(heads, start=1):
        sheet.text(row, column, head, "number head")
    for option in comparison.suppliers:
        row += 1
        compare.calculations[option.supplier].write_name(sheet, row, 0, "text")
        column = compare.column(option.supplier)
        sheet.formula(row, 1, compare.cell(compare.total_rows["all_in"], option.supplier), option.present_cost, "money")
        each = compare.sheet.outside(address(compare.total_rows["all_in"], column + 1, fixed=True))
        sheet.formula(row, 2, each, option.cost_per_unit, "price")
        for place, total in enumerate(TOTALS, start=3):
            there = compare.cell(compare.npv_rows[total], option.supplier)
            sheet.formula(row, place, there, option.totals[total].npv, "money")
        if option.supplier != comparison.baseline:
            flows = checks.flows
            value, form = flows.paid(option.supplier, "simple")
            sheet.formula(row, 3 + len(TOTALS), flows.payback(option.supplier, "simple"), value, form)
    return row + 1


def _paragraph(sheet: Sheet, row: int, words: str) -> int:
    """Write words over the whole width, as many lines high as they need; give the row below."""
    sheet.worksheet.merge_range(row, 0, row, _WIDE - 1, "", sheet.book.style("wrapped"))
    sheet.text(row, 0, words, "wrapped")
    sheet.worksheet.set_row(row, 14 * max(1, -(-len(words) // 140)))
    return row + 1


def _gaps(comparison: Comparison) -> list[str]:
    told = []
    for gap in comparison.gaps:
        if gap.kind == "line":
            told.append(f"{gap.name}: no option has inputs for this line")
        elif gap.kind == "unknown":
            told.append(f"{gap.name} is unknown and counts as 0")
        else:
            told.append(
                f"{gap.name} is not stated; {', '.join(gap.stated_by)} state{'s' * (len(gap.stated_by) == 1)} it"
            )
    return told


def _origin(case: Case, comparison: Comparison, sheet: Sheet, row: int) -> None:
    """Write what the workbook was made from."""
    made = comparison.provenance
    sheet.line(row, ("Made from", "", *_REST), "head")
    facts = {
        "Case": made.case,
        "Scenario": made.scenario or "the case as it stands",
        "Baseline": case.option(case.baseline).label,
        "First month": case.file.start,
        "Hash of the case": made.fingerprint,
        "Version of tco": VERSION,
    }
    for name, words in facts.items():
        row += 1
        sheet.text(row, 0, name, "quiet")
        sheet.text(row, 1, words)


def write_log(case: Case, sheet: Sheet) -> None:
    """Write a table in which people note what they change."""
    sheet.widths(16, 30, 60, 24)
    sheet.text(0, 0, "Log", "title")
    sheet.text(1, 0, "Note here what is changed, so that whoever opens the workbook next can follow.", "note")
    sheet.line(3, ("Date", "Who", "What and why", "Cells"), "head")
    moment = build_date()
    sheet.text(4, 0, case.file.start if moment is None else moment.date().isoformat(), "quiet")
    sheet.text(4, 1, f"tco {VERSION}", "quiet")
    sheet.text(4, 2, f"made from the case {case.fingerprint}", "quiet")
    for row in range(5, 25):
        for column in range(4):
            sheet.worksheet.write_blank(row, column, None, sheet.book.style("input text"))
    sheet.worksheet.freeze_panes(4, 0)


def write_tornado(result: Tornado, label: str, sheet: Sheet) -> None:
    """Write what each uncertain input does to a figure, the largest swing first, as values."""
    figure = {"npv": "NPV, all in", "cost": "present cost"}.get(
        result.output, f"NPV, {result.output.replace('_', ' ')}"
    )
    ends = f"from its {100 * result.low:g}th to its {100 * result.high:g}th percentile"
    _values_head("Sensitivity", f"Each input alone {ends}, all others at their means; {figure}, of {label}.", sheet)
    widths = [52.0, *[16.0] * 5]
    sheet.widths(*widths)
    rows = [
        {
            "input": bar.path,
            "from": bar.from_value,
            "to": bar.to_value,
            "figure at from": bar.low,
            "figure at to": bar.high,
            "swing": bar.swing,
        }
        for bar in result.bars
    ]
    _table(3, ("input", "from", "to", "figure at from", "figure at to", "swing"), rows, sheet, widths)
    sheet.worksheet.freeze_panes(4, 1)
    sheet.worksheet.repeat_rows(3)


def write_simulation(simulation: Simulation, sheet: Sheet) -> None:
    """Write how sure the answer is, then every figure's spread, as values."""
    told = f"{simulation.n:,} draws, seed {simulation.seed}, {simulation.method}."
    _values_head("Simulation", told, sheet)
    widths = [34.0, 34.0, *[16.0] * 9]
    sheet.widths(*widths)
    summary = [
        {
            "option": option.label,
            "": "saved against the baseline, all in",
            "mean": option.npv["all_in"].mean,
            "p5": option.npv["all_in"].p5,
            "p50": option.npv["all_in"].p50,
            "p95": option.npv["all_in"].p95,
            "chance that it saves": option.probability_positive["all_in"],
            "chance to be best": option.probability_best,
            "expected loss": option.expected_loss,
        }
        for option in simulation.suppliers
    ]
    _table(3, list(summary[0]), summary, sheet, widths)
    rows = list(simulation.rows())
    _table(5 + len(summary), list(dict.fromkeys(key for row in rows for key in row)), rows, sheet, widths)
    sheet.worksheet.freeze_panes(3, 1)


def _values_head(title: str, told: str, sheet: Sheet) -> None:
    sheet.text(0, 0, title, "title")
    sheet.text(1, 0, f"Values, worked out by tco {VERSION}; they do not follow when inputs are changed. {told}", "note")


def _table(
    top: int, heads: Sequence[str], rows: Sequence[Mapping[str, Any]], sheet: Sheet, widths: Sequence[float]
) -> None:
    """Write rows below their heads, as high as their words need: words to the left, numbers to the right."""
    _high(top, heads, sheet, [width / _BOLD for width in widths])
    for column, head in enumerate(heads):
        numbers = any(isinstance(row.get(head), int | float) for row in rows)
        sheet.text(top, column, head.replace("_", " "), "number head" if numbers else "head")
    for number, row in enumerate(rows, start=top + 1):
        _high(number, [one if isinstance(one := row.get(head), str) else "" for head in heads], sheet, widths)
        for column, head in enumerate(heads):
            form = "share" if head.startswith("chance") else ""
            _value(sheet, number, column, row.get(head), form)


def _high(row: int, words: Sequence[str], sheet: Sheet, widths: Sequence[float]) -> None:
    """Make a row as high as its words need; one of a single line stays as it is."""
    lines = max(lines_in(one, width) for one, width in zip(words, widths, strict=False))
    if lines > 1:
        sheet.worksheet.set_row(row, LINE_HEIGHT * lines)


def _value(sheet: Sheet, row: int, column: int, value: Any, form: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        sheet.text(row, column, "" if value is None else str(value), "wrapped")
    elif value != value or abs(value) == float("inf"):
        sheet.text(row, column, "–", "top number")
    else:
        sheet.number(row, column, float(value), form or row_form("fine", [float(value)], "0"), "top number")


_BOLD = 1.4
"""By how much a head's letters, among whose words lines break early, are taken to be wider."""
_WIDE = 7
_REST = ("",) * (_WIDE - 2)
_VALUATIONS = {
    "lost_margin": "the margin that is lost",
    "lifetime_value": "a lifetime value",
    "reacquisition": "the cost of winning another",
}
_HOW = (
    "Money is nominal until discounted. Costs are positive, credits negative; a saving is against the baseline.",
    "Headlines come three times: hard (invoiced or metered), with what is estimated, and all in, with customers lost.",
    "One formula a row, copied across the months; no macros, no numbers typed into formulas but 0 and 1.",
    "Defaults of the case stand on Inputs too (blue on white) and are as live as what is stated.",
)
