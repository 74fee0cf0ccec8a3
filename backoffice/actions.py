"""What staff can do to a thing beyond filling in its form: declared here, carried out by a service, always audited."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEvent
from backoffice.audit import audit_record, changed_values, field_values
from legalcity.lib.errors import DomainError, Forbidden, Invalid, Sentence
from legalcity.lib.form_fields import TextField

Values = dict[str, Any]


class AlreadyDone(Exception):
    """The same form was sent before, and was carried out."""

    def __str__(self) -> str:
        return _("This was carried out already; nothing was done twice.")


class Reason(forms.Form):
    """Asks why. Fields named `reason` or `comment` go to the audit's own column."""

    reason = TextField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


@dataclass(frozen=True, kw_only=True)
class ObjectAction:
    """One act. In `object_actions` it is a button on the thing's page, in `bulk_actions` an entry of the list's menu.

    name        slug: part of the address and the audit's code of the action
    label       what the button says, an imperative
    permission  codename (`documents.change_document`; without a dot: of the thing's room), or a function of request
                and thing; in a list it is asked first with None for the thing, then for each row
    perform     calls the service with request, thing and the form's cleaned data; returns what to tell the person.
                The domain errors that it raises become errors of the form
    form        what to ask; its options (`initial`, …) come from `form_options(request, thing or None)`
    is_offered  whether the act makes sense for the thing now
    explain     what will happen, in a sentence: a text or a function of the thing
    danger      shown as what cannot be undone
    at_once     its button carries it out: it asks nothing, and `says` what the button does where the label does not.
                What it named goes along in the hidden fields of `form`, for `perform` to refuse when it is no longer so
    in_place    its form opens on the page that its button stands on (static/backoffice/in-place.js); without a script
                it has a page of its own, as every act
    asks_again  the second factor must have been shown lately (backoffice/steps.py)
    atomic      the act and its audit row are one transaction. False for a service that works long outside of
                transactions: then its beginning is written down before it
    """

    name: str
    label: Sentence
    permission: str | Callable[[HttpRequest, Any], bool]
    perform: Callable[[HttpRequest, Any, Values], Sentence | None]
    form: type[forms.Form] | None = None
    form_options: Callable[[HttpRequest, Any], Values] = lambda request, thing: {}
    is_offered: Callable[[HttpRequest, Any], bool] = lambda request, thing: True
    explain: Sentence | Callable[[Any], Sentence] = ""
    danger: bool = False
    at_once: bool = False
    says: Callable[[Any], Sentence] | None = None
    in_place: bool = False
    asks_again: bool = False
    atomic: bool = True

    def is_allowed(self, request: HttpRequest, model: type[models.Model], thing: Any = None) -> bool:
        """Whether the person may do this to `thing`, or to things of `model` at all."""
        if callable(self.permission):
            return self.permission(request, thing)
        codename = self.permission if "." in self.permission else f"{model._meta.app_label}.{self.permission}"
        return bool(request.user.has_perm(codename))

    def explanation(self, thing: Any) -> Sentence:
        """What will happen to `thing`."""
        return self.explain(thing) if callable(self.explain) else self.explain

    def button(self, thing: Any) -> Sentence:
        """What the button of the act says on the page of `thing`."""
        return self.says(thing) if self.says else self.label

    def named(self, request: HttpRequest, thing: Any) -> Values:
        """What the button of the act has named, as it goes along with the click: values by names of fields."""
        if not (self.at_once and self.says and self.form):
            return {}
        fields = self.bound_form(request, thing, sent=False).hidden_fields()
        return {field.html_name: field.value() for field in fields}

    def bound_form(self, request: HttpRequest, thing: Any, *, sent: bool) -> forms.Form:
        """The form, filled with what was sent or fresh; one without fields when there is nothing to ask."""
        form = self.form or forms.Form
        options = self.form_options(request, thing)
        return form(request.POST, request.FILES, **options) if sent else form(**options)


def form_token() -> str:
    """What makes a form one that can be carried out once."""
    return uuid.uuid4().hex


def action_run(action: ObjectAction, request: HttpRequest, thing: Any, data: Values, token: str) -> Sentence | None:
    """Carry an act out and write it down; returns what to tell the person.

    `token` is the form's (`form_token`): sent a second time, even at the same moment, it raises AlreadyDone and
    leaves nothing behind. A refusal by the service is written down too, and raised as DomainError.
    """
    once_key = f"{action.name}:{thing._meta.label_lower}:{thing.pk}:{token}"
    if AuditEvent.objects.filter(once_key=once_key).exists():
        raise AlreadyDone
    try:
        if not action.is_offered(request, thing):
            raise Forbidden(not_possible(action))
        if action.atomic:
            with transaction.atomic():
                return _performed(action, request, thing, data, once_key)
        _record(once_key, action=f"{action.name}_begun", target=thing)
        return _performed(action, request, thing, data, None)
    except (DomainError, ValidationError, ObjectDoesNotExist) as error:
        if action.atomic and AuditEvent.objects.filter(once_key=once_key).exists():
            raise AlreadyDone from error  # The same form, a moment ago: the thing has changed under this one.
        refusal = _refusal(error)
        details = {**_asked(data), "refusal": refusal_text(refusal)}
        audit_record(action=action.name, target=thing, reason=_reason(data), details=details, succeeded=False)
        raise refusal from error


def done(action: ObjectAction) -> str:
    """What is said when the act has nothing to say itself."""
    return _("“{action}”: done.").format(action=action.label)


def not_possible(action: ObjectAction) -> str:
    """What is said when the thing is not in a state for the act."""
    return _("“{action}” is not possible now.").format(action=action.label)


def refusal_text(error: DomainError) -> str:
    """All that a domain error says, in one text."""
    if isinstance(error, Invalid):
        return " ".join(str(sentence) for sentences in error.errors.values() for sentence in sentences)
    return " ".join(str(part) for part in (error.message, *error.extra.get("reasons", ())))


def refusal_show(error: DomainError, form: forms.Form) -> None:
    """Put the sentences of a domain error where they belong in the form."""
    if not isinstance(error, Invalid):
        form.add_error(None, refusal_text(error))
        return
    for name, sentences in error.errors.items():
        for sentence in sentences:
            form.add_error(name if name in form.fields else None, str(sentence))


def _performed(
    action: ObjectAction, request: HttpRequest, thing: Any, data: Values, once_key: str | None
) -> Sentence | None:
    label, pk = str(thing), thing.pk
    values = field_values(thing)
    message = action.perform(request, thing, data)
    thing.pk = pk  # Deleting it has taken it away.
    fresh = type(thing)._base_manager.filter(pk=pk).first()
    before, after = changed_values(values, field_values(fresh)) if fresh is not None else (values, None)
    _record(
        once_key,
        action=action.name,
        target=thing,
        label=label,
        reason=_reason(data),
        before=before,
        after=after,
        details=_asked(data),
    )
    return message


def _record(once_key: str | None, **event: Any) -> None:
    try:
        with transaction.atomic():
            audit_record(once_key=once_key, **event)
    except IntegrityError as error:
        raise AlreadyDone from error


def _reason(data: Values) -> str:
    return str(data.get("reason") or data.get("comment") or "")


def _asked(data: Values) -> Values:
    return {name: value for name, value in data.items() if name not in ("reason", "comment")}


def _refusal(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, ValidationError):
        if hasattr(error, "error_dict"):
            return Invalid({name: list(sentences) for name, sentences in error.message_dict.items()})
        return DomainError(" ".join(error.messages))
    return DomainError(_("It is no longer there."))
