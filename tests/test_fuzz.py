"""Whatever a file holds, it is a valid case or a list of mistakes: never another error, and within a second or two."""

from __future__ import annotations

import copy
import random
import re
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import tco
from tco import cli, document, loader, shape
from tco.document import Document
from tco.errors import CaseError

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("scenarios/*.yaml"))
TEXTS = [file.read_text(encoding="utf-8") for file in FILES]
SLOWEST = 4.0
"""Processor time that one file may take, twice what it should where other processes share the core [s]."""
VALIDATOR = jsonschema.Draft202012Validator(tco.schema())

SCALARS = (
    *("", "~", "true", "8", "8%", "-3", "0", "1e300", "1e-300", "1e999", ".5", "1,5", "1.234,56", "E5", "abc", "'x'"),
    *(
        "2 to 4",
        "4 to 2",
        "0 to 0",
        "1e-90 to 1e90",
        "3 of 5",
        "9 of 2",
        "50%",
        "150%",
        "100%",
        "1e6%",
        "unknown",
        "rest",
    ),
    *("[1, 2]", "[]", "{}", "{a: 1}", "{pert: [1, 2, 3]}", "{pert: [3, 2, 1]}", "{by_year: [1, 2]}", "{by_year: []}"),
    *("{value: 3}", "{value: {value: 3}}", "{normal: {mean: 5, sd: 3}}", "{discrete: {1: 50%, 2: 50%}}", "{beta: {}}"),
    *("{samples: a.csv, column: b}", '{samples: "a\\0b", column: b}', "{metalog: {p10: 1, p50: 2, p90: 9}}", "{x"),
    *("&a 3", "*a", "!!int 3", "!x 3", "? x", "- x", "9" * 50, "nan", ".inf", "2027-01", "acme", "\t3", "}", "]", "'"),
    *('"', "|", "> x", "%x", "@x", "`x", "# c", ": :", "a: b: c", "GBP", "USD", "product.sale_price", "\u0661\u0662"),
)
KEYS = (
    *("unit_price", "x", "based_on", "overrides", "suppliers", "failures", "churn", "demand", "tco", "value", "rest"),
    *(
        "by_year",
        "customers",
        "price_breaks",
        "inventory",
        "unknown",
        '""',
        "1",
        "scenarios",
        "sources",
        "a.b",
        "share",
    ),
)
VALUES: tuple[Any, ...] = (
    *(
        0,
        1,
        -1,
        8,
        36,
        600,
        1e99,
        1e-99,
        9e99,
        1e20,
        -1e9,
        1e-9,
        True,
        None,
        "",
        "x",
        "acme",
        "0%",
        "100%",
        "99.9999999%",
    ),
    *([], {}, ["a"], {"a": 1}, "1 to 2", "1e-20 to 1e20", "0.0001% to 99.999%", "3 of 4", "0 of 1", "1,5", "unknown"),
    *({"by_year": [0, 1e50]}, {"by_year": ["4%"]}, {"uniform": [0, 1]}, {"uniform": [0, 1e99]}, {"pert": [0, 0, 1]}),
    *({"normal": {"mean": 5, "sd": 0.1}}, {"gamma": {"mean": 1e50, "sd": 1}}, {"lognormal": {"mean": 1, "sd": 1e9}}),
    *({"beta": {"mean": 1e-9, "sd": 1e-10}}, {"beta": {"p5": 1e-9, "p95": 0.999}}, {"discrete": {"0": 0.5, "1": 0.5}}),
    {"metalog": {"p10": 1, "p50": 2, "p90": 5, "min": 0}},
)


def mistakes(read: Callable[[], object]) -> CaseError | None:
    """Read a case; give what is wrong with it. Any other exception, or too long a time, fails the test."""
    began = time.process_time()
    try:
        read()
    except CaseError as error:
        return error
    finally:
        assert time.process_time() - began < SLOWEST
    return None


def outcome(text: str) -> CaseError | None:
    return mistakes(lambda: loader.from_document(document.parse(text, "case.yaml")))


def is_well_told(error: CaseError) -> bool:
    """Say whether every mistake is told with its line, in our own words, with a hint, each once and in order."""
    assert error.exit_code == 3
    assert list(error.problems) == sorted(set(error.problems))
    for problem in error.problems:
        assert problem.line >= 1, problem
        assert re.match(r"(.*: )?(expected .*, found |missing|unknown key|expected )", problem.message), problem
        assert problem.hint, problem
        assert all(one.isprintable() for one in (problem.path, problem.message, problem.hint)), problem
    return True


# ---------------------------------------------------------------------------------------------------------------------
# Random bytes and characters


def random_content(dice: random.Random) -> bytes:
    """Make the content of a file: bytes, signs of YAML, any characters, or a case with some bytes changed."""
    match dice.randrange(4):
        case 0:
            return dice.randbytes(dice.randrange(300))
        case 1:
            signs = b"{}[]:,-?!&*|>'\"%@`# \n\t\r0aE5e.~<=\\"
            return bytes(dice.choice(signs) for _ in range(dice.randrange(200)))
        case 2:
            codes = (
                dice.choice((dice.randrange(128), dice.randrange(0xD7FF), dice.randrange(0xE000, 0x10FFFF)))
                for _ in range(80)
            )
            return "".join(map(chr, codes)).encode()
    changed = bytearray(dice.choice(TEXTS).encode())
    for _ in range(dice.randrange(1, 6)):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


@pytest.mark.parametrize("seed", range(4))
def test_a_file_of_any_bytes_is_a_case_or_a_list_of_mistakes(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    path = tmp_path / "case.yaml"
    for _ in range(60):
        path.write_bytes(random_content(dice))
        found = mistakes(partial(tco.load, path))
        assert found is None or is_well_told(found)


@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "{a: ",
        "a:\n ",
        "- ",
        "? ",
        "'",
        "a",
        "k: 1\n",
        "&a ",
        "*a, ",
        "!",
        "%",
        '"\\u0041',
        "\n",
        "\ufeff",
        "a: b\n---\n",
    ],
)
def test_a_file_of_any_size_or_nesting_ends_in_a_mistake_in_little_time(unit: str, tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    for size in (100, 5000, document.LARGEST_FILE, document.LARGEST_FILE + 1):
        path.write_bytes((unit.encode() * (size // len(unit.encode()) + 1))[:size])
        assert mistakes(partial(tco.load, path)) is not None


def test_a_file_of_thousands_of_unknown_keys_or_names_ends_in_mistakes_in_little_time() -> None:
    for line in ("k{}: 1\n", "  demand.customers{}: x\n", '"k{}": {{a: 1}}\n'):
        assert outcome(TEXTS[0] + "".join(line.format(number) for number in range(2000))) is not None


# ---------------------------------------------------------------------------------------------------------------------
# Mutations of the shipped cases


def mutated_text(dice: random.Random) -> str:
    """Change some lines of a shipped case as a slip of hand or mind would."""
    lines = dice.choice(TEXTS).split("\n")
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        place = dice.randrange(len(lines))
        lines[place : place + 1] = mutated_line(dice, lines[place], lines)
        lines = lines or [""]
    return "\n".join(lines)


def mutated_line(dice: random.Random, line: str, lines: list[str]) -> list[str]:
    key, colon, value = line.partition(":")
    indent = " " * (len(key) - len(key.lstrip()))
    words = [*re.finditer(r"[-\w.%]+", line.split("#")[0])]
    word = dice.choice(words) if words else None
    spot = dice.randrange(len(line) + 1)
    changes: list[list[str]] = [[], [line, line], [line, dice.choice(lines)], [" " * dice.randrange(8) + line.lstrip()]]
    changes += [[line[:spot]], [line[:spot] + dice.choice("{}[]:,'\"&*!|>%@`#-? \t\0\x85\u2028\u00a0é") + line[spot:]]]
    if colon:
        changes += [[f"{key}: {dice.choice(SCALARS)}"], [f"{indent}{dice.choice(KEYS)}:{value}"]]
    if word:
        changes += [[line[: word.start()] + dice.choice(SCALARS + KEYS) + line[word.end() :]]] * 2
    return dice.choice(changes)


@pytest.mark.parametrize("seed", range(6))
def test_a_case_with_lines_changed_at_random_is_a_case_or_a_list_of_mistakes(seed: int) -> None:
    dice = random.Random(seed)
    found = [outcome(mutated_text(dice)) for _ in range(20)]
    mistakes = [error for error in found if error is not None]
    assert all(map(is_well_told, mistakes))
    assert 0 < len(mistakes) < len(found)  # the mutations are neither harmless nor hopeless


def places(data: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the chain of keys of every part of some data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, one in inner:
        yield (*keys, key)
        yield from places(one, (*keys, key))


def mutated_data(dice: random.Random, data: dict[str, Any]) -> dict[str, Any]:
    """Change, take out or rename some parts of a case's data."""
    changed = copy.deepcopy(data)
    for _ in range(dice.choice((1, 1, 2, 4))):
        *around, last = dice.choice([*places(changed)])
        node: Any = changed
        for key in around:
            node = node[key]
        change = dice.random()
        if change < 0.7 or isinstance(node, list):
            node[last] = copy.deepcopy(dice.choice(VALUES))
        elif change < 0.85:
            del node[last]
        else:
            node[dice.choice(KEYS)] = node.pop(last)
    return changed


@pytest.mark.parametrize("seed", range(5))
def test_data_changed_at_random_is_a_case_or_a_list_of_mistakes_and_the_schema_accepts_what_validate_does(
    seed: int,
) -> None:
    dice = random.Random(seed)
    for _ in range(20):
        file = dice.choice(FILES)
        stated = document.read(file).data
        if dice.random() < 0.7:
            stated = {key: one for key, one in stated.items() if key not in ("scenarios", "sources", "correlations")}
        data = mutated_data(dice, stated)
        found = mistakes(partial(tco.from_data, data, folder=file.parent))
        assert found is None or all(problem.hint for problem in found.problems)
        if not shape.check(Document("case", data, {}, file.parent))[2]:
            assert VALIDATOR.is_valid(data)


def test_commands_on_random_files_end_with_exit_code_0_or_3_and_never_with_a_traceback(tmp_path: Path) -> None:
    dice = random.Random(1)
    path = tmp_path / "case.yaml"
    for number in range(24):
        path.write_bytes(random_content(dice) if number % 2 else mutated_text(dice).encode())
        result = CliRunner().invoke(cli.main, ["validate", str(path)])
        assert result.exit_code in (0, 3)
        assert "Traceback" not in result.output
        assert (result.exit_code == 0) == result.stdout.startswith(f"{path}: no problems")
        assert (result.exit_code == 3) == result.stderr.startswith(f"{path}:")


@pytest.mark.parametrize("seed", range(2))
def test_settings_at_random_are_applied_or_told(seed: int) -> None:
    dice = random.Random(seed)
    source = document.read(ROOT / "scenarios" / "hard_drives.yaml")
    known = [".".join(map(str, keys)) for keys in places(source.data)]
    for _ in range(25):
        path = dice.choice(known) if dice.random() < 0.7 else ".".join(dice.choices(KEYS, k=2))
        setting = f"{path}={dice.choice(SCALARS)}"
        found = mistakes(partial(loader.from_document, source, changes=[setting]))
        for problem in found.problems if found else ():
            assert problem.hint
            assert problem.line or problem.file.startswith("--set ")
