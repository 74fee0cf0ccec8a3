#!/bin/sh
# Everything that can be said of the code without running it. Stops at the first fault.
set -eu
step() {
    echo "lint: $1"
    shift
    "$@"
}
# The settings that the checks load are those of development, whatever this shell exports.
export EMBEDDED=1
unset DEBUG DATABASE_URL REDIS_URL CELERY_BROKER_URL 2>/dev/null || true
python=.venv/bin/python

# The longest of them, beside the others.
types=$(mktemp)
$python -m mypy . >"$types" 2>&1 &
mypy=$!
trap 'kill $mypy 2>/dev/null || true; rm -f "$types"' EXIT

step "ruff check" $python -m ruff check .
step "ruff format" $python -m ruff format --check .
# They are run by hand and rarely: what they call may have changed its form meanwhile.
step "benchmarks" sh -c "cd benchmarks && ../$python -m mypy --config-file= --ignore-missing-imports --check-untyped-defs *.py ceiling"
step "imports" .venv/bin/lint-imports
if find templates -name '*.html' | grep -q .; then
    step "templates" $python -m djlint templates --lint --quiet --profile django
fi
step "migrations" $python manage.py makemigrations --check --dry-run
step "django check" $python manage.py check
step "django check --deploy" $python scripts/check_deploy.py
echo "lint: mypy"
if ! wait $mypy; then
    cat "$types"
    exit 1
fi
