"""How far a long run has come: a caller is told of steps done, some of which may have steps of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

Progress = Callable[[int, int], None]
"""Called with what is done, and with the whole."""

Item = TypeVar("Item")


class Steps:
    """The steps of a run, told as they are done.

    Parameters
    ----------
    progress : callable or None
        Who is told; None where nobody is.
    of : int
        How many steps there are; a step should take about as long as another.
    """

    def __init__(self, progress: Progress | None, of: int) -> None:
        self.progress, self.of, self.taken = progress, of, 0

    def done(self, steps: int = 1) -> None:
        """Tell that so many more steps are done."""
        self.taken += steps
        if self.progress:
            self.progress(self.taken, self.of)

    def part(self, steps: int) -> Progress | None:
        """Give what tells of a part of the run that is so many steps, which count as taken from now on."""
        before, progress = self.taken, self.progress
        self.taken += steps
        if progress is None:
            return None

        def tell(done: int, of: int) -> None:
            progress(before * of + steps * done, self.of * of)

        return tell


def each(items: Collection[Item], progress: Progress | None) -> Iterator[Item]:
    """Go through items, telling after each how many are done; of none, that all is."""
    if progress and not len(items):
        progress(1, 1)
    steps = Steps(progress, len(items))
    for item in items:
        yield item
        steps.done()
