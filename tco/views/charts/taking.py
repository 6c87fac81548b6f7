"""What a drawing function takes: the result that it draws; for anything else it is told how to get one."""

from __future__ import annotations

from tco.errors import UsageError

HOW = {
    "BreakEven": 'tco.breakeven(case, "NAME")',
    "CashFlow": 'tco.cash_flow(case, "NAME")',
    "Comparison": "tco.compare(case)",
    "Curve": 'tco.acceptability(case, "NAME") or tco.belief(case, "NAME")',
    "Grid": "tco.grid(case, PATH, PATH)",
    "Information": "tco.information(case)",
    "Sensitivity": "tco.sensitivity(case)",
    "Simulation": "tco.simulate(case)",
    "Tornado": "tco.tornado(case)",
}
"""How each kind of result is made."""


def expect(result: object, *kinds: type) -> None:
    """Refuse what a chart cannot draw.

    Parameters
    ----------
    result : object
        What was given to be drawn.
    kinds : type
        Of the results that can be drawn.

    Raises
    ------
    UsageError
        With what was expected, what was found, and what to write instead.
    """
    if not isinstance(result, kinds):
        names = [kind.__name__ for kind in kinds]
        how = " or ".join(HOW[name] for name in names)
        article = "an" if names[0][0] in "AEIOU" else "a"
        raise UsageError(f"expected {article} {' or '.join(names)}, found {type(result).__name__}: {how}")
