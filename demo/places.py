"""French towns and street names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """A town, and the prefix of its telephone numbers (E.164).

    The prefixes are those that the French numbering plan keeps for films and books: nobody's telephone rings.
    """

    name: str
    postal: str
    region: str
    phone: str


_ZONES = {1: "+3319900", 2: "+3326191", 3: "+3335301", 4: "+3346571", 5: "+3353649"}
MOBILE = "+3363998"

_LISTED = (
    (1, "Île-de-France", "Paris 75010, Paris 75011, Paris 75015, Montreuil 93100, Nanterre 92000, Versailles 78000"),
    (1, "Île-de-France", "Créteil 94000, Évry 91000, Melun 77000, Cergy 95000, Saint-Denis 93200"),
    (2, "Bretagne", "Rennes 35000, Brest 29200, Quimper 29000, Lorient 56100, Vannes 56000, Saint-Brieuc 22000"),
    (2, "Pays de la Loire", "Nantes 44000, Angers 49000, Le Mans 72000, Cholet 49300, Laval 53000"),
    (2, "Normandie", "Rouen 76000, Caen 14000, Le Havre 76600, Cherbourg 50100, Évreux 27000"),
    (2, "Centre-Val de Loire", "Tours 37000, Orléans 45000, Bourges 18000, Blois 41000, Chartres 28000"),
    (3, "Hauts-de-France", "Lille 59000, Amiens 80000, Roubaix 59100, Dunkerque 59140, Arras 62000, Beauvais 60000"),
    (3, "Grand Est", "Strasbourg 67000, Reims 51100, Metz 57000, Nancy 54000, Mulhouse 68100, Troyes 10000"),
    (3, "Bourgogne-Franche-Comté", "Dijon 21000, Besançon 25000, Belfort 90000, Auxerre 89000, Mâcon 71000"),
    (4, "Auvergne-Rhône-Alpes", "Lyon 69003, Lyon 69007, Grenoble 38000, Annecy 74000, Valence 26000, Roanne 42300"),
    (4, "Auvergne-Rhône-Alpes", "Saint-Étienne 42000, Clermont-Ferrand 63000, Chambéry 73000, Vichy 03200"),
    (4, "Provence-Alpes-Côte d'Azur", "Marseille 13006, Nice 06000, Toulon 83000, Avignon 84000, Gap 05000"),
    (4, "Occitanie", "Montpellier 34000, Nîmes 30000, Perpignan 66000, Béziers 34500, Sète 34200"),
    (5, "Occitanie", "Toulouse 31000, Albi 81000, Tarbes 65000, Montauban 82000, Rodez 12000, Auch 32000"),
    (5, "Nouvelle-Aquitaine", "Bordeaux 33000, Limoges 87000, Poitiers 86000, La Rochelle 17000, Pau 64000"),
    (5, "Nouvelle-Aquitaine", "Bayonne 64100, Angoulême 16000, Périgueux 24000, Niort 79000, Agen 47000"),
)

TOWNS = tuple(
    Town(name, postal, region, _ZONES[zone])
    for zone, region, entries in _LISTED
    for name, _, postal in (entry.rpartition(" ") for entry in entries.split(", "))
)

STREETS = (
    "rue Victor Hugo",
    "avenue Jean Jaurès",
    "rue de la République",
    "place du Marché",
    "boulevard Gambetta",
    "rue Pasteur",
    "rue des Écoles",
    "avenue de la Gare",
    "rue du Moulin",
    "chemin des Vignes",
    "rue Émile Zola",
    "quai de la Fontaine",
    "allée des Tilleuls",
    "impasse du Four",
    "rue Marie Curie",
    "zone artisanale du Bois-Joli",
    "rue du Général de Gaulle",
    "cours Lafayette",
    "route de Saint-Cyr",
    "rue Jules Ferry",
    "rue de l'Abbaye",
    "square des Peupliers",
)
