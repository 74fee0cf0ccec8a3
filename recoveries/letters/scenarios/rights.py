"""What each role of staff may do with scenarios."""

from backoffice.roles import HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.scenario": ("v", "vac", "v", "v"),
        "recoveries.scenarioversion": ("v", "vc", "v", "v"),
        "recoveries.enrolment": ("v", "v", "v", "v"),
        "recoveries.rehearsal": ("v", "v", "v", "v"),
        "recoveries.scenariostop": ("v", "vacd", "v", "v"),
        "recoveries.step": ("v", "vacd", "v", "v"),
    },
    buttons={
        "recoveries.draw_scenario": (MANAGER,),
        "recoveries.run_scenario": (HANDLER, MANAGER),
    },
)
