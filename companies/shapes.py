"""Companies as the API answers them."""

from companies.models import Company
from legalcity.api.components import DAY, ID, TEXT, Schema, component, described, fields, one_of, or_null

_MAYBE = or_null(TEXT)
SIREN: Schema = {"type": "string", "pattern": "^[0-9]{9}$"}
LEGAL_FORM = described(TEXT, "One of those that the firm takes; as delivered SAS, SARL, SA, SNC, GIE.")

_FIELDS: Schema = {
    "id": ID,
    "company_type": or_null(one_of(Company.Type)),
    "company_legal_form": or_null(LEGAL_FORM),
    "company_siren": or_null(SIREN),
    "company_name": _MAYBE,
    "company_legalrep_gender": or_null(one_of(Company.Gender)),
    "company_legalrep_firstname": TEXT,
    "company_legalrep_lastname": TEXT,
    "company_address": _MAYBE,
    "company_city": _MAYBE,
    "company_postal": _MAYBE,
    "company_country": _MAYBE,
    "company_email": _MAYBE,
    "company_phone": _MAYBE,
    "acts_as": one_of(Company.ActsAs),
    "company_legalrep_quality": or_null(one_of(Company.Quality)),
    "company_legalrep_quality_other": _MAYBE,
    "company_legalrep_birthday": or_null(DAY),
    "company_legalrep_birthday_city": _MAYBE,
    "company_legalrep_nationality": _MAYBE,
    "company_legalrep_profession": _MAYBE,
    "company_freelance_type": or_null(one_of(Company.FreelanceType)),
    "company_state": _MAYBE,
    "company_activity": _MAYBE,
}
COMPANY = component("Company", fields(_FIELDS), "A creditor or a debtor, on the side of a case where it stands.")
COMPANY_ROW = component(
    "CompanyRow",
    fields({**_FIELDS, "side": one_of(("customer", "debtor")), "recovery_id": or_null(ID)}),
    "The same, and on which side of which case it stands.",
)

_NAMES = ("id", "company_name", "company_legalrep_firstname", "company_legalrep_lastname", "company_email")
FILED_COMPANY = component("FiledCompany", fields({name: _FIELDS[name] for name in _NAMES}), "A party that was filed.")
