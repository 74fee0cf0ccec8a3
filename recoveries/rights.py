"""What each role of staff may do with cases and their catalogue of statuses. The inner rooms say it of their own."""

# Importing registers them.
# ruff: noqa: F401
import recoveries.agenda.rights
import recoveries.court.rights
import recoveries.desk.rights
import recoveries.intake.rights
import recoveries.ledger.rights
import recoveries.letters.rights
import recoveries.letters.scenarios.rights
from backoffice.roles import ACCOUNTANT, AUDITOR, HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.recovery": ("v", "v", "v", "v"),
        "recoveries.status": ("v", "vacd", "v", "v"),
        "recoveries.statusgroup": ("v", "vacd", "v", "v"),
    },
    buttons={
        "recoveries.see_all_cases": (MANAGER, ACCOUNTANT, AUDITOR),
        "recoveries.add_recovery": (HANDLER, MANAGER),
        "recoveries.change_recovery": (HANDLER, MANAGER),
        "recoveries.add_comment": (HANDLER, MANAGER, ACCOUNTANT),
        "recoveries.change_comment": (HANDLER, MANAGER, ACCOUNTANT),
        "recoveries.assign_case": (HANDLER, MANAGER),
        "recoveries.move_status": (HANDLER, MANAGER),
    },
)
