"""Simulations: right draw by draw, the same bit for bit however they are computed, with honest errors and ranges."""

from __future__ import annotations

import csv
import json
import math
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement import NO_GAPS, parsed
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, Phase, assume, given, settings
from independent import model
from numpy.typing import NDArray
from ruamel.yaml import YAML
from scipy import stats
from strategies import FOLDER, Tree, cases, changed

import tco
from tco import cli, simulation, spread, ties
from tco.draws import names as column_names
from tco.draws import write_draws
from tco.errors import UsageError
from tco.outcomes import uncertain_inputs
from tco.results import TOTALS
from tco.sampling import METHODS, Method, Sampler
from tco.simulation import Simulation, sampler_of, simulate
from tco.views import risk

ROOT = Path(__file__).parent.parent
SCENARIOS, TEMPLATES = ROOT / "scenarios", ROOT / "tco" / "templates"
FILES = sorted([*SCENARIOS.glob("*.yaml"), *TEMPLATES.glob("*.yaml")])
CARTRIDGES = SCENARIOS / "cartridges.yaml"
Values = NDArray[np.float64]

each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)

HEAD = "tco: 1\nname: test\ncurrency: EUR\nstart: 2027-01\ndiscount_rate: 8%\nbaseline: today\n"
LINEAR = """
horizon_months: 24
demand: {units_per_year: 12_000, annual_growth: 5%}
suppliers:
  today: {unit_price: 4}
  other: {unit_price: {pert: [3, 3.6, 5]}, price_growth: 3%, one_off: 500}
"""
CERTAIN = """
horizon_months: 18
demand: {units_per_year: 12_000}
product: {sale_price: 9, fulfilment_cost: 1}
failures: {broken: {stage: use, liable: supplier, returned: 60%, refund: 50%, replace: 40%, goodwill: 1}}
suppliers:
  today: {unit_price: 4, failure_rates: {broken: 5%}}
  other: {unit_price: 4.4, failure_rates: {broken: 2%}}
  clone: {based_on: today}
"""
SMALL = """
horizon_months: 12
demand: {units_per_year: {lognormal: {mean: 12_000, sd: 2_000}}}
product: {sale_price: 9, fulfilment_cost: 1}
failures: {broken: {stage: use, liable: supplier, refund: 50%, replace: {pert: [20%, 30%, 45%]}, goodwill: 1}}
suppliers:
  today: {unit_price: 4, failure_rates: {broken: 8% to 14%}}
  other: {unit_price: {triangular: [4, 4.2, 5]}, failure_rates: {broken: 20 of 900}}
  clone: {based_on: today}
"""


def tree_of(text: str) -> Tree:
    """Read what stands below the usual head."""
    tree: Tree = YAML(typ="safe", pure=True).load(HEAD + text)
    return tree


@cache
def case_of(text: str) -> tco.Case:
    """Make a case of what stands below the usual head."""
    return tco.from_data(tree_of(text))


@cache
def loaded(file: Path) -> tco.Case:
    return tco.load(file)


@cache
def cartridges(n: int = 4096, *, predictive: bool = False) -> Simulation:
    return simulate(loaded(CARTRIDGES), n, seed=1, predictive=predictive)


@cache
def small(n: int = 4096, seed: int = 0, method: Method = "sobol", *, predictive: bool = False) -> Simulation:
    return simulate(case_of(SMALL), n, seed=seed, sampler=method, predictive=predictive)


def drawn(case: tco.Case, result: Simulation) -> dict[str, Values]:
    """The draws of every uncertain input of a simulation."""
    sampler = sampler_of(case, result)
    chunks = [sampler.draws(chunk) for chunk in range(sampler.chunks)]
    return {path: np.concatenate([chunk[path] for chunk in chunks]) for path in sampler.paths}


def discounts(months: int, rate: float = 0.08) -> Values:
    """What money at the end of each month is worth at the start: model.md section 1."""
    return (1 + rate) ** (-np.arange(1, months + 1) / 12)


def by_name(result: Simulation) -> dict[str, dict[str, Any]]:
    return {option.supplier: option.to_dict() for option in result.suppliers}


# ---------------------------------------------------------------------------------------------------------------------
# Right: the same engine at the means, analytic truths, and an independent model draw by draw


@each_file
def test_the_base_case_of_a_simulation_is_what_compare_gives(file: Path) -> None:
    with NO_GAPS:
        compared = tco.compare(loaded(file))
    result = simulate(loaded(file), 8)
    for option in compared.suppliers:
        found = result.supplier(option.supplier)
        for total in TOTALS:
            expected = option.totals[total]  # tco.compare
            assert found.base_present_cost[total] == pytest.approx(expected.present_cost, rel=1e-12)
            assert found.base_npv[total] == pytest.approx(expected.npv, rel=1e-9, abs=1e-9 * expected.present_cost)


@pytest.mark.slow
@each_file
def test_200_000_plain_draws_of_a_case_file_cost_what_the_independent_model_says(file: Path) -> None:
    case, tree = loaded(file), parsed(file)
    result = simulate(case, 200_000, seed=2027, sampler="random")
    costs = np.hstack([_costs_by_hand(tree, file.parent, part) for part in _parts(drawn(case, result), result.n)])
    np.testing.assert_allclose(result.present_costs, costs, rtol=1e-9)  # every single draw
    baseline = [option.name for option in case.options].index(case.baseline)
    savings = costs[baseline] - costs
    shown = simulate(case)  # as anyone would ask, by Sobol' points
    for option, cost, saving in zip(shown.suppliers, costs, savings, strict=True):
        for found, theirs in ((option.present_cost["all_in"], cost), (option.npv["all_in"], saving)):
            error = math.hypot(found.standard_error, theirs.std(ddof=1) / math.sqrt(theirs.size))
            assert abs(found.mean - theirs.mean()) <= 3 * error + 1e-12 * cost.mean()


def _parts(draws: Mapping[str, Any], n: int, size: int = 8192) -> Iterator[dict[str, Any]]:
    for start in range(0, n, size):
        yield {path: values[start : start + size] for path, values in draws.items()}


def _costs_by_hand(tree: Tree, folder: Path, draws: Mapping[str, Any]) -> Any:
    """Cost every draw of the inputs by tests/independent/model.py: (k, n) [money]."""
    asked: set[str] = set()

    def number(path: str, raw: Any, kind: str) -> Any:
        asked.add(path)
        return draws[path] if path in draws else model.mean(path, raw, kind, folder=folder)

    options = model.compare(tree, number)["suppliers"]
    assert asked >= set(draws)  # no uncertain input is one that the independent model does not know
    size = len(next(iter(draws.values())))
    return np.stack([np.broadcast_to(option["present_cost"], size) for option in options])


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(tree=cases())
def test_draws_of_a_random_case_cost_what_the_independent_model_says(tree: Tree) -> None:
    transitions = [supplier.get("transition_months", 0) for supplier in tree["suppliers"].values()]
    assume(max(transitions) < tree["horizon_months"])  # see the test below
    case = tco.from_data(tree, folder=FOLDER)
    result = simulate(case, 8, sampler="random")
    draws = drawn(case, result)

    def number(path: str, raw: Any, kind: str) -> float:
        return float(draws[path][draw]) if path in draws else model.mean(path, raw, kind, folder=FOLDER)

    for draw in (0, 5):
        for option, found in zip(model.compare(tree, number)["suppliers"], result.present_costs[:, draw], strict=True):
            size = sum(abs(amount) for amount in option["lines"].values())
            assert found == pytest.approx(option["present_cost"], rel=1e-9, abs=1e-12 * size)


def test_an_option_that_is_in_transition_over_the_whole_horizon_is_simulated_as_the_baseline() -> None:
    result = simulate(
        case_of("""
horizon_months: 3
demand: {units_per_year: 1000}
suppliers:
  today: {unit_price: 3 to 5}
  other:
    unit_price: 4
    transition_months: 5
    inventory: {lead_time_days: 9, lead_time_sd_days: 1, order_interval_days: 60, service_level: 98%, holding_rate: 9%}
"""),
        64,
    )
    assert np.array_equal(*result.present_costs)


def test_without_uncertain_inputs_every_draw_is_the_base_case() -> None:
    result = simulate(case_of(CERTAIN), 64)
    for option in result.suppliers:
        cost = option.present_cost["all_in"]
        base = option.base_present_cost["all_in"]
        figures = (cost.mean, cost.p5, cost.p25, cost.p50, cost.p75, cost.p95)
        assert figures == pytest.approx([base] * 6, rel=1e-12)  # nothing varies
        assert cost.sd == pytest.approx(0, abs=1e-9)
        assert cost.standard_error == pytest.approx(0, abs=1e-9)
        assert option.probability_best == {"today": 0.5, "clone": 0.5, "other": 0}[option.supplier]
        assert all(abs(amount) < 1e-6 for _, amount in option.why)


@pytest.mark.parametrize("predictive", [False, True])
@pytest.mark.parametrize("text", [CERTAIN, SMALL], ids=["certain", "uncertain"])
def test_a_clone_of_the_baseline_saves_nothing_in_any_draw(text: str, predictive: bool) -> None:
    result = simulate(case_of(text), 512, predictive=predictive)
    names = [option.supplier for option in result.suppliers]
    assert np.array_equal(*result.present_costs[[names.index("today"), names.index("clone")]])
    npv = result.supplier("clone").npv["all_in"]
    assert (npv.mean, npv.sd, npv.p5, npv.p95) == (0, 0, 0, 0)
    assert result.supplier("clone").probability_positive["all_in"] == 0


def linear_truth() -> tuple[float, float]:
    """Mean and sd of what option `other` of LINEAR costs: 500 at once, and its price on all discounted units."""
    year = np.arange(24) // 12
    driver = float(np.sum(discounts(24) * 1000 * (1.05 * 1.03) ** year))  # model.md sections 2 and 3
    price = stats.beta(2.2, 3.8, loc=3, scale=2)  # Clark's PERT: 1 + 4·0.6/2 and 1 + 4·1.4/2
    return 500 + driver * price.mean(), driver * price.std()


@pytest.mark.parametrize("method", METHODS)
def test_a_case_that_is_linear_in_its_only_uncertain_input_has_the_analytic_mean_and_sd(method: Method) -> None:
    result = simulate(case_of(LINEAR), 4096, sampler=method, seed=6)
    mean, sd = linear_truth()  # derived above
    found = result.supplier("other")
    assert abs(found.present_cost["all_in"].mean - mean) <= 4 * found.present_cost["all_in"].standard_error
    assert found.present_cost["all_in"].mean == pytest.approx(mean, abs=4 * sd / np.sqrt(4096))
    assert found.present_cost["all_in"].sd == pytest.approx(sd, rel=4 / np.sqrt(2 * 4096))
    assert found.base_present_cost["all_in"] == pytest.approx(mean, rel=1e-12)  # linear: base case and mean are one


def test_percentiles_of_a_linear_case_are_those_of_its_input() -> None:
    found = simulate(case_of(LINEAR), 2**14).supplier("other").present_cost["all_in"]
    mean, sd = linear_truth()
    price = stats.beta(2.2, 3.8, loc=3, scale=2)
    for share, quantile in spread.PERCENTILES.items():
        expected = mean + (price.ppf(spread.PERCENTILES[share]) - price.mean()) * sd / price.std()  # scipy.stats.beta
        assert getattr(found, share) == pytest.approx(expected, abs=2e-3 * sd), quantile


def test_what_makes_the_mean_differ_from_the_base_case_adds_up_over_lines() -> None:
    for option in cartridges().suppliers:
        difference = option.present_cost["all_in"].mean - option.base_present_cost["all_in"]
        assert sum(amount for _, amount in option.why) == pytest.approx(difference, abs=1e-5)
        sizes = [abs(amount) for _, amount in option.why]
        assert sizes == sorted(sizes, reverse=True)
        for told in option.to_dict()["why_mean_differs_from_base"]:
            assert told["standard_error"] == option.lines[told["line"]].standard_error


def base_words(result: Simulation) -> str:
    """What the text says of base case and expected value."""
    return " ".join(str(result).partition("Base case ")[2].partition("\n\n")[0].split())


BENT = LINEAR.replace("12_000", "{lognormal: {mean: 12_000, sd: 4_000}}")


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_not_taken_for_the_shape_of_the_model(seed: int) -> None:
    straight = base_words(simulate(case_of(LINEAR), 2000, sampler="random", seed=seed))  # linear: all else is chance
    assert "they differ by chance alone" in straight
    assert straight.endswith("within the error of 2,000 draws")
    price, demand = "suppliers.other.unit_price", "demand.units_per_year"
    tree = tree_of(BENT) | {"correlations": [{"between": [price, demand], "rank": 0.9}]}
    bent = base_words(simulate(tco.from_data(tree), 20_000, sampler="random", seed=seed))
    # a product of two correlated inputs has their covariance above that of its means: here 0.9·(1/3)·0.4/3.73 = 3 %
    assert "the model is not linear, so they differ" in bent
    assert "purchase +" in bent.partition("other: ")[2]
    assert "within the error of 20,000 draws" in bent.partition("today: ")[2].partition("other: ")[0]


def test_what_a_heavy_tail_does_to_a_mean_is_told_as_such() -> None:
    heavy = changed(tree_of(LINEAR), "suppliers.other.unit_price", HEAVY)
    found = base_words(simulate(tco.from_data(heavy), 4096, seed=1))
    assert "few draws of a heavy tail decide by how much they differ" in found
    assert re.search(r"purchase [+-][\d,]+ \(a heavy tail\)", found)


def test_means_of_lines_add_up_to_the_mean_of_the_total() -> None:
    for option in cartridges().suppliers:
        total = sum(line.mean for line in option.lines.values())
        assert total == pytest.approx(option.present_cost["all_in"].mean, rel=1e-12)


# ---------------------------------------------------------------------------------------------------------------------
# The same figures however they are computed


@pytest.mark.parametrize("method", METHODS)
def test_one_two_and_three_threads_give_the_same_figures_bit_for_bit(method: Method) -> None:
    runs = [simulate(case_of(SMALL), 65_536, sampler=method, threads=threads) for threads in (1, 2, 3)]
    for other in runs[1:]:
        assert np.array_equal(runs[0].present_costs, other.present_costs)
        assert runs[0].to_dict() == other.to_dict()


def test_luck_is_the_same_with_any_number_of_threads_and_another_with_another_seed() -> None:
    one, three = (simulate(case_of(SMALL), 65_536, predictive=True, threads=threads) for threads in (1, 3))
    assert np.array_equal(one.present_costs, three.present_costs)
    assert one.to_dict() == three.to_dict()
    certain = [simulate(case_of(CERTAIN), 64, seed=seed, predictive=True).present_costs for seed in (1, 1, 2)]
    assert np.array_equal(certain[0], certain[1])
    assert not np.any(certain[0] == certain[2])


@pytest.mark.parametrize("predictive", [False, True])
@pytest.mark.parametrize("name", ["cartridges", "reference", "returns_redesign"])
def test_the_order_of_suppliers_and_correlations_in_the_file_changes_no_figure(name: str, predictive: bool) -> None:
    tree = parsed(SCENARIOS / f"{name}.yaml")
    turned = tree | {"suppliers": dict(reversed(tree["suppliers"].items()))}
    turned["correlations"] = [
        {**one, "between": one["between"][::-1]} for one in reversed(tree.get("correlations", []))
    ]
    one, two = (
        simulate(tco.from_data(data, folder=SCENARIOS), 128, seed=3, predictive=predictive) for data in (tree, turned)
    )
    assert [option.supplier for option in two.suppliers] == [option.supplier for option in one.suppliers][::-1]
    assert by_name(one) == by_name(two)


def test_the_order_of_extra_costs_in_the_file_changes_no_figure() -> None:
    extras = [{"name": name, "per": per, "amount": f"{i + 1} to {i + 2}"} for i, (name, per) in enumerate(EXTRAS)]
    tree = tree_of(SMALL)
    extras = [{**extra, "group": "supply", "grade": "hard"} for extra in extras]
    one, two = (simulate(tco.from_data({**tree, "extra_costs": order}), 512) for order in (extras, extras[::-1]))
    assert np.max(np.abs(one.present_costs / two.present_costs - 1)) < 1e-14  # a sum in another order: rounding
    for name, found in by_name(two).items():
        for line, amounts in by_name(one)[name]["lines"].items():
            assert found["lines"][line] == amounts, line


EXTRAS = (("audits", "year"), ("labels", "unit"), ("tests", "shipped_unit"), ("set-up", "once"), ("claims", "event"))


@pytest.mark.parametrize("n", [4096, 40_000, 8 * 16_384])
def test_histograms_give_the_same_mean_and_sd_and_percentiles_within_their_stated_error(
    n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # one chunk of all replicates, chunks of several replicates, and a chunk a replicate
    case = case_of(SMALL)
    exact = simulate(case, n)
    monkeypatch.setattr(simulation, "KEPT_BYTES", 0)
    counted = simulate(case, n)
    assert np.array_equal(exact.present_costs, counted.present_costs)
    for one, two in zip(exact.rows(), counted.rows(), strict=True):
        size = 1e-9 * abs(one["mean"])
        assert two["mean"] == pytest.approx(one["mean"], rel=1e-9)
        assert two["sd"] == pytest.approx(one["sd"], rel=1e-9, abs=size)
        assert two["standard_error"] == pytest.approx(one["standard_error"], rel=1e-6, abs=size)
        for name in spread.PERCENTILES:
            assert two[name] == pytest.approx(one[name], abs=two.get("percentile_error", 0) + size)
        if two.get("percentile_error", 0) > 1e-6:
            assert two["percentile_error"] < one["sd"] / 100  # 1/2048 of a range that is some ten sd wide
    for name, found in by_name(counted).items():
        for total in ("hard", "hard_and_estimated"):
            assert found[total]["probability_positive"] == by_name(exact)[name][total]["probability_positive"]


def test_exact_percentiles_state_no_error_and_present_costs_and_npv_are_always_exact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all("percentile_error" not in row for row in small().rows())
    monkeypatch.setattr(simulation, "KEPT_BYTES", 0)
    counted = simulate(case_of(SMALL), 512)
    stated = {row["figure"]: "percentile_error" in row for row in counted.rows()}
    assert stated["line purchase"]
    assert not stated["present_cost all_in"]
    assert not stated["npv all_in"]


def test_many_options_are_simulated_by_default_in_histograms() -> None:
    tree = tree_of(SMALL)
    for number in range(110):
        tree["suppliers"][f"more{number}"] = {"based_on": "other", "freight": number / 100}
    result = simulate(tco.from_data(tree))
    found = result.supplier("more7")
    assert found.lines["freight"].percentile_error > 0
    # the same units, 0.07 a unit dearer: purchase and freight differ by the price's share
    assert found.present_cost["all_in"].mean > result.supplier("more6").present_cost["all_in"].mean


# ---------------------------------------------------------------------------------------------------------------------
# Probabilities, losses and tails, against brute force on the draws


def test_probabilities_losses_and_tails_are_those_of_the_draws_themselves() -> None:
    result = cartridges()
    costs, n = result.present_costs, result.n
    base = [option.supplier for option in result.suppliers].index(result.baseline)
    for row, option in enumerate(result.suppliers):
        saved = costs[base] - costs[row]
        wins = sum(1 for draw in range(n) if costs[row, draw] == min(costs[:, draw]))  # no ties here
        assert option.probability_best == wins / n
        assert option.probability_positive["all_in"] == sum(x > 0 for x in saved) / n
        assert option.expected_loss == pytest.approx(math.fsum(costs[row] - costs.min(axis=0)) / n, rel=1e-9)
        assert option.cvar == pytest.approx(math.fsum(sorted(saved)[: n // 20]) / (n // 20), rel=1e-9)
        assert option.npv["all_in"].mean == pytest.approx(math.fsum(saved) / n, rel=1e-9)
        cost = option.present_cost["all_in"]
        assert (cost.p5, cost.p50, cost.p95) == pytest.approx(np.quantile(costs[row], [0.05, 0.5, 0.95]), rel=1e-12)


@pytest.mark.parametrize("text", [SMALL, CERTAIN, LINEAR], ids=["small", "certain", "linear"])
def test_probabilities_of_being_best_sum_to_one_with_ties_shared(text: str) -> None:
    result = simulate(case_of(text), 1024)
    assert sum(option.probability_best for option in result.suppliers) == pytest.approx(1, abs=1e-12)
    if text != LINEAR:
        clone, today = result.supplier("clone"), result.supplier("today")
        assert clone.probability_best == today.probability_best  # they tie in every draw


TIED = """
horizon_months: 12
demand: {units_per_year: 11_000 to 13_000}
suppliers:
  other: {unit_price: 4.1, freight: 0.2}
  today: {unit_price: 4.2, freight: 0.1}
  third: {unit_price: 4.3, freight: 0}
"""


@pytest.mark.parametrize("kept", [True, False], ids=["draw by draw", "in histograms"])
def test_options_that_differ_by_rounding_alone_tie(kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not kept:
        monkeypatch.setattr(simulation, "KEPT_BYTES", 0)
    result = simulate(case_of(TIED), 2048)
    assert len({*result.present_costs[:, 0].tolist()}) > 1  # 4.1 + 0.2 is not 4.2 + 0.1 in binary
    for option in result.suppliers:
        assert option.probability_best == pytest.approx(1 / 3, rel=1e-12)  # all three cost 4.3 a unit
        assert set(option.probability_positive.values()) == {0}
        assert (option.expected_loss, option.cvar, option.npv["all_in"].sd) == (0, 0, 0)
        assert set(option.base_npv.values()) == {0}
    assert result.best.supplier == result.baseline  # whoever costs the same is no reason to leave it


def test_a_tie_is_a_trillionth_of_what_is_compared_whatever_its_size() -> None:
    for size in (1e-6, 1.0, 1e12, -5.0):
        near, far = size + 4e-13 * abs(size), size + 1e-11 * abs(size)
        assert [bool(ties.saving(size, other)) for other in (near, far)] == [False, True]
        lowest, winners = ties.least(np.array([[size], [near], [far]]))
        assert (lowest[0], winners[:, 0].tolist()) == (size, [True, True, False])
    costs = {"dear": 2.0, "near": 1 + 4e-13, "base": 1 + 2e-13, "low": 1.0}
    assert ties.ranked(costs, "base") == ["base", "near", "low", "dear"]


@each_file
def test_percentiles_losses_and_tails_are_in_order(file: Path) -> None:
    result = simulate(loaded(file), 512)
    losses = [option.expected_loss for option in result.suppliers]
    assert min(losses) >= 0
    assert result.best.expected_loss == min(losses)  # least cost on average is least expected loss, and that is EVPI
    # E[C of the best on the mean] - E[min C]: model.md section 10
    mean = result.present_costs.mean(axis=1).min() - result.present_costs.min(axis=0).mean()
    assert min(losses) == pytest.approx(mean, rel=1e-6, abs=1e-9 * abs(result.present_costs.mean()))
    for row in result.rows():
        assert row["p5"] <= row["p25"] <= row["p50"] <= row["p75"] <= row["p95"], row
        assert row["sd"] >= 0
    for option in result.suppliers:
        assert option.cvar <= option.npv["all_in"].p5
        for total in TOTALS:
            assert 0 <= option.probability_positive[total] <= 1
    assert not any("heavy tail" in warning for warning in result.warnings)


def test_the_baseline_saves_nothing_against_itself() -> None:
    for total in TOTALS:
        npv = cartridges().supplier("acme").npv[total]
        assert (npv.mean, npv.sd, npv.p5, npv.p95) == (0, 0, 0, 0)


# ---------------------------------------------------------------------------------------------------------------------
# Refusals and warnings


def limited(rates: str, replace: str = "10%") -> tco.Case:
    """A case whose rates of failure, or whose share of replacements, may be too much in some draws."""
    return case_of(f"""
horizon_months: 12
demand: {{units_per_year: 1000}}
product: {{sale_price: 9}}
failures:
  broken: {{stage: use, liable: supplier, refund: 50%, replace: {replace}}}
  late: {{stage: delivery, liable: carrier, goodwill: 1}}
suppliers:
  today: {{unit_price: 4, failure_rates: {{broken: 1%, late: 2%}}}}
  other: {{unit_price: 4, failure_rates: {{{rates}}}}}
""")


TOO_MUCH = "broken: {uniform: [40%, 80%]}, late: {uniform: [10%, 40%]}"


def test_rates_that_sum_to_more_than_100_percent_are_refused_with_the_share_of_draws_and_the_first_one() -> None:
    case = limited(TOO_MUCH)
    with pytest.raises(tco.CaseError) as refused:
        simulate(case, 4096)
    draws = Sampler(uncertain_inputs(case), 4096).draws(0)
    first = np.argmax(sum(draws.values()) > 1)
    found = str(refused.value)
    # of the box [0.4, 0.8] x [0.1, 0.4], of area 0.12, the triangle of legs 0.2 and area 0.02 sums to more: a sixth
    assert "suppliers.other: expected none, found that failure rates of units sum to more than 100 % in 16." in found
    assert f" % of draws, first in draw {first}\n    narrow the ranges, or correlate them" in found
    assert refused.value.exit_code == 3
    assert "suppliers.today" not in found


def test_remedies_that_exceed_100_percent_in_some_draws_are_refused_for_every_option() -> None:
    with pytest.raises(tco.CaseError) as refused:
        simulate(limited("broken: 3%, late: 1%", replace="{uniform: [20%, 60%]}"), 4096)
    # refund 50 % and more than 50 % of replacements: the upper quarter of 20 % ... 60 %
    found = [str(problem) for problem in refused.value.problems]
    assert len(found) == 2
    assert all("refund + replace + repair exceed 100 % in 25 % of draws, first in draw " in one for one in found)


@pytest.mark.parametrize("ask", [lambda case: simulate(case, 4096), lambda case: tco.decide(case, n=4096)])
def test_a_limit_broken_in_several_years_is_told_once_with_its_worst_year(ask: Callable[[tco.Case], object]) -> None:
    case = limited("broken: {uniform: [30%, 70%]}, late: 50%")
    data = {**case.document.data, "horizon_months": 36}
    data["suppliers"] = {**data["suppliers"], "other": {**data["suppliers"]["other"], "annual_improvement": "10%"}}
    with pytest.raises(tco.CaseError) as refused:
        ask(tco.from_data(data))
    # year 1: more than 50 % of 30 % ... 70 %; year 2, both times 0.9: more than 61 %, told before as a second problem
    assert len(refused.value.problems) == 1
    assert "sum to more than 100 % in 50 % of draws, first in draw " in str(refused.value)


def test_a_limit_broken_in_nearly_all_draws_is_told_in_plain_percent() -> None:
    with pytest.raises(tco.CaseError, match=r"exceed 100 % in 99\.9 % of draws, first in draw 0"):
        simulate(limited("broken: 3%, late: 1%", replace="{discrete: {50.02%: 99.9%, 0: 0.1%}}"), 8192)


def test_replacements_without_end_are_told_as_a_broken_limit_and_not_as_an_infinite_figure() -> None:
    with pytest.raises(
        tco.CaseError, match=r"replacements do not come to an end in 10\.?\d? % of draws, first in draw \d"
    ):
        simulate(
            case_of("""
horizon_months: 12
demand: {units_per_year: 1000}
failures: {broken: {stage: use, liable: supplier, replace: 100%}}
suppliers:
  today: {unit_price: 4, failure_rates: {broken: 1%}}
  other: {unit_price: 4, failure_rates: {broken: {discrete: {1: 10%, 0.5: 90%}}}}
"""),
            4096,
        )


ENDLESS = """
horizon_months: 240
demand: {units_per_year: 1000}
suppliers:
  today: {unit_price: 4}
  other: {unit_price: 3 to 4, price_growth: {discrete: {0%: 99.9%, 5e20%: 0.1%}}}
"""


def test_a_figure_that_is_not_finite_names_the_quantity_its_arguments_and_the_draw() -> None:
    case = case_of(ENDLESS)
    with pytest.raises(tco.TcoError) as refused:
        simulate(case, 8192)
    growth = Sampler(uncertain_inputs(case), 8192).draws(0)["suppliers.other.price_growth"]
    first = int(np.argmax(growth > 0))
    year = math.ceil(math.log(sys.float_info.max) / math.log(5e18))  # the first contract year in which 5e18^y overflows
    words = f"price_factor has no finite value in draw {first}: price_growth = 5e+18, contract_year = {year}"
    assert str(refused.value) == words
    assert refused.value.exit_code == 1


def test_a_mean_that_a_handful_of_draws_decides_is_warned_of() -> None:
    heavy = changed(tree_of(LINEAR), "suppliers.other.unit_price", HEAVY)
    result = simulate(tco.from_data(heavy), 16_384)
    words = "other: one draw in a thousand makes up more than half of the variance of its present cost"
    assert [words in warning for warning in result.warnings] == [True]
    assert words in "".join(str(result).replace("\n      ", " "))


HEAVY = {"lognormal": {"mean": 4, "sd": 800}}
HIDDEN = """
horizon_months: 12
demand: {units_per_year: 10_000_000 to 30_000_000}
suppliers:
  today: {unit_price: 4.1}
  other: {unit_price: 4.08, one_off: {lognormal: {p50: 100, p95: 40_000}}}
"""


@pytest.mark.parametrize("kept", [True, False], ids=["draw by draw", "in histograms"])
def test_a_heavy_tail_that_a_shared_input_hides_is_warned_of_where_it_shows(
    kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kept:
        monkeypatch.setattr(simulation, "KEPT_BYTES", 0)
    result = simulate(case_of(HIDDEN), 16_384)
    words = (
        "other: one draw in a thousand makes up more than half of the variance of its NPV, so that mean, sd and error"
    )
    assert [words in warning for warning in result.warnings] == [True]
    assert result.supplier("other").lines["one_off"].heavy_tailed
    assert not result.supplier("other").lines["purchase"].heavy_tailed
    assert any(words in warning for warning in tco.decide(case_of(HIDDEN), n=4096).warnings)


def test_the_share_of_a_tail_is_that_of_its_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "KEPT_BYTES", 0)
    text = "horizon_months: 12\ndemand: {units_per_year: 12_000}\n"
    price = "suppliers: {today: {unit_price: {normal: {mean: 4, sd: 0.1}}}}"
    risk_of = simulate(case_of(text + price), 2**16).supplier("today")
    far = stats.norm.isf(0.0005)
    share = 2 * (far * stats.norm.pdf(far) + 0.0005)  # E[z²; |z| > far] of a standard normal, by parts
    assert risk_of.present_cost["all_in"].tail_share == pytest.approx(share, rel=0.02)
    assert risk_of.lines["purchase"].tail_share == pytest.approx(share, rel=0.02)  # from a histogram
    assert "tail_share" not in risk_of.to_dict()


@pytest.mark.parametrize("n", [8, 64, 500])
def test_few_draws_are_no_heavy_tail(n: int) -> None:
    assert not any(
        "heavy tail" in warning for seed in range(5) for warning in simulate(case_of(SMALL), n, seed=seed).warnings
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "expected a number of draws from 1 to 4,294,967,296, found 0"),
        ({"n": 2**33}, "expected a number of draws from 1 to 4,294,967,296, found 8589934592"),
        ({"seed": -1}, "expected a seed of 0 or more, found -1"),
        ({"sampler": "halton"}, "expected the sampler sobol, latin, random, found 'halton'"),
        ({"until": 0}, "expected a precision between 0 and 1, such as 0.1%, found 0"),
        ({"until": 1}, "expected a precision between 0 and 1, such as 0.1%, found 1"),
        ({"until": "soon"}, "expected a precision between 0 and 1, such as 0.1%, found 'soon'"),
        ({"until": "8"}, "expected a precision between 0 and 1, such as 0.1%, found '8'"),
        ({"until": [0.1]}, "expected a precision between 0 and 1, such as 0.1%, found a list"),
        ({"threads": "two"}, "expected a whole number of threads, found 'two'"),
        ({"threads": 0}, "expected at least one thread, found 0"),
    ],
)
def test_a_wrong_call_is_refused_in_words(arguments: Mapping[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        simulate(loaded(CARTRIDGES), **arguments)


# ---------------------------------------------------------------------------------------------------------------------
# Correlations


def correlated(*rows: str) -> tco.Case:
    return case_of(SMALL + "correlations:\n" + "".join(f"  - {{between: [{row}}}\n" for row in rows))


PRICE, RATE, OTHERS = (
    "suppliers.other.unit_price",
    "suppliers.today.failure_rates.broken",
    "suppliers.other.failure_rates.broken",
)


def test_asked_used_and_achieved_correlations_stand_in_the_result() -> None:
    (one,) = simulate(correlated(f"{PRICE}, {RATE}], rank: -0.6"), 4096).correlations
    assert (one.first, one.second, one.asked) == (PRICE, RATE, -0.6)
    assert one.used == pytest.approx(-0.6, abs=1e-15)
    assert one.achieved == pytest.approx(-0.6, abs=0.02)  # within four standard errors of 4,096 plain draws


def test_impossible_correlations_are_refused_or_repaired_and_the_change_is_told() -> None:
    case = correlated(
        f"{PRICE}, {RATE}], rank: 0.9", f"{RATE}, {OTHERS}], rank: 0.9", f"{PRICE}, {OTHERS}], rank: -0.9"
    )
    with pytest.raises(tco.TcoError, match=r"nearest possible ones differ by up to 0\.42"):
        simulate(case, 64)
    result = simulate(case, 4096, repair_correlations=True)
    assert [abs(one.used) for one in result.correlations] == pytest.approx([0.4826] * 3, abs=5e-5)  # 6/π·asin(1/4)
    assert [one.achieved for one in result.correlations] == pytest.approx(
        [one.used for one in result.correlations], abs=0.06
    )
    assert "asked +0.90, used +0.48, drawn" in " ".join(str(result).split())


def test_a_correlation_with_an_input_that_does_not_vary_in_the_draws_can_be_written_as_json() -> None:
    tree = tree_of(SMALL)
    tree = changed(tree, PRICE, {"discrete": {4: "99.9%", 5: "0.1%"}})
    tree["correlations"] = [{"between": [PRICE, RATE], "rank": 0.3}]
    result = simulate(tco.from_data(tree), 8)
    assert json.loads(json.dumps(result.to_dict(), allow_nan=False))["correlations"][0]["achieved"] == 0


# ---------------------------------------------------------------------------------------------------------------------
# Standard errors


@pytest.mark.parametrize(("method", "predictive"), [*((method, False) for method in METHODS), ("sobol", True)])
def test_standard_errors_are_honest(method: Method, predictive: bool) -> None:
    truth = small(2**17)  # luck adds nothing to the means of a case without churn
    scores, chances = [], []
    for seed in range(40):
        result = small(256, seed, method, predictive=predictive)
        for name in ("today", "other"):
            found, sure = result.supplier(name).present_cost["all_in"], truth.supplier(name).present_cost["all_in"]
            scores.append((found.mean - sure.mean) / found.standard_error)
        if predictive:
            continue
        other = result.supplier("other")
        chances.append(
            (other.probability_best - truth.supplier("other").probability_best) / other.probability_best_error
        )
    # with eight replicates z follows Student's t with 7 degrees of freedom, of sd √(7/5) = 1.18
    assert 0.6 < np.std(scores) < 1.6
    assert abs(np.mean(scores)) < 0.6
    assert predictive or 0.6 < np.std(chances) < 1.6


def test_sobol_points_give_the_mean_saving_to_a_thousandth_by_4096_draws_and_plain_random_draws_do_not() -> None:
    case = loaded(SCENARIOS / "reference.yaml")
    truth = simulate(case, 2**16, seed=77)

    def errors(method: Method, seed: int) -> list[float]:
        result = simulate(case, 4096, seed=seed, sampler=method)
        pairs = [
            (option.npv["all_in"].mean, truth.supplier(option.supplier).npv["all_in"].mean)
            for option in result.suppliers
        ]
        return [abs(found / sure - 1) for found, sure in pairs if sure]

    assert max(errors("sobol", 1)) < 0.001  # the issue: 0.1 % by 4,096 Sobol' draws
    assert max(max(errors("random", seed)) for seed in (1, 2)) > 5 * max(errors("sobol", 1))


def test_standard_errors_of_sobol_points_come_from_eight_scramblings() -> None:
    result = small(1024)
    for row, option in enumerate(result.suppliers):
        means = result.present_costs[row].reshape(8, -1).mean(axis=1)
        expected = np.std(means, ddof=1) / np.sqrt(8)  # of the mean of eight independent means
        assert option.present_cost["all_in"].standard_error == pytest.approx(expected, rel=1e-9)


# ---------------------------------------------------------------------------------------------------------------------
# Until


def test_until_doubles_the_draws_until_means_and_probabilities_are_precise() -> None:
    case, until = case_of(SMALL), 1e-4
    result = simulate(case, 64, until=until)
    assert result.n > 64
    assert math.log2(result.n / 64).is_integer()
    baseline = result.supplier("today").present_cost["all_in"].mean
    assert all(option.npv["all_in"].standard_error <= until * baseline for option in result.suppliers)
    assert all(option.probability_best_error <= 0.01 for option in result.suppliers)
    before = simulate(case, result.n // 2)
    assert any(
        option.npv["all_in"].standard_error > until * before.supplier("today").present_cost["all_in"].mean
        or option.probability_best_error > 0.01
        for option in before.suppliers
    )
    assert result.until == until
    assert not result.warnings


def test_until_gives_what_the_draws_it_ends_with_give() -> None:
    found = simulate(case_of(SMALL), 64, until=1e-3)
    again = simulate(case_of(SMALL), found.n)
    assert np.array_equal(found.present_costs, again.present_costs)
    assert found.to_dict() == again.to_dict() | {"until": 1e-3}
    assert simulate(case_of(SMALL), 64, until="0.1%").to_dict() == found.to_dict()


def test_a_precision_that_is_out_of_reach_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "MOST_DRAWS", 256)
    result = simulate(case_of(SMALL), 64, until=1e-9)
    assert result.n == 256
    assert result.warnings[-1] == "256 draws do not reach the precision asked for"
    assert "256 draws do not reach the precision asked for" in str(result)


def test_until_is_reached_at_once_where_nothing_is_uncertain() -> None:
    result = simulate(case_of(CERTAIN), 64, until=1e-6)
    assert result.n == 64
    assert not result.warnings


# ---------------------------------------------------------------------------------------------------------------------
# Luck


def test_luck_leaves_means_where_they_are() -> None:
    known, lucky = cartridges(), cartridges(predictive=True)
    for option in lucky.suppliers:
        luck = option.luck
        assert luck is not None
        mean, other = option.present_cost["all_in"].mean, known.supplier(option.supplier).present_cost["all_in"].mean
        assert abs(mean - other) < 4 * luck.sd_luck / np.sqrt(lucky.n)
        assert luck.sd_known == pytest.approx(known.supplier(option.supplier).present_cost["all_in"].sd, rel=1e-12)


def test_the_range_splits_into_what_is_not_known_and_luck() -> None:
    for option in small(16_384, predictive=True).suppliers:
        luck = option.luck
        assert luck is not None
        parts = luck.sd_known**2 + luck.sd_luck**2  # independent given the inputs: their variances add up
        assert option.present_cost["all_in"].sd ** 2 == pytest.approx(parts, rel=0.03)
        shown = luck.to_dict()
        assert shown["share_luck"] == pytest.approx(luck.sd_luck**2 / parts, rel=1e-12)
        if option.supplier == "other":
            assert shown["npv_share_luck"] == pytest.approx(
                luck.npv_sd_luck**2 / (luck.npv_sd_luck**2 + luck.npv_sd_known**2), rel=1e-12
            )


def test_without_predictive_there_is_no_luck() -> None:
    assert all(option.luck is None for option in small().suppliers)
    assert "luck" not in str(small())


FIXED = """
horizon_months: 12
demand: {units_per_year: 2_400}
product: {sale_price: 9, fulfilment_cost: 1}
contacts: {cost: 3}
returns: {activities: {post: 2}}
failures:
  broken: {stage: use, liable: supplier, returned: 60%, refund: 50%, replace: 40%, contacts: 1, goodwill: 1}
suppliers:
  today: {unit_price: 4, failure_rates: {broken: 8%}}
  other: {unit_price: 3.5 to 4.5, failure_rates: {broken: 3%}}
"""


@pytest.mark.parametrize("base", [{"units_per_year": 2_400}, {"customers": 400, "orders_per_customer_per_year": 6}])
def test_the_sd_of_luck_grows_with_the_root_of_the_number_of_customers(base: Mapping[str, int]) -> None:
    size = next(iter(base))

    def luck(times: int) -> list[float]:
        tree = tree_of(FIXED) | {"demand": {**base, size: base[size] * times}}
        result = simulate(tco.from_data(tree), 8192, predictive=True)
        return [option.luck.sd_luck for option in result.suppliers if option.luck]

    few, many = luck(1), luck(16)
    assert np.array(many) / few == pytest.approx(4, rel=0.05)  # √16


def test_the_luck_of_demand_is_poisson_in_orders() -> None:
    result = simulate(
        case_of("""
horizon_months: 24
demand: {units_per_year: 600, units_per_order: 3}
suppliers:
  today: {unit_price: 4}
  other: {unit_price: 5}
"""),
        16_384,
        predictive=True,
    )
    # a year's cost is price · u · K · v̄, K Poisson with 600/3 = 200 orders, v̄ the mean discount of its months
    years = discounts(24).reshape(2, 12).mean(axis=1)
    expected = 3 * math.sqrt(sum(200 * v**2 for v in years))  # sd for a price of 1, derived above
    for option, price in zip(result.suppliers, (4, 5), strict=True):
        assert option.luck is not None
        assert option.luck.sd_known == pytest.approx(0, abs=1e-9)
        assert option.luck.sd_luck == pytest.approx(price * expected, rel=4 / math.sqrt(2 * 16_384))
        assert option.present_cost["all_in"].mean == pytest.approx(
            option.base_present_cost["all_in"], abs=4 * price * expected / math.sqrt(16_384)
        )
    saved = result.supplier("other").luck
    assert saved is not None
    assert saved.npv_sd_luck == pytest.approx(expected, rel=4 / math.sqrt(2 * 16_384))  # both ship the same orders


def test_the_luck_of_failures_is_binomial_among_what_is_shipped() -> None:
    result = simulate(
        case_of("""
horizon_months: 12
demand: {units_per_year: 600, units_per_order: 3}
failures: {broken: {stage: use, liable: supplier, goodwill: 7}}
suppliers:
  today: {unit_price: 0, failure_rates: {broken: 20%}}
  other: {unit_price: 0, failure_rates: {broken: 45%}}
"""),
        16_384,
        predictive=True,
    )
    discount = discounts(12).mean()
    for option, rate in zip(result.suppliers, (0.20, 0.45), strict=True):
        # F given N = 3K units is binomial: Var F = E[N]q(1 - q) + q²·Var N, E[N] = 600, Var N = 9·200
        expected = 7 * discount * math.sqrt(600 * rate * (1 - rate) + rate**2 * 9 * 200)
        goodwill = option.lines["goodwill"]
        assert goodwill.sd == pytest.approx(expected, rel=4 / math.sqrt(2 * 16_384))
        assert goodwill.mean == pytest.approx(7 * discount * 600 * rate, abs=4 * expected / math.sqrt(16_384))


def test_the_luck_of_remedies_is_binomial_among_failures() -> None:
    result = simulate(
        case_of("""
horizon_months: 12
demand: {units_per_year: 300}
product: {sale_price: 10}
failures: {broken: {stage: use, liable: supplier, refund: 40%}}
suppliers:
  today: {unit_price: 0, failure_rates: {broken: 30%}}
  other: {unit_price: 0, failure_rates: {broken: 30%}}
"""),
        16_384,
        predictive=True,
    )
    # Poisson orders thinned twice are Poisson: 300 · 0.3 · 0.4 refunds
    expected = 10 * discounts(12).mean() * math.sqrt(300 * 0.3 * 0.4)
    for option in result.suppliers:
        assert option.lines["refunds"].sd == pytest.approx(expected, rel=4 / math.sqrt(2 * 16_384))
    # options with rates of their own have luck of their own: variances of a difference add up
    luck = result.supplier("other").luck
    assert luck is not None
    assert luck.npv_sd_luck == pytest.approx(expected * math.sqrt(2 * (1 - 0.3 * 0.4)), rel=0.05)


def test_the_luck_of_disruptions_is_poisson() -> None:
    result = simulate(
        case_of("""
horizon_months: 24
demand: {units_per_year: 1000}
suppliers:
  today: {unit_price: 0, disruption: {per_year: 0.5, months: 1, demand_lost_share: 0, expedite_cost: 900}}
  other: {unit_price: 0, disruption: {per_year: 0.2, months: 1, demand_lost_share: 0, expedite_cost: 900}}
"""),
        16_384,
        predictive=True,
    )
    years = discounts(24).reshape(2, 12).mean(axis=1)
    for option, rate in zip(result.suppliers, (0.5, 0.2), strict=True):
        expected = 900 * math.sqrt(sum(rate * v**2 for v in years))  # Poisson: variance = mean, independent years
        assert option.lines["disruption"].sd == pytest.approx(expected, rel=0.05)


def test_luck_takes_a_case_without_failures_whose_extra_costs_count_them() -> None:
    result = simulate(
        case_of("""
horizon_months: 12
demand: {units_per_year: 900 to 1100}
suppliers: {today: {unit_price: 4}, other: {unit_price: 4 to 5}}
extra_costs: [{name: claims, per: event, amount: 1 to 2, group: failures, grade: hard}]
"""),
        64,
        predictive=True,
    )
    assert result.supplier("other").lines["claims"].mean == 0  # no modes, no events


def test_luck_moves_no_price_break() -> None:
    result = simulate(
        case_of("""
horizon_months: 12
demand: {units_per_year: 100}
suppliers:
  today: {unit_price: 4}
  other: {price_breaks: [{from_units_per_year: 0, unit_price: 5}, {from_units_per_year: 100, unit_price: 3}]}
"""),
        1024,
        predictive=True,
    )
    # model.md section 3: the break that planned units reach, 100 of them at 3, however many are then sold
    assert result.present_costs[1] == pytest.approx(result.present_costs[0] * 3 / 4, rel=1e-12)


def test_luck_takes_rates_near_0_and_1_and_demand_that_does_not_come() -> None:
    result = simulate(
        case_of("""
horizon_months: 12
demand: {units_per_year: 3}
product: {sale_price: 10}
inventory: {order_interval_days: 30, lead_time_days: 10, lead_time_sd_days: 3, service_level: 95%, holding_rate: 20%}
failures: {broken: {stage: use, liable: supplier, refund: 50%}}
suppliers:
  today: {unit_price: 2, moq: 1, failure_rates: {broken: {beta: {mean: 0.2%, sd: 1.8%}}}}
  other: {unit_price: 3, failure_rates: {broken: {beta: {mean: 99.8%, sd: 1.8%}}}}
"""),
        4096,
        predictive=True,
    )
    assert (result.present_costs[0] == 0).mean() == pytest.approx(math.exp(-3), abs=0.02)  # Poisson: no order in a year


# ---------------------------------------------------------------------------------------------------------------------
# Results


ISSUE_KEYS = {
    *("supplier", "mean", "sd", "p5", "p50", "p95", "npv_mean", "npv_p5", "npv_p50", "npv_p95", "probability_best"),
    *("probability_positive", "expected_loss", "standard_error", "hard", "hard_and_estimated"),
}


def test_the_json_of_a_simulation_has_the_keys_of_the_issue() -> None:
    data = json.loads(json.dumps(cartridges().to_dict(), allow_nan=False))
    for option in data["suppliers"]:
        assert option.keys() >= ISSUE_KEYS
        for total in ("hard", "hard_and_estimated"):
            assert {"npv_mean", "npv_p5", "npv_p95", "probability_positive"} <= option[total].keys()
    assert {"n", "seed", "sampler", "best", "correlations", "warnings", "provenance"} <= data.keys()


def test_rows_and_frame_hold_every_total_and_line_of_every_option() -> None:
    result = cartridges()
    frame = result.to_frame()
    assert len(frame) == sum(2 * len(TOTALS) + len(option.lines) for option in result.suppliers)
    row = frame[(frame.supplier == "borealis") & (frame.figure == "npv all_in")].iloc[0]
    assert row["p5"] == result.supplier("borealis").npv["all_in"].p5
    assert len(risk.csv_text(result).splitlines()) == len(frame) + 1


def test_the_notebook_table_shows_every_option_and_escapes_its_label() -> None:
    tree = changed(tree_of(LINEAR), "suppliers.other.label", "A < B & co")
    shown = simulate(tco.from_data(tree), 64)._repr_html_()
    assert "<th>A &lt; B &amp; co</th>" in shown
    assert shown.count("<tr>") == 3


@each_file
def test_a_table_is_at_most_100_columns_wide_and_keeps_its_columns_apart(file: Path) -> None:
    shown = str(simulate(loaded(file), 64))
    assert max(map(len, shown.splitlines())) <= 100
    lines = shown.split("Lines, 5 % … 95 %")[1].split("Base case")[0].splitlines()
    for line in lines[1:]:
        for part in re.findall(r"\S+ … \S+", line):
            low, high = (float(number.replace(",", "")) for number in part.split(" … "))  # two numbers grown together
            assert low <= high, line


def test_the_answer_stands_in_the_first_three_lines() -> None:
    result = cartridges()
    first, second, third = str(result).splitlines()[:3]
    best = result.best
    assert best.label in first
    assert f"saves {best.npv['all_in'].mean:,.0f} GBP on average" in first
    assert f"{best.npv['all_in'].p5:+,.0f} to {best.npv['all_in'].p95:+,.0f} GBP" in second
    assert third == "  4,096 draws (Sobol' points, seed 1), 36 months"


def test_both_the_expected_value_and_the_base_case_are_shown_with_what_makes_them_differ() -> None:
    acme = cartridges().supplier("acme")
    base, mean = acme.base_present_cost["all_in"], acme.present_cost["all_in"].mean
    line, amount = acme.why[0]
    assert f"Acme (today): {base:,.0f} and {mean:,.0f}" in str(cartridges())
    assert f": {line} {amount:+,.0f}" in str(cartridges())
    assert "expected value: they hardly differ" in str(simulate(case_of(CERTAIN), 64))


def test_luck_is_shown_beside_what_is_not_known() -> None:
    shown = str(small(4096, predictive=True))
    assert "Standard deviation: what we don't know, and what is luck" in shown
    assert "of the variance); saved" in shown


# ---------------------------------------------------------------------------------------------------------------------
# Draws in a file


def test_a_file_of_draws_holds_the_inputs_costs_and_savings_that_the_result_was_made_of(tmp_path: Path) -> None:
    case, result = loaded(CARTRIDGES), cartridges()
    write_draws(case, result, tmp_path / "draws.csv")
    with (tmp_path / "draws.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == column_names(case, result)
    read = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    assert np.array_equal(read["draw"], np.arange(result.n))
    for row, option in enumerate(result.suppliers):
        assert np.array_equal(read[f"present_cost.{option.supplier}"], result.present_costs[row])
        assert np.array_equal(read[f"npv.{option.supplier}"], result.present_costs[0] - result.present_costs[row])
    for path, values in drawn(case, result).items():
        assert np.array_equal(read[path], values)


def test_a_draw_of_the_file_put_back_into_the_case_costs_what_the_file_says(tmp_path: Path) -> None:
    case = case_of(SMALL)
    result = simulate(case, 2**15)  # several chunks
    write_draws(case, result, tmp_path / "draws.csv")
    with (tmp_path / "draws.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    row = rows[20_001]
    tree = tree_of(SMALL)
    for path in drawn(case, small(8)):
        tree = changed(tree, path, float(row[path]))
    with NO_GAPS:
        compared = tco.compare(tco.from_data(tree))
    for option in compared.suppliers:
        assert float(row[f"present_cost.{option.supplier}"]) == pytest.approx(option.present_cost, rel=1e-9)


def test_parquet_needs_duckdb_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(tco.TcoError, match=r"Parquet needs the extra 'data': pip install 'supplier-tco\[data\]'"):
        write_draws(case_of(SMALL), small(), tmp_path / "draws.parquet")
    assert list(tmp_path.iterdir()) == []


def test_parquet_holds_what_csv_holds(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    write_draws(case_of(SMALL), small(), tmp_path / "draws.parquet")
    read = duckdb.sql(f"SELECT * FROM '{tmp_path / 'draws.parquet'}'").fetchnumpy()
    assert np.array_equal(read["present_cost.other"], small().present_costs[1])
    assert [file.name for file in tmp_path.iterdir()] == ["draws.parquet"]


def test_draws_go_to_csv_or_parquet_alone(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"expected a file ending in \.csv or \.parquet, found '.*draws\.txt'"):
        write_draws(case_of(SMALL), small(), tmp_path / "draws.txt")


# ---------------------------------------------------------------------------------------------------------------------
# The command line


Tco = Callable[..., Result]


@pytest.fixture(name="run")
def fixture_run(tmp_path: Path) -> Tco:
    """Run `tco simulate` on the small case; `{case}` in an argument is another text's file."""
    file = tmp_path / "case.yaml"
    file.write_text(HEAD + SMALL + "scenarios: {dear: {suppliers.other.unit_price: 8}}\n", encoding="utf-8")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, ["simulate", str(file), "-n", "512", *arguments])

    return run


def printed(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    data: dict[str, Any] = json.loads(result.stdout)
    return data


def test_the_command_prints_what_the_function_returns(run: Tco) -> None:
    data = printed(run("--seed", "5", "--sampler", "latin", "--format", "json"))
    expected = json.loads(json.dumps(small(512, 5, "latin").to_dict()))
    data.pop("provenance"), expected.pop("provenance")
    assert data == expected


def test_every_format_shows_every_option(run: Tco) -> None:
    for form in ("table", "csv", "markdown", "json"):
        shown = run("--format", form)
        assert shown.exit_code == 0
        assert all(name in shown.stdout for name in ("today", "other", "clone"))
    assert run("--format", "csv").stdout.splitlines()[0].startswith("supplier,figure,mean,sd,p5,p25,p50,p75,p95")
    assert run("--format", "markdown").stdout.count("\n| ") == 4


def test_set_and_scenario_change_the_case(run: Tco) -> None:
    dear = printed(run("--scenario", "dear", "--format", "json"))
    same = printed(run("--set", "suppliers.other.unit_price=8", "--format", "json"))
    assert dear["scenario"] == "dear"
    assert dear["suppliers"][1]["mean"] == same["suppliers"][1]["mean"]
    assert dear["suppliers"][1]["mean"] > 1.5 * small(512).supplier("other").present_cost["all_in"].mean
    assert run("--scenario", "dear", "--scenario", "dear").exit_code == 2


def test_predictive_until_threads_and_repair_reach_the_function(run: Tco) -> None:
    assert printed(run("--predictive", "--format", "json"))["suppliers"][0]["luck"]["sd_luck"] > 0
    until = printed(run("-n", "64", "--until", "0.1%", "--format", "json"))
    assert until["until"] == 0.001
    assert until["n"] > 64
    assert printed(run("--threads", "1", "--format", "json")) == printed(run("--threads", "2", "--format", "json"))
    assert run("--repair-correlations").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("-n", "0"), 2, "expected a number of draws from 1 to 4,294,967,296, found 0"),
        (("-n", "many"), 2, "'many' is not a valid integer"),
        (("--seed", "-3"), 2, "expected a seed of 0 or more, found -3"),
        (("--sampler", "halton"), 2, "'halton' is not one of 'sobol', 'latin', 'random'"),
        (("--until", "8"), 2, "Invalid value for --until: expected a share between 0 and 1, found 8: write 8% or 0.08"),
        (("--until", "soon"), 2, "Invalid value for --until: expected a share between 0 and 1, found 'soon'"),
        (("--until", "0%"), 2, "expected a precision between 0 and 1, such as 0.1%, found 0"),
        (("--threads", "0"), 2, "expected at least one thread, found 0"),
        (("--draws", "draws.txt"), 2, "expected a file ending in .csv or .parquet, found 'draws.txt'"),
        (("--scenario", "none"), 2, "none"),
        (("--set", "suppliers.other.unit_price=cheap"), 3, "expected a number"),
    ],
)
def test_what_is_wrong_is_told_on_standard_error_with_its_exit_code(
    run: Tco, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_broken_limits_are_told_with_file_line_and_exit_code_3(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    text = (
        HEAD
        + """
horizon_months: 12
demand: {units_per_year: 1000}
failures: {broken: {stage: use, liable: supplier, goodwill: 1}, late: {stage: use, liable: supplier, goodwill: 1}}
suppliers:
  today: {unit_price: 4, failure_rates: {broken: 1%, late: 2%}}
  other: {unit_price: 4, failure_rates: {BROKEN}}
""".replace("BROKEN", TOO_MUCH)
    )
    file.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["simulate", str(file)])
    assert result.exit_code == 3
    line = text[: text.index("  other:")].count("\n") + 1
    assert result.stderr.startswith(f"{file}:{line}: suppliers.other: expected none, found that failure rates of units")


def test_output_and_draws_go_to_their_files(run: Tco, tmp_path: Path) -> None:
    target, draws = tmp_path / "result.json", tmp_path / "draws.csv"
    result = run("--format", "json", "-o", str(target), "--draws", str(draws))
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert json.loads(target.read_text(encoding="utf-8"))["n"] == 512
    assert len(draws.read_text(encoding="utf-8").splitlines()) == 513


def test_no_progress_is_shown_where_standard_error_is_no_terminal(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(HEAD + LINEAR, encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["simulate", str(file), "-n", "100000"])
    assert result.exit_code == 0
    assert result.stderr == ""


@pytest.mark.parametrize("predictive", [False, True])
def test_progress_counts_up_to_all_draws(predictive: bool) -> None:
    seen: list[tuple[int, int]] = []
    simulate(case_of(LINEAR), 100_000, predictive=predictive, progress=lambda done, of: seen.append((done, of)))
    shares = [done / of for done, of in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1


TELLING = """
import contextlib
from tco import cli

@contextlib.contextmanager
def progress(draws):
    yield lambda done, of: print(done, flush=True)

cli._progress = progress
cli.main(["simulate", *__import__("sys").argv[1:]])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals as Ctrl-C sends them")
def test_ctrl_c_ends_a_long_run_at_once_with_130_and_leaves_no_half_written_file(tmp_path: Path) -> None:
    arguments = [str(CARTRIDGES), "-n", "4000000", "-o", str(tmp_path / "result.txt")]
    command = [sys.executable, "-c", TELLING, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    process.stdout.readline()  # by now it simulates
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    assert "saves" not in output
    assert errors.strip() == "interrupted"
    assert list(tmp_path.iterdir()) == []
