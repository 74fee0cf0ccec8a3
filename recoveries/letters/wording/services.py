"""Writing on templates: drafts, publication, retirement. Managers do it; what was published stands."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import story
from law.vocabulary import Receipt, Reminder, Statement
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, Forbidden
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.letters.wording.proving import proofs_of
from recoveries.letters.wording.sealing import words_sha256

State = TemplateVersion.State
# What services send by themselves: of these there is always a version of the firm.
SENT_BY_THE_HOUSE = frozenset({*Reminder, *Statement, *Receipt})


@story()
def draft_begin(*, template_id: int, by: User | None, like: int | None = None) -> TemplateVersion:
    """The draft of a template: the one that there is, else a new one with the words of version `like`, or in force.

    Raises Conflict where the version is not one of the template.
    """
    template = Template.objects.select_for_update(of=("self",)).get(pk=template_id)
    draft = template.versions.filter(state=State.DRAFT).first()
    if draft is not None:
        return draft
    versions = template.versions.order_by("-number")
    source = versions.filter(number=like).first() if like is not None else _in_force(template)
    if like is not None and source is None:
        raise Conflict(_("There is no such version."))
    number = (versions.aggregate(last=Max("number"))["last"] or 0) + 1
    words = {name: getattr(source, name) for name in ("subject", "text", "html", "required")} if source else {}
    return TemplateVersion.objects.create(template=template, number=number, author=by, **words)


@story()
def draft_save(
    *, version_id: int, subject: str, text: str, html: str, required: Sequence[str], by: User | None
) -> TemplateVersion:
    """Write on a draft. Raises Forbidden for what was published."""
    draft = _draft(version_id)
    draft.subject, draft.text, draft.html, draft.required = subject, text, html, list(required)
    draft.author = by
    draft.save()
    return draft


@story()
def draft_discard(*, version_id: int, by: User | None) -> None:
    """Throw a draft away. Raises Forbidden for what was published."""
    draft = _draft(version_id)
    audit_record(action="draft_discarded", target=draft.template, details={"number": draft.number}, actor=by)
    draft.delete()


@story()
def version_publish(*, version_id: int, by: User | None) -> TemplateVersion:
    """Put a draft in force, in the place of what was; from now on its words stand.

    Raises Forbidden with `reasons` where it cannot be rendered for one of the hard cases, or the guard has something
    against its words, and for what was published.
    """
    draft = _draft(version_id)
    reasons = [f"{proof.label}: {reason}" for proof in proofs_of(draft) for reason in proof.reasons]
    if reasons:
        raise Forbidden(_("These words cannot be published."), reasons=list(dict.fromkeys(reasons)))
    moment = now()
    draft.template.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED, retired_at=moment)
    words = {"subject": draft.subject, "text": draft.text, "html": draft.html, "required": draft.required}
    draft.state, draft.published_at, draft.author = State.PUBLISHED, moment, by
    draft.sha256 = words_sha256(**words)
    draft.save()
    details = {"number": draft.number, "sha256": draft.sha256}
    audit_record(action="template_published", target=draft.template, details=details, actor=by)
    return draft


@story()
def template_retire(*, template_id: int, reason: str, by: User | None) -> Template:
    """Take a template out of use. Raises Forbidden where nothing of it is in force, and for what the house sends."""
    template = Template.objects.select_for_update(of=("self",)).get(pk=template_id)
    if template.owner_id is None and template.code in SENT_BY_THE_HOUSE:
        raise Forbidden(_("This letter is sent by the system: publish other words in its place."))
    if not template.versions.filter(state=State.PUBLISHED).update(state=State.RETIRED, retired_at=now()):
        raise Forbidden(_("No version of it is in force."))
    audit_record(action="template_retired", target=template, reason=reason, actor=by)
    return template


def _in_force(template: Template) -> TemplateVersion | None:
    return template.versions.filter(state=State.PUBLISHED).first()


def _draft(version_id: int) -> TemplateVersion:
    """A draft, locked with its template; the template first, as everywhere."""
    Template.objects.select_for_update(of=("self",)).get(versions=version_id)
    version = TemplateVersion.objects.select_related("template").get(pk=version_id)
    if version.state != State.DRAFT:
        raise Forbidden(_("What was published is not changed: begin a new version."))
    return version
