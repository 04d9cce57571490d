"""The public page of a series: what is remembered, when the next ceremony is, the dates ahead, what has been held."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

import msgspec
import structlog
from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from memorata.adapters import countries
from memorata.adapters.http.calendar import SITE, asked_site, public_series
from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.language import Tongue
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.order import AFTERWARDS_MS
from memorata.adapters.http.showing import dress, tongue_among
from memorata.domain.anniversary import Occurrence, Series, Site, agenda, sittings
from memorata.domain.civil import civil
from memorata.domain.items import Text
from memorata.domain.planning import ceremony_id, lead_in_s, start_ms, total_s
from memorata.domain.programme import moment
from memorata.services.planning_ports import ArchiveRow
from memorata.services.plans import Plans, Record

log = structlog.get_logger(__name__)

AHEAD = 10
"""How many dates to come are shown."""

AHEAD_YEARS = 40
"""How far they are sought: 29 February and its like come rarely."""

InWords = Callable[[Series, Tongue], str]
"""Says the rule of a series as one would say it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when one ceremony begins and ends, as planned; `page` says whether it has one already."""

    site: str
    name: Text
    zone: str
    starts_ms: int
    ends_ms: int
    ceremony_id: str
    page: bool
    live: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """One date ahead, with the ceremonies of that date, one or one at each site."""

    occurrence: Occurrence
    places: tuple[Place, ...]

    @property
    def live(self) -> bool:
        return any(place.live for place in self.places)

    @property
    def starts_ms(self) -> int:
        return min(place.starts_ms for place in self.places)


@dataclass(frozen=True, slots=True)
class Past:
    """A ceremony that has been held; `page` says whether it can still be read."""

    ceremony_id: str
    record: Record
    page: bool


def blueprint(house: House, plans: Plans, in_words: InWords) -> Blueprint:
    pages = Blueprint("series", __name__)

    @pages.get("/s/<series_id>")
    @described("A series: its next ceremony, its dates, its past.", query=LANGUAGE, refuses=("series.unknown",))
    def page(series_id: str) -> Response:
        series = public_series(plans, series_id)
        tongue = tongue_among(series.languages)
        now_ms = house.clock.now_ms()
        dates = ahead(house, series, now_ms, plans)
        coming = next((each for each in dates if not each.occurrence.cancelled), None)
        words = in_words(series, tongue)
        return dress(
            render_template(
                "series.html",
                series=series,
                words=words[:1].upper() + words[1:],
                coming=coming,
                dates=dates,
                # Who looks for a ceremony that is not held must not have to search for it.
                cancelled=[each for each in dates if each.occurrence.cancelled and _before(each, coming)],
                left=left(tongue, coming.starts_ms - now_ms) if coming is not None else "",
                venues=_venues(series, coming),
                moment_of=_moment_of(series),
                past=past(house, plans.archive(series_id)),
                country_names=countries.country_names(tongue.spoken, series.countries),
                webcal=lambda site="": _webcal(house.base_url, series_id, tongue.tag, site),
                address=f"{house.base_url}/s/{series_id}",
            )
        )

    @pages.get("/s/<series_id>/next")
    @described(
        "To the next ceremony of a series, or to the series where there is no one such.",
        refuses=("series.unknown",),
        also={302: "To the page of the ceremony."},
    )
    def following(series_id: str) -> BaseResponse:
        series = public_series(plans, series_id)
        coming = next_of(house, series, house.clock.now_ms(), plans)
        return _towards(series_id, () if coming is None else coming.places)

    @pages.get("/s/<series_id>/on/<date>")
    @described(
        "To the ceremony of one date, or to the series as long as it has not been planned.",
        query=SITE,
        refuses=("series.unknown", "plan.date_unknown"),
        also={302: "To the page of the ceremony."},
    )
    def on(series_id: str, date: str) -> BaseResponse:
        series = public_series(plans, series_id)
        site = asked_site(series)
        planned = plans.occurrence(series_id, date)
        places = _places(house, planned.series, planned.occurrence, house.clock.now_ms())
        return _towards(series_id, [place for place in places if place.site == site or not site])

    return pages


def ahead(house: House, series: Series, now_ms: int, plans: Plans, most: int = AHEAD) -> tuple[Coming, ...]:
    """The next dates that are not over, those that are cancelled among them."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    kept = {row.key for row in plans.kept(series.id) if row.programme}
    found: list[Coming] = []
    # Days before, for zones behind UTC and ceremonies that go past midnight; year by year, for some are kept daily.
    start = today - timedelta(days=2)
    for _ in range(AHEAD_YEARS):
        end = start + timedelta(days=365)
        for occurrence in agenda(series, start, end):
            own = plans.occurrence(series.id, occurrence.key).series if occurrence.key in kept else series
            places = _places(house, own, occurrence, now_ms)
            if any(place.live or place.ends_ms > now_ms for place in places):
                found.append(Coming(occurrence, places))
            if len(found) == most:
                return tuple(found)
        start = end + timedelta(days=1)
    return tuple(found)


def next_of(house: House, series: Series, now_ms: int, plans: Plans) -> Coming | None:
    """The next date that is held and not over."""
    return next((each for each in ahead(house, series, now_ms, plans) if not each.occurrence.cancelled), None)


def past(house: House, rows: Sequence[ArchiveRow]) -> list[Past]:
    """The latest first."""
    found: list[Past] = []
    for row in rows:
        try:
            record = msgspec.json.decode(row.data, type=Record)
        except msgspec.DecodeError:
            # Of thirty years of records one that cannot be read must not hide the others.
            log.error("series.record_unreadable", ceremony_id=row.ceremony_id)
            continue
        found.append(Past(row.ceremony_id, record, house.find(row.ceremony_id) is not None))
    return found


def left(tongue: Tongue, ms: int) -> str:
    """How long it is until then: days and hours, on the last day hours and minutes; empty when it is past."""
    if ms <= 0:
        return ""
    days, hours, minutes = ms // 86_400_000, ms // 3_600_000 % 24, ms // 60_000 % 60
    parts = {"day": days, "hour": hours} if days else {"hour": hours, "minute": minutes}
    return " ".join(tongue.count(n, unit) for unit, n in parts.items() if n) or tongue.count(1, "minute")


def _before(each: Coming, coming: Coming | None) -> bool:
    return coming is None or each.occurrence.date < coming.occurrence.date


def _places(house: House, series: Series, occurrence: Occurrence, now_ms: int) -> tuple[Place, ...]:
    found: list[Place] = []
    for held in sittings(series, occurrence):
        name = ceremony_id(series, occurrence, held.site)
        starts_ms = start_ms(series, held)
        ends_ms = starts_ms + total_s(series.items) * 1000
        shown = house.find(name)
        live = shown is not None and not occurrence.cancelled and _is_live(shown, ends_ms, now_ms)
        found.append(Place(held.site, held.place, held.zone, starts_ms, ends_ms, name, shown is not None, live))
    return tuple(found)


def _is_live(shown: Shown, ends_ms: int, now_ms: int) -> bool:
    """Whether people gather or it is being held; one that nobody has begun is over when it was to end."""
    phase = moment(shown.programme, shown.state.progress, now_ms).phase
    return (phase == "lobby" and now_ms < ends_ms) or (phase == "item" and now_ms < ends_ms + AFTERWARDS_MS)


def _venues(series: Series, coming: Coming | None) -> list[Site]:
    """Where people gather for the one ceremony of all, the earliest hour of their clocks first."""
    if coming is None or len(coming.places) > 1:
        return []
    at_ms = coming.starts_ms
    return sorted(series.sites, key=lambda site: civil(at_ms, site.zone).replace(tzinfo=None))


def _moment_of(series: Series) -> Text:
    """The title of the item that comes at the time of the series, where that is not the first one."""
    if lead_in_s(series) == 0:
        return {}
    return next((item.title for item in series.items if item.id == series.time_of), {})


def _towards(series_id: str, places: Sequence[Place]) -> BaseResponse:
    """To the one ceremony there is; where there are several, people choose on the page of the series."""
    lang = request.args.get("lang")
    if len(places) == 1 and places[0].page:
        response = redirect(url_for("programme.page", ceremony_id=places[0].ceremony_id, lang=lang))
    else:
        response = redirect(url_for("series.page", series_id=series_id, lang=lang))
    response.headers["Cache-Control"] = "no-cache"
    return response


def _webcal(base_url: str, series_id: str, language: str, site: str) -> str:
    """What a calendar programme opens by itself."""
    query = urlencode({"lang": language} | ({"site": site} if site else {}))
    return f"{urlsplit(base_url)._replace(scheme='webcal').geturl()}/s/{series_id}/calendar.ics?{query}"
