"""Further phones and e-mails of a party, found by staff: added, corrected, taken away; what was stays as history."""

from collections.abc import Collection, Iterable
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.audit import ADDED, CHANGED, audit_record, field_values
from companies.identity import Identity
from companies.models import Company, PartyContact
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, Invalid, NotFound
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.reading.phones import phone_key, read_phone

MOST = 20  # of one row
Kind = PartyContact.Kind
Rows = Collection[Company]
NO_CONTACT = _("There is no such contact of this debtor, or no longer.")
NEITHER = _("This is neither a phone number nor an e-mail address.")
IS_KNOWN = _("This is known already.")
TOO_MANY = _("{most} further contacts are kept at most: take one away first.")


def contact_key(text: str) -> tuple[str, str]:
    """Which kind (`PartyContact.Kind`) a contact is, and by what it is found. Raises Invalid."""
    try:
        if "@" in text:
            return Kind.EMAIL, read_email(text).lower()
        if key := phone_key(read_phone(text)):
            return Kind.PHONE, key
    except Unreadable as error:
        raise Invalid({"value": [str(NEITHER)]}) from error
    raise Invalid({"value": [str(NEITHER)]})


def further_contacts(company: Company) -> QuerySet[PartyContact]:
    """Those that stand of a person, in whichever account they were added; the oldest first."""
    same = Company.objects.filter(Identity.of(company).same())
    return PartyContact.objects.filter(company__in=same, ended_at=None).select_related("by").order_by("pk")


def parties_reached_by(text: str) -> Iterable[int]:
    """The parties of which a phone in any spelling, or an e-mail, is a further contact."""
    try:
        _kind, key = contact_key(text)
    except Invalid:
        return ()
    return PartyContact.objects.filter(key=key, ended_at=None).order_by("-pk").values_list("company_id", flat=True)


@transaction.atomic
def contact_add(*, company_id: int, value: str, note: str = "", also: Rows = (), by: User | None) -> PartyContact:
    """A further phone or e-mail of a party.

    `also`: other rows of the same party that are seen by who adds it; what they give is known, as is what this row
    gives and each further contact of the party. Raises Invalid for what is neither, Conflict for what is known,
    NotFound.
    """
    company = _alone(Company.objects.filter(pk=company_id))
    return _added(company, value, note=note, also=also, by=by)


@transaction.atomic
def contact_correct(*, contact_id: int, value: str, note: str = "", also: Rows = (), by: User | None) -> PartyContact:
    """Put a corrected contact in the place of one. Raises as `contact_add`, NotFound for one that does not stand."""
    company = _alone(Company.objects.filter(contacts=contact_id))
    former = _ended(contact_id, by)
    return _added(company, value, note=note, also=also, replaces=former, by=by)


@transaction.atomic
def contact_end(*, contact_id: int, by: User | None) -> PartyContact:
    """Take a contact away; it stays in the history. Raises NotFound for one that does not stand."""
    _alone(Company.objects.filter(contacts=contact_id))
    return _ended(contact_id, by)


@transaction.atomic
def contact_swap(*, contact_id: int, company_id: int, former: str, also: Rows = (), by: User | None) -> None:
    """A party is written to at a further contact from now on, and `former`, if it is one, is kept instead.

    The caller holds the lock of the party (`Identity.lock`) since before it changed. Raises NotFound.
    """
    _ended(contact_id, by)
    with suppress(Conflict, Invalid):  # It is known already, or was neither a number nor an address.
        _added(Company.objects.get(pk=company_id), former, also=also, by=by)


def _alone(rows: QuerySet[Company]) -> Company:
    """The row, whose party nobody else decides about until the transaction ends. Raises NotFound.

    The one order of all who act on contacts: the party, then cases and rows, then contacts.
    """
    company = rows.first()
    if company is None:
        raise NotFound(NO_CONTACT)
    Identity.of(company).lock()
    return company


def _added(
    company: Company,
    value: str,
    *,
    note: str = "",
    also: Rows = (),
    replaces: PartyContact | None = None,
    by: User | None,
) -> PartyContact:
    kind, key = contact_key(value)
    if key in _given((company, *also)) or further_contacts(company).filter(key=key).exists():
        raise Conflict(IS_KNOWN)
    if PartyContact.objects.filter(company=company, ended_at=None).count() >= MOST:
        raise Conflict(str(TOO_MANY).format(most=MOST))
    contact = PartyContact(company=company, kind=kind, value=value, key=key, note=note, replaces=replaces, by=by)
    try:
        with transaction.atomic():
            contact.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(IS_KNOWN) from error
    audit_record(action=ADDED, target=contact, after=field_values(contact), actor=by)
    return contact


def _given(rows: Rows) -> set[str]:
    """By what the phones and e-mails are found that clients gave."""
    phones = {phone_key(row.company_phone or "") for row in rows}
    return phones | {(row.company_email or "").lower() for row in rows}


def _ended(contact_id: int, by: User | None) -> PartyContact:
    contact = PartyContact.objects.select_for_update().filter(pk=contact_id, ended_at=None).first()
    if contact is None:
        raise NotFound(NO_CONTACT)
    before = field_values(contact)
    contact.ended_at, contact.ended_by = now(), by
    contact.save(update_fields=["ended_at", "ended_by"])
    audit_record(action=CHANGED, target=contact, before=before, after=field_values(contact), actor=by)
    return contact
