"""The text of a case file as plain data with the line of every key: YAML 1.2 without tags, anchors, aliases, surprises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tco.errors import CaseError, Problem

Keys = tuple[str | int, ...]
LARGEST_FILE = 256 * 1024
DEEPEST_NESTING = 16

_INTEGER = re.compile(r"[-+]?\d[\d_]*")
_REAL = re.compile(r"[-+]?(\d[\d_]*)?(\.\d[\d_]*|\.)?([eE][-+]?\d+)?")
_WORDS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True)
class Document:
    """Plain data read from a file, and where each part of it stands.

    Parameters
    ----------
    file : str
        The name by which messages call it.
    data : dict
        Mappings, lists, text, numbers, true, false and None; every key is text.
    places : dict
        File and line of every key and item, by its chain of keys.
    folder : Path
        Where files that it names are looked for.
    """

    file: str
    data: dict[str, Any]
    places: dict[Keys, tuple[str, int]] = field(default_factory=dict)
    folder: Path = Path()

    def problem(self, keys: Keys, message: str, hint: str = "", path: str | None = None) -> Problem:
        """Make a problem at a chain of keys, or at the nearest part around it that has a line."""
        near = keys
        while near and near not in self.places:
            near = near[:-1]
        file, line = self.places.get(near, (self.file, 0))
        return Problem(file, line, dotted(keys) if path is None else path, message, hint)

    def replaced(self, keys: Keys, value: Any, place: tuple[str, int]) -> Document:
        """Give a document with one value in another's place, and the place where that value was written."""
        places = {known: where for known, where in self.places.items() if known[: len(keys)] != keys}
        places[keys] = place
        return Document(self.file, _with(self.data, keys, value), places, self.folder)

    def without(self, keys: Keys) -> Document:
        """Give a document without the part at a chain of keys."""
        return Document(self.file, _without(self.data, keys), self.places, self.folder)


def dotted(keys: Keys) -> str:
    """Write a chain of keys as a path."""
    return ".".join(map(str, keys))


def read(path: str | Path) -> Document:
    """Read a case file.

    Raises
    ------
    CaseError
        For a file that is missing, too large, not text or not YAML as it is read here.
    """
    file = str(path)
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        hint = "check the name; `tco init` writes a case to start from"
        message = f"expected a case file, found none that can be read: {error.strerror}"
        raise CaseError([Problem(file, 0, "", message, hint)]) from None
    except ValueError:
        raise CaseError([Problem(file, 0, "", "expected a file name, found one with a zero byte", "")]) from None
    if len(content) > LARGEST_FILE:
        message = f"expected at most {LARGEST_FILE // 1024} KiB, found a larger file"
        raise CaseError(
            [Problem(file, 0, "", message, "keep samples in a CSV file: {samples: file.csv, column: name}")]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"expected text in UTF-8, found byte 0x{content[error.start]:02x}"
        raise CaseError([Problem(file, line, "", message, "save the file as UTF-8")]) from None
    return parse(text, file, Path(path).parent)


def parse(text: str, file: str, folder: Path = Path()) -> Document:
    """Read the text of a case file; `read` says what is refused."""
    reader = _Reader(file)
    data = reader.document(text)
    if reader.problems:
        raise CaseError(reader.problems)
    if not isinstance(data, dict):
        found = "nothing" if data is None else "a list" if isinstance(data, list) else "one value"
        message, hint = f"expected keys and values, found {found}", "`tco init` writes a case to start from"
        raise CaseError([Problem(file, 1, "", message, hint)])
    return Document(file, data, reader.places, folder)


def value(text: str, file: str) -> Any:
    """Read one value, as it would stand behind a key: for ``--set PATH=VALUE``."""
    reader = _Reader(file)
    data = reader.document(text)
    if reader.problems:
        raise CaseError([Problem(file, 0, "", problem.message, problem.hint) for problem in reader.problems])
    return data


def scalar(text: str) -> Any:
    """Resolve a plain scalar: null, true, false, a number, else text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 40:
        return int(text.replace("_", ""))
    if _REAL.fullmatch(text) and any(character.isdigit() for character in text):
        return float(text.replace("_", ""))
    return text


class _Reader:
    """Builds plain data from YAML's events, keeping lines and refusing what a case file must not hold."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Keys, tuple[str, int]] = {}
        self.problems: list[Problem] = []

    def document(self, text: str) -> Any:
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        events = self._events(text)
        try:
            data = self._node(next(events), events, ())
            if next(events, None) is not None:
                self._refuse(0, "expected one document, found several", "a file holds one case: take out the `---`")
            return data
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            self._refuse(mark.line + 1 if mark else 0, *_reworded(error.problem or ""))
        except YAMLError as error:
            self._refuse(0, "expected text, found a character that YAML does not allow", _character(error))
        except StopIteration:
            return None
        except _TooDeep as error:
            self._refuse(error.args[0], f"expected at most {DEEPEST_NESTING} levels, found more", "take out a level")
        return None

    def _events(self, text: str) -> Iterator[Any]:
        """Yield the events of nodes; the ends of mappings and sequences among them."""
        from ruamel.yaml import YAML, events

        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, events.NodeEvent | events.MappingEndEvent | events.SequenceEndEvent):
                yield event

    def _node(self, event: Any, events: Iterator[Any], keys: Keys) -> Any:
        from ruamel.yaml import events as kinds

        line = event.start_mark.line + 1
        if len(keys) > DEEPEST_NESTING:
            raise _TooDeep(line)
        self._refuse_extras(event, line, keys)
        if isinstance(event, kinds.MappingStartEvent):
            return self._mapping(events, keys)
        if isinstance(event, kinds.SequenceStartEvent):
            return self._sequence(events, keys)
        if isinstance(event, kinds.ScalarEvent):
            return scalar(event.value) if event.implicit[0] and event.style is None else event.value
        return None  # an alias, refused above

    def _mapping(self, events: Iterator[Any], keys: Keys) -> dict[str, Any]:
        from ruamel.yaml import events as kinds

        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, kinds.MappingEndEvent):
                break
            line = event.start_mark.line + 1
            if isinstance(event, kinds.ScalarEvent):
                key = event.value
                self._refuse_extras(event, line, (*keys, key))
            else:
                self._refuse(line, "expected a key, found a mapping, a list or an alias", "keys are plain words", keys)
                self._node(event, events, (*keys, "?"))
                key = ""
            here = (*keys, key)
            if key in found:
                first = self.places[here][1]
                hint = f"it stands first in line {first}: keep one of the two"
                self._refuse(line, "expected each key once, found it again", hint, here)
                self._node(next(events), events, (*keys, key))
                continue
            self.places[here] = (self.file, line)
            found[key] = self._node(next(events), events, here)
        return found

    def _sequence(self, events: Iterator[Any], keys: Keys) -> list[Any]:
        from ruamel.yaml import events as kinds

        found: list[Any] = []
        for event in events:
            if isinstance(event, kinds.SequenceEndEvent):
                break
            here = (*keys, len(found))
            self.places[here] = (self.file, event.start_mark.line + 1)
            found.append(self._node(event, events, here))
        return found

    def _refuse_extras(self, event: Any, line: int, keys: Keys) -> None:
        from ruamel.yaml import events as kinds

        if isinstance(event, kinds.AliasEvent):
            self._refuse(line, f"expected a value, found the alias *{event.anchor}", "write the value out", keys)
        elif event.anchor is not None:
            self._refuse(line, f"expected a value, found the anchor &{event.anchor}", "write each value out", keys)
        if getattr(event, "tag", None) is not None:
            self._refuse(line, f"expected a value, found the tag {event.tag}", "take out the tag", keys)

    def _refuse(self, line: int, message: str, hint: str = "", keys: Keys = ()) -> None:
        self.problems.append(Problem(self.file, line, dotted(keys), message, hint))


class _TooDeep(Exception):
    """Nesting beyond any case file's, at the line of its argument."""


def _with(data: Any, keys: Keys, value: Any) -> Any:
    if not keys:
        return value
    key, rest = keys[0], keys[1:]
    if isinstance(data, list):
        return [_with(item, rest, value) if position == key else item for position, item in enumerate(data)]
    mapping = data if isinstance(data, dict) else {}
    return {**mapping, key: _with(mapping.get(str(key)), rest, value)}


def _without(data: Any, keys: Keys) -> Any:
    key, rest = keys[0], keys[1:]
    if isinstance(data, list):
        kept = [
            (position, _without(item, rest) if rest and position == key else item) for position, item in enumerate(data)
        ]
        return [item for position, item in kept if rest or position != key]
    if not isinstance(data, dict):
        return data
    return {
        name: _without(one, rest) if rest and name == key else one for name, one in data.items() if rest or name != key
    }


def _reworded(problem: str) -> tuple[str, str]:
    """Say in a user's words what the YAML parser stumbled over, and what to do."""
    for part, message, hint in (
        ("\\t", "expected spaces, found a tab", "indent with spaces"),
        ("mapping values are not allowed", "expected one `key: value` a line, found a second colon", "indent the line, or put text with a colon in quotes"),
        ("could not find expected ':'", "expected `key: value`, found a line without a colon", "put a colon and a space behind the key"),
        ("expected ',' or", "expected a comma or a closing bracket, found something else", "close what was opened with { or ["),
        ("did not find expected", "expected the closing of what was opened, found something else", "check the indentation and the brackets"),
        ("expected <block end>", "expected keys in one column, found another indentation", "line keys up below each other"),
        ("cannot start any token", "expected a value, found a character that cannot begin one", "put the text in quotes"),
        ("end of stream", "expected the closing quote or bracket, found the end of the file", "close what was opened"),
        ("expected the node content", "expected a value, found a bracket or comma", "write a value, or take out the comma"),
    ):  # fmt: skip
        if part in problem:
            return message, hint
    return "expected YAML, found something else", "check indentation, brackets and quotes here"


def _character(error: Exception) -> str:
    code = getattr(error, "character", None)
    return f"take out the character U+{code:04X}" if isinstance(code, int) else "take out control characters"
