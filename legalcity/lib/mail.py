"""What e-mails have that no person has typed: their sender, and headers."""

from email.utils import formataddr, make_msgid, parseaddr

from django.conf import settings

from legalcity.lib.settings.live import live


def firm_sender() -> str:
    """The sender of every e-mail: the firm by its name, at the address that this installation sends from."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(live.FIRM_NAME.split()) or name, address))


def automatic_headers() -> dict[str, str]:
    """A name for the e-mail under the firm's own domain, and the word that silences answering machines (RFC 3834)."""
    return {"Message-ID": make_msgid(domain=settings.EMAIL_DOMAIN), "Auto-Submitted": "auto-generated"}
