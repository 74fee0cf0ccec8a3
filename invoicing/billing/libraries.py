"""The system libraries that papers need, and what to say where they are missing."""

import ctypes
from functools import lru_cache

from django.utils.translation import gettext as _
from PIL import ImageFile

from legalcity.lib.rasters import one_raster

# WeasyPrint opens several libraries of the system; this one needs all the others, as `ldd` tells.
SHARED = "libpangoft2-1.0.so.0"
APT = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core"

# Papers are kept for years: fonts and colour profile within the file, nothing that hangs on a clock or a network.
PDF_A = "pdf/a-3b"


class PdfUnavailable(RuntimeError):
    """PDF cannot be made on this machine; the text says which command mends it."""


@lru_cache(maxsize=1)
def _works() -> bool:
    with one_raster:
        try:
            import weasyprint.images
        except (ImportError, OSError):
            return False
        # It makes Pillow take torn images, in the whole process; the check of uploads wants them refused.
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    return bool(weasyprint.VERSION)


def _is_there() -> bool:
    try:
        ctypes.CDLL(SHARED)
    except OSError:
        return False
    return True


def pdf_problem_at_start() -> str | None:
    """The same sentence, without the half second that WeasyPrint takes to load: every command and worker waits here."""
    return None if _is_there() else pdf_problem()


def fonts_problem() -> str:
    """What to say where a font that papers are drawn with is not installed."""
    return _("The fonts of papers are missing: {command}").format(command=APT)


def pdf_problem() -> str | None:
    """What keeps PDF from being made, as a sentence with the command that mends it; None when it works."""
    if _works():
        return None
    return _("Pango, which draws PDF invoices, is missing: {command}").format(command=APT)
