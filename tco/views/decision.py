"""Decisions and break-evens as text for a terminal of 100 columns, and as HTML for notebooks."""

from __future__ import annotations

import html as escaping
from collections.abc import Callable, Iterable, Iterator

from tco.analyses.break_even import LOST_CUSTOMER, BreakEven, Flip
from tco.analyses.decision import OTHER_LINES, Decision, DifferingRate, FlippingInput, GapThatDecides, OptionVerdict
from tco.comparison import OptionCost
from tco.results import TOTALS
from tco.views.figures import named_unit
from tco.views.risk import chance
from tco.views.table import NAMES, WIDTH, Scale, a_unit, money, short, signed, told_apart, wrapped

MOST_LINES = 45
_LABEL = 26
_RARELY = 0.01
"""Probability below which its size is not told."""
_LATER = 3
"""Later years whose values are told in a sentence."""


def text(decision: Decision) -> str:
    """Write a decision for a terminal: the answer in the first three lines, at most 45 lines in all."""
    first = [_answer(decision), _options(decision), _totals(decision), _parties(decision), _changes(decision)]
    for gaps, warnings, between in ((5, 3, "\n\n"), (3, 2, "\n\n"), (3, 2, "\n"), (2, 1, "\n"), (1, 0, "\n")):
        parts = [*first, _gaps(decision, gaps), _warnings(decision, warnings)]
        found = between.join(part for part in parts if part)
        if found.count("\n") < MOST_LINES:
            return found
    lines = found.split("\n")
    return "\n".join([*lines[: MOST_LINES - 1], f"  … {len(lines) - MOST_LINES + 1} more lines: --format json has all"])


def html(decision: Decision) -> str:
    """Write a small table for notebooks, under the answer."""
    answer = "<br>".join(escaping.escape(line.strip()) for line in _answer(decision).split("\n"))
    heads = "".join(f"<th>{escaping.escape(head)}</th>" for head in ("option", *_HEADS))
    rows = []
    for option in decision.options:
        cells = "".join(f"<td>{escaping.escape(cell)}</td>" for cell in _cells(option, decision))
        rows.append(f"<tr><th>{escaping.escape(option.label)}</th>{cells}</tr>")
    return f"<p>{answer}</p><table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def verdict(decision: Decision, longest: int = 1000, *, marked: bool = True) -> str:
    """Say the verdict in a sentence, in which labels are cut to so many letters and, if so asked, incomplete marked."""
    label = {
        option.supplier: incomplete(option, longest) if marked else short(option.label, longest)
        for option in decision.options
    }
    best, base = label[decision.challenger], label[decision.baseline]
    npv = decision.option(decision.challenger).npv["all_in"].mean
    if decision.leave_baseline and decision.too_close:
        either = " or ".join(label[name] for name in decision.too_close)
        return f"Leave {base}: yes, for {either} (too close to call)"
    if decision.leave_baseline:
        return f"Leave {base}: yes, for {best}"
    if npv <= 0:
        unsure = f": too close to call against {best}" if decision.too_close else f"; next best: {best}"
        return f"Stay with {base}{unsure}"
    return f"Stay with {base} (too close to call): {_lacking(decision)}"


def incomplete(option: OptionVerdict | OptionCost, longest: int = 1000) -> str:
    """Name an option in at most so many letters, marked where a rate of it is unknown."""
    return short(option.label, longest) + (" (INCOMPLETE)" if option.incomplete else "")


def _lacking(decision: Decision) -> str:
    """Say which half of the test an option that saves on average does not pass, or both."""
    option = decision.option(decision.challenger)
    share = option.npv["all_in"].mean / abs(decision.present_cost) if decision.present_cost else 0.0
    sure = option.probability_positive["all_in"]
    lacking = []
    if share < decision.materiality:
        lacking.append(f"{_less_than(share, decision.materiality, 1)} saved, {100 * decision.materiality:g} % asked")
    if sure < decision.confidence:
        shown = chance(sure) if sure < _RARELY else _less_than(sure, decision.confidence, 0)
        saved = "" if lacking else "a saving "
        lacking.append(f"{saved}in {shown} of worlds, {100 * decision.confidence:g} % asked")
    return "; ".join(lacking)


def _less_than(share: float, asked: float, decimals: int) -> str:
    """Write a share with as many decimals, or as many more as tell it apart from the larger one asked for."""
    for digits in range(decimals, 12):
        told = f"{100 * share:.{digits}f}"
        if float(told) < round(100 * asked, 12):
            return f"{told} %"
    return f"just below {100 * asked:g} %"


def _answer(decision: Decision) -> str:
    chosen = decision.option(decision.challenger)
    npv, currency = chosen.npv["all_in"], decision.currency
    scenario = f" (scenario: {decision.scenario})" if decision.scenario else ""
    scenario += " INCOMPLETE: an unknown rate counts as 0" if chosen.incomplete else ""
    saves, more = ("saves", "") if npv.mean > 0 else ("costs", " more")
    said = (
        " costs the same in every world"
        if costs_the_same(chosen)
        else (
            f" {saves} {money(abs(npv.mean))} {currency}{more} in {decision.months} months, "
            f"{a_unit(abs(chosen.saved_per_unit))} a unit, in {chance(chosen.probability_positive['all_in'])} of worlds"
        )
    )
    first = fitting(lambda longest: verdict(decision, longest, marked=False) + scenario)
    second = fitting(lambda longest: f"  {short(chosen.label, longest)}{said}")
    lines = ["  " + price_line(decision, brief=brief) for brief in (False, True)]
    third = next((line for line in lines if len(line) <= WIDTH), short(lines[-1], WIDTH))
    return "\n".join((first, second, third))


def costs_the_same(option: OptionVerdict) -> bool:
    """Say whether an option neither saves nor costs more in any world."""
    npv = option.npv["all_in"]
    return npv.mean == npv.sd == 0


def fitting(written: Callable[[int], str]) -> str:
    """Give a line whose labels, not its sentence, are cut until it fits."""
    lines = [written(longest) for longest in (1000, 40, 30, 24, 18, 12, 8)]
    return next((line for line in lines if len(line) <= WIDTH), short(lines[-1], WIDTH))


def price_line(decision: Decision, *, brief: bool = False) -> str:
    """Say the price to hold out for in a sentence; a brief one of several years leaves out the baseline's price."""
    found = decision.price
    if found is None:
        return "It has no price that can be turned"
    flip, unit = found.totals["all_in"], _unit_words(found)
    thing = _short_path(found)
    if flip.expected is None:
        words = {
            "dominated": f"Dominated: no {thing} is low enough to make it worth it",
            "always": f"Worth it at any {thing}",
        }
        return words.get(flip.outcome, f"No {thing} decides")
    premium = found.premium_on_price["all_in"].expected if found.premium_on_price else None
    above = "" if premium is None or (brief and found.scaled) else f", {premium_words(premium)} the baseline's"
    up_to = f"{_amount(flip.expected, found)} {unit}".rstrip() + at_once(found, flip.expected)
    return f"Worth it up to {up_to} for its {thing} (now {_amount(found.value, found)}){above}"


def at_once(found: BreakEven, value: float) -> str:
    """Say what moves with a value in proportion: those of later years, or a table; nothing for a single number."""
    if found.scaled == "by_year":
        later = [_amount(one, found) for one in found.at_once(value)[1:]]
        more = ", …" if len(later) > _LATER else ""
        return f" (year 1; then {', '.join(later[:_LATER])}{more})"
    if found.scaled:
        factor = f" × {value / found.value:.4g}" if found.value else ""
        return f" (the break reached; whole table{factor})"
    return ""


def in_proportion(scaled: str) -> str:
    """Say the same of values on an axis."""
    words = {"by_year": "in year 1, later years", "price_breaks": "at the break reached, others"}
    return f"; {words[scaled]} in proportion" if scaled else ""


def premium_words(premium: float) -> str:
    """Say how far a price lies above or below another."""
    return f"{100 * abs(premium):.1f} % {'above' if premium >= 0 else 'below'}"


_HEADS = ("saved, mean", "a unit", "5 %", "95 %", "P(saves)", "P(best)", "exp. loss", "payback")
_WIDTHS = (12, 8, 10, 10, 9, 8, 10, 9)


def _options(decision: Decision) -> str:
    scale = _scale(decision)
    lines = [f"{f'{decision.currency}{scale.word}, all in':<{_LABEL - 2}}" + _spaced(_HEADS)]
    names = told_apart([option.label for option in decision.options], _LABEL - 4)
    for name, option in zip(names, decision.options, strict=True):
        mark = "*" if option.incomplete else ""
        lines.append(f"{name + mark:<{_LABEL - 2}}" + _spaced(_cells(option, decision)))
    if any(option.incomplete for option in decision.options):
        lines.append("  * INCOMPLETE: an unknown rate counts as 0")
    return "\n".join(line.rstrip() for line in lines)


def _cells(option: OptionVerdict, decision: Decision) -> list[str]:
    scale, npv = _scale(decision), option.npv["all_in"]
    tail = [chance(option.probability_best), scale.money(option.expected_loss)]
    if option.supplier == decision.baseline:
        return ["–"] * 5 + [*tail, "–"]
    saved = [scale.signed(npv.mean), a_unit(option.saved_per_unit), scale.signed(npv.p5), scale.signed(npv.p95)]
    return [*saved, chance(option.probability_positive["all_in"]), *tail, _payback(option)]


def _payback(option: OptionVerdict) -> str:
    if option.payback_months is None:
        return "never"
    if option.npv_base["all_in"] < 0:
        return "loses" if option.payback == "immediate" else "lost later"
    again = "!" if option.payback_repeated else ""
    return ("at once" if option.payback == "immediate" else f"{option.payback_months:.0f} mo.") + again


def _scale(decision: Decision) -> Scale:
    return Scale.of(max(abs(option.npv["all_in"].p95) for option in decision.options))


def _totals(decision: Decision) -> str:
    """Write what the option saves in the three totals, the firmest first."""
    chosen, scale = decision.option(decision.challenger), _scale(decision)
    heads = ("mean", "5 %", "95 %", "P(saves)", "worth up to")
    lines = [f"{short(chosen.label, 30) + ', saved by':<40}" + "".join(head.rjust(12) for head in heads)]
    for total in TOTALS:
        npv = chosen.npv[total]
        flip = decision.price.totals[total] if decision.price else None
        up_to = "–" if decision.price is None or flip is None else _flip_words(flip, flip.expected, decision.price)
        cells = [scale.signed(npv.mean), scale.signed(npv.p5), scale.signed(npv.p95)]
        cells += [chance(chosen.probability_positive[total]), up_to]
        lines.append(f"  {NAMES[total]:<38}" + "".join(cell.rjust(12) for cell in cells))
    return "\n".join(lines)


def _parties(decision: Decision) -> str:
    """Say who pays and who gains."""
    chosen = decision.option(decision.challenger)
    lines = [f"Who pays, who gains with {short(chosen.label, 60)} (mean, {decision.currency})"]
    lines.append(wrapped("lines: " + _amounts(chosen.by_group.items())))
    failures = [(party, amount) for party, amount in chosen.by_liable.items() if party != OTHER_LINES]
    if failures:
        other = f"; all other lines {signed(chosen.by_liable[OTHER_LINES])}"
        lines.append(wrapped("failures, by who is liable: " + _amounts(failures) + other))
    lines += [wrapped(_differing(one)) for one in chosen.differing_rates]
    if chosen.roi is not None:
        rate = "" if chosen.irr is None else f", IRR {100 * chosen.irr:,.0f} % a year"
        rate = ", several IRRs" if chosen.irr_status == "several" else rate
        lines.append(
            wrapped(
                f"each {decision.currency} more paid to sellers, carriers and packers brings back "
                f"{chosen.benefit_cost_ratio:.2f} (ROI {100 * chosen.roi:,.0f} %{rate})"
            )
        )
    return "\n".join(lines)


def _differing(one: DifferingRate) -> str:
    rates = f"{as_percent(one.rate)} against {as_percent(one.baseline_rate)}"
    who = f"the {one.liable} is liable, whom this option does not change"
    return f"! {one.mode}: {rates}, but {who}: why would the rate differ?"


def _amounts(pairs: Iterable[tuple[str, float]]) -> str:
    return ", ".join(f"{name} {signed(amount)}" for name, amount in pairs if round(amount) != 0) or "nothing"


def _changes(decision: Decision) -> str:
    """Say what would change the answer."""
    label = {option.supplier: option.label for option in decision.options}
    lines = ["What would change the answer (one input at a time, the others at their means)"]
    lines += [wrapped(flip_line(one)) for one in decision.flips]
    if not decision.flips:
        pair = f"{label[decision.challenger]} against {decision.baseline_label}"
        lines.append(wrapped(f"{pair}: no uncertain number, moved within its 90 % range, changes the answer"))
    if decision.more_flips:
        lines.append(f"  … and {decision.more_flips} more inputs")
    if decision.too_close and decision.leave_baseline:
        first, second = (label[name] for name in decision.too_close)
        lines.append(wrapped(f"{second} instead of {first}:" + ("" if decision.pair_flips else " no single input")))
        lines += [wrapped("  " + flip_line(one)) for one in decision.pair_flips]
    return "\n".join(lines)


def flip_line(one: FlippingInput) -> str:
    """Say at which value an input turns the answer, and how likely that is."""
    side = "above" if one.above else "below"
    numbers = [number(value, percent=one.percent) for value in (one.value, one.mean, one.p5, one.p95)]
    return (
        f"{one.path} {side} {numbers[0]} (now {numbers[1]}, {numbers[2]} to {numbers[3]}; {chance(one.chance)} likely)"
    )


def _gaps(decision: Decision, most: int) -> str:
    """Say what is left out, and how large it would have to be."""
    if not decision.gaps:
        return ""
    uneven = [one for one in decision.gaps if one.gap.kind != "line"]
    rest = [one.gap.name for one in decision.gaps if one.gap.kind == "line"]
    amount, each = decision.gaps[0].amount, decision.gaps[0].amount_per_unit
    which = "more than" if amount > 0 else "savings of more than"
    lines = [f"Left out (the answer flips with {which} {money(abs(amount))}, {a_unit(abs(each))} a unit, on one side)"]
    telling = [one for one in uneven if one.flips_at is not None or decision.challenger in one.gap.npv_if_equal]
    shown = telling[:most] or uneven[:most]
    lines += [wrapped(_gap_line(one, decision)) for one in shown]
    if len(uneven) > len(shown):
        lines.append(f"  … and {len(uneven) - len(shown)} more that one option states and another does not")
    if rest:
        lines.append(wrapped(f"by all: {', '.join(rest)}"))
    return "\n".join(lines)


def _gap_line(one: GapThatDecides, decision: Decision) -> str:
    equal = one.gap.npv_if_equal.get(decision.challenger)
    words = "unknown" if one.gap.kind == "unknown" else "not stated"
    found = f"{one.gap.name} ({words})"
    if equal is not None:
        found += f": saved {signed(equal)} if as with {one.gap.value_from}"
    if one.flips_at is not None:
        found += f"; flips at {number(one.flips_at, percent=one.percent)}"
    return found


def _warnings(decision: Decision, most: int) -> str:
    if not decision.warnings:
        return ""
    if not most:
        return f"Warnings: {len(decision.warnings)}, which --format json has"
    lines = ["Warnings", *(wrapped(warning) for warning in decision.warnings[:most])]
    if len(decision.warnings) > most:
        lines.append(f"  … and {len(decision.warnings) - most} more")
    return "\n".join(lines)


def break_even_text(found: BreakEven) -> str:
    """Write a break-even for a terminal: the answer in the first lines."""
    parts = ["\n".join(short(line, WIDTH) for line in _break_even_answer(found))]
    if any(flip.base is not None or flip.p50 is not None for flip in found.totals.values()):
        parts.append(_break_even_totals(found))
    parts += [_wins(found), _how(found)]
    return "\n\n".join(part for part in parts if part)


def _break_even_answer(found: BreakEven) -> Iterator[str]:
    flip, name = found.totals["all_in"], found.label
    thing, unit = _short_path(found), _unit_words(found)
    if flip.expected is not None and found.at_stake:
        up_to = f"{_amount(flip.expected, found)} {unit}".rstrip() + at_once(found, flip.expected)
        yield fitting(lambda longest: f"{short(name, longest)}: worth it up to a {thing} of {up_to}")
        premium = found.premium_on_price["all_in"] if found.premium_on_price else None
        landed = found.premium_on_landed["all_in"] if found.premium_on_landed else None
        parts = [f"now {_amount(found.value, found)}"]
        for words, one in (("the baseline's price", premium), ("its landed cost", landed)):
            if one is not None and one.expected is not None:
                parts.append(f"{premium_words(one.expected)} {words}")
        yield "  " + "; ".join(parts)
        return
    if flip.expected is not None:
        side = "below" if found.lower_wins else "above"
        at = f"{_amount(flip.expected, found)} {unit}".rstrip() + at_once(found, flip.expected)
        yield fitting(lambda longest: f"{short(name, longest)} is worth it with {thing} {side} {at}")
        yield f"  now {_amount(found.value, found)}"
        return
    plain = {
        "dominated": f"{name} is dominated: no {thing} is low enough to make it worth it",
        "always": f"{name} is worth it at any {thing}: no value in its bounds flips the decision",
        "never": f"{name} is not worth it at any {thing}: no value in its bounds flips the decision",
    }
    yield plain[flip.outcome]
    yield f"  now {_amount(found.value, found)} {unit}".rstrip()


def _break_even_totals(found: BreakEven) -> str:
    heads = ("base case", "expected", "5 %", "median", "95 %")
    lines = [f"{'NPV is 0 at':<22}" + "".join(head.rjust(15) for head in heads)]
    for total in TOTALS:
        flip = found.totals[total]
        cells = [_flip_words(flip, value, found) for value in (flip.base, flip.expected, flip.p5, flip.p50, flip.p95)]
        lines.append(f"  {NAMES[total]:<20}" + "".join(cell.rjust(15) for cell in cells))
    for words, premium in (("premium on price", found.premium_on_price), ("on landed cost", found.premium_on_landed)):
        if premium is not None:
            one = premium["all_in"]
            shown = ["–" if v is None else as_percent(v) for v in (one.base, one.expected, one.p5, one.p50, one.p95)]
            lines.append(f"  {words:<20}" + "".join(cell.rjust(15) for cell in shown))
    return "\n".join(lines)


def _wins(found: BreakEven) -> str:
    lines = [f"{'Worth it in, at':<22}" + "".join(NAMES[total].rjust(19) for total in TOTALS)]
    for value, chances in found.wins:
        cells = "".join(chance(chances[total]).rjust(19) for total in TOTALS)
        lines.append(f"  {_amount(value, found):<20}{cells}")
    return "\n".join(dict.fromkeys(lines))


def _how(found: BreakEven) -> str:
    alone = f"turned for {found.supplier} alone" if found.at_stake else "turned wherever it is used"
    exact = "exact: the NPV is a straight line in it" if found.linear else "solved, and put back: the NPV is then 0"
    if any(flip.outcome == "jumps" for flip in found.totals.values()):
        exact = "solved: the NPV jumps past 0 there, as at a price break"
    lines = [wrapped(f"{found.path} ({found.meaning}), {alone}; {exact}")]
    if found.more:
        lines.append(
            wrapped(
                "in the base case the NPV also changes its sign at " + ", ".join(_amount(x, found) for x in found.more)
            )
        )
    lines.append(wrapped(f"{found.provenance.n:,} draws, seed {found.provenance.seed}; against {found.baseline}"))
    return "\n".join(lines)


def _flip_words(flip: Flip, value: float | None, found: BreakEven) -> str:
    if value is not None:
        return _amount(value, found)
    return {"flips": "–", "jumps": "–", "always": "any", "never": "none", "dominated": "none"}[flip.outcome]


def _amount(value: float, found: BreakEven) -> str:
    return number(value, percent=found.percent)


def number(value: float, *, percent: bool) -> str:
    """Write an input's value."""
    if percent:
        return as_percent(value)
    return a_unit(value) if abs(value) < 1000 else f"{value:,.0f}"


def as_percent(value: float) -> str:
    """Write a share."""
    return f"{100 * value:.2f} %" if abs(value) < 0.1 else f"{100 * value:.1f} %"


def _unit_words(found: BreakEven) -> str:
    if found.percent or found.unit == "1":
        return ""
    return named_unit(found.unit, found.currency) if found.unit.startswith("money") else found.unit


def _short_path(found: BreakEven) -> str:
    if found.path == LOST_CUSTOMER:
        return "value of a lost customer"
    return found.path.rpartition(".")[2] if not found.at_stake else _stake_words(found.path)


def _stake_words(path: str) -> str:
    """Name a price at stake: price, an extra cost by its name, another cost in plain words."""
    parts = path.split(".")
    if parts[-1] in ("unit_price", "price_breaks"):
        return "price"
    return parts[1] if parts[0] == "extra_costs" else parts[-1].replace("_", " ")


def _spaced(cells: Iterable[str]) -> str:
    return "".join(f" {cell}".rjust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
