#!/bin/sh
# The production server. With DEBUG=0 the pages' static files are gathered first.
set -eu
python=.venv/bin/python
case "$(printf %s "${DEBUG:-1}" | tr '[:upper:]' '[:lower:]')" in
    0 | false | no | off) $python manage.py collectstatic --noinput --verbosity 0 ;;
esac
exec $python -m gunicorn legalcity.wsgi
