"""A trial: the example of a type, sent to an endpoint at once, because its owner asks."""

import base64
import secrets

from events.bodies import trial_body_of
from events.public_ids import BLOCK, PREFIX
from events.webhooks.delivering import attempt_of
from events.webhooks.keys import secrets_of
from events.webhooks.models import Attempt, Endpoint
from events.webhooks.sending import Message, fetcher_of_settings, send
from events.webhooks.subscriptions import example_of
from legalcity.lib.clock import now


def trial_send(*, endpoint: Endpoint, code: str) -> Attempt:
    """Send it, once, and return what came of it, unsaved: it is no event, so there is no delivery of it."""
    moment = now()
    trial_id = PREFIX + base64.b32encode(secrets.token_bytes(BLOCK)).decode().rstrip("=").lower()
    body = trial_body_of(trial_id, code, moment, example_of(code))
    message = Message(endpoint.url, trial_id, body, secrets_of(endpoint, moment))
    return attempt_of(send(message, fetcher=fetcher_of_settings()))
