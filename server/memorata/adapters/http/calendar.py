"""Ceremonies for calendars (RFC 5545): one as a file, a series or all of them as a feed to subscribe to."""

from datetime import UTC, date, datetime

from flask import Blueprint, Response, request

from memorata.adapters import calendars
from memorata.adapters.calendars import Dated, Entry, Feed, Told, Yearly
from memorata.adapters.http.house import House, Shown
from memorata.adapters.http.openapi import LANGUAGE, described
from memorata.adapters.http.order import ends_ms
from memorata.adapters.http.showing import dress, plain_text, tongue, tongue_among, tongue_for
from memorata.domain.anniversary import Series, agenda, sittings
from memorata.domain.errors import Refused
from memorata.services.planning_ports import OccurrenceRow
from memorata.services.plans import Planned, Plans

FRESH = "public, max-age=600"
"""For how long nobody need ask again; calendars come back after hours anyway."""

SITE = {"site": str}
"""The query of what is about one site of a series that each keeps by itself."""


def blueprint(house: House, plans: Plans) -> Blueprint:
    pages = Blueprint("calendar", __name__)

    @pages.get("/c/<ceremony_id>/calendar.ics")
    @described("The ceremony for a calendar.", gives="text/calendar", query=LANGUAGE, refuses=("ceremony.unknown",))
    def ceremony(ceremony_id: str) -> Response:
        shown = house.ceremony(ceremony_id)
        tongue_for(shown.programme)
        entry = _entry(house, shown, planned_as(plans, shown))
        return _file(calendars.ceremony_file(entry), ceremony_id, calendars.method_of(entry))

    @pages.get("/s/<series_id>/on/<date>/calendar.ics")
    @described(
        "One date of a series for a calendar, whether its ceremony has been planned or not.",
        gives="text/calendar",
        query=LANGUAGE | SITE,
        refuses=("series.unknown", "plan.date_unknown"),
    )
    def occurrence(series_id: str, date: str) -> Response:
        series = public_series(plans, series_id)
        site = asked_site(series)
        tongue_among(series.languages)
        planned = plans.occurrence(series_id, date)
        held = sittings(planned.series, planned.occurrence)
        dated = Dated(planned.series, planned.occurrence, planned.row)
        entry = calendars.entry_of(
            _told(house, plans, series), dated, next((each for each in held if each.site == site), held[0])
        )
        name = "-".join(part for part in (series_id, planned.occurrence.key, site) if part)
        return _file(calendars.ceremony_file(entry), name, calendars.method_of(entry))

    @pages.get("/s/<series_id>/calendar.ics")
    @described(
        "All dates of a series, to subscribe to in a calendar.",
        gives="text/calendar",
        query=LANGUAGE | SITE,
        refuses=("series.unknown",),
        also={304: "Nothing has changed."},
    )
    def feed(series_id: str) -> Response:
        series = public_series(plans, series_id)
        site = asked_site(series)
        tongue_among(series.languages)
        found = _entries(house, plans, series, _today(house), site)
        place = next((plain_text(each.place) for each in series.sites if site and each.id == site), "")
        name = calendars.summary(tongue().catalogue, plain_text(series.title), None, place)
        address = f"{house.base_url}/s/{series_id}/calendar.ics" + (f"?site={site}" if site else "")
        return _feed(Feed(name, address, found, plain_text(series.subject)))

    @pages.get("/calendar.ics")
    @described(
        "All dates of all series, to subscribe to in a calendar.",
        gives="text/calendar",
        query=LANGUAGE,
        also={304: "Nothing has changed."},
    )
    def everything() -> Response:
        today = _today(house)
        found: list[Entry | Yearly] = []
        for series in plans.published():
            found += _entries(house, plans, series, today)
        name = tongue().catalogue.gettext("Ceremonies of remembrance")
        return _feed(Feed(name, f"{house.base_url}/calendar.ics", tuple(found)))

    return pages


def public_series(plans: Plans, series_id: str) -> Series:
    """One that everybody may know of. Raises: Refused: `series.unknown`."""
    if plans.row(series_id).published_ms is None:
        raise Refused("series.unknown", id=series_id)
    try:
        return plans.series(series_id)
    except Refused as refused:
        # What is wrong with it is for its organizers alone.
        raise Refused("series.unknown", id=series_id) from refused


def asked_site(series: Series) -> str:
    """The site asked for by `?site=`, empty for none. Raises: Refused: `series.unknown`."""
    site = request.args.get("site", "")
    if site and (series.reach == "one_instant" or all(site != each.id for each in series.sites)):
        raise Refused("series.unknown", id=series.id, site=site)
    return site


def planned_as(plans: Plans, shown: Shown) -> Planned | None:
    """The date of a series that this ceremony is; `None` where it was planned by itself."""
    try:
        kept = plans.kept(shown.programme.series)
        for row in kept:
            # The id is made of the key, which begins with its year.
            near = f"-{row.key[:4]}" in shown.ceremony_id
            if near and shown.ceremony_id in plans.ceremonies(row.series, row.key).values():
                return plans.occurrence(row.series, row.key)
    except Refused:
        # The series has been taken out, or the date with a change of its rule; its ceremony stays.
        return None
    return None


def _entry(house: House, shown: Shown, planned: Planned | None) -> Entry:
    """From what is really planned, which the host may have changed since."""
    programme = shown.programme
    _ = tongue().catalogue.gettext
    address = f"{house.base_url}/c/{shown.ceremony_id}"
    cancelled = programme.cancelled is not None
    title = calendars.summary(
        tongue().catalogue, plain_text(programme.title), programme.number, plain_text(programme.place)
    )
    lines = [plain_text(programme.subject)]
    if programme.cancelled is not None:
        title = _("Cancelled: %(title)s") % {"title": title}
        lines += [_("This ceremony is not held."), plain_text(programme.cancelled)]
    lines.append(address)
    if programme.telephone:
        lines.append(_("Telephone: %(number)s") % {"number": programme.telephone})
    return Entry(
        uid=calendars.uid_of(shown.ceremony_id, calendars.host_of(house.base_url)),
        title=title,
        url=address,
        start_ms=programme.starts_ms,
        end_ms=ends_ms(programme),
        zone=programme.zone,
        sequence=shown.programme_seq if planned is None else calendars.sequence_of(planned.occurrence, planned.row),
        changed_ms=house.clock.now_ms(),
        description="\n".join(line for line in lines if line),
        place=plain_text(programme.place),
        cancelled=cancelled,
        provisional=planned is not None and planned.occurrence.provisional,
    )


def _today(house: House) -> date:
    return datetime.fromtimestamp(house.clock.now_ms() / 1000, UTC).date()


def _told(house: House, plans: Plans, series: Series) -> Told:
    row = plans.row(series.id)
    changed_ms = max(row.changed_ms, row.published_ms or 0)
    return Told(plain_text, tongue().catalogue, house.base_url, changed_ms, row.version)


def _entries(house: House, plans: Plans, series: Series, today: date, site: str = "") -> tuple[Entry | Yearly, ...]:
    """Of this year and the next ones: a calendar keeps nothing of a feed that the feed says no more."""
    first, last = today.replace(month=1, day=1), calendars.until(series, today)
    kept: dict[str, OccurrenceRow] = {row.key: row for row in plans.kept(series.id)}
    dates: list[Dated] = []
    for found in agenda(series, first, last):
        row = kept.get(found.key)
        own = plans.occurrence(series.id, found.key).series if row is not None and row.programme else series
        dates.append(Dated(own, found, row))
    return calendars.entries(_told(house, plans, series), series, dates, first, last, site)


def _file(body: bytes, name: str, method: str) -> Response:
    response = _answer(body, "private, no-cache", method)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


def _feed(found: Feed) -> Response:
    response = _answer(calendars.feed(found), FRESH, "PUBLISH")
    response.add_etag()
    response.make_conditional(request)
    return response


def _answer(body: bytes, cache: str, method: str) -> Response:
    response = dress(body.decode(), cache)
    response.mimetype = calendars.MEDIA_TYPE
    response.mimetype_params["method"] = method
    return response
