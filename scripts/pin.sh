#!/usr/bin/env bash
# Writes requirements.txt and requirements-dev.txt from pyproject.toml: every package pinned, every wheel's hash,
# for Python 3.11 and newer on every machine we support. The files name no server they came from.
# `scripts/pin.sh --upgrade` takes newer versions; without it only what pyproject.toml changed moves.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.venv/bin/uv
[ -x "$uv" ] || { python3 -m venv .venv; .venv/bin/pip install --quiet uv; }
common=(--universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet)
"$uv" pip compile pyproject.toml "${common[@]}" "$@" -o requirements.txt
"$uv" pip compile bench/peer/requirements.in "${common[@]}" "$@" -o bench/peer/requirements.txt
"$uv" pip compile scripts/audit/requirements.in "${common[@]}" "$@" -o scripts/audit/requirements.txt
"$uv" pip compile pyproject.toml --extra dev -c requirements.txt "${common[@]}" "$@" -o requirements-dev.txt
if grep --ignore-case --line-number -e http -e '--index' -e '--find-links' requirements.txt requirements-dev.txt bench/peer/requirements.txt scripts/audit/requirements.txt; then
    echo "a requirements file names a server; see the lines above" >&2
    exit 1
fi
