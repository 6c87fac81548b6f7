"""Break-even: put back it gives zero, over draws it is the chance of saving, and it is plain where nothing flips."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement import NO_GAPS, expected, planned
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from independent import model
from ruamel.yaml import YAML
from scipy.optimize import brentq
from strategies import FOLDER, Tree, cases

import tco
from tco import cli
from tco.errors import TcoError, UsageError
from tco.outcomes import uncertain_inputs
from tco.results import TOTALS

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
CARTRIDGES = ROOT / "scenarios" / "cartridges.yaml"
N = 128

HEAD = """
tco: 1
name: by hand
currency: EUR
start: 2027-01
horizon_months: 12
discount_rate: 0%
baseline: old
demand: {units_per_year: 12_000}
"""


def tree_of(text: str) -> Tree:
    tree: Tree = YAML(typ="safe", pure=True).load(text)
    return tree


@cache
def loaded(file: Path) -> tco.Case:
    return tco.load(file)


@cache
def case_of(text: str) -> tco.Case:
    """Make a case of what stands below the usual head."""
    return tco.from_data(tree_of(HEAD + text))


PAIRS = [
    (file, option.name) for file in FILES for option in loaded(file).options if option.name != loaded(file).baseline
]
each_option = pytest.mark.parametrize(("file", "name"), PAIRS, ids=lambda one: getattr(one, "stem", one))
some_options = pytest.mark.parametrize(("file", "name"), PAIRS[::3], ids=lambda one: getattr(one, "stem", one))


def npvs(case: tco.Case, name: str) -> dict[str, float]:
    with NO_GAPS:
        return {total: one.npv for total, one in tco.compare(case).supplier(name).totals.items()}


def size_of(case: tco.Case, name: str) -> float:
    """Give what rounding is measured by: the sum of all lines, costs and recoveries alike."""
    with NO_GAPS:
        found = tco.compare(case)
    return sum(abs(x) for one in (found.baseline, name) for x in found.supplier(one).lines.values())


# ---------------------------------------------------------------------------------------------------------------------
# Putting a price back, as scenario-format.md says prices are stated: worked out here from the plain data of the case


def family(tree: Tree, name: str) -> list[str]:
    """The option and what it is built on, the nearest first."""
    parent = tree["suppliers"][name].get("based_on")
    return [name, *(family(tree, parent) if parent else [])]


def at_stake(tree: Tree, name: str) -> str:
    for one in family(tree, name):
        if "price_at_stake" in tree["suppliers"][one]:
            return str(tree["suppliers"][one]["price_at_stake"]).removeprefix(f"suppliers.{one}.")
    return "unit_price"


def stated_price(tree: Tree, name: str) -> tuple[str, Any]:
    """Give the path of the price or table of prices that an option charges, its own or inherited, and what is there."""
    for one in family(tree, name):
        for key in ("unit_price", "price_breaks"):
            if key in tree["suppliers"][one]:
                return f"suppliers.{one}.{key}", tree["suppliers"][one][key]
    return f"suppliers.{name}.unit_price", 0.0


def charging(tree: Tree, name: str, price: float, folder: Path) -> dict[str, Any]:
    """Say what to state so that an option, and it alone, charges a price; tables and paths by year are scaled."""
    key = at_stake(tree, name)
    if key.split(".")[0] in ("product", "returns", "contacts"):
        return {f"suppliers.{name}.overrides.{key}": price}
    if key.startswith("extra_costs."):
        return {key: price}
    if key != "unit_price":
        return {f"suppliers.{name}.{key}": price}
    path, raw = stated_price(tree, name)
    key = path.rpartition(".")[2]
    return {f"suppliers.{name}.{key}": _scaled(tree, key, raw, price, folder)}


def _scaled(tree: Tree, key: str, raw: Any, price: float, folder: Path) -> Any:
    def mean(written: Any) -> float:
        return model.mean("", written, "positive", folder)

    if key == "price_breaks":
        plan = planned(tree, folder)
        volume = 12 * np.mean(plan.by_year(plan.units)[0])
        starts = [mean(row["from_units_per_year"]) for row in raw]
        reached = [i for i in sorted(range(len(raw)), key=lambda i: starts[i]) if starts[i] <= volume]
        today = mean(first_year(raw[reached[-1] if reached else int(np.argmin(starts))]["unit_price"]))
        return [{**row, "unit_price": times(row["unit_price"], price / today, mean)} for row in raw]
    return times(raw, price / mean(first_year(raw)), mean) if isinstance(model.unwrap(raw), dict) else price


def first_year(raw: Any) -> Any:
    raw = model.unwrap(raw)
    return raw["by_year"][0] if isinstance(raw, dict) and "by_year" in raw else raw


def times(raw: Any, factor: float, mean: Any) -> Any:
    raw = model.unwrap(raw)
    if isinstance(raw, dict) and "by_year" in raw:
        return {"by_year": [factor * mean(one) for one in raw["by_year"]]}
    return factor * mean(raw)


def charged(case: tco.Case, name: str, price: float) -> tco.Case:
    return case.with_(charging(case.document.data, name, price, case.document.folder))


def is_certain(case: tco.Case, name: str) -> bool:
    """Say whether an option's price is not drawn, so that stating another one leaves all draws as they are."""
    return not any(path.startswith(stated_price(case.document.data, name)[0]) for path in uncertain_inputs(case))


@each_option
def test_the_price_of_the_base_case_put_back_gives_zero_in_each_total(file: Path, name: str) -> None:
    case = loaded(file)
    found = tco.breakeven(case, name, n=8)
    json.dumps(found.to_dict(), allow_nan=False)
    size = size_of(case, name)
    tried = 0
    for total in TOTALS:
        price = found.totals[total].base
        if price is not None:
            tried += 1
            assert npvs(charged(case, name, price), name)[total] == pytest.approx(0, abs=1e-11 * size)
    assert tried or all(found.totals[total].outcome in ("dominated", "never", "always") for total in TOTALS)


@some_options
def test_the_expected_price_put_back_gives_a_mean_of_zero_over_the_same_draws(file: Path, name: str) -> None:
    case = loaded(file)
    price = tco.breakeven(case, name, n=N, seed=3).totals["all_in"].expected
    if price is None:
        assert file.stem == "not_worth_it"
        return
    simulated = tco.simulate(charged(case, name, price), N, seed=3).supplier(name)
    close = 1e-10 if is_certain(case, name) else 1e-3  # a price that is drawn takes a dimension of its own
    assert simulated.npv["all_in"].mean == pytest.approx(0, abs=close * size_of(case, name))


@some_options
def test_the_chance_of_being_worth_it_is_what_a_simulation_at_that_price_gives(file: Path, name: str) -> None:
    case = loaded(file)
    first = tco.breakeven(case, name, n=N).totals["all_in"]
    asked = [price for price in (first.p5, first.p95) if price is not None and price >= 0][:1]
    found = tco.breakeven(case, name, at=asked, n=N)
    for price, chances in found.wins:
        simulated = tco.simulate(charged(case, name, price), N).supplier(name)
        close = 1.01 / N if is_certain(case, name) else 0.1
        for total in TOTALS:
            # a draw whose own break-even is this very price may fall on either side of zero
            assert chances[total] == pytest.approx(simulated.probability_positive[total], abs=close)


def test_at_todays_price_the_chance_is_that_of_the_simulation_and_of_the_decision() -> None:
    case = loaded(CARTRIDGES)
    found = tco.breakeven(case, "borealis", n=1024, seed=7)
    simulated = tco.simulate(case, 1024, seed=7).supplier("borealis")
    price, chances = found.wins[0]
    assert price == 4.78  # scenarios/cartridges.yaml
    assert dict(chances) == dict(simulated.probability_positive)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("cartridges", "borealis"),  # in the case's own currency, with a transition of two months
        ("cartridges", "borealis_box"),  # product.fulfilment_cost
        ("not_worth_it", "lumaro"),  # in euros, where the case counts in pounds
        ("not_worth_it", "shenfa_checked"),  # a table of prices in dollars that it inherits
        ("unknown_rate", "zellin"),  # a price by contract year
        ("couriers", "budgetpost_proactive"),  # an extra cost
        ("dominated", "norvik"),  # a table of prices in kronor
    ],
)
def test_the_price_of_the_base_case_is_the_root_of_the_independent_model(stem: str, name: str) -> None:
    case = loaded(ROOT / "scenarios" / f"{stem}.yaml")
    if name not in [option.name for option in case.options]:
        name = case.options[-1].name
    case = case.with_({"horizon_months": 15})
    found = tco.breakeven(case, name, n=8)

    @cache
    def oracle(price: float) -> dict[str, float]:
        tree = charged(case, name, price).document.data
        result = next(one for one in expected(tree, case.document.folder)["suppliers"] if one["supplier"] == name)
        return {"all_in": result["npv"], **{total: result[total]["npv"] for total in TOTALS[:2]}}

    for total in ("hard", "all_in"):
        root = brentq(lambda price: oracle(price)[total], 0.01 * found.value, 5 * found.value, xtol=1e-13, rtol=1e-13)  # noqa: B023
        assert found.totals[total].base == pytest.approx(root, rel=1e-10)


def several(tree: Tree) -> bool:
    return len(tree["suppliers"]) > 1


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tree=cases().filter(several))
def test_a_random_cases_price_put_back_gives_zero(tree: Tree) -> None:
    case = tco.from_data(tree, folder=FOLDER)
    for name in [one.name for one in case.options if one.name not in family(tree, case.baseline)][:1]:
        found = tco.breakeven(case, name, n=8)
        assert found.linear
        flip = found.totals["all_in"]
        if flip.base is None:
            continue
        back = charged(case, name, flip.base)
        size = size_of(back, name)
        assert npvs(back, name)["all_in"] == pytest.approx(0, abs=1e-10 * size)
        if flip.expected is not None and is_certain(case, name):
            simulated = tco.simulate(charged(case, name, flip.expected), 8).supplier(name)
            assert simulated.npv["all_in"].mean == pytest.approx(0, abs=1e-9 * size)


# ---------------------------------------------------------------------------------------------------------------------
# A known distribution: the saving is 12,000·(price of the old − price − freight), so that each draw's own price is
# the old price less the freight

UNIFORM = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: 9, freight: {uniform: [0, 2]}}
"""


def test_the_range_of_prices_is_that_of_what_they_stand_against() -> None:
    found = tco.breakeven(case_of(UNIFORM), "new", n=4096, at=[8.5, 9.5])
    flip = found.totals["all_in"]
    assert flip.base == pytest.approx(9)  # 10 − 1
    assert flip.expected == pytest.approx(9, abs=1e-3)
    assert (flip.p5, flip.p50, flip.p95) == pytest.approx((8.1, 9, 9.9), abs=2e-3)  # 10 − the 95, 50, 5 % of 0 to 2
    chances = {price: one["all_in"] for price, one in found.wins}
    assert chances == pytest.approx({9: 0.5, 8.5: 0.75, 9.5: 0.25}, abs=1e-3)
    assert found.lower_wins
    assert found.linear


def test_premiums_are_those_of_a_hand_computation() -> None:
    # landed: old 4·1.05 + 0.30 = 4.50; new p·1.10 + 0.60. They cost the same at p = 3.9/1.1 = 39/11: 11.36 % below the
    # price of 4, and on landed cost at no premium at all, as nothing else differs
    case = case_of("""
suppliers:
  old: {unit_price: 4, duty_rate: 5%, freight: 0.30}
  new: {unit_price: 5, duty_rate: 10%, freight: 0.60}
""")
    found = tco.breakeven(case, "new", n=8)
    assert found.totals["all_in"].base == pytest.approx(39 / 11)
    assert found.premium_on_price is not None
    assert found.premium_on_landed is not None
    for figure in ("base", "expected", "p5", "p50", "p95"):
        assert getattr(found.premium_on_price["all_in"], figure) == pytest.approx(39 / 44 - 1)
        assert getattr(found.premium_on_landed["all_in"], figure) == pytest.approx(0, abs=1e-12)


def test_a_premium_is_taken_in_the_cases_currency_and_in_the_first_contract_year() -> None:
    # a dollar is 0.8 euros: 5.50 dollars are 4.40 euros, 10 % above 4; growth and a transition do not touch year 1.
    # Failures of 10 % whose refund is 5 euros a unit weigh 0.50 a unit, and the new one has none: worth 4.50 = 5.625 $
    case = case_of("""
product: {sale_price: 5}
exchange_rates: {USD: 0.8}
failures: {broken: {stage: use, liable: supplier, refund: 100%}}
suppliers:
  old: {unit_price: 4, failure_rates: {broken: 10%}}
  new: {unit_price: 5.5, currency: USD, failure_rates: {broken: 0%}}
""")
    found = tco.breakeven(case, "new", n=8)
    assert found.currency == "USD"
    assert found.totals["hard"].base == pytest.approx(5.625)
    assert found.premium_on_price is not None
    assert found.premium_on_price["hard"].base == pytest.approx(0.125)  # 4.50 against 4
    slow = case.with_({"suppliers.new.transition_months": 3, "suppliers.new.price_growth": "4%"})
    premium = tco.breakeven(slow, "new", n=8).premium_on_price
    assert premium is not None
    assert premium["hard"].base == pytest.approx(0.125)  # all in year 1: no growth yet


def test_a_curve_and_a_break_even_hold_a_price_against_the_same_one() -> None:
    # the plan of 10,000 reaches 5, half of all draws pay 10: 7.50 on average; a dollar is 0.5 euros, or 1: 0.75
    text = HEAD.replace("{units_per_year: 12_000}", "{units_per_year: {uniform: [8_000, 12_000]}}")
    case = tco.from_data(
        tree_of(f"""{text}
exchange_rates: {{USD: {{discrete: {{0.5: 50%, 1.0: 50%}}}}}}
suppliers:
  old: {{price_breaks: [{{from_units_per_year: 0, unit_price: 10}}, {{from_units_per_year: 10_000, unit_price: 5}}]}}
  new: {{unit_price: 8, currency: USD}}
""")
    )
    curve = tco.acceptability(case, "new", values=[10, 12], n=4096)
    assert curve.premiums == pytest.approx([0, 0.2], abs=2e-3)
    found = tco.breakeven(case, "new", n=4096)
    value = found.totals["all_in"].expected
    assert found.premium_on_price is not None
    assert value is not None
    premium = tco.acceptability(case, "new", values=[value], n=4096).premiums
    assert premium == pytest.approx([found.premium_on_price["all_in"].expected], abs=1e-12)


def test_a_price_at_stake_without_a_counterpart_has_no_premium() -> None:
    case = case_of("""
extra_costs: [{name: check, supplier: new, per: unit, amount: 0.1, group: supply, grade: hard}]
suppliers:
  old: {unit_price: 4}
  new: {unit_price: 3.7, price_at_stake: extra_costs.check.amount}
""")
    found = tco.breakeven(case, "new", n=8)
    assert found.totals["hard"].base == pytest.approx(0.3)  # 4 − 3.70
    assert found.to_dict()["premium_on_price"] is None
    assert found.to_dict()["premium_on_landed"] is None


def test_the_price_of_an_option_is_turned_for_it_alone() -> None:
    # the clone inherits the price of the new one; only the clone's own moves
    text = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: 9}
  clone: {based_on: new, freight: 0.25}
"""
    found = tco.breakeven(case_of(text), "clone", n=8)
    assert found.totals["all_in"].base == pytest.approx(9.75)
    built_on_the_baseline = """
suppliers:
  old: {unit_price: 10}
  new: {based_on: old, inspection: 0.25}
"""
    assert tco.breakeven(case_of(built_on_the_baseline), "new", n=8).totals["all_in"].base == pytest.approx(9.75)


# ---------------------------------------------------------------------------------------------------------------------
# Any other input


def others(file: Path) -> Iterator[str]:
    """Some inputs of a case, uncertain ones first, of several kinds each."""
    case = loaded(file)
    uncertain = [one.path for one in case.inputs.values() if not one.number.is_path and _spread(one) > 0]
    certain = [one.path for one in case.inputs.values() if not one.number.is_path and _spread(one) == 0]
    yield from uncertain[:: max(len(uncertain) // 3, 1)][:3]
    yield from certain[:: max(len(certain) // 3, 1)][:3]


def _spread(one: Any) -> float:
    low, high = (float(one.number.value.quantile(share)) for share in (0.05, 0.95))
    return high - low


OTHERS = [
    (file, path)
    for file in FILES[::3]
    for path in others(file)
    if path not in ("discount_rate",) and "dispositions" not in path
]
"""Of every third case file, for speed; dispositions sum to 100 %: none can be changed alone."""


@pytest.mark.parametrize(("file", "path"), OTHERS, ids=lambda one: getattr(one, "stem", one))
def test_the_value_of_any_input_put_back_gives_zero(file: Path, path: str) -> None:
    case = loaded(file).with_({"horizon_months": 14})
    name = next(option.name for option in case.options[::-1] if option.name != case.baseline)
    found = tco.breakeven(case, name, of=path, n=16)
    size = size_of(case, name)
    for total in TOTALS:
        flip = found.totals[total]
        if flip.base is not None:
            back = npvs(case.with_({path: flip.base}), name)
            assert back[total] == pytest.approx(0, abs=1e-8 * size)
        elif total == "all_in":
            signs = {math.copysign(1, npvs(case.with_({path: x * found.value}), name)[total]) for x in (0.8, 1)}
            assert len(signs) == 1
        if flip.expected is not None:
            simulated = tco.simulate(case.with_({path: flip.expected}), 16).supplier(name)
            assert simulated.npv[total].mean == pytest.approx(0, abs=1e-8 * size)


NON_LINEAR = """
failures: {broken: {stage: use, liable: supplier, replace: 100%}}
suppliers:
  old: {unit_price: 10, failure_rates: {broken: 0}}
  new: {unit_price: 8, freight: {uniform: [0, 2]}, failure_rates: {broken: 5%}}
"""
RATE = "suppliers.new.failure_rates.broken"


def test_an_input_in_which_costs_are_no_straight_line_is_solved_draw_by_draw() -> None:
    # (8 + freight)/(1 − q) = 10 where q = (2 − freight)/10: uniform from 0 to 20 %; on average at q = 10 %
    found = tco.breakeven(case_of(NON_LINEAR), "new", of=RATE, n=4096, at=[0.15])
    assert not found.linear
    assert found.percent
    flip = found.totals["all_in"]
    assert flip.base == pytest.approx(0.1, rel=1e-9)
    assert flip.expected == pytest.approx(0.1, abs=1e-4)
    assert (flip.p5, flip.p50, flip.p95) == pytest.approx((0.01, 0.1, 0.19), abs=2e-4)
    assert dict(found.wins)[0.15]["all_in"] == pytest.approx(0.25, abs=1e-3)
    assert found.lower_wins
    assert flip.residual == pytest.approx(0, abs=1e-6)
    assert "solved, and put back" in str(found)


def test_percentiles_of_draws_that_no_value_in_bounds_flips_are_left_out() -> None:
    # with freight up to 4 the value is (2 − freight)/10, below 0 in half of the draws: a rate cannot be
    case = case_of(NON_LINEAR.replace("[0, 2]", "[0, 4]"))
    flip = tco.breakeven(case, "new", of=RATE, n=4096).totals["all_in"]
    assert flip.p5 is None
    assert flip.p95 == pytest.approx(0.18, abs=2e-3)


BREAKS = """
suppliers:
  old: {unit_price: 10}
  new:
    price_breaks: [{from_units_per_year: 0, unit_price: 9}, {from_units_per_year: 30_000, unit_price: 11}]
    annual_management: 10_000
"""


def test_the_side_that_is_worth_it_is_the_one_that_saves_and_further_crossings_are_told() -> None:
    # saved: units − 10,000 below 30,000 units, −units − 10,000 from there on: up through 0, then down past it
    case = case_of(BREAKS)
    found = tco.breakeven(case, "new", of="demand.units_per_year", n=8)
    assert not found.linear
    assert found.totals["all_in"].base == pytest.approx(10_000)
    assert found.totals["all_in"].outcome == "flips"
    assert not found.lower_wins
    assert str(found).startswith("new is worth it with units_per_year above 10,000")
    assert found.more == pytest.approx((30_000,))
    assert npvs(case.with_({"demand.units_per_year": 29_999}), "new")["all_in"] == pytest.approx(19_999)
    assert npvs(case.with_({"demand.units_per_year": 30_001}), "new")["all_in"] == pytest.approx(-40_001)


def test_a_decision_that_flips_in_a_jump_is_not_said_to_be_zero_there() -> None:
    # 11 against 10 below 30,000 units, 9 from there on: at none at all both cost nothing, which flips no decision
    case = case_of(
        BREAKS.replace("9}", "11}").replace("unit_price: 11}]", "unit_price: 9}]").replace("10_000\n", "0\n")
    )
    found = tco.breakeven(case, "new", of="demand.units_per_year", n=8)
    flip = found.totals["all_in"]
    assert (flip.base, flip.expected) == pytest.approx((30_000, 30_000))
    assert flip.outcome == "jumps"
    assert abs(flip.residual) == pytest.approx(30_000)
    assert "jumps past 0" in " ".join(str(found).split())


# ---------------------------------------------------------------------------------------------------------------------
# Nothing flips it: said plainly

OLD_AND_NEW = """
suppliers:
  old: {unit_price: 10, freight: 1}
  new: {unit_price: 8, freight: 2}
"""


def test_an_option_that_no_price_makes_worth_it_is_dominated() -> None:
    found = tco.breakeven(case_of(OLD_AND_NEW.replace("freight: 2", "freight: 12")), "new", n=8)
    for total in TOTALS:
        flip = found.totals[total]
        assert (flip.outcome, flip.base, flip.expected) == ("dominated", None, None)
    assert str(found).splitlines()[0] == "new is dominated: no price is low enough to make it worth it"


def test_a_price_of_exactly_nothing_is_not_dominated() -> None:
    found = tco.breakeven(case_of(OLD_AND_NEW.replace("freight: 2", "freight: 11")), "new", n=8)
    assert found.totals["all_in"].expected == pytest.approx(0, abs=1e-12)
    assert found.totals["all_in"].outcome == "flips"


@pytest.mark.parametrize(
    ("of", "supplier", "price", "outcome", "words"),
    [
        ("suppliers.old.freight", "new", 7, "always", "new is worth it at any freight: no value in its bounds flips"),
        ("suppliers.new.freight", "new", 12, "never", "new is not worth it at any freight: no value in its bounds"),
        ("suppliers.old.inspection", "new", 8, "always", "new is worth it at any inspection: no value in its bounds"),
    ],
)
def test_a_decision_that_no_value_in_its_bounds_flips_is_said_to_stand(
    of: str, supplier: str, price: float, outcome: str, words: str
) -> None:
    case = case_of(OLD_AND_NEW).with_({"suppliers.new.unit_price": price})
    found = tco.breakeven(case, supplier, of=of, n=8)
    assert found.totals["all_in"].outcome == outcome
    assert found.totals["all_in"].base is None
    assert str(found).startswith(words)


def test_a_value_that_the_case_cannot_have_flips_nothing() -> None:
    # 60 % are replaced: at most 40 % may be refunded
    text = """
product: {sale_price: 8}
failures: {broken: {stage: use, liable: supplier, refund: 30%, replace: 60%}}
suppliers:
  old: {unit_price: 1, failure_rates: {broken: 10%}}
  new: {unit_price: PRICE, failure_rates: {broken: 0%}}
"""
    # g = 1/(1 − 0.06); old: g·(1 + 0.1·refund·8) = PRICE
    g = 1 / 0.94
    for refund, told in ((0.35, 0.35), (0.5, None), (1.5, None)):
        case = case_of(text.replace("PRICE", str(g * (1 + 0.8 * refund))))
        flip = tco.breakeven(case, "new", of="failures.broken.refund", n=8).totals["all_in"]
        assert flip.base == (told if told is None else pytest.approx(told))
        assert flip.expected == (told if told is None else pytest.approx(told))
        assert flip.outcome == ("flips" if told else "never")


def test_an_input_that_does_not_touch_the_option_never_flips_it() -> None:
    case = loaded(CARTRIDGES)
    found = tco.breakeven(case, "borealis", of="suppliers.acme_inspected.inspection", n=8)
    assert found.totals["all_in"].outcome == "always"
    assert {one["all_in"] for _, one in found.wins} == {1.0}


@pytest.mark.parametrize(
    ("supplier", "of", "words"),
    [
        ("boreals", "", "expected a supplier of the case, found 'boreals': did you mean 'borealis'?"),
        ("acme", "", "expected an option other than the baseline, found 'acme': the case has borealis, "),
        ("borealis", "suppliers.borealis.unit_prise", "did you mean 'suppliers.borealis.unit_price'"),
        ("borealis", "suppliers.borealis", "expected the path of a number, found 'suppliers.borealis'"),
        ("borealis", "discount_rate", "found 'discount_rate', of which time itself is made"),
        ("borealis", "horizon_months", "horizon_months"),
        ("borealis", "decision.confidence", "found 'decision.confidence', which no formula asks for"),
        ("borealis", "suppliers.borealis.capacity_units_per_year", "which no formula asks for"),
        ("borealis", "demand.skus", "which no formula asks for"),  # without a minimum order
    ],
)
def test_what_cannot_be_turned_is_refused_in_plain_words(supplier: str, of: str, words: str) -> None:
    with pytest.raises(TcoError) as told:
        tco.breakeven(loaded(CARTRIDGES), supplier, of=of, n=8)
    assert words in str(told.value)


SCALED = """
suppliers:
  old: {{unit_price: 5}}
  new: {{{price}}}
"""


@pytest.mark.parametrize(
    ("price", "months", "kind", "expected", "words"),
    [
        # 2 · 5 paid for a unit in each year: (4 + 4.4)·10/8.4
        (
            "unit_price: {by_year: [4, 4.4]}",
            24,
            "by_year",
            [4 / 0.84, 4.4 / 0.84],
            "4.76 EUR a unit (year 1; then 5.24)",
        ),
        # five years at 5: (4 + 4 + 4 + 4 + 9)·1
        (
            "unit_price: {by_year: [4, 4, 4, 4, 9]}",
            60,
            "by_year",
            [4, 4, 4, 4, 9],
            "4.00 EUR a unit (year 1; then 4.00, 4.00, 4.00, …)",
        ),
        # the plan of 12,000 reaches 4, which may be 5
        (
            "price_breaks: [{from_units_per_year: 0, unit_price: 6}, {from_units_per_year: 10_000, unit_price: 4}]",
            12,
            "price_breaks",
            [7.5, 5],
            "5.00 EUR a unit (the break reached; whole table × 1.25)",
        ),
        ("unit_price: 4", 12, "", None, "5.00 EUR a unit\n"),
        ("unit_price: {by_year: [4]}", 12, "", None, "5.00 EUR a unit\n"),
    ],
)
def test_what_moves_with_a_price_in_proportion_is_told(
    price: str, months: int, kind: str, expected: list[float] | None, words: str
) -> None:
    text = (HEAD + SCALED.format(price=price)).replace("horizon_months: 12", f"horizon_months: {months}")
    case = tco.from_data(tree_of(text))
    found = tco.breakeven(case, "new", n=8)
    for name in ("by_year", "price_breaks"):
        assert found.to_dict()[name] == (pytest.approx(expected) if name == kind else None)
    assert f"new: worth it up to a price of {words}" in str(found)
    decided = str(tco.decide(case, n=64)).split("\n")[2]
    assert f"Worth it up to {words.strip()} for its price (now 4.00)" in decided
    curve = str(tco.acceptability(case, "new", n=8)).split("\n")
    about = {"by_year": "in year 1, later years", "price_breaks": "at the break reached, others"}
    assert curve[1].endswith(f"new alone; {about[kind]} in proportion" if kind else "new alone")
    assert max(map(len, [*str(found).split("\n"), decided, *curve])) <= 100


@pytest.mark.parametrize(
    ("per", "amount", "words"),
    [
        ("month", "1,000", "EUR a month"),  # 1 less for each of 12,000 units in 12 months
        ("year", "12,000", "EUR a year"),
        ("once", "12,000", "EUR"),
        ("order", "2.00", "EUR an order"),
        ("unit", "1.00", "EUR a unit"),
        ("shipped_unit", "1.00", "EUR a shipped unit"),
    ],
)
def test_an_extra_cost_at_stake_is_told_with_what_it_is_paid_for(per: str, amount: str, words: str) -> None:
    case = tco.from_data(
        tree_of(f"""{HEAD.replace("12_000}", "12_000, units_per_order: 2}")}
extra_costs: [{{name: check, supplier: new, per: {per}, amount: 0.5, group: supply, grade: hard}}]
suppliers:
  old: {{unit_price: 4}}
  new: {{unit_price: 3, price_at_stake: extra_costs.check.amount}}
""")
    )
    found = tco.breakeven(case, "new", n=8)
    assert found.unit == ("money" if per == "once" else f"money/{per}")
    assert str(found).startswith(f"new: worth it up to a check of {amount} {words}\n")
    assert f"Worth it up to {amount} {words} for its check (now 0.50)" in str(tco.decide(case, n=64))
    curve = tco.acceptability(case, "new", values=[0.25, 0.75], n=8)
    assert str(curve).startswith(f"new: more likely than not worth it up to 0.75 {words} (now 0.50)\n")
    counted = words.removeprefix("EUR") if per != "unit" else ""
    assert f"{counted}; now €0.50{counted}" in title(tco.chart.breakeven(found))
    assert f"At an amount of €0.50{counted} New saves" in title(tco.chart.acceptability(curve))


def title(ax: Any) -> str:
    return " ".join(ax.get_title(loc="left").split())


BUDGETED = """
contacts: {{cost: 5}}
{sale}
failures: {{bad: {{stage: use, liable: supplier, contacts: 1{churn}}}}}
suppliers:
  old: {{unit_price: 5, failure_rates: {{bad: 5%}}}}
  new: {{unit_price: 5.1, failure_rates: {{bad: 1%}}}}
"""
SALE = "product: {sale_price: 20}"


@pytest.mark.parametrize("churn", ["", ", churn: 0"])
@pytest.mark.parametrize(
    "command",
    [
        "breakeven {file} new --of {path}",
        "grid {file} {path} suppliers.new.unit_price",
        "sensitivity {file} --range {path} 0 0.1",
        "table {file} {path} --from 0 --to 0.1",
        "compare {file} --set {path}=2%",
    ],
)
def test_churn_that_a_budget_cannot_value_is_refused_wherever_it_is_turned(
    command: str, churn: str, tmp_path: Path
) -> None:
    file = tmp_path / "budget.yaml"
    file.write_text(HEAD.lstrip() + BUDGETED.format(sale=SALE, churn=churn), encoding="utf-8")
    told = CliRunner().invoke(cli.main, command.format(file=file, path="failures.bad.churn").split())
    assert told.exit_code == 3, told.output
    assert "expected demand.customers, which valuing churn by lost_margin needs, found none" in told.stderr
    assert "write demand.customers, or churn: {valuation: lifetime_value" in told.stderr


def test_what_a_number_needs_above_zero_is_asked_for_before_it_is_turned() -> None:
    with pytest.raises(TcoError, match=r"product\.sale_price: missing: failures\.bad has refunds"):
        tco.breakeven(case_of(BUDGETED.format(sale="", churn="")), "new", of="failures.bad.refund", n=8)


def test_churn_of_nothing_needs_no_customers() -> None:
    without, none = (tco.compare(case_of(BUDGETED.format(sale=SALE, churn=one))) for one in ("", ", churn: 0"))
    # by hand, 12,000 units: 12,000 (5 + 5 % 5) = 63,000, and 12,000 (5.1 + 1 % 5) = 61,800
    for result in (without, none):
        assert [one.present_cost for one in result.suppliers] == pytest.approx([63_000, 61_800])


def test_asking_for_a_break_even_leaves_the_case_as_it_is() -> None:
    # a table of prices, and a transition whose first months are the baseline's
    case = tco.load(ROOT / "scenarios" / "dominated.yaml")
    tco.breakeven(case, "norvik", n=8)
    assert tco.compare(case).to_dict() == tco.compare(tco.load(ROOT / "scenarios" / "dominated.yaml")).to_dict()


def test_premiums_of_an_option_in_transition_are_those_of_its_own_price() -> None:
    text = """
horizon_months: 30
suppliers:
  old: {unit_price: 10, freight: 1}
  new: {unit_price: 9, price_growth: 3%, freight: 2, transition_months: MONTHS}
"""
    for months in (0, 2, 12, 15):  # 12 and more: the whole of year 1
        found = tco.breakeven(
            tco.from_data(tree_of(HEAD.replace("horizon_months: 12\n", "") + text.replace("MONTHS", str(months)))),
            "new",
            n=8,
        )
        base = found.totals["all_in"].base
        assert base is not None
        assert found.premium_on_price is not None
        assert found.premium_on_landed is not None
        assert found.premium_on_price["all_in"].base == pytest.approx(base / 10 - 1)
        assert found.premium_on_landed["all_in"].base == pytest.approx((base + 2) / 11 - 1)


# ---------------------------------------------------------------------------------------------------------------------
# What a lost customer must be worth (model.md, section 6: churn(λ) = λ·Σ v·leavers)

CHURN = """
failures: {broken: {stage: use, liable: supplier, churn: 10%}}
churn: {valuation: reacquisition, acquisition_cost: 30}
suppliers:
  old: {unit_price: 4, failure_rates: {broken: 8%}}
  new: {unit_price: {uniform: [4.1, 4.3]}, failure_rates: {broken: 3%}}
"""


def test_the_value_of_a_lost_customer_that_one_must_believe_in() -> None:
    # 0.5 % fewer leavers a unit; 0.20 a unit more on average: 40 a customer, from 22 (0.11) to 58 (0.29)
    found = tco.breakeven(case_of(CHURN), "new", of="lost_customer", n=4096, at=[30])
    flip = found.totals["all_in"]
    assert found.value == pytest.approx(30)  # the acquisition cost stated
    assert (flip.base, flip.expected) == pytest.approx((40, 40))
    assert (flip.p5, flip.p50, flip.p95) == pytest.approx((22, 40, 58), abs=0.02)
    assert dict(found.wins)[30.0]["all_in"] == pytest.approx(0.25, abs=1e-3)
    assert found.totals["hard"].outcome == "never"  # churn is no hard line
    assert npvs(case_of(CHURN).with_({"churn.acquisition_cost": 40}), "new")["all_in"] == pytest.approx(0, abs=1e-8)


def test_without_churn_there_is_no_value_of_a_lost_customer() -> None:
    with pytest.raises(UsageError, match="expected failures that cost customers, found none with churn"):
        tco.breakeven(case_of(UNIFORM), "new", of="lost_customer", n=8)


# ---------------------------------------------------------------------------------------------------------------------
# The command

KEYS = {"supplier", "path", "all_in", "hard", "hard_and_estimated", "premium_on_price", "premium_on_landed"}


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.main, ["breakeven", *arguments])


def test_the_command_prints_what_the_function_gives() -> None:
    result = run(str(CARTRIDGES), "borealis", "-n", "64", "--at", "5", "--format", "json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data == tco.breakeven(tco.load(CARTRIDGES), "borealis", at=[5], n=64).to_dict()
    assert data.keys() >= KEYS
    for total in ("all_in", "hard", "hard_and_estimated", "premium_on_price", "premium_on_landed"):
        assert data[total].keys() >= {"base", "expected", "p5", "p50", "p95"}
    text = run(str(CARTRIDGES), "borealis", "-n", "64", "--at", "5").stdout
    assert text.startswith("borealis: worth it up to a price of ")
    assert max(map(len, text.splitlines())) <= 100
    rows = run(str(CARTRIDGES), "borealis", "-n", "64", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("supplier,path,total,base,expected,p5,p50,p95,outcome")
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("acme",), "expected an option other than the baseline, found 'acme'"),
        (("borealis", "--of", "discount_rate"), "of which time itself is made"),
        (("borealis", "--at", "dear"), "--at"),
        (("borealis", "--at", "10 to 12"), "found '10 to 12': write a number such as 8% or 0.08\n"),
    ],
)
def test_wrong_usage_is_told_on_standard_error_without_a_traceback(arguments: tuple[str, ...], words: str) -> None:
    result = run(str(CARTRIDGES), *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_one_contract_year_of_a_path_is_not_turned_alone() -> None:
    case = tco.load(ROOT / "scenarios/unknown_rate.yaml")
    words = "one contract year of it: suppliers.zellin.unit_price turns all years in proportion"
    with pytest.raises(UsageError, match=words):
        tco.breakeven(case, "zellin", of="suppliers.zellin.unit_price.by_year.1", n=64)
