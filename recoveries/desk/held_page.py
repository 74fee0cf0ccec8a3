"""What is held for one client: which money of which cases, by when it must be handed over; as a list and as a file."""

from collections.abc import Iterator
from datetime import date
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.tables import CSV, table_answer
from law.handing_over import hand_over_by
from legalcity.lib.clock import today
from legalcity.lib.ids import MOST_ID
from recoveries.desk.remittance_pages import RECORD, SEE, require_money_held
from recoveries.ledger.held import HeldOn, held_by_case
from recoveries.models import Recovery

SHOWN = 200
HEADINGS = ("case", "debtor", "came_on", "hand_over_by", "amount", "posting")


class Row(NamedTuple):
    """A sum that is held, with its case."""

    case: Recovery
    held: HeldOn
    due_by: date


@never_cache
@require_safe
def held_page(request: HttpRequest, owner_id: int) -> HttpResponse:
    """The most urgent sums first, and what all of them come to."""
    client = _client(request, owner_id)
    parts = held_by_case(client.pk)
    total = sum(part.amount for part in parts)
    context = {
        **admin.site.each_context(request),
        "title": _("Held for a client"),
        "client": client,
        "rows": _rows(parts[:SHOWN]),
        "total": total,
        "is_cut": len(parts) > SHOWN,
        "most": SHOWN,
        "may_record": total > 0 and request.user.has_perm(RECORD),
        "today": today(),
    }
    return TemplateResponse(request, "admin/backoffice/held.html", context)


@require_POST
def held_csv(request: HttpRequest, owner_id: int) -> HttpResponseBase:
    """All of them; written down in the audit."""
    client = _client(request, owner_id)
    rows = _rows(held_by_case(client.pk))
    audit_record(action="remittances_exported", target=client, details={"rows": len(rows)})
    return table_answer(_table(rows), name=f"held-{client.pk}-{today():%Y%m%d}", form=CSV)


def _client(request: HttpRequest, owner_id: int) -> User:
    require_money_held(request, SEE)
    found = User.objects.filter(pk=owner_id).first() if owner_id <= MOST_ID else None
    if found is None:
        raise Http404
    return found


def _rows(parts: list[HeldOn]) -> list[Row]:
    cases = Recovery.objects.in_bulk({part.case_id for part in parts})
    return [Row(cases[part.case_id], part, hand_over_by(part.on)) for part in parts]


def _table(rows: list[Row]) -> Iterator[tuple[Any, ...]]:
    yield HEADINGS
    for case, part, due_by in rows:
        debtor = case.debtor_company or case.debtor_name
        yield (case.recovery_reference, debtor, part.on, due_by, part.amount, part.posting_id)
