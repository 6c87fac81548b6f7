"""Every real zero of a sum of exponentials: what a present value is, as a function of the continuous rate.

F(δ) = Σ a_k·exp(-δ·t_k), the flows a_k at the times t_k. Two facts hold for it as they do for polynomials:

- the zeros above δ = 0 are at most as many as the sign changes of the running total of the flows, since
  F(δ) = δ·∫ total(t)·exp(-δt) dt (Norstrøm's condition is that of one change); running backwards, the same bounds those
  below 0;
- between two zeros of F lies one of the derivative of exp(δκ)·F(δ), whose flows are a_k·(κ - t_k): with κ between two
  flows of different sign they change sign once less often (Laguerre's proof of the rule of signs).

So where the running total says "none" or "one", that is exact and is all. Elsewhere the zeros of the derivative are
found first, in the same way; between two of them F·exp(δκ) is monotone and holds one zero or none.

A value within the rounding of its own terms counts as 0: zeros that only the rounding tells apart are one, and a curve
that touches 0 within rounding has a zero there.

Arrays here are (periods, n), draws last, and so in memory (which is why `take` and not an index picks draws).
"""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray
from tco.finance.flows import running_total

IntArray = npt.NDArray[np.integer[Any]]
BoolArray = npt.NDArray[np.bool_]

BLOCK = 1024
"""Series in one search: 36 periods of them and their weights fit a core's own cache."""
LIMIT = 400
"""Steps after which a search has failed; each of them at least halves a bracket or a step."""
CLOSE = 1e-8
"""A Newton step below this share is the last: the next would be its square."""
VERIFIED = 1e-8
"""What a value at a zero may be, over the sum of its terms' sizes."""
ROUNDING = float(np.finfo(np.float64).eps)


def real_zeros(flows: FloatArray, times: FloatArray) -> FloatArray:
    """Find all real δ at which Σ a_k·exp(-δ·t_k) = 0, for each series.

    Parameters
    ----------
    flows : array of shape (periods, n)
        None all zero.
    times : array of shape (periods,)
        Increasing.

    Returns
    -------
    array of shape (n, m)
        In increasing order, filled up with nan; m is the most that any series has, at least 1 [1/time].

    Notes
    -----
    Zero flows before the first and after the last that is not zero are cut off: they change no zero, and far away their
    powers would swallow all else.

    References
    ----------
    Norstrøm, C. J. (1972), A sufficient condition for a unique nonnegative internal rate of return, Journal of
    Financial and Quantitative Analysis 7(3), 1835-1839.
    Pólya, G. and Szegő, G. (1976), Problems and Theorems in Analysis II, part V, chapter 1 (rule of signs; 77, 80).
    """
    flowing = flows != 0
    first, last = flowing.argmax(axis=0), len(times) - 1 - flowing[::-1].argmax(axis=0)
    found = np.full((flows.shape[1], 1), np.nan)
    spans = first * len(times) + last
    for span in np.unique(spans):
        members = np.flatnonzero(spans == span)
        start, stop = divmod(int(span), len(times))
        part = (
            flows[start : stop + 1] if members.size == flows.shape[1] else flows[start : stop + 1].take(members, axis=1)
        )
        found = _put(found, members, _zeros_between_flows(_scaled(part), times[start : stop + 1]))
    return found


def _scaled(flows: FloatArray) -> FloatArray:
    """Bring the greatest flow of each series near 2^900, exactly: sums stay finite, and the least flow above 0."""
    exponents = np.frexp(np.abs(flows).max(axis=0))[1]
    scaled: FloatArray = np.ldexp(flows, 900 - exponents)
    if np.count_nonzero(scaled) != np.count_nonzero(flows):
        raise ValueError("flows: some are more than 1e590 times greater than others of their series")
    return scaled


def _zeros_between_flows(flows: FloatArray, times: FloatArray) -> FloatArray:
    """Find the zeros on either side of 0, and 0 itself, where the first and the last flow are not zero."""
    at_zero = _sign_at_zero(flows)
    above = _zeros_above(flows, times, at_zero)
    below = -_zeros_above(flows[::-1], times[-1] - times[::-1], at_zero)
    found = np.concatenate([below, np.where(at_zero == 0, 0.0, np.nan)[:, np.newaxis], above], axis=1)
    found.sort(axis=1)
    most = max(int((~np.isnan(found)).sum(axis=1).max()), 1)
    return found[:, :most]


def _sign_at_zero(flows: FloatArray) -> FloatArray:
    return _sign(flows.sum(axis=0), np.abs(flows).sum(axis=0), len(flows))


def _sign(value: FloatArray, size: FloatArray, terms: float | FloatArray) -> FloatArray:
    """Give the sign of a sum, 0 where it is within the rounding of so many terms of that size together."""
    signs: FloatArray = np.where(np.abs(value) <= 4 * ROUNDING * terms * size, 0.0, np.sign(value))
    return signs


def _zeros_above(flows: FloatArray, times: FloatArray, at_zero: FloatArray) -> FloatArray:
    """Find the zeros above 0 (rates above 0) by the sign changes of running totals.

    Parameters
    ----------
    flows : array of shape (periods, n)
        The first one never zero.
    times : array of shape (periods,)
        Increasing.
    at_zero : array of shape (n,)
        The sign of the value at 0.

    Returns
    -------
    array of shape (n, m)
        In increasing order, filled up with nan.
    """
    levels = [_level(flows, at_zero)]
    while levels[-1].several.size:
        turned = _turned(levels[-1].flows.take(levels[-1].several, axis=1), times)
        levels.append(_level(turned, _sign_at_zero(turned)))
    found = np.empty((0, 1))
    for level in reversed(levels):
        found = _zeros_of(level, times, found)
    return found


class _Level(NamedTuple):
    """Series, their signs at 0, which of them surely have one zero above 0, and which may have several."""

    flows: FloatArray
    at_zero: FloatArray
    one: IntArray
    several: IntArray


def _level(flows: FloatArray, at_zero: FloatArray) -> _Level:
    totals = running_total(flows)
    totals[-1] = at_zero
    changes = _sign_changes(totals)
    one = (changes == 1) & (at_zero != 0)
    return _Level(flows, at_zero, np.flatnonzero(one), np.flatnonzero((changes > 0) & ~one))


def _zeros_of(level: _Level, times: FloatArray, turns: FloatArray) -> FloatArray:
    """Find the zeros above 0, given the turning points of those series that may have several."""
    flows, at_zero, one, several = level
    found = np.full((flows.shape[1], 1), np.nan)
    if one.size:
        part = flows if one.size == flows.shape[1] else flows.take(one, axis=1)
        bracket = _Bracket(np.zeros(one.size), _upper_bound(part, times), at_zero[one])
        found[one, 0] = _crossings(part, times, bracket)
    if several.size:
        rows = _zeros_between_turns(flows.take(several, axis=1), times, at_zero[several], turns)
        found = _put(found, several, rows)
    return found


def _put(found: FloatArray, members: IntArray, rows: FloatArray) -> FloatArray:
    """Put the zeros of some series among those of all, widening as needed."""
    wider = np.full((len(found), max(found.shape[1], rows.shape[1])), np.nan)
    wider[:, : found.shape[1]] = found
    wider[members, : rows.shape[1]] = rows
    return wider


def _sign_changes(series: FloatArray) -> IntArray:
    """Count the sign changes down each column, zeros left out; the first row has none."""
    if not series.all():
        series = series.copy()
        for before, row in itertools.pairwise(series):
            np.copyto(row, before, where=row == 0)
    negative = series < 0
    changes: IntArray = (negative[1:] != negative[:-1]).sum(axis=0, dtype=np.int32)
    return changes


def _upper_bound(flows: FloatArray, times: FloatArray) -> FloatArray:
    """Give a δ beyond which the first flow outweighs all others together."""
    first = np.abs(flows[0])
    others = np.abs(flows[1:]).sum(axis=0)
    following = (flows[1:] != 0).argmax(axis=0) + 1
    with np.errstate(divide="ignore"):
        growth = np.log(others) - np.log(first)
    bound: FloatArray = (np.maximum(growth, 0.0) + 1e-6) / (times[following] - times[0])
    return bound


def _zeros_between_turns(flows: FloatArray, times: FloatArray, at_zero: FloatArray, turns: FloatArray) -> FloatArray:
    """Find the zeros above 0 between turning points, of shape (n, m): crossings, and points where it touches."""
    bound = _upper_bound(flows, times)[:, np.newaxis]
    turns = np.where(np.isnan(turns), bound, np.minimum(turns, bound))
    points = np.concatenate([np.zeros_like(bound), turns, bound], axis=1)
    signs = np.concatenate(
        [at_zero[:, np.newaxis], _signs_at(flows, times, turns), np.sign(flows[0])[:, np.newaxis]], axis=1
    )
    found = np.full((flows.shape[1], 2 * points.shape[1] - 1), np.nan)
    rows, columns = np.nonzero(signs[:, :-1] * signs[:, 1:] < 0)
    bracket = _Bracket(points[rows, columns], points[rows, columns + 1], signs[rows, columns])
    if rows.size:
        found[rows, columns] = _crossings(flows.take(rows, axis=1), times, bracket)
    found[:, points.shape[1] - 1 :] = _touching(points, signs == 0)
    found.sort(axis=1)
    return found[:, : max(int((~np.isnan(found)).sum(axis=1).max()), 1)]


def _turned(flows: FloatArray, times: FloatArray) -> FloatArray:
    """Give the flows of the derivative of exp(δκ)·F(δ), with κ just before the first flow of another sign."""
    other = (flows * np.sign(flows[0]) < 0).argmax(axis=0)
    kappa = (times[other - 1] + times[other]) / 2
    return _scaled(flows * (kappa - times[:, np.newaxis]))


def _signs_at(flows: FloatArray, times: FloatArray, points: FloatArray) -> FloatArray:
    """Give the sign of each series at its points, of shape (n, m)."""
    n, m = points.shape
    flat = points.ravel()
    ratio = _ratio(_in_and_out(np.repeat(flows, m, axis=1)), times, flat)
    return _sign(ratio, np.ones_like(flat), _terms_of(times, flat)).reshape(n, m)


def _terms_of(times: FloatArray, at: FloatArray) -> FloatArray:
    """Give how many roundings a value is made of: one a flow, and those of the power that discounts it."""
    terms: FloatArray = len(times) + at * (times[-1] - times[0])
    return terms


def _touching(points: FloatArray, zero: BoolArray) -> FloatArray:
    """Give the points at which a series is 0, neighbors as one, without those that belong to 0 itself."""
    found = np.full(points.shape, np.nan)
    if not zero[:, 1:].any():
        return found
    before = np.pad(zero[:, :-1], ((0, 0), (1, 0)))
    after = np.pad(zero[:, 1:], ((0, 0), (0, 1)))
    rows, first = np.nonzero(zero & ~before)
    last = np.nonzero(zero & ~after)[1]
    here = first > 0
    rows, first, last = rows[here], first[here], last[here]
    found[rows, first] = (points[rows, first] + points[rows, last]) / 2
    return found


class _Bracket(NamedTuple):
    """Where a zero lies: between two points with values of different signs, that at the low one given."""

    low: FloatArray
    high: FloatArray
    at_low: FloatArray


def _crossings(flows: FloatArray, times: FloatArray, bracket: _Bracket) -> FloatArray:
    """Find the zero in each bracket, a block after another, and make sure that it is one."""
    found = np.empty_like(bracket.low)
    for start in range(0, found.size, BLOCK):
        block = slice(start, start + BLOCK)
        parted = _in_and_out(flows[:, block])
        found[block] = _crossings_of_block(parted, times, _Bracket(*(one[block] for one in bracket)))
        wrong = ~(np.abs(_ratio(parted, times, found[block])) <= VERIFIED)
        if wrong.any():
            worst = flows[:, start + int(np.argmax(wrong))].tolist()
            raise ArithmeticError(f"the rate found is none for the flows {worst}")
    return found


def _crossings_of_block(parted: FloatArray, times: FloatArray, bracket: _Bracket) -> FloatArray:
    """Find the zero in each bracket by Newton's method, by halving where that leaves the bracket or is slow.

    Notes
    -----
    Newton's method is applied to log(what comes in / what goes out), both discounted, which is close to a straight line
    in δ, rather than to their difference.
    """
    low, high, at_low = bracket
    found = np.empty_like(low)
    members, at, step = np.arange(low.size), low, np.full_like(low, np.inf)
    for _ in range(LIMIT):
        ratio, newton = _newton_step(parted, times, at)
        below = np.sign(ratio) == at_low
        low, high = np.where(below, at, low), np.where(below, high, at)
        noise = _sign(ratio, np.ones_like(at), _terms_of(times, at) / 4) == 0
        step, done = _safe_step(at, _Bracket(low, high, at_low), newton, step, noise)
        at = at + step
        found[members] = at
        going = np.flatnonzero(~done)
        if not going.size:
            return found
        if 2 * going.size < members.size:
            members, parted = members[going], parted.take(going, axis=2)
            at, step, low, high, at_low = (one[going] for one in (at, step, low, high, at_low))
    raise ArithmeticError(
        f"no rate found in {LIMIT} steps for the flows {(parted[:, 0, 0] - parted[:, 1, 0]).tolist()}"
    )


def _newton_step(parted: FloatArray, times: FloatArray, at: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the value over its size, and the step to where log(in/out) would be 0 if it were straight."""
    weights = _discounts(times, at)
    inward, outward = _weighted(parted, weights)
    weights *= (times - times[0])[:, np.newaxis]
    inward_falls, outward_falls = _weighted(parted, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.log(inward / outward) / (inward_falls / inward - outward_falls / outward)
    return (inward - outward) / (inward + outward), step


def _safe_step(
    at: FloatArray, bracket: _Bracket, newton: FloatArray, last: FloatArray, noise: BoolArray
) -> tuple[FloatArray, BoolArray]:
    """Choose Newton's step where it stays inside and is well below the last one; else none in noise, or halve.

    A small step that leads out of the bracket leads to a zero close by, but another one. Also gives who has arrived.
    """
    low, high, _ = bracket
    with np.errstate(invalid="ignore"):
        close = np.abs(newton) <= CLOSE * at
        taken = (at + newton > low) & (at + newton < high) & (close | (np.abs(newton) <= 0.7 * np.abs(last)))
    step = np.where(taken, newton, np.where(noise, 0.0, (low + high) / 2 - at))
    return step, np.where(taken, close, noise | (high - low <= 4 * ROUNDING * high))


def _in_and_out(flows: FloatArray) -> FloatArray:
    """Give what comes in and what goes out, both positive, of shape (periods, 2, n)."""
    parted = np.empty((len(flows), 2, flows.shape[1]))
    np.maximum(flows, 0, out=parted[:, 0])
    np.maximum(-flows, 0, out=parted[:, 1])
    return parted


def _ratio(parted: FloatArray, times: FloatArray, at: FloatArray) -> FloatArray:
    """Give Σ a·exp(-δt) over Σ |a|·exp(-δt): in -1...1, and 0 at a zero."""
    inward, outward = _weighted(parted, _discounts(times, at))
    ratio: FloatArray = (inward - outward) / (inward + outward)
    return ratio


def _discounts(times: FloatArray, at: FloatArray) -> FloatArray:
    """Give exp(-δt) of shape (periods, n); δ ≥ 0 and time is counted from the first flow, so none is above 1."""
    weights: FloatArray = np.multiply.outer(times[0] - times, at)
    np.exp(weights, out=weights)
    return weights


def _weighted(parted: FloatArray, weights: FloatArray) -> FloatArray:
    """Sum up over the periods, for what comes in and what goes out: shape (2, n)."""
    sums: FloatArray = np.einsum("tcn,tn->cn", parted, weights)
    return sums
