#!/bin/sh
# The production server. The pages' static files are gathered first, but for the embedded default.
set -eu
python=.venv/bin/python
case "$(printf %s "${EMBEDDED:-${DEBUG:-0}}" | tr '[:upper:]' '[:lower:]')" in
    0 | false | no | off) $python manage.py collectstatic --noinput --verbosity 0 ;;
esac
exec $python -m gunicorn legalcity.wsgi
