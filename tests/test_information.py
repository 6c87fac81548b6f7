"""Value of information: against closed forms, published decision tables, and every result of a pilot counted out.

Reference cases of the area `voi` in the project's collection of reference results:

voi-getz-heizer
    Here: EVPI of a decision table, 68,000.
voi-chemo-evpi, voi-chemo-evppi-p2, voi-chemo-evppi-joint, voi-bcea-vaccine-curve
    Skipped: they are computed from samples that the R packages voi and BCEA ship as binary files, which are no part of
    this project. The same regression is held against closed forms and against heormodel instead.
voi-dampack-va, voi-dampack-cdiff
    Skipped: incremental cost-effectiveness ratios of two outcomes; here every outcome is money.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

import tco
from tco.analyses.beta_binomial import BetaBinomial
from tco.analyses.nested import conditional_costs, evppi_nested
from tco.analyses.pilots import _model_of_rate
from tco.analyses.value_of_information import (
    Information,
    evpi,
    evppi,
    information,
)
from tco.distributions import Beta, Normal
from tco.errors import CaseError, UsageError
from tco.outcomes import Outcomes, Worlds, asked_correlations, uncertain_inputs
from tco.sampling import Sampler
from tco.views import information as view
from tco.views.table import rows_as_csv

ROOT = Path(__file__).parent.parent
CASES = sorted(ROOT.glob("scenarios/*.yaml"))
CARTRIDGES = ROOT / "scenarios/cartridges.yaml"

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
RATE = (
    HEAD
    + """
failures: {faulty: {stage: use, liable: supplier, goodwill: 10}}
suppliers:
  old: {unit_price: 10.35, failure_rates: {faulty: 0%}, label: The old one}
  new: {unit_price: 10, failure_rates: {faulty: 12 of 400}, label: The new one}
"""
)
"""New costs 120,000 + 120,000·q, old 124,200: the new one is cheaper where q < 3.5 %. Known: Beta(12.5, 388.5)."""
PRIOR, SWITCH, EACH = scipy.stats.beta(12.5, 388.5), 0.035, 120_000


def preposterior(n: int) -> float:
    """Value n units of the new one: the cheaper option for each number of failures, each as likely as it is."""
    events = np.arange(n + 1)
    likely = scipy.stats.betabinom(n, 12.5, 388.5).pmf(events)
    after = (12.5 + events) / (401 + n)  # mean of the rate after so many events
    return float(EACH * (likely @ np.maximum(after - SWITCH, 0)) - EACH * max(PRIOR.mean() - SWITCH, 0))


def case_of(text: str, folder: Path) -> tco.Case:
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return tco.load(file)


def loss(mean: float, sd: float) -> float:
    """Give E[max(0, X)] − max(0, E[X]) of a normal X: the unit normal loss (Raiffa and Schlaifer 1961, 5.13.2)."""
    z = abs(mean) / sd
    return sd * (scipy.stats.norm.pdf(z) - z * scipy.stats.norm.sf(z))


def drawn(inputs, n=2**16, seed=2):
    sampler = Sampler(inputs, n, seed=seed)
    chunks = [sampler.draws(chunk) for chunk in range(sampler.chunks)]
    return {path: np.concatenate([chunk[path] for chunk in chunks]) for path in sampler.paths}


class TestTwoOptionsAndNormals:
    """The second option saves 2 + 3a + 4b + c, unit normals: EVPI from sd √26, EVPPI of a from 3, of a and b from 5."""

    draws = drawn({name: Normal(0, 1) for name in "abcd"})
    saved = 2 + 3 * draws["a"] + 4 * draws["b"] + draws["c"]
    costs = np.stack([np.zeros_like(saved), -saved])

    def of(self, names):
        return evppi(self.costs, [self.draws[name] for name in names])

    def test_evpi_is_the_normal_loss(self):
        found = evpi(self.costs)
        assert found.value == pytest.approx(loss(2, math.sqrt(26)), abs=4 * found.standard_error)
        assert 0 < found.standard_error < 0.005

    @pytest.mark.parametrize(("names", "sd"), [("a", 3), ("b", 4), ("c", 1), ("ab", 5), ("bc", math.sqrt(17))])
    def test_evppi_is_the_normal_loss_of_what_would_be_known(self, names, sd):
        found = self.of(names)
        assert found.value == pytest.approx(loss(2, sd), abs=4 * found.standard_error + 0.002)
        assert found.standard_error < 0.02

    def test_evppi_of_what_does_not_matter_is_nothing(self):
        assert self.of("d").value == pytest.approx(0, abs=1e-9)

    def test_evppi_of_all_is_evpi_and_groups_are_worth_no_less_than_their_parts(self):
        values = [self.of(names).value for names in ("a", "ab", "abc", "abcd")]
        assert values == sorted(values)
        assert values[-1] == pytest.approx(evpi(self.costs).value, rel=1e-3)
        assert values[-1] <= evpi(self.costs).value

    def test_agrees_with_heormodel_on_the_same_draws(self):
        models = pytest.importorskip("heormodel.models")
        voi = pytest.importorskip("heormodel.voi")
        pandas = pytest.importorskip("pandas")
        index = pandas.RangeIndex(self.saved.size, name="iteration")
        costs = pandas.DataFrame({"old": self.costs[0], "new": self.costs[1]}, index=index)
        outcomes = models.Outcomes.from_wide(costs, 0 * costs)
        draws = pandas.DataFrame(self.draws, index=index)
        assert evpi(self.costs).value == pytest.approx(voi.evpi(outcomes, wtp=1.0), rel=1e-9)
        for name in "ab":
            assert self.of(name).value == pytest.approx(voi.evppi(outcomes, draws, name, wtp=1.0), rel=0.01)


def test_three_options_and_a_nonlinear_input_against_integration():
    """Costs 1, 2q², 3q − 2q·e for a uniform q: E[min_j E[C_j | q]] by quadrature; e is unit exponential, mean 1."""
    from tco.distributions import Gamma, Uniform

    draws = drawn({"q": Uniform(0, 2), "e": Gamma(1.0, 1.0)})
    q, e = draws["q"], draws["e"]
    costs = np.stack([np.ones_like(q), 2 * q**2, 3 * q - 2 * q * e])

    def best(value):
        return min(1.0, 2 * value**2, 3 * value - 2 * value) / 2

    known, _ = scipy.integrate.quad(best, 0, 2, points=[0.5, 1.0])
    found = evppi(costs, [q])
    assert found.value == pytest.approx(min(1.0, 2 * 4 / 3, 1.0) - known, abs=4 * found.standard_error + 0.003)


def test_voi_getz_heizer_the_decision_table_of_the_textbook():
    # voi-getz-heizer: Heizer & Render, Operations Management, module A (Getz), slides; probabilities 0.6 and 0.4
    payoffs = np.array([[200_000, -180_000], [100_000, -20_000], [0, 0]])
    states = np.tile([0, 0, 0, 1, 1], 16)
    costs = -payoffs[:, states].astype(float)
    assert -costs.mean(axis=1).min() == pytest.approx(52_000)  # max_emv
    assert -costs.min(axis=0).mean() == pytest.approx(120_000)  # evwpi
    assert evpi(costs).value == pytest.approx(68_000)  # evpi
    assert evppi(costs, [states.astype(float)]).value == pytest.approx(68_000)  # the market is all there is to know


SKIPPED = {
    "voi-chemo-evpi": "needs chemo_nb.rda of the R package voi, a binary file that is no part of this project",
    "voi-chemo-evppi-p2": "needs chemo_pars.rda of the R package voi, a binary file that is no part of this project",
    "voi-chemo-evppi-joint": "needs chemo_pars.rda of the R package voi, a binary file that is no part of this project",
    "voi-bcea-vaccine-curve": "needs Vaccine.RData of the R package BCEA, a binary file not in this project",
    "voi-dampack-va": "ratios of cost to a second outcome; here every outcome is money",
    "voi-dampack-cdiff": "ratios of cost to a second outcome; here every outcome is money",
}


@pytest.mark.parametrize("name", SKIPPED)
def test_reference_case_out_of_scope(name):
    pytest.skip(SKIPPED[name])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 3), st.sampled_from([64, 200, 512]))
def test_evppi_lies_between_nothing_and_evpi_whatever_the_draws(seed, options, inputs, n):
    random = np.random.default_rng(seed)
    known = [
        random.standard_normal(n) if random.random() < 0.7 else random.integers(0, 3, n) * 1.0 for _ in range(inputs)
    ]
    costs = (
        random.standard_normal((options, n)) * random.exponential(1) + random.standard_normal((options, 1)) * known[0]
    )
    everything, some = evpi(costs), evppi(costs, known)
    assert 0 <= some.value <= everything.value * (1 + 1e-12) + 1e-12


class TestBetaBinomial:
    prior = Beta(2.5, 60.5)

    @staticmethod
    def costs(rates):
        """A line, one that bends as the costs of goods that fail again and again do, and one that is certain."""
        return np.stack([1 - 20 * rates, 0.5 + 0.2 / (1 - 3 * rates), np.full_like(rates, 0.8)])

    model = BetaBinomial.of(prior, costs, low=0.0, high=0.3)

    def test_results_have_the_beta_binomial_probabilities(self):
        probabilities, _ = self.model.after(40)
        np.testing.assert_allclose(probabilities, scipy.stats.betabinom(40, 2.5, 60.5).pmf(range(41)), rtol=1e-9)

    @pytest.mark.parametrize(("units", "events"), [(40, 0), (40, 1), (40, 7), (900, 0), (900, 31), (900, 120)])
    def test_expected_costs_after_a_result_are_those_of_the_posterior(self, units, events):
        """By quadrature over Beta(2.5 + y, 60.5 + n − y)."""
        posterior = scipy.stats.beta(2.5 + events, 60.5 + units - events)
        _, costs = self.model.after(units)
        for row in range(3):

            def cost(rate, row=row):
                return self.costs(np.array([rate]))[row, 0] * posterior.pdf(rate)

            expected, _ = scipy.integrate.quad(cost, 0, 0.3, points=[posterior.mean()], limit=200)
            assert costs[row, events] == pytest.approx(expected, rel=1e-6)

    def test_value_grows_with_the_pilot_from_nothing_to_that_of_knowing_the_rate(self):
        """E[min] over the prior by quadrature; a sample never hurts (Blackwell 1953)."""

        def best(rate):
            return self.costs(np.array([rate])).min() * scipy.stats.beta(2.5, 60.5).pdf(rate)

        known, _ = scipy.integrate.quad(best, 0, 0.3, points=[0.01, 0.03, 0.05, 0.1], limit=500)
        perfect = self.model.after(0)[1][:, 0].min() - known
        values = [self.model.evsi(n) for n in (0, 1, 10, 100, 1_000, 20_000)]
        assert values[0] == pytest.approx(0, abs=1e-12)
        assert values == sorted(values)
        assert values[-1] < perfect
        assert values[-1] == pytest.approx(perfect, rel=0.01)

    def test_a_rare_result_that_brings_all_of_the_value_is_spoken_of(self):
        """Nobody expects a failure, yet one of them would cost more than the other option does."""
        model = BetaBinomial.of(Beta(0.5, 500_000.5), lambda q: np.stack([1 + 1e6 * q, np.full_like(q, 2.5)]))
        probability = 1 - scipy.stats.betabinom(200, 0.5, 500_000.5).pmf(0)
        assert probability < 0.001
        assert [(one.first, one.option) for one in model.segments(200)] == [(0, 0), (1, 1)]


BENT = (
    HEAD
    + """
product: {sale_price: 12, fulfilment_cost: 2}
returns: {activities: {ship: 3}, dispositions: {scrap: {share: rest}}}
contacts: {cost: 6}
failures: {leak: {stage: use, liable: supplier, returned: 50%, replace: 95%, contacts: 1}}
suppliers:
  old: {unit_price: 4.0, failure_rates: {leak: 30%}}
  new: {unit_price: 3.9, failure_rates: {leak: {beta: {mean: 30%, sd: 20%}}}}
"""
)


class TestARateThatCostsBendWith:
    """Goods that are sent again and again: 1/(1 − 0.95·q), far from any straight line."""

    def test_pilot_is_worth_what_drawing_its_results_says_and_no_more_than_knowing_the_rate(self, tmp_path):
        case, path = case_of(BENT, tmp_path), "suppliers.new.failure_rates.leak"
        result = information(case, n=4096, units=[50, 400])
        random = np.random.default_rng(5)
        prior = Worlds.of(case, 8).outcomes.inputs[path]
        rates = random.beta(prior.a, prior.b, 400_000)
        at = np.asarray(prior.quantile((np.arange(2000) + 0.5) / 2000))
        paid = Outcomes(case).costs({path: at})[2]
        paid = np.broadcast_to(paid, (2, at.size))
        costs = np.stack([np.interp(rates, at, row) for row in paid])
        (pilot,) = result.pilots
        for units, value, _ in pilot.curve:
            seen = random.binomial(units, rates)
            sums = np.stack([np.bincount(seen, row) for row in costs])
            drawn = (sums.sum(axis=1).min() - sums.min(axis=0).sum()) / rates.size
            assert value == pytest.approx(drawn, rel=0.01)
            assert value < result.inputs[0].evppi <= result.evpi * (1 + 1e-12)

    def test_rule_switches_where_the_expected_cost_of_the_posterior_does(self, tmp_path):
        case, path = case_of(BENT, tmp_path), "suppliers.new.failure_rates.leak"
        (pilot,) = information(case, n=4096, units=[50]).pilots
        prior = Worlds.of(case, 8).outcomes.inputs[path]
        better = []
        for events in range(51):
            posterior = scipy.stats.beta(prior.a + events, prior.b + 50 - events)
            old, new = Outcomes(case).costs({path: posterior.ppf((np.arange(4000) + 0.5) / 4000)})[2]
            better.append(new.mean() < old.mean())
        last = better.index(False) - 1
        assert f"if at most {last} show 'leak', choose new" in pilot.rule


JUMPS = (
    HEAD.replace("units_per_year: 12_000", "units_per_year: {uniform: [8_000, 30_000]}")
    + """
suppliers:
  old: {unit_price: 4.0}
  new:
    price_breaks: [{from_units_per_year: 0, unit_price: 4.4}, {from_units_per_year: 17_000, unit_price: 3.75}]
    one_off: {uniform: [0, 4_000]}
"""
)
TOGETHER = (
    HEAD
    + """
failures: {leak: {stage: use, liable: supplier, goodwill: {lognormal: {mean: 10, sd: 6}}}}
suppliers:
  old: {unit_price: 4.0, failure_rates: {leak: 5%}}
  new: {unit_price: 4.1, failure_rates: {leak: 8 of 200}}
correlations: [{between: [suppliers.new.failure_rates.leak, failures.leak.goodwill], rank: 0.8}]
"""
)


class TestKnowingOneInput:
    def test_of_a_volume_that_reaches_a_price_break_is_the_integral_by_hand(self, tmp_path):
        """From 17,000 units on, of 8,000 to 30,000, new saves 0.25 a unit less 2,000; below it costs 0.40 more.

        13/22 · (0.25·23,500 − 2,000) = 2,289.77; without knowing, 2,289.77 − 9/22 · (0.40·12,500 + 2,000) < 0: stay.
        """
        found = information(case_of(JUMPS, tmp_path), n=2**14).inputs[0]
        assert found.path == "demand.units_per_year"
        assert found.evppi == pytest.approx(13 / 22 * (0.25 * 23_500 - 2_000), rel=0.01)
        assert found.nested == pytest.approx(13 / 22 * (0.25 * 23_500 - 2_000), rel=0.01)

    def test_of_a_rate_that_another_input_moves_with_is_the_integral_over_the_rate(self, tmp_path):
        """Normal scores of rank 0.8 have ρ = 2·sin(π·0.8/6); goodwill given the rate's score z is lognormal again."""
        rho, variance = 2 * math.sin(math.pi * 0.8 / 6), math.log(1 + 0.6**2)
        z = scipy.stats.norm.ppf((np.arange(400_000) + 0.5) / 400_000)
        rate = scipy.stats.beta(8.5, 192.5).ppf(scipy.stats.norm.cdf(z))
        goodwill = 10 * np.exp(-variance / 2 + math.sqrt(variance) * rho * z + variance * (1 - rho**2) / 2)
        saved = 12_000 * (-0.1 + (0.05 - rate) * goodwill)
        expected = np.maximum(saved, 0).mean() - max(saved.mean(), 0)
        known = {one.path: one for one in information(case_of(TOGETHER, tmp_path)).inputs}
        found = known["suppliers.new.failure_rates.leak"]
        assert found.nested == pytest.approx(expected, rel=0.02)
        assert found.evppi == pytest.approx(expected, rel=0.03)

    def test_expected_costs_where_it_is_known_are_those_of_the_correlated_draws_near_it(self, tmp_path):
        case, path = case_of(TOGETHER, tmp_path), "suppliers.new.failure_rates.leak"
        worlds = Worlds.of(case, 2**17)
        for share in (0.02, 0.5, 0.97):
            value = np.array([float(worlds.outcomes.inputs[path].quantile(share))])
            runs = conditional_costs(worlds.outcomes, path, value, np.array([share]), total="all_in", n=4096, seed=1)[
                :, 0
            ]
            rank = scipy.stats.rankdata(worlds.draws[path]) / worlds.n
            near = worlds.costs[2][:, np.abs(rank - share) < 0.01]
            assert runs == pytest.approx(near.mean(axis=1), rel=0.002)

    def test_says_which_to_trust_where_regression_and_runs_are_apart(self, tmp_path):
        steps = [(0, 4.4), (10, 3.9), (12, 4.3), (14, 3.8), (16, 4.2), (18, 3.7), (20, 4.3), (22, 3.7), (24, 4.4)]
        written = ", ".join(f"{{from_units_per_year: {start}_000, unit_price: {price}}}" for start, price in steps)
        text = re.sub(r"price_breaks: \[.*\]", f"price_breaks: [{written}]", JUMPS)
        result = information(case_of(text, tmp_path), n=2048)
        top = result.inputs[0]
        assert top.apart
        assert top.worth == top.nested
        assert "trust the runs" in str(result)
        assert f"worth knowing most: {top.path}, {top.nested:,.0f}" in str(result)


class TestAPilotByHand:
    """Old costs 124,200, new 120,000 + 120,000·q: all figures from scipy's beta and beta-binomial."""

    def expected(self, n):
        events = np.arange(n + 1)
        rate = (12.5 + events) / (401 + n)
        gains = np.maximum(0, EACH * (SWITCH - rate))
        return scipy.stats.betabinom(n, 12.5, 388.5).pmf(events) @ gains - EACH * (SWITCH - PRIOR.mean())

    def test_value_is_that_of_every_possible_result(self, tmp_path):
        (pilot,) = information(case_of(RATE, tmp_path), n=4096).pilots
        for n, value, net in pilot.curve:
            assert value == net == pytest.approx(self.expected(n), rel=1e-6, abs=1e-3)
        assert pilot.curve[0][0] == 50

    def test_rule_switches_where_the_posterior_mean_passes_the_break_even_rate(self, tmp_path):
        """(12.5 + y)/(401 + n) ≤ 3.5 % is y ≤ 0.035·(401 + n) − 12.5; for n = 600 that is 22.5."""
        result = information(case_of(RATE, tmp_path), n=4096, units=[600])
        assert result.pilots[0].rule == (
            "order 600 units from The new one; if at most 22 show 'faulty', choose The new one; "
            "if more than 22, stay with The old one"
        )
        assert result.pilots[0].switches == pytest.approx(scipy.stats.betabinom(600, 12.5, 388.5).sf(22), rel=1e-6)
        assert "On Monday: " in str(result)

    def test_evppi_and_evpi_are_the_integral_over_the_rate(self, tmp_path):
        """All that is uncertain is the rate: E[max(0, s − q)] − (s − E[q]), times 120,000."""
        gain, _ = scipy.integrate.quad(lambda q: (SWITCH - q) * PRIOR.pdf(q), 0, SWITCH)
        expected = EACH * (gain - (SWITCH - PRIOR.mean()))
        result = information(case_of(RATE, tmp_path))
        assert result.evpi == pytest.approx(expected, rel=0.005)
        assert result.inputs[0].evppi == pytest.approx(expected, rel=0.005)
        assert evppi_nested(Outcomes(case_of(RATE, tmp_path)), "suppliers.new.failure_rates.faulty") == pytest.approx(
            expected, rel=0.005
        )

    def test_best_size_is_that_of_the_largest_net_value(self, tmp_path):
        sizes = (50, 100, 200, 400, 800, 1_600, 3_200)
        case = case_of(RATE, tmp_path)
        (pilot,) = information(case, n=4096, units=sizes, pilot_cost=20, pilot_unit_cost=0.05).pilots
        nets = {n: self.expected(n) - 20 - 0.05 * n for n in sizes}
        assert pilot.n == max(nets, key=nets.get)
        assert pilot.net == pytest.approx(nets[pilot.n], rel=1e-5)
        assert pilot.evsi == pytest.approx(self.expected(pilot.n), rel=1e-5)

    def test_that_costs_nothing_more_for_more_units_is_sized_by_its_net_value(self, tmp_path):
        """The size named is the smallest of 80 % of the largest net value; it pays as long as any size does."""
        largest = self.expected(20_000)
        for share in (0.0, 0.5, 0.95):
            result = information(case_of(RATE, tmp_path), n=4096, pilot_cost=share * largest)
            (pilot,) = result.pilots
            wanted = [n for n, *_ in pilot.curve if self.expected(n) - share * largest >= 0.8 * (1 - share) * largest]
            assert pilot.n == min(wanted)
            assert pilot.net > 0
            assert ("sized for 80 % of the largest net value" in str(result).replace("\n      ", " ")) == bool(share)

    def test_of_a_stated_size_is_said_to_be_so(self, tmp_path):
        result = information(case_of(RATE, tmp_path), n=4096, units=[200])
        assert "of the size asked for" in str(result)
        dear = information(case_of(RATE, tmp_path), n=4096, units=[200], pilot_cost=1e6)
        assert "the one rate that a pilot would count is not worth one of 200 at 1,000,000 and 0 a unit" in str(dear)
        assert (
            dear.pilots[0].rule == "no pilot for 'faulty': a pilot of 200 units costs more than what it shows is worth"
        )

    def test_of_a_rate_per_order_counts_orders(self, tmp_path):
        text = RATE.replace("stage: use,", "stage: delivery, per: order,")
        free = information(case_of(text, tmp_path), n=4096)
        assert free.pilots[0].counted == "orders"
        said = str(free).replace("\n      ", " ")
        assert re.search(r"faulty: [\d,]+ orders are worth .* EUR an order;", said)
        assert " units" not in said.split("Pilots")[1]
        dear = str(information(case_of(text, tmp_path), n=4096, pilot_unit_cost=0.01)).replace("\n      ", " ")
        assert "0.01 a unit (an order, where orders are counted)" in dear

    def test_that_costs_more_than_it_shows_is_not_proposed(self, tmp_path):
        result = information(case_of(RATE, tmp_path), n=4096, pilot_cost=1e6)
        (pilot,) = result.pilots
        assert (pilot.n, pilot.evsi, pilot.net) == (0, 0.0, 0.0)
        assert "costs more than what it shows is worth" in pilot.rule
        assert "Pilots: the one rate that a pilot would count is not worth one at 1,000,000 and 0 a unit" in str(result)

    def test_that_could_not_change_the_choice_is_not_proposed(self, tmp_path):
        result = information(case_of(RATE.replace("10.35", "13"), tmp_path), n=4096)
        assert result.pilots[0].n == 0
        assert result.pilots[0].rule.startswith("no pilot for 'faulty': whatever ")
        assert result.pilots[0].rule.endswith(" units showed, The new one stays best")
        assert "choose The new one" in str(result).splitlines()[-1]


@pytest.fixture(name="shipped", scope="module", params=CASES, ids=lambda path: path.name)
def fixture_shipped(request) -> tuple[tco.Case, Information]:
    case = tco.load(request.param)
    return case, information(case, n=4096)


class TestInformationOfShippedCases:
    def test_obeys_the_laws(self, shipped):
        """0 ≤ EVPPI ≤ EVPI; a group is worth no less than any part of it; EVSI ≤ EVPPI of its rate, but for noise."""
        _, shipped = shipped
        alone = {one.path: one for one in shipped.inputs}
        for one in (*shipped.inputs, *shipped.groups):
            assert 0 <= one.evppi <= shipped.evpi * (1 + 1e-12)
            for part in (*shipped.inputs, *shipped.groups):
                if set(part.paths) <= set(one.paths):
                    assert part.evppi <= one.evppi
        for pilot in shipped.pilots:
            values = [value for _, value, _ in pilot.curve]
            assert values == sorted(values)
            known = alone[pilot.path]
            assert values[-1] <= known.evppi + 4 * known.standard_error + 0.02 * shipped.evpi + 1

    def test_names_every_uncertain_input_the_most_valuable_first(self, shipped):
        case, shipped = shipped
        assert {one.path for one in shipped.inputs} == set(uncertain_inputs(case))
        values = [one.evppi for one in shipped.inputs]
        assert values == sorted(values, reverse=True)

    def test_is_the_smallest_expected_loss_of_the_simulation(self, shipped):
        case, shipped = shipped
        simulated = tco.simulate(case, 4096)
        assert shipped.evpi == pytest.approx(min(one.expected_loss for one in simulated.suppliers), rel=1e-9, abs=1e-6)
        assert shipped.best == simulated.best.supplier

    def test_fits_a_page_and_ends_in_what_to_do_on_monday(self, shipped):
        _, shipped = shipped
        lines = str(shipped).splitlines()
        assert len(lines) <= 45
        assert max(map(len, lines)) <= 100
        assert any(line.startswith("On Monday: ") for line in lines[-4:])
        assert "Assumed: " in str(shipped)
        assert "(EVPI)" in lines[0]

    def test_gives_plain_data_in_the_agreed_shape(self, shipped):
        _, shipped = shipped
        data = shipped.to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert {"evpi", "inputs", "pilots"} <= set(data)
        assert all({"path", "evppi", "standard_error"} <= set(one) for one in data["inputs"])
        assert all({"path", "n", "evsi", "net", "rule"} <= set(one) for one in data["pilots"])
        sizes = sum(len(one.curve) for one in shipped.pilots)
        assert len(shipped.to_frame()) == 1 + len(shipped.inputs) + len(shipped.groups) + sizes
        assert rows_as_csv(shipped.rows()).count("\n") == len(shipped.to_frame())
        assert "|---|" in view.markdown(shipped)
        assert shipped._repr_html_().startswith("<table>")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["reference", "couriers"])
def test_regression_and_nested_runs_agree(name):
    """Two ways to the same number, on inputs without correlations: the four most valuable ones."""
    case = tco.load(ROOT / f"scenarios/{name}.yaml")
    worlds = Worlds.of(case, 2**15)
    costs, outcomes = worlds.costs[2], worlds.outcomes
    correlated = {path for one in asked_correlations(case, outcomes.inputs) for path in (one.first, one.second)}
    values = {path: evppi(costs, [draws]) for path, draws in worlds.draws.items() if path not in correlated}
    for path in sorted(values, key=lambda one: -values[one].value)[:4]:
        found = values[path]
        noise = 4 * found.standard_error + 0.002 * evpi(costs).value
        assert found.value == pytest.approx(evppi_nested(outcomes, path, n=1024), rel=0.02, abs=noise)


def test_pilots_of_a_case_agree_with_drawing_their_results():
    """Crushed cartridges of Borealis: a binomial result for each draw of the rate, the best option for each result."""
    case = tco.load(CARTRIDGES)
    worlds, path = Worlds.of(case, 2**15), "suppliers.borealis.failure_rates.crushed"
    costs, units = worlds.costs[2], 400
    results = np.random.default_rng(4).binomial(units, worlds.draws[path])
    means = np.stack([np.bincount(results, weights=row) for row in costs])
    drawn_value = costs.mean(axis=1).min() - means.min(axis=0).sum() / worlds.n
    assert _model_of_rate(worlds, costs, path, "all_in").evsi(units) == pytest.approx(drawn_value, rel=0.05)


class TestInformation:
    def test_names_what_could_change_the_choice_and_not_what_moves_savings_most(self):
        """Whether the better box pays turns on how much is crushed; how much leaks moves both boxes alike."""
        result = information(tco.load(CARTRIDGES), n=8192)
        assert result.inputs[0].path == "suppliers.borealis.failure_rates.crushed"
        assert result.mover == "suppliers.borealis.failure_rates.leaks"
        told = str(result).replace("\n      ", " ")
        assert "suppliers.borealis.failure_rates.leaks, known alone, explains most of what" in told
        assert "On Monday: ask what a pilot of" in str(result)

    def test_does_not_depend_on_the_order_in_the_file(self):
        data = tco.load(CARTRIDGES).document.data
        backwards = {key: data[key] for key in reversed(list(data))}
        backwards["suppliers"] = {key: data["suppliers"][key] for key in reversed(list(data["suppliers"]))}
        first, second = (information(tco.from_data(one), n=2048) for one in (data, backwards))
        assert first.evpi == pytest.approx(second.evpi, rel=1e-9)
        assert first.inputs[0].path == second.inputs[0].path
        assert first.inputs[0].evppi == pytest.approx(second.inputs[0].evppi, rel=1e-6)
        assert [(one.path, one.n, one.rule) for one in first.pilots if one.n] == [
            (one.path, one.n, one.rule) for one in second.pilots if one.n
        ]

    def test_of_a_case_without_uncertainty_is_worth_nothing(self, tmp_path):
        result = information(case_of(HEAD + "suppliers: {old: {unit_price: 2}, new: {unit_price: 1}}", tmp_path))
        assert (result.evpi, result.inputs, result.pilots) == (0.0, (), ())
        assert "nothing that is uncertain could change that choice" in str(result)
        assert str(result).splitlines()[-1].startswith("On Monday: choose new")

    def test_finds_the_best_size_of_a_pilot_among_all_sizes(self, tmp_path):
        """Against every size from 1 to 1,000 by the preposterior sum itself: beta-binomial results, straight costs."""
        each = 0.1
        best = max(range(1, 1001), key=lambda n: preposterior(n) - each * n)
        found = information(case_of(RATE, tmp_path), n=4096, pilot_unit_cost=each).pilots[0]
        assert preposterior(found.n) - each * found.n == pytest.approx(preposterior(best) - each * best, rel=1e-4)
        assert found.net == pytest.approx(preposterior(found.n) - each * found.n, rel=0.01)

    def test_a_pilot_may_be_larger_than_any_size_on_the_list(self, tmp_path):
        case = case_of(RATE.replace("12_000}", "12_000_000}"), tmp_path)
        found = information(case, n=512, pilot_unit_cost=0.05).pilots[0]
        assert found.n > 20_000
        nets = {n: net for n, _, net in found.curve}
        assert nets[found.n] == max(nets.values())

    def test_a_pilot_of_stated_cost_that_pays_is_spoken_of_however_little_is_at_stake(self, tmp_path):
        case = case_of(RATE.replace("10.35", "10.6"), tmp_path)
        result = information(case, n=4096, pilot_cost=0.01)
        assert result.pilots[0].net > 0
        assert result.pilots[0].rule in str(result).replace("\n      ", " ")

    def test_many_inputs_without_effect_seem_to_say_nothing_together(self):
        """Sixty normals and a difference that knows none of them: the true value is 0, the EVPI 0.3989."""
        random = np.random.default_rng(8)
        costs = np.stack([random.standard_normal(8192), np.zeros(8192)])
        found = evppi(costs, list(random.standard_normal((60, 8192))))
        assert 0 <= found.value < 0.01

    def test_groups_that_are_asked_for_are_valued(self):
        paths = ["suppliers.borealis.failure_rates.crushed", "suppliers.borealis.failure_rates.leaks"]
        result = information(tco.load(CARTRIDGES), n=2048, groups={"what Borealis breaks": paths})
        assert [(one.label, one.paths) for one in result.groups] == [("what Borealis breaks", tuple(sorted(paths)))]
        alone = [one.evppi for one in result.inputs if one.path in paths]
        assert max(alone) <= result.groups[0].evppi <= result.evpi

    def test_nested_runs_stand_beside_the_regression(self):
        result = information(tco.load(CARTRIDGES), n=8192)
        nested = [one for one in result.inputs if one.nested is not None]
        assert nested
        for one in nested:
            assert one.nested == pytest.approx(one.evppi, rel=0.05, abs=4 * one.standard_error + 0.005 * result.evpi)

    def test_options_of_one_label_keep_their_own_groups(self, tmp_path):
        text = (
            HEAD
            + """
failures: {faulty: {stage: use, liable: supplier, goodwill: 10}, late: {stage: delivery, liable: carrier, goodwill: 1}}
suppliers:
  old: {unit_price: 10.35, failure_rates: {faulty: 2 of 90, late: 1 of 80}, label: The one}
  new: {unit_price: 10, failure_rates: {faulty: 12 of 400, late: 3 of 90}, label: The one}
"""
        )
        names = {one.label for one in information(case_of(text, tmp_path), n=512).groups}
        assert {"all of The one (old)", "all of The one (new)"} <= names

    def test_refuses_what_cannot_be(self, tmp_path):
        case, path = case_of(RATE, tmp_path), "suppliers.new.failure_rates"
        for words, arguments in (
            ("expected at least 64 draws, found 8", {"n": 8}),
            ("expected one of hard, hard_and_estimated, all_in, found 'npv'", {"total": "npv"}),
            ("expected a pilot's cost of 0 or more, found -1", {"pilot_cost": -1}),
            ("expected a pilot's cost of 0 or more, found nan", {"pilot_unit_cost": math.nan}),
            ("expected a pilot's cost of 0 or more, found inf", {"pilot_cost": math.inf}),
            ("expected pilots of 1 to 200,000 whole units, found 0", {"units": [0, 10]}),
            ("expected pilots of 1 to 200,000 whole units, found 68.5", {"units": [68.5]}),
            (
                "found 'suppliers.new.failure_rates.fauly': did you mean",
                {"groups": {"g": [f"{path}.fauly"]}},
            ),
            ("expected a seed of 0 or more, found -1", {"seed": -1}),
        ):
            with pytest.raises(UsageError, match=words):
                information(case, **arguments)
        with pytest.raises(UsageError, match="expected at least two options to choose from, found one"):
            information(case_of(HEAD + "suppliers: {old: {unit_price: 2}}", tmp_path))

    def test_of_options_that_cost_the_same_but_for_rounding_stays_with_the_baseline(self, tmp_path):
        """4.1 + 0.2 and 4.2 + 0.1 a unit: the same cost."""
        options = "suppliers: {new: {unit_price: 4.1, freight: 0.2}, old: {unit_price: 4.2, freight: 0.1}}"
        result = information(case_of(HEAD.replace("12_000", "11_000 to 13_000") + options, tmp_path), n=256)
        assert (result.best, result.saving) == ("old", 0)
        assert "today's choice: old, which costs the same on average as new" in str(result)

    def test_refuses_nested_runs_where_they_would_be_wrong(self):
        outcomes = Outcomes(tco.load(CARTRIDGES))
        with pytest.raises(UsageError, match=r"found product\.sale_price, which does not vary"):
            evppi_nested(outcomes, "product.sale_price")

    def test_refuses_a_case_whose_draws_break_a_limit(self, tmp_path):
        text = (
            HEAD
            + """
failures: {a: {stage: use, liable: supplier, goodwill: 1}, b: {stage: use, liable: supplier, goodwill: 1}}
suppliers:
  old: {unit_price: 2, failure_rates: {a: 1%, b: 1%}}
  new: {unit_price: 1, failure_rates: {a: {uniform: [30%, 60%]}, b: {uniform: [30%, 60%]}}}
"""
        )
        with pytest.raises(CaseError, match="failure rates of units sum to more than 100 %"):
            information(case_of(text, tmp_path), n=1024)
