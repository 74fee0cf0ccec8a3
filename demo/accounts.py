"""The client accounts of the portfolio with their own companies, and the staff who handle their cases."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from backoffice.people import role_give
from backoffice.roles import ACCOUNTANT, AUDITOR, HANDLER, MANAGER
from companies.models import Company
from demo.chance import dice
from demo.firms import creditor_build
from demo.people import Names, email, mobile, person, vat_number
from demo.places import TOWNS
from demo.trades import TRADES, Trade

MARK = "demo_seed"  # in a user's metadata: made by a portfolio of this seed

# Name, legal form, share of the cases. The first one is the account that the demonstration logs in with.
CLIENTS = (
    ("Ateliers Morvan", "SAS", 24),
    ("Imprimerie Sabatier", "SARL", 14),
    ("Transports Kervella", "SAS", 12),
    ("Électricité Delmas", "SARL", 10),
    ("Studio Belleville", "SAS", 9),
    ("Traiteur Lacombe", "SARL", 7),
    ("Matériaux Pyrénéens", "SA", 7),
    ("Cabinet Aubry et Associés", "SARL", 5),
    ("Garage des Trois Rivières", "SARL", 4),
    ("Nettoyage Clair Horizon", "SAS", 4),
    ("Location Bati-Nord", "SAS", 2),
    ("Formation Grand Large", "SARL", 2),
)
STAFF = ("gestion.1", "gestion.2", "gestion.3", "gestion.4")
ADMIN = "direction"
# One member of staff for each role; those of STAFF are all handlers.
ROLE_HOLDERS = {HANDLER: STAFF[0], MANAGER: "responsable", ACCOUNTANT: "comptabilite", AUDITOR: "audit"}


class NotOurs(Exception):
    """The database holds accounts that a portfolio of this seed must not touch."""


@dataclass(frozen=True, slots=True)
class Account:
    """A client: what it sells, and its companies in the role of creditor, saved."""

    user_id: int
    number: int
    share: int
    trade: Trade
    creditors: tuple[Company, ...]


def client_email(number: int) -> str:
    """The login of the client account `number` (0 is the demonstration's)."""
    return email(CLIENTS[number][0])


def admin_email() -> str:
    """The login of the member of staff who may do everything."""
    return email(ADMIN)


def role_emails() -> dict[str, str]:
    """The login of a member of staff for each role."""
    return {role: email(name) for role, name in ROLE_HOLDERS.items()}


@transaction.atomic
def accounts_ensure(*, seed: int, names: Names) -> tuple[list[Account], list[int]]:
    """The client accounts and the ids of the staff: found, or made where they are missing.

    Raises NotOurs when an address belongs to somebody else, or to the portfolio of another seed.
    """
    staff = [_user(seed, names, address, role=HANDLER).pk for address in map(email, STAFF)]
    for role, address in role_emails().items():
        _user(seed, names, address, role=role)
    _user(seed, names, admin_email(), is_superuser=True)
    return [_account(seed, names, number) for number in range(len(CLIENTS))], staff


def _account(seed: int, names: Names, number: int) -> Account:
    name, form, share = CLIENTS[number]
    rng = dice(seed, "account", number)
    trade, town = TRADES[number], rng.choice(TOWNS)
    branches = [name] + [f"{name} {branch}" for branch in rng.sample(("Sud", "Services", "Ouest"), rng.randint(0, 2))]
    drafts = [
        creditor_build(rng=rng, names=names, owner_id=0, name=branch, form=form, trade=trade, town=town)
        for branch in branches
    ]
    user = _user(seed, names, client_email(number), company=drafts[0])
    return Account(user.pk, number, share, trade, tuple(_saved(draft, user.pk) for draft in drafts))


def _saved(draft: Company, owner_id: int) -> Company:
    """The company as it stands in the database, by its owner and SIREN; saved now if it is not there."""
    found = Company.objects.filter(owner_id=owner_id, company_siren=draft.company_siren).order_by("id").first()
    if found is None:
        draft.owner_id = owner_id
        draft.save()
    return found or draft


def _user(
    seed: int,
    names: Names,
    address: str,
    *,
    company: Company | None = None,
    role: str = "",
    is_superuser: bool = False,
) -> User:
    user = User.objects.filter(email=address).first()
    if user is None:
        user = _user_create(seed, names, address, company, is_superuser=is_superuser)
        if role:
            role_give(user=user, role=role)
        return user
    if user.metadata.get(MARK) != seed:
        other = user.metadata.get(MARK)
        raise NotOurs(
            f"the account {address} is not of this portfolio: use another database."
            if other is None
            else f"the database holds the portfolio of seed {other}: add to it with --seed {other}, "
            "or use another database."
        )
    return user


def _user_create(seed: int, names: Names, address: str, company: Company | None, *, is_superuser: bool) -> User:
    rng = dice(seed, "user", address)
    who = person(rng, names)
    profile = {
        "first_name": who["company_legalrep_firstname"],
        "last_name": who["company_legalrep_lastname"],
        "has_api_access": company is not None,
        "is_staff": company is None,
        "is_superuser": is_superuser,
        "phone": mobile(rng),
        "metadata": {MARK: seed},
    }
    if company is not None:
        profile |= {
            "entreprise": company.company_name,
            "siren": company.company_siren,
            "address": company.company_address,
            "city": company.company_city,
            "postal": company.company_postal,
            "phone": company.company_phone,
            "metadata": {MARK: seed, "vat_number": vat_number(str(company.company_siren))},
        }
    return User.objects.create_user(address, **profile)
