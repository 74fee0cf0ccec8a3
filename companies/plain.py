"""Companies that are plainly right, read without a serializer: two of them were a tenth of a complete case.

Whatever is read here, `CompanySerializer` reads with the same values; of anything else it finds the sentences.
"""

from typing import Any

from companies.models import Company
from legalcity.lib.reading.identifiers import SIREN
from legalcity.lib.reading.phones import LIMIT as MAX_PHONE
from legalcity.lib.reading.plain import EMAIL, TEXT, Plain, digits, text, words
from legalcity.lib.settings.live import live

_NAMES = frozenset({"company_legalrep_firstname", "company_legalrep_lastname"})
_PLAIN = Plain(
    texts={
        "company_type": words(*Company.Type.values),
        "company_legal_form": text(50),
        "company_siren": digits(SIREN),
        "company_name": TEXT,
        "company_legalrep_gender": words(*Company.Gender.values),
        "company_legalrep_firstname": TEXT,
        "company_legalrep_lastname": TEXT,
        "company_legalrep_quality_other": TEXT,
        "company_legalrep_birthday_city": TEXT,
        "company_legalrep_nationality": TEXT,
        "company_legalrep_profession": TEXT,
        "company_freelance_type": words(*Company.FreelanceType.values),
        "company_address": TEXT,
        "company_city": TEXT,
        "company_postal": text(20),
        "company_country": TEXT,
        "company_state": TEXT,
        "company_email": EMAIL,
        "company_phone": text(MAX_PHONE),
        "company_activity": TEXT,
        "acts_as": words(*Company.ActsAs.values),
    },
    numbers={"company_legalrep_quality": frozenset(Company.Quality.values)},
    needed=_NAMES,
    never_null=_NAMES | {"acts_as"},
)


def read_plain(data: Any) -> dict[str, Any] | None:
    """A company of nothing but values in their usual forms, as it was sent; else None. Its rules are asked after it."""
    if not _PLAIN.holds(data, longest=live.TEXT_LENGTH):
        return None
    form = data.get("company_legal_form")
    return dict(data) if form is None or form in live.legal_forms else None
