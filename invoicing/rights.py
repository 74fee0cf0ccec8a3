"""What each role of staff may do with invoices: those of cases, protected ones, the firm's own."""

from backoffice.roles import ACCOUNTANT, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "invoicing.billingaddress": ("v", "vac", "vac", "v"),
        "invoicing.billingclient": ("v", "vac", "vac", "v"),
        "invoicing.charge": ("", "v", "v", "v"),
        "invoicing.clienttype": ("", "vac", "v", "v"),
        "invoicing.clientuser": ("v", "vacd", "vacd", "v"),
        "invoicing.currency": ("", "vac", "v", "v"),
        "invoicing.firminvoice": ("v", "vacd", "vacd", "v"),
        "invoicing.firminvoiceitem": ("v", "vacd", "vacd", "v"),
        "invoicing.firmpayment": ("v", "v", "v", "v"),
        "invoicing.invoicetype": ("", "vac", "v", "v"),
        "invoicing.producttype": ("", "vac", "v", "v"),
        "invoicing.subscriptionkey": ("", "v", "", "v"),
        "invoicing.tax": ("v", "va", "v", "v"),
        "invoicing.vatrule": ("v", "vac", "v", "v"),
        "invoicing.tokenpack": ("v", "vac", "v", "v"),
        "invoicing.protectedinvoice": ("v", "v", "v", "v"),
        "invoicing.invoice": ("v", "v", "v", "v"),
    },
    buttons={
        "invoicing.add_firmpayment": (MANAGER, ACCOUNTANT),
        "invoicing.change_protectedinvoice": (MANAGER, ACCOUNTANT),
    },
)
