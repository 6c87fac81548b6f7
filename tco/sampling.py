"""Draws of uncertain inputs: Sobol' points, Latin hypercubes or plain random, a stream a path, rank correlations.

Draws come in chunks that depend on the case, the number of draws and the seed alone: not on threads, and not on the
order in which inputs are given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from threading import Lock
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tco.distributions import Discrete, Distribution, Fixed, FloatArray, Samples, Triangular, Uniform
from tco.errors import TcoError, Unexpected, UsageError
from tco.formula import normal_cdf
from tco.tables import QuantileTable

Method: TypeAlias = Literal["sobol", "latin", "random"]
Bits: TypeAlias = NDArray[np.uint64]

METHODS: tuple[Method, ...] = ("sobol", "latin", "random")
REPLICATES = 8
"""Independent scramblings (or hypercubes) that every run is made of: their spread is an honest error."""
CHUNK = 16_384
MOST_DIMENSIONS = 1024
"""Dimensions for which direction numbers are shipped."""

_BITS = 52
_ONE = np.uint64(0x3FF0000000000000)
"""The bits of 1.0, whose mantissa of 52 bits the digits of a point fill."""
_DIGITS = 32
"""Digits of direction numbers that are scrambled: indices of up to 2^32 points."""
_CLOSED_FORM = (Fixed, Uniform, Triangular, Discrete, Samples)


@dataclass(frozen=True)
class Correlation:
    """A rank correlation between two inputs, named by their paths."""

    first: str
    second: str
    rank: float


@dataclass(frozen=True)
class Segment:
    """A run of points of one replicate within a chunk."""

    replicate: int
    first: int
    count: int


class Sampler:
    """Draws of all uncertain inputs of a case.

    Parameters
    ----------
    inputs : dict of str to Distribution
        By path.
    n : int
        Draws asked for; rounded up to a multiple of `REPLICATES`.
    seed : int
        Of everything.
    method : str
        ``sobol`` (scrambled), ``latin`` (hypercube) or ``random``.
    correlations : sequence of Correlation
        Between inputs in `inputs`.
    repair : bool
        Whether impossible correlations are moved to the nearest possible ones instead of refused.

    Raises
    ------
    Unexpected
        For correlations that no inputs can have together.
    TcoError
        For more inputs than Sobol' points have dimensions.
    """

    def __init__(
        self,
        inputs: Mapping[str, Distribution],
        n: int,
        *,
        seed: int = 0,
        method: Method = "sobol",
        correlations: Sequence[Correlation] = (),
        repair: bool = False,
    ) -> None:
        if method not in METHODS:
            raise UsageError(f"expected one of {', '.join(METHODS)}, found '{method}'")
        if n < 1:
            raise UsageError(f"expected at least one draw, found {n}")
        if seed < 0:
            raise UsageError(f"expected a seed of 0 or more, found {seed}")
        if method == "sobol" and len(inputs) > MOST_DIMENSIONS:
            found = f"expected at most {MOST_DIMENSIONS} uncertain inputs for Sobol' points, found {len(inputs)}"
            raise TcoError(f"{found}\n    use --sampler latin")
        self.paths = tuple(sorted(inputs))
        self.seed, self.method = seed, method
        self.per_replicate = -(-n // REPLICATES)
        self.n = self.per_replicate * REPLICATES
        self.copula = Copula(self.paths, correlations, repair=repair)
        self._quantiles = [_quantile(inputs[path]) for path in self.paths]
        self._keys = [_key(path) for path in self.paths]
        self._kept: dict[tuple[int, int], NDArray[np.int32]] = {}
        self._lock = Lock()

    @property
    def chunks(self) -> int:
        """How many chunks the draws come in."""
        return len(self._layout)

    def segments(self, chunk: int) -> tuple[Segment, ...]:
        """Give the runs of points that a chunk is made of."""
        return self._layout[chunk]

    def draws(self, chunk: int) -> dict[str, FloatArray]:
        """Give the draws of one chunk by path, each of shape (chunk,)."""
        uniforms = self.uniforms(chunk)
        self.copula.correlate(uniforms)
        pairs = zip(self.paths, self._quantiles, uniforms, strict=True)
        return {path: quantile(row) for path, quantile, row in pairs}

    def given(self, path: str, values: FloatArray, shares: FloatArray) -> dict[str, FloatArray]:
        """Give draws in which one input is known: for each of its values all draws of the others, (q·n,) by path.

        Parameters
        ----------
        path : str
            The input.
        values, shares : array of shape (q,)
            Its values, and the shares of its distribution that lie below each.

        Notes
        -----
        Others are the same draws at every value, but for those correlated with it. Theirs move with it: of normal
        scores, z − r·z(path) is independent of z(path), so r times the known score is put in place of r·z(path).
        """
        parts: list[dict[str, FloatArray]] = [self._given(path, chunk, shares) for chunk in range(self.chunks)]
        found = {name: np.concatenate([part[name] for part in parts], axis=1).ravel() for name in self.paths}
        found[path] = np.repeat(values, self.n)
        return found

    def _given(self, path: str, chunk: int, shares: FloatArray) -> dict[str, FloatArray]:
        uniforms = self.uniforms(chunk)
        self.copula.correlate(uniforms)
        score, at = _normal_score(), self.paths.index(path)
        known = score(np.clip(shares, 2.0**-54, 1 - 2.0**-53))
        pulls = self.copula.with_(path)
        found = {}
        for name, quantile, row in zip(self.paths, self._quantiles, uniforms, strict=True):
            wide = np.broadcast_to(quantile(row), (len(shares), row.size))
            if name in pulls and name != path:
                moved = score(row) + pulls[name] * (known[:, None] - score(uniforms[at]))
                wide = quantile(np.clip(normal_cdf(moved), 2.0**-54, 1 - 2.0**-53).ravel()).reshape(wide.shape)
            found[name] = wide
        return found

    def uniforms(self, chunk: int) -> FloatArray:
        """Give the uniforms of one chunk, (inputs, chunk), each strictly between 0 and 1."""
        segments = self.segments(chunk)
        found = np.empty((len(self.paths), sum(segment.count for segment in segments)))
        start = 0
        fill = {"sobol": self._sobol, "latin": self._latin, "random": self._random}[self.method]
        for segment in segments:
            fill(segment, found[:, start : start + segment.count])
            start += segment.count
        return found

    @cached_property
    def _layout(self) -> tuple[tuple[Segment, ...], ...]:
        """Cut replicates into chunks of at most `CHUNK` draws, or gather small ones into one."""
        size = self.per_replicate
        if size >= CHUNK:
            whole = [Segment(r, f, min(CHUNK, size - f)) for r in range(REPLICATES) for f in range(0, size, CHUNK)]
            return tuple((segment,) for segment in whole)
        together = CHUNK // size
        groups = [range(r, min(r + together, REPLICATES)) for r in range(0, REPLICATES, together)]
        return tuple(tuple(Segment(r, 0, size) for r in group) for group in groups)

    def _generator(self, key: Sequence[int], *more: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence((self.seed, *key, *more))))

    def _random(self, segment: Segment, out: FloatArray) -> None:
        for row, key in enumerate(self._keys):
            self._generator(key, segment.replicate, segment.first).random(out=out[row])
        np.maximum(out, 2.0**-54, out=out)  # a generator may give 0

    def _latin(self, segment: Segment, out: FloatArray) -> None:
        """Put one point into each of as many strata as the replicate has points, in random order."""
        last = segment.first + segment.count
        for row, key in enumerate(self._keys):
            strata = self._strata(row, segment.replicate)[segment.first : last]
            self._generator(key, segment.replicate, segment.first, 1).random(out=out[row])
            np.maximum(out[row], 2.0**-54, out=out[row])
            out[row] += strata
        out /= self.per_replicate
        np.clip(out, 2.0**-54, 1 - 2.0**-53, out=out)

    def _strata(self, row: int, replicate: int) -> NDArray[np.int32]:
        """Give a replicate's strata in random order; of large ones those of two replicates are kept."""
        with self._lock:
            if (row, replicate) not in self._kept:
                for old in [key for key in self._kept if key[1] < replicate - 1]:
                    del self._kept[old]
                strata = np.arange(self.per_replicate, dtype=np.int32)
                self._generator(self._keys[row], replicate, 0, 2).shuffle(strata)
                self._kept[row, replicate] = strata
            return self._kept[row, replicate]

    def _sobol(self, segment: Segment, out: FloatArray) -> None:
        """Lay out scrambled Sobol' points by doubling: the next 2^k points are the first ones XOR one number."""
        directions, shifts = self._scrambles[segment.replicate]
        start = shifts | _ONE
        for bit in range(directions.shape[1]):
            if segment.first >> bit & 1:
                start ^= directions[:, bit]
        for row, bits in enumerate(out.view(np.uint64)):  # row by row, which stays in the cache
            bits[0] = start[row]
            filled, bit = 1, 0
            while filled < segment.count:
                more = min(filled, segment.count - filled)
                np.bitwise_xor(bits[:more], directions[row, bit], out=bits[filled : filled + more])
                filled, bit = filled + more, bit + 1
            out[row] -= 1 - 2.0**-53  # the bits are those of a number from 1 to 2

    @cached_property
    def _scrambles(self) -> list[tuple[Bits, Bits]]:
        """Give each replicate's direction numbers, scrambled by random lower triangular matrices, and its shifts.

        References
        ----------
        Matoušek (1998), On the L2-discrepancy for anchored boxes, Journal of Complexity 14, 527-556.
        """
        plain = _directions(len(self.paths), max(self.per_replicate - 1, 1).bit_length())
        return [(_scrambled(plain, random), random[:, _DIGITS]) for random in self._random_digits()]

    def _random_digits(self) -> Bits:
        """Give the random numbers of all scrambles, (replicates, inputs, digits + 1): a stream an input."""
        size = (REPLICATES, _DIGITS + 1)
        drawn = [self._generator(key).integers(0, 2**_BITS, size=size, dtype=np.uint64) for key in self._keys]
        return np.stack(drawn, axis=1) if drawn else np.zeros((REPLICATES, 0, _DIGITS + 1), dtype=np.uint64)


class Copula:
    """A Gaussian copula with given rank correlations.

    Parameters
    ----------
    paths : sequence of str
        The inputs, in the order of the rows that `correlate` is given.
    correlations : sequence of Correlation
        Those left out are 0.
    repair : bool
        Whether an impossible matrix is moved to the nearest possible one.

    Raises
    ------
    Unexpected
        For an impossible matrix that is not to be repaired, saying by how much.
    """

    def __init__(self, paths: Sequence[str], correlations: Sequence[Correlation], *, repair: bool = False) -> None:
        named = sorted({path for one in correlations for path in (one.first, one.second)})
        self.asked = tuple(sorted(correlations, key=lambda one: (one.first, one.second)))
        self.rows = [paths.index(path) for path in named]
        self.names = tuple(named)
        self.largest_change = 0.0
        matrix = np.eye(len(named))
        for one in correlations:
            i, j = named.index(one.first), named.index(one.second)
            matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * one.rank / 6)
        self.ranks = self._possible(matrix, repair=repair)
        self._root = _root(2 * np.sin(np.pi * self.ranks / 6))

    def correlate(self, uniforms: FloatArray) -> None:
        """Give the rows of correlated inputs their correlations, in place; each row stays uniform."""
        if not self.rows:
            return
        scores = [_normal_score()(uniforms[row]) for row in self.rows]
        for position, row in enumerate(self.rows):
            mixed = self._root[position, 0] * scores[0]
            for other in range(1, len(scores)):  # row operations: a matrix product would start threads of its own
                weight = self._root[position, other]
                if weight:
                    mixed = mixed + weight * scores[other]
            uniforms[row] = np.clip(normal_cdf(mixed), 2.0**-54, 1 - 2.0**-53)

    def with_(self, path: str) -> dict[str, float]:
        """Give the correlations of normal scores with one input, of those that have one, by path."""
        if path not in self.names:
            return {}
        row = 2 * np.sin(np.pi * self.ranks[self.names.index(path)] / 6)
        return {name: float(r) for name, r in zip(self.names, row, strict=True) if r}

    def _possible(self, matrix: FloatArray, *, repair: bool) -> FloatArray:
        """Give the rank correlations that are used: as asked, or the nearest possible ones."""
        lowest = float(np.linalg.eigvalsh(matrix)[0]) if len(matrix) else 1.0
        ranks = _ranks(matrix)
        if lowest >= -1e-12:
            return ranks
        nearest = _ranks(nearest_correlation(matrix))
        self.largest_change = float(np.abs(nearest - ranks).max())
        if not repair:
            i, j = np.unravel_index(np.abs(nearest - ranks).argmax(), ranks.shape)
            message = (
                f"expected correlations that inputs can have together, found a matrix with an eigenvalue "
                f"of {lowest:.3g}; the nearest possible ones differ by up to {self.largest_change:.2g}: "
                f"{nearest[i, j]:.2f} instead of {ranks[i, j]:.2f} between {self.names[i]} and {self.names[j]}"
            )
            hint = "change them: `tco simulate --repair-correlations` says which possible ones are nearest"
            raise Unexpected(message, hint)
        return nearest


def nearest_correlation(matrix: FloatArray) -> FloatArray:
    """Give the correlation matrix nearest to a symmetric one with a diagonal of ones.

    Parameters
    ----------
    matrix : array of shape (d, d)
        Symmetric; perhaps with negative eigenvalues.

    References
    ----------
    Higham (2002), Computing the nearest correlation matrix, IMA J. Numer. Anal. 22, 329-343, algorithm 3.3.
    """
    found, correction = matrix.copy(), np.zeros_like(matrix)
    for _ in range(1000):
        before = found
        shifted = found - correction
        values, vectors = np.linalg.eigh(shifted)
        positive = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = positive - shifted
        found = positive.copy()
        np.fill_diagonal(found, 1)
        if np.abs(found - before).max() < 1e-12:
            break
    return found


def spearman(rows: Sequence[FloatArray]) -> FloatArray:
    """Give Spearman's rank correlations of rows of shape (n,), (k, k); equal values share their mean rank.

    Of a row that never varies they are 0.
    """
    ranks = np.stack([_mean_ranks(row) for row in rows])
    ranks -= ranks.mean(axis=1, keepdims=True)
    lengths = np.sqrt(np.square(ranks).sum(axis=1))
    scaled = np.divide(ranks, lengths[:, None], out=np.zeros_like(ranks), where=lengths[:, None] > 0)
    return np.asarray(np.einsum("in,jn->ij", scaled, scaled))


def _mean_ranks(values: FloatArray) -> FloatArray:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[inverse], dtype=np.float64)


def _ranks(pearson: FloatArray) -> FloatArray:
    """Turn correlations of normal scores into rank correlations: 6/π·asin(r/2)."""
    found: FloatArray = 6 / np.pi * np.arcsin(np.clip(pearson, -1, 1) / 2)
    return found


def _root(matrix: FloatArray) -> FloatArray:
    """Give a matrix whose product with its transpose is the given one: triangular where it is regular."""
    if not len(matrix):
        return matrix
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(matrix)
        root = np.asarray(vectors * np.sqrt(np.maximum(values, 0)), dtype=np.float64)
        return np.asarray(root / np.sqrt((root**2).sum(axis=1, keepdims=True)), dtype=np.float64)


def _quantile(distribution: Distribution):  # type: ignore[no-untyped-def]  # a callable of two kinds
    return distribution.quantile if isinstance(distribution, _CLOSED_FORM) else QuantileTable(distribution)


@cache
def _normal_score() -> QuantileTable:
    from tco.distributions import Normal

    return QuantileTable(Normal(0.0, 1.0))


def _key(path: str) -> tuple[int, int]:
    """Turn a path into numbers that seed its stream."""
    digest = hashlib.blake2b(path.encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8]), int.from_bytes(digest[8:])


def _scrambled(plain: Bits, random: Bits) -> Bits:
    """Multiply direction numbers by lower triangular matrices of random digits, (dimensions, digits or more)."""
    found = np.zeros_like(plain)
    for digit in range(_DIGITS):
        top = _BITS - 1 - digit
        below = np.uint64((1 << top) - 1)
        column = (random[:, digit] & below) | np.uint64(1 << top)
        found ^= (plain >> np.uint64(top) & np.uint64(1)) * column[:, None]
    return found


def _directions(dimensions: int, bits: int) -> Bits:
    """Give the direction numbers of the first dimensions, (dimensions, bits), the highest of 52 bits first.

    References
    ----------
    Joe and Kuo (2008), Constructing Sobol sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30.
    """
    found = np.zeros((dimensions, bits), dtype=np.uint64)
    for dimension, (polynomial, *initial) in enumerate(_table(dimensions)):
        degree = polynomial.bit_length() - 1
        numbers = list(initial) if degree else [1] * bits
        for k in range(len(numbers), bits):
            number = numbers[k - degree] ^ (numbers[k - degree] << degree)
            for j in range(1, degree):
                if polynomial >> (degree - j) & 1:
                    number ^= numbers[k - j] << j
            numbers.append(number)
        for k in range(bits):
            found[dimension, k] = numbers[k] << (_BITS - 1 - k)
    return found


def _table(dimensions: int) -> list[list[int]]:
    text = resources.files("tco").joinpath("data/joe_kuo_2008.txt").read_text(encoding="ascii")
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return [[int(word) for word in row.split()] for row in rows[:dimensions]]
