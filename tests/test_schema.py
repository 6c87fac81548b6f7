"""The JSON Schema accepts what `tco validate` accepts, and refuses what it refuses for its shape."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from strategies import FOLDER, cases
from test_errors import CASE, NUMBERS, SHAPE, Mistake, edited, named

import tco
from tco import cli, document, shape
from tco.document import Document

ROOT = Path(__file__).parent.parent
CASES = sorted(ROOT.glob("scenarios/*.yaml")) + sorted(ROOT.glob("tco/templates/*.yaml"))
SCHEMA = tco.schema()
DATA = document.parse(CASE, "case.yaml").data
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def refusals(data: Any) -> list[str]:
    """List what the schema says against some data."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def refused(data: Any) -> bool:
    return not VALIDATOR.is_valid(data)


def validates(data: dict[str, Any], folder: Path = ROOT) -> bool:
    """Say whether data has the shape that `tco validate` asks for."""
    return not shape.check(Document("case", data, {}, folder))[2]


def test_the_schema_is_a_valid_schema_of_its_own_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    json.dumps(SCHEMA, allow_nan=False)


def test_the_command_prints_the_schema_or_writes_it_to_a_file(tmp_path: Path) -> None:
    assert json.loads(CliRunner().invoke(cli.main, ["schema"]).stdout) == SCHEMA
    written = tmp_path / "tco.schema.json"
    assert CliRunner().invoke(cli.main, ["schema", "-o", str(written)]).stdout == ""
    assert json.loads(written.read_text(encoding="utf-8")) == SCHEMA


@pytest.mark.parametrize("file", CASES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_schema_accepts_every_shipped_case(file: Path) -> None:
    data = document.read(file).data
    assert refusals(data) == []
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@given(cases())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_the_schema_accepts_whatever_validate_accepts(tree: dict[str, Any]) -> None:
    data = tco.from_data(tree, folder=FOLDER).document.data
    assert refusals(data) == []


# ---------------------------------------------------------------------------------------------------------------------
# Mistakes of shape

JOINT = {
    "a number too large for any computer": "size",
    "a number larger than any amount": "size",
    "a PERT out of order": "order",
    "a range with its ends swapped": "order",
    "a range of one number": "order",
    "a range of 0.5 to 2%": "order",
    "a range with one percent sign": "order",
    "a positive range from 0": "what a lognormal can have",
    "a share's range from 0": "what a beta can have",
    "a beta too wide for its mean": "what a beta can have",
    "a metalog whose median is off": "what a metalog can have",
    "probabilities that do not sum": "a sum",
    "more events than trials": "order",
    "part of an event": "whole numbers in text",
    "no trials": "whole numbers in text",
    "samples from a file that is not there": "files",
    "samples from a folder": "files",
}
"""Mistakes in one number that are not of its shape, and what they are of."""


@pytest.mark.parametrize("mistake", [*SHAPE, *NUMBERS], ids=named)
def test_schema_and_validate_refuse_the_same_mistakes_of_shape(mistake: Mistake) -> None:
    data = document.parse(edited(mistake.changes), "case.yaml").data
    assert not validates(data)
    assert refused(data) == (mistake.name not in JOINT)


def test_the_mistakes_that_a_schema_cannot_see_are_all_tested() -> None:
    assert set(JOINT) <= {mistake.name for mistake in NUMBERS}


# ---------------------------------------------------------------------------------------------------------------------
# Numbers in every form, in several kinds of places

PLACES = {
    "share": (
        ("suppliers", "acme", "duty_rate"),
        ("suppliers", "acme", "failure_rates", "leaks"),
        ("suppliers", "acme", "chargeback"),
        ("suppliers", "acme", "chargeback", "late"),
        ("failures", "leaks", "churn"),
        ("returns", "dispositions", "restock", "share"),
    ),
    "positive": (
        ("suppliers", "acme", "unit_price"),
        ("contacts", "cost"),
        ("returns", "activities", "carriage"),
        ("failures", "leaks", "goodwill"),
        ("demand", "customers"),
    ),
    "ratio": (("exchange_rates", "USD"), ("demand", "monthly_cv"), ("failures", "leaks", "contacts")),
    "rate": (("inflation",), ("suppliers", "acme", "price_growth"), ("product", "sale_price_growth")),
    "number": (("suppliers", "acme", "payment_days"),),
}
BY_YEAR = {"duty_rate", "leaks", "chargeback", "late", "unit_price", "cost", "carriage", "goodwill", "USD"}
SHARES: tuple[Any, ...] = (
    *(0, 1, 0.08, "0.08", "8%", "8 %", " 8.5% ", "0%", "100%", "100.0%", "1.0", ".08", "8e-2", "+8%", "1", "0.000_1"),
    *("2% to 4%", "0.02 to 0.04", "0.02 to 4%", "2%  to  4%", "412 of 9_800", "0 of 50", "3 of 1e3"),
    *({form: ["2%", 0.04, "9%"]} for form in ("pert", "triangular")),
    {"uniform": ["2%", 0.04]},
    *({form: {"mean": "50%", "sd": 0.005}} for form in ("normal", "lognormal", "gamma", "beta")),
    *({form: {"p5": "49%", "p95": 0.51}} for form in ("normal", "lognormal", "gamma", "beta")),
    {"beta": {"mean": 0.01, "sd": "0.4%"}},
    {"metalog": {"p10": "4%", "p50": 0.05, "p90": "9%", "min": 0, "max": "100%"}},
    {"discrete": {"4%": "70%", "0.05": 0.3}},
)
AMOUNTS: tuple[Any, ...] = (
    *(0, 1, 12.4, "12.4", 50_000, "50_000", "1_234.5", "1e3", 1e3, ".5", "5.", "+4", " 4 "),
    *("8.5 to 12", "40_000 to 110_000"),
    *({form: [0, "4", 9_000]} for form in ("pert", "triangular")),
    {"uniform": [1, "2"]},
    *({form: {"mean": 28, "sd": "2"}} for form in ("normal", "lognormal", "gamma")),
    *({form: {"p10": 27, "p50": "28"}} for form in ("normal", "lognormal", "gamma")),
    {"metalog": {"p10": 4, "p50": "5", "p90": 9, "min": 0}},
    {"discrete": {"12.4": "70%", "13.1": 0.3}},
)
RATIOS: tuple[Any, ...] = (0.25, "25%", "125%", "20% to 30%", "0.2 to 0.3", {"pert": ["20%", 0.25, "1.2"]})
RATES: tuple[Any, ...] = (
    *(0, 0.02, -0.02, "2%", "-2%", "-2 %", "250%", "-99%", "0.5", "-0.5", "-2% to 4%", "0.01 to 0.02"),
    *({"uniform": ["-2%", "150%"]}, {"normal": {"mean": "2%", "sd": "1%"}}, {"normal": {"p5": "-1%", "p95": 0.05}}),
)
PLAIN: tuple[Any, ...] = (0, -30, "-30", 45.5, "-10 to 20", {"normal": {"mean": -5, "sd": 2}}, {"uniform": [-3, 3]})
WRITTEN = {"share": SHARES, "positive": AMOUNTS, "ratio": RATIOS, "rate": RATES, "number": PLAIN}


def put(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Give the data of the test case with another value at some keys."""
    data = copy.deepcopy(DATA)
    node = data
    for key in keys[:-1]:
        node = node.setdefault(key, {})
    node[keys[-1]] = value
    return data


def accepted(data: dict[str, Any]) -> bool:
    return validates(data) and not refused(data)


@pytest.mark.parametrize("kind", WRITTEN)
def test_schema_and_validate_accept_every_form_of_a_number_in_its_places(kind: str) -> None:
    for keys in PLACES[kind]:
        for raw in WRITTEN[kind]:
            assert accepted(put(keys, raw)), (keys, raw)


@pytest.mark.parametrize("kind", WRITTEN)
def test_schema_and_validate_accept_every_form_with_remarks_and_by_year(kind: str) -> None:
    place, *_ = PLACES[kind]
    for raw in WRITTEN[kind]:
        assert accepted(
            put(place, {"value": raw, "source": "Ledger", "owner": "finance", "grade": "soft", "date": "2026"})
        )
        if place[-1] in BY_YEAR:
            assert accepted(put(place, {"by_year": [raw, {"value": raw, "note": "a forecast"}]})), raw
            assert accepted(put(place, {"value": {"by_year": [raw]}, "source": "Tariff"})), raw


@pytest.mark.parametrize("kind", WRITTEN)
def test_schema_and_validate_refuse_years_where_an_input_has_none(kind: str) -> None:
    for keys in PLACES[kind]:
        if keys[-1] not in BY_YEAR:
            data = put(keys, {"by_year": [WRITTEN[kind][1]]})
            assert not validates(data)
            assert refused(data)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *(("share", raw) for raw in (8, 1.01, -0.1, "8", "1.01", "2.0", "108%", "-8%", "0,08", "8,5%", "8%%", "few")),
        *(("share", raw) for raw in ("8 to 12", "2% to 12", "8 to 12%", "2% to", " to 4%", "2,5% to 4%", "-1 of 9")),
        *(("share", raw) for raw in ({"pert": [2, 4, 9]}, {"pert": ["2%", "4%"]}, {"uniform": [0, 1, 1]}, {"pert": 0})),
        *(("share", raw) for raw in ({"beta": {"mean": 8, "sd": 0.1}}, {"beta": {"mean": 0.1}}, {"beta": {"p5": 0.1}})),
        *(("share", raw) for raw in ({"beta": {"mean": 0.1, "p5": 0.1}}, {"beta": {"mean": 0.1, "sd": 8}})),
        *(("share", raw) for raw in ({"discrete": {"8": "50%", "9%": "50%"}}, {"discrete": {"8%": 50, "9%": 50}})),
        *(("share", raw) for raw in ({"metalog": {"p10": 0.1}}, {"discrete": {}}, {"discrete": [1]}, {"betta": {}})),
        *(("share", raw) for raw in (True, None, [0], {}, "", {"source": "x"}, {"value": 8}, {"value": 0, "sorc": ""})),
        *(("share", raw) for raw in ({"value": 0, "source": 3}, {"value": 0, "grade": "x"}, {"value": {"value": 0}})),
        *(("share", raw) for raw in ({"samples": "x.csv"}, {"samples": 3, "column": "x"})),
        *(("positive", raw) for raw in (-1, "-1", "8%", "4,10", "£4", "4 GBP", "1,000", "4-5", "-1 to 3", "4 of 9")),
        *(("positive", raw) for raw in ({"pert": ["1%", 2, 3]}, {"normal": {"mean": 4, "sd": -1}}, "1e", "0x10", ".")),
        *(("ratio", raw) for raw in (-0.1, "-10%", "25 %%")),
        *(("rate", raw) for raw in (2, -1, "2", "-3", "1 to 3", "2,5%", "1.0")),
        *(("number", raw) for raw in ("8%", "soon", True, "4 of 9")),
    ],
    ids=str,
)  # fmt: skip
def test_schema_and_validate_refuse_every_wrong_form_of_a_number_in_its_places(kind: str, raw: Any) -> None:
    for keys in PLACES[kind]:
        if not (keys[-1] == "chargeback" and isinstance(raw, dict) and not raw):  # no mode at all: nothing is credited
            data = put(keys, raw)
            assert not validates(data), keys
            assert refused(data), keys


@pytest.mark.parametrize("word", ["unknown", "rest", "Unknown", "none"])
def test_words_stand_only_where_the_format_has_them(word: str) -> None:
    for keys, allowed in (
        (("suppliers", "acme", "failure_rates", "leaks"), "unknown"),
        (("failure_rates", "late"), "unknown"),
        (("returns", "dispositions", "restock", "share"), "rest"),
        (("suppliers", "acme", "duty_rate"), ""),
    ):
        data = put(keys, word)
        assert validates(data) == (word == allowed)
        assert refused(data) == (word != allowed)


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (("suppliers", "a.b"), {"unit_price": 1}),
        (("failures", "a.b"), {"stage": "use", "liable": "carrier"}),
        (("failure_rates", " late"), "5%"),
        (("returns", "activities", ""), 3),
        (("returns", "dispositions", "a\tb"), {"share": "rest"}),
        (("exchange_rates", "usd"), 0.79),
        (("decision", "grades", "a.b"), "hard"),
    ],
    ids=str,
)
def test_schema_and_validate_refuse_names_that_are_none(keys: tuple[str, ...], name: Any) -> None:
    data = put(keys, name)
    assert not validates(data)
    assert refused(data)


def test_every_number_of_the_format_is_described_in_the_schema() -> None:
    sections = [
        SCHEMA,
        *(one for one in SCHEMA["$defs"].values() if "properties" in one and "additionalProperties" in one),
    ]
    described = [node for section in sections for node in section["properties"].values() if "description" in node]
    assert len(described) > 60
    assert any("[money/unit]" in node["description"] for node in described)
    assert all(section["additionalProperties"] is False for section in sections)
