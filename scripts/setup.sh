#!/bin/sh
# Make .venv and install a lock file into it. Usage: scripts/setup.sh LOCK
#
# Does nothing when .venv holds that lock already; the lock of development includes that of production.
# A virtual environment made from an older lock is made anew, so that nothing stays that the lock no longer names.
set -eu
lock=$1
python=${PYTHON:-python3}
done_with=.venv/installed.txt

# What tells the types of uploads, and what PDF invoices are drawn with. Where these cannot be installed,
# `manage.py check` says so and the rest works.
system_libraries() {
    missing=
    libraries=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || return 0
    case $libraries in *libmagic.so.1*) ;; *) missing="$missing libmagic1" ;; esac
    case $libraries in *libpango-1.0.so.0*) ;; *) missing="$missing libpango-1.0-0" ;; esac
    case $libraries in *libpangoft2-1.0.so.0*) ;; *) missing="$missing libpangoft2-1.0-0" ;; esac
    [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ] || missing="$missing fonts-dejavu-core"
    [ -n "$missing" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 0
    echo "setup: installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 - one word for each package
    { apt-get install -y -qq --no-install-recommends $missing ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; }; } >/dev/null 2>&1 ||
        echo "setup: could not install$missing; uploads or PDF invoices will not work" >&2
}
system_libraries

for fits in "$lock" requirements-dev.txt; do
    if [ -x .venv/bin/python ] && cmp -s "$fits" "$done_with"; then
        exit 0
    fi
done

if ! command -v "$python" >/dev/null 2>&1; then
    echo "setup: no $python here: install Python 3.11, or name it with PYTHON=/path/to/python3.11" >&2
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "setup: $("$python" --version) is too old: name Python 3.11 with PYTHON=/path/to/python3.11" >&2
    exit 1
fi

if [ -f "$done_with" ] && ! cmp -s requirements.txt "$done_with"; then
    echo "setup: the requirements have changed, .venv is made anew"
    rm -rf .venv
fi
rm -f "$done_with"

echo "setup: installing $lock into .venv"
quiet="--disable-pip-version-check -qq"
if "$python" -m pip --version >/dev/null 2>&1; then
    "$python" -m venv --without-pip .venv
    pip="$python -m pip $quiet --python .venv/bin/python"
else
    "$python" -m venv .venv
    pip=".venv/bin/python -m pip $quiet"
fi

# uv takes a fifth of the time of pip. Where pip is told to ask another index than everybody, it does the work itself.
by_uv() {
    [ -z "${PIP_INDEX_URL:-}${PIP_NO_INDEX:-}" ] && ! $pip config list 2>/dev/null | grep -q '[.]index-url=' || return 1
    awk '/^uv==/ { found = 1 } found { print } found && !/\\$/ { exit }' requirements-dev.txt >.venv/uv.txt
    $pip install --require-hashes -r .venv/uv.txt &&
        .venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode --require-hashes -r "$lock"
}
by_uv || $pip install --require-hashes -r "$lock"
cp "$lock" "$done_with"
