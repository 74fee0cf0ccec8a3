"""What each role of staff may do, as one table. A role is a group; who is in it, superusers and managers decide.

Things are named by label, since most of them live on higher floors; a label that no room has is passed over. The
table is the truth for these four groups: each `migrate` writes it into the database. Other groups are left alone.
"""

from typing import Any, Protocol

from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HANDLER, MANAGER, ACCOUNTANT, AUDITOR = ROLES = ("handler", "manager", "accountant", "auditor")
NAMES: dict[str, Promise] = {
    HANDLER: _("Case handler"),
    MANAGER: _("Manager"),
    ACCOUNTANT: _("Accountant"),
    AUDITOR: _("Auditor (read only)"),
}
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

# In the order of ROLES: v(iew), a(dd), c(hange), d(elete).
RIGHTS: dict[str, tuple[str, str, str, str]] = {
    "accounts.accesstoken": ("", "v", "", "v"),
    "accounts.apikey": ("", "v", "", "v"),
    "accounts.auditevent": ("", "v", "", "v"),
    "accounts.historicalconstance": ("", "v", "", "v"),
    "accounts.user": ("v", "vac", "v", "v"),
    "auth.group": ("", "v", "", "v"),
    "axes.accessattempt": ("", "v", "", "v"),
    "companies.company": ("v", "v", "v", "v"),
    "constance.config": ("", "vc", "", "v"),
    "documents.document": ("v", "v", "v", "v"),
    "documents.filetype": ("v", "vac", "v", "v"),
    "documents.signaturerequest": ("va", "va", "v", "v"),
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
    "invoicing.tokenpack": ("v", "vac", "v", "v"),
    "invoicing.protectedinvoice": ("v", "v", "v", "v"),
    "invoicing.invoice": ("v", "v", "v", "v"),
    "recoveries.caseimport": ("", "v", "v", "v"),
    "recoveries.deadlinealert": ("v", "v", "", "v"),
    "recoveries.ecbrate": ("v", "vacd", "v", "v"),
    "recoveries.injunction": ("vc", "vc", "vc", "v"),
    "recoveries.injunctionfee": ("v", "vacd", "v", "v"),
    "recoveries.legalrate": ("v", "vacd", "v", "v"),
    "recoveries.recovery": ("v", "v", "v", "v"),
    "recoveries.sentemail": ("v", "v", "v", "v"),
    "recoveries.status": ("v", "vacd", "v", "v"),
    "recoveries.statusgroup": ("v", "vacd", "v", "v"),
    "scoring.alert": ("v", "v", "v", "v"),
    "scoring.scoringorder": ("v", "v", "v", "v"),
    "scoring.surveillance": ("v", "v", "v", "v"),
    "scoring.tokenaccount": ("", "v", "v", "v"),
    "scoring.tokenentry": ("", "v", "v", "v"),
}

# What is done by a button and not by a form.
SPECIAL: dict[str, tuple[str, ...]] = {
    "accounts.manage_access": (MANAGER,),
    "documents.add_document": (HANDLER, MANAGER),
    "documents.change_document": (HANDLER, MANAGER),
    "documents.change_signaturerequest": (HANDLER, MANAGER),
    "invoicing.add_firmpayment": (MANAGER, ACCOUNTANT),
    "invoicing.change_protectedinvoice": (MANAGER, ACCOUNTANT),
    "recoveries.see_all_cases": (MANAGER, ACCOUNTANT, AUDITOR),
    "recoveries.add_comment": (HANDLER, MANAGER, ACCOUNTANT),
    "recoveries.change_comment": (HANDLER, MANAGER, ACCOUNTANT),
    "recoveries.assign_case": (HANDLER, MANAGER),
    "recoveries.move_status": (HANDLER, MANAGER),
    "recoveries.send_email": (HANDLER, MANAGER),
    "recoveries.record_payment": (HANDLER, MANAGER, ACCOUNTANT),
    "recoveries.transfer_case": (HANDLER, MANAGER),
    "recoveries.export_cases": (MANAGER, ACCOUNTANT, AUDITOR),
    "recoveries.import_cases": (MANAGER,),
    "recoveries.share_filter": (MANAGER,),
    "recoveries.see_reports": (MANAGER, ACCOUNTANT, AUDITOR),
    "scoring.add_tokenentry": (MANAGER, ACCOUNTANT),
    "scoring.change_scoringorder": (HANDLER, MANAGER),
}


class Person(Protocol):
    """Whoever may be asked for a permission."""

    pk: Any

    def has_perm(self, perm: str) -> bool:
        """Whether the permission is given."""


def sees_all_cases(user: Person) -> bool:
    """Whether `user` sees the cases of every handler. A superuser does."""
    return user.has_perm("recoveries.see_all_cases")


def without_handler(path: str = "") -> Q:
    """Cases that no member of staff works on: under nobody's name, or under that of the client who filed them.

    `path` leads from a thing to its case (`"recovery"`); empty for cases themselves.
    """
    way = f"{path}__" if path else ""
    return Q((f"{way}user__isnull", True)) | Q((f"{way}user", F(f"{way}owner")))


def cases_in_reach(user: Person, path: str = "") -> Q:
    """The cases that `user` sees, as a condition: a handler the own ones and those of nobody, the others all.

    `path` leads from a thing to its case (`"recovery"`); empty for cases themselves.
    """
    if sees_all_cases(user):
        return Q()
    return Q((f"{path}__user" if path else "user", user.pk)) | without_handler(path)


def role_label(name: str) -> str:
    """A group's name as people read it."""
    return str(NAMES.get(name, name))


def codenames_of(role: str, app_label: str) -> set[str]:
    """The permissions of `role` in one app."""
    place = ROLES.index(role)
    by_form = {
        f"{VERBS[letter]}_{model}"
        for app, _dot, model, rights in ((*label.partition("."), rights) for label, rights in RIGHTS.items())
        if app == app_label
        for letter in rights[place]
    }
    by_button = {
        label.partition(".")[2]
        for label, roles in SPECIAL.items()
        if label.startswith(f"{app_label}.") and role in roles
    }
    return by_form | by_button


def groups_ensure(group_model: Any, *, using: str = "default") -> None:
    """Make the groups of the roles that are missing."""
    for role in ROLES:
        group_model.objects.using(using).get_or_create(name=role)


def permissions_keep(*, app_config: Any, apps: Any, using: str, **_kwargs: Any) -> None:
    """After each `migrate`: give the roles what the table says of the app's things, and nothing else of that app."""
    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # Migrated by parts: there are no groups yet.
        return
    if not any(label.startswith(f"{app_config.label}.") for label in (*RIGHTS, *SPECIAL)):
        return
    groups_ensure(group_model, using=using)
    ours = permission_model.objects.using(using).filter(content_type__app_label=app_config.label)
    for group in group_model.objects.using(using).filter(name__in=ROLES):
        wanted = set(ours.filter(codename__in=codenames_of(group.name, app_config.label)))
        present = set(group.permissions.filter(content_type__app_label=app_config.label))
        group.permissions.remove(*(present - wanted))
        group.permissions.add(*(wanted - present))
