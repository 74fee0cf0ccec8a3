#!/bin/sh
# Make .venv and install a lock file into it. Usage: scripts/setup.sh LOCK
#
# Does nothing when .venv holds that lock already; the lock of development includes that of production.
# A virtual environment made from an older lock is made anew, so that nothing stays that the lock no longer names.
set -eu
lock=$1
python=${PYTHON:-python3}
done_with=.venv/installed.txt

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
pip="-m pip --disable-pip-version-check -qq"
if "$python" -c 'import ensurepip' >/dev/null 2>&1; then
    "$python" -m venv .venv
    .venv/bin/python $pip install --require-hashes -r "$lock"
else
    # Debian ships ensurepip in a package of its own (python3-venv); the pip that is there can fill .venv too.
    "$python" -m venv --without-pip .venv
    "$python" $pip --python .venv/bin/python install --require-hashes -r "$lock"
fi
cp "$lock" "$done_with"
