"""What each role of staff may do with files of cases."""

from backoffice.roles import MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.caseimport": ("", "v", "v", "v"),
    },
    buttons={
        "recoveries.import_cases": (MANAGER,),
    },
)
