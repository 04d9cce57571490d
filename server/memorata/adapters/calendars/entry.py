"""What a calendar is told: one ceremony, or one that comes each year by a rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

REMIND_S = 1800


@dataclass(frozen=True, slots=True)
class Entry:
    """One ceremony. Its hour is told as civil time in `zone`, so that it keeps it when the zone changes its clock.

    `uid` stays as long as it is this ceremony, `sequence` counts the changes of its time, and `changed_ms` is when what
    is said of it changed last. `remind_s` are the reminders, so long before the start.
    """

    uid: str
    title: str
    url: str
    start_ms: int
    end_ms: int
    zone: str
    sequence: int = 0
    changed_ms: int = 0
    description: str = ""
    place: str = ""
    cancelled: bool = False
    provisional: bool = False
    remind_s: tuple[int, ...] = (REMIND_S,)


@dataclass(frozen=True, slots=True)
class Yearly:
    """A ceremony that comes by a rule, for ever.

    `entry` says what is so each time, and its length; `start` is the first one and `rule` the parts of an RRULE that
    give the others. `without` are those that the rule gives and that are not held; `instead` says more of single ones.
    All of these starts are civil times in the zone of `entry`, without a zone of their own.
    """

    entry: Entry
    start: datetime
    rule: Mapping[str, Any]
    without: tuple[datetime, ...] = ()
    instead: Mapping[datetime, Entry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar that is asked for again and again; `address` is where."""

    name: str
    address: str
    entries: tuple[Entry | Yearly, ...]
    language: str = ""
    description: str = ""
