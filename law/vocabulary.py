"""The words of the field, each written once: models, payloads and SQL take them from here."""

from enum import IntEnum, StrEnum


class CaseType(IntEnum):
    """How the money is asked for; the numbers are the API's (`type`)."""

    AMICABLE = 1
    INJUNCTION = 2


class Step(IntEnum):
    """Ids of the statuses. 1, 2 and 3 are part of the contract; those of injunction cases begin at 101."""

    CREATED = 1
    REMINDER_1 = 2
    REMINDER_2 = 3
    FORMAL_NOTICE = 4
    PRE_LITIGATION = 5
    PAYMENT_PLAN = 6
    DISPUTE = 7
    PAID = 8
    CLOSED = 9
    TRANSFERRED = 10

    REQUEST_DRAFT = 101
    REQUEST_FILED = 102
    ORDER_MADE = 103
    ORDER_IN_PART = 104
    REJECTED = 105
    SERVED = 106
    OPPOSED = 107
    ENFORCEABLE = 108
    ENFORCEMENT = 109
    PAID_IN_COURT = 110
    LAPSED = 111
    WITHDRAWN = 112


class InterestRate(StrEnum):
    """Which rate late interest runs at (`recovery_interest_rate`)."""

    NONE = "no"
    CUSTOM = "yes"
    LEGAL_THREE_TIMES = "yes 3"


class Creditor(StrEnum):
    """Whose claim it is, which decides the legal rate (article L313-2 CMF)."""

    INDIVIDUAL = "individual"
    OTHER = "other"


class PenaltyType(StrEnum):
    """How the agreed penalty is reckoned (`recovery_penalty_type`)."""

    AMOUNT = "amount"
    PERCENT = "percent"


class Reminder(StrEnum):
    """The letters that ask a debtor to pay, by the name of their template."""

    FIRST = "relance_1"
    SECOND = "relance_2"
    FORMAL_NOTICE = "mise_en_demeure"


# Those that later letters count when they speak of earlier reminders.
COUNTED = (Reminder.FIRST, Reminder.SECOND)


class Receipt(StrEnum):
    """The letters that tell a debtor of a payment, by the name of their template."""

    PAYMENT = "quittance"
    CORRECTION = "quittance_rectifiee"


class Statement(StrEnum):
    """The letters that tell a debtor what is owed without being a step of dunning, by the name of their template."""

    DECOMPTE = "decompte"


class CompanyType(StrEnum):
    """What kind of party it is (`company_type`)."""

    PARTICULAR = "particular"
    COMMERCIAL = "commercial"
    FREELANCE = "freelance"
    LIBERAL = "liberal"
    CIVIL = "civil"
    ASSOCIATION = "association"


class FreelanceType(StrEnum):
    """What kind of sole trader (`company_freelance_type`)."""

    TRADER = "trader"
    ARTISAN = "artisan"


class Procedure(StrEnum):
    """Which order for payment is asked for."""

    NATIONAL = "national"
    EUROPEAN = "european"


class Court(StrEnum):
    """The kind of court that makes the order (article 1406)."""

    COMMERCIAL = "tribunal_de_commerce"
    JUDICIAL = "tribunal_judiciaire"
    PROTECTION = "juge_des_contentieux_de_la_protection"


class Matter(StrEnum):
    """What the claim is about, where that changes court and limitation."""

    ORDINARY = "ordinary"
    HOUSING_LEASE = "housing_lease"
    CONSUMER_CREDIT = "consumer_credit"
