#!/usr/bin/env python
"""Ops' door: every management command of the product."""

import os
import sys
from collections.abc import MutableMapping, Sequence

from legalcity.lib.settings.databases import go_direct

OF_THE_CODE = {"makemigrations", "makemessages", "compilemessages", "help", "--help", "version", "--version"}
NAMED = ("EMBEDDED", "DEBUG", "SECRET_KEY", "DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL")


def go_without(words: Sequence[str], environment: MutableMapping[str, str]) -> None:
    """Take the embedded default for what looks at the code alone, where nobody has named anything (as `make` does)."""
    if OF_THE_CODE.intersection(words[1:2]) and not any(environment.get(name) for name in NAMED):
        environment["EMBEDDED"] = "1"


def main() -> None:
    """Run a command; an error of configuration is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")
    go_without(sys.argv, os.environ)
    go_direct(sys.argv, os.environ)
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        _ = settings.INSTALLED_APPS  # Reads them: Django's command line would go on without, and fall over later.
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"legalcity: {error}")


if __name__ == "__main__":
    main()
