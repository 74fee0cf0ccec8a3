"""What each role of staff may do at the desk as a whole."""

from backoffice.roles import ACCOUNTANT, AUDITOR, MANAGER, rights_register

rights_register(
    buttons={
        "recoveries.export_cases": (MANAGER, ACCOUNTANT, AUDITOR),
        "recoveries.share_filter": (MANAGER,),
        "recoveries.set_goal": (MANAGER,),
        "recoveries.see_reports": (MANAGER, ACCOUNTANT, AUDITOR),
    },
)
