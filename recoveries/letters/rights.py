"""What each role of staff may do with letters to debtors."""

from backoffice.roles import HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.creditornotice": ("v", "v", "v", "v"),
        "recoveries.formalnotice": ("v", "v", "v", "v"),
        "recoveries.mailing": ("v", "v", "v", "v"),
        "recoveries.message": ("v", "v", "v", "v"),
        "recoveries.partyfact": ("v", "v", "v", "v"),
        "recoveries.template": ("v", "vac", "v", "v"),
        "recoveries.templateversion": ("v", "vc", "v", "v"),
        "recoveries.inboundmail": ("v", "v", "v", "v"),
        "recoveries.inboundhook": ("", "v", "", "v"),
        "recoveries.postbatch": ("v", "v", "v", "v"),
        "recoveries.clientrhythm": ("v", "vacd", "v", "v"),
    },
    buttons={
        "recoveries.send_email": (HANDLER, MANAGER),
        "recoveries.lift_email": (MANAGER,),
        "recoveries.confirm_posting": (HANDLER, MANAGER),
        "recoveries.enter_party_fact": (HANDLER, MANAGER),
    },
)
