"""Headers of e-mails that no person has typed."""

from email.utils import make_msgid

from django.conf import settings


def automatic_headers() -> dict[str, str]:
    """A name for the e-mail under the firm's own domain, and the word that silences answering machines (RFC 3834)."""
    return {"Message-ID": make_msgid(domain=settings.EMAIL_DOMAIN), "Auto-Submitted": "auto-generated"}
