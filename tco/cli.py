"""The command line: each command reads a case, calls the function of its name and shows what it gives."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from tco.errors import TcoError
from tco.version import VERSION

TEMPLATES = ("product", "courier", "packaging", "returns")
FORMATS = ("table", "json", "csv", "markdown")
INTERRUPTED = 130
QUICK_START = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""Set before libraries are imported: nothing here needs BLAS threads or plug-ins, and both take long to start."""
COLLECT_AFTER = 200_000
"""New objects after which the collector looks for cycles: a command makes few, and libraries start faster without."""
LONG_RUN = 100_000
"""Draws from which a run may take more than a second."""

Command = TypeVar("Command", bound=Callable[..., Any])


class _Commands(click.Group):
    """Turns a mistake that the user can mend into a message and an exit code; all else stays a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        for name, value in QUICK_START.items():
            os.environ.setdefault(name, value)
        gc.set_threshold(COLLECT_AFTER)
        try:
            return super().invoke(ctx)
        except TcoError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


_scenario = click.option("--scenario", "scenarios", multiple=True, metavar="NAME", help="A scenario of the case.")
_set = click.option("--set", "changes", multiple=True, metavar="PATH=VALUE", help="Another value for one input.")
_output = click.option("-o", "--output", metavar="FILE", help="Write to a file instead of standard output.")


def _format(*names: str) -> Callable[[Command], Command]:
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="tco")
def main() -> None:
    """Say whether the pricier supplier is worth it.

    Combine unit price with returns, replacements, support, late deliveries, stock-outs and lost customers, and
    compare suppliers, couriers, packaging or policies on one number that finance can check.

    \b
    Start here:
      tco init my_case.yaml
      tco validate my_case.yaml
      tco compare my_case.yaml
    """


@main.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@_scenario
@_set
@_format(*FORMATS)
@_output
def compare(
    cases: Sequence[str], scenarios: Sequence[str], changes: Sequence[str], form: str, output: str | None
) -> None:
    """Compare what each option really costs, line by line.

    All inputs are at their means. Several cases, or several --scenario, stand side by side; `--scenario base` is the
    case as it stands.

    \b
    Example:
      tco compare scenarios/cartridges.yaml --scenario "tariff shock"
    """
    from tco.comparison import compare as run

    loaded = [_load(case, name, changes) for case in cases for name in scenarios or ("",)]
    result = run(*loaded)
    _show(_formatted(result, form), output)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-n", "draws", default=16_384, show_default=True, help="How many draws.")
@click.option("--seed", default=0, show_default=True, help="Equal seeds give equal figures.")
@click.option("--sampler", type=click.Choice(("sobol", "latin", "random")), default="sobol", show_default=True)
@_scenario
@_set
@click.option("--predictive", is_flag=True, help="Add the luck of single orders and failures.")
@click.option("--until", metavar="SHARE", help="Add draws until errors are below this share, such as 0.1%.")
@click.option("--repair-correlations", is_flag=True, help="Move impossible correlations to the nearest possible ones.")
@click.option("--threads", type=int, help="Chunks computed at a time; by default one a processor.")
@click.option("--draws", "draws_file", metavar="FILE", help="Write inputs and costs of every draw: .csv or .parquet.")
@_format(*FORMATS)
@_output
def simulate(
    case: str,
    draws: int,
    seed: int,
    sampler: Any,
    scenarios: Sequence[str],
    changes: Sequence[str],
    predictive: bool,
    until: str | None,
    repair_correlations: bool,
    threads: int | None,
    draws_file: str | None,
    form: str,
    output: str | None,
) -> None:
    """Simulate: every uncertain input drawn, the honest range of the answer.

    What each option saves on average and in nine worlds out of ten, how surely, and what choosing it may cost.

    \b
    Example:
      tco simulate scenarios/cartridges.yaml -n 4096 --seed 1
    """
    from tco.simulation import simulate as run
    from tco.views import risk

    if draws_file:
        from tco.draws import check_kind

        check_kind(draws_file)
    loaded = _load(case, _only(scenarios), changes)
    with _progress(draws if until is None else LONG_RUN) as progress:
        result = run(
            loaded,
            draws,
            seed=seed,
            sampler=sampler,
            predictive=predictive,
            until=None if until is None else _share(until),
            repair_correlations=repair_correlations,
            threads=threads,
            progress=progress,
        )
    if draws_file:
        from tco.draws import write_draws

        write_draws(loaded, result, draws_file)
    writers = {"table": risk.text, "csv": risk.csv_text, "markdown": risk.markdown}
    _show(_json(result.to_dict()) if form == "json" else writers[form](result), output)


@main.command()
@click.argument("case", metavar="CASE")
@click.argument("name", metavar="PATH-OR-QUANTITY")
@click.option("--supplier", default="", metavar="S", help="Which option; by default the baseline.")
@click.option("--month", type=int, help="Which month (0 is the start); by default the first after a transition.")
@_scenario
@_set
@_format("table", "json")
@_output
def explain(
    case: str,
    name: str,
    supplier: str,
    month: int | None,
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Explain a figure: its formula, its numbers, down to the inputs and their sources.

    \b
    Example:
      tco explain scenarios/cartridges.yaml refunds --supplier borealis --month 13
    """
    from tco.explanation import explain as run

    result = run(_load(case, _only(scenarios), changes), name, supplier=supplier, month=month)
    _show(_json(result.to_dict()) if form == "json" else str(result), output)


@main.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE...")
@_set
def validate(cases: Sequence[str], changes: Sequence[str]) -> None:
    """Check case files: every problem at once, with its line.

    Scenarios are checked too. Warnings are shown and do not fail.

    \b
    Example:
      tco validate scenarios/cartridges.yaml
    """
    from tco.errors import CaseError, Problem
    from tco.validation import validate as run

    problems: list[Problem] = []
    for path in cases:
        try:
            result = run(path, changes=changes)
        except CaseError as error:
            problems += error.problems
        else:
            click.echo(str(result))
    if problems:
        raise CaseError(problems)


@main.command()
@_output
def schema(output: str | None) -> None:
    """Print the JSON Schema of a case file, for editors.

    \b
    Example:
      tco schema -o tco.schema.json
    """
    from tco.json_schema import schema as run

    _show(_json(run()), output)


@main.command()
@click.argument("file", default="case.yaml", metavar="[FILE]")
@click.option("--template", type=click.Choice(TEMPLATES), default=TEMPLATES[0], show_default=True)
def init(file: str, template: str) -> None:
    """Write a commented case to start from; it can be compared as it stands.

    \b
    Example:
      tco init my_case.yaml --template courier
    """
    from tco.starter import init as run

    run(file, template=template)
    click.echo(f"wrote {file}: put your numbers in, then\n  tco validate {file}\n  tco compare {file}", err=True)


def _load(path: str, scenario: str, changes: Iterable[str]) -> Any:
    from tco.loader import load

    case = load(path, changes=changes) if scenario == "base" else None
    if case is not None and "base" not in case.scenarios:
        return case
    return load(path, scenario=scenario, changes=changes)


def _share(text: str) -> float:
    """Read a share given as an option, such as 0.1%."""
    from tco.errors import Unexpected
    from tco.numbers import Manner, literal

    try:
        return literal(text, Manner("share", percent=True))
    except Unexpected as error:
        raise click.BadParameter(f"{error.message}: {error.hint}", param_hint="--until") from None


@contextmanager
def _progress(draws: int) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar with the time left on standard error, at a terminal and for long runs only."""
    if draws < LONG_RUN or not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=draws, label="simulating", file=sys.stderr) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


def _only(scenarios: Sequence[str]) -> str:
    if len(scenarios) > 1:
        raise click.UsageError("--scenario may be given once here")
    return scenarios[0] if scenarios else ""


def _formatted(result: Any, form: str) -> str:
    if form == "json":
        return _json(result.to_dict())
    from tco.views import table

    return {"table": table.text, "csv": table.csv_text, "markdown": table.markdown}[form](result)


def _json(data: Any) -> str:
    import json

    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)


def _show(text: str, output: str | None) -> None:
    """Print a result, or write it to a file whole or not at all."""
    if output is None:
        click.echo(text)
        return
    from tco.files import write_text

    write_text(output, text + "\n")


if __name__ == "__main__":
    main()
