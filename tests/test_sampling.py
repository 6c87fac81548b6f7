"""Draws: Sobol' points are the published ones, strata are filled evenly, streams belong to paths, ranks correlate."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from tco.distributions import Beta, Discrete, Distribution, Lognormal, Normal, Pert, Samples, Triangular, Uniform
from tco.errors import TcoError, Unexpected, UsageError
from tco.sampling import (
    CHUNK,
    METHODS,
    MOST_DIMENSIONS,
    REPLICATES,
    Copula,
    Correlation,
    Method,
    Sampler,
    _directions,
    nearest_correlation,
    spearman,
)

Values = NDArray[np.float64]

UNIT = Uniform(0, 1)
SMALLEST, LARGEST = 2.0**-54, 1 - 2.0**-53


def rank_correlation(first: Values, second: Values) -> float:
    return float(spearman([first, second])[0, 1])


def units(count: int) -> dict[str, Distribution]:
    """Uniform inputs whose paths sort in the order of their numbers."""
    return {f"input.{number:04}": UNIT for number in range(count)}


def uniforms(sampler: Sampler) -> Values:
    """All uniforms of a run, (inputs, n)."""
    return np.concatenate([sampler.uniforms(chunk) for chunk in range(sampler.chunks)], axis=1)


def draws(sampler: Sampler) -> dict[str, Values]:
    chunks = [sampler.draws(chunk) for chunk in range(sampler.chunks)]
    return {path: np.concatenate([chunk[path] for chunk in chunks]) for path in sampler.paths}


def replicates(sampler: Sampler) -> Values:
    """The uniforms of each replicate, (replicates, inputs, n / replicates)."""
    return np.stack(np.split(uniforms(sampler), REPLICATES, axis=1))


def strata(points: Values) -> NDArray[np.int64]:
    """Which of as many equal strata as there are points each point lies in."""
    return np.floor(points * points.shape[-1]).astype(int)


# ---------------------------------------------------------------------------------------------------------------------
# How many draws, in which chunks


@pytest.mark.parametrize(("asked", "made"), [(1, 8), (8, 8), (9, 16), (1000, 1000), (16_384, 16_384), (16_385, 16_392)])
def test_draws_are_rounded_up_to_a_multiple_of_eight(asked: int, made: int) -> None:
    assert Sampler(units(1), asked).n == made


@pytest.mark.parametrize("n", [8, 1000, 16_384, 20_000, 131_072, 8 * 40_000])
def test_chunks_cover_every_point_of_every_replicate_once_and_in_order(n: int) -> None:
    sampler = Sampler(units(1), n)
    segments = [segment for chunk in range(sampler.chunks) for segment in sampler.segments(chunk)]
    points = [(one.replicate, one.first + i) for one in segments for i in (0, one.count - 1)]
    assert points == sorted(points)
    assert [sum(one.count for one in segments if one.replicate == r) for r in range(REPLICATES)] == [n // 8] * 8
    assert max(sum(one.count for one in sampler.segments(chunk)) for chunk in range(sampler.chunks)) <= CHUNK


def test_a_run_without_uncertain_inputs_has_draws_all_the_same() -> None:
    sampler = Sampler({}, 100)
    assert sampler.n == 104
    assert sampler.draws(0) == {}


# ---------------------------------------------------------------------------------------------------------------------
# Sobol' points


def unscrambled(dimensions: int, points: int) -> Sampler:
    """A sampler whose scramblings change nothing."""
    sampler = Sampler(units(dimensions), REPLICATES * points)
    plain = _directions(dimensions, max(points - 1, 1).bit_length())
    sampler.__dict__["_scrambles"] = [(plain, np.zeros(dimensions, dtype=np.uint64))] * REPLICATES
    return sampler


@pytest.mark.parametrize(("dimensions", "points"), [(1, 1024), (7, 2**15), (MOST_DIMENSIONS, 512)])
def test_unscrambled_points_are_those_of_scipy(dimensions: int, points: int) -> None:
    index = np.arange(points)
    gray = index ^ (index >> 1)  # scipy.stats.qmc.Sobol gives the same points in the order of Gray's code
    expected = stats.qmc.Sobol(dimensions, scramble=False).random(points).T  # scipy.stats.qmc.Sobol
    found = replicates(unscrambled(dimensions, points))[3]
    assert np.abs(found[:, gray] - expected).max() < 2.0**-51  # half a step of 2^-52 keeps ours off 0


def test_direction_numbers_reach_as_far_as_a_million_points_of_a_hundred_dimensions() -> None:
    sobol = stats.qmc.Sobol(120, scramble=False)
    numbers = _directions(120, 20).astype(np.float64) / 2**52
    for bit in (10, 15, 19):
        sobol.reset().fast_forward((1 << bit + 1) - 1)  # Gray's code of 2^(b+1) - 1 is 2^b: one direction number
        assert np.array_equal(sobol.random(1)[0], numbers[:, bit])  # scipy.stats.qmc.Sobol


@pytest.mark.parametrize("k", [0, 1, 3, 7, 15])
def test_a_replicate_of_2_to_the_k_points_has_one_point_in_each_stratum_of_every_input(k: int) -> None:
    # the definition of a (0, k, 1)-net in base 2: Niederreiter (1992), Random Number Generation and
    # Quasi-Monte Carlo Methods, definition 4.1; scrambling keeps it (Owen 1995)
    for replicate in replicates(Sampler(units(5), REPLICATES * 2**k, seed=11)):
        assert np.array_equal(np.sort(strata(replicate)), np.tile(np.arange(2**k), (5, 1)))


def test_the_first_two_inputs_have_one_point_in_each_box_of_equal_area() -> None:
    # the first two Sobol' dimensions are a (0, k, 2)-net: Niederreiter (1992), definition 4.1
    for replicate in replicates(Sampler(units(2), REPLICATES * 64, seed=3)):
        for wide in range(7):
            boxes = np.floor(replicate[0] * 2**wide) * 2 ** (6 - wide) + np.floor(replicate[1] * 2 ** (6 - wide))
            assert np.array_equal(np.sort(boxes), np.arange(64))


def test_scramblings_differ_between_replicates_inputs_and_seeds() -> None:
    one, two = (replicates(Sampler(units(2), 512, seed=seed)) for seed in (1, 2))
    rows = [tuple(row) for run in (one, two) for replicate in run for row in replicate]
    assert len(set(rows)) == len(rows) == 32


@pytest.mark.parametrize("method", METHODS)
def test_replicates_are_independent_so_that_their_spread_is_an_honest_error(method: Method) -> None:
    means = np.array([replicates(Sampler(units(1), 64, seed=s, method=method)).mean(axis=(1, 2)) for s in range(200)])
    correlations = np.corrcoef(means.T)[np.triu_indices(REPLICATES, 1)]
    assert np.abs(correlations).max() < 4 / np.sqrt(200)  # 28 estimates of 0, each with a standard error of 1/√200
    assert abs(correlations.mean()) < 4 / np.sqrt(200 * 28)


@pytest.mark.parametrize("method", METHODS)
def test_means_over_many_seeds_are_unbiased(method: Method) -> None:
    def function(points: Values) -> float:
        return float(np.prod(np.exp(points) / (np.e - 1), axis=0).mean())

    found = np.array([function(uniforms(Sampler(units(3), 32, seed=seed, method=method))) for seed in range(200)])
    # each factor integrates to 1, so does their product
    assert abs(found.mean() - 1) < 4 * found.std() / np.sqrt(200)


def test_more_inputs_than_dimensions_are_refused_by_sobol_alone() -> None:
    words = "at most 1024 uncertain inputs for Sobol' points, found 1025\n    use --sampler latin"
    with pytest.raises(TcoError, match=words):
        Sampler(units(1025), 8)
    assert len(Sampler(units(1025), 8, method="latin").draws(0)) == 1025


# ---------------------------------------------------------------------------------------------------------------------
# Latin hypercubes and plain random draws


@pytest.mark.parametrize("size", [1, 2, 100, 5_000, CHUNK + 3_000])
def test_a_latin_replicate_has_exactly_one_point_in_each_stratum_however_many_chunks_it_spans(size: int) -> None:
    sampler = Sampler(units(2), REPLICATES * size, seed=5, method="latin")
    for replicate in replicates(sampler):
        assert np.array_equal(np.sort(strata(replicate)), np.tile(np.arange(size), (2, 1)))


def test_chunks_of_a_latin_hypercube_may_be_asked_for_in_any_order() -> None:
    sampler, other = (Sampler(units(1), REPLICATES * 20_000, seed=5, method="latin") for _ in range(2))
    backwards = [other.uniforms(chunk) for chunk in reversed(range(other.chunks))][::-1]
    assert np.array_equal(uniforms(sampler), np.concatenate(backwards, axis=1))


@pytest.mark.parametrize("method", METHODS)
def test_draws_of_each_input_are_uniform_and_no_two_inputs_go_together(method: Method) -> None:
    points = uniforms(Sampler(units(6), 4096, seed=2, method=method))
    for row in points:
        assert stats.kstest(row, "uniform").statistic < 1.63 / np.sqrt(4096)  # the 1 % point of Kolmogorov's statistic
    for one, two in combinations(points, 2):
        assert abs(np.corrcoef(one, two)[0, 1]) < 4 / np.sqrt(4096)


@pytest.mark.parametrize("method", METHODS)
def test_a_seed_gives_the_same_draws_again_and_another_seed_others(method: Method) -> None:
    first, again, other = (uniforms(Sampler(units(2), 100, seed=seed, method=method)) for seed in (7, 7, 8))
    assert np.array_equal(first, again)
    assert not np.any(first == other)


# ---------------------------------------------------------------------------------------------------------------------
# Streams


@pytest.mark.parametrize("method", ["latin", "random"])
def test_another_input_leaves_the_draws_of_the_others_as_they_were(method: Method) -> None:
    few: dict[str, Distribution] = {"failures.leaks.churn": Pert(0.02, 0.04, 0.09), "suppliers.b.freight": UNIT}
    more = {**few, "contacts.cost": Normal(5, 1), "suppliers.c.freight": UNIT, "aaa": UNIT}
    before, after = (draws(Sampler(inputs, 20_000, seed=4, method=method)) for inputs in (few, more))
    for path, values in before.items():
        assert np.array_equal(after[path], values)


@pytest.mark.parametrize("method", ["latin", "random"])
def test_a_stream_belongs_to_the_name_of_its_path(method: Method) -> None:
    one, two = (Sampler({path: UNIT}, 64, method=method).uniforms(0)[0] for path in ("suppliers.a", "suppliers.b"))
    assert not np.any(one == two)


@pytest.mark.parametrize("method", METHODS)
def test_draws_do_not_depend_on_the_order_in_which_inputs_are_given(method: Method) -> None:
    inputs: dict[str, Distribution] = {"b": Normal(0, 1), "a": Beta(2, 5), "d": UNIT, "c": Lognormal(0, 1)}
    pairs = [Correlation("a", "c", 0.4), Correlation("b", "a", -0.2)]
    one = draws(Sampler(inputs, 3000, seed=1, method=method, correlations=pairs))
    turned = [Correlation("a", "b", -0.2), Correlation("c", "a", 0.4)]
    two = draws(
        Sampler(dict(reversed(inputs.items())), 3000, seed=1, method=method, correlations=list(reversed(turned)))
    )
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[path], two[path]) for path in one)


@pytest.mark.parametrize("distribution", [Discrete((1.0, 2.0), (0.3, 0.7)), Samples(np.arange(9.0), "f.csv"), UNIT])
def test_distributions_in_closed_form_are_not_looked_up(distribution: Distribution) -> None:
    sampler = Sampler({"x": distribution}, 4096)
    assert np.array_equal(sampler.draws(0)["x"], distribution.quantile(sampler.uniforms(0)[0]))


def test_a_sampler_is_gone_with_its_run() -> None:
    sampler = Sampler(units(2), 1000, method="latin")
    sampler.draws(0)
    gone = weakref.ref(sampler)
    del sampler
    gc.collect()
    assert gone() is None


# ---------------------------------------------------------------------------------------------------------------------
# Strictly between 0 and 1


class Extreme:
    """A generator that only gives its smallest or its largest value."""

    def __init__(self, value: float) -> None:
        self.value = value

    def random(self, out: Values) -> None:
        out[:] = self.value

    def shuffle(self, values: NDArray[np.int32]) -> None:
        pass


@pytest.mark.parametrize("value", [0.0, LARGEST])
@pytest.mark.parametrize("method", ["latin", "random"])
def test_the_ends_of_a_generator_stay_strictly_between_0_and_1(
    method: Method, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sampler, "_generator", lambda *_: Extreme(value))
    points = uniforms(Sampler(units(2), 8000, method=method))
    assert points.min() >= SMALLEST
    assert points.max() <= LARGEST


@pytest.mark.parametrize("shift", [0, 2**52 - 1])
def test_the_ends_of_the_sobol_grid_stay_strictly_between_0_and_1(shift: int) -> None:
    sampler = Sampler(units(1), 8)
    scramble = (np.zeros((1, 1), dtype=np.uint64), np.array([shift], dtype=np.uint64))
    sampler.__dict__["_scrambles"] = [scramble] * REPLICATES
    assert SMALLEST <= sampler.uniforms(0)[0, 0] <= LARGEST


def test_correlated_uniforms_stay_strictly_between_0_and_1() -> None:
    pairs = [Correlation("a", "b", 0.99), Correlation("b", "c", -0.99), Correlation("a", "c", -0.99)]
    copula = Copula(("a", "b", "c"), pairs)
    extremes = np.array([[SMALLEST, LARGEST, SMALLEST]] * 3)
    copula.correlate(extremes)
    assert np.all((extremes >= SMALLEST) & (extremes <= LARGEST))


# ---------------------------------------------------------------------------------------------------------------------
# Rank correlations


SKEWED: dict[str, Distribution] = {
    "a.rate": Beta(0.5, 200.5),
    "b.cost": Lognormal(0, 1.5),
    "c.days": Triangular(0, 0, 9),
    "d.share": Pert(0.02, 0.04, 0.5),
    "free": Normal(0, 1),
}
ASKED = [
    Correlation("a.rate", "b.cost", 0.7),
    Correlation("c.days", "b.cost", -0.4),
    Correlation("d.share", "c.days", 0.25),
]


@pytest.mark.parametrize("method", METHODS)
def test_achieved_rank_correlations_are_those_asked_for_whatever_the_shape_of_the_inputs(method: Method) -> None:
    made = draws(Sampler(SKEWED, 16_384, seed=9, method=method, correlations=ASKED))
    within = 4 / np.sqrt(16_384)
    for one in ASKED:
        assert rank_correlation(made[one.first], made[one.second]) == pytest.approx(one.rank, abs=within)
    assert rank_correlation(made["a.rate"], made["d.share"]) == pytest.approx(0, abs=within)  # not asked for: 0


@pytest.mark.parametrize("method", METHODS)
def test_correlations_leave_the_distribution_of_every_input_as_it_is(method: Method) -> None:
    made = draws(Sampler(SKEWED, 8192, seed=9, method=method, correlations=ASKED))
    for path, values in made.items():
        distribution = SKEWED[path]
        reached = np.array([distribution.cdf(x) for x in np.sort(values)[15::16]])
        off = np.abs(reached - np.arange(16, 8193, 16) / 8192).max()
        assert off < (1.63 + 0.03) / np.sqrt(8192), path  # the 1 % point of Kolmogorov's statistic, at one in 16


@pytest.mark.parametrize("method", METHODS)
def test_correlations_leave_the_draws_of_all_other_inputs_as_they_were(method: Method) -> None:
    without = draws(Sampler(SKEWED, 512, method=method))
    made = draws(Sampler(SKEWED, 512, method=method, correlations=ASKED))
    assert np.array_equal(made["free"], without["free"])


def test_a_rank_correlation_of_a_quarter_is_one_of_0_261052_between_normals() -> None:
    # dist-normal-copula-inverse: OpenTURNS python/test/*.expout, commit 91c3b77
    normals: Mapping[str, Distribution] = {"a": Normal(0, 1), "b": Normal(0, 1)}
    sampler = Sampler(normals, 2**16, correlations=[Correlation("a", "b", 0.25)])
    root = sampler.copula._root
    assert float(root[0] @ root[1]) == pytest.approx(0.261052, abs=5e-7)  # OpenTURNS, printed to 6 digits
    made = draws(sampler)
    assert np.corrcoef(made["a"], made["b"])[0, 1] == pytest.approx(0.261052, abs=2e-4)  # OpenTURNS


def test_spearmans_correlation_gives_ties_their_mean_rank() -> None:
    # dist-spearman-ties-nag: NAG Fortran Library, G02BPF example program results (lib_lampros/nag17, g02bpfe.r)
    rows = [[1.7, 1.0, 0.5], [2.8, 4.0, 3.0], [0.6, 6.0, 2.5], [1.8, 9.0, 6.0], [1.4, 2.0, 5.5], [1.8, 9.0, 7.5]]
    pairs = combinations(np.array(rows).T, 2)
    found = [rank_correlation(one, two) for one, two in pairs]
    assert found == pytest.approx([0.2941, 0.4058, 0.7537], abs=5e-5)  # NAG, printed to 4 digits


def test_spearmans_correlation_agrees_with_scipy() -> None:
    one, two = np.random.default_rng(1).integers(0, 9, size=(2, 500)).astype(float)
    assert rank_correlation(one, two) == pytest.approx(stats.spearmanr(one, two).statistic, rel=1e-12)


def test_spearmans_correlation_with_what_never_varies_is_0_and_not_undefined() -> None:
    assert rank_correlation(np.ones(8), np.arange(8.0)) == 0.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("rank", "sign"), [(1.0, 1), (-1.0, -1)])
def test_inputs_with_a_rank_correlation_of_one_move_as_one(method: Method, rank: float, sign: int) -> None:
    inputs: dict[str, Distribution] = {"a": Lognormal(0, 1), "b": Beta(2, 60)}
    made = draws(Sampler(inputs, 4096, method=method, correlations=[Correlation("a", "b", rank)]))
    assert rank_correlation(made["a"], made["b"]) == pytest.approx(sign, abs=1e-6)


def test_three_inputs_may_all_move_as_one() -> None:
    pairs = [Correlation(*pair, 1.0) for pair in combinations("abc", 2)]
    made = draws(Sampler(dict.fromkeys("abc", UNIT), 4096, correlations=pairs))
    assert rank_correlation(made["a"], made["c"]) == pytest.approx(1, abs=1e-6)
    assert stats.kstest(made["c"], "uniform").statistic < 1.63 / np.sqrt(4096)  # its 1 % point


IMPOSSIBLE = [Correlation("a", "b", 0.9), Correlation("b", "c", 0.9), Correlation("a", "c", -0.9)]


def test_correlations_that_cannot_be_had_together_are_refused_with_how_far_off_they_are() -> None:
    with pytest.raises(Unexpected) as refused:
        Copula("abc", IMPOSSIBLE)
    found = f"{refused.value.message} {refused.value.hint}"
    pearson = 2 * np.sin(np.pi * 0.9 / 6)
    # the matrix of normal scores with r, r, -r has the eigenvalues 1 + r (twice) and 1 - 2r
    assert "expected correlations that inputs can have together" in found
    assert f"found a matrix with an eigenvalue of {1 - 2 * pearson:.3g}; the nearest possible ones" in found
    assert "the nearest possible ones differ by up to 0.42: 0.48 instead of 0.90 between" in found
    assert "change them: `tco simulate --repair-correlations` says which possible ones are nearest" in found


def test_the_words_of_the_refusal_follow_from_symmetry() -> None:
    # by symmetry the nearest matrix to r, r, -r is x, x, -x with a smallest eigenvalue 1 - 2x of 0: x = 1/2,
    # and a correlation of 1/2 between normals is a rank correlation of 6/π·asin(1/4) = 0.4826
    repaired = Copula("abc", IMPOSSIBLE, repair=True)
    assert np.abs(repaired.ranks[np.triu_indices(3, 1)]) == pytest.approx([0.4826] * 3, abs=5e-5)
    assert repaired.largest_change == pytest.approx(0.9 - 0.4826, abs=5e-5)


@pytest.mark.parametrize("seed", range(6))
def test_repaired_correlations_are_possible_and_keep_a_diagonal_of_ones(seed: int) -> None:
    size = 3 + seed
    ranks = np.random.default_rng(seed).uniform(-1, 1, size=(size, size))
    names = "abcdefgh"[:size]
    pairs = [Correlation(names[i], names[j], ranks[i, j]) for i, j in combinations(range(size), 2)]
    repaired = Copula(names, pairs, repair=True)
    normal = 2 * np.sin(np.pi * repaired.ranks / 6)
    assert np.linalg.eigvalsh(normal)[0] > -1e-8
    assert np.array_equal(np.diag(repaired.ranks), np.ones(size))
    assert np.allclose(repaired.ranks, repaired.ranks.T, atol=1e-15)
    drawn = draws(Sampler(dict.fromkeys(names, UNIT), 16_384, correlations=pairs, repair=True))
    for i, j in combinations(range(size), 2):
        assert rank_correlation(drawn[names[i]], drawn[names[j]]) == pytest.approx(repaired.ranks[i, j], abs=4 / 128)


def test_possible_correlations_are_used_as_asked_even_where_repair_is_allowed() -> None:
    repaired = Copula(sorted(SKEWED), ASKED, repair=True)
    used = {
        frozenset(pair): repaired.ranks[tuple(map(repaired.names.index, pair))]
        for pair in combinations(repaired.names, 2)
    }
    assert repaired.largest_change == 0
    assert [used[frozenset((one.first, one.second))] for one in ASKED] == pytest.approx([0.7, -0.4, 0.25], abs=1e-15)


def test_the_nearest_correlation_matrix_of_highams_example_is_the_published_one() -> None:
    # Higham (2002), Computing the nearest correlation matrix, IMA Journal of Numerical Analysis 22, 329-343
    published = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    found = nearest_correlation(np.array([[1.0, 1, 0], [1, 1, 1], [0, 1, 1]]))
    assert found == pytest.approx(np.array(published), abs=5e-5)


def test_a_correlation_matrix_is_its_own_nearest_one() -> None:
    matrix = np.array([[1, 0.3, -0.2], [0.3, 1, 0.5], [-0.2, 0.5, 1]])
    assert nearest_correlation(matrix) == pytest.approx(matrix, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n": 0}, "expected at least one draw, found 0"),
        ({"n": 8, "method": "halton"}, "expected one of sobol, latin, random, found 'halton'"),
    ],
)
def test_a_wrong_call_is_refused_in_words(arguments: Mapping[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Sampler(units(1), **arguments)  # type: ignore[arg-type]
