"""Curves, grids, tables, scenarios and differences: each point is what the case gives with that value stated."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement import NO_GAPS
from click.testing import CliRunner
from ruamel.yaml import YAML
from strategies import FOLDER, Shape, Tree, random_case

import tco
from tco import cli
from tco.errors import CaseError, TcoError, UsageError
from tco.results import TOTALS

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios"
FILES = sorted([*SCENARIOS.glob("*.yaml"), *(ROOT / "tco" / "templates").glob("*.yaml")])
CARTRIDGES = SCENARIOS / "cartridges.yaml"
N = 128
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
UNIFORM = """
suppliers:
  old: {unit_price: 10}
  new: {unit_price: 9, freight: {uniform: [0, 2]}}
"""
CHURN = """
failures: {broken: {stage: use, liable: supplier, churn: 10%}}
churn: {valuation: reacquisition, acquisition_cost: 30}
suppliers:
  old: {unit_price: 4, failure_rates: {broken: 8%}}
  new: {unit_price: {uniform: [4.1, 4.3]}, failure_rates: {broken: 3%}}
"""


def tree_of(text: str) -> Tree:
    tree: Tree = YAML(typ="safe", pure=True).load(HEAD + text)
    return tree


def case_of(text: str) -> tco.Case:
    return tco.from_data(tree_of(text))


@cache
def loaded(file: Path) -> tco.Case:
    return tco.load(file)


def compared(case: tco.Case) -> tco.Comparison:
    with NO_GAPS:
        return tco.compare(case)


def other(case: tco.Case) -> str:
    return next(option.name for option in case.options if option.name != case.baseline)


# ---------------------------------------------------------------------------------------------------------------------
# Curves over a price


def test_the_acceptability_curve_is_one_less_the_distribution_of_break_even_prices() -> None:
    # each draw's own price is 10 less the freight: uniform from 8 to 10
    found = tco.acceptability(case_of(UNIFORM), "new", values=[7.9, 8, 8.5, 9, 9.5, 10.1], n=4096)
    assert found.wins["all_in"] == pytest.approx([1, 1, 0.75, 0.5, 0.25, 0], abs=1e-3)
    assert found.premiums == pytest.approx([-0.21, -0.2, -0.15, -0.1, -0.05, 0.01])
    assert found.marks == {"now": 9}
    assert found.best["old"] + found.best["new"] == pytest.approx(1)
    assert found.frontier == ("new",) * 3 + (found.frontier[3],) + ("old",) * 2
    # expected loss of the new one at 9.5: E[max(0, freight − 0.5)] = 1.5²/2/2 a unit, on 12,000 units
    assert found.losses["new"][4] == pytest.approx(12_000 * 1.5**2 / 4, rel=1e-3)
    assert found.losses["old"][4] == pytest.approx(12_000 * 0.5**2 / 4, rel=1e-2)


@each_file
def test_a_price_curve_agrees_with_the_break_even_and_is_a_set_of_probabilities(file: Path) -> None:
    case = loaded(file)
    name = other(case)
    prices = tco.breakeven(case, name, n=N)
    found = tco.acceptability(case, name, values=[value for value, _ in prices.wins], n=N)
    for total in TOTALS:
        expected = [chances[total] for _, chances in prices.wins]
        assert found.wins[total] == pytest.approx(expected, abs=1.01 / N)
    assert sum(found.best.values()) == pytest.approx(1)
    assert min(loss.min() for loss in found.losses.values()) >= 0
    json.dumps(found.to_dict(), allow_nan=False)
    assert max(map(len, str(tco.acceptability(case, name, n=8)).splitlines())) <= 100


def test_a_price_curve_has_the_price_of_today_and_the_break_evens_among_its_points() -> None:
    found = tco.acceptability(case_of(UNIFORM), "new", n=4096)
    assert 9 in found.values
    for share, price in ((0.05, 8.1), (0.5, 9.0), (0.95, 9.9)):  # the share of a price uniform from 8 to 10
        at = int(np.argmin(np.abs(found.values - price)))
        assert found.values[at] == pytest.approx(price, abs=2e-3)
        assert found.wins["all_in"][at] == pytest.approx(1 - share, abs=2e-3)
    for wins in found.wins.values():
        assert np.abs(np.diff(wins)).max() <= 0.1 + 1e-3
    assert found.even == pytest.approx(9, abs=1e-3)
    assert "up to 9.00 EUR a unit (now 9.00)" in str(found)


def test_a_price_curve_of_a_case_in_which_all_is_certain_has_its_one_break_even() -> None:
    certain = case_of(UNIFORM).with_({"suppliers.new.freight": 2.5})  # 10 less the freight: 7.5, below both prices
    found = tco.acceptability(certain, "new", n=64)
    assert found.even == pytest.approx(7.5, rel=1e-5)
    assert found.values[0] < 7.5
    assert found.values[-1] > 9
    assert set(found.wins["all_in"][found.values < 7.4]) == {1.0}
    assert set(found.wins["all_in"][found.values > 7.6]) == {0.0}


def test_the_frontier_is_the_chance_of_the_option_best_on_the_mean() -> None:
    case = loaded(CARTRIDGES)
    price = 5.0
    found = tco.acceptability(case, "borealis", values=[price], n=N)
    simulated = tco.simulate(case, N)
    changed = tco.simulate(case.with_({"suppliers.borealis.unit_price": price}), N)
    # the box inherits borealis's price, but only borealis's own is turned: its cost stays as it was
    rows = [option.supplier for option in simulated.suppliers]
    costs = np.array(simulated.present_costs)
    costs[rows.index("borealis")] = changed.present_costs[rows.index("borealis")]
    best = rows[int(np.argmin(costs.mean(axis=1)))]
    assert found.frontier == (best,)
    assert found.best[best][0] == pytest.approx((costs.argmin(axis=0) == rows.index(best)).mean())
    for row, name in enumerate(rows):
        expected = (costs[row] - costs.min(axis=0)).mean()
        assert found.losses[name][0] == pytest.approx(expected, rel=1e-9, abs=1e-6)


# ---------------------------------------------------------------------------------------------------------------------
# Curves over the value of a lost customer (model.md, section 6)


def test_belief_in_a_lost_customer_by_hand() -> None:
    # 60 fewer leavers a year; 0.1 to 0.3 a unit dearer: worth it from 20 to 60 a customer
    found = tco.belief(case_of(CHURN), "new", values=[0, 20, 30, 40, 60.01], n=4096)
    assert found.wins["all_in"] == pytest.approx([0, 0, 0.25, 0.5, 1], abs=1e-3)
    assert found.wins["hard"] == pytest.approx([0] * 5)
    assert found.marks == {"implied": pytest.approx(30), "zero": 0.0}
    assert found.hard_only == 0


@pytest.mark.parametrize("file", [CARTRIDGES, SCENARIOS / "couriers.yaml", SCENARIOS / "packaging.yaml"])
def test_implied_zero_and_hard_only_are_three_separate_marks(file: Path) -> None:
    case = loaded(file)
    name = other(case)
    implied = tco.belief(case, name, values=[0], n=N).marks["implied"]
    found = tco.belief(case, name, values=[0, implied], n=N)
    simulated = tco.simulate(case, N)
    option = simulated.supplier(name)
    # expected losses differ by what options cost on the mean; with the baseline that is the mean NPV
    mean = found.losses[case.baseline][1] - found.losses[name][1]
    assert mean == pytest.approx(option.npv["all_in"].mean, rel=1e-9)
    assert found.hard_only == option.probability_positive["hard"]
    without = found.losses[case.baseline][0] - found.losses[name][0]
    assert without == pytest.approx(option.npv["hard_and_estimated"].mean, rel=1e-9)  # churn is all that is soft there
    assert found.wins["all_in"][0] == option.probability_positive["hard_and_estimated"]


def test_a_curve_shares_what_rounding_alone_tells_apart() -> None:
    case = case_of("suppliers: {new: {unit_price: 4.1, freight: 0.2}, old: {unit_price: 4.2, freight: 0.1}}")
    found = tco.acceptability(case, "new", values=[4.0, 4.1, 4.2], n=8)
    assert found.best["new"].tolist() == [1, 0.5, 0]  # at 4.1 both cost 4.3 a unit, which is not so in binary
    assert found.wins["all_in"].tolist() == [1, 0, 0]
    assert found.losses["new"][1] == found.losses["old"][1] == 0
    assert found.frontier == ("new", "old", "old")
    table = tco.table(case, "suppliers.new.unit_price", values=[4.1])
    assert (table.cheapest(0), table.npv["all_in"]["new"]) == ("old", (0,))
    assert str(tco.compare(case)).startswith("old: cheapest, the baseline; new costs the same\n")


def test_a_curve_of_what_moves_nothing_has_no_endless_values() -> None:
    same = tco.belief(case_of(CHURN.replace("3%}", "8%}")), "new", n=64)
    assert same.marks == {"zero": 0.0}
    json.dumps(same.to_dict(), allow_nan=False)
    assert "both lose as many" in str(same)
    slow = tco.acceptability(case_of(UNIFORM).with_({"suppliers.new.transition_months": 12}), "new", n=64)
    assert max(slow.values) < 100
    assert max(map(len, str(slow).splitlines())) <= 100


def test_curves_refuse_what_they_cannot_turn() -> None:
    with pytest.raises(UsageError, match="expected failures that cost customers, found none with churn"):
        tco.belief(case_of(UNIFORM), "new", n=8)
    with pytest.raises(UsageError, match="expected an option other than the baseline, found 'old'"):
        tco.curve(case_of(UNIFORM), "price", "old", n=8)
    with pytest.raises(UsageError, match="expected price or belief, found 'hope'"):
        tco.curve(case_of(UNIFORM), "hope", "new", n=8)
    with pytest.raises(UsageError, match="expected at least one finite value"):
        tco.acceptability(case_of(UNIFORM), "new", values=[], n=8)


# ---------------------------------------------------------------------------------------------------------------------
# Grids


def npv(case: tco.Case, name: str, **changes: Any) -> dict[str, float]:
    return {total: one.npv for total, one in compared(case.with_(changes)).supplier(name).totals.items()}


@pytest.mark.parametrize(
    ("stem", "x", "y", "name"),
    [
        ("cartridges", "suppliers.borealis.unit_price", "failures.leaks.churn", "borealis"),
        ("cartridges", "failures.leaks.churn", "suppliers.borealis.unit_price", "borealis"),
        ("not_worth_it", "suppliers.lumaro.unit_price", "exchange_rates.EUR", "lumaro"),
        ("hard_drives", "suppliers.hgst.unit_price", "demand.units_per_year", "hgst"),
    ],
)
def test_points_of_a_grid_are_comparisons_and_its_contour_is_where_they_are_zero(
    stem: str, x: str, y: str, name: str
) -> None:
    case = loaded(SCENARIOS / f"{stem}.yaml")
    name = name if name in [option.name for option in case.options] else other(case)
    x = x if x in case.inputs else f"suppliers.{name}.unit_price"
    found = tco.grid(case, x, y, supplier=name)
    for i, j in ((0, 0), (8, 3)):
        expected = npv(case, name, **{x: found.x.values[j], y: found.y.values[i]})
        size = compared(case).supplier(name).present_cost
        for row, total in enumerate(TOTALS):
            assert found.npv[row, i, j] == pytest.approx(expected[total], rel=1e-9, abs=1e-9 * size)
    signs = np.sign(found.npv[2])
    edges = (signs[:-1] * signs[1:] < 0).sum() + (signs[:, :-1] * signs[:, 1:] < 0).sum()
    assert len(found.flips) == edges  # one on each edge that the contour cuts, whichever way it runs
    for across, up in found.flips[:2]:
        assert npv(case, name, **{x: across, y: up})["all_in"] == pytest.approx(0, abs=1e-8 * size)
    lines = str(found).splitlines()
    assert max(map(len, lines)) <= 100


def test_the_contour_of_a_hand_made_grid_is_a_line() -> None:
    # saved: 10 − price − freight: zero where price + freight = 10
    case = case_of(UNIFORM)
    found = tco.grid(
        case,
        "suppliers.new.unit_price",
        "suppliers.new.freight",
        x_values=[8, 8.6, 9.3],
        y_values=[0.2, 1.1, 1.7],
        n=512,
    )
    assert [sum(point) for point in found.flips] == pytest.approx([10] * len(found.flips))
    assert found.flips[0] == pytest.approx((8.3, 1.7))
    assert (8.6, 1.4) in [pytest.approx(point) for point in found.flips]
    assert len(found.flips) == 4  # at prices 8.6 and 9.3, and at freights 1.1 and 1.7
    assert found.npv[2][0] == pytest.approx([21_600, 14_400, 6_000])  # (10 − 8 − 0.2)·12,000 …
    assert found.wins is not None
    assert set(found.wins.ravel()) <= {0.0, 1.0}  # nothing else is uncertain


def test_a_grid_refuses_two_names_for_one_input() -> None:
    case = case_of(UNIFORM)
    with pytest.raises(UsageError, match="expected two different inputs, found 'suppliers"):
        tco.grid(case, "suppliers.new.freight", "suppliers.new.freight")
    with pytest.raises(UsageError, match="did you mean"):
        tco.grid(case, "suppliers.new.freigth", "suppliers.new.unit_price")
    with pytest.raises(UsageError, match="discount_rate"):
        tco.grid(case, "discount_rate", "suppliers.new.unit_price")


# ---------------------------------------------------------------------------------------------------------------------
# Tables

TABLES = [
    ("cartridges", "suppliers.borealis.unit_price", (4.1, 5.9)),
    ("cartridges", "horizon_months", (6, 36)),
    ("cartridges", "discount_rate", (0.0, 0.25)),
    ("cartridges", "suppliers.borealis.transition_months", (0, 15)),
    ("cartridges", "failures.leaks.replace", (0.1, 0.4)),
    ("cartridges", "demand.orders_per_customer_per_year", (1, 4)),
    ("cartridges", "inflation", (0, 0.05)),
    ("cartridges", "suppliers.borealis.inspection", (0, 0.5)),  # not stated
    ("dominated", "suppliers.norvik.price_breaks.1.from_units_per_year", (15_000, 30_000)),
    ("dominated", "suppliers.norvik.price_breaks.1.unit_price", (120, 148)),
    ("couriers", "extra_costs.messaging.amount", (0.01, 0.2)),
]


@pytest.mark.parametrize(("stem", "path", "values"), TABLES)
def test_a_table_is_a_comparison_at_each_value(stem: str, path: str, values: tuple[float, float]) -> None:
    case = loaded(SCENARIOS / f"{stem}.yaml")
    found = tco.table(case, path, values)
    for row, value in enumerate(values):
        expected = compared(case.with_({path: value}))
        for option in expected.suppliers:
            name = option.supplier
            size = option.present_cost
            assert found.cost_per_unit[name][row] == pytest.approx(option.cost_per_unit, rel=1e-9)
            for total in TOTALS:
                assert found.npv[total][name][row] == pytest.approx(option.totals[total].npv, rel=1e-9, abs=1e-9 * size)
        assert found.cheapest(row) == expected.cheapest.supplier
    json.dumps(found.to_dict(), allow_nan=False)
    assert max(map(len, str(found).splitlines())) <= 100


def test_values_that_the_case_cannot_have_are_refused_with_what_they_break() -> None:
    case = loaded(CARTRIDGES)  # of leaks 55 % are refunded and 40 % replaced
    assert tco.table(case, "failures.leaks.refund", [0.6]).values == (0.6,)
    with pytest.raises(CaseError, match=r"refund \+ replace \+ repair, found 105 %"):
        tco.table(case, "failures.leaks.refund", [0.5, 0.65])
    values = ([0.5, 0.6], [0.3, 0.45])
    with pytest.raises(UsageError, match=r"found failures.leaks.refund = 0.6 and failures.leaks.replace = 0.45"):
        tco.grid(case, "failures.leaks.refund", "failures.leaks.replace", x_values=values[0], y_values=values[1])


def test_a_table_says_what_the_input_is_now() -> None:
    case = loaded(CARTRIDGES)
    assert tco.table(case, "horizon_months", [12]).now == 36  # scenarios/cartridges.yaml
    assert tco.table(case, "suppliers.borealis.unit_price", [5]).now == 4.78


@pytest.mark.parametrize(
    ("path", "value", "kind", "words"),
    [
        ("suppliers.borealis.unit_prise", 1, UsageError, "did you mean"),
        ("suppliers.borealis", 1, UsageError, "expected the path of a number, found 'suppliers.borealis'"),
        ("suppliers.borealis.unit_price", -1, UsageError, "found -1"),
        ("suppliers.borealis.unit_price", math.nan, UsageError, "expected 1 to 1,000 finite values"),
        ("horizon_months", -3, CaseError, "horizon_months"),
    ],
)
def test_a_table_refuses_what_is_no_value_of_a_number(
    path: str, value: float, kind: type[TcoError], words: str
) -> None:
    with pytest.raises(kind) as told:
        tco.table(loaded(CARTRIDGES), path, [value])
    assert words in str(told.value)


# ---------------------------------------------------------------------------------------------------------------------
# Scenarios


@pytest.mark.parametrize("stem", ["hard_drives"])
def test_scenarios_are_the_decisions_of_each_one_loaded_by_name(stem: str) -> None:
    file = SCENARIOS / f"{stem}.yaml"
    case = loaded(file)
    found = tco.scenarios(case, n=8)
    assert list(found.decisions) == ["base", *case.scenarios]
    for name, one in found.decisions.items():
        expected = tco.decide(tco.load(file, scenario="" if name == "base" else name), n=8)
        assert one.to_dict() == expected.to_dict()
    json.dumps(found.to_dict(), allow_nan=False)
    assert max(map(len, str(found).splitlines())) <= 100


def test_settings_hold_in_every_scenario() -> None:
    text = UNIFORM + "scenarios: {dear: {suppliers.old.unit_price: 12}}\n"
    changed = case_of(text).with_({"suppliers.new.unit_price": 8})
    found = tco.scenarios(changed, n=8)
    means = {name: one.option("new").npv_base["all_in"] for name, one in found.decisions.items()}
    assert means == pytest.approx({"base": 12_000, "dear": 36_000})  # (10 − 8 − 1)·12,000 and (12 − 8 − 1)·12,000


def test_settings_win_over_a_scenario_as_they_do_where_it_is_loaded_by_name(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    scenarios = "scenarios: {dear: {suppliers.old.unit_price: 12}, near: {suppliers.new.unit_price: 7}}\n"
    file.write_text(HEAD + UNIFORM + scenarios, encoding="utf-8")
    settings = ["suppliers.old.unit_price=11"]
    loaded_so = {name: tco.load(file, scenario=name, changes=settings) for name in ("", "dear", "near")}
    found = tco.scenarios(loaded_so[""], n=8)
    for name, one in found.decisions.items():
        assert one.to_dict() == tco.decide(loaded_so["" if name == "base" else name], n=8).to_dict()
    again = tco.scenarios(loaded_so["dear"], n=8)  # what was changed under one scenario stays so under the others
    assert list(again.decisions) == ["dear", "near"]
    assert all(one.to_dict() == found.decisions[name].to_dict() for name, one in again.decisions.items())


def test_a_scenario_written_with_with_is_decided_too() -> None:
    case = case_of(UNIFORM).with_({"scenarios": {"dear": {"suppliers.old.unit_price": 12}}})
    assert tco.scenarios(case, n=8).decisions["dear"].option("new").npv_base["all_in"] == pytest.approx(
        tco.decide(case_of(UNIFORM).with_({"suppliers.old.unit_price": 12}), n=8).option("new").npv_base["all_in"]
    )


# ---------------------------------------------------------------------------------------------------------------------
# Differences


def adds_up(found: tco.Difference) -> None:
    start, end = found.npv["all_in"]
    size = 1e-9 * (abs(start) + abs(end) + max((abs(line.before) for line in found.lines), default=0))
    assert math.fsum(step.npv for step in found.steps) == pytest.approx(end - start, rel=1e-9, abs=size)
    assert math.fsum(line.moved for line in found.lines) == pytest.approx(end - start, rel=1e-9, abs=size)
    reached = start
    for step in found.steps:
        reached += step.npv
        assert step.after == pytest.approx(reached, rel=1e-9, abs=size)
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("file", "scenario"),
    [(file, name) for file in FILES for name in loaded(file).scenarios][::3],
    ids=lambda one: getattr(one, "stem", one),
)
def test_steps_and_lines_add_up_from_one_answer_to_the_other(file: Path, scenario: str) -> None:
    found = tco.diff(loaded(file), tco.load(file, scenario=scenario))
    adds_up(found)
    stated = loaded(file).document.data["scenarios"][scenario]
    assert found.changes
    paths = [change.path for change in found.changes]
    assert all(any(path.startswith(key) or key.startswith(path) for key in stated) for path in paths)


def test_identical_cases_differ_in_nothing() -> None:
    found = tco.diff(loaded(CARTRIDGES), tco.load(CARTRIDGES))
    assert (found.changes, found.steps) == ((), ())
    assert "no input differs" in str(found)
    adds_up(found)


def test_what_differs_is_shown_as_a_case_file_would_write_it() -> None:
    path = "{by_year: [0.8, {normal: {mean: 0.82, sd: 0.03}}, {normal: {mean: 0.85, sd: 0.05}}]}"
    before = case_of(f"exchange_rates: {{USD: {path}}}\nsuppliers: {{old: {{unit_price: 10}}, new: {{unit_price: 9}}}}")
    after = before.with_({"exchange_rates.USD": 0.9, "suppliers.new.unit_price": {"pert": [7, 8, 9]}})
    text = str(tco.diff(before, after))
    shown = " ".join(text.split())
    assert f"exchange_rates.USD: {path} → 0.9" in shown
    assert "suppliers.new.unit_price: 9 → {pert: [7, 8, 9]}" in shown
    assert max(map(len, text.splitlines())) <= 100


def test_a_bridge_by_hand() -> None:
    before = case_of("suppliers: {old: {unit_price: 10}, new: {unit_price: 9, freight: 0.5}}")
    after = before.with_({"suppliers.new.unit_price": 8, "suppliers.new.freight": 1, "demand.units_per_year": 24_000})
    found = tco.diff(before, after)
    # 0.50 on 12,000 = 6,000; twice as many units +6,000; price down by 1 on 24,000; freight up by 0.50 on 24,000
    assert {step.name: step.npv for step in found.steps} == pytest.approx(
        {"demand.units_per_year": 6_000, "suppliers.new.unit_price": 24_000, "suppliers.new.freight": -12_000}
    )
    assert found.npv["all_in"] == pytest.approx((6_000, 24_000))
    assert {line.name: line.moved for line in found.lines if line.moved} == pytest.approx(
        {"purchase": 36_000, "freight": -18_000}
    )
    adds_up(found)


def test_suppliers_that_come_and_go_are_told() -> None:
    before = case_of("suppliers: {old: {unit_price: 10}, new: {unit_price: 9}, gone: {unit_price: 8}}")
    after = case_of("suppliers: {old: {unit_price: 10}, new: {unit_price: 9.5}, come: {unit_price: 7}}")
    found = tco.diff(before, after)
    assert found.supplier == "new"
    assert found.costs["gone"] == pytest.approx((96_000, None))
    assert found.costs["come"] == pytest.approx((None, 84_000))
    assert found.cheapest == ("gone", "come")
    assert "suppliers.gone" in [change.path for change in found.changes]
    adds_up(found)


def test_changes_that_only_stand_together_are_one_step() -> None:
    # a mode that one supplier has a rate for needs one for every supplier: the two rates are one step
    before = case_of("suppliers: {old: {unit_price: 10}, new: {unit_price: 9}}")
    after = case_of("""
failures: {broken: {stage: use, liable: supplier, goodwill: 2}}
suppliers:
  old: {unit_price: 10, failure_rates: {broken: 5%}}
  new: {unit_price: 9, failure_rates: {broken: 1%}}
""")
    found = tco.diff(before, after)
    *_, step = found.steps
    assert step.npv == pytest.approx(2 * 0.04 * 12_000)
    assert [change.path for change in step.changes] == [f"suppliers.{name}.failure_rates" for name in ("old", "new")]
    adds_up(found)


def test_changes_of_overrides_whose_keys_are_paths_are_bridged() -> None:
    text = """
product: {fulfilment_cost: 3}
suppliers:
  old: {unit_price: 10}
  new: {based_on: old, overrides: {product.fulfilment_cost: COST}, inspection: FEE}
"""
    before = case_of(text.replace("COST", "2.5").replace("FEE", "0.1"))
    after = case_of(text.replace("COST", "2").replace("FEE", "0.2"))
    found = tco.diff(before, after)
    assert sorted(step.npv for step in found.steps) == pytest.approx([-1200, 6000])
    adds_up(found)


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_bridges_between_random_cases_add_up(seed: int) -> None:
    shape = Shape(uncertain=False, longest=12, most=3)
    tree = random_case(seed, shape)
    if len(tree["suppliers"]) < 2:
        tree["suppliers"]["more"] = {"based_on": tree["baseline"], "freight": 0.5}
    case = tco.from_data(tree, folder=FOLDER)
    changed = case.with_({"discount_rate": 0.07, "inflation": 0.03, "horizon_months": 13})
    found = tco.diff(case, changed)
    assert [change.path for change in found.changes]
    adds_up(found)


def test_cases_in_two_currencies_are_not_bridged() -> None:
    before = case_of(UNIFORM)
    with pytest.raises(UsageError, match="expected two cases in one currency, found EUR and GBP"):
        tco.diff(before, before.with_({"currency": "GBP"}))
    with pytest.raises(UsageError, match="expected a supplier of the case, found 'newt': did you mean 'new'"):
        tco.diff(before, before, supplier="newt")


# ---------------------------------------------------------------------------------------------------------------------
# The commands

LINES = [
    ("curve", "CASE", "price", "SUPPLIER", "-n", "64"),
    ("grid", "CASE", "suppliers.hgst.unit_price", "demand.units_per_year", "--supplier", "hgst", "--x", "100", "150"),
    ("table", "CASE", "suppliers.hgst.unit_price", "--from", "100", "--to", "150", "--steps", "3"),
    ("table", "CASE", "horizon_months", "--from", "6", "--to", "12", "--steps", "3"),
    ("scenarios", "CASE", "-n", "8"),
    ("diff", "CASE", "CASE"),
]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(cli.main, [*arguments])


def filled(line: tuple[str, ...]) -> list[str]:
    file = SCENARIOS / "hard_drives.yaml"
    return [{"CASE": str(file), "SUPPLIER": other(loaded(file))}.get(word, word) for word in line]


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(line[:3]))
def test_commands_print_text_data_and_rows(line: tuple[str, ...]) -> None:
    text, data, rows = (run(*filled(line), "--format", form) for form in ("table", "json", "csv"))
    for result in (text, data, rows):
        assert (result.exit_code, result.stderr) == (0, ""), result.stderr
    assert max(map(len, text.stdout.splitlines())) <= 100
    json.loads(data.stdout)
    assert line[0] == "diff" or len(rows.stdout.splitlines()) > 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (("curve", "CASE", "hope", "SUPPLIER"), "hope"),
        (("curve", "CASE", "belief", "SUPPLIER"), "expected failures that cost customers"),
        (("grid", "CASE", "discount_rate", "demand.units_per_year"), "discount_rate"),
        (("table", "CASE", "horizon_months", "--from", "soon", "--to", "12"), "--from"),
        (
            ("table", "CASE", "suppliers.hgst.unit_price", "--from", "1", "--to", "2", "--steps", "1"),
            "expected 2 to 1,000",
        ),
        (("diff", "CASE", "CASE", "--scenario-b", "no such"), "no such"),
    ],
    ids=lambda one: " ".join(one[:3]) if isinstance(one, tuple) else "",
)
def test_wrong_usage_is_told_on_standard_error_without_a_traceback(line: tuple[str, ...], words: str) -> None:
    result = run(*filled(line))
    assert result.exit_code == 2, result.stderr
    assert result.stdout == ""
    assert words in result.stderr
    assert "Traceback" not in result.stderr
