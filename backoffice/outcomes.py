"""Forms whose outcome is shown before it is carried out: sent once to see it, sent again to confirm what was seen."""

import hashlib
from typing import Any, cast

from django import forms
from django.http import QueryDict

from backoffice.actions import Values, refusal_show
from legalcity.lib.errors import DomainError


class ShownFirst(forms.Form):
    """Valid only when it says that it has shown what would come of it now.

    What is shown is `outcome`, a value whose `repr` tells all of it, drawn by `outcome_template`. When something else
    would come of it than was shown (another field, a colleague who was faster), it is shown anew.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    outcome_template = ""
    outcome: Any = None
    is_seen = False

    def foresee(self, data: Values) -> Any:
        """What would come of `data`. Raises the domain errors that carrying it out would."""
        raise NotImplementedError

    def clean(self) -> Values:
        """Reckon what would come of it, and whether that was seen."""
        data: Values = super().clean() or self.cleaned_data
        seen = data.pop("seen", "")
        if self.errors:
            return data
        try:
            self.outcome = self.foresee(data)
        except DomainError as error:
            refusal_show(error, self)
            return data
        mark = hashlib.sha256(repr(self.outcome).encode()).hexdigest()
        self.is_seen = seen == mark
        data_shown = cast(QueryDict, self.data).copy()
        data_shown["seen"] = mark
        self.data = data_shown
        return data

    def is_valid(self) -> bool:
        """Whether it may be carried out."""
        return super().is_valid() and self.is_seen
