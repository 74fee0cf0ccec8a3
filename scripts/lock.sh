#!/bin/sh
# Write the two lock files from requirements.in and requirements-dev.in: pinned, hashed, for every platform.
# What is pinned stays, unless UPGRADE=1.
set -eu
for name in requirements requirements-dev; do
    .venv/bin/python -m uv pip compile "$name.in" --output-file "$name.txt" --quiet --universal \
        --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
        ${UPGRADE:+--upgrade}
done
echo "lock: requirements.txt and requirements-dev.txt are written; make setup installs them"
