"""The library as people use it in notebooks: cases that stay as they are, results that show themselves."""

from __future__ import annotations

import copy
import inspect
import json
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import tco
from tco import cli

CARTRIDGES = str(Path(__file__).parent.parent / "scenarios/cartridges.yaml")
PRICE = "suppliers.borealis.unit_price"


@pytest.fixture(scope="module")
def case() -> tco.Case:
    return tco.load(CARTRIDGES)


class TestACaseStaysAsItIs:
    @pytest.mark.parametrize(
        "change",
        [
            lambda case: case.document.data["suppliers"]["borealis"].update(unit_price=99),
            lambda case: case.document.data["suppliers"]["borealis"].__setitem__("unit_price", 99),
            lambda case: case.document.data.pop("product"),
            lambda case: case.document.data["extra_costs"].append({}),
            lambda case: case.document.data["extra_costs"][0].clear(),
            lambda case: case.inputs.__setitem__("x", 1),
            lambda case: case.inputs.clear(),
            lambda case: case.file.suppliers.pop("acme"),
            lambda case: case.file.suppliers["acme"].failure_rates.clear(),
            lambda case: case.file.extra_costs.clear(),
            lambda case: case.file.scenarios["tariff shock"].clear(),
            lambda case: case.options[1].inputs.__delitem__("unit_price"),
            lambda case: case.options[1].settings.setdefault("currency", "EUR"),
        ],
    )
    def test_whatever_is_tried_to_change_in_place(self, change):
        case = tco.load(CARTRIDGES)
        before = json.dumps(case.compare().to_dict())
        with pytest.raises(tco.TcoError, match=r"found a change in place: case.with_\(\{path: value\}\)"):
            change(case)
        with pytest.raises(TypeError):
            change(case)
        assert json.dumps(case.with_({}).compare().to_dict()) == before

    def test_when_it_is_pickled_or_copied_before_and_after_it_was_computed(self, case):
        fresh = tco.load(CARTRIDGES)
        compared = case.compare()
        for one in (fresh, case):
            again = pickle.loads(pickle.dumps(one))
            assert again == case
            assert again.fingerprint == case.fingerprint
            assert again.compare() == compared
            assert again.with_({PRICE: 5.0}).fingerprint == case.with_({PRICE: 5.0}).fingerprint
            with pytest.raises(tco.TcoError):
                again.document.data["suppliers"].clear()
        assert copy.deepcopy(case) is case

    def test_while_a_copy_of_its_data_can_be_edited_and_made_a_case(self, case):
        for data in (copy.deepcopy(case.document.data), json.loads(json.dumps(case.document.data))):
            data["suppliers"]["borealis"]["unit_price"] = 5.10
            edited = tco.from_data(data, folder=case.document.folder)
            assert edited.fingerprint == case.with_({PRICE: 5.10}).fingerprint
        assert case.document.data["suppliers"]["borealis"]["unit_price"] != 5.10

    def test_whatever_becomes_of_the_data_that_it_was_made_from(self, case):
        data = copy.deepcopy(case.document.data)
        made = tco.from_data(data, folder=case.document.folder)
        before = made.fingerprint
        data["suppliers"].clear()
        assert tco.from_data(made.document.data, folder=case.document.folder).fingerprint == before


class TestVariantsSideBySide:
    def test_are_told_apart_by_what_was_changed(self, case):
        both = tco.compare(case, case.with_({PRICE: 5.10}))
        assert both.variants == ("as it stands", f"{PRICE} = 5.1")
        assert list(dict.fromkeys(both.to_frame()["variant"])) == list(both.variants)
        assert [one["variant"] for one in both.to_dict()["cases"]] == list(both.variants)
        assert f"  {PRICE} = 5.1: " in str(both)
        assert ".unit_price = 5.1" in str(both)
        assert f"borealis: {PRICE} = 5.1</th>" in both._repr_html_()

    def test_have_headings_that_differ_where_values_are_longer_than_a_column(self, case):
        path = "suppliers.borealis_box.label"
        both = tco.compare(*(case.with_({path: "Borealis " * 5 + end}) for end in ("first", "second")))
        assert [name[-3:] for name in both.variants] == ["(1)", "(2)"]
        heads = "".join(line for line in str(both).splitlines() if line.startswith(" " * 20))
        assert heads.count("(1)") == heads.count("(2)") == len(case.options)
        assert max(map(len, str(both).splitlines())) <= 100

    def test_carry_scenario_name_and_changes(self, case):
        shock = tco.load(CARTRIDGES, scenario="tariff shock", changes=[f"{PRICE}=5.2"])
        renamed = case.with_({"name": "another"})
        assert shock.variant == f"tariff shock, {PRICE} = 5.2"
        assert tco.compare(case, shock).variants == ("as it stands", shock.variant)
        names = tco.compare(shock, renamed).variants
        assert names == (f"{case.name}, {shock.variant}", "another, name = another")

    def test_count_many_changes_unless_only_the_changes_tell_them_apart(self, case):
        three = {PRICE: 5.0, "inflation": "3%", "product.sale_price": {"pert": [15, 17, 20]}}
        one, other = case.with_(three), case.with_({**three, PRICE: 5.5})
        assert tco.compare(case, one).variants == ("as it stands", "3 changes")
        written = "inflation = 3%, product.sale_price = {pert: [15, 17, 20]}"
        assert tco.compare(one, other).variants == (f"{PRICE} = 5.0, {written}", f"{PRICE} = 5.5, {written}")

    def test_are_numbered_where_nothing_tells_them_apart(self, case):
        both = tco.compare(case, case)
        assert both.variants == ("as it stands (1)", "as it stands (2)")
        assert len(both.to_frame()["variant"].unique()) == 2

    def test_say_of_an_input_changed_twice_what_it_is_now(self, case):
        twice = case.with_({PRICE: 5.0, "inflation": 0.03}).with_({PRICE: 5.5})
        assert twice.changes == ("inflation = 0.03", f"{PRICE} = 5.5")
        assert twice.compare().to_dict()["changes"] == list(twice.changes)
        assert f"({twice.variant})" in repr(twice)

    def test_are_named_so_in_a_difference_too(self, case):
        found = tco.diff(case, case.with_({PRICE: 5.10}))
        assert (found.first, found.second) == ("as it stands", f"{PRICE} = 5.1")


RESULTS = {
    "BreakEven": lambda case: tco.breakeven(case, "borealis", n=512),
    "CashFlow": lambda case: tco.cash_flow(case, "borealis", n=512),
    "Comparison": lambda case: tco.compare(case),
    "Comparisons": lambda case: tco.compare(case, case.with_({PRICE: 5.10})),
    "Curve": lambda case: tco.curve(case, "price", "borealis", n=512),
    "Decision": lambda case: tco.decide(case, n=512),
    "Difference": lambda case: tco.diff(case, case.with_({PRICE: 5.10})),
    "Evidence": lambda case: tco.evidence(case),
    "Explanation": lambda case: tco.explain(case, "landed_cost"),
    "Grid": lambda case: tco.grid(case, PRICE, "product.sale_price"),
    "Information": lambda case: tco.information(case, n=512),
    "Live": lambda case: tco.live(case, [PRICE], n=512),
    "Moved": lambda case: tco.live(case, [PRICE], n=512)({PRICE: 5.0}),
    "Sensitivity": lambda case: tco.sensitivity(case, n=64, draws=512),
    "Simulation": lambda case: tco.simulate(case, 512),
    "Table": lambda case: tco.table(case, PRICE, [4.0, 5.0]),
    "Tornado": lambda case: tco.tornado(case, "borealis"),
    "Validation": lambda case: tco.validate("cartridges.yaml"),
    "Variants": lambda case: tco.scenarios(case, n=512),
}


@pytest.fixture(scope="module")
def hostile(case) -> tco.Case:
    """A case whose labels would be tags in a page."""
    changes = {f"suppliers.{name}.label": f"<b>{name}</b>" for name in case.file.suppliers}
    return case.with_({"name": "<i>case</i>", **changes})


@pytest.mark.parametrize("kind", RESULTS)
class TestEveryResult:
    def test_shows_itself_as_text_as_small_tables_and_as_a_frame(self, kind, hostile, monkeypatch):
        monkeypatch.chdir(Path(CARTRIDGES).parent)  # else the width of what names a file hangs on where this tree lies
        result = RESULTS[kind](hostile)
        assert type(result).__name__ == kind
        assert repr(result) == str(result)
        assert len(str(result).splitlines()[0]) <= 100
        page = result._repr_html_()
        assert page.count("<table") == page.count("</table>") >= 1
        assert "<b>" not in page
        assert "<i>" not in page
        assert list(result.to_frame().to_dict("records")) == [dict(row) for row in result.rows()] or kind != "Tornado"
        assert len(result.to_frame()) == len(list(result.rows()))


def test_every_public_kind_of_result_is_shown_by_a_test():
    kinds = {name for name in tco.__all__ if isinstance(getattr(tco, name), type)} - {"Case", "CaseError", "TcoError"}
    assert kinds <= set(RESULTS)


class TestWhatIsShown:
    def test_of_a_comparison_is_the_answer_both_amounts_gaps_and_warnings(self):
        unknown = tco.load(Path(CARTRIDGES).with_name("unknown_rate.yaml")).compare()
        page = unknown._repr_html_()
        assert page.startswith(f"<p>{unknown.cheapest.label}")
        assert "<th>a unit</th><th>present value</th>" in page
        assert "saved, all in" in page
        assert f"{unknown.cheapest.npv:,.0f}" in page
        assert "Gaps: what the case leaves out" in page

    def test_of_a_part_is_short(self, case):
        assert len(repr(case.compare().supplier("acme"))) < 1000
        assert len(repr(case)) < 300

    def test_of_a_break_even_says_any_or_none_where_no_value_flips_the_answer(self):
        case = tco.load(Path(CARTRIDGES).with_name("dominated.yaml"))
        name = next(option.name for option in case.options if option.name != case.baseline)
        found = tco.breakeven(case, name, n=512)
        assert ("none" in found._repr_html_()) == (found.totals["all_in"].outcome in ("never", "dominated"))

    def test_of_cash_are_years_and_the_last_month(self, case):
        found = case.with_({"horizon_months": 30}).cash_flow("borealis", n=512)
        months = [line.split()[0] for line in str(found).splitlines()[3:-1]]
        assert months == ["0", "12", "24", "30"]
        assert f"{found.discounted[-1]:+,.0f}" in str(found)


METHODS = (
    "acceptability",
    "belief",
    "breakeven",
    "cash_flow",
    "compare",
    "curve",
    "decide",
    "diff",
    "evidence",
    "explain",
    "grid",
    "information",
    "live",
    "report",
    "sensitivity",
    "simulate",
    "slides",
    "table",
    "tornado",
    "whatif",
    "workbook",
)


class TestACaseOffersWhatTheLibraryDoes:
    @pytest.mark.parametrize("name", METHODS)
    def test_with_the_same_parameters_and_description(self, name, case):
        method, function = getattr(case, name), getattr(tco, name)
        parameters = list(inspect.signature(function).parameters.values())
        assert list(inspect.signature(method).parameters.values()) == parameters[1:]
        assert inspect.getdoc(method) == inspect.getdoc(function)
        assert name in dir(case)

    def test_and_draws_charts_with_the_same_parameters(self, case):
        asked = inspect.signature(tco.chart.__call__).parameters
        assert {name: one.default for name, one in inspect.signature(case.chart).parameters.items()} == {
            name: one.default for name, one in asked.items() if name != "case"
        }

    def test_by_every_function_that_takes_a_case(self):
        takes = {
            name
            for name in tco.__all__
            if inspect.isfunction(getattr(tco, name))
            and [one.annotation for one in inspect.signature(getattr(tco, name)).parameters.values()][:1] == ["Case"]
        }
        assert takes - {"scenarios"} == set(METHODS)

    def test_with_the_same_results(self, case):
        assert case.tornado("borealis") == tco.tornado(case, "borealis")
        assert case.curve("belief", "borealis", n=512).to_dict() == tco.belief(case, "borealis", n=512).to_dict()
        assert case.diff(case.with_({PRICE: 5})).to_dict() == tco.diff(case, case.with_({PRICE: 5})).to_dict()

    def test_and_writes_files(self, case, tmp_path):
        case.chart("cost", tmp_path / "cost.svg")
        tco.chart("cost", case, tmp_path / "same.svg")
        assert (tmp_path / "cost.svg").read_bytes() == (tmp_path / "same.svg").read_bytes()


class TestWhatIsNoCase:
    @pytest.mark.parametrize("name", METHODS)
    def test_is_refused_by_every_function_in_the_same_words(self, name):
        function = getattr(tco, name)
        needed = [one for one in inspect.signature(function).parameters.values() if one.default is one.empty]
        others = [CARTRIDGES for one in needed[1:] if one.kind is one.POSITIONAL_OR_KEYWORD]
        with pytest.raises(tco.TcoError, match=r"expected a case, found '.*': tco.load\(file\) gives one"):
            function(CARTRIDGES[-20:], *("price" if name == "curve" and not i else x for i, x in enumerate(others)))

    def test_is_refused_beside_a_case_too(self, case):
        for call in (lambda: tco.compare(case, CARTRIDGES), lambda: tco.diff(case, CARTRIDGES)):
            with pytest.raises(tco.TcoError, match="expected a case, found"):
                call()
        with pytest.raises(tco.TcoError, match="expected a case, found"):
            tco.chart("cost", CARTRIDGES, "cost.svg")
        with pytest.raises(tco.TcoError, match=r"expected a case, found a FrozenDict: tco.from_data\(...\) gives one"):
            tco.compare(case.document.data)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (None, "found None: tco.init writes"),
            ([], "found a list: tco.init writes"),
            (5, "found 5: tco.init writes"),
            ("case.yaml", "found 'case.yaml': tco.load reads a case file"),
        ],
    )
    def test_cannot_be_made_from_what_has_no_keys(self, data, words):
        with pytest.raises(tco.TcoError, match=f"expected the keys and values of a case, {words}"):
            tco.from_data(data)


class TestNamesAndNumbers:
    @pytest.mark.parametrize(
        "ask",
        [
            lambda case: tco.compare(case).supplier("boreals"),
            lambda case: tco.simulate(case, 64).supplier("boreals"),
            lambda case: tco.decide(case, n=512).option("boreals"),
            lambda case: tco.live(case, [PRICE], n=64)({}).npv("boreals"),
            lambda case: tco.breakeven(case, "boreals"),
            lambda case: case.option("boreals"),
        ],
    )
    def test_an_unknown_supplier_is_refused_with_the_nearest_one(self, ask, case):
        with pytest.raises(tco.TcoError, match="expected a supplier of the case, found 'boreals': did you mean 'bore"):
            ask(case)

    def test_an_unknown_total_is_refused(self, case):
        with pytest.raises(tco.TcoError, match="expected hard, hard_and_estimated, all_in, found 'soft'"):
            tco.live(case, [PRICE], n=64)({}).npv("borealis", "soft")

    @pytest.mark.parametrize("changes", ["a=5", None, ["a=5"], 5])
    def test_changes_are_values_by_path(self, changes, case):
        with pytest.raises(tco.TcoError, match=r"expected new values by path, found .*: write with_\(\{'suppliers"):
            case.with_(changes)

    @pytest.mark.parametrize(("n", "shown"), [("a", "'a'"), (1.5, "1.5"), (None, "None"), ([1], "a list")])
    def test_draws_are_a_whole_number(self, n, shown, case):
        for ask in (case.simulate, lambda n: case.decide(n=n), lambda n: case.cash_flow("borealis", n=n)):
            with pytest.raises(tco.TcoError, match=f"expected a whole number of draws, found {shown}"):
                ask(n)
        with pytest.raises(tco.TcoError, match="expected a seed \\(a whole number\\), found 'x'"):
            case.simulate(64, seed="x")

    @pytest.mark.parametrize(
        ("ask", "words"),
        [
            (lambda case: tco.load(5), "expected the name of a case file, found 5: tco.from_data takes plain data"),
            (lambda case: tco.load(case), "expected the name of a case file, found a Case"),
            (lambda case: case.explain(5), "expected a line, quantity or input, found 5"),
            (lambda case: case.explain("churn", month="May"), "expected a month, found 'May'"),
            (lambda case: case.table(PRICE, "4 to 5"), r"expected numbers, found '4 to 5': write a list such as \[4"),
            (lambda case: case.table(PRICE, 5), "expected numbers, found 5"),
            (lambda case: case.acceptability("borealis", values=["a"], n=64), "expected numbers, found a list"),
            (lambda case: case.breakeven("borealis", at="x", n=64), "expected numbers, found 'x'"),
            (lambda case: case.live(PRICE, n=64), rf"expected a list of inputs to move, found .*: write \['{PRICE}'\]"),
            (lambda case: case.live([PRICE], n=64)(5.0), r"expected values by path, found 5.0: write \{'suppliers"),
            (lambda case: case.live([PRICE], n=64)({PRICE: "a"}), f"expected a number for {PRICE}, found 'a'"),
            (lambda case: case.live([PRICE], n=64)({PRICE: -3}), f"expected 0 or more for {PRICE}, found -3"),
            (lambda case: case.live([PRICE], n=64)({PRICE: math.nan}), f"expected 0 or more for {PRICE}, found nan"),
            (
                lambda case: case.with_({PRICE: math.nan}),
                "expected 0 or more, found nan\n    write a number such as 12.5",
            ),
            (lambda case: case.with_({PRICE: 1e300}), r"expected 0 or more, found 1e\+300\n    write a smaller number"),
            (lambda case: case.sensitivity(n="a"), "expected a whole number of samples, found 'a'"),
            (lambda case: case.information(n=99.5), "expected a whole number of draws, found 99.5"),
        ],
    )
    def test_anything_else_of_a_wrong_kind_is_refused_in_plain_words(self, ask, words, case):
        with pytest.raises(tco.TcoError, match=words):
            ask(case)

    @pytest.mark.parametrize(
        "write",
        [
            lambda case, path: tco.whatif(case, path, n=64),
            lambda case, path: tco.report(case, path, n=64),
            lambda case, path: tco.report(case, path, form="md", n=64),
            lambda case, path: tco.workbook(case, path),
            lambda case, path: tco.slides(case, path, n=64),
            lambda case, path: tco.chart("cost", case, path),
            lambda case, path: tco.init(path),
            lambda case, path: case.simulate(64, draws=path),
        ],
        ids=["whatif", "report", "markdown", "workbook", "slides", "chart", "init", "draws"],
    )
    def test_what_names_no_file_is_refused_before_anything_is_written(self, write, case, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        words = r"^expected the name of a file, found 3\n    write one such as 'case.html'"
        with pytest.raises(tco.errors.UsageError, match=words):
            write(case, 3)
        assert list(tmp_path.iterdir()) == []

    def test_one_setting_may_be_given_alone(self):
        assert tco.load(CARTRIDGES, changes=f"{PRICE}=5.2").changes == (f"{PRICE} = 5.2",)

    def test_draws_may_be_written_as_numpy_does_and_in_powers_of_ten(self, case):
        assert case.simulate(np.int64(64)).n == case.simulate(64.0).n == 64

    @pytest.mark.parametrize(
        "price",
        [Decimal("5.1"), Fraction(51, 10), np.float64(5.1), np.array(5.1)],
    )
    def test_a_price_may_be_any_kind_of_number(self, price, case):
        assert case.with_({PRICE: price}).fingerprint == case.with_({PRICE: 5.1}).fingerprint

    def test_a_path_by_year_may_be_a_series_or_an_array(self, case):
        years = [4.8, 4.9, 5.0]
        plain = case.with_({PRICE: {"by_year": years}})
        for one in (pd.Series(years, index=[2027, 2028, 2029]), np.array(years), tuple(years), pd.Index(years)):
            assert case.with_({PRICE: {"by_year": one}}).fingerprint == plain.fingerprint
        data = copy.deepcopy(case.document.data)
        data["suppliers"]["borealis"]["unit_price"] = {"by_year": pd.Series(years)}
        assert tco.from_data(data, folder=case.document.folder).fingerprint == plain.fingerprint

    @pytest.mark.parametrize("value", [object(), {1, 2}, pd.NA, 1j, pd.DataFrame({"a": [1]}), b"5"])
    def test_a_value_of_no_kind_that_a_file_holds_is_refused(self, value, case):
        with pytest.raises(tco.CaseError, match=f"with_: {PRICE}: expected"):
            case.with_({PRICE: value})


class TestDraws:
    def test_are_written_by_the_library_as_by_the_command(self, case, tmp_path):
        result = case.simulate(64, draws=tmp_path / "library.csv")
        command = ["simulate", CARTRIDGES, "-n", "64", "--draws", str(tmp_path / "command.csv")]
        assert CliRunner().invoke(cli.main, command).exit_code == 0
        assert (tmp_path / "library.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()
        saved = pd.read_csv(tmp_path / "library.csv")["npv.borealis"]
        assert saved.mean() == pytest.approx(result.supplier("borealis").npv["all_in"].mean)

    def test_are_refused_before_the_run_where_the_file_could_not_be_written(self, case):
        with pytest.raises(tco.TcoError, match=r"expected a file ending in \.csv or \.parquet, found"):
            case.simulate(2**32, draws="draws.txt")

    @pytest.mark.parametrize(
        "command",
        [
            "decide CASE",
            "breakeven CASE borealis",
            "breakeven CASE borealis --of lost_customer",
            "curve CASE price borealis",
            "curve CASE belief borealis",
            f"grid CASE {PRICE} failures.leaks.churn --supplier borealis",
            "scenarios CASE",
            "information CASE",
            "sensitivity CASE",
            "chart npv CASE -o chart.svg",
            "workbook CASE -o case.xlsx",
            "report CASE -o case.html",
            "slides CASE -o case.pptx",
        ],
    )
    @pytest.mark.parametrize("draws", [2**20 + 1, 99_999_999_999])
    def test_are_refused_before_any_is_made_where_so_many_would_be_kept(self, command, draws, monkeypatch, tmp_path):
        def unwanted(*_):
            raise AssertionError("drawn")

        arguments = [*command.replace("CASE", str(Path(CARTRIDGES).resolve())).split(), "-n", str(draws)]
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr("tco.sampling.Sampler.uniforms", unwanted)
        told = CliRunner().invoke(cli.main, arguments)
        assert told.exit_code == 2, told.output
        words = f"expected at most 1,048,576 draws where all of them are kept, found {draws}: write fewer, 16,384 are"
        assert words in told.stderr
        assert not list(tmp_path.iterdir())
