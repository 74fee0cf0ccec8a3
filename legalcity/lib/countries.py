"""Countries: what people type, understood as ISO 3166-1 alpha-2 codes.

Names are those of CLDR (carried by Babel, offline), in French, in English and, for the European Union, in the
language of the country; a short list adds what people write besides.
"""

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global

from legalcity.lib.text import folded

# The European Union, by ISO codes (Greece is GR; VIES and the treaties write EL, which is understood too).
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip

# Territories that CLDR names and ISO 3166-1 does not list as countries.
_NOT_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ",
})  # fmt: skip

# The language in which the country names itself; French and English are read for every country anyway.
_NATIVE = {
    "AT": "de", "BE": "nl", "BG": "bg", "CY": "el", "CZ": "cs", "DE": "de", "DK": "da", "EE": "et", "ES": "es",
    "FI": "fi", "GR": "el", "HR": "hr", "HU": "hu", "IE": "ga", "IT": "it", "LT": "lt", "LU": "lb", "LV": "lv",
    "NL": "nl", "PL": "pl", "PT": "pt", "RO": "ro", "SE": "sv", "SI": "sl", "SK": "sk",
}  # fmt: skip

_ALSO = {
    "BE": "Belgien",
    "BY": "Bélarus",
    "CD": "République démocratique du Congo, Democratic Republic of the Congo, RDC",
    "CG": "République du Congo, Republic of the Congo",
    "CH": "Schweiz, Svizzera, Confédération suisse, Swiss Confederation",
    "CI": "Ivory Coast",
    "CN": "République populaire de Chine, People's Republic of China",
    "CV": "Cabo Verde",
    "CZ": "République tchèque, Czech Republic, Česká republika",
    "DE": "République fédérale d'Allemagne, Federal Republic of Germany, Bundesrepublik Deutschland, RFA",
    "FR": "République française, French Republic, France métropolitaine, Metropolitan France",
    "GB": (
        "Great Britain, Grande-Bretagne, England, Angleterre, Scotland, Écosse, Wales, Pays de Galles,"
        "Northern Ireland, Irlande du Nord, Royaume-Uni de Grande-Bretagne et d'Irlande du Nord,"
        "United Kingdom of Great Britain and Northern Ireland"
    ),
    "GF": "Guyane",
    "GR": "Hellas, Hellenic Republic, République hellénique",
    "HK": "Hong Kong",
    "IT": "République italienne, Italian Republic",
    "KR": "République de Corée, Republic of Korea",
    "LU": "Grand-Duché de Luxembourg, Grand Duchy of Luxembourg",
    "MF": "Saint-Martin (partie française), Saint Martin (French part)",
    "MK": "Macédoine, Macedonia",
    "MM": "Birmanie, Burma, Myanmar",
    "MO": "Macao, Macau",
    "MU": "Île Maurice",
    "NL": "Hollande, Holland",
    "PF": "Tahiti",
    "PS": "Palestine",
    "PT": "République portugaise, Portuguese Republic",
    "RE": "Île de la Réunion, Reunion Island",
    "RU": "Fédération de Russie, Russian Federation",
    "SK": "République slovaque, Slovak Republic",
    "SX": "Saint Martin (Dutch part)",
    "SZ": "Swaziland",
    "TF": "Terres australes et antarctiques françaises, TAAF",
    "TL": "East Timor",
    "TR": "Turkey",
    "US": "États-Unis d'Amérique, United States of America",
    "VA": "Vatican, Saint-Siège, Holy See",
    "VN": "Vietnam",
    "WF": "Îles Wallis-et-Futuna, Wallis and Futuna Islands",
}

_ABBREVIATIONS = {"st": "saint", "ste": "sainte"}
_IDLE_WORDS = frozenset(("and", "et", "the", "la", "le", "les", "l"))
_LONG_FORM = re.compile(r"^(?:republic of|kingdom of|(?:republique|royaume) (?:de|du|des|d)) (?P<name>.+)$")


@lru_cache(maxsize=1000)  # The same few are asked for with each case
def country_code(text: str | None) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country named in free text; None when it is not understood.

    Takes French and English names with or without accents, whatever the case (`"Royaume-Uni"`, `"czech republic"`),
    alpha-2 and alpha-3 codes (`"FR"`, `"deu"`), and UK and EL.
    """
    if not text:
        return None
    letters = re.sub(r"[\s.]", "", text).upper()
    if letters in _codes():
        return _codes()[letters]
    name = _normalised(text)
    if name in _names():
        return _names()[name]
    long_form = _LONG_FORM.match(name)
    code = _names().get(long_form["name"]) if long_form else None
    return code if code in EU else None  # "Republic of China" is not China


def _normalised(text: str) -> str:
    """A name without case, accents, punctuation, articles and "and": `"Trinité-et-Tobago"`, `"trinite tobago"`."""
    words = re.findall(r"\w+", folded(text))
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words if word not in _IDLE_WORDS)


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """The alpha-2 codes of ISO 3166-1."""
    return frozenset(code for code in _territories("en") if re.fullmatch("[A-Z]{2}", code)) - _NOT_COUNTRIES


def _territories(language: str) -> dict[str, str]:
    """CLDR's names in a language, by code (alpha-2 for countries, three digits for continents)."""
    return {str(code): str(name) for code, name in Locale(language).territories.items()}


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes that people write → alpha-2."""
    aliases = get_global("territory_aliases")
    alpha3 = {code: codes[0] for code, codes in aliases.items() if re.fullmatch("[A-Z]{3}", code) and len(codes) == 1}
    known = {code: alpha2 for code, alpha2 in alpha3.items() if alpha2 in countries()}
    return {**known, **{code: code for code in countries()}, "UK": "GB", "EL": "GR"}


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Normalised names → alpha-2."""
    names = {_normalised(name): code for code, listed in _ALSO.items() for name in listed.split(",")}
    for code, language in _NATIVE.items():
        names[_normalised(_territories(language)[code])] = code
    for language in ("en", "fr"):
        names.update({_normalised(name): code for code, name in _territories(language).items() if code in countries()})
    return names


@lru_cache(maxsize=4)
def country_names(language: str) -> dict[str, str]:
    """The countries of ISO 3166-1 by code, named in `language`, in the order of the names as one looks them up."""
    names = _territories(language)
    return {code: names[code] for code in sorted(countries(), key=lambda code: folded(names[code]))}
