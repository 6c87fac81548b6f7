"""The command line: each command reads a case, calls the function of its name and shows what it gives."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import click

from tco.errors import TcoError
from tco.version import VERSION

TEMPLATES = ("product", "courier", "packaging", "returns")
FORMATS = ("table", "json", "csv", "markdown")
INTERRUPTED = 130
QUICK_START = {"OPENBLAS_NUM_THREADS": "1", "PYDANTIC_DISABLE_PLUGINS": "__all__"}
"""Set before libraries are imported: nothing here needs BLAS threads or plug-ins, and both take long to start."""
FULL = 1000
"""Steps of a bar."""
SOON = 0.5
"""Seconds after which a bar appears, so that what takes a second shows one and what is quick none."""

Command = TypeVar("Command", bound=Callable[..., Any])


class _Commands(click.Group):
    """Turns a mistake that the user can mend into a message and an exit code; all else stays a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        for name, value in QUICK_START.items():
            os.environ.setdefault(name, value)
        try:
            if "SOURCE_DATE_EPOCH" in os.environ:  # libraries read it as well, and fail less plainly
                from tco.files import build_date

                build_date()
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


def _draws(command: Command) -> Command:
    """Add the options of a command that draws."""
    seed = click.option("--seed", default=0, show_default=True, help="Equal seeds give equal figures.")
    return click.option("-n", "draws", default=16_384, show_default=True, help="How many draws.")(seed(command))


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
    with _progress("simulating") as progress:
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
@_draws
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def decide(
    case: str, draws: int, seed: int, scenarios: Sequence[str], changes: Sequence[str], form: str, output: str | None
) -> None:
    """Decide: leave the baseline, for which option, and how surely.

    By how much, who pays and who gains, the price to hold out for, what would change the answer, and what is left out.

    \b
    Example:
      tco decide scenarios/cartridges.yaml
    """
    from tco.analyses.decision import decide as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("deciding") as progress:
        result = run(loaded, n=draws, seed=seed, progress=progress)
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.argument("supplier", metavar="SUPPLIER")
@click.option(
    "--of", default="", metavar="PATH", help="Another input than the price; lost_customer for what one is worth."
)
@click.option(
    "--at", "values", multiple=True, metavar="VALUE", help="Also show how surely it is worth it at this value."
)
@_draws
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def breakeven(
    case: str,
    supplier: str,
    of: str,
    values: Sequence[str],
    draws: int,
    seed: int,
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Find the most that an option may charge, or the value at which another input decides.

    \b
    Example:
      tco breakeven scenarios/cartridges.yaml borealis --at 5 --at 5.20
      tco breakeven scenarios/cartridges.yaml borealis --of suppliers.borealis.failure_rates.leaks
    """
    from tco.analyses.break_even import breakeven as run

    loaded = _load(case, _only(scenarios), changes)
    at = [_value(value, "--at") for value in values]
    with _progress("solving") as progress:
        result = run(loaded, supplier, of=of, at=at, n=draws, seed=seed, progress=progress)
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.argument("kind", type=click.Choice(("price", "belief")), metavar="price|belief")
@click.argument("supplier", metavar="SUPPLIER")
@_draws
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def curve(
    case: str,
    kind: str,
    supplier: str,
    draws: int,
    seed: int,
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Show how sure the decision is as a price, or the value of a lost customer, rises.

    price: the chance of being worth it, of being best, and the expected loss at every price premium. belief: the same
    over the value put on a lost customer: what would you have to believe?

    \b
    Example:
      tco curve scenarios/cartridges.yaml price borealis
      tco curve scenarios/cartridges.yaml belief borealis
    """
    from tco.analyses.curves import curve as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("drawing the curve") as progress:
        result = run(loaded, kind, supplier, n=draws, seed=seed, progress=progress)
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.argument("x", metavar="PATH")
@click.argument("y", metavar="PATH")
@click.option("--supplier", default="", metavar="S", help="Which option; by default the best that is not the baseline.")
@click.option("--x", "x_range", nargs=2, metavar="FROM TO", help="Range of the first input.")
@click.option("--y", "y_range", nargs=2, metavar="FROM TO", help="Range of the second input.")
@click.option("--steps", default=9, show_default=True, help="Values an input.")
@click.option("-n", "draws", default=0, help="Also give the chance of saving, from this many draws a point.")
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def grid(
    case: str,
    x: str,
    y: str,
    supplier: str,
    x_range: Sequence[str] | None,
    y_range: Sequence[str] | None,
    steps: int,
    draws: int,
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Turn two inputs together: what an option saves, and where the decision flips.

    \b
    Example:
      tco grid scenarios/cartridges.yaml suppliers.borealis.unit_price failures.leaks.churn --supplier borealis
    """
    from tco.analyses.one_way import steps as spaced
    from tco.analyses.two_way import grid as run

    ranges = [
        spaced(_value(one[0], name), _value(one[1], name), steps) if one else None
        for one, name in ((x_range, "--x"), (y_range, "--y"))
    ]
    loaded = _load(case, _only(scenarios), changes)
    with _progress("turning two inputs") as progress:
        across, up = ranges
        result = run(
            loaded, x, y, supplier=supplier, x_values=across, y_values=up, steps=steps, n=draws, progress=progress
        )
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.argument("path", metavar="PATH")
@click.option("--from", "first", required=True, metavar="VALUE", help="First value.")
@click.option("--to", "last", required=True, metavar="VALUE", help="Last value.")
@click.option("--steps", default=11, show_default=True, help="How many values.")
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def table(
    case: str,
    path: str,
    first: str,
    last: str,
    steps: int,
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Turn one input: what every option costs and saves at each value.

    \b
    Example:
      tco table scenarios/cartridges.yaml suppliers.borealis.unit_price --from 4.10 --to 5.90
      tco table scenarios/cartridges.yaml horizon_months --from 6 --to 60
    """
    from tco.analyses.levers import MONTHS
    from tco.analyses.one_way import steps as spaced
    from tco.analyses.one_way import table as run

    loaded = _load(case, _only(scenarios), changes)
    whole = path.split(".")[-1] in MONTHS
    values = spaced(_value(first, "--from"), _value(last, "--to"), steps, whole=whole)
    with _progress("turning one input") as progress:
        result = run(loaded, path, values, progress=progress)
    _show_any(result, form, output)


@main.command(name="scenarios")
@click.argument("case", metavar="CASE")
@_draws
@_set
@_format("table", "json", "csv")
@_output
def list_scenarios(case: str, draws: int, seed: int, changes: Sequence[str], form: str, output: str | None) -> None:
    """Put a case and its named scenarios side by side, each with its verdict.

    \b
    Example:
      tco scenarios scenarios/cartridges.yaml
    """
    from tco.analyses.variants import scenarios as run

    loaded = _load(case, "", changes)
    with _progress("deciding") as progress:
        result = run(loaded, n=draws, seed=seed, progress=progress)
    _show_any(result, form, output)


@main.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--supplier", default="", metavar="S", help="Whose saving; by default the best option's in B.")
@click.option("--scenario-a", default="", metavar="NAME", help="A scenario of A.")
@click.option("--scenario-b", default="", metavar="NAME", help="A scenario of B.")
@_format("table", "json", "csv")
@_output
def diff(
    first: str, second: str, supplier: str, scenario_a: str, scenario_b: str, form: str, output: str | None
) -> None:
    """Say which inputs of two cases differ, how each line moved, and bridge one answer to the other.

    \b
    Example:
      tco diff scenarios/cartridges.yaml scenarios/cartridges.yaml --scenario-b "tariff shock"
    """
    from tco.analyses.difference import diff as run

    cases = (_load(first, scenario_a, ()), _load(second, scenario_b, ()))
    with _progress("making one change after another") as progress:
        result = run(*cases, supplier=supplier, progress=progress)
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("--supplier", default="", metavar="S", help="Whose saving; by default the best option's.")
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def evidence(
    case: str, supplier: str, scenarios: Sequence[str], changes: Sequence[str], form: str, output: str | None
) -> None:
    """Lay out what the saving rests on: lines from hard to soft, inputs with their sources.

    \b
    Example:
      tco evidence scenarios/cartridges.yaml
    """
    from tco.analyses.evidence import evidence as run

    _show_any(run(_load(case, _only(scenarios), changes), supplier), form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("--supplier", default="", metavar="S", help="Which option; by default the best that is not the baseline.")
@click.option(
    "--of",
    type=click.Choice(("npv", "hard", "hard_and_estimated", "cost")),
    default="npv",
    show_default=True,
    help="What is saved, all in or by firm lines alone; or what it costs.",
)
@click.option("-n", "samples", default=4096, show_default=True, help="Base samples of Sobol' indices.")
@click.option("--seed", default=0, show_default=True, help="Equal seeds give equal figures.")
@click.option("--range", "ranges", nargs=3, multiple=True, metavar="PATH LOW HIGH", help="Move an input in this range.")
@click.option("--stress", "bands", nargs=3, multiple=True, metavar="PATH FROM TO", help="Percentiles: PATH 75% 100%.")
@click.option("--group", "groups", nargs=2, multiple=True, metavar="NAME PATHS", help="Judge inputs (a,b) together.")
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def sensitivity(
    case: str,
    supplier: str,
    of: str,
    samples: int,
    seed: int,
    ranges: Sequence[tuple[str, str, str]],
    bands: Sequence[tuple[str, str, str]],
    groups: Sequence[tuple[str, str]],
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Say which uncertain inputs an option's saving turns on, and where it loses.

    Each input alone from its 10th to its 90th percentile; its share of the variance (Sobol' indices); what losing
    worlds have in common.

    \b
    Example:
      tco sensitivity scenarios/cartridges.yaml
      tco sensitivity scenarios/cartridges.yaml --supplier borealis --stress failures.leaks.churn 75% 100%
    """
    from tco.analyses.sensitivities import sensitivity as run

    loaded = _load(case, _only(scenarios), changes)
    moved, held = _ends(ranges, "--range"), _ends(bands, "--stress")
    together = _groups(groups)
    with _progress("moving inputs") as progress:
        result = run(
            loaded,
            supplier,
            output=of,
            n=samples,
            seed=seed,
            ranges=moved,
            bands=held,
            groups=together,
            progress=progress,
        )
    _show_any(result, form, output)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-n", "draws", default=32_768, show_default=True, help="How many draws.")
@click.option("--seed", default=0, show_default=True, help="Equal seeds give equal figures.")
@click.option("--pilot-cost", default="0", metavar="MONEY", help="What a pilot costs once.")
@click.option("--pilot-unit-cost", default="0", metavar="MONEY", help="What a pilot costs for each unit.")
@click.option("--pilot-units", "units", multiple=True, type=int, metavar="N", help="A pilot's size; else the best.")
@click.option("--group", "groups", nargs=2, multiple=True, metavar="NAME PATHS", help="Know inputs (a,b) together.")
@_scenario
@_set
@_format("table", "json", "csv")
@_output
def information(
    case: str,
    draws: int,
    seed: int,
    pilot_cost: str,
    pilot_unit_cost: str,
    units: Sequence[int],
    groups: Sequence[tuple[str, str]],
    scenarios: Sequence[str],
    changes: Sequence[str],
    form: str,
    output: str | None,
) -> None:
    """Say what it is worth to find out more before choosing, and which pilot pays.

    Knowing everything (EVPI), one input or several (EVPPI), what n more units show (EVSI), and a stopping rule.

    \b
    Example:
      tco information scenarios/cartridges.yaml
      tco information scenarios/cartridges.yaml --pilot-cost 500 --pilot-unit-cost 0.40
    """
    from tco.analyses.value_of_information import information as run

    loaded = _load(case, _only(scenarios), changes)
    costs = _value(pilot_cost, "--pilot-cost"), _value(pilot_unit_cost, "--pilot-unit-cost")
    with _progress("weighing information") as progress:
        result = run(
            loaded,
            n=draws,
            seed=seed,
            pilot_cost=costs[0],
            pilot_unit_cost=costs[1],
            units=units,
            groups=_groups(groups),
            progress=progress,
        )
    _show_any(result, form, output)


@main.command()
@click.argument("kind", metavar="KIND")
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to: .png, .svg or .pdf.")
@click.option("--supplier", default="", metavar="S", help="Whose chart; by default the best that is not the baseline.")
@click.option("--x", default="", metavar="PATH", help="First input of a grid.")
@click.option("--y", default="", metavar="PATH", help="Second input of a grid.")
@_draws
@_scenario
@_set
def chart(
    kind: str,
    case: str,
    output: str,
    supplier: str,
    x: str,
    y: str,
    draws: int,
    seed: int,
    scenarios: Sequence[str],
    changes: Sequence[str],
) -> None:
    """Draw a chart whose title is the finding.

    KIND is cost, bridge, cash, npv, acceptability, belief, breakeven, tornado, spider, sobol, evppi, grid, stages or
    modes.

    \b
    Example:
      tco chart bridge scenarios/cartridges.yaml -o bridge.png
    """
    from tco.charting import chart as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("drawing") as progress:
        run(kind, loaded, output, supplier, x=x, y=y, n=draws, seed=seed, progress=progress)
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to: .xlsx.")
@_draws
@_scenario
@_set
def workbook(case: str, output: str, draws: int, seed: int, scenarios: Sequence[str], changes: Sequence[str]) -> None:
    """Write a live Excel model: change an input there, and lines, totals, NPV and break-even follow.

    \b
    Example:
      tco workbook scenarios/cartridges.yaml -o case.xlsx
    """
    from tco.views.workbook import workbook as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("writing the workbook") as progress:
        run(loaded, output, n=draws, seed=seed, progress=progress)
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to: .html.")
@click.option("--seed", default=0, show_default=True, help="Of the simulation that stands beside the sliders.")
@_scenario
@_set
def whatif(case: str, output: str, seed: int, scenarios: Sequence[str], changes: Sequence[str]) -> None:
    """Write a page with sliders that can be mailed: a live model in one file, with no network.

    \b
    Example:
      tco whatif scenarios/cartridges.yaml -o whatif.html
    """
    from tco.views.whatif import whatif as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("writing the page") as progress:
        run(loaded, output, seed=seed, progress=progress)
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to: .html or .md.")
@click.option("--format", "form", type=click.Choice(("html", "md")), help="By default by the file's ending.")
@_draws
@_scenario
@_set
def report(
    case: str, output: str, form: str | None, draws: int, seed: int, scenarios: Sequence[str], changes: Sequence[str]
) -> None:
    """Write the business case: the answer first, then all that it rests on.

    One self-contained page (or Markdown): the case by year, where the money goes, how sure it is, what would change
    it, what to measure next, the register of assumptions, gaps, and how it was made.

    \b
    Example:
      tco report scenarios/cartridges.yaml -o case.html
    """
    from tco.views.report import report as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("writing the report") as progress:
        run(loaded, output, form=form or "", n=draws, seed=seed, progress=progress)
    click.echo(f"wrote {output}", err=True)


@main.command()
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to: .pptx.")
@_draws
@_scenario
@_set
def slides(case: str, output: str, draws: int, seed: int, scenarios: Sequence[str], changes: Sequence[str]) -> None:
    """Write five slides with native charts that can be edited, the finding as title.

    \b
    Example:
      tco slides scenarios/cartridges.yaml -o case.pptx
    """
    from tco.views.slides import slides as run

    loaded = _load(case, _only(scenarios), changes)
    with _progress("writing the slides") as progress:
        run(loaded, output, n=draws, seed=seed, progress=progress)
    click.echo(f"wrote {output}", err=True)


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
    return _value(text, "--until", "share")


def _value(text: str, option: str, kind: str = "number") -> float:
    """Read a number given as an option as case files write them: 4.10, 50_000, 8%."""
    from tco.errors import Unexpected
    from tco.numbers import Manner, literal

    try:
        return literal(text, Manner(kind, percent=True, fixed=True))
    except Unexpected as error:
        raise click.BadParameter(f"{error.message}: {error.hint}", param_hint=option) from None


@contextmanager
def _progress(doing: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar with the time left on standard error, at a terminal, once a run takes longer than a moment."""
    if not sys.stderr.isatty():
        yield None
        return
    from time import monotonic

    start, bar, shown = monotonic(), click.progressbar(length=FULL, label=doing, file=sys.stderr), False
    with ExitStack() as stack:

        def show(done: int, of: int) -> None:
            nonlocal shown
            if not shown and monotonic() - start < SOON:
                return
            if not shown:
                stack.enter_context(bar)
                bar.last_eta, shown = 0.0, True  # so that the time left is told from the first step on
            bar.update(FULL * done // of - bar.pos)

        yield show


def _ends(stated: Sequence[tuple[str, str, str]], option: str) -> dict[str, tuple[float, float]]:
    """Read two numbers for each path, given once."""
    found: dict[str, tuple[float, float]] = {}
    for path, low, high in stated:
        if path in found:
            raise click.UsageError(f"expected one {option} for each input, found two for {path}: leave one out")
        found[path] = (_value(low, option), _value(high, option))
    return found


def _groups(stated: Sequence[tuple[str, str]]) -> dict[str, list[str]] | None:
    """Read groups of inputs given as a name and paths with commas between them."""
    found: dict[str, list[str]] = {}
    for name, paths in stated:
        if name in found:
            hint = "name it otherwise, or write all of its inputs at once: --group NAME a,b"
            raise click.UsageError(f"expected every --group under a name of its own, found '{name}' twice: {hint}")
        found[name] = [path.strip() for path in paths.split(",")]
    return found or None


def _only(scenarios: Sequence[str]) -> str:
    if len(scenarios) > 1:
        raise click.UsageError("--scenario may be given once here")
    return scenarios[0] if scenarios else ""


def _formatted(result: Any, form: str) -> str:
    if form == "json":
        return _json(result.to_dict())
    from tco.views import table

    return {"table": table.text, "csv": table.csv_text, "markdown": table.markdown}[form](result)


def _show_any(result: Any, form: str, output: str | None) -> None:
    """Show a result in the form asked for: its text, its plain data, or its rows."""
    if form == "csv":
        from tco.views.table import rows_as_csv

        _show(rows_as_csv(result.rows()), output)
        return
    _show(_json(result.to_dict()) if form == "json" else str(result), output)


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


def run() -> None:
    """Run the command in a process of its own, which makes few cycles and ends soon: none are looked for."""
    gc.disable()
    try:
        main()
    finally:
        if "duckdb" not in sys.modules:  # which complains of what it finds left over
            gc.freeze()


if __name__ == "__main__":
    run()
