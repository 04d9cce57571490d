"""In which language a page speaks to a person: the one asked for, and how it says dates, times, lengths and texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, get_timezone_location
from babel.units import format_unit
from flask import Response, request

from memorata import i18n
from memorata.domain.items import Text

COOKIE = "lang"
COOKIE_S = 365 * 24 * 3600


def same(tag: str) -> str:
    """The tag in the one spelling in which tags are compared."""
    return tag.replace("_", "-").lower()


def match(wanted: Iterable[str], offered: Sequence[str]) -> str | None:
    """The first of `wanted` that is offered, itself or by its language alone; `None` for none."""
    known = {same(tag): tag for tag in offered}
    for tag in wanted:
        for candidate in (same(tag), same(tag).split("-")[0]):
            if candidate in known:
                return known[candidate]
    return None


@cache
def locale_of(tag: str) -> Locale:
    """What CLDR knows of the language; English is written as in Oxford, and what CLDR does not know as English."""
    try:
        return Locale.parse("en-GB" if same(tag) == "en" else tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en-GB", sep="-")


@cache
def own_name(tag: str) -> str:
    """The language's name in itself, as it begins a line: Русский, English, O‘zbek."""
    locale = locale_of(tag)
    name = (locale.language_name or tag) if "-" not in tag else (locale.get_display_name() or tag)
    if same(tag) == "en":
        name = "English"
    return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of one page.

    tag: what the person chose, for the ceremony's own texts.
    spoken: the language of our texts, the nearest there is a catalogue for.
    chain: languages to look for a text in, the best first.
    offered: what the chooser shows.
    """

    tag: str
    spoken: str
    chain: tuple[str, ...]
    offered: tuple[str, ...]

    @property
    def catalogue(self) -> NullTranslations:
        return i18n.catalogue(self.spoken)

    @property
    def locale(self) -> Locale:
        return locale_of(self.spoken)

    @property
    def direction(self) -> str:
        return direction(self.spoken)

    def pick(self, text: Text) -> tuple[str, str]:
        """The text in the best language there is, and which; both empty when there is no text."""
        for tag in (*self.chain, *text):
            found = next((key for key in text if same(key) == same(tag) and text[key]), None)
            if found is not None:
                return text[found], found
        return "", ""

    def day(self, day: str | date) -> str:
        """A civil date in full: Wednesday, 27 January 2027."""
        return format_date(date.fromisoformat(day) if isinstance(day, str) else day, "full", locale=self.locale)

    def date(self, day: str | date) -> str:
        """A civil date without its weekday."""
        return format_date(date.fromisoformat(day) if isinstance(day, str) else day, "long", locale=self.locale)

    def day_at(self, at_ms: int, zone: str) -> str:
        """The civil day of an instant in a zone, in full."""
        return format_date(_local(at_ms, zone), "full", locale=self.locale)

    def clock(self, at_ms: int, zone: str) -> str:
        """The time of day of an instant in a zone, by 24 hours, which no reader of a programme takes for morning."""
        return format_time(_local(at_ms, zone), "HH:mm", tzinfo=ZoneInfo(zone), locale=self.locale)

    def weekday(self, at_ms: int, zone: str) -> str:
        return format_datetime(_local(at_ms, zone), "EEEE", tzinfo=ZoneInfo(zone), locale=self.locale)

    def city(self, zone: str) -> str:
        """The city that a zone is named after."""
        return get_timezone_location(zone, locale=self.locale, return_city=True)

    def length(self, seconds: float) -> str:
        """A length: 3 min; 1 min 35 sec; 1 hr 5 min."""
        whole = round(seconds)
        hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
        if hours:
            rest = 0
        parts = [
            format_unit(count, f"duration-{unit}", "short", locale=self._units)
            for count, unit in ((hours, "hour"), (minutes, "minute"), (rest, "second"))
            if count
        ]
        return " ".join(parts) or format_unit(0, "duration-minute", "short", locale=self._units)

    @property
    def _units(self) -> Locale:
        # British CLDR writes "35 secs" where the international form is "35 sec".
        return Locale("en") if self.spoken == i18n.SOURCE else self.locale

    def minutes(self, seconds: float) -> str:
        """A length in whole minutes, as one would say it."""
        return format_unit(max(1, round(seconds / 60)), "duration-minute", "long", locale=self.locale)

    def count(self, n: int, unit: str) -> str:
        """So many of a unit of time (day, hour, minute): 59 days."""
        return format_unit(n, f"duration-{unit}", "long", locale=self.locale)

    def language_name(self, tag: str) -> str:
        """The name of another language in this one."""
        return locale_of(tag).get_language_name(self.locale) or tag


def _local(at_ms: int, zone: str) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone))


def direction(tag: str) -> str:
    return "rtl" if locale_of(tag).text_direction == "rtl" else "ltr"


def choose(wanted: Iterable[str], ceremony: Sequence[str] = ()) -> Tongue:
    """The language for a person who wants these, best first, at a ceremony in these languages."""
    offered = tuple(dict.fromkeys((*ceremony, *i18n.languages())))
    tag = match((*wanted, *ceremony), offered) or i18n.SOURCE
    chain = tuple(dict.fromkeys((tag, tag.split("-")[0], *ceremony, i18n.SOURCE)))
    return Tongue(tag=tag, spoken=i18n.nearest((tag, *ceremony)), chain=chain, offered=offered)


def of_request(ceremony: Sequence[str] = ()) -> Tongue:
    """The language of this request: its address, the cookie of the chooser, the browser's, the ceremony's."""
    asked = (request.args.get("lang", ""), request.cookies.get(COOKIE, ""))
    # Browsers are read in the order of the header's weights; "*" means anything.
    browser = (tag for tag, weight in request.accept_languages if weight > 0 and tag != "*")
    return choose([tag for tag in (*asked, *browser) if tag], ceremony)


def remember(response: Response) -> None:
    """Keep what was chosen by the chooser, which is a plain link with `?lang=`."""
    asked = request.args.get("lang")
    if asked and match([asked], (asked,)) and len(asked) <= 20 and asked.replace("-", "").isalnum():
        response.set_cookie(COOKIE, asked, max_age=COOKIE_S, samesite="Lax", secure=request.is_secure)
