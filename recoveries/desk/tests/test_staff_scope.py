"""What a member of staff sees of the cases: handlers their own and those of nobody, the others all."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.db.models.base import ModelBase
from django.http import HttpRequest
from django.test import Client, RequestFactory

from accounts.models import User
from companies.models import Company
from documents.models import Document, SignatureRequest
from events.notices.models import Notice
from legalcity.lib.clock import now
from recoveries.court.tests.transfers import transferable, transferred
from recoveries.models import Injunction, Recovery
from scoring.models import Alert, ScoringOrder, Surveillance
from tests.backoffice import browser_of, page_of
from tests.factories import Api, ApiUserFactory, case_id

pytestmark = pytest.mark.django_db
OF_SEVERAL = (Company, ScoringOrder, Surveillance, Alert, Notice)


def person(role: str = "", **fields: bool) -> User:
    """A member of staff, as the database knows them."""
    user = ApiUserFactory(is_staff=True, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


@pytest.fixture
def handler() -> User:
    return person("handler")


@pytest.fixture
def cases(owner: Api, handler: User) -> dict[str, int]:
    """A case of the handler, one of a colleague, one of nobody, one under the name of the client who filed it."""
    ids = {name: case_id(owner) for name in ("own", "colleague's", "nobody's", "client's")}
    names = {"own": handler, "colleague's": person("handler"), "nobody's": None, "client's": owner.user}
    for name, user in names.items():
        Recovery.objects.filter(pk=ids[name]).update(user=user)
    return ids


def seen(user: User, cases: dict[str, int]) -> set[str]:
    names = {pk: name for name, pk in cases.items()}
    return {names[pk] for pk in Recovery.objects.in_reach_of(user).values_list("pk", flat=True)}


@pytest.mark.parametrize("role", ["manager", "accountant", "auditor"])
def test_these_roles_see_every_case(role: str, cases: dict[str, int]) -> None:
    assert seen(person(role), cases) == set(cases)


def test_a_superuser_sees_every_case(cases: dict[str, int]) -> None:
    assert seen(person(is_superuser=True), cases) == set(cases)


def test_a_handler_sees_the_own_and_the_unassigned(handler: User, cases: dict[str, int]) -> None:
    assert seen(handler, cases) == {"own", "nobody's", "client's"}


def test_the_back_office_shows_a_handler_no_other_case(handler: User, cases: dict[str, int]) -> None:
    desk = Client()
    desk.force_login(handler)
    listed = desk.get("/admin/recoveries/recovery/").content.decode()
    for name, pk in cases.items():
        is_seen = name != "colleague's"
        assert (f"/admin/recoveries/recovery/{pk}/change/" in listed) is is_seen
        assert (desk.get(f"/admin/recoveries/recovery/{pk}/change/").status_code == 200) is is_seen


def test_a_handler_sees_the_companies_of_the_cases_they_see_and_of_no_other(
    handler: User, cases: dict[str, int]
) -> None:
    desk = Client()
    desk.force_login(handler)
    listed = desk.get("/admin/companies/company/").content.decode()
    for name, pk in cases.items():
        case, is_seen = Recovery.objects.get(pk=pk), name != "colleague's"
        for company_id in (case.debtor_id, case.customer_id):
            address = f"/admin/companies/company/{company_id}/change/"
            assert (address in listed) is is_seen, name
            assert (desk.get(address).status_code == 200) is is_seen, name


def test_a_handler_sees_a_company_that_stands_in_a_colleagues_case_and_in_their_own(
    handler: User, cases: dict[str, int]
) -> None:
    own, other = (Recovery.objects.get(pk=cases[name]) for name in ("own", "colleague's"))
    Recovery.objects.filter(pk=own.pk).update(debtor=other.debtor)
    desk = Client()
    desk.force_login(handler)
    assert desk.get(f"/admin/companies/company/{other.debtor_id}/change/").status_code == 200
    assert desk.get(f"/admin/companies/company/{other.customer_id}/change/").status_code == 302


def _leads_to_a_case(model: type[Model], depth: int = 2) -> bool:
    """Whether a thing of `model` belongs to one case, by itself or by what it belongs to."""
    if model is Recovery:
        return True
    owners = [
        field.related_model
        for field in getattr(model._meta, "concrete_fields", ())
        if field.many_to_one or field.one_to_one
    ]
    return depth > 0 and any(isinstance(owner, ModelBase) and _leads_to_a_case(owner, depth - 1) for owner in owners)


@pytest.mark.parametrize("door", admin.site._registry.values(), ids=lambda door: door.opts.label_lower)
def test_what_belongs_to_a_case_is_shown_with_it_only(door: "admin.ModelAdmin[Any]") -> None:
    """A new kind of thing cannot be forgotten: its table says how it leads to its case.

    Companies stand in several, notices tell of several; scores are seen with the companies that they are about.
    """
    rows = getattr(door.model, "_default_manager", None)
    assert hasattr(rows, "in_reach_of") is (_leads_to_a_case(door.model) or door.model in OF_SEVERAL)


def _papers(owner: Api, handler: User) -> list[Model]:
    """One of each kind of thing on a case of `handler` that went to court."""
    case = Recovery.objects.get(pk=transferred(owner, transferable(owner)))
    Recovery.objects.filter(pk=case.pk).update(user=handler)
    document = Document.objects.create(recovery=case, name="paper.pdf", state=Document.State.READY)
    asked = SignatureRequest.objects.create(document=document, signer_name="A. Martin", signer_email="a@example.com")
    return [case, document, asked, case.invoices.get(), Injunction.objects.get(recovery=case)]


def test_a_handler_opens_nothing_of_a_colleagues_case(owner: Api, handler: User) -> None:
    desk = Client()
    desk.force_login(handler)
    for papers, status in ((_papers(owner, handler), 200), (_papers(owner, person("handler")), 302)):
        for thing in papers:
            address = f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"
            assert desk.get(address).status_code == status, address


def test_a_number_typed_for_a_document_names_none_of_a_colleague(owner: Api, handler: User) -> None:
    desk = Client()
    desk.force_login(handler)
    for papers, is_named in ((_papers(owner, handler), True), (_papers(owner, person("handler")), False)):
        Document.objects.filter(pk=papers[1].pk).update(name="Très secret")
        page = desk.get(f"/admin/documents/signaturerequest/add/?document={papers[1].pk}")
        assert ("Très secret" in page.content.decode()) is is_named
    for odd in ("x", "-1", "9" * 30, "%00"):
        assert desk.get(f"/admin/documents/signaturerequest/add/?document={odd}").status_code == 200


def _forms() -> "Iterator[tuple[str, Any, Any]]":
    """Every foreign key of every form of the back-office: a name, the form's admin, the field."""
    for door in admin.site._registry.values():
        inlines = [inline(door.model, admin.site) for inline in door.inlines]
        for form in (door, *inlines):
            for field in getattr(form.model._meta, "concrete_fields", ()):
                if field.is_relation and field.editable:
                    yield f"{type(form).__name__}.{field.name}", form, field


def test_every_foreign_key_of_every_form_leads_to_what_a_handler_sees_only(
    owner: Api, handler: User, rf: RequestFactory
) -> None:
    for colleague in (handler, person("handler")):
        _papers(owner, colleague)
    request = rf.get("/admin/")
    request.user = handler
    shown = {name: found for name, form, field in _forms() if (found := _out_of_reach(form, field, request))}
    assert shown == {}


def _out_of_reach(form: Any, field: Any, request: HttpRequest) -> set[int]:
    """The rows that a foreign key offers, or names, to somebody who does not see them."""
    rows = field.related_model._default_manager.all()
    expected = rows.in_reach_of(request.user) if hasattr(rows, "in_reach_of") else rows
    offered = form.formfield_for_dbfield(field, request).queryset
    found = set(offered.values_list("pk", flat=True)) - set(expected.values_list("pk", flat=True))
    for hidden in rows.exclude(pk__in=expected):
        widget = form.formfield_for_dbfield(field, request).widget
        if hasattr(widget, "label_and_url_for_value") and widget.label_and_url_for_value(hidden.pk) != ("", ""):
            found.add(hidden.pk)
    return found


def test_a_handler_asks_no_signature_of_a_colleagues_document(owner: Api, handler: User) -> None:
    desk = Client()
    desk.force_login(handler)
    for papers, status in ((_papers(owner, handler), 302), (_papers(owner, person("handler")), 200)):
        values = {"document": papers[1].pk, "signer_name": "B. Durand", "signer_email": "b@example.com"}
        assert desk.post("/admin/documents/signaturerequest/add/", values).status_code == status
    assert SignatureRequest.objects.filter(signer_name="B. Durand").count() == 1


def test_a_handler_sees_the_scores_and_alerts_of_companies_in_their_reach_alone(
    handler: User, owner: Api, cases: dict[str, int]
) -> None:
    watches = {}
    for name, pk in cases.items():
        company = Recovery.objects.get(pk=pk).debtor
        order = ScoringOrder.objects.create(
            order_id=f"SCO-{pk}", user=owner.user, company_id=company.pk, company_name="Debtor", solvency_report=True,
            surveillance=True, surveillance_months=1, created_at=now(), estimated_delivery=now(),
        )  # fmt: skip
        day = now().date()
        watch = Surveillance.objects.create(order=order, starts_on=day, ends_on=day, checked_on=day)
        watches[name] = (
            order,
            watch,
            Alert.objects.create(surveillance=watch, kind=Alert.Kind.CLOSED, created_at=now()),
        )
    for desk, sees in (
        (browser_of(handler), {"own", "nobody's", "client's"}),
        (browser_of(person("manager")), set(cases)),
    ):
        for place, model in enumerate((ScoringOrder, Surveillance, Alert)):
            rows = desk.get(page_of(model, "changelist")).context["cl"].result_list
            assert {row.pk for row in rows} == {watches[name][place].pk for name in sees}, model
    order = watches["colleague's"][0]
    assert browser_of(handler).get(page_of(ScoringOrder, "change", order.pk)).status_code == 302
