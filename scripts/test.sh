#!/usr/bin/env bash
# Everything on SQLite, then everything the database can change once more on Postgres.
# What could not run is said at the end; with CI=true it is a failure instead.
set -euo pipefail
cd "$(dirname "$0")/.."
skipped=()
memory=

scripts/browser.sh
[ -x /usr/bin/chromium ] || skipped+=("the browser tests: no /usr/bin/chromium")

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A file's tests stay together, since they may share a house of processes. Those that start processes wait more
# than they work, so there is one file more at a time than there are cores.
jobs=${JOBS:-$(($(getconf _NPROCESSORS_ONLN) + 1))}
tests() { .venv/bin/python -m pytest --numprocesses="$jobs" --dist=loadfile ${memory:+--basetemp="$memory/t"} "$@"; }

# Databases of a minute need no disk: to wait for one at each commit was a tenth of the time.
if [ -w /dev/shm ] && [ "$(df --output=avail -k /dev/shm | tail -1)" -gt 4000000 ]; then
    memory=$(mktemp -d /dev/shm/XXXXXX) # a short name: a socket's whole path has 107 characters
    chmod 755 "$memory"                 # mail servers look into their folders as users of their own
    export TMPDIR="$memory"
    trap 'rm -rf "$memory"' EXIT
fi

echo "== Tests on SQLite"
tests --database=sqlite "$@"

if answers 5432; then
    echo "== Tests on Postgres"
    # Once is enough for what asks no database, for the browser, and for what starts processes of its own.
    tests --database=postgres --ignore=tests/rules --ignore=tests/mail \
        --ignore=tests/local --ignore=tests/browser --ignore=tests/system/test_local_run.py "$@"
else
    skipped+=("everything on Postgres: nothing answers at 127.0.0.1:5432")
fi

if [ "${#skipped[@]}" -gt 0 ]; then
    printf '\nNOT TESTED, %s\n' "${skipped[@]}" >&2
    [ "${CI:-}" != true ] || exit 1
fi
