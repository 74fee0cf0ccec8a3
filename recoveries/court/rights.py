"""What each role of staff may do on the way to court."""

from backoffice.roles import HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.deadlinealert": ("v", "v", "", "v"),
        "recoveries.injunction": ("vc", "vc", "vc", "v"),
        "recoveries.injunctionfee": ("v", "vacd", "v", "v"),
        "recoveries.legalfact": ("v", "vc", "v", "v"),
    },
    buttons={
        "recoveries.transfer_case": (HANDLER, MANAGER),
        "recoveries.lift_hold": (MANAGER,),
    },
)
