#!/usr/bin/env python
"""Ops' door: every management command of the product."""

import os
import sys

from legalcity.lib.settings.databases import go_direct


def main() -> None:
    """Run a command; an error of configuration is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "legalcity.settings")
    go_direct(sys.argv, os.environ)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"legalcity: {error}")


if __name__ == "__main__":
    main()
