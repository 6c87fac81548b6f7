"""Files written whole or not at all: to a temporary file beside the target, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from tco.errors import TcoError


def write_text(path: str | Path, text: str) -> None:
    """Write text to a file; an interrupted run leaves the old file whole.

    Raises
    ------
    TcoError
        Where the file cannot be written.
    """
    write_bytes(path, text.encode())


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write bytes to a file; an interrupted run leaves the old file whole."""
    target = Path(path)
    try:
        if target.exists() and not target.is_file():  # a device or a pipe, such as /dev/stdout, cannot be replaced
            target.write_bytes(content)
            return
        _replace(target, content)
    except OSError as error:
        raise TcoError(f"{path}: expected a file that can be written, found: {error.strerror}") from None


def create_text(path: str | Path, text: str) -> None:
    """Write text to a new file; refuse to overwrite one that is there."""
    try:
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise TcoError(
            f"{path}: expected a new file, found one that exists\n    name another, or move it away"
        ) from None
    except OSError as error:
        raise TcoError(f"{path}: expected a file that can be written, found: {error.strerror}") from None


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        mode = target.stat().st_mode if target.exists() else 0o666 & ~_umask()
        Path(name).chmod(mode & 0o777)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
