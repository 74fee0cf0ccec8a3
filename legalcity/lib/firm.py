"""The firm's name, where something has to stand."""

from legalcity.lib.settings.live import live

PRODUCT = "LegalCity"


def firm_shown() -> str:
    """The firm by the name that staff have entered, until then the product's: no demand leaves in that one."""
    return " ".join(live.FIRM_NAME.split()) or PRODUCT
