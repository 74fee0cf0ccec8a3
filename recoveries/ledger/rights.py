"""What each role of staff may do with money and rates."""

from backoffice.roles import ACCOUNTANT, AUDITOR, HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.chartaccount": ("", "vc", "v", "v"),
        "recoveries.ecbrate": ("v", "vacd", "v", "v"),
        "recoveries.legalrate": ("v", "vacd", "v", "v"),
        "recoveries.remittance": ("", "v", "v", "v"),
        "recoveries.clientstatement": ("", "v", "v", "v"),
    },
    buttons={
        "recoveries.make_statement": (MANAGER, ACCOUNTANT),
        "recoveries.record_payment": (HANDLER, MANAGER, ACCOUNTANT),
        "recoveries.record_remittance": (MANAGER, ACCOUNTANT),
        "recoveries.see_journal": (MANAGER, ACCOUNTANT, AUDITOR),
        "recoveries.write_off": (MANAGER,),
    },
)
