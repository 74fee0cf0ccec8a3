"""Django's way out by SMTP, which knows whether a mail server may have an e-mail that it never confirmed."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class AnswerLost(smtplib.SMTPException):
    """The server was given the whole e-mail and has not said whether it took it: it may go out."""


class _Noting(smtplib.SMTP):
    """Notes when the server asks for the e-mail (354): what goes wrong before has no effect, what does after may."""

    is_given = False

    def getreply(self) -> tuple[int, bytes]:
        """The server's answer."""
        reply = super().getreply()
        self.is_given = self.is_given or reply[0] == 354
        return reply

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Hand the e-mail over. Raises AnswerLost."""
        self.is_given = False
        try:
            return super().data(msg)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            if self.is_given:
                raise AnswerLost from error
            raise


class _NotingSsl(_Noting, smtplib.SMTP_SSL):
    """The same over TLS from the beginning."""


class EmailBackend(DjangoBackend):
    """Sends each e-mail; raises AnswerLost where nobody knows whether it is out."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The class that talks with the server."""
        return _NotingSsl if self.use_ssl else _Noting
