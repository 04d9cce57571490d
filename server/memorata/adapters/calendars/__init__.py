"""Ceremonies for calendars: one as a file, a series or all of them as a feed to subscribe to."""

from memorata.adapters.calendars.entry import Entry, Feed, Yearly
from memorata.adapters.calendars.series import (
    Dated,
    Told,
    entries,
    entry_of,
    host_of,
    sequence_of,
    summary,
    uid_of,
    until,
)
from memorata.adapters.calendars.writing import MEDIA_TYPE, ceremony_file, feed, method_of

__all__ = [
    "MEDIA_TYPE",
    "Dated",
    "Entry",
    "Feed",
    "Told",
    "Yearly",
    "ceremony_file",
    "entries",
    "entry_of",
    "feed",
    "host_of",
    "method_of",
    "sequence_of",
    "summary",
    "uid_of",
    "until",
]
