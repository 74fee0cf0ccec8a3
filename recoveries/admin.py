"""Staff's door to cases: Django looks here for the pages, which stand in the rooms that they are about."""

# Importing registers them.
# ruff: noqa: F401
import recoveries.backoffice.case
import recoveries.backoffice.catalogues
import recoveries.backoffice.dashboard
import recoveries.backoffice.emails
import recoveries.backoffice.imports_admin
import recoveries.backoffice.packs
import recoveries.court.admin
import recoveries.ledger.rate_admin
