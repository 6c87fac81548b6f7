"""Cases to start from: one commented template for each kind of question."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from tco.errors import UsageError
from tco.files import create_text

TEMPLATES = ("product", "courier", "packaging", "returns")


def text_of(name: str) -> str:
    """Give the text of a template.

    Raises
    ------
    UsageError
        For an unknown name.
    """
    if name not in TEMPLATES:
        raise UsageError(f"expected one of {', '.join(TEMPLATES)}, found '{name}'")
    return resources.files("tco").joinpath(f"templates/{name}.yaml").read_text(encoding="utf-8")


def init(file: str | Path, *, template: str = "product") -> Path:
    """Write a template to a new file.

    Parameters
    ----------
    file : str or Path
        A file that is not there yet.
    template : str
        product, courier, packaging or returns.

    Raises
    ------
    TcoError
        Where the file exists or cannot be written.

    Examples
    --------
    >>> import tco
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     tco.load(tco.init(f"{folder}/mine.yaml", template="courier")).compare().baseline
    'today'
    """
    create_text(file, text_of(template).replace("FILE", str(file)))
    return Path(file)
