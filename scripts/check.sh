#!/usr/bin/env bash
# The two checks that pytest carries: who may import whom, and that the migrations build what the models describe.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pytest -q tests/test_architecture.py
.venv/bin/python -m pytest -q --database=sqlite tests/test_migrations.py
if (exec 3<>/dev/tcp/127.0.0.1/5432) 2>/dev/null; then
    .venv/bin/python -m pytest -q --database=postgres tests/test_migrations.py
else
    echo "NOT CHECKED: migrations on Postgres; nothing answers at 127.0.0.1:5432" >&2
    [ "${CI:-}" != true ] || exit 1
fi
