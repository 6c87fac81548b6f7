"""What every figure asks of its arguments: finite flows with time on the last axis, rates above -100 %, dates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tco.distributions import FloatArray

DAYS_PER_YEAR = 365


def finite_flows(flows: npt.ArrayLike, name: str = "flows") -> FloatArray:
    """Give flows as an array of shape (..., periods), or say what is wrong with them."""
    array = finite(flows, name)
    if array.ndim == 0:
        raise ValueError(f"{name}: expected a series over periods, found one number")
    if array.shape[-1] == 0:
        raise ValueError(f"{name}: expected at least one period, found none")
    return array


def finite(values: npt.ArrayLike, name: str) -> FloatArray:
    """Give numbers as an array, or say where the first one stands that is not finite."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).all():
        place = tuple(int(one) for one in np.argwhere(~np.isfinite(array))[0])
        where = f" at {list(place)}" if place else ""
        raise ValueError(f"{name}: expected finite numbers, found {array[place]}{where}")
    return array


def finite_rate(rate: npt.ArrayLike, name: str = "rate") -> FloatArray:
    """Give rates as an array, all above -1 (-100 % a period)."""
    array = finite(rate, name)
    if (array <= -1).any():
        raise ValueError(f"{name}: expected more than -1 (-100 %), found {array.min()}")
    return array


def days_from_first(dates: npt.ArrayLike, periods: int) -> FloatArray:
    """Give the days from the first date to each, one date a flow.

    Parameters
    ----------
    dates : sequence of dates, ISO texts or numpy dates, shape (periods,)
        In any order.
    periods : int
        How many flows there are.
    """
    given = np.asarray(dates)
    if given.shape != (periods,):
        raise ValueError(f"dates: expected {periods}, one a flow, found the shape {given.shape}")
    days = np.array([_day(one) for one in given])
    since_first: FloatArray = (days - days[0]).astype(np.float64)
    return since_first


def _day(date: Any) -> np.datetime64:
    """Give a date as numpy's; a number is none, although numpy would count it from 1970."""
    try:
        day = np.datetime64("NaT") if isinstance(date, (int, float)) else np.datetime64(date, "D")
    except ValueError:
        day = np.datetime64("NaT")
    if np.isnat(day):
        raise ValueError(f"dates: expected dates such as 2027-01-31, found {date}")
    return day


def one_shape(first: FloatArray, second: FloatArray, names: Sequence[str]) -> None:
    """Refuse two arrays that do not go together."""
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise ValueError(f"{names[0]} and {names[1]}: the shapes {first.shape} and {second.shape} differ") from None


def positive_count(count: float, name: str) -> float:
    """Refuse a number that is not above 0."""
    if not (np.isfinite(count) and count > 0):
        raise ValueError(f"{name}: expected more than 0, found {count}")
    return count


def chunks(n: int, size: int) -> Iterator[slice]:
    """Give the slices of n series that are worked on one after another."""
    return (slice(start, start + size) for start in range(0, n, size))


def running_total(flows: FloatArray) -> FloatArray:
    """Give the totals down to each row, of shape (periods, n); np.cumsum takes many times as long down columns."""
    totals = flows.copy()
    for before, row in itertools.pairwise(totals):
        row += before
    return totals
