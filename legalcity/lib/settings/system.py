"""The system settings: business rules that staff change in the back-office, without a deploy.

Typed here, stored by django-constance, read through `legalcity.lib.settings.live`; django-simple-history keeps their
history.
"""

from decimal import Decimal
from typing import Any

from legalcity.lib.settings.environment import Environment


def _(sentence: str) -> str:
    """Mark `sentence` for the catalogue; the form translates it. Django's own mark reads the settings too early."""
    return sentence


CONFIG: dict[str, tuple[Any, str, Any]] = {
    # Lists
    "DEFAULT_PAGE_SIZE": (15, _("Rows on a page when the client names no per_page."), "page_size"),
    "MAX_PAGE_SIZE": (100, _("The largest per_page that a client may ask for."), "page_size"),
    # Cases
    "EDITABLE_STATUSES": ("1,2", _("Statuses (ids, comma between) in which a client may change a case."), "ids"),
    "INAPPLICABLE_FIELDS": ("drop", _("What happens to a dependent field that does not apply."), "inapplicable"),
    "MAX_INVOICES_PER_REQUEST": (1000, _("Invoices that one complete case may bring."), "items"),
    "TEXT_LENGTH": (255, _("Characters of a short text (names, addresses, object of the service)."), "text_length"),
    "OBSERVATIONS_LENGTH": (5000, _("Characters of the observations on a case."), "long_length"),
    "INVOICE_NUMBER_LENGTH": (100, _("Characters of an invoice number or reference."), "text_length"),
    # Companies
    "LEGAL_FORMS": ("SAS,SARL,SA,SNC,GIE", _("Legal forms that a company may have (comma between)."), "words"),
    "STRICT_SIREN": (False, _("Refuse a SIREN whose check digit (Luhn) is wrong."), bool),
    # Comments
    "COMMENT_LENGTH": (2000, _("Characters of a comment, counted on what was sent."), "long_length"),
    "COMMENT_MARKUP_SHARE": (Decimal("0.8"), _("Share of a comment that may be markup, between 0 and 1."), "share"),
    "LOOK_WORDS": (
        "commandement de payer,commandement aux fins,itératif commandement,sommation,assignation,"
        "citation à comparaître,signification,acte d'huissier,acte de commissaire de justice,"
        "acte de l'autorité judiciaire,exploit d'huissier,huissier de justice,ministère d'huissier,étude d'huissier,"
        "huissier instrumentaire,passage d'un huissier,passage d'huissier,visite d'un huissier,"
        "intervention d'un huissier,"
        "ministère d'un commissaire de justice,passage d'un commissaire de justice,"
        "visite d'un commissaire de justice,intervention d'un commissaire de justice,"
        "commissaire de justice instrumentaire,huissier se présentera,huissier passera,huissier viendra,"
        "commissaire de justice se présentera,commissaire de justice passera,commissaire de justice viendra,"
        "saisie,saisir vos biens,biens seront saisis,meubles seront saisis,comptes seront saisis,compte sera saisi,"
        "salaire sera saisi,saisirons vos,saisirons votre,saisir vos comptes,saisir votre compte,"
        "saisir votre salaire,saisir vos meubles,procès-verbal de carence,exécution forcée,exécution par la force,"
        "voies d'exécution,mesures d'exécution,avis avant exécution,force publique,titre exécutoire,"
        "formule exécutoire,force exécutoire,copie exécutoire,jugement,mandement,République française,"
        "au nom du peuple français,"
        "writ,summons,warrant of execution,warrant of control,court order,court judgment,judgment order,"
        "statutory demand,seizure,seize your,attachment order,attachment of earnings,enforcement order,"
        "order of enforcement,enforcement agent,enforcement officer,forced execution,compulsory enforcement,"
        "garnishment,distraint,bailiff's notice,bailiff's visit,visit by a bailiff,visit from a bailiff,"
        "visit of a bailiff,bailiff will,bailiff action,instruct bailiffs,send bailiffs,send in the bailiffs,"
        "send the bailiffs",
        _("Words of acts of a court (comma between) that no debtor reads from us before there is a title."),
        "words",
    ),
    # Money
    "WRITEOFF_LIMIT": (
        Decimal("500"),
        _("Amount, in EUR, up to which who records payments writes a case off; beyond it managers do."),
        "amount",
    ),
    "WAIVER_LIMIT": (
        Decimal("5000"),
        _("Amount, in EUR, up to which who records payments enters what a creditor gives up; beyond it managers do."),
        "amount",
    ),
    "CREDIT_NOTE_LIMIT": (
        Decimal("5000"),
        _("Amount, in EUR, up to which who records payments enters credit notes of a case; beyond it managers do."),
        "amount",
    ),
    # Letters to debtors
    "REMINDER_DAYS": (
        7,
        _("Days between a letter to a debtor and a reminder; 0 is none."),
        "days",
    ),
    "FORMAL_NOTICE_DAYS": (
        8,
        _("Days between a letter to a debtor and a formal notice, and after a formal notice; 0 is none."),
        "days",
    ),
    "CONTACTS_PER_WEEK": (
        2,
        _("Letters that ask one debtor for money within 7 days at most, for all clients together; 0 is no limit."),
        "times",
    ),
    "CONTACTS_PER_MONTH": (
        6,
        _("Letters that ask one debtor for money within 30 days at most, for all clients together; 0 is no limit."),
        "times",
    ),
    "CONTACT_DAYS": (
        "1,2,3,4,5",
        _("Days on which debtors are asked for money (1 is Monday, comma between); a public holiday is a Sunday."),
        "week_days",
    ),
    "CONTACT_FROM_HOUR": (8, _("Hour, where the debtor lives, from which it is asked for money."), "hour"),
    "CONTACT_UNTIL_HOUR": (20, _("Hour, where the debtor lives, until which it is asked for money."), "hour"),
    "FUNDS_IBAN": (
        "",
        _("IBAN of the account for creditors' money (CPCE, R124-2), which debtors pay to; without it none is asked."),
        "iban",
    ),
    "FUNDS_BIC": ("", _("BIC of the account kept for creditors' money."), "bic"),
    "LETTERS_SIGNATORY": (
        "",
        _("Who signs letters to debtors: name and quality, such as “Camille Morvan, gérante”. Empty: the firm alone."),
        "optional_line",
    ),
    "PRIVACY_NOTICE": (
        "Informations sur vos données personnelles (art. 14 du RGPD). Nous traitons vos nom, coordonnées et les "
        "éléments de la créance, que le créancier nommé ci-dessus nous a transmis, pour recouvrer cette créance, dans "
        "son intérêt légitime (art. 6, 1, f). Ils sont destinés à nos gestionnaires, au créancier et, le cas échéant, "
        "aux auxiliaires de justice, et conservés jusqu'à l'extinction de la créance puis pendant les délais légaux de "
        "prescription. Vous pouvez demander l'accès à ces données, leur rectification, leur effacement, la limitation "
        "de leur traitement, vous y opposer, en nous écrivant à l'adresse ci-dessus, et saisir la CNIL (www.cnil.fr).",
        _("What letters to debtors say of their personal data (art. 14 GDPR); without it the first one is held."),
        "long_text",
    ),
    "SCENARIOS_RUNNING": (
        False,
        _("Scenarios run. While they do not, no case enters one by itself and no step is carried out."),
        bool,
    ),
    "SCENARIO_DAILY_MAX": (
        200,
        _("Cases that enter a scenario on one working day at most when staff switch many; the others follow."),
        "cases_a_day",
    ),
    "GROUP_BY_DEBTOR": (
        False,
        _("Steps of several cases of one debtor for one creditor, due within three days, go in one message."),
        bool,
    ),
    "LETTER_PRICE": (
        Decimal("0"),
        _("What one letter by post costs, in EUR, where the carrier does not tell it; 0 is not known."),
        "amount",
    ),
    "REGISTERED_PRICE": (
        Decimal("0"),
        _("What one registered letter costs, in EUR, where the carrier does not tell it; 0 is not known."),
        "amount",
    ),
    "SMS_SEGMENT_PRICE": (
        Decimal("0"),
        _("What one segment of a text message costs, in EUR, where the carrier does not tell it; 0 is not known."),
        "amount",
    ),
    "CLIENT_MAY_START": (False, _("Clients may start a scenario for a case through the API."), bool),
    "NOTICE_PRESENTATION_COUNTS": (
        True,
        _("A registered formal notice that was refused or not fetched counts from its first presentation."),
        bool,
    ),
    # Money received
    "SEND_RECEIPTS": (
        True,
        _("Send the debtor a receipt for each payment (CPCE, R124-6). Off only where receipts are sent otherwise."),
        bool,
    ),
    "SEND_PAYMENT_NOTICES": (
        True,
        _("Tell the client at once of each payment (CPCE, R124-5). Off only where clients are told otherwise."),
        bool,
    ),
    # Notices to clients
    "SEND_CLIENT_NOTICES": (
        True,
        _("Tell clients by e-mail of what happens on their cases, as they have chosen. Payments have a setting."),
        bool,
    ),
    "NOTICE_KEPT_DAYS": (395, _("Days for which the words of a notice to a client are kept."), "kept_days"),
    # Injunction
    "INJUNCTION_MIN_AMOUNT": (Decimal("0.01"), _("Least amount, in EUR, that goes to court."), "amount"),
    "INJUNCTION_MAX_AMOUNT": (Decimal("0"), _("Greatest amount, in EUR, that goes to court; 0 is no limit."), "amount"),
    "INJUNCTION_MIN_AGE_DAYS": (
        0,
        _("Least age, in days since the oldest due date, of a case that goes to court."),
        "days",
    ),
    "INJUNCTION_MAX_AGE_DAYS": (0, _("Greatest age, in days since the oldest due date; 0 is no limit."), "days"),
    "TRANSFER_WAIT_SECONDS": (10, _("Seconds that a transfer waits for the worker before it answers 202."), "seconds"),
    "FIRM_NAME": ("", _("Name of the firm, as letters, invoices and the payment page show it."), "optional_line"),
    "FIRM_IBAN": (
        "",
        _("IBAN for the fees of procedures; without one the payment page names the firm only."),
        "iban",
    ),
    "FIRM_BIC": ("", _("BIC for the fees of procedures."), "bic"),
    "DEADLINE_NOTICE_DAYS": (15, _("Days before a legal deadline at which it is recorded as an alert."), "days"),
    # Events
    "EVENT_MONTHS": (13, _("Months for which events are kept, in the feed and on the pages of staff."), "months"),
    "CHANGE_MONTHS": (13, _("Months for which is kept what events changed; no longer than the events."), "months"),
    "WEBHOOK_DAYS": (30, _("Days for which deliveries of webhooks and their tries are kept."), "delivery_days"),
    # The firm's own invoices
    "FIRM_LEGAL_FORM": ("", _("Legal form of the firm, as its invoices name it (SELARL, SAS …)."), "optional"),
    "FIRM_CAPITAL": (
        "",
        _("Share capital of the firm, such as 10 000 EUR; empty where its form has none."),
        "optional",
    ),
    "FORMS_WITH_CAPITAL": (
        "SARL,EURL,SELARL,SELEURL,SA,SAS,SASU,SELAS,SELASU,SELAFA,SCA,SELCA,"
        "société à responsabilité limitée,société par actions simplifiée,société anonyme,"
        "société en commandite par actions,société d'exercice libéral",
        _(
            "Legal forms (comma between) whose invoices name the share capital and the RCS (Code de commerce, "
            "R123-237 and R123-238): none is issued before both are set."
        ),
        "words",
    ),
    "FIRM_ADDRESS": ("", _("Street and number of the firm."), "optional_line"),
    "FIRM_POSTAL_CODE": ("", _("Postal code of the firm."), "optional"),
    "FIRM_CITY": ("", _("City of the firm."), "optional_line"),
    "FIRM_SIREN": ("", _("SIREN of the firm, nine digits."), "siren"),
    "FIRM_RCS": ("", _("City of the trade register (RCS) that the firm is in; empty where it is in none."), "optional"),
    "FIRM_VAT_NUMBER": ("", _("VAT number of the firm, such as FR12345678901."), "vat_number"),
    "FIRM_EMAIL": ("", _("E-mail of the firm for questions about an invoice."), "email"),
    "FIRM_PHONE": ("", _("Phone of the firm."), "phone"),
    "PAYMENT_DAYS": (30, _("Days that clients have to pay an invoice (Code de commerce, L441-10)."), "payment_days"),
    "LATE_PENALTIES": (
        "taux de refinancement de la Banque centrale européenne majoré de 10 points",
        _("Rate of the penalties for late payment, as invoices name it (Code de commerce, L441-10, II)."),
        "optional_line",
    ),
    "EARLY_PAYMENT_DISCOUNT": (
        "Pas d'escompte pour paiement anticipé",
        _("Discount for early payment, as invoices name it (Code de commerce, L441-9)."),
        "optional_line",
    ),
    "VAT_ON_DEBITS": (False, _("The firm has opted for VAT on debits; invoices say so."), bool),
    "BILL_TRANSFERS": (True, _("Bill the fee of a procedure to the client when a case is transferred."), bool),
    # Documents
    "FILE_MEGABYTES": (10, _("Mebibytes that a document may weigh."), "megabytes"),
    "DOCUMENT_WAIT_SECONDS": (10, _("Seconds that an upload waits for the workers before it answers 202."), "seconds"),
    # Staff
    "STAFF_SECOND_FACTOR_REQUIRED": (
        not Environment().embedded,
        _("Staff enter the back-office with a code of their authenticator application, besides the password."),
        bool,
    ),
    "STAFF_IDLE_MINUTES": (30, _("Minutes without a request after which a session of staff ends."), "minutes"),
    "STAFF_SESSION_HOURS": (12, _("Hours after which a session of staff ends in any case."), "hours"),
    # Scoring
    "SCORING_EXPRESS_HOURS": (4, _("Working hours in which an express order is delivered."), "working_hours"),
    "SCORING_STANDARD_HOURS": (16, _("Working hours in which a standard order is delivered."), "working_hours"),
    "SCORING_MIN_CLIENTS": (
        3,
        _("How many other clients must have claims on a company before a score counts them, as one of four bands."),
        "least_clients",
    ),
    "SCORING_CREDIT_BASE": (
        Decimal("10000"),
        _("Credit limit, in EUR, recommended for a company of low risk; others get a share of it."),
        "amount",
    ),
    # Rate limits
    "LOGIN_PER_MINUTE": (5, _("Login attempts a minute for one address."), "rate"),
    "REFRESH_PER_MINUTE": (10, _("Token refreshes a minute for one user."), "rate"),
    "REQUESTS_PER_HOUR": (1000, _("API requests an hour for one user."), "rate"),
    "UPLOADS_PER_HOUR": (50, _("File uploads an hour for one user."), "rate"),
    "WEBHOOK_TESTS_PER_MINUTE": (10, _("Trials of webhooks a minute for one user."), "rate"),
    "ANONYMOUS_PER_MINUTE": (60, _("API requests a minute for one address without a token."), "rate"),
    # Idempotency keys
    "IDEMPOTENCY_DAYS": (
        7,
        _("Days for which a request that is sent again with its key gets its first answer."),
        "days_kept",
    ),
}
