"""What no distribution can be made of, said so that it can be mended: checks and the words for numbers in them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from tco.errors import Unexpected

TINY, HUGE = 1e-100, 1e100  # no one means a number beyond these; within them, squares are finite


def check_finite(**named: float) -> None:
    """Refuse numbers that are not finite, or beyond what anyone means."""
    for name, value in named.items():
        if not abs(value) < HUGE:
            raise Unexpected(f"expected a finite number for {name}, found {say(value)}", "write a number such as 12.5")


def check_above_zero(**named: float) -> None:
    """Refuse numbers that are not above zero."""
    check_finite(**named)
    for name, value in named.items():
        if value <= 0:
            raise Unexpected(f"expected {name} above 0, found {say(value)}", "give a mean and an sd instead")


def check_sd(mean: float, sd: float) -> None:
    """Refuse a standard deviation that is not above zero, or lost beside its mean."""
    check_finite(mean=mean, sd=sd)
    if sd <= 0:
        hint = f"write {say(-sd)}" if sd else f"write {say(mean)} for a number that is certain"
        raise Unexpected(f"expected an sd above 0, found {say(sd)}", hint)


def check_ends(low: float, high: float, swapped: str, say: Callable[[float], str]) -> None:
    """Refuse two ends that are equal or in the wrong order."""
    if low == high:
        raise Unexpected(f"expected two different ends, found {say(low)} to {say(high)}", f"write {say(low)}")
    if low > high:
        raise Unexpected(f"expected the low end first, found {say(low)} to {say(high)}", f"write {swapped}")


def check_three_points(family: str, low: float, mode: float, high: float) -> None:
    """Refuse a lowest, most likely and highest value that are not in this order."""
    check_finite(low=low, mode=mode, high=high)
    found = f"{say(low)}, {say(mode)}, {say(high)}"
    if not low <= mode <= high:
        rising = ", ".join(say(x) for x in sorted((low, mode, high)))
        message = f"expected the lowest, the most likely and the highest value in this order, found {found}"
        raise Unexpected(message, f"write {{{family}: [{rising}]}}")
    if low == high:
        raise Unexpected(f"expected a lowest value below the highest, found {found}", f"write {say(low)}")


def check_rising(named: dict[str, float]) -> None:
    """Refuse points that do not rise, naming the first two."""
    for (name, value), (next_name, next_value) in pairwise(named.items()):
        if value >= next_value:
            found = f"found {say(value)} and {say(next_value)}"
            hint = f"write {{{name}: {say(next_value)}, {next_name}: {say(value)}}}"
            if value == next_value:
                hint = f"give {next_name} a larger value, or write {say(value)} for a number that is certain"
            raise Unexpected(f"expected {name} below {next_name}, {found}", hint)


def too_narrow(family: str, center: float) -> Unexpected:
    """Refuse a distribution that cannot be told from a fixed number."""
    message = f"expected a {family} that can be told from a fixed number, found one much too narrow"
    return Unexpected(message, f"write {center:.6g}")


def say(number: float) -> str:
    """Write a number for a message."""
    return f"{number:.10g}"


def say_share(share: float) -> str:
    """Write a share for a message, as a percentage."""
    return f"{100 * share:.10g}%"
