"""The door for WSGI servers (gunicorn): settings, the application, its keys. The rooms are wired here by name.

Whether the services answer is asked once, before the server starts (gunicorn.conf.py).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from legalcity.lib.metrics.files import count_in_files
from legalcity.lib.startup import refusing
from legalcity.lib.web.chunked_bodies import ChunkedBodies

with refusing():
    application = ChunkedBodies(get_wsgi_application(), import_string("documents.views.most_bytes"))
    # Read now: a key that cannot be read is refused here, not at the first login.
    SIGNING_KEYS = tuple(import_string("accounts.keyring.keyring").keys)
count_in_files()
