"""Paths, which name one input everywhere: from ``suppliers.acme.failure_rates.leaks`` to its place and its entry."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tco.case import CaseFile, Entry, Section, collection_of, entry_of, section_of
from tco.document import Keys
from tco.errors import Unexpected


@dataclass(frozen=True)
class Place:
    """Where a path leads.

    Parameters
    ----------
    keys : tuple of str or int
        The chain of keys in the file's data.
    entry : Entry or None
        What the number there is; None where something else stands there.
    """

    keys: Keys
    entry: Entry | None

    @property
    def is_year(self) -> bool:
        """Whether it is the value of one contract year of a path, counted from 0."""
        return self.keys[-2:-1] == ("by_year",)


def locate(data: Mapping[str, Any], path: str) -> Place:
    """Follow a path through the format, and through a file's own names.

    Parameters
    ----------
    data : dict
        The file's plain data, for its suppliers, modes, activities and so on.
    path : str
        Such as ``product.sale_price``, ``suppliers.acme.freight`` or ``extra_costs.audits.amount``; with ``.by_year.0``
        the first contract year's value of an input that is stated by year.

    Raises
    ------
    Unexpected
        For a path that leads nowhere, with the nearest one that does.
    """
    if not isinstance(path, str) or not path:
        raise Unexpected(
            f"expected the path of an input, found {path!r}", "write a path such as suppliers.NAME.unit_price"
        )
    return _Walk(data, path).section(CaseFile, (), path.split("."))


def locate_year(data: Mapping[str, Any], path: str) -> Place:
    """Follow a path; that of a contract year leads to the whole input where a scenario makes one number of it.

    Raises
    ------
    Unexpected
        As `locate` does.
    """
    whole, _, year = path.rpartition(".by_year.")
    if whole and year.isdecimal():
        place = locate(data, whole)
        if place.entry and not _Walk(data, path).years(place.keys):
            return place
    return locate(data, path)


@dataclass(frozen=True)
class _Walk:
    data: Mapping[str, Any]
    path: str

    def section(self, section: type[Section], keys: Keys, rest: list[str]) -> Place:
        """Step into a section by the name of one of its fields."""
        if not rest:
            return Place(keys, None)
        name, rest = rest[0], rest[1:]
        self.known(name, section.model_fields, keys)
        here = (*keys, name)
        if name in ("scenarios", "overrides") and rest:
            return self.nested(here, rest)
        match collection_of(section, name):
            case "dict":
                return self.named(section, name, here, rest)
            case "list":
                return self.listed(section, name, here, rest)
        inner = section_of(section, name)
        if inner is not None:
            return self.section(inner, here, rest)
        entry = entry_of(section, name)
        if entry is not None and entry.by_mode and rest:
            self.known(rest[0], self.names("failures"), here)
            return self.ended(Place((*here, rest[0]), entry), rest[1:])
        return self.ended(Place(here, entry), rest)

    def named(self, section: type[Section], name: str, keys: Keys, rest: list[str]) -> Place:
        """Step into a mapping of the file's own names."""
        if not rest:
            return Place(keys, None)
        if name in ("failure_rates", "exchange_rates"):
            known = self.names("failures") if name == "failure_rates" else [rest[0]]
        else:
            known = self.names(*keys)
        self.known(rest[0], known, keys)
        inner = section_of(section, name)
        here = (*keys, rest[0])
        if inner is not None:
            return self.section(inner, here, rest[1:])
        return self.ended(Place(here, entry_of(section, name)), rest[1:])

    def listed(self, section: type[Section], name: str, keys: Keys, rest: list[str]) -> Place:
        """Step into a list: by position, or for extra costs by name."""
        if not rest:
            return Place(keys, None)
        items = self.at(keys)
        items = items if isinstance(items, list) else []
        labels = [self.label(item, position, items) for position, item in enumerate(items)]
        chosen = next((label for label in labels if rest[: len(label)] == label), None)
        if chosen is None:
            self.known(rest[0], [".".join(label) for label in labels], keys)
            raise self.unknown(".".join(rest), [".".join(label) for label in labels], keys)
        here = (*keys, labels.index(chosen))
        inner = section_of(section, name)
        rest = rest[len(chosen) :]
        return self.section(inner, here, rest) if inner else self.ended(Place(here, entry_of(section, name)), rest)

    def label(self, item: Any, position: int, items: list[Any]) -> list[str]:
        """Name an item of a list as paths do: by its name, with its supplier where that alone tells it apart."""
        if not isinstance(item, Mapping) or "name" not in item:
            return [str(position)]
        namesakes = [other for other in items if isinstance(other, Mapping) and other.get("name") == item["name"]]
        return [str(item["name"])] if len(namesakes) == 1 else [str(item["name"]), str(item.get("supplier"))]

    def nested(self, keys: Keys, rest: list[str]) -> Place:
        """Step into a mapping whose keys are paths themselves."""
        if keys[0] == "scenarios":
            self.known(rest[0], self.names("scenarios"), keys)
            keys, rest = (*keys, rest[0]), rest[1:]
            if not rest:
                return Place(keys, None)
        whole = ".".join(rest[:-2])
        year = rest[-2:] if self.years((*keys, whole)) else []  # stated by year right here, not only in what it changes
        path = whole if year else ".".join(rest)
        inner = _Walk(self.data, path).section(CaseFile, (), path.split("."))
        return self.ended(Place((*keys, path), inner.entry), year)

    def ended(self, place: Place, rest: list[str]) -> Place:
        """End a path at a number, or at one contract year of it; refuse one that goes on behind it."""
        years = self.years(place.keys) if place.entry and rest[:1] == ["by_year"] else ()
        if years:
            known = list(map(str, range(len(self.at(years)))))
            self.known("".join(rest[1:2]), known, (*place.keys, "by_year"))
            return self.ended(Place((*years, int(rest[1])), place.entry), rest[2:])
        if rest:
            before = ".".join(map(str, place.keys))
            message = f"expected the path of an input, found '{self.path}': nothing called '{rest[0]}' in {before}"
            raise Unexpected(message, f"{before} is an input: its path ends there")
        return place

    def years(self, keys: Keys) -> Keys:
        """Give the chain of keys to the values by contract year that are stated at a place, if there are any."""
        remarked = isinstance(self.at((*keys, "value")), Mapping)
        found = (*keys, "value", "by_year") if remarked else (*keys, "by_year")
        return found if isinstance(self.at(found), list) else ()

    def names(self, *keys: str | int) -> list[str]:
        """Give the names that the file has under a chain of keys."""
        found = self.at(keys)
        return list(found) if isinstance(found, Mapping) else []

    def at(self, keys: Iterable[str | int]) -> Any:
        """Give what the file holds at a chain of keys."""
        value: Any = self.data
        for key in keys:
            listed = isinstance(value, list) and isinstance(key, int) and key < len(value)
            if not listed and not (isinstance(value, Mapping) and key in value):
                return None
            value = value[key]
        return value

    def known(self, name: str, names: Iterable[str], keys: Keys) -> None:
        """Refuse a name that is not one of those that may stand there."""
        if name not in names:
            raise self.unknown(name, names, keys)

    def unknown(self, name: str, names: Iterable[str], keys: Keys) -> Unexpected:
        """Say which part of the path is unknown, and which known one is nearest."""
        near = difflib.get_close_matches(name, list(names), n=1)
        before = ".".join(map(str, keys))
        hint = f"did you mean '{f'{before}.{near[0]}' if before else near[0]}'?" if near else _known_hint(names, before)
        where = f"nothing called '{name}' in {before}" if before else f"nothing called '{name}'"
        return Unexpected(f"expected the path of an input, found '{self.path}': {where}", hint)


def _known_hint(names: Iterable[str], before: str) -> str:
    known = list(names)
    return f"{before or 'a case'} has {', '.join(known)}" if known else f"the case states nothing under {before}"


def stated(data: Mapping[str, Any], keys: Keys) -> Any:
    """Give what a file's data holds at a chain of keys; None where it holds nothing."""
    return _Walk(data, "").at(keys)
