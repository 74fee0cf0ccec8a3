"""Staff's door to cases: Django looks here for the pages, which stand in the rooms that they are about."""

# Importing registers them.
# ruff: noqa: F401
import recoveries.agenda.admin
import recoveries.agenda.home_panels
import recoveries.court.admin
import recoveries.court.billed_cases
import recoveries.court.firm_needs
import recoveries.desk.admin
import recoveries.desk.event_pages
import recoveries.desk.home_panels
import recoveries.desk.status_admin
import recoveries.intake.admin
import recoveries.ledger.chart_admin
import recoveries.ledger.rate_admin
import recoveries.ledger.remittance_admin
import recoveries.letters.admin
import recoveries.letters.bulk.admin
import recoveries.letters.channels.admin
import recoveries.letters.channels.home_panels
import recoveries.letters.firm_needs
import recoveries.letters.home_panels
import recoveries.letters.scenarios.admin
import recoveries.letters.statement_admin
import recoveries.letters.wording.admin
