"""What all results share: totals in three grades, provenance, and rows as a tidy table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

TOTALS = ("hard", "hard_and_estimated", "all_in")
"""The three totals of every headline, from what finance accepts at once to all that counts."""
WITHIN = {"hard": ("hard",), "hard_and_estimated": ("hard", "estimated"), "all_in": ("hard", "estimated", "soft")}
"""The grades that each total contains."""


class Result:
    """A result shows itself: as its text where Python prints it, as small tables in a notebook, as a data frame.

    A kind of result adds its `rows`, its text (``__str__``), and its tables to `tco.views.small` or ``_repr_html_``.
    """

    def rows(self) -> Iterable[Mapping[str, Any]]:
        """Give one mapping of names to values a row."""
        raise NotImplementedError

    def to_frame(self) -> pandas.DataFrame:
        """Give the rows as a tidy data frame, in full precision."""
        return frame(self.rows())

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        from tco.views import small

        return small.html(self)


@dataclass(frozen=True)
class Total:
    """One of the three totals of an option.

    Parameters
    ----------
    present_cost : float
        Present value of the lines of its grades over the horizon [money].
    cost_per_unit : float
        The same divided by discounted planned units (levelised) [money/unit].
    npv : float
        Present cost of the baseline less that of the option [money].
    """

    present_cost: float
    cost_per_unit: float
    npv: float

    def to_dict(self) -> dict[str, float]:
        """Give it as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Provenance:
    """What a result was made from.

    Parameters
    ----------
    case : str
        The case's name.
    fingerprint : str
        Hash of all that the case states.
    scenario : str
        The scenario applied, or empty.
    version : str
        Of tco.
    n, seed : int or None
        Draws, and what they were made from; None for the base case.
    sampler : str
        sobol, latin or random; empty for the base case.
    """

    case: str
    fingerprint: str
    scenario: str
    version: str
    n: int | None = None
    seed: int | None = None
    sampler: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Give it as plain data."""
        return asdict(self)


def frame(rows: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """Make a tidy data frame of rows; pandas is imported here and not before."""
    import pandas

    return pandas.DataFrame(list(rows))
