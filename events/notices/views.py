"""The calls on preferences."""

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from events.notices import samples
from events.notices.preferences import preferences_set, preferences_told
from events.notices.serializers import PreferencesSerializer, wanted_of
from events.notices.shapes import PREFERENCE
from legalcity.api.components import fields, list_of, success
from legalcity.api.cursor import query_read
from legalcity.api.envelope import reply
from legalcity.api.validation import ContractSerializer, parse
from legalcity.api.views import ContractView


class NoQuery(ContractSerializer):
    """A query string with nothing in it."""


PREFERENCES = success(fields({"groups": list_of(PREFERENCE)}))


class PreferencesView(ContractView):
    """Of what the account is told by e-mail, how, and to whom."""

    section = "Notifications"
    answers = {"retrieve": {200: PREFERENCES}, "update": {200: PREFERENCES}}
    serializers = {"update": PreferencesSerializer}
    queries = {"retrieve": NoQuery, "update": NoQuery}
    bodies = {"update": samples.PREFERENCES_BODY}
    samples = {"retrieve": samples.PREFERENCES, "update": samples.PREFERENCES_SET}

    def retrieve(self, request: Request) -> Response:
        """Of what you are told by e-mail: each group with its mode, the modes that it may have, its recipients.

        Recipients in `pending` have not confirmed yet, those in `held` refuse e-mails: neither is written to.
        """
        query_read(NoQuery, request.query_params)
        return reply(
            {"groups": preferences_told(caller(request))}, _("Notification preferences retrieved successfully")
        )

    def update(self, request: Request) -> Response:
        """Choose how groups are told, and to whom. Groups and fields that you leave out stay as they are.

        A new address gets a link, by which it confirms within 72 hours. What the law has told (`money_received`,
        `debtor_proposals`) is never off and has at least one recipient; it is told to the account's own address while
        no other has confirmed. A group has five recipients at most.
        """
        query_read(NoQuery, request.query_params)
        user, sent = caller(request), parse(PreferencesSerializer, request)
        preferences_set(owner_id=user.pk, wanted=wanted_of(sent["groups"]))
        return reply({"groups": preferences_told(user)}, _("Notification preferences saved successfully"))
