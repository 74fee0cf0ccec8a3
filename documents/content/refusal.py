"""Why a file is not taken."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    "empty": _("The file is empty."),
    "type": _("The file field must be a file of type: pdf, doc, docx, xls, xlsx, jpg, jpeg, png, gif."),
    "mismatch": _("The extension of the file does not fit its content."),
    "unreadable": _("The file is damaged and cannot be opened."),
    "too_complex": _("The file is too large or too complex once it is unpacked."),
    "encrypted": _("The file is protected by a password."),
    "macros": _("The file contains macros or other active content."),
    "links": _("The file loads content from another place when it is opened."),
    "archive": _("The file is not a sound Office document."),
    "leading": _("The content of the file begins after something else."),
    "trailing": _("The file goes on after the end of its content."),
    "polyglot": _("The file is of two types at once."),
}


class ContentRefused(Exception):
    """The content is not taken: `reason` is a word for a column, `sentence` (lazy) is for the person who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sentence = SENTENCES[reason]
