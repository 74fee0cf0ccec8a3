"""The panels of the home page about cases, documents, procedures and scoring orders. Each reads by one statement."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.amounts import euros
from backoffice.home import ALL, MINE, SCOPE, Panel, Row, Viewer, first_rows, panel_register, way_register
from backoffice.reach import sees_all_cases
from law.deadlines import LABELS
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.agenda.follow_ups import follow_up_sentence
from recoveries.catalogue import catalogue
from recoveries.desk import work_filter
from recoveries.desk.reads import work
from recoveries.models import CaseBalance, Recovery
from scoring.models import ScoringOrder

SHOWN = ("id", "recovery_reference", "debtor_company", "debtor_name", "status_id")
# Looked up for the rows that are shown alone: joined, it would be read for all that are counted.
OWED = Subquery(CaseBalance.objects.filter(pk=OuterRef("pk")).values(owed=F("due") + F("not_due")))
EXCERPT = 90  # characters of a comment

Found = dict[str, Any]


def first_cases(cases: QuerySet[Recovery], *order: str, **columns: Any) -> tuple[int, list[Found]]:
    """As `first_rows`, with `columns`."""
    return first_rows(cases.order_by(*order).values(*SHOWN, owed=OWED, **columns))


def case_list(work_name: str, viewer: Viewer) -> str:
    """The list of the cases that wait for the same; who sees all and looks at their own says so."""
    query = {"work": work_name}
    if viewer.mine and sees_all_cases(viewer.user):
        query["handler"] = "me"
    return f"{reverse('admin:recoveries_recovery_changelist')}?{urlencode(query)}"


def case_row(found: Found, *, note: Sentence = "", badge: Sentence = "", tone: str = "info") -> Row:
    """One case: reference and debtor, what is owed (where it is known) unless `note` says else."""
    debtor = found["debtor_company"] or found["debtor_name"]
    return Row(
        text=" · ".join(filter(None, (found["recovery_reference"], debtor))),
        url=reverse("admin:recoveries_recovery_change", args=[found["id"]]),
        note=note or ("" if found["owed"] is None else euros(found["owed"])),
        badge=badge,
        tone=tone,
    )


def _cases(viewer: Viewer) -> QuerySet[Recovery]:
    return work.cases_in_scope(viewer.user, mine=viewer.mine)


def to_act_on(viewer: Viewer) -> Panel:
    """My cases to act on today (for who looks at all: those of every handler), the longest due first."""
    day = today()
    columns = {"lapses": F("next_deadline"), "on": F("follow_up__on"), "why": F("follow_up__reason")}
    columns["facts"] = F("follow_up__facts")
    cases = work.to_act_on(_cases(viewer), day)
    count, rows = first_cases(cases, "follow_up__on", "id", **columns)
    return Panel(
        title=_("My cases to act on today") if viewer.mine else _("Cases to act on today"),
        count=count,
        url=f"{reverse('queue')}?{SCOPE}={MINE if viewer.mine else ALL}",
        rows=[_row_to_act_on(found, day) for found in rows],
        empty=_("Nothing is waiting for you today."),
        tone="wait",
    )


def _row_to_act_on(found: Found, day: date) -> Row:
    """With the most pressing of the reasons why it is there."""
    if found["lapses"] and found["lapses"] <= day + timedelta(days=work.SOON):
        return case_row(found, badge=_("Legal deadline"), tone="bad")
    if found["on"] and found["on"] <= day:
        return case_row(found, note=follow_up_sentence(found["why"], found["facts"]), badge=_short(found["on"]))
    return case_row(found, badge=_("Unread comment"))


def unassigned(viewer: Viewer) -> Panel:
    """New cases that nobody handles, the oldest debt first: the same for everybody."""
    count, rows = first_cases(
        work.unassigned(Recovery.objects.in_reach_of(viewer.user)), "recovery_due_date", "id", filed=F("created_at")
    )
    return Panel(
        title=_("New cases unassigned"),
        count=count,
        url=case_list(work_filter.UNASSIGNED, Viewer(viewer.user, mine=False)),
        rows=[
            case_row(found, badge=_("Filed on {day}").format(day=_short(found["filed"].astimezone(PARIS).date())))
            for found in rows
        ],
        empty=_("Every case has a handler."),
        tone="wait",
    )


def unread_comments(viewer: Viewer) -> Panel:
    """Cases with comments that nobody has read, the longest untouched first; each with the oldest of the comments."""
    waiting = work.unread_comments().filter(recovery_id=OuterRef("pk")).order_by("created_at", "id")
    columns = {
        "since": Subquery(waiting.values("created_at")[:1]),
        "text": Subquery(waiting.values(excerpt=Substr("text", 1, 4 * EXCERPT))[:1]),
    }
    count, rows = first_cases(work.with_unread_comments(_cases(viewer)), "updated_at", "id", **columns)
    return Panel(
        title=_("Unread comments"),
        count=count,
        url=case_list(work_filter.UNREAD, viewer),
        rows=[
            case_row(
                found,
                note=Truncator(found["text"]).chars(EXCERPT),
                badge=_short(found["since"].astimezone(PARIS).date()),
            )
            for found in rows
        ],
        empty=_("Every comment has been read."),
    )


def documents_to_check(viewer: Viewer) -> Panel:
    """Cases with documents that were refused or could not be fetched, the latest first."""
    count, rows = first_cases(work.with_documents_to_check(_cases(viewer)), "-updated_at", "-id")
    return Panel(
        title=_("Documents to check"),
        count=count,
        url=case_list(work_filter.DOCUMENTS, viewer),
        rows=[case_row(found, badge=_("Document refused"), tone="bad") for found in rows],
        empty=_("No document needs a look."),
        tone="wait",
    )


def deadlines(viewer: Viewer) -> Panel:
    """Cases whose next legal date comes soon or has passed, the soonest first."""
    day = today()
    cases = work.with_deadline(_cases(viewer), work_filter.notice_end(day))
    columns = {"lapses": F("next_deadline"), "code": F("next_deadline_code"), "article": F("next_deadline_article")}
    count, rows = first_cases(cases, "next_deadline", "id", **columns)
    return Panel(
        title=_("Deadlines about to lapse"),
        count=count,
        url=case_list(work_filter.DEADLINES, viewer),
        rows=[_row_of_deadline(found, day) for found in rows],
        empty=_("No legal deadline is near."),
        tone="danger",
    )


def _row_of_deadline(found: Found, day: date) -> Row:
    what = f"{LABELS[found['code']]} ({found['article']})."
    return case_row(found, note=what, badge=_short(found["lapses"]), tone="bad" if found["lapses"] <= day else "wait")


def fees_unpaid(viewer: Viewer) -> Panel:
    """Procedures whose fee the client has not paid, the oldest first."""
    fee = F("injunction__court_fee") + F("injunction__handling_fee") + F("injunction__handling_vat")
    count, rows = first_cases(work.with_fee_unpaid(_cases(viewer)), "created_at", "id", fee=fee)
    return Panel(
        title=_("Injunction fees unpaid"),
        count=count,
        url=case_list(work_filter.FEES, viewer),
        rows=[
            case_row(found, note=catalogue.entry(found["status_id"]).name, badge=euros(found["fee"]), tone="wait")
            for found in rows
        ],
        empty=_("Every fee is paid."),
        tone="wait",
    )


def scoring_failed(_viewer: Viewer) -> Panel:
    """Scoring orders that failed, the latest first. Orders are the clients': every handler sees them."""
    failed = ScoringOrder.objects.filter(status=ScoringOrder.Status.FAILED).order_by("-id")
    count, rows = first_rows(failed.only("order_id", "company_name", "failure"))
    return Panel(
        title=_("Scoring orders failed"),
        count=count,
        url=f"{reverse('admin:scoring_scoringorder_changelist')}?status__exact={ScoringOrder.Status.FAILED}",
        rows=[
            Row(
                text=f"{order.order_id} · {order.company_name}",
                url=reverse("admin:scoring_scoringorder_change", args=[order.pk]),
                note=order.failure,
            )
            for order in rows
        ],
        empty=_("No scoring order has failed."),
        tone="danger",
    )


def _short(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


# name, who it is for, how it is read; in the order of the page.
PANELS: tuple[tuple[str, str, Callable[[Viewer], Panel]], ...] = (
    ("today", "recoveries.move_status", to_act_on),
    ("deadlines", "recoveries.view_recovery", deadlines),
    ("unread", "recoveries.move_status", unread_comments),
    ("unassigned", "recoveries.assign_case", unassigned),
    ("documents", "documents.view_document", documents_to_check),
    ("fees", "recoveries.view_injunction", fees_unpaid),
    ("scoring", "scoring.view_scoringorder", scoring_failed),
)

for _place, (_name, _permission, _read) in enumerate(PANELS):
    panel_register(_name, position=10 * _place, permission=_permission, read=_read)
for _place, (_page, _permission, _label) in {
    10: ("queue", "recoveries.move_status", gettext_lazy("Cases to do")),
    20: ("admin:recoveries_recovery_changelist", "recoveries.view_recovery", gettext_lazy("Cases")),
    40: ("calendar", "recoveries.view_recovery", gettext_lazy("Calendar")),
    60: ("portfolio", "recoveries.see_reports", gettext_lazy("Portfolio")),
    70: ("results", "recoveries.see_reports", gettext_lazy("Results")),
    80: ("journal", "recoveries.see_journal", gettext_lazy("Journal")),
    95: ("reversals", "recoveries.see_journal", gettext_lazy("Reversals")),
}.items():
    way_register(_page, position=_place, permission=_permission, label=_label)
way_register(
    "remittances-due",
    position=90,
    permission="recoveries.view_remittance",
    label=gettext_lazy("Money to be handed over"),
    is_of_all_cases=True,
)
