"""Every way to write a number: what it means, with means worked out by hand or by scipy.stats."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tco import document
from tco.distributions import (
    Beta,
    Discrete,
    Fixed,
    Gamma,
    Lognormal,
    Metalog,
    Normal,
    Pert,
    Samples,
    Triangular,
    Uniform,
)
from tco.numbers import KINDS, Manner, Number, NumberErrors, is_number_form, read

MANNERS = {
    "share": Manner("share", percent=True, path=True),
    "rate": Manner("rate", percent=True),
    "positive": Manner("positive", percent=False, path=True),
    "ratio": Manner("positive", percent=True),
    "number": Manner("number", percent=False),
}
Z95 = 1.6448536269514722
"""The standard normal's 95th percentile."""
LN9 = math.log(9)


def number(raw: Any, kind: str) -> Number:
    return read(raw, MANNERS[kind])


def mean(raw: Any, kind: str) -> float:
    (found,) = number(raw, kind).means()
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Fixed numbers


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (12.4, "positive", 12.4),
        ("12.4", "positive", 12.4),
        (50_000, "positive", 50_000),
        ("50_000", "positive", 50_000),
        ("1_234.56", "positive", 1234.56),
        ("+3", "positive", 3),
        (".5", "positive", 0.5),
        ("5.", "positive", 5),
        ("1.5e3", "positive", 1500),
        (" 4 ", "positive", 4),
        (0, "positive", 0),
        ("8%", "share", 0.08),
        ("8 %", "share", 0.08),
        (" 8.5% ", "share", 0.085),
        ("0.08", "share", 0.08),
        (0.08, "share", 0.08),
        ("0%", "share", 0),
        ("100%", "share", 1),
        (1, "share", 1),
        ("2%", "rate", 0.02),
        ("-5%", "rate", -0.05),
        (-0.05, "rate", -0.05),
        ("250%", "rate", 2.5),
        ("-99.9%", "rate", -0.999),
        ("25%", "ratio", 0.25),
        (1.2, "ratio", 1.2),
        ("120%", "ratio", 1.2),
        (-12, "number", -12),
        ("-12.5", "number", -12.5),
    ],
)
def test_a_plain_number_means_itself_and_a_percent_sign_a_hundredth(raw: Any, kind: str, value: float) -> None:
    found = number(raw, kind)
    assert isinstance(found.value, Fixed)
    assert found.is_fixed
    assert not found.is_path
    assert found.means() == (pytest.approx(value, rel=1e-15),)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.4", 12.4),
        ("50_000", 50_000),
        ("1e3", 1000.0),
        ("-7", -7),
        ("+7", 7),
        (".5", 0.5),
        ("5.", 5.0),
        ("8%", "8%"),
        ("2% to 4%", "2% to 4%"),
        ("E5", "E5"),  # no digit in front of the exponent: a name, not a number
        ("e-3", "e-3"),
        (".e5", ".e5"),
        (".", "."),
        ("_5", "_5"),
        ("1:30", "1:30"),  # YAML 1.1 would read 90
        ("0x10", "0x10"),
        ("2027-01", "2027-01"),
        ("2027-01-31", "2027-01-31"),
        ("NO", "NO"),  # YAML 1.1 would read false: Norway
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("NaN", "NaN"),
        (".nan", ".nan"),
        (".inf", ".inf"),
    ],
)
def test_a_plain_scalar_of_a_file_is_a_number_only_if_it_looks_like_one(text: str, value: Any) -> None:
    found = document.scalar(text)
    assert found == value
    assert type(found) is type(value)
    assert document.parse(f"key: {text}", "").data["key"] == value


@pytest.mark.parametrize("text", ["12.4", "50_000", "1e3", "true", "null"])
def test_a_scalar_in_quotes_is_text(text: str) -> None:
    assert document.parse(f'key: "{text}"', "").data == {"key": text}


@given(st.floats(0, 1), st.sampled_from(["share", "rate", "ratio"]))
@settings(max_examples=60, deadline=None)
def test_a_share_reads_the_same_with_and_without_its_percent_sign(value: float, kind: str) -> None:
    plain = value if kind != "rate" or value < 1 else 0.5
    assert mean(f"{100 * plain!r}%", kind) == pytest.approx(mean(plain, kind), rel=1e-15)


# ---------------------------------------------------------------------------------------------------------------------
# Intervals and counts


@pytest.mark.parametrize(
    ("raw", "kind", "family", "low", "high"),
    [
        ("2% to 4%", "share", Beta, 0.02, 0.04),
        ("0.02 to 0.04", "share", Beta, 0.02, 0.04),
        ("0.02 to 4%", "share", Beta, 0.02, 0.04),
        ("60% to 99%", "share", Beta, 0.6, 0.99),
        ("0.1% to 50%", "share", Beta, 0.001, 0.5),
        ("8.5 to 12", "positive", Lognormal, 8.5, 12),
        ("40_000 to 110_000", "positive", Lognormal, 40_000, 110_000),
        ("20% to 30%", "ratio", Lognormal, 0.2, 0.3),
        ("-2% to 4%", "rate", Normal, -0.02, 0.04),
        ("-10 to 20", "number", Normal, -10, 20),
        ("  1   to  3 ", "positive", Lognormal, 1, 3),
    ],
)
def test_an_interval_is_the_middle_90_percent_of_a_family_that_its_kind_chooses(
    raw: str, kind: str, family: type, low: float, high: float
) -> None:
    found = number(raw, kind).value
    assert isinstance(found, family)
    assert float(found.quantile(0.05)) == pytest.approx(low, rel=1e-9)
    assert float(found.quantile(0.95)) == pytest.approx(high, rel=1e-9)


def test_an_interval_of_a_share_is_the_beta_with_these_percentiles() -> None:
    found = number("2% to 4%", "share").value
    assert isinstance(found, Beta)
    assert stats.beta.cdf([0.02, 0.04], found.a, found.b) == pytest.approx([0.05, 0.95], abs=1e-9)
    assert found.mean() == pytest.approx(stats.beta.mean(found.a, found.b), rel=1e-12)


def test_an_interval_of_what_is_positive_has_the_lognormals_mean() -> None:
    mu, sigma = (math.log(8.5) + math.log(12)) / 2, math.log(12 / 8.5) / (2 * Z95)
    assert mean("8.5 to 12", "positive") == pytest.approx(math.exp(mu + sigma**2 / 2), rel=1e-12)
    assert mean("8.5 to 12", "positive") == pytest.approx(stats.lognorm.mean(sigma, scale=math.exp(mu)), rel=1e-12)


def test_an_interval_of_a_rate_or_number_has_its_middle_for_a_mean() -> None:
    assert mean("-2% to 4%", "rate") == pytest.approx(0.01, rel=1e-12)
    assert mean("-10 to 20", "number") == pytest.approx(5, rel=1e-12)
    found = number("-10 to 20", "number").value
    assert isinstance(found, Normal)
    assert found.sd() == pytest.approx(30 / (2 * Z95), rel=1e-12)


@pytest.mark.parametrize(
    ("raw", "a", "b"),
    [
        ("412 of 9_800", 412.5, 9388.5),  # the format's example: Beta(412+½, 9 388+½)
        ("0 of 50", 0.5, 50.5),
        ("50 of 50", 50.5, 0.5),
        ("1_870 of 48_200", 1870.5, 46330.5),
        ("3 of 1e3", 3.5, 997.5),
    ],
)
def test_counts_are_jeffreys_posterior_of_a_share(raw: str, a: float, b: float) -> None:
    assert number(raw, "share").value == Beta(a, b)
    assert mean(raw, "share") == pytest.approx(a / (a + b), rel=1e-14)


# ---------------------------------------------------------------------------------------------------------------------
# Distributions by name


@pytest.mark.parametrize(
    ("raw", "kind", "value", "expected"),
    [
        ({"pert": [2, 4, 9]}, "positive", Pert(2, 4, 9), 4.5),  # (2 + 4·4 + 9)/6
        ({"pert": ["2%", "4%", "9%"]}, "share", Pert(0.02, 0.04, 0.09), 0.045),
        ({"pert": [0.02, "4%", 0.09]}, "share", Pert(0.02, 0.04, 0.09), 0.045),
        ({"triangular": [40_000, "60_000", 110_000]}, "positive", Triangular(40_000, 60_000, 110_000), 70_000),
        ({"uniform": [1, 3]}, "positive", Uniform(1, 3), 2),
        ({"uniform": ["-2%", "6%"]}, "rate", Uniform(-0.02, 0.06), 0.02),
        ({"normal": {"mean": 5, "sd": 2}}, "number", Normal(5, 2), 5),
        ({"discrete": {"12.4": "70%", "13.1": "30%"}}, "positive", Discrete((12.4, 13.1), (0.7, 0.3)), 12.61),
        ({"discrete": {"1%": 0.25, "5%": 0.75}}, "share", Discrete((0.01, 0.05), (0.25, 0.75)), 0.04),
        ({"discrete": {12.4: "70%", 13.1: 0.3}}, "positive", Discrete((12.4, 13.1), (0.7, 0.3)), 12.61),
    ],
)
def test_a_named_distribution_has_the_mean_of_its_definition(
    raw: Any, kind: str, value: object, expected: float
) -> None:
    found = number(raw, kind)
    assert found.value == value
    assert found.means() == (pytest.approx(expected, rel=1e-12),)
    assert not found.is_fixed


def test_a_family_by_mean_and_sd_has_this_mean_and_this_sd() -> None:
    for form, family, kind in (
        ("lognormal", Lognormal, "positive"),
        ("gamma", Gamma, "positive"),
        ("normal", Normal, "number"),
    ):
        found = number({form: {"mean": 28, "sd": 14}}, kind).value
        assert isinstance(found, family)
        assert (found.mean(), found.sd()) == (pytest.approx(28, rel=1e-12), pytest.approx(14, rel=1e-12))
    share = number({"beta": {"mean": "1.1%", "sd": "0.4%"}}, "share").value
    assert isinstance(share, Beta)
    assert stats.beta.stats(share.a, share.b, moments="mv") == pytest.approx((0.011, 0.004**2), rel=1e-9)


@pytest.mark.parametrize("pair", [("p5", "p95"), ("p10", "p90"), ("p25", "p75"), ("p50", "p90"), ("p75", "p95")])
def test_a_family_by_two_percentiles_has_these_percentiles(pair: tuple[str, str]) -> None:
    probabilities = [int(name[1:]) / 100 for name in pair]
    for form, kind, low, high in (
        ("normal", "number", -3, 8),
        ("lognormal", "positive", 3, 8),
        ("gamma", "positive", 3, 8),
        ("beta", "share", 0.03, 0.08),
    ):
        found = number({form: {pair[0]: low, pair[1]: high}}, kind).value
        assert not isinstance(found, tuple)
        assert [float(found.quantile(u)) for u in probabilities] == pytest.approx([low, high], rel=1e-9)
        swapped = number({form: {pair[1]: high, pair[0]: low}}, kind).value
        assert swapped == found


def test_the_means_of_families_by_percentiles_are_scipys() -> None:
    gamma = number({"gamma": {"p10": 3, "p90": 8}}, "positive").value
    assert isinstance(gamma, Gamma)
    assert stats.gamma.ppf([0.1, 0.9], gamma.shape, scale=gamma.scale) == pytest.approx([3, 8], rel=1e-9)
    assert gamma.mean() == pytest.approx(stats.gamma.mean(gamma.shape, scale=gamma.scale), rel=1e-12)
    lognormal = number({"lognormal": {"p10": 3, "p90": 8}}, "positive").value
    assert isinstance(lognormal, Lognormal)
    expected = stats.lognorm.mean(lognormal.sigma, scale=math.exp(lognormal.mu))
    assert lognormal.mean() == pytest.approx(expected, rel=1e-12)


def test_a_metalog_passes_through_its_percentiles_and_has_keelins_mean() -> None:
    found = number({"metalog": {"p10": 10, "p50": 20, "p90": 50}}, "number").value
    assert isinstance(found, Metalog)
    assert found.quantile(np.array([0.1, 0.5, 0.9])) == pytest.approx([10, 20, 50], rel=1e-12)
    # a1 + a3/2 with a1 = p50 and a3 = (p10 - 2 p50 + p90)/(0.8 ln 9): Keelin 2016, section 6.2.1
    assert found.mean() == pytest.approx(20 + (10 - 40 + 50) / (1.6 * LN9), rel=1e-12)


@pytest.mark.parametrize("limits", [{"min": 0}, {"min": "0%", "max": 1}, {"max": 1.5}])
def test_a_bounded_metalog_has_the_mean_of_its_quantiles(limits: dict[str, Any]) -> None:
    kind = "share" if "max" in limits and "min" in limits else "number"
    if kind == "number":
        limits = {key: float(str(value).rstrip("%")) for key, value in limits.items()}
    found = number({"metalog": {"p10": 0.1, "p50": 0.3, "p90": 0.6, **limits}}, kind).value
    assert isinstance(found, Metalog)
    by_quadrature, _ = integrate.quad(lambda u: float(found.quantile(u)), 0, 1, epsabs=1e-12)
    assert found.mean() == pytest.approx(by_quadrature, rel=1e-6)


def test_samples_are_the_values_of_a_column_beside_the_case(tmp_path: Path) -> None:
    (tmp_path / "ledger.csv").write_text("date,price,share\n2027-01,3,8%\n2027-02,4.5,0.12\n2027-03,7_500,1\n")
    at = {"samples": "ledger.csv"}
    prices = read({**at, "column": "price"}, Manner("positive", percent=False, folder=tmp_path)).value
    shares = read({**at, "column": "share"}, Manner("share", percent=True, folder=tmp_path)).value
    assert prices == Samples((3, 4.5, 7500), "ledger.csv", "price")
    assert prices.mean() == pytest.approx(7507.5 / 3)
    assert isinstance(shares, Samples)
    assert shares.mean() == pytest.approx((0.08 + 0.12 + 1) / 3)


def test_samples_with_a_byte_order_mark_and_quotes_are_read_as_spreadsheets_write_them(tmp_path: Path) -> None:
    (tmp_path / "ledger.csv").write_bytes('\ufeff"price","note"\r\n"4","a, b"\r\n"6",""\r\n'.encode())
    found = read({"samples": "ledger.csv", "column": "price"}, Manner("positive", percent=False, folder=tmp_path))
    assert found.means() == (5,)


# ---------------------------------------------------------------------------------------------------------------------
# Paths by contract year, remarks, words


def test_a_path_by_contract_year_has_a_mean_for_each_year() -> None:
    found = number({"by_year": ["4%", 0.04, "6%"]}, "share")
    assert found.is_path
    assert found.is_fixed
    assert found.means() == (0.04, 0.04, 0.06)


def test_a_year_of_a_path_may_be_uncertain_and_have_a_source_of_its_own() -> None:
    found = number({"by_year": ["1 of 9", {"value": {"pert": ["1%", "2%", "9%"]}, "source": "forecast"}]}, "share")
    assert found.means() == (pytest.approx(0.15), pytest.approx(0.03))
    assert not found.is_fixed
    assert isinstance(found.value, tuple)
    assert [year.source for year in found.value] == ["", "forecast"]


def test_remarks_stand_beside_a_value_in_any_form() -> None:
    remarks = {
        "source": "Quote",
        "owner": "procurement",
        "grade": "hard",
        "note": "valid 90 days",
        "date": "2026-10-30",
    }
    for raw in (4.78, "4 to 5", {"pert": [4, 5, 6]}, {"by_year": [4, 5]}):
        found = number({"value": raw, **remarks}, "positive")
        assert found.value == number(raw, "positive").value
        assert {key: getattr(found, key) for key in remarks} == remarks
        assert found.word == ""


def test_unknown_counts_as_0_and_the_rest_is_what_others_leave() -> None:
    from tco import load

    case = load(Path(__file__).parent.parent / "scenarios" / "unknown_rate.yaml")
    words = {one.number.word: one.number for one in case.inputs.values() if one.number.word}
    assert set(words) == {"unknown", "rest"}
    assert [one.means() for one in words.values()] == [(0.0,), (0.0,)]


@pytest.mark.parametrize("form", ["pert", "normal", "metalog", "discrete", "samples", "by_year", "value"])
def test_a_mapping_is_a_number_if_a_form_is_among_its_keys(form: str) -> None:
    assert is_number_form({form: 1, "source": "x"})
    assert not is_number_form({"leaks": 1, "source": "x"})
    assert not is_number_form(form)


def test_all_mistakes_of_a_number_are_told_at_once() -> None:
    with pytest.raises(NumberErrors) as caught:
        number({"value": {"by_year": [8, "4%", 9]}, "sourc": "x", "grade": "firm"}, "share")
    assert [problem.message for problem in caught.value.problems] == [
        "unknown key",
        "expected hard, estimated or soft, found 'firm'",
        "expected a share between 0 and 1, found 8",
        "expected a share between 0 and 1, found 9",
    ]
    assert [problem.at for problem in caught.value.problems] == [
        ("sourc",),
        ("grade",),
        ("value", "by_year", 0),
        ("value", "by_year", 2),
    ]
    assert str(caught.value).startswith("unknown key; expected hard")


# ---------------------------------------------------------------------------------------------------------------------
# What is read stays within its kind

ENDS = (
    st.tuples(st.floats(0.001, 0.98), st.floats(0.001, 0.98)).map(sorted).filter(lambda ends: ends[1] > 1.05 * ends[0])
)


@st.composite
def forms(draw: st.DrawFn) -> Any:
    """Write a distribution of a share, not all of which stay within 0 and 1."""
    low, high = draw(ENDS)
    middle = (low + high) / 2
    return draw(
        st.sampled_from(
            [
                f"{low} to {high}",
                {"pert": [low, middle, high]},
                {"uniform": [low, high]},
                *(
                    {form: {"mean": middle, "sd": (high - low) / 4}}
                    for form in ("normal", "lognormal", "gamma", "beta")
                ),
                *({form: {"p10": low, "p90": high}} for form in ("normal", "lognormal", "gamma", "beta")),
                {"metalog": {"p10": low, "p50": middle, "p90": high}},
                {"metalog": {"p10": low, "p50": middle, "p90": high, "min": 0, "max": "100%"}},
                {"discrete": {low: "40%", high: "60%"}},
            ]
        )
    )


@given(forms(), st.sampled_from(["share", "ratio", "rate"]))
@settings(max_examples=100, deadline=None)
def test_a_distribution_is_refused_or_all_its_draws_lie_within_the_bounds_of_its_kind(raw: Any, kind: str) -> None:
    _, low, high = KINDS[MANNERS[kind].kind]
    try:
        found = number(raw, kind).value
    except NumberErrors as errors:
        (problem,) = errors.problems
        assert (
            "of its draws" in problem.message or "expected a p50" in problem.message or "percentiles" in problem.message
        )
        return
    assert not isinstance(found, tuple)
    draws = found.quantile(np.array([1e-7, 0.5, 1 - 1e-7]))
    assert np.all((low <= draws) & (draws <= high))
    assert low <= found.mean() <= high
