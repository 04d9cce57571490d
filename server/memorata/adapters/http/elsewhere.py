"""The same instant in other countries, so that a printed page tells everybody their own hour."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from memorata.adapters.http.language import Tongue
from memorata.domain.programme import Programme


@dataclass(frozen=True, slots=True)
class Hour:
    """One time of day and where it is; `weekday` is empty on the day of the ceremony itself."""

    clock: str
    weekday: str
    places: tuple[str, ...]


@cache
def zones() -> Mapping[str, tuple[str, ...]]:
    """The IANA zones of each country, in the order of the zone table, which puts the populous first."""
    found: dict[str, list[str]] = defaultdict(list)
    table = (files("tzdata") / "zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].append(zone)
    return {country: tuple(names) for country, names in found.items()}


def countries_of(programme: Programme) -> tuple[str, ...]:
    """The countries that people come from, as far as the programme says."""
    named = [delegation.country for delegation in programme.delegations]
    return tuple(dict.fromkeys(country for country in named if country))


def hours(programme: Programme, tongue: Tongue, names: Mapping[str, str], here: Iterable[str] = ()) -> list[Hour]:
    """The start of the ceremony on the clocks of its countries, the earliest first.

    A country that spans several hours is shown by the first and the last of its cities.
    """
    instant = datetime.fromtimestamp(programme.starts_ms / 1000, UTC)
    by_time: dict[tuple[float, str], list[str]] = defaultdict(list)
    own = instant.astimezone(ZoneInfo(programme.zone)).date()
    for country in (*here, *countries_of(programme)):
        places = zones().get(country, ())
        offsets: dict[float, str] = {}
        for zone in places:
            offset = instant.astimezone(ZoneInfo(zone)).utcoffset()
            offsets.setdefault(offset.total_seconds() if offset else 0.0, zone)
        if not offsets:
            continue
        name = names.get(country, country)
        if len(offsets) == 1:
            ((offset_s, zone),) = offsets.items()
            by_time[offset_s, zone].append(name)
            continue
        # The populous one that is listed first, and the one farthest from it.
        first = next(iter(offsets))
        last = max(offsets, key=lambda seconds: abs(seconds - first))
        for offset_s in (first, last):
            by_time[offset_s, offsets[offset_s]].append(f"{name} ({tongue.city(offsets[offset_s])})")
    rows: dict[float, tuple[str, list[str]]] = {}
    for (offset_s, zone), found in by_time.items():
        rows.setdefault(offset_s, (zone, []))[1].extend(found)
    table = []
    for offset_s in sorted(rows):
        zone, found = rows[offset_s]
        weekday = "" if instant.astimezone(ZoneInfo(zone)).date() == own else tongue.weekday(programme.starts_ms, zone)
        table.append(Hour(tongue.clock(programme.starts_ms, zone), weekday, tuple(sorted(dict.fromkeys(found)))))
    return table
