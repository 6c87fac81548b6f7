"""The text of a case file as plain data with the line of every key: YAML 1.2 without tags, anchors and aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tco.errors import CaseError, Problem
from tco.frozen import frozen

Keys = tuple[str | int, ...]
LARGEST_FILE = 128 * 1024
DEEPEST_NESTING = 16
MOST_TOLD = 100
"""More mistakes than this are one: a file that is no case."""
MEND_FIRST = "mend these first: others may follow from them"

_INTEGER = re.compile(r"[-+]?\d[\d_]*")
_REAL = re.compile(r"[-+]?(\d[\d_]*(\.\d[\d_]*|\.)?|\.\d[\d_]*)([eE][-+]?\d+)?")
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
        Mappings, lists, text, numbers, true, false and None; every key is text. All of it read-only.
    places : dict
        File and line of every key and item, by its chain of keys.
    folder : Path
        Where files that it names are looked for.
    problems : tuple of Problem
        What a case file must not hold and what was left out for it: keys written twice, tags, anchors, aliases.
    """

    file: str
    data: dict[str, Any]
    places: dict[Keys, tuple[str, int]] = field(default_factory=dict)
    folder: Path = Path()
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", frozen(self.data))

    def problem(self, keys: Keys, message: str, hint: str = "", path: str | None = None) -> Problem:
        """Make a problem at a chain of keys, or at the nearest part around it that has a line."""
        near = keys
        while near and near not in self.places:
            near = near[:-1]
        file, line = self.places.get(near, (self.file, 0))
        return Problem(file, line, *map(printable, (self.path(keys) if path is None else path, message, hint)))

    def path(self, keys: Keys) -> str:
        """Write a chain of keys as the path that names it: an item of a list by its name, if it alone has that name."""
        parts: list[str] = []
        inner: Any = self.data
        for key in keys:
            around = inner
            inner = _inside(around, key)
            name = _inside(inner, "name") if isinstance(around, list) else None
            alone = isinstance(name, str) and [_inside(item, "name") for item in around].count(name) == 1
            parts.append(str(name if alone else key) or "''")
        return ".".join(parts)

    def replaced(self, keys: Keys, value: Any, place: tuple[str, int]) -> Document:
        """Give a document with one value in another's place, and the place where that value was written."""
        places = {known: where for known, where in self.places.items() if known[: len(keys)] != keys}
        places[keys] = place
        return Document(self.file, _with(self.data, keys, value), places, self.folder)

    def without(self, keys: Keys) -> Document:
        """Give a document without the part at a chain of keys."""
        return Document(self.file, _without(self.data, keys), self.places, self.folder)


def printable(text: str) -> str:
    """Write out what a terminal would obey rather than show, such as a line break within a key."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def dotted(keys: Keys) -> str:
    """Write a chain of keys as a path."""
    return ".".join(map(str, keys))


def read(path: str | Path) -> Document:
    """Read a case file.

    Raises
    ------
    CaseError
        For a file that is missing, too large, not text or not YAML.
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
        hint = "take the zero byte out of the name"
        raise CaseError([Problem(file, 0, "", "expected a file name, found one with a zero byte", hint)]) from None
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
    if reader.problems and not isinstance(data, dict):
        raise CaseError(reader.problems)
    if not isinstance(data, dict):
        found = "nothing" if data is None else "a list" if isinstance(data, list) else "one value"
        message, hint = f"expected keys and values, found {found}", "`tco init` writes a case to start from"
        raise CaseError([Problem(file, 1, "", message, hint)])
    return Document(file, data, reader.places, folder, tuple(reader.problems))


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
    if _REAL.fullmatch(text):
        return float(text.replace("_", ""))
    return text


class _Reader:
    """Builds plain data from YAML's events, keeping lines and refusing what a case file must not hold."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Keys, tuple[str, int]] = {}
        self.problems: list[Problem] = []

    def document(self, text: str) -> Any:
        from ruamel.yaml.error import MarkedYAMLError
        from ruamel.yaml.reader import ReaderError

        events = self._events(text)
        try:
            first = next(events)
            self.places[()] = (self.file, first.start_mark.line + 1)
            data = self._node(first, events, ())
            second = next(events, None)
            if second is not None:
                hint = "a file holds one case: take out the `---`"
                self._refuse(second.start_mark.line + 1, "expected one document, found several", hint)
            return data
        except MarkedYAMLError as error:
            self._refuse(*_reworded(error, text))
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            hint = f"take out the character U+{error.character:04X}"
            self._refuse(line, "expected text, found a character that YAML does not allow", hint)
        except StopIteration:
            return None
        except _TooDeep as error:
            self._refuse(error.args[0], f"expected at most {DEEPEST_NESTING} levels, found more", "take out a level")
        except _TooMany as error:
            message = f"expected a case, found more than {MOST_TOLD} mistakes up to here"
            self.problems.append(Problem(self.file, error.args[0], "", message, MEND_FIRST))
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
            return self._mapping(events, keys, flow=event.flow_style)
        if isinstance(event, kinds.SequenceStartEvent):
            return self._sequence(events, keys)
        if isinstance(event, kinds.ScalarEvent):
            return scalar(event.value) if event.implicit[0] and event.style is None else event.value
        return None  # an alias, refused above

    def _mapping(self, events: Iterator[Any], keys: Keys, *, flow: bool) -> dict[str, Any]:
        from ruamel.yaml import events as kinds

        found: dict[str, Any] = {}
        last: tuple[str, Any] = ("", None)
        for event in events:
            if isinstance(event, kinds.MappingEndEvent):
                break
            line = event.start_mark.line + 1
            if not isinstance(event, kinds.ScalarEvent):
                self._refuse(line, "expected a key, found a mapping, a list or an alias", "keys are plain words", keys)
                self._node(event, events, (*keys, "?"))
                self._node(next(events), events, (*keys, "?"))
                continue
            key = event.value
            here = (*keys, key)
            self._refuse_extras(event, line, here)
            if key in found:
                first = self.places[here][1]
                hint = f"it stands first in line {first}: keep one of the two"
                self._refuse(line, "expected each key once, found it again", hint, here)
                self._node(next(events), events, (*keys, key))
                continue
            value = next(events)
            if flow and _is_decimal(last[1], event, value):
                found[last[0]] = f"{last[1].value},{key}"
                continue
            self.places[here] = (self.file, line)
            found[key] = self._node(value, events, here)
            last = (key, value)
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
            hint = "write the value out, or put text in quotes"
            self._refuse(line, f"expected a value, found the alias *{event.anchor}", hint, keys)
        elif event.anchor is not None:
            self._refuse(line, f"expected a value, found the anchor &{event.anchor}", "write each value out", keys)
        if getattr(event, "tag", None) is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self._refuse(
                line, f"expected a value, found the tag {tag}", "take out the tag, or put text in quotes", keys
            )

    def _refuse(self, line: int, message: str, hint: str = "", keys: Keys = ()) -> None:
        if len(self.problems) >= MOST_TOLD:
            raise _TooMany(line)
        self.problems.append(Problem(self.file, line, *map(printable, (dotted(keys), message, hint))))


class _TooDeep(Exception):
    """Nesting beyond any case file's, at the line of its argument."""


class _TooMany(Exception):
    """More mistakes than any case file's, up to the line of its argument."""


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


def _inside(data: Any, key: str | int) -> Any:
    """Give what a mapping or list holds at a key; None where it holds nothing there."""
    if isinstance(data, Mapping):
        return data.get(key)
    return data[key] if isinstance(data, list) and isinstance(key, int) and key < len(data) else None


def _is_decimal(last: Any, key: Any, value: Any) -> bool:
    """Say whether `{share: 4,5}` was read as a 4 and a key 5 with nothing behind it: a decimal comma."""
    from ruamel.yaml import events

    scalars = all(isinstance(one, events.ScalarEvent) and one.style is None for one in (last, key, value))
    if not scalars or value.value or key.start_mark.index != last.end_mark.index + 1:
        return False
    return bool(re.match(r"\d", last.value[-1:]) and re.match(r"\d", key.value))


_YAML: Sequence[tuple[str, bool, str, str]] = (
    *((part, False, "expected a value, found a tag", "take out the tag, or put text in quotes")
      for part in ("undefined tag handle", "a tag", "an tag")),
    ("\\t", False, "expected spaces, found a tab", "indent with spaces"),
    ("mapping values are not allowed", False, "expected one `key: value` a line, found a second colon",
     "line keys up below each other, or put text that holds a colon in quotes"),
    ("could not find expected ':'", True, "expected `key: value`, found a line without a colon",
     "put a colon and a space behind the key"),
    ("expected ',' or", False, "expected a comma or a closing bracket, found something else",
     "put a comma, or close the bracket that is opened in line {opened}"),
    ("<block end>, but found '}'", False, "expected the end of the value, found a } too many", "take it out"),
    ("<block end>, but found ']'", False, "expected the end of the value, found a ] too many", "take it out"),
    ("<block end>, but found ','", False, "expected the end of the value, found a comma", "take it out"),
    ("<block end>, but found '-'", False, "expected a key, found a dash that begins a list",
     "a list stands below its own key"),
    ("<block end>, but found '<scalar>'", False, "expected the end of the value, found more text behind it",
     "put the whole text in quotes, or the next key on a line of its own"),
    ("<block end>", False, "expected keys in one column, found another indentation", "line keys up below each other"),
    ("cannot start any token", False, "expected a value, found a character that cannot begin one",
     "put the text in quotes"),
    ("unexpected end of stream", True, "expected a closing quote, found the end of the file",
     "close the quote that is opened here"),
    ("unexpected document separator", True, "expected a closing quote, found `---`",
     "close the quote that is opened here"),
    ("the node content, but found '<stream end>'", False, "expected a value, found the end of the file",
     "close what was opened with { or ["),
    ("the node content", False, "expected a value, found a bracket or comma", "write a value, or take out the comma"),
    ("sequence entries are not allowed", False, "expected a value, found a dash that begins a list",
     "put the list on lines of its own, or the text in quotes"),
    ("mapping keys are not allowed", False, "expected a value, found a question mark", "put the text in quotes"),
    ("scanning a directive", False, "expected keys and values, found a line that begins with %", "take out that line"),
    ("alphabetic or numeric character", False, "expected a value, found the sign of an anchor or alias",
     "put the text in quotes"),
    ("scanning a block scalar", False, "expected nothing behind a | or >, found more text",
     "put the text on the next lines, indented, or in quotes"),
    ("escape", False, "expected a known character behind a backslash, found another",
     "write the backslash twice, or put the text in 'single quotes'"),
    ("incompatible YAML", False, "expected YAML 1.2, found another version", "take out the line that begins with %"),
    ("<document start>", False, "expected keys and values, found a line that begins with %", "take out that line"),
)  # fmt: skip
"""What the YAML parser says, whether the mistake is where it was opened, and the same in a user's words."""


def _reworded(error: Any, text: str) -> tuple[int, str, str]:
    """Say in which line the YAML parser stumbled, over what in a user's words, and what to do."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    opened = error.context_mark.line + 1 if error.context_mark else line
    for near, content in list(enumerate(text.split("\n"), 1))[max(0, line - 2) : line]:
        if "\u00a0" in content:
            return near, "expected plain spaces, found a no-break space", "type the spaces of this line again"
    for part, at_start, message, hint in _YAML:
        if part in f"{error.context} {error.problem}":
            return opened if at_start else line, message, hint.replace("{opened}", str(opened))
    return line, "expected YAML, found something else", "check indentation, brackets and quotes here"
