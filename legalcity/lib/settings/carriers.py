"""Who carries letters and text messages, and what lets their calls in."""

from pathlib import Path
from typing import NamedTuple

from legalcity.lib.settings.environment import Environment, Hook

WEB = ("https", "http")


class Carriers(NamedTuple):
    """The settings of all carriers."""

    registered: str
    electronic: str
    sms: str
    sms_file_path: Path
    maileva: dict[str, str]
    electronic_bridge: dict[str, str]
    smsmode: dict[str, str]
    hooks: dict[str, Hook]


def carriers_of(env: Environment, data_dir: Path) -> Carriers:
    """Registered letters go by staff and the post folder, or by a provider; electronic ones and text messages by
    nobody, or by one.
    """
    return Carriers(
        registered=env.choice("REGISTERED_CARRIER", "POST-FOLDER", ("POST-FOLDER", "MAILEVA")).lower(),
        electronic=env.choice("ELECTRONIC_CARRIER", "NONE", ("NONE", "ELECTRONIC")).lower(),
        sms=env.choice("SMS_CARRIER", "FILE" if env.embedded else "NONE", ("NONE", "FILE", "SMSMODE")).lower(),
        sms_file_path=data_dir / "sms",
        maileva={
            "url": env.url("MAILEVA_URL", schemes=WEB).rstrip("/") or "https://api.maileva.com",
            "auth_url": env.url("MAILEVA_AUTH_URL", schemes=WEB).rstrip("/") or "https://connexion.maileva.com",
            "client_id": env.text("MAILEVA_CLIENT_ID"),
            "client_secret": env.text("MAILEVA_CLIENT_SECRET"),
            "username": env.text("MAILEVA_USERNAME"),
            "password": env.text("MAILEVA_PASSWORD"),
        },
        electronic_bridge={
            "url": env.url("ELECTRONIC_URL", schemes=WEB).rstrip("/"),
            "key": env.text("ELECTRONIC_KEY"),
        },
        smsmode={
            "url": env.url("SMSMODE_URL", schemes=WEB).rstrip("/") or "https://rest.smsmode.com",
            "key": env.text("SMSMODE_KEY"),
            "sender": env.text("SMSMODE_SENDER")[:11],
        },
        # What carriers call us by: the token of the address (none without one), and the secret that they sign with.
        hooks={
            "maileva": env.hook("MAILEVA_HOOK"),
            "electronic": env.hook("ELECTRONIC_HOOK"),
            "smsmode": env.hook("SMSMODE_HOOK"),
            "email": env.hook("EMAIL_HOOK"),
        },
    )
