"""The JSON Schema of a case file: completion and checks in editors, the shape that `tco validate` accepts."""

from __future__ import annotations

from typing import Any

from tco.case import CaseFile, Entry
from tco.numbers import PERCENTILES, REMARKS

_PLAIN = r"([0-9][0-9_]*(\.[0-9][0-9_]*|\.)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?"
_END = r"\s*(to\b|$)"
_NOT_ABOVE = {
    "share": rf"(?!\+?0*([2-9]|1\.0*[1-9]|[1-9][0-9_]+)[0-9_.]*{_END})"
    r"(?!\+?0*(?!100(\.0*)? ?%)[1-9][0-9]{2,}[0-9.]* ?%)",
    "rate": rf"(?![-+]?0*[1-9][0-9_.]*{_END})(?!-0*[1-9][0-9]{{2,}}[0-9.]* ?%)",
}
"""Refuses 8 where 8% is meant, shares above 100 % and falls by 100 %, in text too."""
_NAME = r"^[^.\s]([^.\u0000-\u001f]*[^.\s])?$"
_NAMED = ("activities", "dispositions", "failures", "failure_rates", "suppliers", "grades")
"""Mappings whose keys are names of the file's own."""
_BOUNDS: dict[str, dict[str, float]] = {
    "share": {"minimum": 0, "maximum": 1},
    "rate": {"exclusiveMinimum": -1, "exclusiveMaximum": 1},
    "positive": {"minimum": 0},
    "number": {},
}
_SIGNED = {"rate", "number"}


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a case file.

    Examples
    --------
    >>> schema()["required"][:3]
    ['tco', 'name', 'currency']
    """
    found = CaseFile.model_json_schema()
    defs: dict[str, Any] = {}
    found = _replaced(found, defs)
    for section in (found, *found["$defs"].values()):
        _hold_to_names(section["properties"])
    found["$defs"]["ExtraCost"]["properties"]["name"]["pattern"] = _NAME
    found["$defs"] |= defs
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "tco case", **found}


def _replaced(node: Any, defs: dict[str, Any]) -> Any:
    """Put a reference to the forms of its kind in the place of every entry."""
    if isinstance(node, list):
        return [_replaced(one, defs) for one in node]
    if not isinstance(node, dict):
        return node
    entry = node.get("x-entry")
    if isinstance(entry, Entry):
        return {"description": node["description"], **_entry(entry, defs)}
    return {key: _replaced(value, defs) for key, value in node.items() if key != "title" or isinstance(value, dict)}


def _hold_to_names(properties: dict[str, Any]) -> None:
    """Refuse keys that are no names, and currencies that are no codes."""
    for name, node in properties.items():
        for one in (node, *node.get("anyOf", ())):
            if "patternProperties" in one:
                one["additionalProperties"] = False
            elif name in _NAMED and one.get("type") == "object":
                one["propertyNames"] = {"pattern": _NAME}


def _entry(entry: Entry, defs: dict[str, Any]) -> dict[str, Any]:
    number = {"$ref": f"#/$defs/{_define(entry, defs)}"}
    choices: list[dict[str, Any]] = [number]
    if entry.words:
        choices.append({"enum": list(entry.words)})
    if entry.by_mode:
        choices.append({"type": "object", "propertyNames": _not_a_form(), "additionalProperties": number})
    return number if len(choices) == 1 else {"anyOf": choices}


def _not_a_form() -> dict[str, Any]:
    from tco.numbers import FORMS

    return {"not": {"enum": list(FORMS)}}


def _define(entry: Entry, defs: dict[str, Any]) -> str:
    """Define the forms of a kind of number, and give the definition's name."""
    words = [entry.kind, "percent" if entry.percent else "", "fixed" if entry.fixed else ""]
    base = "_".join(word for word in words if word)
    plain = f"{base}_literal"
    defs.setdefault(plain, _literal(entry))
    literal = {"$ref": f"#/$defs/{plain}"}
    bare = base if entry.fixed else f"{base}_value"
    defs.setdefault(bare, {"anyOf": [literal, *([] if entry.fixed else _forms(entry, literal))]})
    forms: list[dict[str, Any]] = [{"$ref": f"#/$defs/{bare}"}]
    name = f"{base}_number"
    if entry.path:
        name += "_by_year"
        years = {"type": "array", "minItems": 1, "items": _valued(forms)}
        forms = [*forms, _object({"by_year": years}, ["by_year"])]
    defs.setdefault(name, _valued(forms))
    return name


def _valued(forms: list[dict[str, Any]]) -> dict[str, Any]:
    """Add the form with a value and remarks beside it."""
    remarks: dict[str, Any] = {key: {"type": "string"} for key in REMARKS}
    remarks["grade"] = {"enum": ["hard", "estimated", "soft"]}
    return {"anyOf": [*forms, _object({"value": {"anyOf": forms}, **remarks}, ["value"])]}


def _literal(entry: Entry) -> dict[str, Any]:
    text = {"type": "string", "pattern": rf"^\s*{_text(entry)}\s*$"}
    return {"anyOf": [{"type": "number", **_BOUNDS[entry.kind]}, text]}


def _text(entry: Entry) -> str:
    """Give the pattern of one number in text."""
    sign = "[-+]?" if entry.kind in _SIGNED else r"\+?"
    percent = "( ?%)?" if entry.percent else ""
    return rf"{_NOT_ABOVE.get(entry.kind, '')}{sign}{_PLAIN}{percent}"


def _forms(entry: Entry, literal: dict[str, Any]) -> list[dict[str, Any]]:
    """List every form of a distribution."""
    forms: list[dict[str, Any]] = [{"type": "string", "pattern": rf"^\s*{_text(entry)}\s+to\s+{_text(entry)}\s*$"}]
    if entry.kind == "share":
        forms.append({"type": "string", "pattern": rf"^\s*\+?{_PLAIN}\s+of\s+\+?{_PLAIN}\s*$"})
    share = Entry("share", "1", "")
    weights = {"type": "object", "minProperties": 1, "additionalProperties": _literal(share)}
    weights["propertyNames"] = {"pattern": rf"^\s*{_text(entry)}\s*$"}
    largest = {"maximum": 1} if entry.kind in _NOT_ABOVE else {}
    percent = "( ?%)?" if entry.percent else ""
    spread = {
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0, **largest},
            {"type": "string", "pattern": rf"^\s*\+?{_PLAIN}{percent}\s*$"},
        ]
    }
    for form, count in (("pert", 3), ("triangular", 3), ("uniform", 2)):
        forms.append(_object({form: {"type": "array", "items": literal, "minItems": count, "maxItems": count}}, [form]))
    percentiles = {"properties": dict.fromkeys(PERCENTILES, literal), "minProperties": 2, "maxProperties": 2}
    family = {
        "anyOf": [
            _object({"mean": literal, "sd": spread}, ["mean", "sd"]),
            {"type": "object", "additionalProperties": False, **percentiles},
        ]
    }
    forms += [_object({form: family}, [form]) for form in ("normal", "lognormal", "gamma", "beta")]
    keys = dict.fromkeys(("p10", "p50", "p90", "min", "max"), literal)
    forms.append(_object({"metalog": _object(keys, ["p10", "p50", "p90"])}, ["metalog"]))
    forms.append(_object({"discrete": weights}, ["discrete"]))
    samples = {"samples": {"type": "string"}, "column": {"type": "string"}}
    return [*forms, _object(samples, ["samples", "column"])]


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
