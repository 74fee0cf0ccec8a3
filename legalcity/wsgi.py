"""The door for WSGI servers (gunicorn): settings, then the services they need, then the application."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from legalcity.lib.startup import require_services

try:
    application = get_wsgi_application()
    require_services()
except ImproperlyConfigured as error:
    # A sentence for the operator, and an exit code that keeps gunicorn from respawning for ever.
    sys.stderr.write(f"legalcity: {error}\n")
    sys.exit(3)
