"""The decision: two questions answered by one rule, on cases whose distribution is known, and what it rests on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement import NO_GAPS
from click.testing import CliRunner
from ruamel.yaml import YAML
from strategies import FOLDER, Shape, Tree, money_scaled, random_case

import tco
from tco import cli
from tco.errors import TcoError
from tco.outcomes import uncertain_inputs
from tco.results import TOTALS

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "scenarios").glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
CARTRIDGES = ROOT / "scenarios" / "cartridges.yaml"
N = 64
each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)

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
    tree: Tree = YAML(typ="safe", pure=True).load(HEAD + text)
    return tree


def decided(text: str, n: int = 4096, **changes: Any) -> tco.Decision:
    """Decide what stands below the usual head, with some values changed."""
    case = tco.from_data(tree_of(text))
    return tco.decide(case.with_(changes) if changes else case, n=n)


@cache
def loaded(file: Path) -> tco.Case:
    return tco.load(file)


@cache
def of_file(file: Path) -> tco.Decision:
    return tco.decide(loaded(file), n=N)


def verdict(one: tco.Decision) -> tuple[bool, str, tuple[str, str] | None]:
    return one.leave_baseline, one.choice, one.too_close


# ---------------------------------------------------------------------------------------------------------------------
# First question: leave the baseline? P(NPV > 0) of the option best on the mean ≥ confidence, its NPV ≥ materiality ×
# the baseline's present cost. Old costs 10 a unit; new 8 and a freight that is uniform from 0 to 2/P: it saves in a
# share P of worlds, on average 2 − 1/P

UNIFORM = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: 8, freight: {uniform: [0, 2.5]}}
"""


def test_a_confidence_that_is_just_met_leaves_the_baseline_and_one_that_is_not_stays() -> None:
    # P = 80 %, mean saving 0.75 a unit, 7.5 % of what the old one costs
    met = decided(UNIFORM, **{"decision.confidence": "79.9%", "decision.materiality": 0})
    assert verdict(met) == (True, "new", None)
    assert met.option("new").probability_positive["all_in"] == pytest.approx(0.8, abs=1e-3)
    assert met.option("new").npv["all_in"].mean == pytest.approx(9000, rel=1e-3)
    unmet = decided(UNIFORM, **{"decision.confidence": "80.1%", "decision.materiality": 0})
    assert verdict(unmet) == (False, "old", ("new", "old"))
    assert unmet.challenger == "new"


def test_exactly_the_confidence_asked_for_is_enough() -> None:
    # three of four worlds to the draw: 7, 7, 7 or 14 against 10
    text = """
decision: {confidence: 75%, materiality: 0%}
suppliers:
  old: {unit_price: 10}
  new: {unit_price: {discrete: {7: 75%, 14: 25%}}}
"""
    found = decided(text, n=1024)
    assert found.option("new").probability_positive["all_in"] == 0.75
    assert verdict(found) == (True, "new", None)


def test_the_default_is_eighty_percent_and_one_percent() -> None:
    found = decided(UNIFORM, n=64)
    assert (found.confidence, found.materiality) == (0.8, 0.01)  # scenario-format.md


@pytest.mark.parametrize(("materiality", "leaves"), [("9.99%", True), ("10%", True), ("10.01%", False)])
def test_the_saving_must_be_material(materiality: str, leaves: bool) -> None:
    text = "suppliers: {old: {unit_price: 8}, new: {unit_price: 7.2}}"  # a tenth less, for sure
    found = decided(text, n=8, **{"decision.materiality": float(materiality[:-1]) / 100 - 1e-12})
    assert found.leave_baseline is leaves
    assert found.choice == ("new" if leaves else "old")
    assert found.too_close == (None if leaves else ("new", "old"))


def test_where_the_baseline_is_best_on_the_mean_it_is_kept() -> None:
    found = decided("suppliers: {old: {unit_price: 8}, new: {unit_price: 9}, dear: {unit_price: 12}}", n=8)
    assert verdict(found) == (False, "old", None)
    assert found.challenger == "new"  # the next best, which the figures are about
    assert str(found).startswith("Stay with old")


def test_an_option_that_differs_by_rounding_alone_is_neither_better_nor_worse() -> None:
    # 4.1 + 0.2 and 4.2 + 0.1 are 4.3 each, but not in binary
    found = decided("""
decision: {materiality: 0%}
suppliers: {new: {unit_price: 4.1, freight: 0.2}, old: {unit_price: 4.2, freight: 0.1}}
""")
    assert verdict(found)[:2] == (False, "old")
    for option in found.options:
        assert (option.probability_best, option.expected_loss, option.npv_base["all_in"]) == (0.5, 0, 0)
        assert set(option.probability_positive.values()) == {0}
    assert str(found).splitlines()[:2] == [
        "Stay with old: too close to call against new",
        "  new costs the same in every world",
    ]


def test_an_option_that_saves_in_most_worlds_and_loses_on_the_mean_is_not_taken() -> None:
    # one unit in ten costs 90 more: saves 1 in 95 % of worlds, loses on average
    text = """
decision: {materiality: 0%}
suppliers:
  old: {unit_price: 10}
  new: {unit_price: {discrete: {9: 95%, 99: 5%}}}
"""
    found = decided(text, n=1024)
    assert found.option("new").probability_positive["all_in"] == pytest.approx(0.95, abs=0.01)
    assert verdict(found)[:2] == (False, "old")


# ---------------------------------------------------------------------------------------------------------------------
# Second question: which option? The best on the mean against the others in pairs, by the same test

SURE = UNIFORM.replace("2.5]", "2.2]")  # saves in 10 of 11 worlds
THREE = """
suppliers:
  old: {unit_price: 10}
  near: {unit_price: {uniform: [6.9, 7.3]}}
  far: {unit_price: {uniform: [6.8, 7.4]}, freight: 0.05}
"""


def test_two_options_that_overlap_are_too_close_to_call_and_the_baseline_is_left_all_the_same() -> None:
    found = decided(THREE)
    assert verdict(found) == (True, "near", ("near", "far"))
    assert "near or far (too close to call)" in str(found).splitlines()[0]


@pytest.mark.parametrize(
    ("price", "asked", "words"),
    [
        ("{uniform: [9.9104, 9.9992]}", "materiality: 0.5%", "0.45 % saved, 0.5 % asked"),  # 0.0452 of 10
        ("{uniform: [9.9104, 9.9904]}", "materiality: 0.5%", "0.496 % saved, 0.5 % asked"),
        ("{discrete: {9: 79.7%, 10.1: 20.3%}}", "confidence: 79.9%", "a saving in 79.7 % of worlds, 79.9 % asked"),
        (
            "{discrete: {9.9: 60%, 10.1: 40%}}",
            "{confidence: 80%, materiality: 1%}",
            "0.2 % saved, 1 % asked; in 60 % of worlds, 80 % asked",
        ),
    ],
)
def test_the_verdict_names_the_test_that_fails_in_digits_that_tell_the_two_apart(
    price: str, asked: str, words: str
) -> None:
    decision = asked if asked.startswith("{") else f"{{{asked}}}"
    found = decided(f"decision: {decision}\nsuppliers:\n  old: {{unit_price: 10}}\n  new: {{unit_price: {price}}}\n")
    assert str(found).splitlines()[0].endswith(f"(too close to call): {words}")


def test_a_clear_pair_is_not_too_close() -> None:
    found = decided(THREE, **{"suppliers.far.freight": 0.40})
    # far is 0.40 dearer on average; u(−0.3, 0.3) + u(−0.2, 0.2) makes up for it in (0.1²/2)/(0.6·0.4) of worlds
    assert found.option("far").probability_best == pytest.approx(0.1**2 / 2 / (0.6 * 0.4), abs=2e-3)
    assert verdict(found) == (True, "near", None)


def test_a_sure_but_immaterial_difference_between_two_options_is_too_close() -> None:
    text = "suppliers: {old: {unit_price: 10}, one: {unit_price: 7.00}, two: {unit_price: 7.05}}"
    assert verdict(decided(text, n=8)) == (True, "one", ("one", "two"))  # half a percent of 10
    assert verdict(decided(text.replace("7.05", "7.11"), n=8)) == (True, "one", None)


def test_a_clone_is_too_close_to_what_it_clones_and_changes_nothing_else() -> None:
    plain, cloned = decided(SURE), decided(SURE + "  twin: {based_on: new}\n")
    assert verdict(plain) == (True, "new", None)
    assert cloned.leave_baseline
    assert set(cloned.too_close or ()) == {"new", "twin"}
    assert cloned.option("new").probability_best == pytest.approx(plain.option("new").probability_best / 2)
    for name in ("old", "new"):
        ours, theirs = cloned.option(name), plain.option(name)
        assert ours.npv["all_in"].mean == theirs.npv["all_in"].mean
        assert ours.probability_positive == theirs.probability_positive
        assert ours.expected_loss == theirs.expected_loss


def test_a_clone_of_the_baseline_changes_no_verdict() -> None:
    found = decided(SURE + "  same: {based_on: old}\n")
    assert verdict(found) == (True, "new", None)
    same = found.option("same")
    assert same.npv["all_in"].mean == 0
    assert (same.payback, same.payback_months) == ("immediate", 0)
    alone = decided("suppliers: {old: {unit_price: 10}, same: {based_on: old}}", n=8)
    assert not alone.leave_baseline
    assert alone.choice == "old"


def test_a_copy_of_the_baseline_does_not_make_a_clear_stay_unclear() -> None:
    dearer = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: 14}
"""
    plain = decided(dearer, n=8)
    for copy in ("{based_on: old}", "{based_on: old, freight: 0.0001}"):
        found = decided(f"{dearer}  copy: {copy}\n", n=8)
        assert verdict(found) == verdict(plain) == (False, "old", None)
        assert found.challenger == plain.challenger == "new"
        assert found.price is not None
        assert plain.price is not None
        assert found.price.totals["all_in"].expected == pytest.approx(plain.price.totals["all_in"].expected)


def test_several_internal_rates_are_reported_as_several_and_none_is_chosen() -> None:
    """Little paid first, saved for a year, paid back in the third: worth 0 at a low rate and at a huge one."""
    text = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: {by_year: [6, 10, 13]}, switching_cost: 10}
"""
    found = tco.decide(tco.from_data({**tree_of(text), "horizon_months": 36}), n=8)
    option = found.option("new")
    assert (option.irr, option.irr_status) == (None, "several")


def test_labels_that_begin_alike_are_told_apart(tmp_path: Path) -> None:
    from tco.views.table import told_apart

    names = ["A very long label of the first", "A very long label of the second", "Short"]
    found = told_apart(names, 20)
    assert len(set(found)) == 3
    assert all(len(name) <= 20 for name in found)
    assert found[2] == "Short"


@pytest.mark.parametrize("file", [ROOT / "scenarios" / "hard_drives.yaml", ROOT / "scenarios" / "packaging.yaml"])
def test_a_near_copy_of_an_option_does_not_make_a_clear_verdict_unclear(file: Path) -> None:
    data = loaded(file).document.data
    best = of_file(file).choice
    assert of_file(file).leave_baseline
    near = {**data, "suppliers": {**data["suppliers"], "near_copy": {"based_on": best, "freight": 0.0001}}}
    found = tco.decide(tco.from_data(near, folder=file.parent), n=N)
    assert found.leave_baseline
    assert found.choice in (best, "near_copy")
    clear = found.option(best).probability_positive["all_in"]
    assert clear == of_file(file).option(best).probability_positive["all_in"]


# ---------------------------------------------------------------------------------------------------------------------
# Nothing but the case decides: neither the order of suppliers nor the size of money

CERTAIN = Shape(uncertain=False, longest=14, most=4)


def many(shape: Shape, count: int) -> list[Tree]:
    found = (random_case(seed, shape) for seed in range(1000))
    return [tree for _, tree in zip(range(count), (t for t in found if len(t["suppliers"]) > 1), strict=False)]


def closely(one: Mapping[str, Any], other: Mapping[str, Any], factor: float, size: float) -> None:
    """Hold figures of one decision against those of another in which all money is so many times as large."""
    for key, value in one.items():
        if key in ("suppliers", "supplier", "label", "payback", "irr_status", "payback_repeated"):
            assert other[key] == value, key
        elif value is None:
            assert other[key] is None, key
        elif key.startswith("probability"):
            assert other[key] == pytest.approx(value, abs=1e-12), key
        elif key in ("roi", "benefit_cost_ratio", "irr", "payback_months", "discounted_payback_months"):
            assert other[key] == pytest.approx(value, rel=1e-6, abs=1e-9), key
        elif key in ("npv_mean", "npv_base", "expected_loss", "saved_per_unit"):
            assert other[key] == pytest.approx(factor * value, rel=1e-9, abs=1e-10 * factor * size), key


@pytest.mark.parametrize("tree", many(CERTAIN, 3), ids=range(3))
def test_a_decision_is_scale_free(tree: Tree) -> None:
    plain = tco.decide(tco.from_data(tree, folder=FOLDER), n=8)
    scaled = tco.decide(tco.from_data(money_scaled(tree, 1000), folder=FOLDER), n=8)
    assert verdict(plain) == verdict(scaled)
    for one, other in zip(plain.options, scaled.options, strict=True):
        closely(one.to_dict(), other.to_dict(), 1000, abs(plain.present_cost))


@pytest.mark.parametrize("file", [FILES[1], FILES[3]], ids=lambda file: file.stem)
def test_the_order_of_suppliers_is_irrelevant(file: Path) -> None:
    data = loaded(file).document.data
    turned = {**data, "suppliers": dict(reversed(data["suppliers"].items()))}
    found, plain = tco.decide(tco.from_data(turned, folder=file.parent), n=N), of_file(file)
    assert verdict(found) == verdict(plain)
    assert found.challenger == plain.challenger
    for option in plain.options:
        closely(option.to_dict(), found.option(option.supplier).to_dict(), 1, abs(plain.present_cost))
    assert [one.path for one in found.flips] == [one.path for one in plain.flips]


# ---------------------------------------------------------------------------------------------------------------------
# Identities, and agreement with the simulation


@each_file
def test_ratios_groups_and_parties_add_up_to_the_mean_npv(file: Path) -> None:
    found = of_file(file)
    for option in found.options:
        mean = option.npv["all_in"].mean
        close = pytest.approx(mean, rel=1e-9, abs=1e-10 * abs(found.present_cost))
        assert math.fsum(option.by_group.values()) == close
        assert math.fsum(option.by_liable.values()) == close
        spent = -sum(option.by_group.get(group, 0.0) for group in ("supply", "fulfilment"))  # model.md, section 10
        if spent <= 1e-9 * abs(found.present_cost):
            assert option.roi is None
        else:
            assert option.roi is not None
            assert option.benefit_cost_ratio is not None
            assert option.roi == pytest.approx(option.benefit_cost_ratio - 1, rel=1e-9)  # ROI = BCR − 1
            assert option.roi * spent == pytest.approx(mean, rel=1e-6)  # ROI · costs = NPV


@each_file
def test_probabilities_losses_and_ranges_are_those_of_the_simulation(file: Path) -> None:
    found, simulated = of_file(file), tco.simulate(loaded(file), N)
    for option in found.options:
        other = simulated.supplier(option.supplier)
        assert option.probability_positive == pytest.approx(dict(other.probability_positive))
        assert option.probability_best == pytest.approx(other.probability_best)
        assert option.expected_loss == pytest.approx(other.expected_loss, rel=1e-9, abs=1e-9 * found.present_cost)
        for total in TOTALS:
            assert option.npv[total].mean == pytest.approx(other.npv[total].mean, rel=1e-9, abs=1e-6)
            assert option.npv[total].p5 == pytest.approx(other.npv[total].p5, rel=1e-9, abs=1e-6)
    assert sum(option.probability_best for option in found.options) == pytest.approx(1)
    assert min(option.expected_loss for option in found.options) >= 0


def test_savings_by_liable_party_and_group_are_those_of_the_comparison_where_all_is_certain() -> None:
    case = tco.from_data(many(Shape(uncertain=False, longest=14, most=3), 3)[2], folder=FOLDER)
    with NO_GAPS:
        compared = tco.compare(case)
    for option in tco.decide(case, n=8).options:
        base, mine = (compared.supplier(name) for name in (case.baseline, option.supplier))
        close = 1e-9 * base.present_cost
        for party in mine.by_liable:
            expected = base.by_liable[party] - mine.by_liable[party]
            assert option.by_liable[party] == pytest.approx(expected, abs=close)
        for group in mine.by_group:
            assert option.by_group[group] == pytest.approx(base.by_group[group] - mine.by_group[group], abs=close)


# ---------------------------------------------------------------------------------------------------------------------
# Payback, by hand: 12,000 units a year, 1,000 a month

PAYS = """
suppliers:
  old: {unit_price: 10, annual_management: MANAGED}
  new: {unit_price: 9, one_off: SPENT}
"""


@pytest.mark.parametrize(
    ("spent", "managed", "payback", "months"),
    [
        (0, 0, "immediate", 0),
        (2500, 0, "once", 2.5),  # 1,000 saved a month
        (12_000, 0, "once", 12),
        (12_001, 0, "never", None),
        (3000, 6000, "once", 2),  # 1,500 saved a month
    ],
)
def test_payback_is_what_a_hand_computation_gives(spent: float, managed: float, payback: str, months: Any) -> None:
    found = decided(PAYS.replace("SPENT", str(spent)).replace("MANAGED", str(managed)), n=8).option("new")
    assert found.payback == payback
    assert found.payback_months == pytest.approx(months)
    assert found.discounted_payback_months == pytest.approx(months)  # at 0 %
    assert not found.payback_repeated


def test_a_saving_that_turns_is_flagged() -> None:
    text = """
horizon_months: 36
suppliers:
  old: {unit_price: 10}
  new: {unit_price: {by_year: [9, 12, 9]}, one_off: 6_000}
"""
    tree = tree_of(text.replace("horizon_months: 36", ""))
    tree["horizon_months"] = 36
    found = tco.decide(tco.from_data(tree), n=8).option("new")
    # +12,000 − 6,000 after year 1, −24,000 in year 2, +12,000 in year 3: paid back after 6 months, and lost again
    assert (found.payback, found.payback_months, found.payback_repeated) == ("once", 6, True)
    assert "lost later" in str(tco.decide(tco.from_data(tree), n=8))


def test_discounted_payback_and_the_internal_rate_are_those_of_the_cash_flows() -> None:
    tree = tree_of(PAYS.replace("SPENT", "2500").replace("MANAGED", "0"))
    tree["discount_rate"] = "20%"
    found = tco.decide(tco.from_data(tree), n=8).option("new")
    present = np.cumsum([-2500, *(1000 * 1.2 ** (-t / 12) for t in range(1, 13))])
    after = int(np.argmax(present >= 0))
    expected = after - 1 + -present[after - 1] / (present[after] - present[after - 1])
    assert found.discounted_payback_months == pytest.approx(expected)
    assert found.irr is not None
    assert sum(1000 * (1 + found.irr) ** (-t / 12) for t in range(1, 13)) == pytest.approx(2500)


# ---------------------------------------------------------------------------------------------------------------------
# What would change the answer: inputs whose break-even lies inside their 5-95 % range, others at their means


def saved(case: tco.Case, name: str) -> float:
    with NO_GAPS:
        return tco.compare(case).supplier(name).npv


@each_file
def test_each_flip_put_back_gives_zero_and_lies_in_the_range_and_none_is_missed(file: Path) -> None:
    case, found = loaded(file), of_file(file)
    base = saved(case, found.challenger)
    scale = abs(found.present_cost)
    for one in found.flips:
        low, high = (float(uncertain_inputs(case)[one.path].quantile(share)) for share in (0.05, 0.95))
        assert (one.p5, one.p95) == pytest.approx((low, high))
        assert low <= one.value <= high
        if ".by_year." not in one.path:
            assert saved(case.with_({one.path: one.value}), found.challenger) == pytest.approx(0, abs=1e-9 * scale)
        cdf = float(uncertain_inputs(case)[one.path].cdf(one.value))
        assert one.chance == pytest.approx(1 - cdf if one.above else cdf)
    assert len(found.flips) <= 3
    chances = [one.chance for one in found.flips]
    assert chances == sorted(chances, reverse=True)
    if file.stem == "hard_drives":  # brute force, where it is quick
        crossing = set()
        for path, one in uncertain_inputs(case).items():
            if ".by_year." in path:
                continue
            ends = [saved(case.with_({path: float(one.quantile(share))}), found.challenger) for share in (0.05, 0.95)]
            if min(ends) * base < 0 or max(ends) * base < 0:
                crossing.add(path)
        assert len(crossing) == len(found.flips) + found.more_flips
        assert {one.path for one in found.flips} <= crossing


def test_flips_of_a_hand_made_case_are_those_that_straddle_zero() -> None:
    # saves 0.5 on average: freight (0.5, up to 0.95) cannot flip it; price (9, from 8.1 to 9.9) can, at 9.5
    found = decided("""
suppliers:
  old: {unit_price: 10}
  new: {unit_price: {uniform: [8, 10]}, freight: {uniform: [0, 1]}}
""")
    (one,) = found.flips
    assert one.path == "suppliers.new.unit_price"
    assert one.value == pytest.approx(9.5)
    assert one.chance == pytest.approx(0.25)
    assert one.above
    assert found.more_flips == 0


# ---------------------------------------------------------------------------------------------------------------------
# Who is to blame must agree with who is changed

BLAME = """
failures:
  faulty: {stage: use, liable: supplier, goodwill: 1}
  late: {stage: delivery, liable: carrier, goodwill: 1}
suppliers:
  old: {unit_price: 10, failure_rates: {faulty: 5%, late: 5%}}
  new: {unit_price: 9, failure_rates: {faulty: 3%, late: LATE}}
"""


def test_a_rate_that_differs_though_its_party_is_not_changed_is_listed() -> None:
    found = decided(BLAME.replace("LATE", "2%"), n=8)
    (one,) = found.option("new").differing_rates
    assert one.to_dict() == {"mode": "late", "liable": "carrier", "rate": 0.02, "baseline_rate": 0.05}
    assert "! late: 2.00 % against 5.00 %" in str(found)
    assert decided(BLAME.replace("LATE", "5%"), n=8).option("new").differing_rates == ()


def test_a_courier_answers_for_late_parcels_and_not_for_faulty_goods() -> None:
    text = BLAME.replace(
        "new: {unit_price: 9, failure_rates: {faulty: 3%, late: LATE}}",
        """\
new:
    based_on: old
    price_at_stake: product.fulfilment_cost
    overrides: {product.fulfilment_cost: 2}
    failure_rates: {faulty: 4%, late: 1%}
product: {fulfilment_cost: 3}
""",
    )
    assert [one.mode for one in decided(text, n=8).option("new").differing_rates] == ["faulty"]


# ---------------------------------------------------------------------------------------------------------------------
# Gaps


def test_a_gap_says_at_which_amount_it_flips_the_decision() -> None:
    found = decided(
        """
suppliers:
  old: {unit_price: 10, freight: 0.30}
  new: {unit_price: 9}
""",
        n=8,
    )
    one = next(one for one in found.gaps if one.gap.kind == "uneven" or one.gap.name.endswith("freight"))
    assert one.gap.name == "suppliers.new.freight"
    assert one.gap.npv_if_equal["new"] == pytest.approx(12_000)  # 10.30 against 9.30
    assert one.flips_at == pytest.approx(1.30)
    assert one.amount == pytest.approx(15_600)  # what it saves: 1.30 on 12,000 units
    assert one.amount_per_unit == pytest.approx(1.30)


def test_a_gap_that_is_no_straight_line_is_solved_and_one_far_outside_is_left_out() -> None:
    text = """
suppliers:
  old: {unit_price: 10, payment_days: 30}
  new: {unit_price: PRICE}
"""
    tree = tree_of(text.replace("PRICE", "9.9"))
    tree["discount_rate"] = "10%"
    (one,) = [one for one in tco.decide(tco.from_data(tree), n=8).gaps if one.gap.kind != "line"]
    # 9.90·1.1^(−days/365) = 10·1.1^(−30/365): the days that the new one may ask for before arrival or after it
    days = 30 + 365 * math.log(9.9 / 10) / math.log(1.1)
    assert one.gap.name == "suppliers.new.payment_days"
    assert one.flips_at == pytest.approx(days, rel=1e-6)
    far = tree_of(text.replace("PRICE", "0.0000001"))
    far["discount_rate"] = "10%"
    assert tco.decide(tco.from_data(far), n=8).to_dict()["leave_baseline"]


@each_file
def test_the_amount_at_which_a_gap_flips_the_decision_put_back_gives_zero(file: Path) -> None:
    case, found = loaded(file), of_file(file)
    for one in found.gaps:
        assert one.amount == pytest.approx(found.option(found.challenger).npv["all_in"].mean)
        if one.flips_at is not None:
            back = case.with_({one.gap.name: one.flips_at})
            assert saved(back, found.challenger) == pytest.approx(0, abs=1e-7 * abs(found.present_cost))
    kinds = [one.gap.kind == "line" for one in found.gaps]
    assert kinds == sorted(kinds)  # uneven ones first


# ---------------------------------------------------------------------------------------------------------------------
# Text and data


@each_file
def test_the_answer_stands_in_three_lines_and_all_of_it_on_one_screen(file: Path) -> None:
    lines = str(of_file(file)).splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100
    answer = " ".join(lines[:3])
    labels = {option.supplier: option.label for option in of_file(file).options}
    assert labels[of_file(file).challenger][:20] in answer
    assert lines[3] == ""


def test_eight_options_with_long_names_fit_one_screen_too() -> None:
    data = loaded(CARTRIDGES).document.data
    more = {
        f"another_option_{i}": {
            "based_on": "borealis",
            "label": f"Borealis with an arrangement that takes many words to describe, number {i}",
            "inspection": i / 50,
        }
        for i in range(5)
    }
    wide = {**data, "horizon_months": 6, "suppliers": {**data["suppliers"], **more}}
    lines = str(tco.decide(tco.from_data(wide, folder=CARTRIDGES.parent), n=16)).splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 100


@each_file
def test_plain_data_has_the_keys_of_the_format_and_no_nan(file: Path) -> None:
    data = of_file(file).to_dict()
    json.dumps(data, allow_nan=False)
    assert data.keys() >= {"leave_baseline", "choice", "too_close", "options", "flips", "gaps"}
    for option in data["options"]:
        assert option.keys() >= {
            "supplier", "npv_mean", "probability_positive", "probability_best", "expected_loss", "payback_months",
            "hard", "hard_and_estimated", "by_liable", "by_group",
        }  # fmt: skip
    assert len(of_file(file).to_frame()) == len(data["options"])


def test_a_case_with_one_option_has_nothing_to_decide() -> None:
    with pytest.raises(TcoError, match="expected two options or more to decide between, found old alone"):
        decided("suppliers: {old: {unit_price: 10}}", n=8)


def test_an_unknown_rate_marks_the_verdict_incomplete() -> None:
    found = of_file(ROOT / "scenarios" / "unknown_rate.yaml")
    assert found.option("zellin").incomplete
    assert "INCOMPLETE" in "\n".join(str(found).splitlines()[:3])


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.main, ["decide", *arguments])


def test_the_command_prints_what_the_function_gives(tmp_path: Path) -> None:
    file = str(ROOT / "scenarios" / "hard_drives.yaml")
    result = run(file, "-n", "64", "--format", "json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == tco.decide(tco.load(file), n=64).to_dict()
    assert run(file, "-n", "64").stdout == str(tco.decide(tco.load(file), n=64)) + "\n"
    rows = run(file, "-n", "64", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("supplier,label,npv_mean")
    assert len(rows) == 4
    assert run(file, "-n", "64", "-o", str(tmp_path / "out.txt")).stdout == ""
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith("Leave Seagate")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.yaml",), 3, "nowhere.yaml"),
        ((str(CARTRIDGES), "--scenario", "tarif shock"), 2, "did you mean 'tariff shock'?"),
        ((str(CARTRIDGES), "--set", "suppliers.borealis.unit_price=-1"), 3, "expected 0 or more"),
        ((str(CARTRIDGES), "-n", "none"), 2, "none"),
    ],
)
def test_mistakes_are_told_on_standard_error_without_a_traceback(
    arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr


IMPOSSIBLE_SHARES = """
tco: 1
name: impossible shares
discount_rate: 8%
currency: EUR
start: 2027-01
horizon_months: 12
baseline: old
product: {sale_price: 20}
demand: {units_per_year: 1_000}
failures: {dead: {stage: use, liable: supplier, refund: {uniform: [40%, 70%]}, replace: 40%}}
suppliers:
  old: {unit_price: 5, failure_rates: {dead: 3%}}
  new: {unit_price: 5.1, failure_rates: {dead: 1%}}
"""
IMPOSSIBLE_RANKS = """
tco: 1
name: impossible ranks
discount_rate: 8%
currency: EUR
start: 2027-01
horizon_months: 12
baseline: old
product: {sale_price: 20}
demand: {units_per_year: 1_000}
suppliers:
  old: {unit_price: 5 to 6}
  new: {unit_price: 5 to 7, annual_management: 10 to 20}
correlations:
  - {between: [suppliers.old.unit_price, suppliers.new.unit_price], rank: 0.9}
  - {between: [suppliers.old.unit_price, suppliers.new.annual_management], rank: 0.9}
  - {between: [suppliers.new.unit_price, suppliers.new.annual_management], rank: -0.9}
"""
DRAWING: dict[str, Any] = {
    "decide": lambda case: tco.decide(case, n=64),
    "breakeven": lambda case: tco.breakeven(case, "new", n=64),
    "price": lambda case: tco.curve(case, "price", "new", n=64),
    "grid": lambda case: tco.grid(case, "suppliers.new.unit_price", "suppliers.old.unit_price", n=64),
    "scenarios": lambda case: tco.scenarios(case, n=64),
    "sensitivity": lambda case: tco.sensitivity(case, "new", n=64, draws=64),
    "information": lambda case: tco.information(case, n=64),
    "cash flow": lambda case: tco.cash_flow(case, "new", n=64),
    "simulate": lambda case: tco.simulate(case, 64),
}


@pytest.mark.parametrize("drawing", DRAWING)
@pytest.mark.parametrize(
    ("text", "words"),
    [(IMPOSSIBLE_SHARES, "exceed 100 % in .* % of draws, first in draw"), (IMPOSSIBLE_RANKS, "an eigenvalue of -0")],
    ids=["shares", "ranks"],
)
def test_whatever_draws_refuses_what_no_world_can_have(drawing: str, text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(tco.CaseError, match=words):
        DRAWING[drawing](tco.load(file))


@pytest.mark.parametrize("text", [IMPOSSIBLE_SHARES, IMPOSSIBLE_RANKS], ids=["shares", "ranks"])
def test_validation_says_what_cannot_be_simulated(text: str, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    assert any("it cannot be simulated" in warning for warning in tco.validate(file).warnings)


@pytest.mark.parametrize("drawing", [one for one in DRAWING if one not in ("grid", "simulate", "scenarios")])
def test_a_negative_seed_is_refused(drawing: str) -> None:
    runs: dict[str, Any] = {
        "decide": tco.decide,
        "breakeven": partial(tco.breakeven, supplier="borealis"),
        "price": partial(tco.acceptability, supplier="borealis"),
        "sensitivity": tco.sensitivity,
        "information": tco.information,
        "cash flow": partial(tco.cash_flow, supplier="borealis"),
    }
    with pytest.raises(tco.TcoError, match="expected a seed of 0 or more, found -1"):
        runs[drawing](tco.load(CARTRIDGES), seed=-1)
