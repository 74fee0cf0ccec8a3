"""Staff's door to cases: Django looks here for the pages, which are in `backoffice/`."""

from recoveries.backoffice import (  # noqa: F401 - importing registers them
    case,
    catalogues,
    dashboard,
    emails,
    imports_admin,
    packs,
    procedures,
    rates,
)
