"""Names of countries and regions: CLDR's, for the codes that ISO 3166-1 assigns, and an organization's own."""

from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

from memorata.adapters.collation import sort_key
from memorata.domain.items import Text

_ASSIGNED = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW XK
"""

CODES = frozenset(_ASSIGNED.split())
"""The codes that ISO 3166-1 assigns (alpha-2), and XK, which CLDR has and people there use."""


def is_country(code: str) -> bool:
    return code in CODES


def is_language(tag: str) -> bool:
    """Whether CLDR knows the language; `uz-Cyrl` is one tag."""
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


def country_names(language: str, overrides: Mapping[str, Text] | None = None) -> dict[str, str]:
    """Code to name in a language; an organization's own names, where it has them in that language, take precedence."""
    names = dict(_cldr(language))
    for code, text in (overrides or {}).items():
        if language in text:
            names[code] = text[language]
    return names


def sorted_for(language: str, overrides: Mapping[str, Text] | None = None) -> list[tuple[str, str]]:
    """Code and name of every country, in the order in which the language sorts the names."""
    key = sort_key(language)
    return sorted(country_names(language, overrides).items(), key=lambda pair: key(pair[1]))


@cache
def _cldr(language: str) -> Mapping[str, str]:
    territories = _locale(language).territories
    english = _locale("en").territories
    return {code: territories.get(code) or english.get(code) or code for code in sorted(CODES)}


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")
