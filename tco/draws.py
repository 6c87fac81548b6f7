"""Every draw of a simulation, written to a file: inputs, present costs and savings, a row a draw."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from tco.errors import TcoError, UsageError
from tco.files import named, replacing
from tco.loader import Case
from tco.simulation import Simulation, sampler_of
from tco.ties import saving

KINDS = (".csv", ".parquet")


def write_draws(case: Case, result: Simulation, path: str | Path) -> None:
    """Write the draws of a simulation.

    Parameters
    ----------
    case : Case
        The case that was simulated.
    result : Simulation
        What came out; its inputs are drawn again, chunk by chunk, so that they need not be kept.
    path : str or Path
        Ending in ``.csv`` (full precision) or ``.parquet`` (needs the extra ``data``).

    Raises
    ------
    UsageError
        For another ending.
    TcoError
        Where the file cannot be written, or Parquet's library is not installed.
    """
    if check_kind(path) == ".parquet":
        _write_parquet(case, result, Path(path))
        return
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as stream:
        stream.write(",".join(_quoted(name) for name in names(case, result)) + "\n")
        for block in blocks(case, result):
            for row in block.tolist():
                stream.write(f"{int(row[0])}," + ",".join(map(repr, row[1:])) + "\n")


def check_kind(path: str | Path) -> str:
    """Give the kind of file that a path asks for, before a run whose draws could not be written.

    Raises
    ------
    UsageError
        For what names no file, and for an ending other than ``.csv`` and ``.parquet``.
    TcoError
        For Parquet where its library is not installed.
    """
    kind = named(path).suffix.lower()
    if kind not in KINDS:
        raise UsageError(f"expected a file ending in {' or '.join(KINDS)}, found '{path}'")
    if kind == ".parquet" and find_spec("duckdb") is None:
        raise TcoError(f"{path}: Parquet needs the extra 'data': pip install 'supplier-tco[data]'")
    return kind


def names(case: Case, result: Simulation) -> list[str]:
    """Name the columns: the draw, each uncertain input by its path, each option's present cost and NPV."""
    options = [option.supplier for option in result.suppliers]
    paths = sampler_of(case, result).paths
    return ["draw", *paths, *(f"present_cost.{name}" for name in options), *(f"npv.{name}" for name in options)]


def blocks(case: Case, result: Simulation) -> Iterator[np.ndarray]:
    """Yield the draws a chunk at a time, of shape (chunk, columns)."""
    sampler = sampler_of(case, result)
    base = [option.supplier for option in result.suppliers].index(result.baseline)
    first = 0
    for chunk in range(sampler.chunks):
        inputs = list(sampler.draws(chunk).values())
        count = sum(segment.count for segment in sampler.segments(chunk))
        costs = result.present_costs[:, first : first + count]
        draw = np.arange(first, first + count, dtype=float)
        yield np.vstack([draw, *inputs, costs, saving(costs[base], costs)]).T
        first += count


def _write_parquet(case: Case, result: Simulation, path: Path) -> None:
    """Write through DuckDB, chunk by chunk from a CSV of full precision."""
    import duckdb

    plain = path.with_name(f".{path.name}.csv")
    try:
        write_draws(case, result, plain)
        with replacing(path) as temporary:
            source, target = (str(one).replace("'", "''") for one in (plain, temporary))
            duckdb.sql(f"COPY (FROM read_csv('{source}', header=true)) TO '{target}' (FORMAT parquet)")
    finally:
        plain.unlink(missing_ok=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n') else name
