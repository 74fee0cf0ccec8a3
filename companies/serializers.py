"""What the company calls take and give."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from companies.models import Company
from companies.parties import quality_of
from companies.plain import read_plain
from companies.services import company_errors
from legalcity.api.fields import CodeField, DayField, DigitsField, EmailField, PhoneField, TextField, WordField
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.dates import day_text
from legalcity.lib.reading.identifiers import SIREN
from legalcity.lib.settings.live import live

FIRST_BIRTHDAY = date(1900, 1, 1)


TEXT_LENGTH = "TEXT_LENGTH"  # the system setting


class LegalFormField(TextField):
    """One of the legal forms that the system settings allow."""

    default_error_messages = {"unknown": WordField.default_error_messages["invalid_choice"]}

    def to_internal_value(self, data: Any) -> str:
        """The form."""
        text = super().to_internal_value(data)
        if text not in live.legal_forms:
            self.fail("unknown")
        return text


def _text(limit: int | str = TEXT_LENGTH) -> TextField:
    return TextField(limit=limit, required=False, allow_null=True)


class CompanySerializer(ContractSerializer):
    """A company as clients send it."""

    company_type = WordField(Company.Type.values, required=False, allow_null=True)
    company_legal_form = LegalFormField(limit=50, required=False, allow_null=True)
    company_siren = DigitsField(length=SIREN, required=False, allow_null=True)
    company_name = _text()
    company_legalrep_gender = WordField(Company.Gender.values, required=False, allow_null=True)
    company_legalrep_firstname = TextField(limit=TEXT_LENGTH)
    company_legalrep_lastname = TextField(limit=TEXT_LENGTH)
    company_legalrep_quality = CodeField(among=tuple(Company.Quality.values), required=False, allow_null=True)
    company_legalrep_quality_other = _text()
    company_legalrep_birthday = DayField(earliest=FIRST_BIRTHDAY, required=False, allow_null=True)
    company_legalrep_birthday_city = _text()
    company_legalrep_nationality = _text()
    company_legalrep_profession = _text()
    company_freelance_type = WordField(Company.FreelanceType.values, required=False, allow_null=True)
    company_address = _text()
    company_city = _text()
    company_postal = _text(20)
    company_country = _text()
    company_state = _text()
    company_email = EmailField(required=False, allow_null=True)
    company_phone = PhoneField(required=False, allow_null=True)
    company_activity = _text()
    acts_as = WordField(Company.ActsAs.values, required=False)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """The rules of the room."""
        return company_errors(values)


class PartySerializer(CompanySerializer):
    """A company inside a complete case, where the reference has sentences of its own for the representative."""

    def __init__(self, *args: Any, sentences: dict[str, Any], **kwargs: Any) -> None:
        self.sentences = sentences
        super().__init__(*args, **kwargs)

    def get_fields(self) -> dict[str, Any]:
        """The company's fields, with those sentences."""
        fields: dict[str, Any] = super().get_fields()
        for name, sentence in self.sentences.items():
            fields[name].error_messages.update(required=sentence, null=sentence)
        return fields

    def read_plainly(self, data: Any) -> dict[str, Any] | None:
        """A company in the usual forms."""
        return read_plain(data)


PAYLOAD = (
    "id",
    "company_type",
    "company_legal_form",
    "company_siren",
    "company_name",
    "company_legalrep_gender",
    "company_legalrep_firstname",
    "company_legalrep_lastname",
    "company_address",
    "company_city",
    "company_postal",
    "company_country",
    "company_email",
    "company_phone",
)
# What the reference lets clients write and does not show: behind what it shows.
WRITTEN = (
    "company_legalrep_quality",
    "company_legalrep_quality_other",
    "company_legalrep_birthday",
    "company_legalrep_birthday_city",
    "company_legalrep_nationality",
    "company_legalrep_profession",
    "company_freelance_type",
    "company_state",
    "company_activity",
)


def company_payload(company: Company, *, is_debtor: bool) -> dict[str, Any]:
    """A company as the API shows it, on the side of a case where it stands."""
    columns = {name: getattr(company, name) for name in (*PAYLOAD, *WRITTEN)}
    return company_told({**columns, "acts_as": quality_of(company, is_debtor=is_debtor).value})


def company_told(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's form of a company's columns."""
    told = {name: columns[name] for name in (*PAYLOAD, "acts_as", *WRITTEN)}
    return {**told, "company_legalrep_birthday": day_text(columns["company_legalrep_birthday"])}


def company_row_payload(
    company: Company, *, side: str, recovery_id: int | None, is_debtor: bool | None = None
) -> dict[str, Any]:
    """The same, and on which side of which case it stands. `is_debtor`: as what it deals, if that is not its side."""
    is_debtor = side == "debtor" if is_debtor is None else is_debtor
    return {**company_payload(company, is_debtor=is_debtor), "side": side, "recovery_id": recovery_id}
