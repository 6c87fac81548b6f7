"""The notebooks run from top to bottom, hold no outputs, and say the same as the text that they are paired with."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
PICTURES = {"1": 1, "2": 4, "3": 0, "4": 4, "5": 1}
"""Charts that each notebook shows; the third one's picture is a widget."""

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
jupytext = pytest.importorskip("jupytext")


def test_there_are_five() -> None:
    assert [path.stem[0] for path in NOTEBOOKS] == list("12345")


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom(path: Path) -> None:
    notebook = executed(nbformat.read(path, 4))
    assert sum(map(pictures, notebook.cells)) == PICTURES[path.stem[0]]
    for cell in notebook.cells:
        assert pictures(cell) == ("tco.chart." in cell.source)


CORNERS = """from itertools import product
heights = []
for ends in product(*[(low, high) for _, low, high, _ in SLIDERS.values()]):
    draw(**dict(zip(SLIDERS, ends, strict=True)))
    heights.append(int(worlds.get_data().values.sum()))
    assert all(bar.get_width() <= left.get_xlim()[1] for bar in bars)
    assert bytes(picture.value).startswith(b"\\x89PNG")
set(heights)"""
"""Every slider at either end, in all combinations."""


@pytest.mark.slow
def test_the_picture_of_the_sliders_holds_all_worlds_wherever_they_stand() -> None:
    notebook = nbformat.read(FOLDER / "3_sliders.ipynb", 4)
    notebook.cells.append(nbformat.v4.new_code_cell(CORNERS))
    (output,) = executed(notebook).cells[-1].outputs
    assert output["data"]["text/plain"] == "{10000}"


SLID = """sliders["customers"].value = 64_000
sliders["price of Borealis"].value = 5.1
[readout.value for readout in readouts.values()]"""


@pytest.mark.slow
def test_sliders_read_as_people_write_prices_shares_and_thousands() -> None:
    """Leaks are counts with half a failure in one trial more: 1,870.5 of 48,201 is 3.9 %, 24.5 of 1,951 is 1.3 %.

    The churn of a leak is PERT: (2 % + 4 x 4 % + 9 %) / 6 is 4.5 %.
    """
    notebook = nbformat.read(FOLDER / "3_sliders.ipynb", 4)
    notebook.cells.insert(6, nbformat.v4.new_code_cell("[readout.value for readout in readouts.values()]"))
    notebook.cells.insert(7, nbformat.v4.new_code_cell(SLID))
    cells = executed(notebook).cells
    (stated,), (slid,) = cells[6].outputs, cells[7].outputs
    assert stated["data"]["text/plain"] == "['4.78', '3.9%', '1.3%', '4.5%', '50,000']"
    assert slid["data"]["text/plain"] == "['5.10', '3.9%', '1.3%', '4.5%', '64,000']"


SESSION = {
    """import tco
case = tco.load("../scenarios/hard_drives.yaml")
result = tco.compare(case)""": 0,
    "ax = tco.chart.bridge(result)": 1,
    "tco.chart.cost(result)": 1,
    """ax = tco.chart.cost(result)
ax.set_title("changed in the cell that shows it")""": 1,
    """import tempfile
with tempfile.TemporaryDirectory() as folder:
    tco.chart("bridge", case, f"{folder}/bridge.png", n=64)
    tco.report(case, f"{folder}/report.html", n=64)""": 0,
    """from matplotlib import pyplot
assert pyplot.get_fignums() == []""": 0,
    """figure, (left, right) = pyplot.subplots(1, 2, figsize=(16, 5))
tco.chart.bridge(result, ax=left)
tco.chart.cost(result, ax=right)""": 1,
    """import pytest
with pytest.raises(tco.TcoError):
    tco.chart.bridge(result, "nobody")
assert pyplot.get_fignums() == []""": 0,
}
"""Cells of one session, and how many pictures each shows."""


@pytest.mark.slow
def test_a_chart_shows_itself_once_at_the_end_of_its_cell_and_one_for_a_file_does_not() -> None:
    notebook = executed(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in SESSION]))
    assert [pictures(cell) for cell in notebook.cells] == list(SESSION.values())


def executed(notebook):
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return notebook


def pictures(cell) -> int:
    return sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_kept_without_outputs_and_beside_its_text(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in notebook.cells)
    paired = jupytext.read(path.with_suffix(".py"))
    assert [(c.cell_type, c.source) for c in paired.cells] == [(c.cell_type, c.source) for c in notebook.cells]
