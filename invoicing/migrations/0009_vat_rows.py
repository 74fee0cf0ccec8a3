"""VAT by place as it stands: rows that staff correct. What is there already is left alone.

`is_confirmed` says whether the figure was compared with the text that `source` names.
"""

from typing import Any

from django.db import migrations

NOT_SUBJECT = {"category": "O", "exemption_code": "VATEX-EU-O"}
TAXES = (
    {
        "code": "not-subject-294",
        "name": "Non soumis (Guyane, Mayotte)",
        "description": "TVA non applicable : article 294, 1 du CGI",
        **NOT_SUBJECT,
    },
    {
        "code": "not-subject-259",
        "name": "Non soumis (hors de France)",
        "description": "TVA non applicable : article 259, 1° du CGI",
        **NOT_SUBJECT,
    },
    {
        "code": "outlay-not-subject",
        "name": "Débours (avec des prestations non soumises)",
        "description": "Débours exclus de la base d'imposition : article 267, II, 2° du CGI",
        **NOT_SUBJECT,
    },
)
BUSINESS, PERSON = "business", "person"
AT_THE_SUPPLIER = "CGI, articles 259, 2° et 278"
# places, kind of client, tax, source, confirmed
RULES = (
    (("FR", "MC"), BUSINESS, "vat-20", "CGI, articles 259, 1° et 278", True),
    (("FR", "MC"), PERSON, "vat-20", AT_THE_SUPPLIER, True),
    (("GP", "MQ", "RE"), BUSINESS, "vat-8-5", "CGI, article 296, 1°", True),
    (("GP", "MQ", "RE"), PERSON, "vat-8-5", "CGI, article 296, 1° (lieu de la prestation à un particulier)", False),
    (("GF", "YT"), BUSINESS, "not-subject-294", "CGI, article 294, 1", True),
    (("GF", "YT"), PERSON, "not-subject-294", "CGI, article 294, 1 (lieu de la prestation à un particulier)", False),
    (("EU",), "identified", "reverse-charge", "CGI, articles 259, 1° et 283, 2", True),
    (("EU",), BUSINESS, "vat-20", "CGI, article 278 (numéro de TVA non justifié)", True),
    (("EU",), PERSON, "vat-20", AT_THE_SUPPLIER, True),
    (("*",), BUSINESS, "not-subject-259", "CGI, article 259, 1°", False),
    (("*",), PERSON, "vat-20", f"{AT_THE_SUPPLIER} (sauf article 259 B)", False),
)


def fill(apps: Any, _schema_editor: Any) -> None:
    """Add what is missing."""
    tax_of, rule_of = apps.get_model("invoicing", "Tax"), apps.get_model("invoicing", "VatRule")
    for tax in TAXES:
        tax_of.objects.get_or_create(code=tax["code"], defaults={**tax, "kind": "vat"})
    taxes = {tax.code: tax for tax in tax_of.objects.all()}
    for places, client, code, source, is_confirmed in RULES:
        for place in places:
            values = {"tax": taxes[code], "source": source, "is_confirmed": is_confirmed}
            rule_of.objects.get_or_create(place=place, client=client, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0008_vat_by_place")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
