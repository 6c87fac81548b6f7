"""Contracts over every room, quantity, command and shipped case."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

import tco
from tco import cli, formula, units
from tco.costs import CONSTANTS, MODEL
from tco.quantity import GRADES, GROUPS, Model, Source, cost, quantity

ROOT = Path(__file__).parent.parent
CASES = sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("tco/templates/*.yaml"))
STRUCTURE = ("disposition_first_rows", "disposition_sets")
ROOMS = re.findall(r"^\| (\w+) \|", (ROOT / "ARCHITECTURE.md").read_text().split("<!-- rooms")[1].split("##")[0], re.M)[
    1:
]


def room_of(path: Path) -> str:
    """Name the room that a file of the package belongs to."""
    inside = path.relative_to(ROOT / "tco")
    return inside.parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Give the rooms that a file imports when it is imported itself (not for types, not inside functions)."""
    found: set[str] = set()
    todo = list(ast.parse(path.read_text()).body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tco":
            parts = node.module.split(".")[1:]
            found |= {parts[0]} if parts else {alias.name for alias in node.names}
        todo += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt | ast.If | ast.Try)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo = [one for one in todo if one not in ast.walk(node)]
    return found


def test_every_room_is_listed_and_nothing_else():
    rooms = {room_of(path) for path in (ROOT / "tco").rglob("*.py")} - {"__init__"}
    assert rooms == set(ROOMS)


@pytest.mark.parametrize("path", sorted((ROOT / "tco").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_from_rooms_above_it(path):
    room = room_of(path)
    above = ROOMS[: ROOMS.index(room)] if room in ROOMS else ROOMS
    assert imported_rooms(path) - {room} <= set(above)


@pytest.mark.parametrize("path", sorted((ROOT / "tco").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_says_in_its_first_line_what_it_is_for(path):
    first = path.read_text().splitlines()[0]
    assert first.startswith('"""')
    assert len(first) > 20


@pytest.mark.parametrize("one", MODEL.quantities, ids=lambda one: f"{one.name} {'/'.join(one.when)}")
class TestEveryQuantity:
    def test_is_documented_in_one_sentence(self, one):
        assert one.summary.endswith(".")
        assert one.summary[0].isupper()

    def test_names_only_what_the_model_knows(self, one):
        for name in one.all_arguments:
            MODEL.unit_of(name)

    def test_gives_by_its_formula_what_its_function_gives(self, one):
        """The recorded formula, evaluated by walking its symbols, equals the function on the same numbers."""
        random = np.random.default_rng(7)
        values = {name: random.uniform(0.1, 0.4, (2, 3) if _rows(name) else 3) for name in one.arguments}
        values |= {name: np.array([[0.0], [1.0]]) for name in one.arguments if name in STRUCTURE}
        values |= {name: np.array([[0.0], [1.0]]) for name in one.arguments if name == "order_mode"}
        recorded = one.trace(MODEL.unit_of)
        np.testing.assert_allclose(_walked(recorded, values), one.function(*values.values()), rtol=1e-13)

    def test_reads_as_text_and_as_excel_with_every_argument_in_it(self, one):
        recorded = one.trace(MODEL.unit_of)
        used = [name for name in one.arguments if name not in STRUCTURE]
        assert set(formula.names(recorded)) == set(used)
        cells = {name: f"${chr(65 + position)}$7" for position, name in enumerate(used)}
        written = formula.excel(recorded, cells)
        assert all(cell in written for cell in cells.values())
        assert written.count("(") == written.count(")")
        assert all(name in formula.text(recorded) for name in used)

    def test_has_the_unit_that_it_declares(self, one):
        assert one.trace(MODEL.unit_of).unit == one.unit

    def test_types_no_number_into_its_formula_but_0_1_and_2(self, one):
        assert _typed(one.trace(MODEL.unit_of)) <= {0.0, 1.0, 2.0, -1.0}


def _rows(name: str) -> bool:
    source = MODEL.sources.get(name)
    return bool(source.rows if source else MODEL.variants[name][0].rows if name in MODEL.variants else False)


def _typed(symbol: formula.Symbol) -> set[float]:
    own = {float(symbol.head)} if symbol.is_number else set()
    return own.union(*(_typed(arg) for arg in symbol.args))


def _walked(symbol: formula.Symbol, values):
    """Evaluate a recorded formula by NumPy's functions of the same names, or by the project's own sums."""
    if symbol.is_number:
        return symbol.head
    if not symbol.args:
        return values[symbol.head]
    arguments = [_walked(arg, values) for arg in symbol.args]
    if symbol.head == "over_dispositions":
        return formula.over_dispositions(arguments[0], *(values[name] for name in STRUCTURE))
    function = getattr(np, symbol.head, None) or getattr(formula, symbol.head)
    return function(*arguments)


class TestEveryLine:
    def test_has_a_known_group_and_grade(self):
        for line in MODEL.lines:
            assert line.cost.group in GROUPS
            assert line.cost.grade in GRADES

    def test_of_the_models_table_is_there_with_its_group_and_grade(self):
        """model.md, section 5: the two tables."""
        table = {
            "purchase": ("supply", "hard"),
            "duty": ("supply", "hard"),
            "freight": ("supply", "hard"),
            "inspection": ("supply", "hard"),
            "payment_terms": ("supply", "hard"),
            "fulfilment": ("fulfilment", "hard"),
            "replacement": ("failures", "hard"),
            "repair": ("failures", "hard"),
            "return_processing": ("failures", "hard"),
            "recovery": ("failures", "hard"),
            "refunds": ("failures", "hard"),
            "goodwill": ("failures", "hard"),
            "contacts": ("service", "hard"),
            "chargeback": ("failures", "hard"),
            "inventory_holding": ("inventory", "estimated"),
            "management": ("supply", "hard"),
            "one_off": ("supply", "hard"),
            "stockouts": ("inventory", "estimated"),
            "disruption": ("risk", "estimated"),
            "churn": ("customers", "soft"),
        }
        assert {line.cost.line: (line.cost.group, line.cost.grade) for line in MODEL.lines} == table


class TestTheModelRefuses:
    """Mistakes of the program, found on import."""

    sources = (Source("a", units.parse("money/unit"), "a"), Source("b", units.parse("event"), "b"))

    def build(self, *quantities):
        module = type(sys)("family")
        for one in quantities:
            setattr(module, one.name + one.function.__name__, one)
        return Model.of([module], self.sources)

    def test_an_unknown_name_with_the_nearest_one(self):
        @quantity("money/unit")
        def wanted(a):
            return a

        @quantity("money/unit")
        def asks(wantd):
            return wantd

        with pytest.raises(formula.FormulaError, match="unknown name 'wantd': did you mean 'wanted'"):
            self.build(wanted, asks)

    def test_a_unit_that_is_not_as_declared(self):
        @cost("money/unit", group="failures", grade="hard")
        def wrong(a, b):
            return a * b

        with pytest.raises(formula.FormulaError, match="declared money/unit, the formula gives money\\*event/unit"):
            self.build(wrong)

    def test_a_sum_of_different_units(self):
        @quantity("money/unit")
        def wrong(a, b):
            return a + b

        with pytest.raises(formula.FormulaError, match="cannot add or compare money/unit and event"):
            self.build(wrong)

    def test_a_circle(self):
        @quantity("1")
        def first(second):
            return second

        @quantity("1")
        def second(first):
            return first

        with pytest.raises(formula.FormulaError, match="run in a circle"):
            self.build(first, second)

    def test_a_double_definition(self):
        @quantity("money/unit", name="twice")
        def one(a):
            return a

        @quantity("money/unit", name="twice")
        def other(a):
            return a + a

        with pytest.raises(formula.FormulaError, match="'twice' is defined twice"):
            self.build(one, other)

    def test_a_branch_on_a_value(self):
        @quantity("money/unit")
        def branches(a):
            return a if a > 0 else -a

        with pytest.raises(formula.FormulaError, match=r"use np\.where|no operation 'greater'"):
            self.build(branches)

    def test_an_operation_without_a_row(self):
        @quantity("money/unit")
        def odd(a):
            return np.tanh(a)

        with pytest.raises(formula.FormulaError, match="no operation 'tanh'"):
            self.build(odd)


class TestFormulasAsText:
    def written(self, function, **given):
        return formula.trace(function, {name: units.parse(unit) for name, unit in given.items()})

    def test_brackets_follow_how_tightly_operations_bind(self):
        made = self.written(lambda a, b, c: (a + b) * c - a / (b * c) - (a - (b - c)), a="1", b="1", c="1")
        assert formula.text(made) == "(a + b) × c − a / (b × c) − (a − (b − c))"

    def test_excel_puts_a_negated_base_of_a_power_in_brackets(self):
        """Excel reads -x^k as (-x)^k."""
        made = self.written(lambda a: -(a**2), a="1")
        assert formula.excel(made, {"a": "A1"}) == "(-(A1^2.0))"

    def test_numbers_take_the_place_of_names_and_sums_are_written_out(self):
        made = self.written(lambda rate, cost: formula.over_modes(rate * cost), rate="1", cost="money")
        values = {("rate", "x"): "0.1", ("rate", "y"): "0.2", ("cost", "x"): "5", ("cost", "y"): "-6"}
        shown = formula.with_numbers(made, lambda name, row: values[name, row], lambda head, row: ["x", "y"])
        assert shown == "(0.1 × 5 + 0.2 × (-6))"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
class TestEveryShippedCase:
    def test_validates_and_compares_without_warnings(self, path):
        case = tco.load(path)
        assert tco.compare(case).warnings == ()
        assert len(case.options) >= 3 or path.name == "hard_drives.yaml"

    def test_has_a_source_beside_its_numbers(self, path):
        """A shipped case is an example of how to keep an assumptions register."""
        case = tco.load(path)
        if "templates" not in str(path):
            told = [one for one in case.inputs.values() if one.number.source or _has_source(case, one.path)]
            assert len(told) >= 0.8 * len(case.inputs)

    def test_explains_every_line_and_every_stated_input(self, path):
        case = tco.load(path)
        for option in case.options:
            names = {line.cost.line for line in case.base.lines[option.name]}
            for name in (*names, *option.inputs):
                assert tco.explain(case, name, supplier=option.name).nodes[0].values is not None

    def test_explains_lines_as_compare_reports_them(self, path):
        """The explained rate times its driver, of month 1, is the line's amount of month 1."""
        case = tco.load(path)
        compared = tco.compare(case)
        engine = case.base
        for option in compared.suppliers:
            for term in engine.terms(option.supplier, 1):
                explained = tco.explain(case, term.line.name, supplier=option.supplier, month=1).nodes[0]
                total = sum(explained.values.values()) * float(np.reshape(engine.graph.known[term.driver], -1)[0])
                if sum(one.cost.line == term.line.cost.line for one in engine.lines[option.supplier]) == 1:
                    assert total == pytest.approx(option.monthly[term.line.cost.line][1], rel=1e-12)


def _has_source(case: tco.Case, path: str) -> bool:
    parts = path.split(".")
    return any(".".join(parts[: length + 1]) in case.file.sources for length in range(len(parts)))


class TestEveryTemplate:
    @pytest.mark.parametrize("name", cli.TEMPLATES)
    def test_states_prices_at_stake_and_has_a_cheap_alternative(self, name, tmp_path):
        file = tmp_path / f"{name}.yaml"
        assert CliRunner().invoke(cli.main, ["init", str(file), "--template", name]).exit_code == 0
        case = tco.load(file)
        assert len(case.options) == 3
        options = [option for option in case.file.suppliers if option != case.baseline]
        assert all(case.file.suppliers[option].price_at_stake for option in options)

    def test_is_not_written_over_a_file_that_is_there(self, tmp_path):
        file = tmp_path / "mine.yaml"
        file.write_text("mine")
        result = CliRunner().invoke(cli.main, ["init", str(file)])
        assert result.exit_code == 1
        assert "expected a new file" in result.stderr
        assert file.read_text() == "mine"


class TestEveryCommand:
    def test_is_a_function_of_the_library_with_the_same_name(self):
        for name in cli.main.commands:
            assert callable(getattr(tco, name))
            assert name in tco.__all__

    @pytest.mark.parametrize("name", sorted(cli.main.commands))
    def test_ends_its_help_with_an_example_that_runs(self, name, tmp_path, monkeypatch):
        text = cli.main.commands[name].get_help(click.Context(cli.main.commands[name]))
        example = text.split("Example:\n")[1].strip().splitlines()[0].strip()
        assert example.startswith(f"tco {name}")
        (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
        monkeypatch.chdir(tmp_path)
        import shlex

        assert CliRunner().invoke(cli.main, shlex.split(example)[1:]).exit_code == 0

    def test_gives_as_json_what_its_result_gives_as_data(self):
        case = str(ROOT / "scenarios/cartridges.yaml")
        printed = json.loads(CliRunner().invoke(cli.main, ["compare", case, "--format", "json"]).stdout)
        assert printed == tco.compare(tco.load(case)).to_dict()
        printed = json.loads(CliRunner().invoke(cli.main, ["explain", case, "churn", "--format", "json"]).stdout)
        assert printed == tco.explain(tco.load(case), "churn").to_dict()
        assert json.loads(CliRunner().invoke(cli.main, ["schema"]).stdout) == tco.schema()

    def test_says_what_is_unknown_without_a_traceback(self):
        case = str(ROOT / "scenarios/cartridges.yaml")
        for arguments, code, words in (
            (["compare", case, "--scenario", "tarif shock"], 2, "did you mean 'tariff shock'?"),
            (["compare", case, "--set", "suppliers.acme.unit_prise=3"], 3, "did you mean 'suppliers.acme.unit_price'?"),
            (["compare", case, "--set", "suppliers.acme.unit_price"], 2, "expected --set PATH=VALUE"),
            (["explain", case, "refund"], 2, "did you mean 'refunds'?"),
            (["explain", case, "refunds", "--supplier", "acm"], 2, "did you mean 'acme'?"),
            (["explain", case, "refunds", "--month", "37"], 2, "expected a month from 0 (the start) to 36, found 37"),
            (["explain", case, "disruption"], 2, "expected a line, quantity or input of acme"),
            (["compare", "no_such_file.yaml"], 3, "no_such_file.yaml: expected a case file"),
        ):
            result = CliRunner().invoke(cli.main, arguments)
            assert result.exit_code == code, arguments
            assert words in result.stderr
            assert result.stdout == ""

    def test_writes_a_file_whole_or_not_at_all(self, tmp_path):
        case, target = str(ROOT / "scenarios/cartridges.yaml"), tmp_path / "out.json"
        target.write_text("old")
        bad = CliRunner().invoke(cli.main, ["compare", case, "--set", "inflation=8", "-o", str(target)])
        assert bad.exit_code == 3
        assert target.read_text() == "old"
        good = CliRunner().invoke(cli.main, ["compare", case, "--format", "json", "-o", str(target)])
        assert good.exit_code == 0
        assert json.loads(target.read_text())["baseline"] == "acme"
        assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


class TestStartUp:
    def loaded(self, *arguments: str) -> set[str]:
        """Give the modules that a command has loaded when it ends, in a process of its own."""
        program = (
            "import sys, io, contextlib\n"
            "from tco.cli import main\n"
            "with contextlib.redirect_stdout(io.StringIO()):\n"
            f"    main({list(arguments)!r}, standalone_mode=False)\n"
            "print('\\n'.join(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
        return set(done.stdout.split())

    def test_help_imports_neither_numpy_nor_pandas(self):
        assert not self.loaded("--help") & {"numpy", "pandas", "pydantic", "scipy", "matplotlib"}

    def test_compare_imports_neither_pandas_nor_matplotlib_nor_scipy_stats(self):
        loaded = self.loaded("compare", "scenarios/cartridges.yaml")
        assert "numpy" in loaded
        assert not loaded & {"pandas", "matplotlib", "scipy.stats", "scipy.optimize", "rich"}

    @pytest.mark.slow
    def test_help_takes_at_most_one_and_a_half_times_importing_click(self):
        def timed(program: str) -> float:
            timer = f"import time; t = time.process_time()\n{program}\nprint(time.process_time() - t)"
            compiled = os.environ | {"PYTHONDONTWRITEBYTECODE": ""}  # as when it is installed
            done = subprocess.run(
                [sys.executable, "-c", timer], capture_output=True, text=True, check=True, env=compiled
            )
            return float(done.stdout.splitlines()[-1])

        start = "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()):\n    "
        both = (f"{start}from tco.cli import main; main(['--help'], standalone_mode=False)", f"{start}import click")
        rounds = [tuple(map(timed, both)) for _ in range(15)]  # a busy machine disturbs both of a round
        ratios = sorted(helped / click_alone for helped, click_alone in rounds)
        assert ratios[len(ratios) // 4] <= 1.5


class TestTheReadme:
    text = (ROOT / "README.md").read_text()

    def commands(self) -> list[str]:
        blocks = re.findall(r"```sh\n(.*?)```", self.text, re.S)
        lines = [line for block in blocks for line in block.splitlines()]
        return [part.strip() for line in lines for part in line.split("&&") if part.strip().startswith("tco ")]

    def test_commands_run(self, tmp_path, monkeypatch):
        import shlex

        (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
        monkeypatch.chdir(tmp_path)
        assert len(self.commands()) >= 8
        for command in self.commands():
            result = CliRunner().invoke(cli.main, shlex.split(command)[1:])
            assert result.exit_code == 0, f"{command}: {result.output}"

    def test_example_in_python_runs(self, monkeypatch):
        monkeypatch.chdir(ROOT)
        for block in re.findall(r"```python\n(.*?)```", self.text, re.S):
            exec(compile(block, "README.md", "exec"), {})

    def test_sample_output_is_what_the_command_prints(self):
        ((command, shown),) = re.findall(r"<!-- output of tco (.*?) -->\n```\n(.*?)```", self.text, re.S)
        result = CliRunner().invoke(cli.main, command.split())
        assert shown in result.output

    def test_sample_mistakes_are_those_of_the_starter_case(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        CliRunner().invoke(cli.main, ["init", "my_case.yaml"])
        before, better = Path("my_case.yaml").read_text().split("  better:\n")
        better = better.replace("price_growth", "price_grwoth", 1).replace("duty_rate: 0%", "duty_rate: 8", 1)
        Path("my_case.yaml").write_text(f"{before}  better:\n{better}")
        result = CliRunner().invoke(cli.main, ["validate", "my_case.yaml"])
        (shown,) = re.findall(r"```\n(my_case.yaml:.*?)```", self.text, re.S)
        assert shown in result.output

    def test_its_links_lead_somewhere(self):
        for path in ("README.md", "ARCHITECTURE.md", "docs/method.md"):
            for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / path).read_text()):
                assert ((ROOT / path).parent / target).exists(), f"{path}: {target}"

    def test_method_names_every_line_with_its_group_and_grade(self):
        rows = re.findall(r"^\| ([^|]*) \| ([^|]*) \| ([^|]*) \|", (ROOT / "docs/method.md").read_text(), re.M)
        told = {name: (group, grade) for names, group, grade in rows for name in names.split(", ")}
        for line in MODEL.lines:
            assert told[line.cost.line] == (line.cost.group, line.cost.grade)

    def test_names_every_shipped_case(self):
        assert all(f"scenarios/{path.name}" in self.text for path in (ROOT / "scenarios").glob("*.yaml"))


def test_constants_are_what_their_names_say():
    """365.25 / 12 days a month; 12 months and 365 days a year (model.md, sections 1, 5 and 7)."""
    assert {name: value for name, (value, _, _) in CONSTANTS.items()} == {
        "months_per_year": 12,
        "days_per_year": 365,
        "days_per_month": 365.25 / 12,
        "half": 0.5,
        "rounding": 1.000000001,
    }


def test_public_names_are_documented():
    for name in tco.__all__:
        if name != "__version__":
            assert inspect.getdoc(getattr(tco, name)), name
