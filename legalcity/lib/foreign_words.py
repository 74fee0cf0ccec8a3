"""Words of the libraries that staff read and that have no French of their own there: gathered for translation.

Nothing reads them from here. What the catalogue of the project holds goes before the catalogues of the libraries.
"""

from django.utils.translation import gettext_noop as _

WORDS = (
    # constance
    _("Failed to update live settings."),
    # Django: months of three letters, two of which are hard to tell from each other in French
    _("jun"),
    _("jul"),
)
