#!/usr/bin/env bash
# All that continuous integration checks: lint, format, types, tests with doctests.
set -euo pipefail
cd "$(dirname "$0")"
ruff check .
ruff format --check .
mypy
pytest -n auto
