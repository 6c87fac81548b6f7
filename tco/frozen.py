"""Mappings and lists that refuse to be changed, so that what was checked stays as it was checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any, Never

from tco.errors import UsageError


class ReadOnlyError(UsageError, TypeError):
    """Something read-only that was to be changed in place; also Python's own error for that."""


def _refuse(one: Any, *_values: Any, **_named: Any) -> Never:
    raise ReadOnlyError(
        "expected a case to be left as it is, found a change in place: case.with_({path: value}) gives a changed one"
    )


class FrozenDict(dict[str, Any]):
    """A dictionary that stays as it was made; copies of it are plain ones, to be edited."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self), (dict(self),)

    def __copy__(self) -> dict[str, Any]:
        return dict(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: deepcopy(value, memo) for key, value in self.items()}


class FrozenList(list[Any]):
    """A list that stays as it was made; copies of it are plain ones, to be edited."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return type(self), (list(self),)

    def __copy__(self) -> list[Any]:
        return list(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        return [deepcopy(value, memo) for value in self]


def frozen(data: Any) -> Any:
    """Give mappings and lists as read-only ones, with all that they hold; what is read-only already stays itself."""
    if isinstance(data, FrozenDict | FrozenList):
        return data
    if isinstance(data, Mapping):
        return FrozenDict({key: frozen(value) for key, value in data.items()})
    if isinstance(data, list):
        return FrozenList([frozen(value) for value in data])
    return data
