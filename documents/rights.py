"""What each role of staff may do with documents and signatures."""

from backoffice.roles import HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "documents.document": ("v", "v", "v", "v"),
        "documents.filetype": ("v", "vac", "v", "v"),
        "documents.signaturerequest": ("va", "va", "v", "v"),
    },
    buttons={
        "documents.add_document": (HANDLER, MANAGER),
        "documents.change_document": (HANDLER, MANAGER),
        "documents.change_signaturerequest": (HANDLER, MANAGER),
    },
)
