"""Writes calendar files (RFC 5545) and feeds (RFC 7986), with the zones that they speak of."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event

from memorata.adapters.calendars.entry import Entry, Feed, Yearly
from memorata.adapters.calendars.zones import vtimezone
from memorata.domain.civil import civil

PRODUCT = "-//Memorata//Ceremonies//EN"

REFRESH = timedelta(hours=6)
"""How often a calendar shall ask for a feed again."""

MEDIA_TYPE = "text/calendar"


def method_of(entry: Entry) -> str:
    """What a file of this ceremony asks of a calendar: to show it, or to take it out."""
    return "CANCEL" if entry.cancelled else "PUBLISH"


def ceremony_file(entry: Entry) -> bytes:
    """One ceremony, to be put into a calendar, or to be taken out of it when it is cancelled."""
    return _written(_calendar(method_of(entry)), (entry,))


def feed(found: Feed) -> bytes:
    """All of these, cancelled ones marked as such, for a calendar that comes back for what has changed."""
    calendar = _calendar("PUBLISH")
    calendar.add("name", _line(found.name))
    calendar.add("x-wr-calname", _line(found.name))
    if found.description:
        calendar.add("description", _lines(found.description))
        calendar.add("x-wr-caldesc", _lines(found.description))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add("source", found.address, parameters={"VALUE": "URI"})
    return _written(calendar, found.entries)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar


def _written(calendar: Calendar, entries: Sequence[Entry | Yearly]) -> bytes:
    first_years: dict[str, int] = {}
    for entry in _single(entries):
        year = civil(entry.start_ms, entry.zone).year
        first_years[entry.zone] = min(year, first_years.get(entry.zone, year))
    for zone, year in sorted(first_years.items()):
        if not _is_utc(zone):
            calendar.add_component(vtimezone(zone, year - 1))
    for found in entries:
        if isinstance(found, Yearly):
            for event in _yearly(found):
                calendar.add_component(event)
        else:
            calendar.add_component(_event(found))
    written: bytes = calendar.to_ical()
    return written


def _single(entries: Iterable[Entry | Yearly]) -> Iterable[Entry]:
    for found in entries:
        if isinstance(found, Yearly):
            yield found.entry
            yield from found.instead.values()
        else:
            yield found


def _yearly(found: Yearly) -> Iterable[Event]:
    entry = found.entry
    zone = ZoneInfo(entry.zone)
    event = Event()
    event.add("dtstart", _in_zone(found.start, zone))
    event.add("dtend", _in_zone(found.start + timedelta(milliseconds=entry.end_ms - entry.start_ms), zone))
    event.add("rrule", dict(found.rule))
    if found.without:
        event.add("exdate", [_in_zone(local, zone) for local in found.without])
    yield _described(event, entry)
    for local, other in sorted(found.instead.items()):
        override = _event(other)
        override.add("recurrence-id", _in_zone(local, zone))
        yield override


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("dtstart", _when(entry.start_ms, entry.zone))
    event.add("dtend", _when(entry.end_ms, entry.zone))
    return _described(event, entry)


def _described(event: Event, entry: Entry) -> Event:
    changed = datetime.fromtimestamp(entry.changed_ms // 1000, UTC)
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("status", "CANCELLED" if entry.cancelled else "TENTATIVE" if entry.provisional else "CONFIRMED")
    event.add("summary", _line(entry.title))
    if entry.description:
        event.add("description", _lines(entry.description))
    if entry.place:
        event.add("location", _line(entry.place))
    event.add("url", entry.url)
    if entry.cancelled:
        event.add("transp", "TRANSPARENT")
        return event
    for before_s in entry.remind_s:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", _line(entry.title))
        alarm.add("trigger", -timedelta(seconds=before_s))
        event.add_component(alarm)
    return event


def _when(at_ms: int, zone: str) -> datetime:
    """The civil time of an instant, which is how a calendar keeps the hour when the zone changes its clock.

    A civil time that occurs twice means the first to a calendar; the second can only be told as an instant.
    """
    local = civil(at_ms - at_ms % 1000, zone)
    return local.astimezone(UTC) if local.fold or _is_utc(zone) else local


def _in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=UTC if _is_utc(zone.key) else zone)


def _is_utc(zone: str) -> bool:
    return zone in ("UTC", "Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu", "UCT", "Universal", "Zulu")


def _line(text: str) -> str:
    return " ".join(text.split())


def _lines(text: str) -> str:
    return "\n".join(text.splitlines()).strip()
