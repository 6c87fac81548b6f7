"""The what-if page, driven in a headless browser: its figures are those of `tco compare` and `tco breakeven`."""

from __future__ import annotations

import json
import math
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy import special, stats

import tco
from tco import formula
from tco.errors import CaseError
from tco.finance import payback
from tco.results import TOTALS
from tco.views.whatif import whatif

ROOT = Path(__file__).parent.parent
CASES = sorted((ROOT / "scenarios").glob("*.yaml"))
SETTINGS, REFUSED = 25, 5
"""Random settings of each shipped case that can be computed, and that cannot."""
NO_GAPS = patch("tco.comparison.gaps.find", return_value=())
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRAWS = 64


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="the page is driven with playwright")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("the page is driven in a Chromium, and none is installed")
    with playwright.sync_playwright() as running:
        started = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def opened(browser, tmp_path_factory):
    """Open the page of a case, once; offline, and with every error of its script told."""
    pages = {}

    def open_page(path: Path, width: int = 1280):
        if path not in pages:
            file = tmp_path_factory.mktemp("whatif") / "whatif.html"
            whatif(tco.load(path), file, n=DRAWS)
            context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
            pages[path] = context.new_page()
            pages[path].told = []
            pages[path].on("console", lambda message: pages[path].told.append(message.text))
            pages[path].on("pageerror", lambda error: pages[path].told.append(str(error)))
            pages[path].goto(file.as_uri())
        return pages[path]

    return open_page


@pytest.fixture
def page(opened):
    """The page of the first case, everything as the case states it."""
    found = opened(ROOT / "scenarios/cartridges.yaml")
    found.click("#reset")
    return found


def random_settings(inputs, rng, count):
    """Draw settings of some of a page's inputs, on the whole of their sliders or nearer to what is stated."""
    for _ in range(count):
        share, reach = rng.choice([0.1, 0.5, 1.0]), rng.choice([0.2, 0.5, 1.0])
        found = {}
        for path, one in inputs.items():
            if rng.random() > share:
                continue
            drawn = rng.uniform(one["start"], one["end"]) / (100 if one["percent"] else 1)
            value = one["value"] + reach * (drawn - one["value"])
            low = -math.inf if one["low"] is None else one["low"]
            found[path] = float(np.clip(value, low, math.inf if one["high"] is None else one["high"]))
        yield found


def changes(settings, case):
    """Write settings as `--set` takes them: a path by contract year is stated whole."""
    found = {}
    for path, value in settings.items():
        whole, is_path, _ = path.partition(".by_year.")
        if is_path:
            years = enumerate(case.inputs[whole].number.means())
            found[whole] = {"by_year": [settings.get(f"{whole}.by_year.{year}", mean) for year, mean in years]}
        else:
            found[whole] = value
    return found


def without_scenarios(case):
    """Give a case without its scenarios, which every change would check anew."""
    return replace(case, document=case.document.without(("scenarios",)), original=None)


def close(ours, theirs, size):
    """Hold figures equal to 1e-9, or to the rounding of the sums whose difference they are."""
    return abs(ours - theirs) <= 1e-9 * abs(theirs) + 1e-14 * size


def differences(found, case, *, prices):
    """List each figure of the page that the library gives otherwise."""
    with NO_GAPS:
        result = tco.compare(case)
    base = result.supplier(result.baseline)
    for option in result.suppliers:
        shown = found["options"][option.supplier]
        size = sum(map(abs, base.lines.values())) + sum(map(abs, option.lines.values()))
        pairs = [(f"line {name}", shown["lines"][name], option.lines[name], size) for name in option.lines]
        for total in TOTALS:
            for name, value in option.totals[total].to_dict().items():
                whole = size / result.planned.discounted_units if name == "cost_per_unit" else size
                pairs.append((f"{total} {name}", shown["totals"][total][name], value, whole))
        yield from (f"{option.supplier} {name}: {x!r}, {y!r}" for name, x, y, s in pairs if not close(x, y, s))
        if option.supplier == result.baseline:
            continue
        flows = np.array([sum(line[t] for line in base.monthly.values()) for t in range(result.months + 1)])
        flows -= [sum(line[t] for line in option.monthly.values()) for t in range(result.months + 1)]
        expected = payback(flows)
        months = shown["payback"]["months"]
        if not (months is None if np.isnan(expected.periods) else months == pytest.approx(expected.periods, rel=1e-9)):
            yield f"{option.supplier} payback: {months}, {expected.periods}"
        if shown["payback"]["repeated"] != bool(expected.repeated):
            yield f"{option.supplier} payback repeated: {expected.crossings}"
        if prices:
            yield from different_prices(shown["highest_price"], case, option.supplier)


def different_prices(shown, case, supplier):
    expected = tco.breakeven(case, supplier, n=8)
    if not close(shown["value"], expected.value, 0):
        yield f"{supplier} price now: {shown['value']}, {expected.value}"
    for total in TOTALS:
        price, known = shown["prices"][total], expected.totals[total].base
        if isinstance(price, str) != (known is None) or (known is not None and not close(price, known, 1e5)):
            yield f"{supplier} highest price {total}: {price}, {known}"


@pytest.mark.slow
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_figures_are_those_of_compare_and_breakeven_at_hundreds_of_random_settings(opened, path):
    page, case = opened(path), without_scenarios(tco.load(path))
    inputs = page.evaluate("tco.model.inputs")
    drawn = list(random_settings(inputs, np.random.default_rng(17), 8 * SETTINGS))
    answers = page.evaluate("(all) => all.map((one) => tco.evaluate(one))", drawn)
    pairs = list(zip(drawn, answers, strict=True))
    refused = [settings for settings, found in pairs if found["problems"]][:REFUSED]
    computed = [(settings, found) for settings, found in pairs if not found["problems"]][:SETTINGS]
    for settings in refused:
        with pytest.raises(CaseError):
            case.with_(changes(settings, case))
    problems = list(differences(page.evaluate("tco.evaluate()"), case, prices=True))
    for number, (settings, found) in enumerate(computed):
        problems += differences(found, case.with_(changes(settings, case)), prices=number % 10 == 0)
    assert problems == []
    assert len(computed) == SETTINGS
    assert page.told == []


class TestArithmetic:
    """The few functions that the page has of its own, against NumPy and SciPy."""

    def called(self, page, name, *given):
        return page.evaluate(f"(given) => {name}(...given)", list(given))

    def test_has_a_function_for_every_operation_of_formulas(self, page):
        kinds = {name: page.evaluate(f"typeof {name}") for name in formula.OPERATIONS}
        assert set(kinds.values()) == {"function"}

    def test_normal_distribution_function_is_that_of_scipy(self, page):
        x = np.concatenate([np.linspace(-8, 8, 4001), [-0.46875 * 2**0.5, 4 * 2**0.5, 1e-300, -1e-9, 0, 40, -40]])
        found = self.called(page, "normal_cdf", x.tolist())
        np.testing.assert_allclose(found, special.ndtr(x), rtol=4e-15, atol=1e-320)

    def test_normal_quantile_is_that_of_scipy(self, page):
        tails = 10.0 ** -np.linspace(1, 300, 600)
        p = np.concatenate([np.linspace(0.001, 0.999, 4001), tails, 1 - tails[:30], [0.075, 0.925, 0.5]])
        found = self.called(page, "normal_quantile", p.tolist())
        np.testing.assert_allclose(found, special.ndtri(p), rtol=2e-15, atol=1e-16)
        ends = page.evaluate("[0, 1, -0.1, 1.1].map((p) => String(normal_quantile(p)))")
        assert ends == ["-Infinity", "Infinity", "NaN", "NaN"]

    def test_normal_density_is_that_of_scipy(self, page):
        x = np.linspace(-9, 9, 501)
        np.testing.assert_allclose(self.called(page, "normal_density", x.tolist()), stats.norm.pdf(x), rtol=1e-14)

    @pytest.mark.parametrize("name", sorted(set(formula.OPERATIONS) & set(dir(np))))
    def test_an_operation_does_what_numpy_does_on_numbers_and_rows(self, page, name):
        count = {"where": 3}.get(name) or (getattr(np, name).nin if isinstance(getattr(np, name), np.ufunc) else 1)
        for shapes in (
            [(3, 1)] * count,
            [()] * count,
            [(3, 1), *[()] * (count - 1)],
            [(1, 1), *[(3, 1)] * (count - 1)],
        ):
            if name == "max" and shapes[0] == ():
                continue
            rng = np.random.default_rng(5)
            given = [
                rng.integers(0, 2, shape) if name in ("where", "bitwise_or") else rng.uniform(0.1, 2, shape)
                for shape in shapes
            ]
            expected = np.max(given[0], axis=0) if name == "max" else getattr(np, name)(*given)
            plain = [np.ravel(one).tolist() if np.ndim(one) else float(one) for one in given]
            np.testing.assert_allclose(np.ravel(self.called(page, name, *plain)), np.ravel(expected), rtol=1e-15)

    def test_sums_over_rows_and_weighted_sums_are_those_of_numpy(self, page):
        values = [0.1, 0.25, 3.0, -2.0]
        for name in ("over_modes", "over_breaks", "over_activities"):
            assert self.called(page, name, values) == pytest.approx(1.35, rel=1e-15)
            assert self.called(page, name, []) == 0
        assert self.called(page, "total", [2, 3], 5, [1, 2]) == [13, 16]
        assert self.called(page, "rows", 1, 2, 3) == [1, 2, 3]

    def test_sums_over_dispositions_take_sets_apart(self, page):
        """Rows 0 and 1 are the first set, 2 to 4 the second; the modes have the second, the first, the second."""
        assert self.called(page, "over_dispositions", [1, 2, 10, 20, 30], [0, 2], [1, 0, 1]) == [60, 3, 60]

    def test_refuses_rows_of_different_numbers(self, page):
        with pytest.raises(Exception, match="rows of different numbers"):
            self.called(page, "add", [1, 2], [1, 2, 3])


def figures(page):
    """Give what the three cards show: the saving in each total, as a number."""
    page.wait_for_timeout(60)
    return [int(number(text)) for text in page.locator(".card .saved").all_text_contents()]


def number(text):
    """Read an amount as the page writes it: 1,234.5 m."""
    amount, _, letters = text.replace(",", "").partition(" ")
    return Decimal(amount) * {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9, "tn": 10**12}[letters]


def box(page, path):
    return page.locator(f".control[data-path='{path}']")


PRICE = "suppliers.borealis.unit_price"


class TestThePage:
    def test_shows_the_comparison_as_stated(self, page):
        result = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml"))
        shown = result.supplier(page.input_value("#option"))
        assert figures(page) == [round(shown.totals[total].npv) for total in TOTALS]

    def test_with_churn_at_zero_the_hard_savings_are_still_there(self, page):
        before = figures(page)
        page.fill("#churn", "0")
        after = figures(page)
        assert after[:1] == before[:1]
        assert after[2] == after[1] != before[2]
        settings = page.evaluate("tco.model.churn.map((path) => [path, 0])")
        changed = tco.load(ROOT / "scenarios/cartridges.yaml").with_(dict(settings))
        option = tco.compare(changed).supplier(page.input_value("#option"))
        assert after == [round(option.totals[total].npv) for total in TOTALS]

    def test_a_slider_moves_by_the_keyboard_and_takes_the_field_and_every_figure_along(self, page):
        before = figures(page)
        slider = box(page, PRICE).locator("input[type=range]")
        slider.focus()
        for _ in range(4):
            slider.press("ArrowRight")
        value = float(box(page, PRICE).locator("input[type=number]").input_value())
        assert value > 4.78
        changed = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml").with_({PRICE: value}))
        after = figures(page)
        assert after != before
        option = changed.supplier(page.input_value("#option"))
        assert after == [round(option.totals[total].npv) for total in TOTALS]
        assert f"tco compare cartridges.yaml --set '{PRICE}={value:g}'" == page.text_content("#command")

    def test_a_field_accepts_what_lies_beyond_its_slider(self, page):
        box(page, PRICE).locator("input[type=number]").fill("40")
        assert page.evaluate("settings") == {PRICE: 40}
        assert figures(page)[0] < -1_000_000

    @pytest.mark.parametrize(
        ("path", "typed", "words"),
        [
            (PRICE, "-1", "expected 0 or more, found -1: the figures keep 4.78"),
            (PRICE, "", "expected 0 or more, found no number: the figures keep 4.78"),
            ("suppliers.borealis.failure_rates.leaks", "120", "expected a share between 0 % and 100 %, found 120 %"),
            ("discount_rate", "-100", "expected a rate above -100 %, found -100 %"),
        ],
    )
    def test_a_field_says_what_is_wrong_and_the_figures_stay(self, page, path, typed, words):
        before = figures(page)
        field = box(page, path).locator("input[type=number]")
        field.fill(typed)
        assert words in box(page, path).locator(".error").text_content()
        assert field.get_attribute("aria-invalid") == "true"
        assert figures(page) == before
        assert page.evaluate("settings") == {}

    def test_settings_that_cannot_be_are_told_instead_of_figures(self, page):
        box(page, "suppliers.borealis.failure_rates.leaks").locator("input[type=number]").fill("99.5")
        page.wait_for_timeout(60)
        assert "failure rates of units sum to more than 100 %" in page.text_content("#problem")
        assert not page.locator(".cards").is_visible()
        box(page, "suppliers.borealis.failure_rates.leaks").locator(".undo").click()
        page.wait_for_timeout(60)
        assert page.locator(".cards").is_visible()
        assert not page.locator("#problem").is_visible()

    def test_a_figure_without_an_end_is_told_by_name(self, page):
        found = page.evaluate("tco.evaluate({'demand.customers': 1e308, 'demand.orders_per_customer_per_year': 1e300})")
        assert found["problems"] == ["planned units of customers has no finite value"]
        assert page.evaluate("tco.evaluate({'demand.customers': 0, 'demand.new_customers_per_month': 0})")["problems"]

    def test_a_sale_at_a_loss_is_told_as_doubtful(self, page):
        box(page, "product.sale_price").locator("input[type=number]").evaluate(
            "(field) => { field.value = '5'; field.dispatchEvent(new Event('input')); }"
        )
        page.wait_for_timeout(60)
        assert "every lost sale counts as a gain" in page.text_content("#doubts")

    def test_resets_one_and_all(self, page):
        box(page, PRICE).locator("input[type=number]").fill("5")
        box(page, "demand.customers").locator("input[type=number]").fill("60000")
        box(page, PRICE).locator(".undo").click()
        assert page.evaluate("settings") == {"demand.customers": 60000}
        page.click("#reset")
        assert page.evaluate("settings") == {}
        assert box(page, "demand.customers").locator("input[type=number]").input_value() == "50000"

    def test_a_link_restores_a_setting(self, page):
        box(page, PRICE).locator("input[type=number]").fill("5.25")
        page.select_option("#option", "borealis")
        shown, address = figures(page), page.url
        other = page.context.new_page()
        other.goto(address)
        assert other.evaluate("settings") == {PRICE: 5.25}
        assert other.input_value("#option") == "borealis"
        assert figures(other) == shown
        other.close()

    def test_the_command_states_a_path_by_contract_year_whole(self, page):
        page.evaluate("take({'suppliers.acme.duty_rate.by_year.1': 0.1}, 'borealis')")
        shown = figures(page)
        change = "suppliers.acme.duty_rate={by_year: [0.04, 0.1, 0.06]}"
        assert page.text_content("#command") == f"tco compare cartridges.yaml --set '{change}'"
        changed = tco.compare(tco.load(ROOT / "scenarios/cartridges.yaml", changes=[change]))
        assert shown == [round(changed.supplier("borealis").totals[total].npv) for total in TOTALS]

    def test_a_file_restores_a_setting(self, page, tmp_path):
        box(page, PRICE).locator("input[type=number]").fill("5.25")
        shown = figures(page)
        with page.expect_download() as download:
            page.click("#save")
        download.value.save_as(tmp_path / "mine.json")
        page.click("#reset")
        page.set_input_files("#load", tmp_path / "mine.json")
        page.wait_for_timeout(200)
        assert page.evaluate("settings") == {PRICE: 5.25}
        assert figures(page) == shown

    def test_a_file_of_another_case_is_refused_by_both_names(self, page, tmp_path):
        (tmp_path / "screws.json").write_text(
            json.dumps({"whatif": 1, "case": "Screws", "fingerprint": "x", "settings": {PRICE: 0.005}})
        )
        page.set_input_files("#load", tmp_path / "screws.json")
        page.wait_for_timeout(200)
        told = page.text_content("#refused")
        name = tco.load(ROOT / "scenarios/cartridges.yaml").name
        assert f"screws.json: expected settings of the case “{name}”, found those of “Screws”" in told
        assert "nothing was taken" in told
        assert page.evaluate("settings") == {}

    def test_a_file_of_another_state_of_the_case_is_taken(self, page, tmp_path):
        name = tco.load(ROOT / "scenarios/cartridges.yaml").name
        text = json.dumps({"whatif": 1, "case": name, "fingerprint": "x", "settings": {PRICE: 5}})
        (tmp_path / "mine.json").write_text(text)
        page.set_input_files("#load", tmp_path / "mine.json")
        page.wait_for_timeout(200)
        assert page.evaluate("settings") == {PRICE: 5}
        assert "saved for another state of the case" in page.text_content("#note")

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("{", "mine.json is no file that this page saved"),
            ("[1]", "mine.json is no file that this page saved"),
            (json.dumps({"whatif": 1, "settings": {"a.b": 1}}), "Not taken: a.b: the case has no such input"),
            (json.dumps({"whatif": 1, "settings": {PRICE: -2}}), f"Not taken: {PRICE}: expected 0 or more, found -2"),
            (json.dumps({"whatif": 1, "settings": {PRICE: "x"}}), "expected 0 or more, found no number"),
            (json.dumps({"whatif": 1, "fingerprint": "x", "settings": {}}), "saved for another state of the case"),
        ],
    )
    def test_a_file_that_does_not_fit_is_told(self, page, tmp_path, text, words):
        (tmp_path / "mine.json").write_text(text)
        page.set_input_files("#load", tmp_path / "mine.json")
        page.wait_for_timeout(200)
        assert words in page.text_content("#note")

    def test_an_update_takes_less_than_a_twentieth_of_a_second(self, page):
        milliseconds = page.evaluate(
            """() => {
                const times = [];
                for (let i = 0; i < 21; i++) {
                    const start = performance.now();
                    set('demand.customers', 40000 + 1000 * i);
                    changed();
                    render();
                    document.body.offsetHeight;
                    times.push(performance.now() - start);
                }
                return times.sort((a, b) => a - b)[10];
            }"""
        )
        assert milliseconds < 50

    def test_every_control_has_a_name_and_every_chart_words(self, page):
        unnamed = page.evaluate(
            """[...document.querySelectorAll('input, select')].filter(
                (one) => !one.labels.length && !one.getAttribute('aria-label')).length"""
        )
        assert unnamed == 0
        for chart in ("stacks", "bridge"):
            told = page.locator(f"#{chart} svg[role=img]").get_attribute("aria-label")
            assert "Acme (today)" in told
            assert re.search(r"\d\.\d\d", told)

    def test_tells_the_answer_to_a_screen_reader_once_it_stands_still(self, page):
        page.fill("#churn", "50")
        page.wait_for_timeout(900)
        told = page.text_content("#spoken")
        assert all(
            f"{name} {value:+,}" in told for name, value in zip(("hard", "all in"), figures(page)[::2], strict=True)
        )
        assert page.get_attribute("#spoken", "aria-live") == "polite"

    def test_nothing_is_cut_off_on_a_phone(self, page):
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator("#more").evaluate("(one) => (one.open = true)")
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.set_viewport_size({"width": 1280, "height": 900})

    def test_its_script_said_nothing_and_fetched_nothing(self, page):
        assert page.told == []
        assert (
            page.evaluate("performance.getEntriesByType('resource').filter((x) => !x.name.startsWith('data:')).length")
            == 0
        )


HALF_KNOWN = """
tco: 1
name: half known
currency: EUR
start: 2027-01
horizon_months: 24
discount_rate: 8%
baseline: old
product: {sale_price: 10}
demand: {units_per_year: 1000}
contacts: {cost: 5}
exchange_rates: {USD: 0.8}
failures:
  late: {stage: delivery, liable: carrier, refund: 50%, contacts: 1}
  broken: {stage: unboxing, liable: supplier, refund: 50%, contacts: 1}
suppliers:
  old:
    currency: USD
    price_breaks:
      - {from_units_per_year: 0, unit_price: 7}
      - {from_units_per_year: 500, unit_price: 6}
      - {from_units_per_year: 5_000, unit_price: 5}
    failure_rates: {late: 5%, broken: 2%}
  fast: {label: "Fast <b>&", unit_price: 4.50, failure_rates: {late: unknown, broken: unknown}}
  dear: {unit_price: 6, failure_rates: {late: 5%, broken: 2%}}
  fading: {unit_price: {by_year: [4, 7]}, failure_rates: {late: 5%, broken: 2%}}
  returning: {unit_price: 4, one_off: 6_000, failure_rates: {late: 5%, broken: 2%}}
  same: {based_on: old}
  barely: {unit_price: 3.80, one_off: 1_950, failure_rates: {late: 5%, broken: 2%}}
"""


@pytest.fixture(scope="module")
def half_known(browser, tmp_path_factory):
    """The page of a case with unknown rates, a table of prices and a path by year."""
    folder = tmp_path_factory.mktemp("half")
    (folder / "case.yaml").write_text(HALF_KNOWN)
    whatif(tco.load(folder / "case.yaml"), folder / "whatif.html", n=DRAWS)
    found = browser.new_context(offline=True).new_page()
    found.told = []
    found.on("pageerror", lambda error: found.told.append(str(error)))
    found.goto((folder / "whatif.html").as_uri())
    return found


def settled(page, option):
    page.select_option("#option", option)
    page.wait_for_timeout(60)
    return page


LATE, BROKEN = (f"suppliers.fast.failure_rates.{mode}" for mode in ("late", "broken"))


class TestWhatNobodyKnows:
    def test_marks_every_figure_of_its_option_and_no_other(self, half_known):
        settled(half_known, "fast")
        assert half_known.locator(".card .mark").all_text_contents() == ["INCOMPLETE"] * 3
        words = "INCOMPLETE: Fast <b>&, late: failure rate; Fast <b>&, broken: failure rate are unknown and count as 0."
        assert words in half_known.text_content("#incomplete")
        assert "Fast <b>& (INCOMPLETE)" in half_known.text_content("#lines")
        assert "Fast <b>& (INCOMPLETE)" in half_known.text_content("#stacks")
        row = half_known.locator("tr", has_text="INCOMPLETE: an unknown rate counts as 0")
        assert row.count() == 1
        assert "Fast <b>&" in row.text_content()
        settled(half_known, "dear")
        assert half_known.locator(".card .mark").all_text_contents() == [""] * 3
        assert not half_known.locator("#incomplete").is_visible()

    def test_loses_its_mark_once_it_is_set_if_only_to_nothing_as_in_compare(self, half_known):
        settled(half_known, "fast")
        box(half_known, LATE).locator("input[type=number]").fill("3")
        half_known.wait_for_timeout(60)
        words = "INCOMPLETE: Fast <b>&, broken: failure rate is unknown and counts as 0."
        assert words in half_known.text_content("#incomplete")
        box(half_known, BROKEN).locator("input[type=number]").fill("0")
        half_known.wait_for_timeout(60)
        assert not half_known.locator("#incomplete").is_visible()
        assert half_known.locator(".card .mark").all_text_contents() == [""] * 3
        assert "unknown" in half_known.text_content("#changed")
        command = half_known.text_content("#command")
        assert f"{BROKEN}=0" in command
        changed = tco.from_data(YAML(typ="safe").load(HALF_KNOWN)).with_({LATE: 0.03, BROKEN: 0})
        fast = tco.compare(changed).supplier("fast")
        assert fast.incomplete == ()
        assert figures(half_known) == [round(fast.totals[total].npv) for total in TOTALS]
        half_known.click("#reset")
        half_known.wait_for_timeout(60)
        assert half_known.locator("#incomplete").is_visible()

    def test_stands_among_the_first_inputs(self, half_known):
        first = half_known.eval_on_selector_all("#inputs > .control", "(all) => all.map((one) => one.dataset.path)")
        assert {LATE, BROKEN} <= set(first)

    def test_is_listed_with_all_that_the_case_leaves_out(self, half_known):
        told = half_known.text_content("#figures").split("What is left out")[1]
        assert f"{LATE} is unknown (old, dear, fading, returning, same, barely state it): with old's value" in told
        assert "Fast <b>& would save" in told
        assert "No option states anything for:" in told
        assert "corporate tax" in told


@pytest.mark.parametrize(
    ("option", "words", "short"),
    [
        ("dear", "It does not pay back: it needs nothing up front, but costs more from month 1 on", "never"),
        (
            "fading",
            "saves at first, but by month 17 all of it is lost again: it loses over the horizon",
            "then lost again",
        ),
        ("same", "It saves nothing and needs nothing up front", "at once"),
        ("returning", "It does not pay back within the horizon", "never"),
        (
            "barely",
            "It pays back after 23.4 months, all in. That is without discounting: as present value it loses",
            "23.4",
        ),
        ("fast", "It pays back at once: it needs nothing up front", "at once"),
    ],
)
def test_payback_is_told_with_what_becomes_of_it(half_known, option, words, short):
    """The baseline costs 4.80 a unit and 83.33 units go a month; fading saves 0.80 for 12 months, then loses 2.20.

    12 x 0.80 / 2.20 is 4.4 months, so that the fifth month of year 2 loses the rest. Barely saves 1.00 a unit:
    1,950 / 83.33 is 23.4 months.
    """
    settled(half_known, option)
    assert words in half_known.text_content("#sentence")
    row = half_known.locator("#lines tr", has_text="Payback").locator("td").all_text_contents()
    names = half_known.evaluate("tco.model.options.map((one) => one.name)")
    assert short in row[names.index(option)]
    assert half_known.told == []


def test_prices_have_their_currency_and_a_table_is_named_in_plain_words(half_known):
    settled(half_known, "same")
    assert re.fullmatch(r"highest price 6\.00 USD a unit", half_known.locator(".card .price").first.text_content())
    words = "the most that the plan may pay from “Old: table of prices”, for this option alone, all its prices moved"
    assert words in half_known.text_content("#sentence")
    settled(half_known, "fading")
    words = (
        "“Fading: unit price” may be in the first year, for this option alone, all years moved in proportion; now 4.00"
    )
    assert words in half_known.text_content("#sentence")
    row = half_known.locator("#lines tr", has_text="Highest price, hard").first.locator("td").all_text_contents()
    assert row[0] == "–"
    assert [cell.split()[-1] for cell in row[1:]] == ["EUR", "EUR", "EUR", "EUR", "USD", "EUR"]


def test_one_number_of_a_table_or_path_stands_first_and_the_rest_under_more(half_known):
    first = half_known.eval_on_selector_all("#inputs > .control", "(all) => all.map((one) => one.dataset.path)")
    assert [path for path in first if "price_breaks" in path] == ["suppliers.old.price_breaks.1.unit_price"]
    assert [path for path in first if "by_year" in path] == ["suppliers.fading.unit_price.by_year.1"]
    more = half_known.eval_on_selector_all("#more .control", "(all) => all.map((one) => one.dataset.path)")
    assert "suppliers.old.price_breaks.0.unit_price" in more
    assert "suppliers.fading.unit_price.by_year.0" in more


@pytest.mark.parametrize(
    ("hash", "words"),
    [
        ("option=nobody", "This link names an option that the case does not have: nobody."),
        ("option=old", "This link names the baseline as its option: old."),
        ("option=dear&demand.unit=5", "Not taken: demand.unit: the case has no such input."),
        (
            "option=dear&demand.units_per_year=",
            "Not taken: demand.units_per_year: expected 0 or more, found no number.",
        ),
        ("option=dear&&", "This link is cut off or garbled and cannot be read: nothing was taken from it."),
        ("nonsense", "This link is cut off or garbled"),
        ("option=%E0%A4", "This link is cut off or garbled"),
        ("option=dear&demand.units_per_year=2000", "Settings taken from the link."),
        ("gaps", ""),
    ],
)
def test_a_link_that_does_not_fit_is_told_plainly(half_known, hash, words):
    page = half_known.context.new_page()
    page.goto(half_known.url.split("#")[0] + f"#{hash}")
    assert words in page.text_content("#note")
    refused = bool(words) and "Settings taken" not in words
    assert page.locator("#refused").is_visible() == refused
    assert page.text_content("#refused") == (page.text_content("#note") if refused else "")
    page.close()


def priced(unit_price, challenger, units, **more):
    """Two options that differ in price and in how often they fail; a failure costs half a contact."""
    data = {"tco": 1, "name": "priced", "currency": "EUR", "start": "2027-01", "horizon_months": 24}
    data |= {"discount_rate": 0.08, "baseline": "today", "demand": {"units_per_year": units}}
    data |= {"contacts": {"cost": 1000 * unit_price}}
    data["failures"] = {"breaks": {"stage": "use", "liable": "supplier", "contacts": 0.5}}
    today = {"unit_price": unit_price, "failure_rates": {"breaks": 0.0005}}
    other = {"unit_price": challenger, "failure_rates": {"breaks": 0.0001}, **more}
    return tco.from_data({**data, "suppliers": {"today": today, "other": other}})


@pytest.fixture
def shown(browser, tmp_path):
    """Open the page of a case at a width; every error of its script is told at the end."""
    opened, told = [], []

    def show(case, width=1280):
        whatif(case, tmp_path / "whatif.html", n=DRAWS)
        context = browser.new_context(offline=True, viewport={"width": width, "height": 844})
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto((tmp_path / "whatif.html").as_uri())
        page.wait_for_timeout(100)
        return page

    yield show
    for context in opened:
        context.close()
    assert told == []


def cells(page, line):
    return page.locator("#lines tr").filter(has=page.get_by_role("rowheader", name=line, exact=True)).locator("td")


def bridge(page):
    """Read the two costs and the steps of the bridge, as numbers."""
    amount = r"([+-]?[\d,.]+(?: (?:k|m|bn|tn))?)"
    told = page.locator("#bridge svg").get_attribute("aria-label")
    ends = re.match(rf"From {amount} with .* to {amount} with .*?, EUR a unit: ", told)
    steps = re.findall(rf" {amount}(?:;|$)", told[ends.end() - 1 :])
    return number(ends[1]), [number(step) for step in steps], number(ends[2])


class TestFiguresAreWrittenByTheirSize:
    def test_goods_that_cost_a_fraction_of_a_cent_show_what_they_cost(self, shown):
        """Contacts: 0.5 x 4.20 x 0.05 % is 0.00105 a unit, and a fifth of it; 0.00525 less 0.00481 is 0.00044."""
        page = shown(priced(0.0042, 0.0046, 30_000_000))
        assert cells(page, "Purchase").all_text_contents() == ["0.004200", "0.004600"]
        assert cells(page, "Contacts").all_text_contents() == ["0.001050", "0.000210"]
        assert cells(page, "All in, a unit").all_text_contents() == ["0.005250", "0.004810"]
        assert page.locator(".card .words").all_text_contents() == ["saved, 0.0004400 a unit"] * 3
        assert page.locator(".card .price").first.text_content() == "highest price 0.005040 EUR a unit"
        assert "0.005250" in page.text_content("#stacks")
        base, steps, option = bridge(page)
        assert (base, steps, option) == (
            Decimal("0.005250"),
            [Decimal("0.000400"), Decimal("-0.000840")],
            Decimal("0.004810"),
        )

    def test_sums_below_one_are_no_nothing(self, shown):
        """One unit in a year, two years: 0.0044 saved twice over; the baseline's 0.105 is told in three decimals."""
        page = shown(priced(0.042, 0.046, 1).with_({"discount_rate": 0.0}))
        assert [number(text) for text in page.locator(".card .saved").all_text_contents()] == [Decimal("0.009")] * 3
        assert page.locator(".card .words").first.text_content() == "saved, 0.004400 a unit"

    def test_large_figures_are_written_in_millions_and_more(self, shown):
        """Without discounting 60,000 units cost 8.0 + 2.0 million each, and 8.2 + 0.4: 1.4 million saved of each."""
        page = shown(priced(8e6, 8.2e6, 30_000).with_({"discount_rate": 0.0}))
        assert cells(page, "Purchase").all_text_contents() == ["8.000 m", "8.200 m"]
        assert cells(page, "All in, a unit").all_text_contents() == ["10.000 m", "8.600 m"]
        assert cells(page, "Saved, all in").all_text_contents() == ["–", "+84,000 m"]
        assert page.locator(".card .saved").all_text_contents() == ["+84,000 m"] * 3
        assert page.locator(".card .words").first.text_content() == "saved, 1,400,000 a unit"
        assert "saves on average, EUR million" in page.text_content("#figures")

    @pytest.mark.parametrize("price", [4.2e-6, 0.0042, 4.2, 4200.0, 4.2e9])
    def test_the_bridge_adds_up_as_it_stands_there(self, shown, price):
        page = shown(priced(price, price * 1.0917, 30_000_000, freight=price / 70, one_off=price * 1e5))
        for share in np.random.default_rng(3).uniform(0.5, 2, 8):
            page.evaluate("(x) => { take({'suppliers.other.unit_price': x}); }", price * share)
            page.wait_for_timeout(40)
            base, steps, option = bridge(page)
            assert base + sum(steps) == option
            assert len(steps) >= 3
            assert max(map(abs, steps)) > 0

    @pytest.mark.parametrize(
        ("table", "amount", "words"),
        [
            ("each", 0.0, "0"),
            ("each", 0.0052, "0.005200"),
            ("each", 0.52, "0.520"),
            ("each", 5.2, "5.20"),
            ("each", 520, "520.00"),
            ("each", 5200, "5,200.0"),
            ("each", 52_000, "52,000"),
            ("each", 8.196e6, "8.1960 m"),
            ("sums", 9_999_999, "9,999,999"),
            ("sums", 3_465_091_438, "3,465.1 m"),
            ("sums", 8.26e15, "8,260.0 tn"),
            ("alone", 43_255, "43,255"),
            ("alone", 10_838_229, "10.84 m"),
            ("alone", 3.5e12, "3.500 tn"),
        ],
    )
    def test_by_the_rules_of_the_report(self, page, table, amount, words):
        """Four digits of the largest of a table, in full up to 100,000 a unit and 10 million in all."""
        found = page.evaluate("([table, x]) => amount(x, formOf(table, [x, -x / 7]))", [table, amount])
        assert found == words


@pytest.mark.parametrize("price", [1e7, 4.2e10, 3e-5])
def test_the_highest_price_is_exact_also_where_the_price_is_set_to_nothing(shown, price):
    """A failure costs half a contact of 1,000 prices: 0.25 of the price with today's maker, 0.05 with the other."""
    page = shown(priced(price, 1.05 * price, 4e9))
    found = page.evaluate("tco.evaluate({'suppliers.other.unit_price': 0}).options.other.highest_price.prices")
    assert found == {total: pytest.approx(1.2 * price, rel=1e-12) for total in TOTALS}


CUT_OFF = """() => {
    const right = (one) => one.getBoundingClientRect().right;
    const beyond = [...document.querySelectorAll('body *')].filter((one) => right(one) > innerWidth + 1);
    const outside = [...document.querySelectorAll('svg[role=img] text')].filter((one) => {
        const [own, all] = [one, one.closest('svg')].map((x) => x.getBoundingClientRect());
        return own.right > all.right + 1 || own.left < all.left - 1;
    });
    const narrow = [...document.querySelectorAll('.card p, .control input[type=number]')].filter(
        (one) => one.scrollWidth > one.clientWidth + 1
    );
    return [...beyond.filter((one) => !one.closest('.table')), ...outside, ...narrow].map(
        (one) => one.value ?? one.textContent
    );
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("price", [4.2e-6, 8e6, 8e10])
def test_nothing_is_cut_off_however_small_or_large_the_sums_are(shown, width, price):
    """The largest sums are of the order of 1e16: 60,000 units and more at 80 billion."""
    page = shown(priced(price, 1.0917 * price, 100_000, one_off=price * 1e3, label="Another maker " * 5), width)
    page.locator("#more").evaluate("(one) => (one.open = true)")
    page.wait_for_timeout(100)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


HOSTILE = """</script><script>alert(1)</script><!-- & "' <img src=x onerror=alert(2)>"""


class TestTheFile:
    def written(self, case, tmp_path, name="whatif.html", **more):
        whatif(case, tmp_path / name, n=DRAWS, **more)
        return (tmp_path / name).read_text(encoding="utf-8")

    def test_is_the_same_for_the_same_case_and_seed(self, tmp_path):
        case = tco.load(ROOT / "scenarios/couriers.yaml")
        assert self.written(case, tmp_path) == self.written(tco.load(ROOT / "scenarios/couriers.yaml"), tmp_path)
        assert self.written(case, tmp_path, seed=1) != self.written(case, tmp_path)

    def test_allows_only_its_own_script_and_style(self, tmp_path):
        text = self.written(tco.load(ROOT / "scenarios/hard_drives.yaml"), tmp_path)
        assert "default-src 'none'; script-src 'sha256-" in text
        assert "unsafe" not in text.split("<style>")[0]
        assert not re.search(r"\son\w+=|javascript:|https?://(?!www\.w3\.org/2000/svg)", text)

    def test_shows_what_a_case_says_as_text(self, browser, tmp_path):
        case = tco.load(ROOT / "scenarios/couriers.yaml").with_(
            {"name": HOSTILE, "suppliers.parcelline.label": HOSTILE}
        )
        self.written(case, tmp_path)
        page = browser.new_page()
        told = []
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.goto((tmp_path / "whatif.html").as_uri())
        assert page.text_content("h1") == HOSTILE
        assert page.locator("img").count() == 0
        assert told == []
        page.close()

    def test_keeps_a_scenario_and_says_so(self, tmp_path):
        case = tco.load(ROOT / "scenarios/cartridges.yaml", scenario="tariff shock")
        text = self.written(case, tmp_path)
        assert "(scenario: tariff shock)" in text
        data = json.loads(re.search(r'id="model">(.*?)</script>', text, re.S)[1])
        assert data["inputs"]["suppliers.acme.duty_rate"]["value"] == 0.25
        assert (data["scenario"], data["remade"]) == ("tariff shock", False)

    def test_says_that_it_was_made_with_settings(self, tmp_path):
        case = tco.load(ROOT / "scenarios/couriers.yaml", changes=["horizon_months=12"])
        data = json.loads(re.search(r'id="model">(.*?)</script>', self.written(case, tmp_path), re.S)[1])
        assert data["remade"] is True

    def test_offers_no_number_that_cannot_be_set_alone(self, tmp_path):
        """Lost sales are valued by the sale price, which this case lacks: a share of 0 must stay 0."""
        stock = {"lead_time_days": 20, "lead_time_sd_days": 3, "order_interval_days": 30, "service_level": 0.95}
        stock |= {"holding_rate": 0.2, "stockout": {"lost_share": 0, "backorder_cost": 2}}
        suppliers = {"acme": {"unit_price": 2}, "other": {"unit_price": 3}}
        data = {"tco": 1, "name": "two", "currency": "EUR", "start": "2027-01", "horizon_months": 12}
        data |= {"discount_rate": 0.1, "baseline": "acme", "suppliers": suppliers, "inventory": stock}
        text = self.written(tco.from_data({**data, "demand": {"units_per_year": 100}}), tmp_path)
        offered = json.loads(re.search(r'id="model">(.*?)</script>', text, re.S)[1])["inputs"]
        assert "inventory.stockout.backorder_cost" in offered
        assert "inventory.stockout.lost_share" not in offered

    def test_says_how_often_inputs_were_drawn_or_that_none_is_uncertain(self, tmp_path):
        uncertain = self.written(tco.load(ROOT / "scenarios/couriers.yaml"), tmp_path)
        assert f"Each uncertain input drawn {DRAWS} times (seed 0), as the case states it. This does not" in uncertain
        certain = self.written(priced(4, 5, 1000), tmp_path)
        assert "The case states no range: every input has a single value, and so has the answer. This does" in certain
        assert "drawn" not in certain.split('id="simulated"')[1].split("<h2>")[0]

    def test_is_refused_for_a_single_option(self, tmp_path):
        suppliers = {"acme": {"unit_price": 2}}
        data = {"tco": 1, "name": "one", "currency": "EUR", "start": "2027-01", "horizon_months": 12}
        data |= {"discount_rate": 0.1, "baseline": "acme", "suppliers": suppliers, "demand": {"units_per_year": 100}}
        with pytest.raises(tco.TcoError, match="an option besides the baseline, found only acme"):
            whatif(tco.from_data(data), tmp_path / "whatif.html")
