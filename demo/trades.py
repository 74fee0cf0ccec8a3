"""What creditors sell: the words and the prices of their invoices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: how firms call themselves, what they bill, and what one invoice is worth (EUR, net).

    `vat` is the rate in per mille: 200 for 20 %.
    """

    prefix: str
    activity: str
    services: tuple[str, ...]
    least: int
    most: int
    vat: int = 200


TRADES = (
    Trade(
        "Menuiserie",
        "Menuiserie bois et PVC",
        ("Pose de fenêtres double vitrage", "Fabrication d'un escalier sur mesure", "Agencement d'une boutique"),
        400,
        18_000,
        100,
    ),
    Trade(
        "Imprimerie",
        "Imprimerie de labeur",
        ("Impression de brochures commerciales", "Impression d'étiquettes", "Fourniture de cartes et en-têtes"),
        120,
        6_500,
    ),
    Trade(
        "Transports",
        "Transports routiers de fret",
        ("Transport de palettes Lyon–Lille", "Affrètement frigorifique", "Messagerie du mois"),
        250,
        9_000,
    ),
    Trade(
        "Électricité",
        "Travaux d'installation électrique",
        ("Mise aux normes d'un tableau électrique", "Câblage d'un plateau de bureaux", "Dépannage et astreinte"),
        180,
        14_000,
    ),
    Trade(
        "Studio",
        "Conception de sites internet",
        ("Création d'un site marchand", "Maintenance applicative trimestrielle", "Refonte d'un site vitrine"),
        600,
        22_000,
    ),
    Trade(
        "Traiteur",
        "Services des traiteurs",
        ("Buffet pour un séminaire", "Repas de fin d'année", "Plateaux-repas livrés"),
        150,
        4_800,
        100,
    ),
    Trade(
        "Matériaux",
        "Commerce de gros de matériaux de construction",
        ("Livraison de parpaings et de ciment", "Fourniture de charpente", "Fourniture de carrelage"),
        300,
        26_000,
    ),
    Trade(
        "Cabinet",
        "Activités comptables",
        ("Tenue de comptabilité", "Établissement des comptes annuels", "Bulletins de paie du trimestre"),
        350,
        7_500,
    ),
    Trade(
        "Garage",
        "Entretien et réparation de véhicules",
        ("Réparation d'un utilitaire", "Entretien d'une flotte de véhicules", "Remplacement d'une boîte de vitesses"),
        120,
        5_200,
    ),
    Trade(
        "Nettoyage",
        "Nettoyage courant des bâtiments",
        ("Entretien mensuel des bureaux", "Remise en état après chantier", "Nettoyage de vitrerie"),
        140,
        3_900,
    ),
    Trade(
        "Location",
        "Location de matériel de chantier",
        ("Location d'une mini-pelle", "Location d'échafaudages", "Location de bungalows de chantier"),
        220,
        12_000,
    ),
    Trade(
        "Formation",
        "Formation continue d'adultes",
        ("Formation à la sécurité au travail", "Formation bureautique sur site", "Bilan de compétences"),
        450,
        8_400,
    ),
)

# What debtors are called; their trade does not matter to the case.
DEBTOR_PREFIXES = (
    ("Boulangerie", "Boulangerie et pâtisserie"),
    ("Restaurant", "Restauration traditionnelle"),
    ("Coiffure", "Coiffure"),
    ("Maçonnerie", "Travaux de maçonnerie"),
    ("Plomberie", "Travaux d'installation d'eau et de gaz"),
    ("Pharmacie", "Commerce de détail de produits pharmaceutiques"),
    ("Hôtel", "Hôtels et hébergement similaire"),
    ("Librairie", "Commerce de détail de livres"),
    ("Fleurs", "Commerce de détail de fleurs"),
    ("Taxis", "Transports de voyageurs par taxis"),
    ("Couverture", "Travaux de couverture"),
    ("Optique", "Commerce de détail d'optique"),
    ("Pressing", "Blanchisserie-teinturerie de détail"),
    ("Agence", "Agences immobilières"),
    ("Brasserie", "Débits de boissons"),
    ("Peinture", "Travaux de peinture et vitrerie"),
)
CLUBS = ("Comité des fêtes", "Union sportive", "Les Amis du théâtre", "Club nautique", "Harmonie")
PROFESSIONS = ("Architecte", "Infirmière libérale", "Avocat", "Kinésithérapeute", "Géomètre", "Vétérinaire")
