"""The shape of a case file: its keys and the kinds of their values, every mistake in words of our own."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from tco import document, options
from tco.case import CaseFile, Section, collection_of, entry_of, section_of
from tco.distributions import Fixed
from tco.document import Document, Keys
from tco.errors import Problem, Unexpected
from tco.numbers import Number

STAND_IN = Number(Fixed(0.0), word="mistaken")
"""Takes the place of a number that cannot be read, so that what else is wrong can be told at once."""
_MOST_MENDS = 3


def check(source: Document) -> tuple[CaseFile | None, Document, list[Problem]]:
    """Read a document as a case file, mending what is wrong in it so that all else can be checked.

    Parameters
    ----------
    source : Document
        From `tco.document`.

    Returns
    -------
    CaseFile or None
        What the document states, mistakes replaced by stand-ins; None where it cannot be mended.
    Document
        The document so mended.
    list of Problem
        Every mistake of shape; empty for a document without any.
    """
    problems: list[Problem] = []
    for _ in range(_MOST_MENDS):
        try:
            return CaseFile.model_validate(source.data, context={"folder": source.folder}), source, problems
        except ValidationError as error:
            mistakes = error.errors()
        found = [(one, problem) for one in mistakes for problem in _shape_problems(one, source)]
        renamed = {keys for keys in (_meant(tuple(one["loc"]), source) for one in mistakes) if keys}
        problems += [p for one, p in found if not (one["type"] == "missing" and tuple(one["loc"]) in renamed)]
        for one in mistakes:
            source = _mended(one, source)
    return None, source, problems


def mistaken(one: Any) -> bool:
    """Say whether a number is a stand-in for one that could not be read."""
    return isinstance(one, Number) and one.word == STAND_IN.word


def _keys(error: Any) -> Keys:
    return tuple(key for key in error["loc"] if key != "[key]")


def _mended(error: Any, source: Document) -> Document:
    """Put something harmless in a mistake's place: a near key, a stand-in, the first of the allowed words."""
    keys = _keys(error)
    if error["type"] == "extra_forbidden" or "[key]" in error["loc"]:
        value, meant = _at(source.data, keys), _meant(keys, source)
        source = source.without(keys)
        return source.replaced(meant, value, source.places.get(keys, (source.file, 0))) if meant else source
    place = source.places.get(keys, (source.file, 0))
    section = _section_at(keys[:-1]) if isinstance(keys[-1], str) else None
    if section is not None and keys[-1] in section.model_fields:
        filler = _filler(section, str(keys[-1]), source)
        required = section.model_fields[str(keys[-1])].is_required()
        if filler is None and not required:
            return source.without(keys)
        return source.replaced(keys, filler, place)
    return source.replaced(keys, STAND_IN, place) if error["type"] == "tco" else source.without(keys)


def _filler(section: type[Section], name: str, source: Document) -> Any:
    if entry_of(section, name) is not None and not collection_of(section, name):
        return STAND_IN
    suppliers = source.data.get("suppliers")
    first = next(iter(suppliers), "none") if isinstance(suppliers, Mapping) else "none"
    return {**_FILLERS, "baseline": first, "name": "none"}.get(name)


_FILLERS: Mapping[str, Any] = {
    "tco": 1,
    "currency": "XXX",
    "start": "2000-01",
    "horizon_months": 12,
    "stage": "use",
    "liable": "supplier",
    "per": "unit",
    "group": "supply",
    "grade": "hard",
    "demand": {},
    "suppliers": {},
}


def _meant(keys: Keys, source: Document) -> Keys | None:
    """Give the key that an unknown one was meant to be, if that one is not there."""
    if not keys or not isinstance(keys[-1], str):
        return None
    section = _section_at(keys[:-1])
    if keys[-1] in section.model_fields:
        return None
    near = difflib.get_close_matches(keys[-1], list(section.model_fields), n=1)
    around = _at(source.data, keys[:-1])
    return (*keys[:-1], near[0]) if near and isinstance(around, Mapping) and near[0] not in around else None


def _shape_problems(error: Any, source: Document) -> list[Problem]:
    """Turn one error of the validation library into problems in our own words."""
    keys = _keys(error)
    if error["type"] == "tco":
        found = error["ctx"]["problems"]
        return [source.problem((*keys, *one.at), one.message, one.hint, _path_of(keys, one, source)) for one in found]
    if error["type"] == "extra_forbidden":
        return [_unknown_key(keys, source)]
    if error["type"] == "missing":
        return [source.problem(keys, "missing", _missing_hint(keys))]
    message, hint = _type_message(error)
    return [source.problem(keys, message, hint)]


def _path_of(keys: Keys, problem: Unexpected, source: Document) -> str:
    """Name the input itself, and the part of it only where the part has a name of its own."""
    inner = [part for part in problem.at if isinstance(part, str)]
    whole = (*keys, *problem.at)
    return document.dotted(whole if whole in source.places and inner and problem.message == "unknown key" else keys)


def _unknown_key(keys: Keys, source: Document) -> Problem:
    key = str(keys[-1])
    known = list(_section_at(keys[:-1]).model_fields)
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}"
    if key.strip("0123456789") in ("", "%") and _at(source.data, keys) is None:
        hint = "decimals take a point: a comma parts one entry from the next"
    return source.problem(keys, "unknown key", hint)


def _section_at(keys: Keys) -> type[Section]:
    """Follow keys through the format to the section that they lead to."""
    section: type[Section] = CaseFile
    position = 0
    while position < len(keys):
        name = str(keys[position])
        inner = section_of(section, name)
        position += 2 if collection_of(section, name) else 1
        section = inner or section
    return section


def _missing_hint(keys: Keys) -> str:
    name = str(keys[-1])
    entry = options.SCALARS.get(document.dotted(keys))
    if entry is not None:
        return f"write {name}: {entry.meaning}"
    return _MISSING.get(name, f"write {name}: ...")


_MISSING = {
    "tco": "begin the file with tco: 1, the version of the format",
    "name": "write name: what the case, or the line, is called",
    "currency": "write currency: GBP (all money of the case)",
    "start": "write start: 2027-01 (year and month)",
    "horizon_months": "write horizon_months: 36",
    "discount_rate": "write discount_rate: 10%",
    "baseline": "write baseline: the supplier that you have today",
    "demand": "write demand: with customers or units_per_year",
    "suppliers": "write suppliers: with at least the baseline",
    "stage": "write stage: order, dispatch, delivery, unboxing, use or return",
    "liable": "write liable: supplier, carrier, warehouse, listing or customer",
    "per": "write per: unit, shipped_unit, order, event, return, contact, month, year or once",
    "share": "write share: 35%, or share: rest",
}


def _type_message(error: Any) -> tuple[str, str]:
    found = _found(error["input"])
    context = error.get("ctx", {})
    match error["type"]:
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"expected keys and values, found {found}", "indent the keys that belong to it below it"
        case "list_type":
            return f"expected a list, found {found}", "write [first, second, ...]"
        case "string_type":
            return f"expected text, found {found}", "put it in quotes"
        case "bool_type":
            return f"expected true or false, found {found}", "write true or false"
        case "int_type" | "int_from_float" | "int_parsing_size":
            return f"expected a whole number, found {found}", "write a number without decimals, such as 36"
        case "literal_error":
            return f"expected {context['expected'].replace(chr(39), '')}, found {found}", _nearest(error)
        case "greater_than_equal":
            return f"expected {context['ge']} or more, found {found}", f"write a whole number from {context['ge']} on"
        case "less_than_equal":
            return f"expected at most {context['le']}, found {found}", f"write a number up to {context['le']}"
        case "too_short" | "too_long":
            wanted = context.get("min_length") if error["type"] == "too_short" else context.get("max_length")
            least = "at least" if error["type"] == "too_short" else "at most"
            amount = "exactly" if wanted in (2, 12) else least
            return f"expected {amount} {wanted}, found {context['actual_length']}", "add or take out entries"
    return f"expected another kind of value, found {found}", "see `tco schema`"


def _nearest(error: Any) -> str:
    known = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
    near = difflib.get_close_matches(str(error["input"]), known, n=1)
    return f"did you mean '{near[0]}'?" if near else "write one of them"


def _found(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data
