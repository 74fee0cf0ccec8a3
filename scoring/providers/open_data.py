"""The outside providers: public data, off unless OPEN_DATA_ENABLED."""

from datetime import date

import structlog
from django.conf import settings

from scoring.clients import bodacc, recherche_entreprises
from scoring.clients.open_data import OpenDataUnavailable
from scoring.notices import insolvency, standing
from scoring.providers.base import Answered, Findings, Subject

log = structlog.get_logger("scoring")


class OpenDataProvider:
    """What both share: the switch, the need of a SIREN, and a failure that is told instead of raised."""

    name = ""

    def find(self, subject: Subject, today: date) -> Findings:
        """What the source publishes."""
        if not settings.OPEN_DATA_ENABLED:
            return Findings(Answered.OFF)
        if not subject.siren:
            return Findings(Answered.NOT_ASKED)
        try:
            return self.published(subject.siren)
        except OpenDataUnavailable as error:
            log.warning("open_data_unavailable", source=self.name, reason=error.reason)
            return Findings(Answered.UNAVAILABLE, problem=error.reason)

    def published(self, siren: str) -> Findings:
        """What the source says of a SIREN. Raises OpenDataUnavailable."""
        raise NotImplementedError


class RechercheEntreprises(OpenDataProvider):
    """Whether the company exists and is active, since when, in what form, where."""

    name = recherche_entreprises.NAME

    def published(self, siren: str) -> Findings:
        """Its entry in the register."""
        registration = recherche_entreprises.company(siren)
        return Findings(Answered.ANSWERED if registration else Answered.NOT_FOUND, registration=registration)


class Bodacc(OpenDataProvider):
    """Insolvency proceedings. No notice is an answer too: there are none."""

    name = bodacc.NAME

    def published(self, siren: str) -> Findings:
        """The notices that stand, and where the proceedings are."""
        notices = standing(bodacc.notices(siren))
        return Findings(insolvency=insolvency(notices), notices=notices)
