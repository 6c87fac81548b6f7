"""The command line: each command reads a case, calls the function of its name and shows what it gives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click

from tco.errors import TcoError
from tco.version import VERSION

TEMPLATES = ("product", "courier", "packaging", "returns")
FORMATS = ("table", "json", "csv", "markdown")
INTERRUPTED = 130

Command = TypeVar("Command", bound=Callable[..., Any])


class _Commands(click.Group):
    """Turns a mistake that the user can mend into a message and an exit code; all else stays a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TcoError as error:
            click.echo(str(error), err=True)
            ctx.exit(error.exit_code)
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
@click.argument("name", metavar="PATH-OR-QUANTITY")
@click.option("--supplier", default="", metavar="S", help="Which option; by default the baseline.")
@click.option("--month", default=1, show_default=True, help="Which month; 0 is the start.")
@_scenario
@_set
@_format("table", "json")
@_output
def explain(
    case: str,
    name: str,
    supplier: str,
    month: int,
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
