"""Staff's door to cases: Django looks here for the pages, which are in `backoffice/`."""

from recoveries.court import admin as procedures  # noqa: F401 - importing registers them
