"""The same instant where people are, so that a printed page tells everybody their own hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from memorata.adapters.http.language import Tongue, same
from memorata.domain.items import Text
from memorata.domain.programme import Delegation, Programme


@dataclass(frozen=True, slots=True)
class Hour:
    """One time of day and who lives by it; `weekday` is empty on the day of the ceremony itself."""

    clock: str
    weekday: str
    communities: tuple[Text, ...]


@cache
def zones() -> Mapping[str, tuple[str, ...]]:
    """The IANA zones of each country."""
    found: dict[str, list[str]] = {}
    table = (files("tzdata") / "zoneinfo/zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(names) for country, names in found.items()}


def hours(programme: Programme, tongue: Tongue) -> list[Hour]:
    """The start of the ceremony on the clocks of its delegations, the earliest first."""
    instant = datetime.fromtimestamp(programme.starts_ms / 1000, UTC)
    here = instant.astimezone(ZoneInfo(programme.zone)).date()
    rows: dict[datetime, tuple[str, list[Text]]] = {}
    for delegation in programme.delegations:
        zone = zone_of(delegation, programme.zone, instant)
        if zone is not None:
            local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            rows.setdefault(local, (zone, []))[1].append(delegation.community)
    return [
        Hour(
            tongue.clock(programme.starts_ms, zone),
            "" if local.date() == here else tongue.weekday(programme.starts_ms, zone),
            tuple(communities),
        )
        for local, (zone, communities) in sorted(rows.items(), key=lambda row: row[0])
    ]


def zone_of(delegation: Delegation, own: str, instant: datetime) -> str | None:
    """By which zone a delegation lives; `None` when its country has several and nothing tells which.

    A guess would be wrong by hours for some, and a wrong hour is worse than none.
    """
    there = zones().get(delegation.country or "", ())
    names = {same(name).replace(" ", "-") for name in delegation.community.values()}
    for zone in there:
        if same(zone.rpartition("/")[2]) in names:
            return zone
    if own in there:
        return own
    offsets = {instant.astimezone(ZoneInfo(zone)).utcoffset() for zone in there}
    return there[0] if len(offsets) == 1 else None
