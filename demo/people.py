"""Names, addresses, numbers: drawn from pools that are filled once, since asking for each row would take hours."""

from dataclasses import dataclass
from random import Random
from typing import Any

from faker import Faker

from demo.places import MOBILE, STREETS, TOWNS, Town
from legalcity.lib.text import folded

POOL = 400  # names of a kind: 400 first by 400 last names make 160,000 people
EMAIL_HOST = "example.fr"


@dataclass(frozen=True, slots=True)
class Names:
    """First names of men and of women, family names."""

    men: tuple[str, ...]
    women: tuple[str, ...]
    families: tuple[str, ...]


def names_of(seed: int) -> Names:
    """The names of a portfolio."""
    faker = Faker("fr_FR")
    faker.seed_instance(seed)
    return Names(
        men=tuple(faker.first_name_male() for _ in range(POOL)),
        women=tuple(faker.first_name_female() for _ in range(POOL)),
        families=tuple(faker.last_name() for _ in range(POOL)),
    )


def siren(rng: Random) -> str:
    """Nine digits, the last one by Luhn."""
    body = str(rng.randrange(30_000_000, 99_999_999))
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    return body + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def vat_number(number: str) -> str:
    """The French VAT number of the firm with the SIREN `number`."""
    return f"FR{(12 + 3 * (int(number) % 97)) % 97:02d}{number}"


def email(*words: str) -> str:
    """An address that is nobody's: its domain is kept for examples."""
    plain = folded(" ".join(words)).encode("ascii", "ignore").decode()
    return ".".join("".join(char if char.isalnum() else " " for char in plain).split()) + "@" + EMAIL_HOST


def landline(rng: Random, town: Town) -> str:
    """A number of the town's zone."""
    return f"{town.phone}{rng.randrange(10_000):04d}"


def mobile(rng: Random) -> str:
    """A mobile number."""
    return f"{MOBILE}{rng.randrange(10_000):04d}"


def person(rng: Random, names: Names) -> dict[str, Any]:
    """A person's title and names, as a company's legal representative."""
    gender = rng.choice(("M", "Mme"))
    return {
        "company_legalrep_gender": gender,
        "company_legalrep_firstname": rng.choice(names.men if gender == "M" else names.women),
        "company_legalrep_lastname": rng.choice(names.families),
    }


def address(rng: Random, town: Town | None = None) -> tuple[Town, dict[str, Any]]:
    """A postal address in `town` or anywhere in France."""
    town = town or rng.choice(TOWNS)
    return town, {
        "company_address": f"{rng.randint(1, 140)} {rng.choice(STREETS)}",
        "company_postal": town.postal,
        "company_city": town.name,
        "company_country": "France",
        "company_state": town.region,
    }
