"""An act that is asked for beside its thing, on a page about other things too: carried out, and told in a message."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from backoffice.actions import AlreadyDone, ObjectAction, action_run, done, refusal_text
from legalcity.lib.errors import DomainError


def carried_out(request: HttpRequest, action: ObjectAction, thing: Any, token: str) -> tuple[int, str]:
    """Carry out what was sent of an act, and return how it went, as a level of messages and its words."""
    form = action.bound_form(request, thing, sent=True)
    if not form.is_valid():
        return messages.ERROR, " ".join(str(error) for errors in form.errors.values() for error in errors)
    try:
        said = action_run(action, request, thing, form.cleaned_data, token)
    except AlreadyDone as error:
        return messages.WARNING, str(error)
    except DomainError as refusal:
        return messages.ERROR, refusal_text(refusal)
    return messages.SUCCESS, str(said or done(action))
