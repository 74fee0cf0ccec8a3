#!/bin/sh
# The production server. The pages' static files were made by `make build`; where they were not, they are made first.
set -eu
python=.venv/bin/python
case "$(printf %s "${EMBEDDED:-${DEBUG:-0}}" | tr '[:upper:]' '[:lower:]')" in
    0 | false | no | off) $python scripts/build_static.py ;;
esac
exec $python -m gunicorn legalcity.wsgi
