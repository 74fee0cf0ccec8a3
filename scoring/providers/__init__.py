"""Who knows something of a company, behind one small interface (`base.Provider`)."""

from scoring.providers.base import Provider
from scoring.providers.open_data import Bodacc, RechercheEntreprises
from scoring.providers.records import OwnRecords


def configured() -> tuple[Provider, ...]:
    """The providers of this installation, in the order in which they are asked."""
    return (OwnRecords(), RechercheEntreprises(), Bodacc())
