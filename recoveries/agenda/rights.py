"""What each role of staff may do with tasks and follow-ups."""

from backoffice.roles import HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.followup": ("v", "v", "v", "v"),
        "recoveries.stafftask": ("v", "v", "v", "v"),
    },
    buttons={
        "recoveries.do_task": (HANDLER, MANAGER),
        "recoveries.assign_task": (HANDLER, MANAGER),
        "recoveries.set_follow_up": (HANDLER, MANAGER),
    },
)
