"""What each role of staff may do with scoring orders, surveillance and tokens."""

from backoffice.roles import ACCOUNTANT, HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "scoring.alert": ("v", "v", "v", "v"),
        "scoring.scoringorder": ("v", "v", "v", "v"),
        "scoring.surveillance": ("v", "v", "v", "v"),
        "scoring.tokenaccount": ("", "v", "v", "v"),
        "scoring.tokenentry": ("", "v", "v", "v"),
    },
    buttons={
        "scoring.add_tokenentry": (MANAGER, ACCOUNTANT),
        "scoring.change_scoringorder": (HANDLER, MANAGER),
    },
)
