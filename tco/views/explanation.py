"""Explanations as text: a figure, its formula, its numbers, and below it what it is made of."""

from __future__ import annotations

from tco.explanation import Explanation, Node

_MOST_ROWS = 12


def text(explanation: Explanation) -> str:
    """Write an explanation, each figure once, in the order in which they are asked for."""
    when = f"month {explanation.month}" if explanation.month else "at the start"
    whose = f"{explanation.label} ({explanation.supplier}), {when}, inputs at their means"
    if explanation.acting != explanation.supplier:
        whose += f"; in transition, so the figures are those of {explanation.acting}"
    return "\n\n".join([whose, *(_node(node) for node in explanation.nodes)])


def _node(node: Node) -> str:
    unit = "" if node.unit == "1" else f" {node.unit}"
    single = list(node.values) == [""]
    head = (
        f"{node.name} = {_value(node.values[''])}{unit}"
        if single
        else f"{node.name}{f' [{unit.strip()}]' if unit else ''}"
    )
    lines = [head, f"    {node.meaning}"]
    if node.formula:
        lines.append(f"    = {node.formula}")
    if single or not node.numbers:
        lines += [f"    = {f'{row}: ' if row else ''}{numbers}" for row, numbers in node.numbers.items()]
    if not single:
        lines += _rows(node)
    return "\n".join([*lines, *(f"    {one}" for one in node.inputs)])


def _rows(node: Node) -> list[str]:
    found = []
    for row, value in list(node.values.items())[:_MOST_ROWS]:
        numbers = f" = {node.numbers[row]}" if row in node.numbers else ""
        found.append(f"    {row}: {_value(value)}{numbers}")
    left = len(node.values) - _MOST_ROWS
    return [*found, *([f"    … and {left} more"] if left > 0 else [])]


def _value(value: float) -> str:
    if value == 0:
        return "0"
    return f"{value:,.2f}" if abs(value) >= 1000 else f"{value:.6g}"
