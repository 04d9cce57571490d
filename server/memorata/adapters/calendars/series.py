"""What calendars are told of a series: its ceremonies of the next ten years, and the rule for all later ones.

A series whose rule a calendar can reckon by itself is one recurring event, so that a date that somebody has put into
their calendar once comes again for ever, also when the feed is asked no more. Its master says the plain title, for the
number of the anniversary is another each year and no calendar counts it; the ceremonies of the next ten years stand
beside it as overrides (RECURRENCE-ID) that say "83 years", are moved or are cancelled. A calendar that knows no
overrides shows the plain title on the right day. Where no RRULE is exact, each of the ten years is an event of its own,
and the feed brings the later ones in time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from gettext import NullTranslations
from urllib.parse import urlsplit

from memorata.adapters.calendars.entry import Entry, Yearly
from memorata.adapters.calendars.recurrence import rrule
from memorata.domain.anniversary import Occurrence, Series, Sitting, sittings
from memorata.domain.civil import civil
from memorata.domain.items import Text
from memorata.domain.planning import ceremony_id, lead_in_s, start_ms, total_s
from memorata.domain.rules import Daily, days_in
from memorata.services.planning_ports import OccurrenceRow

YEARS = 10
"""For how many years ahead each ceremony is told by itself."""


@dataclass(frozen=True, slots=True)
class Told:
    """How it is told: in which words, and under which address.

    `pick` finds the words of a text in the language; `changed_ms` is when the series was changed last, `version` counts
    its changes from 1.
    """

    pick: Callable[[Text], str]
    catalogue: NullTranslations
    base_url: str
    changed_ms: int = 0
    version: int = 1

    @property
    def host(self) -> str:
        return host_of(self.base_url)


@dataclass(frozen=True, slots=True)
class Dated:
    """One date of a series, which has the programme of this date; `kept` as in `Planned`."""

    series: Series
    occurrence: Occurrence
    kept: OccurrenceRow | None = None


def until(series: Series, today: date) -> date:
    """The last day whose ceremony is told by itself; of a day kept daily, those of one year are enough."""
    return today + timedelta(days=366 if isinstance(series.rule, Daily) else 366 * YEARS)


def summary(catalogue: NullTranslations, title: str, number: int | None, place: str = "") -> str:
    """The title of a ceremony, with its number and its place where it has them: Remembrance, 83 years (Riga)."""
    if number is not None:
        title = f"{title}, {catalogue.ngettext('%(num)s year', '%(num)s years', number) % {'num': number}}"
    return f"{title} ({place})" if place else title


def host_of(base_url: str) -> str:
    return urlsplit(base_url).hostname or "memorata"


def uid_of(ceremony_id: str, host: str) -> str:
    """The name of one ceremony in all calendars, whatever it came by."""
    return f"{ceremony_id}@{host}"


def sequence_of(occurrence: Occurrence, kept: OccurrenceRow | None) -> int:
    """How often the time of a ceremony has changed; one that departs from the rule before it was made has once."""
    return max(0 if kept is None else kept.sequence, 1 if occurrence.departure in ("moved", "cancelled") else 0)


def entry_of(told: Told, dated: Dated, held: Sitting) -> Entry:
    """One ceremony, from its first item on: what `time_of` names comes at the time of the series."""
    series, occurrence = dated.series, dated.occurrence
    _ = told.catalogue.gettext
    starts_ms = start_ms(series, held)
    site = f"?site={held.site}" if held.site else ""
    url = f"{told.base_url}/s/{series.id}/on/{occurrence.key}{site}"
    title = summary(told.catalogue, told.pick(series.title), occurrence.number, told.pick(held.place))
    lines = [told.pick(series.subject)]
    if occurrence.cancelled:
        title = _("Cancelled: %(title)s") % {"title": title}
        lines.append(_("This ceremony is not held."))
    elif occurrence.departure == "moved":
        lines.append(_("This year on another day or at another hour."))
    lines.append(told.pick(occurrence.reason))
    if occurrence.provisional:
        lines.append(_("The date is not certain yet."))
    return Entry(
        uid=uid_of(ceremony_id(series, occurrence, held.site), told.host),
        title=title,
        url=url,
        start_ms=starts_ms,
        end_ms=starts_ms + total_s(series.items) * 1000,
        zone=held.zone,
        sequence=sequence_of(occurrence, dated.kept),
        changed_ms=told.changed_ms,
        description=_described(told, series, lines, url),
        place=told.pick(held.place),
        cancelled=occurrence.cancelled,
        provisional=occurrence.provisional,
    )


def entries(
    told: Told, series: Series, dates: Sequence[Dated], from_date: date, to_date: date, site: str = ""
) -> tuple[Entry | Yearly, ...]:
    """All of a series, the recurring ones first.

    Args:
        dates: all of `agenda(series, from_date, to_date)`.
        site: of a series that each site keeps by itself, the only one told; empty: all.
    """
    if not dates:
        return ()
    sites = [held.site for held in sittings(series, dates[0].occurrence) if site in ("", held.site)]
    found: list[Entry | Yearly] = []
    for each in sites:
        yearly = _yearly(told, series, dates, from_date, to_date, each)
        if yearly is not None:
            found.append(yearly)
        found += [
            entry_of(told, dated, _held(dated, each))
            for dated in dates
            if yearly is None or dated.occurrence.departure == "extra"
        ]
    return tuple(found)


def _held(dated: Dated, site: str) -> Sitting:
    return next(held for held in sittings(dated.series, dated.occurrence) if held.site == site)


def _described(told: Told, series: Series, lines: Sequence[str], url: str) -> str:
    _ = told.catalogue.gettext
    telephone = _("Telephone: %(number)s") % {"number": series.telephone} if series.telephone else ""
    return "\n".join(line for line in (*lines, url, telephone) if line)


def _yearly(
    told: Told, series: Series, dates: Sequence[Dated], from_date: date, to_date: date, site: str
) -> Yearly | None:
    """The recurring event; `None` where no RRULE is exact."""
    ruled = [dated for dated in dates if dated.occurrence.departure != "extra"]
    if not ruled:
        return None
    at = next((one.at for one in series.sites if site and one.id == site), None) or series.at
    before = timedelta(days=1 if series.eve else 0, seconds=lead_in_s(series))

    def start(key: date) -> datetime:
        """The civil time at which the ceremony of that date begins by the rule."""
        return datetime.combine(key, at) - before

    some_day = date(2001, 6, 15)
    rule = rrule(series.rule, series.shift, (start(some_day).date() - some_day).days)
    if rule is None:
        return None
    keys = [date.fromisoformat(dated.occurrence.key) for dated in ruled]
    first = min(keys)
    plain = _plain(told, series, ruled[keys.index(first)], site)
    instead: dict[datetime, Entry] = {}
    for key, dated in zip(keys, ruled, strict=True):
        entry = entry_of(told, dated, _held(dated, site))
        entry = replace(entry, uid=plain.uid, sequence=plain.sequence + entry.sequence)
        if _says_more(entry, plain, start(key)):
            instead[start(key)] = entry
    # What was moved out of these years is among the dates of later ones, but the rule still gives its old day.
    missing = sorted(_given(series, first, from_date, to_date) - set(keys))
    return Yearly(plain, start(first), rule, tuple(map(start, missing)), instead)


def _plain(told: Told, series: Series, dated: Dated, site: str) -> Entry:
    """What is so each year."""
    occurrence = replace(dated.occurrence, number=None, departure=None, reason={}, provisional=False)
    entry = entry_of(told, Dated(series, occurrence), _held(Dated(series, occurrence), site))
    url = f"{told.base_url}/s/{series.id}"
    return replace(
        entry,
        # No ceremony has a name with a slash.
        uid=uid_of(f"s/{series.id}" + (f"/{site}" if site else ""), told.host),
        sequence=told.version - 1,
        url=url,
        description=_described(told, series, [told.pick(series.subject)], url),
    )


def _says_more(entry: Entry, plain: Entry, by_rule: datetime) -> bool:
    """Whether it is not what a calendar would reckon."""
    start, end = civil(entry.start_ms, entry.zone), civil(entry.end_ms, entry.zone)
    length = timedelta(milliseconds=entry.end_ms - entry.start_ms)
    as_reckoned = (start.replace(tzinfo=None, fold=0), end.replace(tzinfo=None, fold=0)) == (by_rule, by_rule + length)
    as_reckoned = as_reckoned and not start.fold and not end.fold
    same_words = (entry.title, entry.cancelled, entry.provisional) == (plain.title, plain.cancelled, plain.provisional)
    same_length = entry.end_ms - entry.start_ms == plain.end_ms - plain.start_ms
    return not (as_reckoned and same_words and same_length and entry.sequence == plain.sequence)


def _given(series: Series, first: date, from_date: date, to_date: date) -> set[date]:
    days = (day.date for year in range(from_date.year, to_date.year + 1) for day in days_in(series.rule, year))
    return {day for day in days if max(first, from_date) <= day <= to_date}
