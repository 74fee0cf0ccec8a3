"""Previews of a version: on hard cases and on a chosen one, as text, as a page in a sandboxed frame, as PDF."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path

from backoffice.action_pages import ActionPages
from backoffice.framed import FRAMED
from backoffice.origin import staff_of
from invoicing.billing.libraries import PdfUnavailable
from law.account.demand import enclosed
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Conflict
from legalcity.lib.text import is_storable
from recoveries.ledger.gathering import with_terms
from recoveries.letters.gathering import demand_of
from recoveries.letters.wording.models import TemplateVersion
from recoveries.letters.wording.pages import page_pdf
from recoveries.letters.wording.proving import Proof, hard_cases, proof_of, proofs_of
from recoveries.letters.wording.rendering import BY_POST, encloses
from recoveries.letters.wording.trying import TRIED, proof_of_case
from recoveries.models.cases import Recovery


class PreviewPages(ActionPages):
    """Adds previews to the pages of versions."""

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        page = self.admin_site.admin_view(self.preview_view)
        name = "recoveries_templateversion_preview"
        return [path("<id:version_id>/preview/<slug:name>/<slug:form>/", page, name=name), *super().get_urls()]

    def previews(self, request: HttpRequest, version: TemplateVersion) -> dict[str, Any]:
        """What the page shows of them: every proof, and the one that is asked for."""
        reference = request.GET.get("case", "").strip()
        case = self._case(request, reference)
        proofs = list(proofs_of(version))
        if case is not None:
            proofs.insert(0, proof_of_case(version, case, moment=now()))
        names = [proof.name for proof in proofs]
        shown, form = request.GET.get("show", ""), request.GET.get("as", "")
        return {
            "proofs": proofs,
            "tried": reference,
            "is_case_missing": bool(reference) and case is None,
            "shown": shown if shown in names else names[0],
            "shown_form": form if form in _forms(version) else _forms(version)[0],
            "forms": _forms(version),
        }

    def preview_view(self, request: HttpRequest, version_id: int, name: str, form: str) -> HttpResponse:
        """A letter as it would be, with headers that let it run and load nothing."""
        version = self.get_object(request, str(version_id))
        if version is None or form not in _forms(version):
            raise Http404
        if not self.has_view_permission(request, version):
            raise PermissionDenied
        case = self._case(request, request.GET.get("case", "").strip()) if name == TRIED else None
        proof = self._proof(version, name, case)
        if proof.letter is None:
            return _framed("\n".join(map(str, proof.reasons)), "text/plain")
        if form == "text":
            return _framed(f"{proof.letter.subject}\n\n{proof.letter.text}", "text/plain")
        if form == "html":
            return _framed(proof.letter.html, "text/html")
        try:
            return _framed(_paper(version, proof, case), "application/pdf")
        except (Conflict, PdfUnavailable) as error:
            return _framed(str(error), "text/plain")

    @staticmethod
    def _proof(version: TemplateVersion, name: str, case: Recovery | None) -> Proof:
        if case is not None:
            return proof_of_case(version, case, moment=now())
        if name not in hard_cases():
            raise Http404
        return proof_of(version, name)

    @staticmethod
    def _case(request: HttpRequest, reference: str) -> Recovery | None:
        """A case within the person's reach, by its reference."""
        if not reference or not is_storable(reference) or not request.user.has_perm("recoveries.view_recovery"):
            return None
        cases = with_terms(Recovery.objects.in_reach_of(staff_of(request)))
        return cases.filter(recovery_reference=reference).first()


def _forms(version: TemplateVersion) -> tuple[str, ...]:
    """A letter is a page of paper, an e-mail a page of HTML, a text message neither."""
    if version.template.channel in BY_POST:
        return ("pdf", "text")
    return ("html", "text") if version.template.channel == "email" else ("text",)


def _paper(version: TemplateVersion, proof: Proof, case: Recovery | None) -> bytes:
    """The PDF, with the account of a real case behind it; a hard one has none."""
    assert proof.letter is not None  # noqa: S101 - asked before
    if case is None or not encloses(version):
        return page_pdf(proof.letter.html, reference=str(proof.label))
    demand = demand_of(case, today())
    account = enclosed(demand.told, demand.account)
    parties = {"creditor": case.customer, "debtor": case.debtor}
    return page_pdf(proof.letter.html, reference=case.recovery_reference, account=account, **parties)


def _framed(content: str | bytes, mime: str) -> HttpResponse:
    kind = mime if isinstance(content, bytes) else f"{mime}; charset=utf-8"
    return HttpResponse(content, content_type=kind, headers=FRAMED)
