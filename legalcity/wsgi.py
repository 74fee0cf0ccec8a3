"""The door for WSGI servers (gunicorn): settings and keys, then the application.

Whether the services answer is asked once, before the server starts (gunicorn.conf.py).
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")

from django.core.wsgi import get_wsgi_application

from legalcity.lib.startup import refusing

with refusing():
    django_application = get_wsgi_application()

    from accounts.keyring import keyring
    from documents.views import most_bytes
    from legalcity.lib.web.chunked_bodies import ChunkedBodies

    application = ChunkedBodies(django_application, most_bytes)

    # Read now: a key that cannot be read is refused here, not at the first login.
    SIGNING_KEYS = tuple(keyring.keys)
