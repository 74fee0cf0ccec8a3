"""What staff fill in on the pages of the entrance."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class CodeForm(forms.Form):
    """A code of the second factor."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "size": 20}
        ),
    )


class PasswordForm(forms.Form):
    """One's own password once more."""

    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )


class OwnSettingsForm(forms.ModelForm):
    """The language that the back-office speaks to its user, and whether it writes in the morning."""

    class Meta:
        model = User
        fields = ("language", "morning_mail")
