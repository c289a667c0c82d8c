#!/usr/bin/env bash
# The browser tests drive Debian's Chromium. As root on such a machine it is installed; elsewhere we say what is missing.
set -euo pipefail
[ -x /usr/bin/chromium ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests ..."
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-urw-base35 >/dev/null; then
        exit 0
    fi
fi
echo "No /usr/bin/chromium: the browser tests will be skipped. On Debian: apt-get install chromium" >&2
[ "${CI:-}" != true ] || exit 1
