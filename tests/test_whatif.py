"""The what-if page, driven in a headless browser: its figures are those of `tco compare` and `tco breakeven`."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

import tco
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


def changes(settings, inputs):
    """Write settings as `--set` takes them: a path by contract year is stated whole."""
    found = {}
    for path, value in settings.items():
        whole, is_path, _ = path.partition(".by_year.")
        years = [one for one in inputs if one.startswith(f"{whole}.by_year.")]
        found[whole] = {"by_year": [settings.get(one, inputs[one]["value"]) for one in years]} if is_path else value
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
            case.with_(changes(settings, inputs))
    problems = list(differences(page.evaluate("tco.evaluate()"), case, prices=True))
    for number, (settings, found) in enumerate(computed):
        problems += differences(found, case.with_(changes(settings, inputs)), prices=number % 6 == 0)
    assert problems == []
    assert len(computed) == SETTINGS
    assert page.told == []
