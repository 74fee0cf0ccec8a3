"""What invoices begin with, and what the database refuses: changes of issued invoices, of taxes, of number series.

SQLite has no trigger on DELETE here: Django empties a database there row by row (`flush`), which a trigger cannot tell
from forgery. The models refuse that deletion on every engine.
"""

from decimal import Decimal
from typing import Any

from django.db import migrations

from legalcity.lib.migrations import SqlOf

# Table and column names are constants of this file.
# ruff: noqa: S608

INVOICE, ITEM, ITEM_TAX = "invoicing_firminvoice", "invoicing_firminvoiceitem", "invoicing_firminvoiceitem_taxes"
TAX, SERIES = "invoicing_tax", "invoicing_invoicetype"
STANDS = "an issued invoice never changes"

FIXED_OF_TAX = ("name", "code", "description", "kind", "category", "exemption_code", "percent", "units")
FIXED_OF_SERIES = ("prefix", "leading_zeros", "series")


def _postgresql() -> list[SqlOf]:
    refusal = f"RAISE EXCEPTION '{STANDS}' USING ERRCODE = 'restrict_violation'"
    # The lock waits for whoever issues the invoice at this moment, and then sees it issued.
    functions = f"""
    CREATE FUNCTION invoicing_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '% never changes like this', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION invoicing_refuse_if_issued(id uuid) RETURNS void LANGUAGE plpgsql AS $$
    DECLARE found text; BEGIN
        SELECT i.status INTO found FROM {INVOICE} i WHERE i.id = invoicing_refuse_if_issued.id FOR KEY SHARE;
        IF found = 'issued' THEN {refusal}; END IF;
    END $$;
    CREATE FUNCTION invoicing_item_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN PERFORM invoicing_refuse_if_issued(OLD.invoice_id); END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        PERFORM invoicing_refuse_if_issued(NEW.invoice_id);
        RETURN NEW;
    END $$;
    CREATE FUNCTION invoicing_item_tax_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN
            PERFORM invoicing_refuse_if_issued((SELECT invoice_id FROM {ITEM} WHERE id = OLD.firminvoiceitem_id));
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        PERFORM invoicing_refuse_if_issued((SELECT invoice_id FROM {ITEM} WHERE id = NEW.firminvoiceitem_id));
        RETURN NEW;
    END $$;
    """
    undo = """
    DROP FUNCTION invoicing_item_tax_stands; DROP FUNCTION invoicing_item_stands;
    DROP FUNCTION invoicing_refuse_if_issued; DROP FUNCTION invoicing_refuse;
    """
    changed = {
        table: " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        for table, columns in ((TAX, FIXED_OF_TAX), (SERIES, FIXED_OF_SERIES))
    }
    triggers = (
        (INVOICE, "UPDATE OR DELETE", "WHEN (OLD.status = 'issued')", "invoicing_refuse"),
        (ITEM, "INSERT OR UPDATE OR DELETE", "", "invoicing_item_stands"),
        (ITEM_TAX, "INSERT OR UPDATE OR DELETE", "", "invoicing_item_tax_stands"),
        (TAX, "UPDATE", f"WHEN ({changed[TAX]})", "invoicing_refuse"),
        (SERIES, "UPDATE", f"WHEN ({_series_refused(changed[SERIES])})", "invoicing_refuse"),
    )
    return [
        SqlOf("postgresql", functions, undo),
        *(
            SqlOf(
                "postgresql",
                f"CREATE TRIGGER stands BEFORE {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}()",
                f"DROP TRIGGER stands ON {table}",
            )
            for table, event, when, function in triggers
        ),
    ]


def _sqlite() -> list[SqlOf]:
    def issued(row: str) -> str:
        return f"(SELECT status FROM {INVOICE} WHERE id = {row}.invoice_id) = 'issued'"

    def issued_tax(row: str) -> str:
        return (
            f"(SELECT i.status FROM {INVOICE} i JOIN {ITEM} t ON t.invoice_id = i.id "
            f"WHERE t.id = {row}.firminvoiceitem_id) = 'issued'"
        )

    changed = {
        table: " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)
        for table, columns in ((TAX, FIXED_OF_TAX), (SERIES, FIXED_OF_SERIES))
    }
    triggers = (
        (INVOICE, "UPDATE", "OLD.status = 'issued'"),
        (ITEM, "INSERT", issued("NEW")),
        (ITEM, "UPDATE", f"{issued('OLD')} OR {issued('NEW')}"),
        (ITEM_TAX, "INSERT", issued_tax("NEW")),
        (ITEM_TAX, "UPDATE", f"{issued_tax('OLD')} OR {issued_tax('NEW')}"),
        (TAX, "UPDATE", changed[TAX]),
        (SERIES, "UPDATE", _series_refused(changed[SERIES])),
    )
    return [
        SqlOf(
            "sqlite",
            f"CREATE TRIGGER {table}_{event.lower()}_stands BEFORE {event} ON {table} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{STANDS}'); END",
            f"DROP TRIGGER {table}_{event.lower()}_stands",
        )
        for table, event, when in triggers
    ]


def _series_refused(changed: str) -> str:
    """A series that has begun keeps its form, and its numbers never run backwards."""
    return f"NEW.last_number < OLD.last_number OR (OLD.last_number > 0 AND ({changed}))"


def fill(apps: Any, schema_editor: Any) -> None:
    def rows(model: str, *values: dict[str, Any]) -> None:
        manager = apps.get_model("invoicing", model).objects
        manager.bulk_create([manager.model(**row) for row in values])

    rows(
        "InvoiceType",
        {"code": 1, "name": "Facture", "prefix": "FA", "leading_zeros": "000000", "series": "invoice"},
        {"code": 2, "name": "Avoir", "prefix": "AV", "leading_zeros": "000000", "series": "credit_note"},
    )
    rows("ClientType", {"code": 1, "name": "Société"}, {"code": 2, "name": "Particulier"})
    rows(
        "Currency",
        {"name": "Euro", "name_short": "EUR", "symbol": "€"},
        {"name": "US dollar", "name_short": "USD", "symbol": "$"},
        {"name": "Pound sterling", "name_short": "GBP", "symbol": "£"},
        {"name": "Swiss franc", "name_short": "CHF", "symbol": "CHF"},
    )
    rows(
        "ProductType",
        {"code": "court-fee", "name": "Frais de greffe"},
        {"code": "handling-fee", "name": "Honoraires de procédure"},
        {"code": "token-pack", "name": "Jetons de scoring"},
        {"code": "service", "name": "Prestation de services"},
    )
    rows(
        "Tax",
        *(
            {"code": f"vat-{code}", "name": f"TVA {name} %", "percent": Decimal(percent), "description": ""}
            for code, name, percent in (
                ("20", "20", "20"),
                ("10", "10", "10"),
                ("5-5", "5,5", "5.5"),
                ("8-5", "8,5", "8.5"),
            )
        ),
        {
            "code": "outlay",
            "name": "Débours",
            "category": "E",
            "exemption_code": "VATEX-EU-79-C",
            "description": "Débours exclus de la base d'imposition : article 267, II, 2° du CGI",
        },
        {
            "code": "reverse-charge",
            "name": "Autoliquidation",
            "category": "AE",
            "exemption_code": "VATEX-EU-AE",
            "description": "Autoliquidation : articles 259, 1° et 283, 2 du CGI ; directive 2006/112/CE, article 196",
        },
    )
    rows(
        "TokenPack",
        {"code": "PACK10", "name": "10 jetons de scoring", "tokens": 10, "price": Decimal("90.00")},
        {"code": "PACK50", "name": "50 jetons de scoring", "tokens": 50, "price": Decimal("400.00")},
        {"code": "PACK200", "name": "200 jetons de scoring", "tokens": 200, "price": Decimal("1400.00")},
    )


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0003_billing")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        *_postgresql(),
        *_sqlite(),
    ]
