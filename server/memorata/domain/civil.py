"""Between the civil time of a place and the instant it means: IANA zones, with gaps and overlaps decided."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_ms(day: date, at: time, zone: str) -> int:
    """The UTC instant of a civil time in an IANA zone.

    A time that occurs twice (autumn) means the first; one that does not exist (spring) is read with the offset before
    the gap, as RFC 5545 section 3.3.5 has it. Derive the instant again when the zone data change.
    """
    local = datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0)
    return (local - _EPOCH) // timedelta(milliseconds=1)


def civil(at_ms: int, zone: str) -> datetime:
    """The civil date and time of an instant in an IANA zone."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))
