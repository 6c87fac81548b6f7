"""Files written whole or not at all: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tco.errors import TcoError, UsageError, shown


def build_date() -> datetime | None:
    """Give the moment that a file is to say it was made at, from SOURCE_DATE_EPOCH; None where that is not set.

    Raises
    ------
    UsageError
        For a SOURCE_DATE_EPOCH that is no number of seconds since 1970.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return None
    try:
        seconds = int(epoch)
        if seconds < 0:
            raise ValueError(epoch)
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        hint = "write one such as 1700000000, or unset it"
        raise UsageError(f"SOURCE_DATE_EPOCH: expected seconds since 1970, found '{epoch}'\n    {hint}") from None


def named(path: str | Path) -> Path:
    """Give the path of a file.

    Raises
    ------
    UsageError
        For what names no file, such as a number.
    """
    try:
        return Path(path)
    except TypeError:
        hint = "write one such as 'case.html', or a pathlib.Path"
        raise UsageError(f"expected the name of a file, found {shown(path)}\n    {hint}") from None


def checked(path: str | Path, endings: Sequence[str]) -> None:
    """Refuse a file that ends otherwise, or that cannot be written, before anything is computed for it.

    Raises
    ------
    UsageError
        For what names no file; for another ending, unless the path is a device.
    TcoError
        Where the file cannot be written.
    """
    target = named(path)
    if target.exists() and not target.is_file() and not target.is_dir():
        return
    if target.suffix.lower() not in endings:
        raise UsageError(f"expected a file that ends in {', '.join(endings)}, found '{path}'")
    with _readable(path):
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not target.parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        if not os.access(target.parent, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


@contextlib.contextmanager
def _readable(path: str | Path) -> Iterator[None]:
    """Say plainly why a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise TcoError(f"{path}: expected a file that can be written, found: {error.strerror}") from None


def write_text(path: str | Path, text: str) -> None:
    """Write text to a file; an interrupted run leaves the old file whole.

    Raises
    ------
    TcoError
        Where the file cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary file beside the target that takes its place when all went well, and is gone when not.

    Raises
    ------
    TcoError
        Where the file cannot be written.
    """
    target = named(path)
    with _readable(path):
        if target.exists() and not target.is_file():  # a device or a pipe, such as /dev/stdout, cannot be replaced
            yield target
        else:
            with _temporary(target) as temporary:
                yield temporary


def create_text(path: str | Path, text: str) -> None:
    """Write text to a new file; refuse to overwrite one that is there."""
    try:
        with named(path).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise TcoError(
            f"{path}: expected a new file, found one that exists\n    name another, or move it away"
        ) from None
    except OSError as error:
        raise TcoError(f"{path}: expected a file that can be written, found: {error.strerror}") from None


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        temporary.chmod(mode & 0o777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
