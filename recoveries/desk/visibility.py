"""Whom something is shown to, as staff read and tick it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from legalcity.lib.audience import Audience
from recoveries.models import Comment

VISIBLE_LABELS = {
    Audience.CLIENT: _("Visible to the client"),
    Audience.DEBTOR: _("Visible to the debtor"),
    Audience.BAILIFF: _("Visible to the bailiff (commissaire de justice)"),
    Audience.COURT: _("Visible in the order procedure (OIP)"),
}


def visibility_fields(
    model: type[Comment] | type[Document], *, internal: bool = False
) -> dict[str, forms.BooleanField]:
    """A tick for each audience that rows of `model` are marked for, by column; as a new row begins, or `internal`."""
    new = model()
    return {
        column: forms.BooleanField(
            label=VISIBLE_LABELS[audience],
            required=False,
            initial=not internal and model.visibility.shows(new, audience),
        )
        for audience, column in model.visibility.columns.items()
    }
