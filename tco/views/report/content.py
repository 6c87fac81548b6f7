"""What a business case on paper says, section by section: sentences, tables and figures, not yet laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from tco.analyses.decision import PAID_TO_SELLERS, GapThatDecides
from tco.analyses.evidence import Assumption
from tco.loader import Case
from tco.options import Input, extra_key
from tco.quantity import GROUPS
from tco.results import TOTALS
from tco.views import payback
from tco.views.charts.curves import counted_by, price_name
from tco.views.charts.sentences import plain, sentence
from tco.views.decision import (
    as_percent,
    costs_the_same,
    flip_line,
    in_proportion,
    incomplete,
    price_line,
    verdict,
)
from tco.views.figures import (
    EACH,
    Figures,
    currency_of,
    named_unit,
    told,
    told_each,
    told_each_signed,
    told_signed,
    value,
)
from tco.views.report.findings import Findings
from tco.views.risk import chance
from tco.views.sensitivity import rule_words
from tco.views.table import NAMES, after_horizon

NOT_MODELLED = (
    "repeat failures weighing more, word of mouth, the lag between sale and failure, one-shot seasonal buys with "
    "markdown, take-or-pay, rebates, segments, portfolios of products, corporate tax"
)
"""What the cost model leaves out (its section 12); a case can add any of them as an extra cost."""


NOTHING_UNCERTAIN = "Nothing in this case is uncertain: every figure is the only one that its inputs give."

MOST_OPTIONS, MOST_YEARS = 4, 8
"""Columns of options, and of amounts by year, that a page has room for."""
_LONGEST = 60
"""Letters of an option's name at the head of a column."""
_LITTLE = 0.01
"""Share of the saving below which what perfect information is worth is called little."""


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two; `strong` stands out."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: heads, rows of cells, the first cell of each a label; rows in `bold` are totals.

    A wide one takes the whole width; in one of cards each row stands as a card where there is little of it.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    bold: frozenset[int] = frozenset()
    wide: bool = False
    cards: bool = False

    def parted(self, kept: int, most: int) -> tuple[Grid, ...]:
        """Part it into tables of at most so many columns besides the first ones, which each of them keeps."""
        width = len(self.heads) - kept
        count = -(-width // most)
        ends = [kept + width * part // count for part in range(count + 1)]
        return tuple(
            replace(
                self,
                heads=self.heads[:kept] + self.heads[first:last],
                rows=tuple(row[:kept] + row[first:last] for row in self.rows),
                caption=self.caption + (f" ({part} of {count})" if count > 1 else ""),
            )
            for part, (first, last) in enumerate(pairwise(ends), start=1)
        )


@dataclass(frozen=True)
class Picture:
    """A chart by its kind, and what it shows in words."""

    kind: str
    caption: str


@dataclass(frozen=True)
class Tile:
    """A figure to be read in a second: its value, what it is, and a remark."""

    value: str
    name: str
    remark: str = ""


Block = Paragraph | Bullets | Grid | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A whole report.

    Parameters
    ----------
    title, date, description : str
        Of the case.
    answer : tuple of str
        The verdict, and the sentences under it.
    tiles : tuple of Tile
        The figures of the first glance.
    sections : tuple of Section
        The rest, in the order in which it is read.
    """

    title: str
    date: str
    answer: tuple[str, ...]
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...] = field(default=())
    description: str = ""


def written(found: Findings) -> Report:
    """Write the report of a case."""
    sections = [_year_table(found), _money(found), _how_sure(found), _changes(found), _measure(found)]
    sections += [_parties(found), _assumptions(found), _left_out(found), _method(found)]
    scenario = f" (scenario: {found.decision.scenario})" if found.decision.scenario else ""
    return Report(
        title=found.case.name + scenario,
        date=found.date,
        answer=tuple(_answer(found)),
        tiles=tuple(_tiles(found)),
        sections=tuple(sections),
        description=" ".join(found.case.file.description.split()),
    )


def _answer(found: Findings) -> Iterator[str]:
    decision = found.decision
    option, base = decision.option(decision.challenger), decision.option(decision.baseline)
    npv = option.npv["all_in"]
    yield verdict(decision) + "."
    saves = "saves" if npv.mean > 0 else "costs"
    more = "" if npv.mean > 0 else " more"
    spread = (
        f"nine worlds in ten lie between {told_signed(npv.p5)} and {told_signed(npv.p95)}. It saves in "
        f"{chance(option.probability_positive['all_in'])} of worlds; {100 * decision.confidence:g} % were asked for."
    )
    if found.certain:
        spread = "nothing in this case is uncertain, so that there is one figure and no range."
    differs = (
        f"{sentence(incomplete(option))} {saves} {told(abs(npv.mean))} {decision.currency}{more} over "
        f"{decision.months} months against {incomplete(base)}, {told_each(abs(option.saved_per_unit))} a unit; "
        f"{spread}"
    )
    same = f"{sentence(incomplete(option))} costs the same as {incomplete(base)} in every world."
    yield same if costs_the_same(option) else differs
    if found.comparison.counts_beyond_horizon and after_horizon(found.comparison, option.supplier) is not None:
        yield _after_horizon(found)
    hard = option.npv["hard"]
    yield (
        f"On hard lines alone, what is invoiced or metered, it {'saves' if hard.mean > 0 else 'costs'} "
        f"{told(abs(hard.mean))} {decision.currency}{'' if hard.mean > 0 else ' more'}"
        + ("." if found.certain else f", and saves in {chance(option.probability_positive['hard'])} of worlds.")
    )
    yield price_line(decision) + "."
    unknown = dict.fromkeys((*option.incomplete, *base.incomplete))
    if unknown:
        yield f"INCOMPLETE: {', '.join(unknown)} {'are' if len(unknown) > 1 else 'is'} unknown and counts as 0 here."


def _after_horizon(found: Findings) -> str:
    """Say what is saved only after the horizon, and whether it is among what is saved; nothing where none is known."""
    comparison, decision = found.comparison, found.decision
    later = after_horizon(comparison, decision.challenger)
    if later is None:
        return ""
    npv, end = comparison.supplier(decision.challenger).npv, f"{decision.months} months"
    amount, currency = f"{told_signed(later)} {decision.currency}", decision.currency
    if not comparison.counts_beyond_horizon:
        return f"Memo, in no total: what lost customers would still have left after the {end} would add {amount} saved."
    return (
        f"Not all of it falls within the {end}: {amount} of the {told_signed(npv)} {currency} saved in the base case "
        f"is what lost customers would have left only after them, counted in month {decision.months} "
        f"(churn.beyond_horizon); without it {told_signed(npv - later)} {currency}."
    )


def _tiles(found: Findings) -> Iterator[Tile]:
    decision = found.decision
    option = decision.option(decision.challenger)
    currency = decision.currency
    mark = "INCOMPLETE, " if found.incomplete else ""
    yield Tile(told_each_signed(option.saved_per_unit), f"{currency} saved a unit", f"{mark}levelised, all in")
    yield Tile(told_signed(option.npv["all_in"].mean), f"{currency} net present value", f"{mark}{found.drawn}, all in")
    if not found.certain:
        sure = chance(option.probability_positive["all_in"])
        yield Tile(sure, "of worlds save", f"{mark}{100 * decision.confidence:g} % asked for")
    price = decision.price
    flip = None if price is None else price.totals["all_in"].expected
    if price is not None and flip is not None:
        kind = "rate" if price.percent else "number"
        written = [value(one, kind) if price.percent else told_each(one) for one in (flip, price.value)]
        whose = "" if price.percent else f"{price.currency} "
        remark = f"{mark}now {written[1]}{in_proportion(price.scaled)}"
        counted = "" if price.percent else counted_by(price.unit)
        yield Tile(written[0], f"{whose}highest justified {price_name(price.path)}{counted}", remark)
    yield Tile(payback.briefly(found.cash), "payback", mark + _payback_remark(found))


def _payback_remark(found: Findings) -> str:
    if payback.only_costs(found.cash):
        return f"nothing more at the start, {told(-found.cash.cumulative[-1])} more by the end"
    again = found.decision.option(found.decision.challenger).payback_repeated
    return "base case" + (", and lost again later" if again else "")


def year_grid(found: Findings) -> Grid:
    """Lay the base case out by year as finance knows it: benefits, costs, net."""
    comparison, decision = found.comparison, found.decision
    base, option = comparison.supplier(decision.baseline), comparison.supplier(decision.challenger)
    group_of = {line.name: line.group for line in comparison.lines}
    years = len(next(iter(base.yearly().values()))) - 1
    saved: dict[str, np.ndarray] = {}
    present: dict[str, float] = {}
    for line in comparison.lines:
        mine, theirs = (np.array(one.yearly().get(line.name, (0.0,) * (years + 1))) for one in (option, base))
        group = group_of[line.name]
        saved[group] = saved.get(group, np.zeros(years + 1)) + theirs - mine
        amount = base.lines.get(line.name, 0.0) - option.lines.get(line.name, 0.0)
        present[group] = present.get(group, 0.0) + amount
    order = [group for group in (*GROUPS, *sorted(set(saved) - set(GROUPS))) if group in saved]
    benefits = [group for group in order if group not in PAID_TO_SELLERS and _counts(saved[group])]
    costs = [group for group in order if group in PAID_TO_SELLERS and _counts(saved[group])]
    nothing = np.zeros(years + 1)
    total_benefit = sum((saved[group] for group in benefits), nothing)
    total_cost = sum((-saved[group] for group in costs), nothing)
    net = total_benefit - total_cost
    form = Figures.of([*total_benefit, total_benefit.sum(), *total_cost, total_cost.sum(), *net])
    rows = [_row(f"Saved: {group}", saved[group], present[group], form.plain) for group in benefits]
    rows.append(_row("Benefits", total_benefit, sum(present[group] for group in benefits), form.plain))
    bold = {len(rows) - 1}
    rows += [_row(f"More paid: {group}", -saved[group], -present[group], form.plain) for group in costs]
    rows.append(_row("Costs", total_cost, -sum(present[group] for group in costs), form.plain))
    bold.add(len(rows) - 1)
    rows.append(_row("Net", net, sum(present.values()), form.signed))
    bold.add(len(rows) - 1)
    running = (*(form.signed(amount) for amount in net.cumsum()), "", "")
    rows.append(("Running total", *running))
    heads = ("", "Initial", *(f"Year {year}" for year in range(1, years + 1)), "Total", "Present value")
    months = found.case.timeline.months
    caption = (
        f"{decision.currency}{form.word}, base case, nominal; {incomplete(option)} against {incomplete(base)}; "
        f"present values discounted monthly at {as_percent(found.case.timeline.discount_rate)}"
    ) + told_marks(found.incomplete)
    caption += "" if months % 12 == 0 else f"; the last year has {months % 12} months"
    later = after_horizon(comparison, decision.challenger)
    if comparison.counts_beyond_horizon and later is not None:
        caption += (
            f"; year {years} holds what customers would have left only after the horizon, "
            f"{told_signed(later)} {decision.currency} in present value"
        )
    return Grid(heads, tuple(rows), caption, frozenset(bold), wide=True)


def _year_table(found: Findings) -> Section:
    """Give the base case by year, and the figures that finance asks for."""
    decision = found.decision
    option = found.comparison.supplier(decision.challenger)
    verdicts = decision.option(decision.challenger)
    figures = [f"NPV {told_signed(option.npv)} {decision.currency}"]
    if verdicts.roi is not None and verdicts.benefit_cost_ratio is not None:
        figures.append(
            f"ROI {100 * verdicts.roi:,.0f} %, {verdicts.benefit_cost_ratio:.2f} back for each {decision.currency} "
            "more paid"
        )
    else:
        figures.append("ROI undefined: nothing more is paid to sellers, carriers and packers")
    figures.append(_payback_words(found))
    if verdicts.irr is not None:
        figures.append(f"IRR {100 * verdicts.irr:,.0f} % a year")
    memo = "" if found.comparison.counts_beyond_horizon else _after_horizon(found)
    return Section(
        "The case by year",
        (
            *year_grid(found).parted(1, MOST_YEARS),
            Paragraph("; ".join(figures) + "."),
            *([Paragraph(memo)] if memo else []),
            Picture("cash", "Cumulative cash flow with payback and its band"),
        ),
    )


def _payback_words(found: Findings) -> str:
    option = found.decision.option(found.decision.challenger)
    if option.payback == "immediate":
        return f"it {payback.needs_none(found.cash)}"
    if option.payback_months is None:
        return f"no payback within {found.decision.months} months"
    low, _, high = found.cash.payback_range
    band = "" if low is None or high is None else f" (nine worlds in ten: {low:.0f} to {high:.0f})"
    later = "" if option.discounted_payback_months is None else f", discounted {option.discounted_payback_months:.1f}"
    return f"payback after {option.payback_months:.1f} months{later}{band}"


def _counts(amounts: np.ndarray) -> bool:
    return bool(np.abs(amounts).max() >= 0.5)


def _row(name: str, amounts: np.ndarray, present: float, written: Callable[[float], str]) -> tuple[str, ...]:
    return (name, *(written(float(amount)) for amount in (*amounts, amounts.sum(), present)))


def _money(found: Findings) -> Section:
    """Say where the money goes, a unit."""
    comparison = found.comparison
    units = comparison.planned.discounted_units
    options = comparison.suppliers
    form = Figures.of([one.cost_per_unit for option in options for one in option.totals.values()], EACH)
    rows = []
    for line in comparison.lines:
        amounts = [option.lines.get(line.name) for option in options]
        if any(amounts):
            cells = [form.plain(None if amount is None else amount / units) for amount in amounts]
            rows.append((plain(line.name), line.grade, *cells))
    bold = set()
    for total in TOTALS:
        bold.add(len(rows))
        rows.append((NAMES[total], "", *(form.plain(option.totals[total].cost_per_unit) for option in options)))
    heads = ("line", "grade", *(incomplete(option, _LONGEST) for option in options))
    caption = f"{comparison.currency}{form.word} a planned unit, levelised, base case" + told_marks(
        any(option.incomplete for option in options)
    )
    return Section(
        "Where the money goes",
        (
            Picture("cost", "Cost of a unit by line, from hard to soft, options side by side"),
            Picture("bridge", "From the baseline's cost of a unit to the option's, line by line"),
            *Grid(heads, tuple(rows), caption, frozenset(bold), wide=True).parted(2, MOST_OPTIONS),
            Picture("stages", "Cost of failures by stage of the customer's journey"),
            Picture("modes", "Cost of failures by what goes wrong"),
        ),
    )


def told_marks(any_incomplete: bool) -> str:
    """Say what the mark of an incomplete option means, behind a caption."""
    return "; INCOMPLETE: an unknown rate counts as 0" if any_incomplete else ""


def _how_sure(found: Findings) -> Section:
    decision = found.decision
    if found.certain:
        return Section("How sure", (Paragraph(NOTHING_UNCERTAIN), certain_grid(found)))
    others = [option for option in decision.options if option.supplier != decision.baseline]
    form = Figures.of(x for option in others for npv in option.npv.values() for x in (npv.mean, npv.p5, npv.p95))
    losses = Figures.of(option.expected_loss for option in decision.options)
    rows = []
    for option in others:
        for total in TOTALS:
            npv = option.npv[total]
            rows.append(
                (
                    incomplete(option, _LONGEST) if total == TOTALS[0] else "",
                    NAMES[total],
                    *(form.signed(x) for x in (npv.mean, npv.p5, npv.p50, npv.p95)),
                    chance(option.probability_positive[total]),
                )
            )
    heads = ("saved by", "total", "mean", "5 %", "median", "95 %", "P(saves)")
    best = tuple(
        (
            incomplete(option, _LONGEST),
            chance(option.probability_best),
            losses.plain(option.expected_loss),
        )
        for option in decision.options
    )
    marks = told_marks(any(option.incomplete for option in decision.options))
    return Section(
        "How sure",
        (
            Picture("npv", "What the option saves over all draws"),
            Grid(heads, tuple(rows), f"{decision.currency}{form.word}, over {decision.provenance.n:,} draws{marks}"),
            Grid(
                ("option", "P(best)", f"expected loss, {decision.currency}{losses.word}"),
                best,
                "Expected loss: what choosing it costs on average against the option that turns out best, all in"
                + marks,
            ),
            Picture("acceptability", "How sure the decision is as the price at stake rises"),
        ),
    )


def certain_grid(found: Findings) -> Grid:
    """Give what each option saves in the three totals, of a case in which nothing is uncertain."""
    decision = found.decision
    others = [option for option in decision.options if option.supplier != decision.baseline]
    form = Figures.of(npv.mean for option in others for npv in option.npv.values())
    rows = tuple(
        (incomplete(option, _LONGEST), *(form.signed(option.npv[total].mean) for total in TOTALS)) for option in others
    )
    caption = f"{decision.currency}{form.word}" + told_marks(any(option.incomplete for option in others))
    return Grid(("saved by", *(NAMES[total] for total in TOTALS)), rows, caption)


def _changes(found: Findings) -> Section:
    decision = found.decision
    blocks: list[Block] = [Picture("breakeven", "Expected saving along the price at stake, in the three totals")]
    if found.sensitivity is not None:
        blocks.append(
            Picture("tornado", "Each uncertain input from its 10th to its 90th percentile, others at their means")
        )
    if found.certain:
        blocks.append(Paragraph(NOTHING_UNCERTAIN))
    elif decision.flips:
        blocks.append(Paragraph("These inputs alone would turn the answer within their own 90 % range:"))
        blocks.append(Bullets(tuple(flip_line(one) for one in decision.flips)))
    else:
        blocks.append(
            Paragraph("No single input turns the answer within its own 90 % range, the others at their means.")
        )
    if decision.too_close and decision.pair_flips:
        label = {option.supplier: option.label for option in decision.options}
        first, second = (label[name] for name in decision.too_close)
        blocks.append(Paragraph(f"{second} instead of {first}:"))
        blocks.append(Bullets(tuple(flip_line(one) for one in decision.pair_flips)))
    if found.sensitivity is not None and found.sensitivity.rules:
        blocks.append(Paragraph("What losing worlds have in common:"))
        inputs = {one.path: one for one in found.sensitivity.inputs}
        blocks.append(Bullets(tuple(rule_words(rule, inputs) for rule in found.sensitivity.rules)))
    return Section("What would change the answer", tuple(blocks))


def _measure(found: Findings) -> Section:
    known = found.information
    if found.certain:
        stated = "Nothing here is stated as uncertain: state the range of what is not known for sure, and see again."
        return Section("What to measure next", (Paragraph(stated),))
    all_of_it = f"Knowing everything before choosing would be worth {told(known.evpi)} {known.currency} (all in)"
    little = known.evpi < _LITTLE * abs(known.saving)
    words = "hardly worth a study" if little else "no study that costs more than its value below pays"
    blocks: list[Block] = [Paragraph(f"{all_of_it}: {words}.")]
    worth = [one for one in known.inputs if one.worth > _LITTLE * known.evpi][:8]
    if worth:
        form = Figures.of(one.worth for one in worth)
        rows = tuple(
            (one.label, one.path, form.plain(one.worth), f"± {form.plain(2 * one.standard_error)}") for one in worth
        )
        heads = ("input", "path", "worth knowing", "± two standard errors")
        blocks.append(Grid(heads, rows, f"{known.currency}{form.word}", wide=True, cards=True))
        blocks.append(Picture("evppi", "What it is worth to know each input"))
    pilots = [pilot for pilot in known.pilots if pilot.n and pilot.evsi > _LITTLE * known.evpi]
    if pilots:
        blocks.append(Paragraph("Pilots that pay, before their cost:"))
        blocks.append(Bullets(tuple(pilot.rule for pilot in pilots[:3])))
    elif not worth:
        blocks.append(
            Paragraph("No single input is worth a study: the choice is the same whatever each of them turns out to be.")
        )
    return Section("What to measure next", tuple(blocks))


def _parties(found: Findings) -> Section:
    option, base = (found.decision.option(name) for name in (found.decision.challenger, found.decision.baseline))
    currency = found.decision.currency
    form = Figures.of([*option.by_group.values(), *option.by_liable.values()])
    rows = [("group of lines", name, form.signed(amount)) for name, amount in option.by_group.items()]
    rows += [("liable for failures", name, form.signed(amount)) for name, amount in option.by_liable.items()]
    blocks: list[Block] = [
        Grid(
            ("", "", f"saved, {currency}{form.word}"),
            tuple(rows),
            f"{incomplete(option)} against {incomplete(base)}, {found.drawn}; either half adds up to the whole"
            + told_marks(found.incomplete),
        )
    ]
    if option.differing_rates:
        blocks.append(Paragraph("Rates that differ though the option does not change the party that is liable:"))
        blocks.append(
            Bullets(
                tuple(
                    f"{one.mode}: {as_percent(one.rate)} against {as_percent(one.baseline_rate)}, "
                    f"the {one.liable} is liable"
                    for one in option.differing_rates
                )
            )
        )
    return Section("Who pays, who gains", tuple(blocks))


def _assumptions(found: Findings) -> Section:
    told = found.evidence
    data = told.to_dict()
    rest = sum(one.number.word == "rest" for one in found.case.inputs.values())
    leftover = f" ({rest} of them take what other shares leave, and are not listed)" if rest else ""
    words = (
        f"{data['inputs'] + rest} inputs{leftover}, {data['without_source']} without a source; "
        f"of the {data['hard_inputs']} behind the hard headline {data['hard_inputs_graded_softer']} are graded softer."
    )
    form = Figures.of(x for rung in told.ladder for x in (rung.npv, rung.cumulative))
    ladder = tuple((plain(r.line), r.grade, form.signed(r.npv), form.signed(r.cumulative)) for r in told.ladder)
    rows = tuple(_assumption(one, found.case) for one in told.assumptions) + tuple(_choices(found.case))
    moved = [f"{line} counts as {grade}" for line, grade in told.grades.items()]
    return Section(
        "What it rests on",
        (
            Paragraph(words + (f" Moved by this case: {', '.join(moved)}." if moved else "")),
            Grid(
                ("line", "grade", "saved", "so far"),
                ladder,
                f"From the hardest line to the softest, {told.currency}{form.word}, base case",
            ),
            Grid(REGISTER, rows, "Assumptions register", wide=True, cards=True),
        ),
    )


REGISTER = ("input", "value", "unit", "90 % range", "source", "owner", "grade")


def _assumption(one: Assumption, case: Case) -> tuple[str, ...]:
    """Write an input as people read it: an unknown one as unknown, one by year with all its values."""
    number, means = case.inputs[one.path].number, case.inputs[one.path].number.means()
    values = ", ".join(value(mean, one.kind, one.unit) for mean in means)
    span = "certain"
    if number.word == "unknown":
        values, span = "unknown (counts as 0)", "unknown"
    elif one.low is not None and one.high is not None:
        span = " to ".join(value(end, one.kind, one.unit) for end in (one.low, one.high))
    elif any(not isinstance(part.value, tuple) and not part.is_fixed for _, part in case.inputs[one.path].parts()):
        span = "by year"
    unit = "" if one.kind in ("share", "rate") else _unit(one, case)
    unit = ", ".join(filter(None, [unit, "by year" if number.is_path else ""]))
    source = " ".join(one.source.split()) or "no source"
    return (one.path, values, unit, span, source, one.owner, one.grade)


def _unit(one: Assumption, case: Case) -> str:
    """Name an input's unit: of an exchange rate both currencies, of an extra cost also what it is paid for."""
    first, *rest = one.path.split(".")
    if first == "exchange_rates":
        return f"{case.currency} a {rest[0]}"
    extra = next((one_of for one_of in case.file.extra_costs if extra_key(case.file, one_of) == one.path), None)
    if extra is None:
        return named_unit(one.unit, currency_of(case, one.path))
    return f"{case.currency} once" if extra.per == "once" else named_unit(f"money/{extra.per}", case.currency)


def _choices(case: Case) -> Iterator[tuple[str, ...]]:
    """Yield what a case states that is a choice and not a number."""
    told: dict[str, tuple[str, str]] = {}
    if case.file.churn is not None:
        told["churn.valuation"] = (case.file.churn.valuation, "")
        told["churn.beyond_horizon"] = ("true" if case.file.churn.beyond_horizon else "false", "")
    for option in case.options:
        if option.transition_months:
            told[f"suppliers.{option.name}.transition_months"] = (str(option.transition_months), "month")
        for key in ("duty_basis", "currency", "incoterm"):
            if key in option.settings:
                told[f"suppliers.{option.name}.{key}"] = (option.settings[key], "")
    for path, (chosen, unit) in told.items():
        yield (path, chosen, unit, "chosen", "", "", "")


def _left_out(found: Findings) -> Section:
    decision = found.decision
    blocks: list[Block] = []
    uneven = [one for one in decision.gaps if one.gap.kind != "line"]
    if uneven:
        blocks.append(Paragraph("One option states these, another does not; nothing is put in their place:"))
        blocks.append(Bullets(tuple(_gap(one, decision.challenger, found.case) for one in uneven)))
    lines = [one.gap.name for one in decision.gaps if one.gap.kind == "line"]
    if lines:
        blocks.append(Paragraph(f"No option states anything for: {', '.join(lines)}."))
    if decision.gaps:
        first = decision.gaps[0]
        blocks.append(
            Paragraph(
                f"The answer flips where what is left out costs {told(abs(first.amount))} {decision.currency} more "
                f"on one side, {told_each(abs(first.amount_per_unit))} a unit."
            )
        )
    blocks.append(Paragraph(f"Not modelled: {NOT_MODELLED}. Any of them can be added as an extra cost."))
    if decision.warnings:
        blocks.append(Paragraph("Warnings:", strong=True))
        blocks.append(Bullets(decision.warnings))
    return Section("What is left out", tuple(blocks))


def _gap(one: GapThatDecides, option: str, case: Case) -> str:
    equal = one.gap.npv_if_equal.get(option)
    words = f"{one.gap.name} ({'unknown' if one.gap.kind == 'unknown' else 'not stated'})"
    words += "" if equal is None else f": saved {told_signed(equal)} if as with {one.gap.value_from}"
    if one.flips_at is None:
        return words
    known = _input_of(case, one)
    kind, unit = (known.entry.kind, known.entry.unit) if known else ("number", "")
    return f"{words}; flips at {value(one.flips_at, kind, unit)}"


def _input_of(case: Case, one: GapThatDecides) -> Input | None:
    """Find the input that is left out: the unknown one itself, or another option's of the same key."""
    if one.gap.name in case.inputs:
        return case.inputs[one.gap.name]
    key = one.gap.name.removeprefix(f"suppliers.{one.gap.supplier}.")
    return next((option.inputs[key] for option in case.options if key in option.inputs), None)


def _method(found: Findings) -> Section:
    told, case = found.decision.provenance, found.case
    sobol = f"{told.n:,} scrambled Sobol' points in eight independent scramblings"
    return Section(
        "Method",
        (
            Paragraph(
                "All options are costed on the same planned demand, from purchase order to lost customer; what "
                "customers driven away would have bought enters once. Hard lines are invoiced or metered, estimated "
                "ones modelled from operations data, soft ones behavioural. The base case has every input at its "
                "mean; means and ranges come from drawing every uncertain input, those that options share once for "
                "all. Present values "
                f"are discounted monthly at {as_percent(case.timeline.discount_rate)} a year."
            ),
            Grid(
                ("", ""),
                (
                    ("case", case.name),
                    ("fingerprint", told.fingerprint),
                    ("scenario", told.scenario or "as it stands"),
                    ("draws", "none: nothing is uncertain" if found.certain else sobol),
                    ("seed", str(told.seed)),
                    ("tco", told.version),
                    ("date", found.date),
                ),
                "What this was made from: the same case, draws and seed give the same file",
            ),
        ),
    )
