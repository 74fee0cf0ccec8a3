"""Celery looks here for the tasks of cases, which stand in the rooms that they are about."""

# Importing registers them.
# ruff: noqa: F401
import recoveries.agenda.tasks
import recoveries.court.tasks
import recoveries.desk.tasks
import recoveries.intake.tasks
import recoveries.ledger.tasks
import recoveries.letters.bulk.tasks
import recoveries.letters.channels.tasks
import recoveries.letters.scenarios.tasks
import recoveries.letters.tasks
