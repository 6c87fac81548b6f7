"""Comparisons as tables: for a terminal of 100 columns, as Markdown, CSV and HTML."""

from __future__ import annotations

import csv
import html as escaping
import io
import math
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tco.comparison import Comparison, Comparisons, Line, OptionCost
from tco.gaps import Gap
from tco.quantity import GRADES
from tco.results import TOTALS
from tco.ties import ranked

WIDTH = 100
_LABEL = 20
_COLUMN = 20
NAMES = {"hard": "hard", "hard_and_estimated": "hard + estimated", "all_in": "all in"}
_SAVED = {"hard": "saved, hard", "hard_and_estimated": "saved, hard + est.", "all_in": "saved, all in"}
_MOST_GAPS = 12
_UNIT_FORMS = ((1e3, 1.0, 2, ""), (1e4, 1.0, 1, ""), (1e5, 1.0, 0, ""), (1e7, 1e3, 1, "k"), (1e10, 1e6, 1, "m"))
"""How money a unit is written, below each limit: divisor, decimals, letter."""
_CENTS = 0.095
"""Money a unit below which two decimals tell too little."""


@dataclass(frozen=True)
class _Column:
    """One option of one comparison."""

    option: OptionCost
    comparison: Comparison
    variant: str

    def amount(self, line: str) -> float | None:
        return self.option.lines.get(line)

    def per_unit(self, amount: float | None) -> float | None:
        return None if amount is None else amount / self.comparison.planned.discounted_units


Row = tuple[str, Callable[[_Column], float | None]]


def text(result: Comparison | Comparisons) -> str:
    """Write a comparison for a terminal: the answer in the first three lines, at most 100 columns."""
    comparisons = _all(result)
    parts = [_headline(comparisons)]
    columns = _columns(comparisons)
    each = (WIDTH - _LABEL) // _COLUMN
    scale = Scale.of(max(column.option.present_cost for column in columns))
    parts += [_block(columns[first : first + each], comparisons, scale) for first in range(0, len(columns), each)]
    parts += [_planned(comparison, scale) for comparison in comparisons[:1]]
    parts += _memos(comparisons)
    parts += [_gaps(comparison) for comparison in comparisons[:1] if comparison.gaps]
    return "\n\n".join([*parts, *_warnings(comparisons)])


def _warnings(comparisons: Sequence[Comparison]) -> list[str]:
    warnings = list(dict.fromkeys(warning for comparison in comparisons for warning in comparison.warnings))
    return ["\n".join(["Warnings", *(wrapped(warning) for warning in warnings)])] if warnings else []


def csv_text(result: Comparison | Comparisons) -> str:
    """Write the rows of a comparison as CSV, in full precision."""
    return rows_as_csv(result.rows())


def rows_as_csv(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows as CSV, in full precision; a column for every name that some row has."""
    known = list(rows)
    names = dict.fromkeys(name for row in known for name in row)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(known)
    return stream.getvalue().rstrip("\n")


def markdown(result: Comparison | Comparisons) -> str:
    """Write a comparison as a Markdown table, a planned unit and as present value."""
    comparisons = _all(result)
    columns = _columns(comparisons)
    heads = [_escaped_pipe(_head(column, len(comparisons) > 1)) for column in columns]
    lines = [_headline(comparisons).replace("\n", "  \n"), ""]
    lines.append("| | " + " | ".join(f"{head}, a unit | present value" for head in heads) + " |")
    lines.append("|---|" + "---:|" * (2 * len(columns)))
    for name, value in _rows(comparisons):
        cells = []
        for column in columns:
            amount = value(column)
            cells += [a_unit(column.per_unit(amount)), money(amount)]
        label = f"**{name.strip()}**" if name in _bold(comparisons) else _escaped_pipe(name.strip())
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    memos = [_escaped_pipe(" ".join(memo.split())) for memo in _memos(comparisons)]
    return "\n".join([*lines, *(line for memo in memos for line in ("", memo))])


def html(result: Comparison | Comparisons) -> str:
    """Write it for notebooks: the answer, a small table, the gaps and the warnings."""
    comparisons = _all(result)
    columns = _columns(comparisons)
    several = len(comparisons) > 1
    heads = "".join(f'<th colspan="2">{escaping.escape(_head(column, several))}</th>' for column in columns)
    units = "<th>a unit</th><th>present value</th>" * len(columns)
    body = []
    for name, value in _rows(comparisons):
        pairs = [(a_unit(column.per_unit(value(column))), money(value(column))) for column in columns]
        cells = "".join(f"<td>{unit}</td><td>{present}</td>" for unit, present in pairs)
        body.append(f"<tr><th>{escaping.escape(name.strip())}</th>{cells}</tr>")
    answer = "<br>".join(escaping.escape(line.strip()) for line in _headline(comparisons).split("\n"))
    currency = f"<th>{escaping.escape(comparisons[0].currency)}</th>"
    head = f"<thead><tr><th></th>{heads}</tr><tr>{currency}{units}</tr></thead>"
    below = _memos(comparisons) + [_gaps(comparison) for comparison in comparisons[:1] if comparison.gaps]
    below += _warnings(comparisons)
    return f"<p>{answer}</p><table>{head}<tbody>{''.join(body)}</tbody></table>" + "".join(map(_listed, below))


def _listed(paragraph: str) -> str:
    """Write a heading and its folded entries as a list."""
    title, *lines = paragraph.split("\n")
    entries: list[str] = []
    for line in lines:
        if line.startswith("      "):
            entries[-1] += f" {line.strip()}"
        else:
            entries.append(line.strip())
    items = "".join(f"<li>{escaping.escape(entry)}</li>" for entry in entries)
    return f"<p>{escaping.escape(title)}</p><ul>{items}</ul>"


def _all(result: Comparison | Comparisons) -> tuple[Comparison, ...]:
    return result.cases if isinstance(result, Comparisons) else (result,)


def _columns(comparisons: Sequence[Comparison]) -> list[_Column]:
    """List options, of variants of one case those with the same name beside each other."""
    variants = Comparisons(tuple(comparisons)).variants
    found = [
        _Column(option, one, name) for name, one in zip(variants, comparisons, strict=True) for option in one.suppliers
    ]
    if len({comparison.name for comparison in comparisons}) > 1:
        return found
    names = list(dict.fromkeys(column.option.supplier for column in found))
    return sorted(found, key=lambda column: names.index(column.option.supplier))


def _headline(comparisons: Sequence[Comparison]) -> str:
    if len(comparisons) == 1:
        return _answer(comparisons[0])
    lines = [f"{len(comparisons)} variants side by side, {comparisons[0].currency} a planned unit (levelised)"]
    for name, comparison in zip(Comparisons(tuple(comparisons)).variants, comparisons, strict=True):
        best = comparison.cheapest
        lines.append(short(f"  {_ended(name, 60)}: {best.label}, {_saving(comparison, best)}", WIDTH))
    return "\n".join(lines)


def _answer(comparison: Comparison) -> str:
    best = comparison.cheapest
    scenario = f" (scenario: {comparison.scenario})" if comparison.scenario else ""
    first = short(f"{short(best.label, 40)}: {_saving(comparison, best)}{scenario}", WIDTH)
    shown = best if best.supplier != comparison.baseline else _runner_up(comparison)
    if shown is None:
        return f"{first}\n  there is no other option to compare it with"
    whose = "" if shown is best else f" ({shown.label})"
    saved = ", ".join(f"{NAMES[total]} {signed(shown.totals[total].npv)}" for total in TOTALS)
    second = short(f"  saved, present value: {saved} {comparison.currency}{whose}", WIDTH)
    third = f"  {comparison.months} months, all inputs at their means"
    if any(option.incomplete for option in comparison.suppliers):
        third += "; INCOMPLETE: an unknown rate counts as 0"
    return "\n".join([first, second, third])


def _saving(comparison: Comparison, best: OptionCost) -> str:
    """Say in a few words what the cheapest option saves."""
    base = comparison.supplier(comparison.baseline)
    if best.supplier == base.supplier:
        other = _runner_up(comparison)
        if other is None:
            return "cheapest, the baseline"
        more = f"{money(-other.npv)} {comparison.currency} more" if other.npv else "the same"
        return f"cheapest, the baseline; {short(other.label, 40)} costs {more}"
    each = best.npv / comparison.planned.discounted_units
    share = best.npv / base.present_cost * 100
    return (
        f"cheapest, saves {money(best.npv)} {comparison.currency} ({share:.1f} %) against {short(base.label, 30)}, "
        f"{a_unit(each)} a unit"
    )


def _runner_up(comparison: Comparison) -> OptionCost | None:
    others = {one.supplier: one.present_cost for one in comparison.suppliers if one.supplier != comparison.baseline}
    return comparison.supplier(ranked(others, comparison.baseline)[0]) if others else None


def _rows(comparisons: Sequence[Comparison]) -> list[Row]:
    """List the rows of the table: lines hard to soft, a total after each grade, then what is saved."""
    lines = list({line.name: line for comparison in comparisons for line in comparison.lines}.values())
    rows: list[Row] = []
    for grade, total in zip(GRADES, TOTALS, strict=True):
        graded = [line for line in lines if line.grade == grade]
        rows += [(f"  {line.name}", _amount_of(line)) for line in graded]
        if graded or total == "all_in":
            rows.append((NAMES[total], _total_of(total)))
    rows += [(_SAVED[total], _saved_of(total)) for total in TOTALS]
    return rows


def _bold(comparisons: Sequence[Comparison]) -> set[str]:
    return {name for name, _ in _rows(comparisons) if not name.startswith("  ")}


def _amount_of(line: Line) -> Callable[[_Column], float | None]:
    return lambda column: column.amount(line.name)


def _total_of(total: str) -> Callable[[_Column], float | None]:
    return lambda column: column.option.totals[total].present_cost


def _saved_of(total: str) -> Callable[[_Column], float | None]:
    return lambda column: (
        None if column.option.supplier == column.comparison.baseline else column.option.totals[total].npv
    )


def _block(columns: Sequence[_Column], comparisons: Sequence[Comparison], scale: Scale) -> str:
    """Write up to four options below each other's headings, each a planned unit and as present value."""
    several = len(comparisons) > 1
    heads = [_head_lines(column, several=several) for column in columns]
    height = max(len(head) for head in heads)
    lines = []
    for row in range(height):
        cells = [(head[row - height + len(head)] if row >= height - len(head) else "").rjust(_COLUMN) for head in heads]
        lines.append(" " * _LABEL + "".join(cells))
    lines.append(" " * _LABEL + "".join(_mark(column).rjust(_COLUMN) for column in columns))
    if any(column.option.incomplete for column in columns):
        shown = ["incomplete" if column.option.incomplete else "" for column in columns]
        lines.append(" " * _LABEL + "".join(words.rjust(_COLUMN) for words in shown))
    lines.append(
        f"{columns[0].comparison.currency:<{_LABEL}}" + "".join(f"{'a unit':>9}{'present':>11}" for _ in columns)
    )
    if scale.word:
        lines.append(f"{f'present in{scale.word}':<{_LABEL}}")
    for name, value in _rows(comparisons):
        if not name.startswith("  ") and name not in (_SAVED["hard_and_estimated"], _SAVED["all_in"]):
            lines.append("─" * (_LABEL + _COLUMN * len(columns)))
        cells = []
        for column in columns:
            amount = value(column)
            cells.append(f"{a_unit(column.per_unit(amount)):>9}{scale.money(amount):>11}")
        lines.append(f"{short(name, _LABEL):<{_LABEL}}" + "".join(cells))
    undiscounted = "".join(f"{a_unit(c.option.cost_per_unit_undiscounted):>9}{'':>11}" for c in columns)
    lines.append(f"{'undiscounted':<{_LABEL}}{undiscounted}")
    return "\n".join(line.rstrip() for line in lines)


def _head(column: _Column, several: bool) -> str:
    return f"{column.option.label}: {column.variant}" if several else column.option.label


def _head_lines(column: _Column, *, several: bool) -> list[str]:
    """Fold a heading to the width of a column; a long one keeps the end of what tells its variant apart."""
    width = _COLUMN - 2
    head = _head(column, several)
    if not several or (len(textwrap.wrap(head, width)) <= 3 and max(map(len, head.split())) <= width):
        return textwrap.wrap(head, width, max_lines=3, placeholder="…")
    label = textwrap.wrap(f"{column.option.label}:", width, max_lines=2, placeholder="…:")
    return [*label, *textwrap.wrap(_ended(column.variant, 4 * width - 8), width)]


def _ended(words: str, width: int) -> str:
    """Cut words to a width in their middle: a path's beginning and a value at the end both tell variants apart."""
    start = width // 3
    return words if len(words) <= width else f"{words[:start]}…{words[len(words) - width + start + 1 :]}"


def _mark(column: _Column) -> str:
    marks = []
    if column.option.supplier == column.comparison.baseline:
        marks.append("baseline")
    if column.option.supplier == column.comparison.cheapest.supplier:
        marks.append("* cheapest")
    return ", ".join(marks)


def _planned(comparison: Comparison, scale: Scale) -> str:
    """Write the plan by contract year, six years beside each other."""
    planned = comparison.planned
    counts = Scale.of(max(planned.units))
    units = f"planned units{counts.word and ',' + counts.word}"
    rows: list[tuple[str, Sequence[float]]] = []
    if planned.revenue is not None:
        rows.append(("planned revenue", planned.revenue))
        rows += [(f"contribution, {o.label}", planned.contribution[o.supplier]) for o in comparison.suppliers]
    lines = []
    for first in range(0, len(planned.units), 5):
        years = range(first, min(first + 5, len(planned.units)))
        title = f"Plan, nominal{scale.word and ', money in' + scale.word}" if not first else ""
        lines.append(f"{title:<34}" + "".join(f"{f'year {year + 1}':>13}" for year in years))
        lines.append(f"  {units:<32}" + "".join(f"{counts.money(planned.units[year]):>13}" for year in years))
        lines += [
            f"  {short(name, 32):<32}" + "".join(f"{scale.money(v[year]):>13}" for year in years) for name, v in rows
        ]
    return "\n".join(lines)


def _memos(comparisons: Sequence[Comparison]) -> list[str]:
    """Say of each comparison what customers driven away would have left after the horizon, and whether it counts."""
    several = len(comparisons) > 1
    found = []
    for variant, one in zip(Comparisons(tuple(comparisons)).variants, comparisons, strict=True):
        worth = [(option.label, option.beyond_horizon) for option in one.suppliers if option.beyond_horizon is not None]
        if worth:
            whose = f", {variant}" if several else ""
            counts = f"counted in churn, in month {one.months}" if one.counts_beyond_horizon else "in no total"
            title = f"After the horizon{whose}: what customers lost by then would still have left ({counts})"
            amounts = "; ".join(f"{label} {money(amount)}" for label, amount in worth)
            found.append(f"{short(title, WIDTH)}\n{wrapped(f'{amounts} {one.currency}, present value')}")
    return found


def after_horizon(comparison: Comparison, option: str) -> float | None:
    """Give what an option saves against the baseline after the horizon; None where no lost customer is valued so."""
    worth = [comparison.supplier(name).beyond_horizon for name in (comparison.baseline, option)]
    return None if worth == [None, None] else (worth[0] or 0.0) - (worth[1] or 0.0)


def _gaps(comparison: Comparison) -> str:
    """Write what the case leaves out, uneven gaps first."""
    uneven = [gap for gap in comparison.gaps if gap.kind != "line"]
    lines = ["Gaps: what the case leaves out"]
    lines += [wrapped(uneven_gap(gap, comparison)) for gap in uneven[:_MOST_GAPS]]
    if len(uneven) > _MOST_GAPS:
        lines.append(f"  … and {len(uneven) - _MOST_GAPS} more uneven inputs (see --format json)")
    left = [gap.name for gap in comparison.gaps if gap.kind == "line"]
    if left:
        lines.append(wrapped(f"no option has inputs for: {', '.join(left)}"))
    return "\n".join(lines)


def uneven_gap(gap: Gap, comparison: Comparison) -> str:
    """Say what an option leaves out, and what it would save with another one's value."""
    labels = {option.supplier: option.label for option in comparison.suppliers}
    moved = "; ".join(f"{labels[name]} would save {signed(npv)}" for name, npv in gap.npv_if_equal.items())
    state = "is unknown" if gap.kind == "unknown" else "is not stated"
    if not gap.stated_by:
        return f"{gap.name} {state}, for any option: it counts as 0"
    by = f" ({', '.join(gap.stated_by)} {'state' if len(gap.stated_by) > 1 else 'states'} it)"
    return f"{gap.name} {state}{by}: with {gap.value_from}'s value {moved or 'nothing would change'}"


def told_apart(names: Sequence[str], width: int) -> list[str]:
    """Cut names to a width; those that would then be alike are cut in their middle, so that their ends are seen."""
    found = [short(name, width) for name in names]
    head = width // 3
    return [
        f"{name[:head]}…{name[len(name) - width + head + 1 :]}" if found.count(cut) > 1 and len(name) > width else cut
        for name, cut in zip(names, found, strict=True)
    ]


def wrapped(paragraph: str) -> str:
    """Fold a paragraph to the width of a table, indented."""
    return textwrap.fill(paragraph, WIDTH, initial_indent="  ", subsequent_indent="      ", break_on_hyphens=False)


@dataclass(frozen=True)
class Scale:
    """What large sums are divided by in the columns of a table, and the word that says so."""

    divisor: float
    word: str

    @classmethod
    def of(cls, largest: float) -> Scale:
        """Choose a scale in which a sum and its sign take at most eleven characters."""
        for power, word in ((0, ""), (3, " thousand"), (6, " million"), (9, " billion"), (12, " trillion")):
            if largest < 10.0 ** (power + 8):
                return cls(10.0**power, word)
        return cls(10.0**15, " quadrillion")

    def money(self, amount: float | None) -> str:
        """Write money in this scale."""
        return "–" if amount is None else money(amount / self.divisor)

    def signed(self, amount: float) -> str:
        """Write money in this scale and with its sign."""
        return signed(amount / self.divisor)


def money(amount: float | None) -> str:
    """Write money without decimals."""
    return "–" if amount is None else f"{_unsigned_zero(amount, 0):,.0f}"


def signed(amount: float) -> str:
    """Write money without decimals and with its sign."""
    return f"{_unsigned_zero(amount, 0):+,.0f}"


def a_unit(amount: float | None) -> str:
    """Write money a unit in at most eight characters, as far as that can be."""
    if amount is None:
        return "–"
    if 0 < abs(amount) < _CENTS:
        return f"{amount:.{min(2 - math.floor(math.log10(abs(amount))), 5)}f}"
    for limit, divisor, digits, word in _UNIT_FORMS:
        if abs(amount) < limit:
            return f"{_unsigned_zero(amount / divisor, digits):,.{digits}f}{word}"
    return f"{amount:.2e}"


def _unsigned_zero(amount: float, digits: int) -> float:
    return round(amount, digits) + 0.0


def short(words: str, width: int) -> str:
    """Cut words to a width, with an ellipsis where some are lost."""
    return words if len(words) <= width else words[: width - 1] + "…"


def _escaped_pipe(words: str) -> str:
    return words.replace("|", "\\|")
