"""A case as a live Excel workbook: change a price or a rate, and lines, totals, NPV, payback and break-even follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from tco.analyses.tornado import Tornado, tornado
from tco.comparison import Comparison, compare
from tco.files import build_date, checked, replacing
from tco.loader import Case, checked_case
from tco.outcomes import DEFAULT_DRAWS, check_kept, uncertain_inputs
from tco.progress import Progress, Steps, each
from tco.simulation import Simulation, simulate
from tco.views.workbook.calculation import Calculation
from tco.views.workbook.checking import CheckSheet
from tco.views.workbook.compared import CompareSheet
from tco.views.workbook.flows import FlowSheet
from tco.views.workbook.inputs import InputSheet
from tco.views.workbook.layout import Book, Sheet, forms_for, sheet_names
from tco.views.workbook.notes import write_about, write_log, write_simulation, write_tornado
from tco.views.workbook.register import Register
from tco.views.workbook.wiring import Wiring
from tco.views.workbook.years import YearSheet

_BEFORE = ("About", "Compare", "By year", "Cash flow", "Inputs")
_AFTER = ("Sensitivity", "Simulation", "Checks", "Log")
_TOLD = {
    "About": "this page: the answer, and how to read the workbook",
    "Compare": "every cost line of every option, three totals, NPV, ROI, payback, highest justified price",
    "By year": "every cost line of every option by contract year, and what each saves",
    "Cash flow": "costs and savings month by month, discount factors, running totals, payback",
    "Inputs": "every number, with unit, range, source and owner: change the blue cells",
    "Sensitivity": "values: what moves the answer most",
    "Simulation": "values: the range of the answer over many draws",
    "Checks": "what must hold, green or red",
    "Log": "a place to note what is changed",
}


def workbook(
    case: Case,
    path: str | Path,
    *,
    n: int = DEFAULT_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> None:
    """Write a case as a live Excel workbook, with a simulation and a tornado as values.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    path : str or Path
        A file ending in ``.xlsx``; written whole or not at all.
    n, seed : int
        Draws of the simulation, and what they are made from; with n = 0 both sheets of values are left out.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    UsageError
        For more draws than can be kept.
    TcoError
        Where the file cannot be written.

    Examples
    --------
    >>> import tco
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> case = tco.load("scenarios/cartridges.yaml")
    >>> with TemporaryDirectory() as folder:
    ...     tco.workbook(case, f"{folder}/case.xlsx", n=0)
    ...     Path(f"{folder}/case.xlsx").stat().st_size > 0
    True
    """
    checked_case(case)
    checked(path, (".xlsx",))
    check_kept(n)
    steps = Steps(progress, 5)
    made = compare(case)
    simulation = sensitivity = None
    if n and uncertain_inputs(case):
        others = [option for option in made.suppliers if option.supplier != case.baseline]
        best = min(others, key=lambda option: option.present_cost, default=None)
        sensitivity = tornado(case, best.supplier) if best else None
        simulation = simulate(case, n, seed=seed)
    steps.done()
    write_workbook(case, path, comparison=made, simulation=simulation, sensitivity=sensitivity, progress=steps.part(4))


def write_workbook(
    case: Case,
    path: str | Path,
    *,
    comparison: Comparison | None = None,
    simulation: Simulation | None = None,
    sensitivity: Tornado | None = None,
    progress: Progress | None = None,
) -> None:
    """Write a case as an Excel workbook whose formulas are those of the model.

    Parameters
    ----------
    case : Case
        From `tco.load` or `tco.from_data`.
    path : str or Path
        The file; it is written whole or not at all, and the same for the same case.
    comparison : Comparison, optional
        Of this case, if it is known already.
    simulation : Simulation, optional
        Of this case: a sheet of values.
    sensitivity : Tornado, optional
        Of this case: a sheet of values.
    progress : callable, optional
        Called with steps done and steps in all.

    Raises
    ------
    TcoError
        Where the file cannot be written.

    Notes
    -----
    Every formula carries the value that the model gives, so that viewers which do not calculate show it too. The
    date within the file is SOURCE_DATE_EPOCH, or the case's first month.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    made = comparison or compare(case)
    with replacing(path) as temporary:
        file = Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False})
        file.set_properties({"title": case.name, "author": "tco", "created": _date(case)})
        file.set_calc_mode("auto")
        steps = Steps(progress, 5)
        forms = forms_for(
            max(abs(option.present_cost) for option in made.suppliers),
            max(abs(option.cost_per_unit) for option in made.suppliers),
        )
        _Writer(case, made, Book(file, forms)).write(simulation, sensitivity, steps.part(3))
        file.close()
        steps.done(2)


class _Writer:
    """The sheets of a workbook, in their order."""

    def __init__(self, case: Case, comparison: Comparison, book: Book) -> None:
        self.case, self.comparison, self.book = case, comparison, book

    def write(
        self, simulation: Simulation | None, sensitivity: Tornado | None, progress: Progress | None = None
    ) -> None:
        """Write all sheets: those that others refer to are planned first."""
        steps = Steps(progress, 3 + len(self.case.options))
        case, made = self.case, self.comparison
        left_out = [name for name, one in (("Sensitivity", sensitivity), ("Simulation", simulation)) if one is None]
        after = [name for name in _AFTER if name not in left_out]
        options = sorted(case.options, key=lambda option: option.name != case.baseline)
        names = sheet_names([option.name for option in options], [*_BEFORE, *_AFTER])
        sheets = {name: self.book.sheet(name) for name in (*_BEFORE, *names, *after)}
        wirings = {option.name: Wiring(case.base, option) for option in options}
        register = Register(case, wirings)
        inputs = InputSheet(case, register, sheets["Inputs"])
        calculations = self._calculations(wirings, inputs, [sheets[name] for name in names])
        in_order = {option.name: calculations[option.name] for option in case.options}
        compared = CompareSheet(case, made, in_order, sheets["Compare"])
        flows = FlowSheet(case, made, in_order, sheets["Cash flow"])
        inputs.write()
        steps.done()
        for calculation in each(calculations.values(), steps.part(len(calculations))):
            calculation.write()
        flows.write()
        compared.write(inputs, flows)
        years = YearSheet(case, made, in_order, sheets["By year"])
        years.write()
        steps.done()
        checks = CheckSheet(case, inputs, in_order, (compared, flows, years), sheets["Checks"])
        told = {name: _TOLD.get(name, "") for name in sheets} | {
            name: f"{calculation.option.label}: every quantity, month by month"
            for name, calculation in zip(names, calculations.values(), strict=True)
        }
        write_about(case, checks, sheets["About"], told, left_out)
        checks.write(sheets["About"])
        write_log(case, sheets["Log"])
        self._values(sheets, simulation, sensitivity)
        for sheet in sheets.values():
            sheet.fit()
        steps.done()

    def _calculations(
        self, wirings: Mapping[str, Wiring], inputs: InputSheet, sheets: list[Sheet]
    ) -> dict[str, Calculation]:
        """Plan the sheet of each option, the baseline's first: others refer to it."""
        found: dict[str, Calculation] = {}
        ends = any("missing_at_end" in wiring.drivers for wiring in wirings.values())
        for (name, wiring), sheet in zip(wirings.items(), sheets, strict=True):
            baseline = found.get(self.case.baseline)
            found[name] = Calculation(self.case, wiring, inputs, sheet, self.comparison, baseline, ends=ends)
        return found

    def _values(self, sheets: Mapping[str, Sheet], simulation: Simulation | None, sensitivity: Tornado | None) -> None:
        if sensitivity is not None:
            write_tornado(sensitivity, self.case.option(sensitivity.supplier).label, sheets["Sensitivity"])
        if simulation is not None:
            write_simulation(simulation, sheets["Simulation"])


def _date(case: Case) -> datetime:
    """Give the date within the file: the same for the same case."""
    moment = build_date()
    if moment is not None:
        return moment.replace(tzinfo=None)
    year, month = map(int, case.file.start.split("-"))
    return datetime(max(year, 1980), month, 1)
