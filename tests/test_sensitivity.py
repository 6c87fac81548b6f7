"""Sensitivity: indices against functions whose indices are known, tornado by hand, rules that were planted.

Reference cases of the area `sensitivity` in the project's collection of reference results: sa-ishigami, sa-salib-groups
and sa-sobolg6; none is left out.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner

import tco
from tco import cli
from tco.analyses.figure import Figure, labels_of
from tco.analyses.sensitivities import Sensitivity, sensitivity
from tco.analyses.stress import reverse_stress, stress
from tco.analyses.tornado import tornado
from tco.analyses.variance import associations, conditional_contribution, sobol_indices
from tco.distributions import Normal, Uniform
from tco.errors import CaseError, UsageError
from tco.outcomes import Outcomes, Worlds, asked_correlations, uncertain_inputs
from tco.sampling import Correlation, Sampler
from tco.views import sensitivity as view
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
PRICES = (
    HEAD
    + """
suppliers:
  old: {unit_price: 10.50, label: The old one}
  new: {unit_price: {uniform: [9, 11]}, freight: {uniform: [0, 0.10]}, label: The new one}
"""
)


def case_of(text: str, folder: Path) -> tco.Case:
    file = folder / "case.yaml"
    file.write_text(text, encoding="utf-8")
    return tco.load(file)


def ishigami(draws, a=7.0, b=0.1):
    return np.sin(draws["x1"]) + a * np.sin(draws["x2"]) ** 2 + b * draws["x3"] ** 4 * np.sin(draws["x1"])


THREE = {f"x{i}": Uniform(-math.pi, math.pi) for i in (1, 2, 3)}


def sobol_g(draws, a=(78, 12, 0.5, 2, 97, 33)):
    return np.prod([(np.abs(4 * draws[f"x{i}"] - 2) + one) / (1 + one) for i, one in enumerate(a)], axis=0)


SIX = {f"x{i}": Uniform(0, 1) for i in range(6)}


class TestSobolIndices:
    # sa-ishigami: OpenTURNS usecases/ishigami_function.py, SALib Ishigami.py, scipy test_sensitivity_analysis.py
    first, total = (0.313905191148, 0.44241114479, 0.0), (0.55758885521, 0.44241114479, 0.243683664062)

    def test_of_ishigami_lie_within_the_stated_intervals_of_the_published_values(self):
        found = sobol_indices(ishigami, THREE, 4096, seed=1)
        for index, first, total in zip(found.inputs, self.first, self.total, strict=True):
            assert index.first_order_interval[0] <= first <= index.first_order_interval[1]
            assert index.total_order_interval[0] <= total <= index.total_order_interval[1]
            assert index.first_order == pytest.approx(first, abs=0.01)
            assert index.total_order == pytest.approx(total, abs=0.01)
        assert found.mean == pytest.approx(3.5, abs=0.01)  # sa-ishigami, mean
        assert found.variance == pytest.approx(13.8445879407, rel=0.01)  # sa-ishigami, note

    def test_of_ishigami_miss_their_95_percent_intervals_no_more_often_than_that(self):
        """300 intervals; 95 % of them hold the truth, give or take 3 points (two standard deviations of a binomial)."""
        hits = []
        for seed in range(50):
            found = sobol_indices(ishigami, THREE, 512, seed=seed)
            for index, first, total in zip(found.inputs, self.first, self.total, strict=True):
                hits.append(index.first_order_interval[0] <= first <= index.first_order_interval[1])
                hits.append(index.total_order_interval[0] <= total <= index.total_order_interval[1])
        assert 0.92 <= np.mean(hits) <= 0.99

    def test_of_a_group_are_the_closed_indices_of_its_inputs(self):
        # sa-salib-groups: SALib tests/test_regression.py, the closed index of {x1, x3} is 0.5576
        found = sobol_indices(ishigami, THREE, 4096, groups={"G1": ["x3", "x1"], "G2": ["x2"]}).groups
        assert [one.name for one in found] == ["G1", "G2"]
        for index, expected in zip(found, (0.55758885521, 0.44241114479), strict=True):
            assert index.first_order == pytest.approx(expected, abs=0.005)
            assert index.total_order == pytest.approx(expected, abs=0.005)

    def test_of_the_g_function_are_the_published_ones(self):
        # sa-sobolg6: SALib tests/test_test_functions.py, a = (78, 12, 0.5, 2, 97, 33)
        first = (0.000276065038213, 0.0101948041626, 0.765743068216, 0.191435767054, 0.000179396283162, 0.0014904168715)
        total = (0.000329457685882, 0.01214323958, 0.79596976909, 0.220313061088, 0.000214096613, 0.00177825474501)
        found = sobol_indices(sobol_g, SIX, 8192, seed=3)
        for index, one, all_in in zip(found.inputs, first, total, strict=True):
            assert index.first_order_interval[0] <= one <= index.first_order_interval[1]
            assert index.total_order_interval[0] <= all_in <= index.total_order_interval[1]
            assert index.first_order == pytest.approx(one, abs=0.01)
            assert index.total_order == pytest.approx(all_in, abs=0.01)
        assert found.variance == pytest.approx(0.193469786796, rel=0.01)  # sa-sobolg6, V

    def test_of_a_sum_are_shares_of_the_variance_and_first_equals_total(self):
        """y = 3a + 4b with unit variances: 9/25 and 16/25, by hand."""
        found = sobol_indices(lambda x: 3 * x["a"] + 4 * x["b"], {"a": Normal(0, 1), "b": Normal(5, 1)}, 2048)
        for index, expected in zip(found.inputs, (9 / 25, 16 / 25), strict=True):
            assert index.first_order == pytest.approx(index.total_order, rel=1e-9)
            assert index.first_order == pytest.approx(expected, abs=4 * index.first_order_error)
            assert index.first_order_error < 0.01

    @pytest.mark.parametrize("seed", range(8))
    def test_first_order_never_exceeds_total_order(self, seed):
        for index in sobol_indices(ishigami, THREE, 64, seed=seed).inputs:
            assert index.first_order <= index.total_order

    def test_of_correlated_inputs_are_those_of_the_group(self):
        """y = a + b + c, unit normals, a and b with correlation r: (2 + 2r)/(3 + 2r); r = 2 sin(π·rank/6)."""
        inputs = {name: Normal(0, 1) for name in "abc"}
        found = sobol_indices(
            lambda x: x["a"] + x["b"] + x["c"], inputs, 4096, correlations=[Correlation("a", "b", 0.6)]
        )
        r = 2 * math.sin(math.pi * 0.6 / 6)
        assert [one.paths for one in found.inputs] == [("a", "b"), ("c",)]
        assert found.of("b").first_order == pytest.approx((2 + 2 * r) / (3 + 2 * r), abs=0.01)
        assert found.of("c").total_order == pytest.approx(1 / (3 + 2 * r), abs=0.01)

    def test_of_a_group_that_parts_correlated_inputs_are_refused_with_the_reason(self):
        inputs = {name: Normal(0, 1) for name in "abc"}
        with pytest.raises(
            UsageError, match=r"expected correlated inputs together in the group 'g', found a without b"
        ):
            sobol_indices(
                lambda x: x["a"], inputs, 64, correlations=[Correlation("a", "b", 0.6)], groups={"g": ["a", "c"]}
            )
        with pytest.raises(UsageError, match="found 'z'"):
            sobol_indices(lambda x: x["a"], inputs, 64, groups={"g": ["z"]})
        with pytest.raises(UsageError, match="expected at least one uncertain input in the group 'g'"):
            sobol_indices(lambda x: x["a"], inputs, 64, groups={"g": []})

    def test_do_not_depend_on_the_order_of_inputs(self):
        backwards = dict(reversed(list(SIX.items())))
        assert sobol_indices(sobol_g, SIX, 256).inputs == sobol_indices(sobol_g, backwards, 256).inputs

    def test_of_a_figure_that_does_not_vary_are_zero(self):
        for index in sobol_indices(lambda x: 0 * x["x1"] + 2, THREE, 64).inputs:
            assert (index.first_order, index.total_order, index.first_order_error) == (0, 0, 0)

    def test_say_what_points_they_are_made_from(self):
        """A and B take two dimensions an input, of which Sobol' points have 1,024."""
        for inputs, points in ((512, "Sobol' points"), (513, "Latin hypercubes")):
            many = {f"x{i}": Uniform(0, 1) for i in range(inputs)}
            assert sobol_indices(lambda x: x["x0"] + x["x1"], many, 64, moving=["x0", "x1"]).points == points

    def test_agree_with_scipy(self):
        def rows(x):
            return ishigami({f"x{i + 1}": x[i] for i in range(3)})

        uniforms = [scipy.stats.uniform(-math.pi, 2 * math.pi)] * 3
        theirs = scipy.stats.sobol_indices(func=rows, n=4096, dists=uniforms, rng=np.random.default_rng(1))
        ours = sobol_indices(ishigami, THREE, 4096).inputs
        np.testing.assert_allclose([one.first_order for one in ours], theirs.first_order, atol=0.02)
        np.testing.assert_allclose([one.total_order for one in ours], theirs.total_order, atol=0.02)

    def test_of_a_case_agree_with_salib_on_the_same_model(self):
        sample = pytest.importorskip("SALib.sample.sobol")
        analyze = pytest.importorskip("SALib.analyze.sobol")
        case = tco.load(ROOT / "scenarios/couriers.yaml")
        figure = Figure(Outcomes(case), "parcelline")
        inputs = uncertain_inputs(case)
        assert not asked_correlations(case, inputs)
        problem = {"num_vars": len(inputs), "names": sorted(inputs), "bounds": [[1e-9, 1 - 1e-9]] * len(inputs)}
        points = sample.sample(problem, 1024, calc_second_order=False, seed=1)
        columns = dict(zip(sorted(inputs), points.T, strict=True))
        drawn = {path: np.asarray(one.quantile(columns[path])) for path, one in inputs.items()}
        theirs = analyze.analyze(problem, figure(drawn), calc_second_order=False, num_resamples=30, seed=1)
        ours = sobol_indices(figure, inputs, 2048, pin=figure.pinned, moving=figure.moving)
        for one, first, first_width, total, total_width in zip(
            ours.inputs, *(theirs[key] for key in ("S1", "S1_conf", "ST", "ST_conf")), strict=True
        ):  # their 95 % widths, one and a half times over
            assert abs(one.first_order - first) <= 1.5 * first_width + 4 * one.first_order_error + 1e-9
            assert abs(one.total_order - total) <= 1.5 * total_width + 4 * one.total_order_error + 1e-9


class TestAFigure:
    @pytest.mark.parametrize("output", ["npv", "hard", "hard_and_estimated", "cost"])
    def test_carries_a_change_on_as_if_all_were_computed_anew(self, output):
        case = tco.load(CARTRIDGES)
        worlds = Worlds.of(case, 256)
        figure = Figure(worlds.outcomes, "borealis", output)
        changes = {"failures.leaks.churn": worlds.draws["failures.leaks.churn"][::-1]}
        pinned = figure.pinned(worlds.draws)
        np.testing.assert_array_equal(pinned(changes), figure({**worlds.draws, **changes}))
        np.testing.assert_array_equal(pinned({}), figure(worlds.draws))
        np.testing.assert_array_equal(figure.in_worlds(worlds), figure(worlds.draws))

    def test_is_what_the_simulation_says(self):
        case = tco.load(CARTRIDGES)
        worlds, simulated = Worlds.of(case, 4096), tco.simulate(case, 4096)
        for output, total in (("npv", "all_in"), ("hard", "hard"), ("hard_and_estimated", "hard_and_estimated")):
            mean = Figure(worlds.outcomes, "borealis", output)(worlds.draws).mean()
            assert mean == pytest.approx(simulated.supplier("borealis").npv[total].mean, rel=1e-9)

    def test_labels_name_whose_it_is_and_the_names_that_a_person_gave(self):
        case = tco.load(CARTRIDGES)
        paths = ["suppliers.acme.failure_rates.leaks", "returns.activities.inspection", "inventory.holding_rate"]
        assert list(labels_of(case, paths).values()) == [
            "Acme (today), leaks: probability per shipped unit or order",
            "inspection: cost of the activity, a returned unit",
            "cost of holding stock, a share of its value a year",
        ]


class TestAssociations:
    random = np.random.default_rng(5)
    n = 32_768

    def test_contribution_of_correlated_inputs_counts_what_one_tells_of_the_other(self):
        """y = 3a + 4b, correlation r: E[y|a] = (3 + 4r)a, so its share is (3 + 4r)² / (25 + 24r)."""
        for r in (0.0, 0.5, -0.5):
            a, b = self.random.standard_normal((2, self.n))
            b = r * a + math.sqrt(1 - r * r) * b
            share, error = conditional_contribution(a, 3 * a + 4 * b)
            assert share == pytest.approx((3 + 4 * r) ** 2 / (25 + 24 * r), abs=4 * error + 0.005)
            assert error < 0.01

    def test_contribution_of_heavy_tails_and_of_a_lone_input_is_whole(self):
        """y = 2x + 1: all of the variance, whatever the tails of x."""
        for x in (self.random.standard_normal(self.n), np.exp(3 * self.random.standard_normal(self.n))):
            share, error = conditional_contribution(x, 2 * x + 1)
            assert share == pytest.approx(1, abs=1e-9)
            assert error < 1e-6

    def test_contribution_of_a_curve_is_that_of_its_conditional_means(self):
        """y = x² + e of a standard normal x: Var(x²) = 2 of 2 + 1."""
        x, noise = self.random.standard_normal((2, self.n))
        share, error = conditional_contribution(x, x**2 + noise)
        assert share == pytest.approx(2 / 3, abs=4 * error + 0.005)

    def test_contribution_is_not_misled_by_the_pattern_of_evenly_spread_points(self):
        """Of a hundred Sobol' dimensions one makes the figure: what the ninety-nine others seem to make is noise."""
        sampler = Sampler({f"x{i:03}": Normal(0, 1) for i in range(100)}, 16_384)
        draws = sampler.draws(0)
        shares = [conditional_contribution(draws[path], draws["x050"]) for path in sampler.paths if path != "x050"]
        assert sum(abs(share) > 4 * error for share, error in shares) <= 3
        assert abs(np.mean([share for share, _ in shares])) < 0.01

    def test_money_per_sd_of_ranks_knows_nothing_of_scale(self):
        """y = exp(3x): ranks go together exactly, so a standard deviation of x moves y's rank by one of its own."""
        draws = {"x": self.random.standard_normal(4096)}
        y = np.exp(3 * draws["x"])
        assert associations(draws, y)["x"].money_per_rank_sd == pytest.approx(y.std(), rel=1e-9)

    def test_contribution_of_what_has_no_part_is_zero_on_average(self):
        shares = [
            conditional_contribution(*np.random.default_rng(seed).standard_normal((2, 2048)))[0] for seed in range(200)
        ]
        assert abs(np.mean(shares)) < 4 * np.std(shares) / math.sqrt(200)
        assert min(shares) < 0

    def test_money_per_sd_is_the_coefficient_times_the_sd(self):
        """y = 5a − 2b + 100 exactly: 5·sd(a) and −2·sd(b)."""
        draws = {"a": self.random.normal(3, 2, self.n), "b": self.random.exponential(4, self.n)}
        found = associations(draws, 5 * draws["a"] - 2 * draws["b"] + 100)
        assert found["a"].money_per_sd == pytest.approx(5 * draws["a"].std(), rel=1e-9)
        assert found["b"].money_per_sd == pytest.approx(-2 * draws["b"].std(), rel=1e-9)

    def test_rank_correlation_is_spearmans(self):
        draws = {"a": self.random.normal(3, 2, 2048)}
        y = np.exp(draws["a"]) + self.random.normal(0, 40, 2048)
        expected = scipy.stats.spearmanr(draws["a"], y).statistic
        assert associations(draws, y)["a"].rank_correlation == pytest.approx(expected, rel=1e-9)

    def test_contributions_and_first_order_indices_of_a_case_agree(self):
        result = sensitivity(tco.load(ROOT / "scenarios/couriers.yaml"))
        for one in result.inputs:
            noise = 4 * (one.association.contribution_error + one.index.first_order_error)
            assert one.association.contribution == pytest.approx(one.index.first_order, abs=noise + 0.01)


class TestTornado:
    def test_moves_one_input_from_its_10th_to_its_90th_percentile_by_hand(self, tmp_path):
        """12,000 units; 10 % and 90 % of 9 … 11 are 9.20 and 10.80, of 0 … 0.10 they are 0.01 and 0.09.

        NPV = 12,000 · (10.50 − price − freight); the means are 10 and 0.05, so the base is 5,400.
        """
        found = tornado(case_of(PRICES, tmp_path))
        assert found.supplier == "new"
        assert found.base == pytest.approx(5_400)
        price, freight = found.bars
        assert (price.path, price.from_value, price.to_value) == ("suppliers.new.unit_price", 9.2, 10.8)
        assert (price.low, price.high, price.swing) == pytest.approx((15_000, -4_200, 19_200))
        assert (freight.low, freight.high, freight.swing) == pytest.approx((5_880, 4_920, 960))

    def test_elasticity_is_taken_about_the_middle_and_left_out_where_the_sign_changes(self, tmp_path):
        """Of the cost, 12,000·(p + 0.05): (−19,200/−240,000…) by hand 2·19,200/241,200 over 2·1.6/20 = 0.99502…"""
        case = case_of(PRICES, tmp_path)
        assert tornado(case).bars[0].elasticity is None
        cost = tornado(case, output="cost").bars[0]
        assert cost.elasticity == pytest.approx((19_200 / 241_200) / (1.6 / 20.0))
        assert len(cost.spider) == 5
        assert cost.spider[2] == pytest.approx((10.0, 120_600))

    def test_takes_stated_ranges_also_of_what_is_certain(self, tmp_path):
        case = case_of(PRICES, tmp_path)
        ranges = {"suppliers.new.unit_price": (10.0, 10.1), "suppliers.old.unit_price": (10.0, 11.0)}
        found = {bar.path: bar for bar in tornado(case, ranges=ranges).bars}
        assert found["suppliers.new.unit_price"].swing == pytest.approx(1_200)
        assert found["suppliers.old.unit_price"].swing == pytest.approx(12_000)

    def test_refuses_what_does_not_exist(self, tmp_path):
        case = case_of(PRICES, tmp_path)
        with pytest.raises(
            UsageError, match=r"found 'suppliers\.new\.unit_prise': .*did you mean 'suppliers\.new\.unit_price'"
        ):
            tornado(case, ranges={"suppliers.new.unit_prise": (1, 2)})
        with pytest.raises(UsageError, match=r"expected a range from low to high for suppliers\.new\.unit_price"):
            tornado(case, ranges={"suppliers.new.unit_price": (2, 1)})
        with pytest.raises(
            UsageError, match=r"expected percentiles from above 0 % up to below 100 %, found 0 and 0\.9"
        ):
            tornado(case, low=0)
        with pytest.raises(
            UsageError, match="expected one of npv, hard, hard_and_estimated, cost as output, found 'irr'"
        ):
            tornado(case, output="irr")
        with pytest.raises(UsageError, match="expected a supplier of the case, found 'nwe': did you mean 'new'"):
            tornado(case, "nwe")

    def test_refuses_ranges_that_the_case_cannot_have(self):
        case = tco.load(CARTRIDGES)
        for path, ends, words in (
            ("suppliers.borealis.failure_rates.leaks", (-1.0, 0.5), "expected a share between 0 and 1 for suppliers"),
            ("suppliers.borealis.unit_price", (-5.0, 6.0), r"expected 0 or more for .*unit_price, found -5 to 6"),
            ("suppliers.borealis.failure_rates.leaks", (0.5, 1.0), "expected a range that the case can have"),
            ("discount_rate", (0.05, 0.3), "found 'discount_rate', of which time itself is made"),
            ("suppliers.borealis", (0.0, 1.0), "expected the path of a number"),
        ):
            with pytest.raises(UsageError, match=words):
                tornado(case, "borealis", ranges={path: ends})

    def test_a_range_may_be_stated_for_what_the_case_leaves_at_its_default(self):
        """Growth of the sale price, which stands at that of inflation: as `--set` of either end."""
        case, path = tco.load(CARTRIDGES), "product.sale_price_growth"
        assert path not in case.inputs
        bars = {bar.path: bar for bar in tornado(case, "borealis", ranges={path: (0.0, 0.08)}).bars}
        bar = bars[path]
        assert bar.stated
        for value, found in ((0.0, bar.low), (0.08, bar.high)):
            npv = tco.compare(case.with_({path: value})).supplier("borealis").npv
            assert found == pytest.approx(npv, rel=1e-9)


class TestDecisiveTails:
    """An input that moves nothing between its 10th and 90th percentile, and yet makes nearly all of the variance."""

    TEXT = (
        HEAD
        + """
suppliers:
  old: {unit_price: 9.9 to 10.1}
  new: {unit_price: {discrete: {9.95: 95%, 20: 5%}}}
"""
    )

    def test_is_named_first_and_the_swing_explained(self, tmp_path):
        result = sensitivity(case_of(self.TEXT, tmp_path), n=512)
        text = str(result)
        assert result.inputs[0].path == "suppliers.old.unit_price"  # the widest swing
        assert "new: purchase price" in text.splitlines()[1]
        assert "get a better number for suppliers.new.unit_price first" in text
        assert "Swing ranks suppliers.old.unit_price first, variance suppliers.new.unit_price" in " ".join(text.split())
        assert "variance takes all values, those beyond the ends too" in " ".join(text.split())

    def test_of_correlated_inputs_are_seen_too(self, tmp_path):
        """Neither price moves anything between its 10th and 90th percentile, and yet nothing else does."""
        prices = (
            "old: {unit_price: {discrete: {9.95: 95%, 20: 5%}}}",
            "new: {unit_price: {discrete: {9: 95%, 20: 5%}}}",
        )
        rank = "{between: [suppliers.old.unit_price, suppliers.new.unit_price], rank: 0.5}"
        text = f"{HEAD}\nsuppliers:\n  {prices[0]}\n  {prices[1]}\ncorrelations: [{rank}]"
        shown = str(sensitivity(case_of(text, tmp_path), n=64, draws=1024))
        assert "no uncertain input moves" not in shown
        assert "of the variance with what it tells of others" in shown.splitlines()[1]
        assert "suppliers.old.unit_price  " in shown
        assert "suppliers.new.unit_price  " in shown
        assert "nothing here needs a better number" not in shown

    def test_is_what_losing_worlds_have_in_common(self):
        """Between two values the cut stands in their middle."""
        draws = {"price": np.repeat([5.3, 12.0], [960, 40]), "other": np.random.default_rng(3).random(1000)}
        (rule, *_) = reverse_stress(draws, draws["price"] > 6)
        assert [tuple(one) for one in rule.conditions] == [("price", True, 8.65, 0.96)]
        assert (rule.coverage, rule.density) == (1, 1)


class TestStress:
    draws = {"u": (np.arange(4000) + 0.5) / 4000, "v": np.tile([0.0, 1.0], 2000)}  # noqa: RUF012

    def test_compares_a_band_with_everywhere(self):
        """y = u − 0.25 with u even on 0 … 1: above its median the mean is 0.50 and all of it is above 0."""
        found = stress(self.draws, self.draws["u"] - 0.25, {"u": (0.5, 1.0)})
        assert found.share == pytest.approx(0.5)
        assert found.mean == pytest.approx(0.5)
        assert (found.probability_positive, found.all_probability_positive) == pytest.approx((1.0, 0.75))
        assert found.all_mean == pytest.approx(0.25)
        assert found.mean_error == pytest.approx(0.5 / math.sqrt(12 * 2000), rel=1e-3)  # sd of a uniform over √n

    def test_refuses_what_says_nothing(self):
        y = self.draws["u"]
        with pytest.raises(UsageError, match="found 'w': it is certain"):
            stress(self.draws, y, {"w": (0, 0.5)})
        with pytest.raises(UsageError, match="expected a band such as 75% to 100% for u, found 80% to 20%"):
            stress(self.draws, y, {"u": (0.8, 0.2)})
        with pytest.raises(UsageError, match="expected at least 30 draws in the bands, found 4 of 4,000: widen"):
            stress(self.draws, y, {"u": (0.999, 1)})


class TestReverseStress:
    random = np.random.default_rng(11)
    draws = dict(zip("abcd", random.random((4, 20_000)), strict=True))  # noqa: RUF012

    def test_finds_a_planted_rule(self):
        a, b = self.draws["a"], self.draws["b"]
        (rule,) = reverse_stress(self.draws, (a > 0.7) & (b < 0.4))
        found = {(one.path, one.above): one for one in rule.conditions}
        assert set(found) == {("a", True), ("b", False)}
        assert found["a", True].value == pytest.approx(0.7, abs=0.02)
        assert found["b", False].percentile == pytest.approx(0.4)
        assert min(rule.coverage, rule.density) > 0.95
        assert rule.share == pytest.approx(0.12, abs=0.01)

    def test_finds_two_planted_rules(self):
        a, b, c = (self.draws[name] for name in "abc")
        rules = reverse_stress(self.draws, (a > 0.8) | ((b < 0.3) & (c > 0.5)))
        assert {frozenset(one.path for one in rule.conditions) for rule in rules} == {frozenset("a"), frozenset("bc")}
        assert all(rule.density > 0.95 for rule in rules)

    def test_finds_the_rule_where_most_worlds_lose(self):
        (rule,) = reverse_stress(self.draws, self.draws["a"] > 0.1)
        assert [(one.path, one.above, one.percentile) for one in rule.conditions] == [("a", True, pytest.approx(0.1))]

    def test_says_nothing_where_there_is_nothing_to_say(self):
        assert reverse_stress(self.draws, self.random.random(20_000) < 0.2) == ()
        assert reverse_stress(self.draws, np.zeros(20_000, dtype=bool)) == ()
        assert reverse_stress(self.draws, np.ones(20_000, dtype=bool)) == ()


@pytest.fixture(name="shipped", scope="module", params=CASES, ids=lambda path: path.name)
def fixture_shipped(request) -> tuple[tco.Case, Sensitivity]:
    case = tco.load(request.param)
    return case, sensitivity(case, n=512, draws=2048)


class TestSensitivityOfShippedCases:
    def test_has_every_uncertain_input_or_counts_it(self, shipped):
        case, shipped = shipped
        assert {one.path for one in shipped.inputs} == set(uncertain_inputs(case))
        text = view.text(shipped).split("\n\n")[1]
        shown = sum(text.count(f"\n  {view._middle(one.path, 43)} ") for one in shipped.inputs)
        counted = int(text.split("others (")[1].split(" ")[0]) if "others (" in text else 0
        assert shown + counted == len(shipped.inputs)

    def test_fits_a_page_and_ends_in_what_to_do(self, shipped):
        _, shipped = shipped
        lines = str(shipped).splitlines()
        assert len(lines) <= 45
        assert max(map(len, lines)) <= 100
        assert any(line.startswith("What to do: ") for line in lines[-4:])
        assert shipped.label[:30] in lines[0]
        assert "Assumed: " in str(shipped)

    def test_gives_plain_data_in_the_agreed_shape(self, shipped):
        _, shipped = shipped
        data = shipped.to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert {"supplier", "output", "method", "inputs"} <= set(data)
        wanted = {"path", "label", "low", "high", "swing", "first_order", "total_order", "standard_error"}
        assert all(wanted <= set(one) for one in data["inputs"])
        assert len(list(shipped.rows())) == len(shipped.to_frame()) == len(shipped.inputs)
        assert rows_as_csv(shipped.rows()).count("\n") == len(shipped.inputs)
        assert "|---|" in view.markdown(shipped)
        assert shipped._repr_html_().startswith("<table>")

    def test_tells_the_base_case_and_the_expected_value_apart(self, shipped):
        case, shipped = shipped
        assert shipped.base == pytest.approx(tco.compare(case).supplier(shipped.supplier).npv, rel=1e-9, abs=1e-6)
        mean = tco.simulate(case, 2048).supplier(shipped.supplier).npv["all_in"].mean
        assert shipped.expected == pytest.approx(mean, rel=1e-9, abs=1e-6)


class TestSensitivity:
    def test_does_not_depend_on_the_order_in_the_file(self):
        data = tco.load(CARTRIDGES).document.data
        backwards = {key: data[key] for key in reversed(list(data))}
        backwards["suppliers"] = {key: data["suppliers"][key] for key in reversed(list(data["suppliers"]))}
        backwards["failures"] = {key: data["failures"][key] for key in reversed(list(data["failures"]))}
        first, second = (sensitivity(tco.from_data(one), "borealis", n=256, draws=1024) for one in (data, backwards))
        assert [one.path for one in first.inputs] == [one.path for one in second.inputs]
        for one, other in zip(first.inputs, second.inputs, strict=True):
            assert one.swing == pytest.approx(other.swing, rel=1e-9)
            if one.index is not None:
                assert one.index.total_order == pytest.approx(other.index.total_order, rel=1e-6, abs=1e-12)

    def test_gives_correlated_inputs_no_share_of_their_own_but_one_together(self):
        result = sensitivity(tco.load(CARTRIDGES), n=512, draws=2048)
        pair = ("failures.leaks.churn", "suppliers.acme.failure_rates.leaks")
        for one in result.inputs:
            assert (one.index is None) == (one.path in pair)
        assert pair in [one.paths for one in result.groups]
        assert "Correlated inputs share variance" in str(result)
        assert all(set(one.paths).issuperset(pair) or not set(one.paths) & set(pair) for one in result.groups)

    def test_judges_groups_that_a_user_names(self):
        case = tco.load(CARTRIDGES)
        paths = ["suppliers.borealis.failure_rates.leaks", "suppliers.borealis.failure_rates.crushed"]
        result = sensitivity(case, "borealis", n=512, draws=1024, groups={"rates": paths})
        alone = {one.path: one.index.first_order for one in result.inputs if one.index}
        rates = next(one for one in result.groups if one.name == "rates")
        assert rates.first_order == pytest.approx(sum(alone[path] for path in paths), abs=0.02)  # they hardly interact

    @pytest.mark.parametrize("command", ["sensitivity", "information"])
    def test_refuses_a_group_named_twice(self, command):
        paths = ("failures.crushed.churn", "suppliers.borealis.switching_cost")
        named = [word for path in paths for word in ("--group", "mine", path)]
        result = CliRunner().invoke(cli.main, [command, str(CARTRIDGES), *named])
        assert result.exit_code == 2
        assert "expected every --group under a name of its own, found 'mine' twice" in result.stderr
        assert "write all of its inputs at once: --group NAME a,b" in result.stderr

    @pytest.mark.parametrize(("option", "ends"), [("--range", ("1%", "2%")), ("--stress", ("75%", "100%"))])
    def test_refuses_two_ranges_or_bands_of_one_input(self, option, ends):
        twice = [option, "failures.leaks.churn", *ends] * 2
        result = CliRunner().invoke(cli.main, ["sensitivity", str(CARTRIDGES), *twice])
        assert result.exit_code == 2
        words = f"expected one {option} for each input, found two for failures.leaks.churn: leave one out"
        assert words in " ".join(result.stderr.split())

    def test_a_group_of_one_input_is_of_one_input(self, tmp_path):
        groups = {"price + all": ["suppliers.new.unit_price"]}
        text = str(sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024, groups=groups))
        assert "\n  price + all, 1 input  " in text
        assert "1 inputs" not in text

    def test_one_input_left_out_is_one_input(self, tmp_path):
        """Carriage of 0 … 0.10 swings by 12,000 · 0.08 = 960."""
        result = sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024)
        assert "others (1 input of a swing of 960; --format csv has all)" in view._table(result, 1)

    def test_counts_an_input_that_a_group_names_twice_once(self):
        found = sobol_indices(lambda x: x["a"] + x["b"], {"a": Normal(0, 1), "b": Normal(0, 1)}, groups={"g": "aa"})
        assert found.groups[0].paths == ("a",)

    def test_stress_shows_what_bands_do(self):
        case = tco.load(CARTRIDGES)
        band = {"suppliers.borealis.failure_rates.leaks": (0.75, 1.0)}
        result = sensitivity(case, "borealis", n=64, draws=2048, bands=band)
        assert result.stressed.share == pytest.approx(0.25, abs=0.001)
        assert result.stressed.mean < result.stressed.all_mean
        assert "Stress, 25 % of worlds" in str(result)

    def test_names_where_it_loses(self, tmp_path):
        """NPV = 12,000·(10.50 − price − freight) loses where the price is above 10.45 or so: the top 27 %."""
        result = sensitivity(case_of(PRICES, tmp_path), n=64)
        condition = result.rules[0].conditions[0]
        assert (condition.path, condition.above) == ("suppliers.new.unit_price", True)
        assert condition.value == pytest.approx(10.45, abs=0.06)
        assert "suppliers.new.unit_price above 10.4" in str(result).replace("10.5", "10.4")
        assert "of the worlds there lose" in str(result)

    @pytest.mark.parametrize("ends", [(4.5, 5.5), (4.8999, 4.9001)])
    def test_a_range_asked_for_is_among_the_rows(self, ends):
        """Whether its swing is the widest or the smallest; certain in the case, it has no share of the variance."""
        path = "suppliers.borealis.unit_price"
        case = tco.load(CARTRIDGES)
        result = sensitivity(case, "borealis", n=64, draws=1024, ranges={path: ends})
        lines = str(result).splitlines()
        (row,) = [line for line in lines if line.startswith(f"  {path} ")]
        assert "*" in row
        assert row.split()[-2:] == ["–", "–"]
        assert "* a stated range instead; – certain in the case" in lines
        low, high = (tco.compare(case.with_({path: end})).supplier("borealis").npv for end in ends)
        assert f"{low:,.0f} … {high:,.0f}" in row
        assert len(lines) <= 45

    def test_every_range_asked_for_is_among_the_rows(self):
        """Eight prices of inputs that move little, and one that moves nothing."""
        case = tco.load(CARTRIDGES)
        moved = [one for one in sensitivity(case, "borealis", n=64, draws=1024).inputs if one.swing > 0][-8:]
        still = next(one for one in sensitivity(case, "borealis", n=64, draws=1024).inputs if one.swing == 0)
        ranges = {one.path: (one.bar.from_value, one.bar.to_value) for one in [*moved, still]}
        text = str(sensitivity(case, "borealis", n=64, draws=1024, ranges=ranges))
        assert text.count("*  ") == len(ranges)

    def test_a_range_may_be_stated_for_what_the_case_leaves_at_its_default(self):
        case, path = tco.load(CARTRIDGES), "product.sale_price_growth"
        result = sensitivity(case, "borealis", n=64, draws=1024, ranges={path: (0.0, 0.08)})
        (one,) = [one for one in result.inputs if one.path == path]
        npv = tco.compare(case.with_({path: 0.08})).supplier("borealis").npv
        assert one.bar.high == pytest.approx(npv, rel=1e-9)
        assert "growth of the sale price a year" in str(result)

    @pytest.mark.parametrize(
        ("path", "ends", "words"),
        [  # the price makes nearly all of the variance: (2/0.1)² : 1, of uniforms on 9 … 11 and 0 … 0.10
            (
                "suppliers.old.unit_price",
                (8.0, 13.0),
                "Swing ranks suppliers.old.unit_price first, variance suppliers.new.unit_price: the former is certain "
                "in the case, so it has a swing in the range stated for it but no variance.",
            ),
            (
                "suppliers.new.freight",
                (0.0, 3.0),
                "Swing ranks suppliers.new.freight first, variance suppliers.new.unit_price: the swing takes the range "
                "stated for suppliers.new.freight, variance the distribution in the case.",
            ),
            (
                "suppliers.new.unit_price",
                (10.0, 10.001),
                "Swing ranks suppliers.new.freight first, variance suppliers.new.unit_price: the swing takes the range "
                "stated for suppliers.new.unit_price, variance the distribution in the case.",
            ),
        ],
    )
    def test_a_stated_range_is_named_as_the_reason_of_another_ranking(self, tmp_path, path, ends, words):
        text = str(sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024, ranges={path: ends}))
        assert words in " ".join(text.split())

    def test_correlation_is_a_reason_of_another_ranking(self, tmp_path):
        """The narrower price moves with carriage, which together make more than the wider one of the old."""
        text = f"""{HEAD}
suppliers:
  old: {{unit_price: {{uniform: [10, 12]}}}}
  new: {{unit_price: {{uniform: [9, 10.9]}}, freight: {{uniform: [0, 1.9]}}}}
correlations: [{{between: [suppliers.new.unit_price, suppliers.new.freight], rank: 0.9}}]"""
        shown = " ".join(str(sensitivity(case_of(text, tmp_path), n=256, draws=4096)).split())
        assert "Swing ranks suppliers.old.unit_price first, variance suppliers.new." in shown
        assert "what inputs do together and tell of each other." in shown

    def test_says_what_points_its_runs_are_made_from(self, tmp_path):
        result = sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024)
        for points in ("Sobol' points", "Latin hypercubes"):
            told = replace(result, points=points)
            assert f"runs ({points}, seed 0)" in " ".join(str(told).split())
            assert told.to_dict()["method"].endswith(f"eight independent replicates of {points}")

    def test_a_share_that_rounds_to_zero_has_no_sign(self, tmp_path):
        result = sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024)
        (group,) = result.groups
        shown = str(replace(result, groups=(replace(group, first_order=-0.004),)))
        assert " 0 ±0.0 %" in shown
        assert "-0 ±" not in shown

    @pytest.mark.parametrize(("first", "total"), [(0.006, 0.002), (0.001, 0.0061)])
    def test_each_share_is_known_as_well_as_the_text_says(self, tmp_path, first, total):
        """The widest error is a group's 0.006: t of seven degrees 2.365 · 0.6 = 1.42 points, so 1.5 written upwards."""
        result = sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024)
        (group,) = result.groups
        result = replace(result, groups=(replace(group, first_order_error=first, total_order_error=total),))
        assert "Each share is known to ±1.5 points (95 %) or better." in str(result)

    def test_no_share_is_said_to_be_known_without_an_error(self, tmp_path):
        """A lone input makes all of the variance, with no spread between replicates; the text has tenths of points."""
        text = HEAD + "suppliers: {old: {unit_price: 10.50}, new: {unit_price: {uniform: [9, 11]}}}"
        assert "known to ±0.1 points (95 %)" in str(sensitivity(case_of(text, tmp_path), n=64, draws=1024))

    def test_the_error_of_a_correlated_input_named_first_counts(self, tmp_path):
        """All inputs are correlated, so that none has an index; the share in the headline is read from the draws."""
        text = f"{PRICES}\ncorrelations: [{{between: [suppliers.new.unit_price, suppliers.new.freight], rank: 0.5}}]"
        result = sensitivity(case_of(text, tmp_path), n=64, draws=1024)
        inputs = tuple(replace(x, association=replace(x.association, contribution_error=0.02)) for x in result.inputs)
        assert "known to ±4.8 points (95 %)" in str(replace(result, inputs=inputs))  # 2.365 · 2 = 4.73

    @pytest.mark.parametrize(
        ("old", "words"),
        [  # the new one costs 9 … 11.10
            (12.0, "Losing worlds: none of 1,024 draws"),
            (8.0, "Losing worlds: all of 1,024 draws"),
        ],
    )
    def test_says_where_all_or_no_worlds_lose(self, tmp_path, old, words):
        case = case_of(PRICES, tmp_path).with_({"suppliers.old.unit_price": old})
        assert words in str(sensitivity(case, n=64, draws=1024))

    def test_worlds_that_save_nothing_count_with_those_that_lose_and_are_said_to(self, tmp_path):
        """A price of 9 saves, one of 10 is the baseline's own: none loses money, and four of ten save none."""
        text = HEAD + "suppliers: {old: {unit_price: 10}, new: {unit_price: {discrete: {9: 60%, 10: 40%}}}}"
        shown = str(sensitivity(case_of(text, tmp_path), n=64, draws=1024))
        assert "Losing worlds (40 % of all, in which nothing is saved) have in common" in shown

    def test_says_where_too_few_worlds_lose_to_tell(self, tmp_path):
        """Of prices even on 9 … 11 one in a hundred is above 10.98: ten of 1,024 draws, give or take evenness."""
        text = HEAD + "suppliers: {old: {unit_price: 10.98}, new: {unit_price: {uniform: [9, 11]}}}"
        shown = str(sensitivity(case_of(text, tmp_path), n=64, draws=1024))
        assert re.search(r"Losing worlds: (9|10|11|12) of 1,024 draws, too few to say what they have in common", shown)

    @pytest.mark.parametrize(
        ("price", "words"),
        [
            (10.0, "it saves in all 1,024 draws, but not everywhere in the range stated for suppliers.new.unit_price"),
            (11.0, "it saves in no draw, but does in the range stated for suppliers.new.unit_price"),
        ],
    )
    def test_a_stated_range_may_say_otherwise_than_every_draw(self, tmp_path, price, words):
        """Against 10.50 a price of 9 saves and one of 11 does not."""
        text = HEAD + f"suppliers: {{old: {{unit_price: 10.50}}, new: {{unit_price: {price}}}}}"
        ranges = {"suppliers.new.unit_price": (9.0, 11.0)}
        shown = " ".join(str(sensitivity(case_of(text, tmp_path), n=64, draws=1024, ranges=ranges)).split())
        assert words in shown
        assert "so no better number is needed" not in shown
        assert "purchase price, in the supplier's currency, in the range stated for it" in shown

    def test_a_cost_that_nothing_uncertain_moves_asks_for_the_range_in_the_case(self, tmp_path):
        text = HEAD + "suppliers: {old: {unit_price: 10 to 11}, new: {unit_price: 10}}"
        ranges = {"suppliers.new.unit_price": (9.0, 11.0)}
        case = case_of(text, tmp_path)
        shown = " ".join(str(sensitivity(case, output="cost", n=64, draws=1024, ranges=ranges)).split())
        assert (
            "What to do: nothing that is uncertain in the case moves this cost; write the range of suppliers" in shown
        )

    def test_a_saving_by_hard_lines_is_not_called_a_saving_all_in(self, tmp_path):
        """Prices are hard lines: the new one costs at most 11.10 of 12."""
        case = case_of(PRICES, tmp_path).with_({"suppliers.old.unit_price": 12.0})
        shown = " ".join(str(sensitivity(case, output="hard", n=64, draws=1024)).split())
        assert "it saves by its hard lines alone in all 1,024 draws" in shown

    def test_a_cost_under_stress_is_not_said_to_be_above_zero(self, tmp_path):
        bands = {"suppliers.new.unit_price": (0.75, 1.0)}
        shown = str(sensitivity(case_of(PRICES, tmp_path), output="cost", n=64, draws=1024, bands=bands))
        assert "Stress, 25 % of worlds" in shown
        assert "above 0" not in shown

    def test_the_finding_says_where_other_inputs_have_a_part_in_a_share(self, tmp_path):
        """Cost 12,000·p·(1 + d), p even on 1 … 3, d even on 0 … 1: what multiplies has a part in what the other does.

        Var = E[p²]·E[(1+d)²] − 4·1.5² = 13/3·7/3 − 9 = 10/9; alone p makes (1/3)·2.25, so 67.5 %, in all (1/3)·(7/3),
        so 70 %.
        """
        text = (
            HEAD
            + "suppliers: {old: {unit_price: 3}, new: {unit_price: {uniform: [1, 3]}, duty_rate: {uniform: [0, 1]}}}"
        )
        result = sensitivity(case_of(text, tmp_path), output="cost", n=4096, draws=1024)
        (price,) = [one.index for one in result.inputs if one.path == "suppliers.new.unit_price"]
        assert price.first_order == pytest.approx(0.675, abs=0.005)
        assert price.total_order == pytest.approx(0.70, abs=0.005)
        assert str(result).splitlines()[1].endswith(", a part in 70 % of the variance")

    def test_a_group_asked_for_that_has_no_effect_is_counted(self, tmp_path):
        text = PRICES + "  third: {unit_price: 11 to 12}"
        groups = {"mine": ["suppliers.new.unit_price", "suppliers.new.freight"], "idle": ["suppliers.third.unit_price"]}
        shown = str(sensitivity(case_of(text, tmp_path), "new", n=64, draws=1024, groups=groups))
        assert "  others (1 group without any effect; --format json has all)" in shown

    def test_many_small_inputs_that_weigh_together_are_not_to_be_left(self, tmp_path):
        result = sensitivity(case_of(PRICES, tmp_path), n=64, draws=1024)
        top, small = result.inputs
        for many, left in ((4, True), (10, False)):  # of 0.9 % each: 3.6 % and 9 % together
            others = [
                replace(small, path=f"{small.path}{i}", index=replace(small.index, total_order=0.009))
                for i in range(many)
            ]
            words = f"Leave the {many} inputs below 1 %"
            assert (words in " ".join(str(replace(result, inputs=(top, *others))).split())) == left

    def test_values_beside_a_power_of_ten_are_written_in_digits(self):
        assert view.amount(999.6, "number") == "1,000"
        assert view.amount(9.996, "rate") == "1,000 %"

    def test_of_a_case_without_uncertainty_says_so(self, tmp_path):
        result = sensitivity(case_of(HEAD + "suppliers: {old: {unit_price: 2}, new: {unit_price: 1}}", tmp_path))
        assert result.inputs == ()
        assert "no uncertain input moves its NPV" in str(result)
        assert len(json.dumps(result.to_dict())) > 0

    def test_refuses_a_case_whose_draws_break_a_limit_as_simulate_does(self, tmp_path):
        text = (
            HEAD
            + """
failures: {a: {stage: use, liable: supplier, goodwill: 1}, b: {stage: use, liable: supplier, goodwill: 1}}
suppliers:
  old: {unit_price: 2, failure_rates: {a: 1%, b: 1%}}
  new: {unit_price: 1, failure_rates: {a: {uniform: [30%, 60%]}, b: {uniform: [30%, 60%]}}}
"""
        )
        case = case_of(text, tmp_path)
        with pytest.raises(CaseError, match="failure rates of units sum to more than 100 %") as ours:
            sensitivity(case, draws=1024)
        with pytest.raises(CaseError) as theirs:
            tco.simulate(case, 1024)
        assert str(ours.value) == str(theirs.value)

    def test_refuses_a_handful_of_samples_and_a_case_of_one_option(self, tmp_path):
        with pytest.raises(UsageError, match="expected at least 64 samples and draws, found 8"):
            sensitivity(tco.load(CARTRIDGES), n=8)
        with pytest.raises(UsageError, match="expected an option besides old, found none"):
            sensitivity(case_of(HEAD + "suppliers: {old: {unit_price: 2 to 3}}", tmp_path))
