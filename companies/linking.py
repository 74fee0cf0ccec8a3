"""Rows of parties that staff know to be one person: linked, and taken apart again. Rows and their ids stay."""

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.audit import audit_record
from companies.identity import Identity
from companies.models import Company, PartyLink
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, NotFound

MOST = 200  # rows of one person
ARE_ONE = _("These are known as one person already.")
TOO_MANY = _("More than {most} rows would be one person.")
NOT_LINKED = _("This row is linked with no other.")
LINKED, UNLINKED = "parties_linked", "party_unlinked"


@transaction.atomic
def parties_link(*, company_id: int, other_id: int, by: User | None) -> list[Company]:
    """Link two parties, each with all rows that are the same one already; returns the rows of the one person.

    Raises NotFound, Conflict where they are one already.
    """
    _links_lock()
    parties = list(Company.objects.filter(pk__in=(company_id, other_id)))
    if len(parties) != 2:
        raise NotFound(_("It is no longer there."))
    one, other = map(Identity.of, parties)
    if one.is_same(other):
        raise Conflict(ARE_ONE)
    rows = _locked(Company.objects.filter(one.same() | other.same()))
    number = min([row.linked_as for row in rows if row.linked_as], default=None) or _new_number()
    for row in rows:
        if row.linked_as != number:
            _links_end(row, by)
            row.linked_as = number
            PartyLink.objects.create(company=row, linked_as=number, by=by)
    Company.objects.bulk_update(rows, ["linked_as"])
    audit_record(action=LINKED, target=parties[0], actor=by, details={"rows": [row.pk for row in rows]})
    return rows


@transaction.atomic
def party_unlink(*, company_id: int, by: User | None) -> None:
    """Take a row out of those that it was linked with. Raises Conflict where it is linked with none."""
    _links_lock()
    number = Company.objects.filter(pk=company_id).values_list("linked_as", flat=True).first()
    if number is None:
        raise Conflict(NOT_LINKED)
    rows = _locked(Company.objects.filter(linked_as=number))
    leaving = rows if len(rows) <= 2 else [row for row in rows if row.pk == company_id]
    for row in leaving:
        _links_end(row, by)
        row.linked_as = None
    Company.objects.bulk_update(leaving, ["linked_as"])
    audit_record(action=UNLINKED, target=leaving[0], actor=by, details={"rows": [row.pk for row in leaving]})


def _links_lock() -> None:
    """Link and take apart one at a time until the transaction ends: what is read then stays so.

    SQLite, where writers take turns, needs no lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('companies.links', 0))")


def _new_number() -> int:
    """A number under which no rows were ever linked; `_links_lock` keeps it ours.

    Not the id of a row: rows that it was linked with may be known by that still when it is linked anew.
    """
    latest: int = PartyLink.objects.aggregate(latest=Max("linked_as"))["latest"] or 0
    return latest + 1


def _locked(parties: QuerySet[Company]) -> list[Company]:
    """The rows, locked in the order of their ids."""
    rows = list(parties.select_for_update().order_by("pk")[: MOST + 1])
    if len(rows) > MOST:
        raise Conflict(str(TOO_MANY).format(most=MOST))
    return rows


def _links_end(row: Company, by: User | None) -> None:
    PartyLink.objects.filter(company=row, undone_at=None).update(undone_at=now(), undone_by=by)
