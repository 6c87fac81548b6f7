"""Charts: figures as in the results, findings as in the figures, nothing that collides, the same file every time."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

import tco
from tco.analyses.cash import cash_flow
from tco.analyses.sensitivities import sensitivity
from tco.analyses.value_of_information import information
from tco.charting import KINDS, _Asked, along_the_price, chart
from tco.comparison import compare
from tco.errors import TcoError, UsageError
from tco.outcomes import Worlds
from tco.results import TOTALS
from tco.simulation import simulate
from tco.views.charts import sentences, style
from tco.views.table import NAMES

ROOT = Path(__file__).parent.parent
CASES = sorted((ROOT / "scenarios").glob("*.yaml"))
DRAWS = 128


@functools.cache
def case_of(name: str) -> tco.Case:
    return tco.load(ROOT / f"scenarios/{name}.yaml")


@functools.cache
def asked(name: str, supplier: str = "") -> _Asked:
    """What all kinds of one case share, so that it is computed once."""
    return _Asked(case_of(name), supplier, "", "", DRAWS, 0)


def finding(ax) -> str:
    return " ".join(ax.get_title(loc="left").split())


def words_on(figure: Figure) -> list[Text]:
    """Give all words that a figure shows; of ticks, those that lie on their axis."""
    figure.draw_without_rendering()
    axes = [(ax, axis) for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    ticks = [(axis, tick) for _, axis in axes for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())]
    labels = {id(label) for _, tick in ticks for label in (tick.label1, tick.label2)}
    found = [one for one in figure.findobj(Text) if id(one) not in labels]
    for axis, tick in ticks:
        low, high = sorted(axis.get_view_interval())
        inside = low - 1e-9 * (high - low) <= tick.get_loc() <= high + 1e-9 * (high - low)
        if axis.get_visible() and inside:
            found += [label for label in (tick.label1, tick.label2) if label.get_visible()]
    return [one for one in found if one.get_visible() and one.get_text().strip()]


def mishaps(figure: Figure) -> list[str]:
    """Tell which words overlap each other, leave the figure, or lie under a legend."""
    placed = [(one.get_text(), one.get_window_extent()) for one in words_on(figure)]
    found = []
    for words, box in placed:
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > figure.bbox.x1 + 0.5 or box.y1 > figure.bbox.y1 + 0.5:
            found.append(f"cut: {words!r}")
    for (words, a), (others, b) in itertools.combinations(placed, 2):
        wide, tall = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 1 and tall > 1:
            found.append(f"collide: {words!r} and {others!r}")
    for ax in figure.axes:
        legend, inside = ax.get_legend(), ax.get_window_extent()
        if legend is not None:
            box = legend.get_window_extent()
            if (
                min(box.x1, inside.x1) - max(box.x0, inside.x0) > 1
                and min(box.y1, inside.y1) - max(box.y0, inside.y0) > 1
            ):
                found.append("a legend lies on the axes")
            if box.x1 > figure.bbox.x1 + 0.5 or box.y1 > figure.bbox.y1 + 0.5:
                found.append("a legend is cut")
    return found


def drawn(kind: str, one: _Asked):
    """Draw a kind; None where the case has nothing for it, and says so."""
    with contextlib.suppress(UsageError):
        return KINDS[kind](one)
    return None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [path.stem for path in CASES if path.stem != "unknown_rate"])
def test_every_kind_draws_every_shipped_case_with_a_finding_and_nothing_collides(name, kind):
    ax = drawn(kind, asked(name))
    if ax is None:
        assert (name, kind) == ("hard_drives", "belief")
        return
    assert len(finding(ax)) > 20
    assert ax.get_ylabel() or kind in ("bridge", "tornado", "sobol", "evppi")
    assert mishaps(ax.figure) == []


def eight(options: int = 8, label: str = "Branch {} of Precision Manufacturing and Trading Company Ltd") -> tco.Case:
    """Options with names of 60 characters, failure modes and extra costs with long names, credits, a huge price."""
    arrival, page = "cracked on arrival and reported by telephone", "does not do what the product page says it does"
    modes = {
        arrival: {"stage": "unboxing", "liable": "carrier", "returned": "60%", "refund": "50%", "contacts": 1},
        page: {"stage": "use", "liable": "supplier", "returned": "40%", "replace": "40%", "churn": "1% to 4%"},
    }
    suppliers = {
        f"s{i}": {
            "label": label.format(i),
            "unit_price": 1_000 + 35 * i,
            "freight": {"pert": [10, 20, 30 + 5 * i]},
            "failure_rates": dict.fromkeys(modes, f"{6.2 - 0.6 * i:.2f}% to {8.9 - 0.6 * i:.2f}%"),
            "inventory": {"lead_time_days": 30 + 3 * i, "lead_time_sd_days": 5},
        }
        for i in range(options)
    }
    for name in list(suppliers)[1:]:
        suppliers[name]["switching_cost"] = {"triangular": [100_000, 200_000, 600_000]}
    insured = "a special inspection by the insurer of the whole company"
    return tco.from_data(
        {
            "tco": 1,
            "name": "Which of the vendors for the part that costs little and of which so very much depends?",
            "currency": "GBP",
            "start": "2027-01",
            "horizon_months": 48,
            "discount_rate": "8%",
            "baseline": "s0",
            "product": {"sale_price": 4000, "fulfilment_cost": 30},
            "demand": {
                "customers": 20_000,
                "orders_per_customer_per_year": 2,
                "annual_base_churn": "20%",
                "monthly_cv": "20%",
            },
            "returns": {"activities": {"shipping": 30}, "dispositions": {"scrap": {"share": "rest", "cost": 3}}},
            "contacts": {"cost": 60},
            "churn": {"valuation": "lost_margin"},
            "failures": modes,
            "inventory": {"order_interval_days": 30, "service_level": "95%", "holding_rate": "18% to 26%"},
            "suppliers": suppliers,
            "extra_costs": [
                {"name": insured, "per": "unit", "amount": 35, "group": "supply", "grade": "hard"},
                {"name": "rebate for volume", "per": "unit", "amount": -140, "group": "supply", "grade": "hard"},
            ],
        }
    )


@functools.cache
def asked_of_many(options: int) -> _Asked:
    return _Asked(eight(options), f"s{options - 1}", "", "", 128, 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", [2, 8])
def test_names_of_sixty_characters_neither_collide_nor_are_cut(options, kind):
    assert len(eight(2).options[0].label) >= 58
    ax = KINDS[kind](asked_of_many(options))
    assert mishaps(ax.figure) == []


@pytest.mark.parametrize("options", [3, 5, 6])
def test_columns_of_any_number_of_options_do_not_collide(options):
    assert mishaps(chart.cost(compare(eight(options))).figure) == []


def test_the_check_of_collisions_finds_them():
    figure = Figure()
    ax = figure.add_subplot()
    ax.text(0.5, 0.5, "here")
    ax.text(0.5, 0.5, "there")
    ax.text(0.99, 0.8, "beyond the edge of the figure, far beyond")
    found = mishaps(figure)
    assert any("'here' and 'there'" in one for one in found)
    assert any(one.startswith("cut") for one in found)


def test_names_that_begin_alike_are_told_apart_when_cut():
    names = [f"The very same long beginning of the name of every option, number {i}" for i in range(3)]
    cut = style.told_apart(names, 70, 9, lines=2)
    assert len(set(cut)) == 3
    assert all("…" in name and name.endswith(str(i)) for i, name in enumerate(cut))


def test_dollar_signs_in_names_are_no_formulas():
    ax = chart.cost(compare(eight(2, label="The $5 box in the $6 crate, number {} of a long series")))
    assert "The $5 box in the $6 crate" in " ".join(ax.get_xticklabels()[0].get_text().split())
    assert not any(one.get_parse_math() for one in words_on(ax.figure))


class TestFigures:
    """What is drawn is what the result says."""

    def layers(self, ax) -> list[list[Rectangle]]:
        return [list(container) for container in ax.containers if isinstance(container, BarContainer)]

    @pytest.mark.parametrize("name", [path.stem for path in CASES])
    def test_layers_of_a_column_add_up_to_the_cost_a_unit(self, name):
        result = compare(case_of(name))
        columns = zip(*self.layers(chart.cost(result)), strict=True)
        for option, column in zip(result.suppliers, columns, strict=True):
            assert sum(bar.get_height() for bar in column) == pytest.approx(option.cost_per_unit, rel=1e-12)

    @pytest.mark.parametrize("name", [path.stem for path in CASES])
    def test_layers_by_stage_and_by_mode_add_up_to_what_failures_cost(self, name):
        result = compare(case_of(name))
        for draw, kinds in ((chart.stages, "by_stage"), (chart.modes, "by_mode")):
            columns = zip(*self.layers(draw(result)), strict=True)
            for option, column in zip(result.suppliers, columns, strict=True):
                total = sum(getattr(option, kinds).values()) / result.planned.discounted_units
                assert sum(bar.get_height() for bar in column) == pytest.approx(total, rel=1e-12, abs=1e-12)

    def test_credits_are_stacked_below_zero_and_layers_do_not_overlap(self):
        result = compare(eight(3))
        columns = list(zip(*self.layers(chart.cost(result)), strict=True))
        assert any(bar.get_height() < 0 for bar in columns[0])
        for column in columns:
            ends = [sorted((bar.get_y(), bar.get_y() + bar.get_height())) for bar in column if bar.get_height()]
            negative = [
                end
                for end, bar in zip(ends, [b for b in column if b.get_height()], strict=True)
                if bar.get_height() < 0
            ]
            assert all(end[1] <= 1e-9 for end in negative)
            for (_, before), (after, _) in itertools.pairwise(sorted(ends)):
                assert after >= before - 1e-9

    def test_small_lines_are_taken_together_by_grade(self):
        result = compare(case_of("cartridges"))
        layers = self.layers(chart.cost(result))
        assert 3 <= len(layers) <= 10 < len(result.lines)

    @pytest.mark.parametrize("name", [path.stem for path in CASES])
    def test_a_bridge_goes_from_the_baselines_cost_to_the_options_step_by_step(self, name):
        result = compare(case_of(name))
        base = result.supplier(result.baseline)
        for option in result.suppliers:
            if option is base:
                continue
            first, last, *steps = [bars[0] for bars in self.layers(chart.bridge(result, option.supplier))]
            assert first.get_width() == base.cost_per_unit
            assert last.get_width() == option.cost_per_unit
            end = base.cost_per_unit
            for step in steps:
                assert step.get_x() == pytest.approx(end, rel=1e-12)
                end = step.get_x() + step.get_width()
            assert end == pytest.approx(option.cost_per_unit, rel=1e-12)

    def test_cash_is_the_cumulative_saving_its_band_and_its_payback(self):
        result = cash_flow(case_of("cartridges"), "borealis", n=DRAWS)
        ax = chart.cash(result)
        lines = {line.get_label(): line for line in ax.get_lines()}
        np.testing.assert_allclose(1000 * lines["base case"].get_ydata(), result.cumulative, rtol=1e-12)
        np.testing.assert_allclose(1000 * lines["middle world"].get_ydata(), result.band[1], rtol=1e-12)
        assert lines["payback of the base case"].get_xdata()[0] == result.payback_months
        assert list(lines["payback, 9 worlds in 10"].get_xdata()) == [result.payback_range[0], result.payback_range[2]]
        corners = ax.collections[0].get_paths()[0].vertices
        assert corners[:, 1].max() == pytest.approx(result.band[2].max() / 1000)
        assert "thousand" in ax.get_ylabel()

    @pytest.mark.parametrize(("name", "supplier"), [("not_worth_it", "shenfa_checked"), ("cartridges", "borealis")])
    def test_the_histogram_counts_every_world_once_and_those_that_win_apart(self, name, supplier):
        result = simulate(case_of(name), 1024)
        ax = chart.npv(result, supplier)
        bars = [bar for bars in self.layers(ax) for bar in bars]
        assert sum(bar.get_height() for bar in bars) == pytest.approx(1.0)
        winning = sum(bar.get_height() for bar in bars if bar.get_x() >= -1e-9)
        wins = result.supplier(supplier).probability_positive["all_in"]
        assert winning == pytest.approx(wins, abs=1e-12)
        (line,) = ax.figure.axes[1].get_lines()
        assert np.interp(0.0, line.get_xdata(), line.get_ydata()) == pytest.approx(wins, abs=0.01)

    def test_curves_are_the_chances_of_the_result(self):
        result = tco.acceptability(case_of("not_worth_it"), "shenfa_checked", n=DRAWS)
        lines = {line.get_label(): line for line in chart.acceptability(result).get_lines()}
        for total, label in (("hard", "hard"), ("hard_and_estimated", "hard + estimated"), ("all_in", "all in")):
            np.testing.assert_array_equal(lines[label].get_ydata(), result.wins[total])
            np.testing.assert_array_equal(lines[label].get_xdata(), result.values)

    def test_belief_has_three_marks_that_are_not_the_same(self):
        case = case_of("couriers")
        result = tco.belief(case, "parcelline", n=DRAWS)
        lines = {line.get_label(): line for line in chart.belief(result).get_lines()}
        (zero,) = [line for label, line in lines.items() if label.startswith("lost customers worth nothing")]
        (implied,) = [line for label, line in lines.items() if label.startswith("as the case implies")]
        (hard,) = [line for label, line in lines.items() if label.startswith("hard lines alone")]
        wins = (Worlds.of(case, DRAWS).savings("parcelline") > 0).mean(axis=1)  # the case as it stands
        assert zero.get_xdata()[0] == 0
        assert zero.get_ydata()[0] == result.wins["all_in"][0]
        assert implied.get_xdata()[0] == result.marks["implied"]
        assert implied.get_ydata()[0] == pytest.approx(wins[2], abs=0.01)
        assert set(hard.get_ydata()) == {wins[0]}

    def test_npv_along_a_price_is_that_of_the_case_with_this_price(self):
        case = case_of("cartridges")
        found = tco.breakeven(case, "borealis", n=DRAWS)
        values, npv = along_the_price(case, found, n=DRAWS)
        for i in (0, 7, -1):
            turned = case.with_({"suppliers.borealis.unit_price": float(values[i])})
            expected = Worlds.of(turned, DRAWS).savings("borealis").mean(axis=1)
            np.testing.assert_allclose(npv[:, i], expected, rtol=1e-9, atol=1e-6 * abs(npv).max())

    def test_break_even_lines_are_zero_where_they_are_marked(self):
        case = case_of("cartridges")
        found = tco.breakeven(case, "borealis", n=DRAWS)
        values, npv = along_the_price(case, found, n=DRAWS)
        for ax in (chart.breakeven(found), chart.breakeven(found, values, npv)):
            marks = [line.get_xdata()[0] for line in ax.get_lines() if line.get_marker() == "o"]
            assert sorted(marks) == sorted(found.totals[total].expected for total in TOTALS)
            drawn = {line.get_label(): line.get_xydata() for line in ax.get_lines()}
            for i, total in enumerate(TOTALS):
                (line,) = [one for label, one in drawn.items() if str(label).startswith(f"{NAMES[total]}:")]
                assert np.interp(found.totals[total].expected, *line.T) == pytest.approx(0, abs=1e-6 * abs(line).max())
                stretch = abs(npv[i]).max() / abs(np.interp(values, *line.T)).max()  # the axis is in thousands
                np.testing.assert_allclose(stretch * np.interp(values, *line.T), npv[i], atol=1e-6 * abs(npv).max())

    def test_a_tornado_reaches_from_the_low_to_the_high_figure_of_each_input(self):
        result = sensitivity(case_of("cartridges"), "borealis", n=64, draws=DRAWS)
        ax = chart.tornado(result)
        bars = [bars[0] for bars in self.layers(ax)]
        for row, one in enumerate(result.inputs[: len(bars) // 2]):
            ends = {round(1000 * (bar.get_x() + bar.get_width())) for bar in bars[2 * row : 2 * row + 2]}
            assert ends == {round(one.bar.low), round(one.bar.high)}

    def test_bars_of_sobol_indices_are_the_shares(self):
        result = sensitivity(case_of("cartridges"), "borealis", n=512, draws=DRAWS)
        bars = [bars[0].get_width() for bars in self.layers(chart.sobol(result))]
        alone = [one.index for one in result.inputs if one.index]
        known = {one.first_order for one in alone} | {one.first_order for one in result.groups}
        assert set(bars[0::2]) <= known
        assert bars[1] == max(one.total_order for one in alone)
        assert bars[1::2] == sorted(bars[1::2], reverse=True)

    def test_bars_of_information_are_its_values_under_that_of_all(self):
        result = information(case_of("cartridges"), n=1024, units=(100,))
        ax = chart.evppi(result)
        widths = [bars[0].get_width() for bars in self.layers(ax)]
        assert widths[0] == result.evpi
        assert widths[1:] == [one.evppi for one in result.inputs[: len(widths) - 1]]

    def test_a_map_holds_the_grids_figures_hatches_losses_and_flips_where_the_grid_does(self):
        paths = ["suppliers.shenfa_checked.failure_rates.faulty", "suppliers.shenfa.failure_rates.faulty"]
        result = tco.grid(case_of("not_worth_it"), *paths, supplier="shenfa_checked")
        ax = chart.grid(result)
        (mesh,) = [one for one in ax.collections if isinstance(one, QuadMesh)]
        npv = result.npv[TOTALS.index("all_in")]
        np.testing.assert_allclose(1000 * mesh.get_array().reshape(npv.shape), npv, rtol=1e-12)
        (losses,) = [one for one in ax.collections if one.get_hatch()]
        assert len(losses.get_paths()) == (npv < 0).sum() > 0
        (contour,) = [one for one in ax.collections if type(one).__name__ == "QuadContourSet"]
        places = np.concatenate([path.vertices for path in contour.get_paths()])
        across, up = (np.arange(9) + 0.5 for _ in "xy")
        for x, y in result.flips:
            place = (np.interp(x, result.x.values, across), np.interp(y, result.y.values, up))
            assert np.hypot(*(places - place).T).min() < 0.1

    def test_a_map_frames_the_base_case_or_marks_the_place_between_its_values(self):
        paths = ["suppliers.shenfa_checked.failure_rates.faulty", "suppliers.shenfa.failure_rates.faulty"]
        case = case_of("not_worth_it")
        base = compare(case).supplier("shenfa_checked").totals["all_in"].npv
        result = tco.grid(case, *paths, supplier="shenfa_checked")
        ax = chart.grid(result)
        frame = next(one for one in ax.patches if isinstance(one, Rectangle))
        assert result.npv[2, round(frame.get_y()), round(frame.get_x())] == pytest.approx(base, rel=1e-9)
        around = [[one.now - 0.001, one.now + 0.003] for one in (result.x, result.y)]
        between = chart.grid(tco.grid(case, *paths, supplier="shenfa_checked", x_values=around[0], y_values=around[1]))
        assert not [one for one in between.patches if isinstance(one, Rectangle)]
        (mark,) = between.get_lines()
        assert mark.get_label() == "the case as it stands, between the values shown"
        assert list(mark.get_xydata()[0]) == pytest.approx([0.75, 0.75])  # a quarter of the way between two middles

    def test_a_bridge_of_large_money_is_in_millions_on_its_axis_too(self):
        case = case_of("cartridges").with_({f"suppliers.{one}.unit_price": 4e6 for one in ("acme", "borealis")})
        ax = chart.bridge(compare(case), "borealis")
        assert ax.get_xlabel().startswith("£ million a unit")
        ax.figure.draw_without_rendering()
        assert {len(one.get_text()) for one in ax.get_xticklabels()} <= set(range(1, 9))


class TestFindings:
    """Titles state the finding with the result's figures, rounded by hand here."""

    def test_of_costs(self):
        result = compare(case_of("cartridges"))
        best, base = result.cheapest, result.supplier("acme")
        found = finding(chart.cost(result))
        assert found == (
            f"Borealis + stronger box costs least: £{best.cost_per_unit:.2f} a unit, "
            f"£{base.cost_per_unit - best.cost_per_unit:.2f} below Acme (today)"
        )

    def test_of_a_baseline_that_is_cheapest(self):
        case = case_of("cartridges").with_(
            {"suppliers.borealis.unit_price": 9, "suppliers.acme_inspected.inspection": 3}
        )
        result = compare(case)
        others = [option for option in result.suppliers if option.supplier != "acme"]
        more = min(option.cost_per_unit for option in others) - result.supplier("acme").cost_per_unit
        assert finding(chart.cost(result)).startswith("Acme (today) costs least")
        assert finding(chart.cost(result)).endswith(f"costs £{more:.2f} more")

    def test_of_a_bridge_with_the_worlds_that_agree(self):
        result = compare(case_of("cartridges"))
        saved = result.supplier("acme").cost_per_unit - result.supplier("borealis").cost_per_unit
        found = finding(chart.bridge(result, "borealis", wins=0.93))
        assert found == f"Borealis saves £{saved:.2f} a unit against Acme (today); 9 in 10 worlds agree"

    def test_of_a_bridge_to_what_costs_more(self):
        result = compare(case_of("not_worth_it"))
        more = result.supplier("lumaro").cost_per_unit - result.supplier("shenfa").cost_per_unit
        found = finding(chart.bridge(result, "lumaro", wins=0.2))
        assert found == f"Lumaro (nearby) costs £{more:.2f} more a unit than Shenfa (today); 8 in 10 worlds agree"

    def test_of_the_whole_command_takes_the_worlds_from_the_simulation(self):
        one = asked("not_worth_it", "shenfa_checked")
        wins = (Worlds.of(one.case, DRAWS).savings("shenfa_checked")[2] > 0).mean()
        assert finding(KINDS["bridge"](one)).endswith(f"; {sentences.worlds(float(wins))} agree")

    def test_of_cash(self):
        result = cash_flow(case_of("cartridges"), "borealis", n=DRAWS)
        first, _, last = result.payback_range
        ends = f"9 worlds in 10 in {first:.0f} to {last:.0f} months"
        assert finding(chart.cash(result)) == f"Borealis pays back in {result.payback_months:.0f} months; {ends}"

    def test_of_cash_that_never_pays_back(self):
        case = case_of("cartridges").with_({"suppliers.borealis.unit_price": 5.6})
        result = cash_flow(case, "borealis", n=DRAWS)
        assert result.payback_months is None
        assert finding(chart.cash(result)).startswith("Borealis does not pay back within 36 months")

    def test_of_the_npv(self):
        result = simulate(case_of("cartridges"), 1024)
        npv = result.supplier("borealis").npv["all_in"]
        found = finding(chart.npv(result, "borealis"))
        assert f"£{round(npv.mean, -3):,.0f} on average" in found
        assert f"between £{round(npv.p5, -3):,.0f} and £{round(npv.p95, -3):,.0f}" in found

    def test_of_acceptability_and_break_even(self):
        case = case_of("cartridges")
        found = tco.breakeven(case, "borealis", n=DRAWS)
        most = found.totals["all_in"].expected
        title = finding(KINDS["breakeven"](asked("cartridges", "borealis")))
        above = f"{100 * (most / 4.10 - 1):.1f} % above the baseline's"  # Acme asks 4.10
        assert title == f"Borealis is worth it up to a price of £{most:.2f}, {above}; now £4.78"
        curve = tco.acceptability(case, "borealis", n=DRAWS)
        title = finding(chart.acceptability(curve))
        assert title.startswith("At a price of £4.78 Borealis saves in ")
        even = float(title.rsplit("£", 1)[1])
        assert np.interp(even, curve.values, curve.wins["all_in"]) == pytest.approx(0.5, abs=0.05)

    def test_of_a_price_in_the_suppliers_own_currency(self):
        one = asked("not_worth_it", "shenfa_checked")
        assert "$9.85" in finding(KINDS["acceptability"](one))
        assert "now $9.85" in finding(KINDS["breakeven"](one))
        assert KINDS["breakeven"](one).get_ylabel().startswith("expected NPV, £")

    def test_of_belief_names_both_values_of_a_lost_customer(self):
        result = tco.belief(case_of("couriers"), "parcelline", n=DRAWS)
        found = finding(chart.belief(result))
        assert f"£{result.marks['implied']:.2f}" in found
        assert "nothing" in found

    def test_of_sensitivities(self):
        result = sensitivity(case_of("not_worth_it"), "shenfa_checked", n=256, draws=DRAWS)
        flipping = sum(one.bar.low * one.bar.high < 0 for one in result.inputs)
        assert flipping == 1
        assert finding(chart.tornado(result)).startswith("1 input alone turns the answer on Shenfa + check")
        top = max((one.index for one in result.inputs if one.index), key=lambda index: index.total_order)
        assert finding(chart.sobol(result)).startswith(f"{100 * top.total_order:.0f} % of the uncertainty")

    def test_of_information(self):
        result = information(case_of("cartridges"), n=1024, units=(100,))
        digits = 2 - int(np.floor(np.log10(result.evpi)))
        assert f"£{round(result.evpi, digits):,.0f}" in finding(chart.evppi(result))

    def test_of_failures_leaves_out_rates_that_nobody_knows(self):
        result = compare(case_of("unknown_rate"))
        found = finding(chart.modes(result))
        assert "more than with Torvald (today), above all ‘faulty’" in found

    def test_of_failures_that_cost_nothing(self):
        assert finding(chart.stages(compare(case_of("hard_drives")))).startswith("Failures cost nothing here")

    @pytest.mark.parametrize("kind", KINDS)
    def test_an_unknown_rate_is_told_on_every_kind(self, kind, tmp_path):
        """In the one shipped case that the sweep over all of them leaves out."""
        path = tmp_path / "chart.svg"
        shown: list[Figure] = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("tco.charting.save", lambda ax, path, form: shown.append(ax.figure))
            chart(kind, case_of("unknown_rate"), path, "zellin", n=64)
        words = " ".join(one.get_text().replace("\n", " ") for one in words_on(shown[0]))
        assert "INCOMPLETE: an unknown rate of Zellin (new)" in words
        assert mishaps(shown[0]) == []


class TestCertainty:
    """A case in which nothing varies and nothing fails."""

    @functools.cached_property
    def case(self) -> tco.Case:
        return tco.from_data(
            {
                "tco": 1,
                "name": "certain",
                "currency": "CHF",
                "start": "2027-01",
                "horizon_months": 12,
                "discount_rate": "0%",
                "baseline": "a",
                "demand": {"units_per_year": 1200},
                "suppliers": {"a": {"unit_price": 10}, "b": {"unit_price": 9}, "c": {"unit_price": 10}},
            }
        )

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("grid", "belief")])
    def test_is_drawn_all_the_same(self, kind):
        ax = KINDS[kind](_Asked(self.case, "b", "", "", 64, 0))
        assert mishaps(ax.figure) == []

    def test_is_told_in_figures_that_are_known_by_hand(self):
        result = compare(self.case)
        assert finding(chart.cost(result)) == "B costs least: CHF 9.00 a unit, CHF 1.00 below a"
        assert finding(chart.bridge(result, "c")) == "C costs as much as a"
        found = finding(chart.npv(simulate(self.case, 64), "b"))
        assert found == "B saves CHF 1,200 in every world: nothing uncertain moves it"

    def test_has_one_bar_and_a_step_and_says_that_nothing_varies(self):
        ax = chart.npv(simulate(self.case, 64), "b")
        (bar,) = [one for bars in ax.containers for one in bars if one.get_height()]
        assert bar.get_height() == 1
        assert bar.get_x() + bar.get_width() / 2 == pytest.approx(1200)  # 1,200 units a franc cheaper
        (line,) = ax.figure.axes[1].get_lines()
        assert [list(pair) for pair in line.get_xydata()[1:3]] == [[1200, 1], [1200, 0]]
        for kind, words in (
            ("tornado", "CHF 1,200, whatever"),
            ("spider", "CHF 1,200, whatever"),
            ("sobol", "same in"),
        ):
            shown = KINDS[kind](_Asked(self.case, "b", "", "", 64, 0))
            assert finding(shown) == "No uncertain input moves the NPV of b"
            assert any(words in one.get_text() for one in shown.texts)

    def test_has_no_two_inputs_for_a_grid(self):
        with pytest.raises(UsageError, match="expected two inputs for a grid"):
            KINDS["grid"](_Asked(self.case, "b", "", "", 64, 0))


class TestWords:
    @pytest.mark.parametrize(
        ("share", "words"),
        [
            (0.0, "no world"),
            (0.004, "fewer than 1 in 100 worlds"),
            (0.03, "3 in 100 worlds"),
            (0.12, "1 in 10 worlds"),
            (0.5, "5 in 10 worlds"),
            (0.93, "9 in 10 worlds"),
            (0.97, "97 in 100 worlds"),
            (0.999, "more than 99 in 100 worlds"),
            (1.0, "every world"),
        ],
    )
    def test_shares_are_counted_in_worlds(self, share, words):
        assert sentences.worlds(share) == words

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (0.5, "£0.50"),
            (-12.345, "−£12.35"),
            (0.014, "£0.014"),
            (0.0305, "£0.0305"),
            (0.0999, "£0.0999"),
            (0.0, "£0.00"),
            (-1e-9, "£0.00"),
            (1234.5, "£1,234.5"),
        ],
    )
    def test_money_a_unit(self, amount, words):
        assert sentences.each(amount, "GBP") == words

    @pytest.mark.parametrize(
        ("prices", "words"),
        [
            ((0.0305, 0.030675), ["€0.0305", "€0.0307"]),
            ((5.25, 4.1), ["€5.25", "€4.10"]),
            ((7.219, 7.2171), ["€7.219", "€7.217"]),
            ((1850.04, 1850.08), ["€1,850.04", "€1,850.08"]),
            ((182_000_000, 182_300_000), ["€182.0m", "€182.3m"]),
            ((2.0, 2.0), ["€2.00", "€2.00"]),
            ((0.0, 0.5), ["€0.00", "€0.50"]),
        ],
    )
    def test_prices_held_against_each_other_have_the_digits_that_tell_them_apart(self, prices, words):
        form = sentences.apart(*prices)
        assert [sentences.each(price, "EUR", form=form) for price in prices] == words

    @pytest.mark.parametrize(
        ("amount", "words"),
        [
            (278_265, "€278,000"),
            (-3_384, "−€3,380"),
            (1_284_000, "€1.28 million"),
            (999_600, "€1.00 million"),
            (12_840_000_000, "€12.8 billion"),
            (87.4, "€87.40"),
            (0.4, "€0.40"),
            (0.0, "€0"),
        ],
    )
    def test_sums_have_three_significant_digits(self, amount, words):
        assert sentences.sums(amount, "EUR") == words

    def test_numbers_of_an_axis_have_the_decimals_that_their_steps_need(self):
        assert sentences.alike([0.0, 0.25, 0.5]) == ["0.00", "0.25", "0.50"]
        assert sentences.alike([-2000.0, 0.0, 2000.0]) == ["−2,000", "0", "2,000"]

    def test_currencies_without_a_sign_are_written_out(self):
        assert sentences.each(3, "CHF") == "CHF 3.00"
        assert sentences.unit_words("money/unit/year", "SEK") == "SEK a unit a year"

    def test_what_is_counted_by_the_year_says_so_once(self):
        assert sentences.in_unit("disruptions a year", "1/year", "GBP") == "disruptions a year"
        assert sentences.in_unit("disruptions", "1/year", "GBP") == "disruptions a year"
        assert sentences.in_unit("price", "money/unit", "GBP") == "price, £ a unit"
        assert sentences.in_unit("growth", "1", "GBP") == "growth"

    def test_letters_that_no_font_has_are_measured_in_silence(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert style.width_of("𓀀𓀁", 9.0) > 0

    def test_words_are_broken_at_a_width_and_cut_at_a_number_of_lines(self):
        lines = style.wrapped("one two three four five six seven", 60, 9, lines=2).split("\n")
        assert len(lines) == 2
        assert lines[1].endswith("…")
        assert all(style.width_of(line, 9) <= 60 for line in lines)
        broken = style.wrapped("Donaudampfschifffahrtsgesellschaft", 60, 9, lines=9)
        assert broken.replace("\n", "") == "Donaudampfschifffahrtsgesellschaft"


class TestStyle:
    def test_neighbours_differ_in_lightness_or_hatch(self):
        ramps = [style.ramp(grade, count) for grade in style.RAMPS for count in (2, 3, 7)]
        for looks in (style.KINDS, (style.GOOD, style.BAD), *ramps):
            for (first, hatch), (second, other) in itertools.pairwise(looks):
                lightness = [np.dot(to_rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in (first, second)]
                assert hatch != other or abs(lightness[0] - lightness[1]) > 0.04

    def test_legends_tell_what_each_hatch_means(self):
        ax = chart.cost(compare(case_of("cartridges")))
        keys = [one for one in ax.get_legend().legend_handles if isinstance(one, Patch)]
        assert len({(one.get_facecolor(), one.get_hatch()) for one in keys}) == len(keys)


class TestAxes:
    @pytest.mark.parametrize("draw", [chart.cost, chart.bridge, chart.stages, chart.modes])
    def test_given_are_drawn_on_and_given_back_and_no_setting_is_left_changed(self, draw):
        settings = dict(mpl.rcParams)
        figure = Figure(figsize=(16, 5), layout="constrained")
        left, right = figure.subplots(1, 2)
        assert draw(compare(case_of("cartridges")), ax=right) is right
        assert figure.axes == [left, right]
        assert right.patches
        assert not left.patches
        assert not left.texts
        assert dict(mpl.rcParams) == settings

    def test_given_for_other_kinds_are_given_back_too(self):
        case, one = case_of("hard_drives"), asked("hard_drives", "hgst")
        found = tco.breakeven(case, "hgst", n=64)
        calls = (
            (chart.cash, (cash_flow(case, "hgst", n=64),)),
            (chart.npv, (one.simulation, "hgst")),
            (chart.acceptability, (tco.acceptability(case, "hgst", n=64),)),
            (chart.belief, (tco.belief(case_of("couriers"), "parcelline", n=64),)),
            (chart.breakeven, (found, *along_the_price(case, found, n=64))),
            (chart.tornado, (one.sensitivity,)),
            (chart.sobol, (one.sensitivity,)),
            (chart.evppi, (information(case, n=64, units=(50,)),)),
            (chart.grid, (tco.grid(case, "suppliers.hgst.unit_price", "suppliers.seagate.unit_price"),)),
        )
        for draw, arguments in calls:
            ax = Figure(figsize=(9, 5)).add_subplot()
            assert draw(*arguments, ax=ax) is ax
            assert finding(ax)


class TestWhatIsGiven:
    @pytest.mark.parametrize(
        ("draw", "given", "words"),
        [
            (chart.bridge, "case", "expected a Comparison, found Case: tco.compare(case)"),
            (chart.cost, "simulation", "expected a Comparison, found Simulation: tco.compare(case)"),
            (chart.stages, "case", "expected a Comparison, found Case"),
            (chart.modes, "case", "expected a Comparison, found Case"),
            (chart.npv, "comparison", "expected a Simulation, found Comparison: tco.simulate(case)"),
            (chart.cash, "case", 'expected a CashFlow, found Case: tco.cash_flow(case, "NAME")'),
            (
                chart.acceptability,
                "case",
                'expected a Curve, found Case: tco.acceptability(case, "NAME") or',
            ),
            (chart.belief, "comparison", "expected a Curve, found Comparison"),
            (chart.breakeven, "comparison", 'expected a BreakEven, found Comparison: tco.breakeven(case, "NAME")'),
            (chart.tornado, "case", "expected a Tornado or Sensitivity, found Case: tco.tornado(case) or"),
            (chart.sobol, "tornado", "expected a Sensitivity, found Tornado: tco.sensitivity(case)"),
            (chart.evppi, "case", "expected an Information, found Case: tco.information(case)"),
            (chart.grid, "case", "expected a Grid, found Case: tco.grid(case, PATH, PATH)"),
        ],
    )
    def test_of_another_kind_is_refused_with_what_to_write_instead(self, draw, given, words):
        case = case_of("hard_drives")
        made = {
            "case": lambda: case,
            "comparison": lambda: compare(case),
            "simulation": lambda: simulate(case, 64),
            "tornado": lambda: tco.tornado(case, "hgst"),
        }[given]()
        with pytest.raises(TcoError) as raised:
            draw(made)
        assert str(raised.value).startswith(words)

    @pytest.mark.parametrize(("ax", "found"), [(3, "3"), ([1], "a list"), (Figure(), "a Figure")])
    @pytest.mark.parametrize("draw", [chart.bridge, chart.cost])
    def test_on_what_is_no_axes_is_refused(self, draw, ax, found):
        with pytest.raises(UsageError, match=f"^expected Matplotlib axes, found {found}: write ax=figure.add_subplot"):
            draw(compare(case_of("hard_drives")), ax=ax)

    def test_may_be_a_tornado_which_is_drawn_as_a_sensitivity_is(self):
        case = case_of("cartridges")
        alone = chart.tornado(tco.tornado(case, "borealis"))
        with_all = chart.tornado(sensitivity(case, "borealis", n=64, draws=DRAWS))
        assert finding(alone) == finding(with_all)
        sizes = [[(bar.get_x(), bar.get_width()) for bar in ax.patches] for ax in (alone, with_all)]
        assert sizes[0] == sizes[1]
        assert [x.get_text() for x in alone.get_yticklabels()] == [x.get_text() for x in with_all.get_yticklabels()]
        assert mishaps(alone.figure) == []

    @pytest.mark.parametrize("of", ["", "suppliers.borealis.failure_rates.leaks", "lost_customer"])
    def test_may_be_a_break_even_alone(self, of):
        case = case_of("cartridges")
        found = tco.breakeven(case, "borealis", of=of, n=DRAWS)
        ax = chart.breakeven(found)
        factor = 100 if found.percent else 1
        lines = [line for line in ax.get_lines() if len(line.get_xdata()) > 1 and "Line" in type(line).__name__]
        now = Worlds.of(case, DRAWS).savings("borealis").mean(axis=1)
        drawn = {line.get_label().split(":")[0]: line for line in lines}
        for name, total, npv in zip(("hard", "hard + estimated", "all in"), TOTALS, now, strict=True):
            x, y = drawn[name].get_data()
            at = found.totals[total].expected
            if at is not None and x[0] <= factor * at <= x[-1]:
                assert np.interp(factor * at, x, y) == pytest.approx(0, abs=1e-6 * np.abs(y).max())
            stands = np.interp(factor * found.value, x, y)
            assert stands == pytest.approx(npv / 1000, rel=0.01 if of else 1e-6)
        assert mishaps(ax.figure) == []

    def test_has_the_npv_in_the_currency_of_the_case_whatever_that_of_the_price(self):
        ax = chart.breakeven(tco.breakeven(case_of("dominated"), "norvik", n=DRAWS))
        assert "€" in ax.get_ylabel()
        assert "SEK" in ax.get_xlabel()


class TestFiles:
    case = ROOT / "scenarios/hard_drives.yaml"

    @pytest.mark.parametrize("ending", ["png", "svg", "PDF"])
    def test_are_the_same_for_the_same_call_whatever_the_users_settings(self, ending, tmp_path):
        first, second = (tmp_path / f"{name}.{ending}" for name in ("first", "second"))
        chart("bridge", tco.load(self.case), first, "hgst", n=64, seed=3)
        with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 40}):
            chart("bridge", tco.load(self.case), second, "hgst", n=64, seed=3)
        assert first.read_bytes() == second.read_bytes()
        start = {"png": b"\x89PNG", "svg": b"<?xml", "PDF": b"%PDF"}[ending]
        assert first.read_bytes().startswith(start)
        assert sorted(path.name for path in tmp_path.iterdir()) == [first.name, second.name]

    def test_are_the_same_in_another_process_which_never_loads_pyplot(self, tmp_path):
        here, there = tmp_path / "here.svg", tmp_path / "there.svg"
        chart("sobol", case_of("hard_drives"), here, "hgst", n=64)
        program = (
            "import sys, tco\nfrom tco.charting import chart\n"
            f"chart('sobol', tco.load({str(self.case)!r}), {str(there)!r}, 'hgst', n=64)\n"
            "assert 'matplotlib.pyplot' not in sys.modules"
        )
        subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | {"PYTHONHASHSEED": "12345"})
        assert here.read_bytes() == there.read_bytes()
        assert b"<dc:date>" not in here.read_bytes()

    def test_are_refused_before_anything_is_computed(self, tmp_path):
        for kind, name, words in (
            ("bridg", "a.png", "expected a kind of chart, found 'bridg': did you mean 'bridge'?"),
            ("quux", "a.png", "kinds are cost, bridge, cash"),
            ("cost", "a.jpg", "expected a file that ends in .png, .svg, .pdf, found"),
            ("cost", "a", "expected a file that ends in"),
        ):
            with pytest.raises(UsageError) as raised:
                chart(kind, None, tmp_path / name)  # type: ignore[arg-type]
            assert words in str(raised.value)

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("cost", "stages", "modes", "evppi")])
    def test_of_the_baseline_or_of_nobody_are_refused(self, kind, tmp_path):
        for supplier, words in (("acme", "expected an option other than the baseline"), ("borealiss", "did you mean")):
            with pytest.raises(UsageError, match=words):
                chart(kind, case_of("cartridges"), tmp_path / "a.png", supplier, n=64)
        assert list(tmp_path.iterdir()) == []

    def test_are_whole_or_stay_as_they_were(self, tmp_path, monkeypatch):
        path = tmp_path / "chart.png"
        path.write_text("old")

        def broken(ax, temporary, form):
            Path(temporary).write_text("half")
            raise KeyboardInterrupt

        monkeypatch.setattr("tco.charting.save", broken)
        with pytest.raises(KeyboardInterrupt):
            chart("cost", case_of("cartridges"), path)
        assert path.read_text() == "old"
        assert [one.name for one in tmp_path.iterdir()] == ["chart.png"]
        with pytest.raises(TcoError, match="expected a file that can be written"):
            chart("cost", case_of("cartridges"), tmp_path / "nowhere" / "a.png")

    def test_of_a_grid_turn_the_inputs_that_are_named(self, tmp_path):
        shown = []
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("tco.charting.save", lambda ax, path, form: shown.append(ax))
            chart(
                "grid", case_of("cartridges"), tmp_path / "a.svg", "borealis", x="contacts.cost", y="product.sale_price"
            )
        assert "£ a" in shown[0].get_xlabel()
        assert "contact" in shown[0].get_xlabel()
        assert "received" in shown[0].get_ylabel() or "price" in shown[0].get_ylabel()


def test_a_spider_draws_what_the_tornado_knows_and_names_the_steepest_leg() -> None:
    """Where the NPV is a straight line through two points, its arc elasticity is known: Δy/ȳ over Δx/x̄."""
    found = tco.tornado(tco.load(ROOT / "scenarios" / "cartridges.yaml"), "borealis")
    ax = tco.chart.spider(found)
    for line, bar in zip(ax.get_lines()[:-1], found.bars, strict=False):  # the last one is the base case
        assert list(line.get_ydata()) == pytest.approx([point / 1000 for _, point in bar.spider])
        (x0, y0), (x1, y1) = bar.spider[0], bar.spider[-1]
        assert bar.elasticity == pytest.approx((y1 - y0) / (y1 + y0) * (x1 + x0) / (x1 - x0))
    slopes = {bar.path: np.divide(*np.diff([bar.spider[0], bar.spider[-1]], axis=0)[0][::-1]) for bar in found.bars}
    middles = {bar.path: (bar.from_value + bar.to_value) / 2 for bar in found.bars}
    steepest = max(found.bars[:6], key=lambda bar: abs(slopes[bar.path] * middles[bar.path]))
    assert f"{steepest.elasticity:+.2f} %".replace("-", "−") in finding(ax)


def test_a_spider_names_the_input_that_turns_the_answer() -> None:
    """1,200 units; a price of 9 to 11 against 10.1, mean 10: 1 % more of it costs 0.1 a unit, 120 in all."""
    case = tco.from_data(
        {
            "tco": 1,
            "name": "turning",
            "currency": "EUR",
            "start": "2027-01",
            "horizon_months": 12,
            "discount_rate": "0%",
            "baseline": "a",
            "demand": {"units_per_year": 1200},
            "suppliers": {
                "a": {"unit_price": 10.1},
                "b": {"unit_price": {"uniform": [9, 11]}, "switching_cost": {"uniform": [90, 110]}},
            },
        }
    )
    found = tco.tornado(case, "b")
    assert found.bars[0].elasticity is None  # −1,080 to 840 about 20: no per cent
    assert found.bars[0].one_percent == pytest.approx(-120)
    assert "price" in finding(tco.chart.spider(found))
    assert finding(tco.chart.spider(found)).endswith("moves the NPV of B most: by −€120")


def test_what_stands_beside_a_tornados_bars_is_short_and_clear_of_their_names() -> None:
    case = tco.from_data(
        {
            "tco": 1,
            "name": "large",
            "currency": "JPY",
            "start": "2027-01",
            "horizon_months": 12,
            "discount_rate": "0%",
            "baseline": "a",
            "demand": {"units_per_year": 10},
            "suppliers": {
                "a": {"unit_price": 182_000_000},
                "b": {"unit_price": 150_000_000, "switching_cost": {"uniform": [912_345_678, 2_043_929_830]}},
            },
        }
    )
    ax = tco.chart.tornado(tco.tornado(case, "b", low=0.01, high=0.99))
    words = {one.get_text() for one in ax.texts}
    assert {"¥2.03bn", "¥0.92bn"} <= words  # 912 to 2,044 million, 1 % of the range within
    ax.figure.draw_without_rendering()
    inside = ax.get_window_extent()
    for one in ax.texts:
        if one.get_text().startswith("¥"):
            assert one.get_window_extent().x0 >= inside.x0
            assert one.get_window_extent().x1 <= inside.x1
