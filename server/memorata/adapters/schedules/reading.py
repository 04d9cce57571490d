"""Walks the plain values of a schedule by the types of the domain, collecting all faults on the way."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

from memorata.adapters.countries import CODES, is_country, is_language
from memorata.adapters.schedules.faults import Fault, Key, closest, did_you_mean, written
from memorata.adapters.schedules.grammar import (
    FILES,
    NAMES,
    SHORTHAND,
    SOURCE_KEYS,
    KeySpec,
    keys_of,
    optional,
    shape,
)
from memorata.adapters.schedules.lines import line_of
from memorata.adapters.zones import known as zones_known
from memorata.domain.broadcast import CAPTIONS, Source, parse_file, parse_link
from memorata.domain.errors import Refused
from memorata.domain.items import Caption, Closing, Media, Text

T = TypeVar("T")

_ORIGIN = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](?::[1-9][0-9]{0,4})?"
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")

_REASONS = {
    "empty": "is empty",
    "too_long": "is too long for a link",
    "characters": "holds characters that do not belong into a link",
    "scheme": "is neither an https:// link nor a file under media/",
    "credentials": "holds a name or password",
    "port": "names a port",
    "host": "does not lead to a host that may be used",
    "path": "has a path that cannot be used",
    "query": "has parameters that cannot be used",
    "id": "holds no video id",
    "not_a_video": "is no video: mp4, webm, m3u8, YouTube, Vimeo, PeerTube, Rutube or VK",
    "not_this_kind": "is not a file of the right kind",
}


class Reader:
    """Reads one file. Every method takes a plain value and its key, tells faults, and returns what can be used.

    What is returned for a faulty value is `None` or empty; nobody sees it, for a file with faults is not loaded.
    """

    def __init__(self, file: str, lines: dict[Key, int], folder: Path, peertube_hosts: frozenset[str]) -> None:
        self.file = file
        self.lines = lines
        self.folder = folder
        self.peertube_hosts = peertube_hosts
        self.languages: tuple[str, ...] = ()
        self.faults: list[Fault] = []

    def fault(self, key: Key, code: str, message: str, suggestion: str | None = None) -> None:
        line = line_of(self.lines, key)
        self.faults.append(Fault(self.file, written(key), line, code, message, suggestion))

    def warn(self, key: Key, code: str, message: str, suggestion: str | None = None) -> None:
        line = line_of(self.lines, key)
        self.faults.append(Fault(self.file, written(key), line, code, message, suggestion, "warning"))

    def refused(self) -> int:
        """How many faults there are so far that keep the file from loading."""
        return sum(fault.severity == "fault" for fault in self.faults)

    def table(self, value: object, key: Key) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self._wrong(key, "a table", value)
        return {}

    def array(self, value: object, key: Key) -> list[Any]:
        if isinstance(value, list):
            return value
        self._wrong(key, "a list", value)
        return []

    def known(self, table: Mapping[str, Any], keys: Iterable[str], key: Key) -> None:
        """Refuses the keys that are not among `keys`."""
        names = list(keys)
        for name in table:
            if name not in names:
                self.fault((*key, name), "schedule.unknown_key", "is not a key here.", did_you_mean(name, names))

    def missing(self, key: Key, words: str) -> None:
        self.fault(key, "schedule.missing_key", f"is missing: {words}.")

    def string(self, value: object, key: Key) -> str:
        if isinstance(value, str):
            return value.strip()
        self._wrong(key, "a string", value)
        return ""

    def short_name(self, value: str, key: Key) -> None:
        """Refuses what cannot be an id."""
        if not _ID.fullmatch(value):
            self.fault(key, "schedule.wrong_value", "must be small letters, digits and hyphens, at most 40.")

    def choice(self, value: object, choices: Iterable[str], key: Key) -> Any:
        names = list(choices)
        if isinstance(value, str) and value in names:
            return value
        suggestion = did_you_mean(value, names) if isinstance(value, str) else None
        self.fault(key, "schedule.wrong_value", f"must be one of {', '.join(names)}.", suggestion)
        return None

    def text(self, value: object, key: Key, needed: bool = False, whole: bool = True) -> Text:
        """A table of languages, or one string, which is in the first language of the ceremony.

        Args: needed: an empty one is a fault; whole: a language of the ceremony that is lacking is worth a warning.
        """
        found = self._texts(value, key)
        if not self.languages or not (found or needed):
            return found
        lacking = [tag for tag in self.languages if not found.get(tag)]
        if len(lacking) == len(self.languages):
            self.fault(key, "schedule.no_language", f"has no text in {_either(self.languages)}.")
        elif lacking and whole:
            self.warn(key, "schedule.untranslated", f"has no text in {_either(lacking)} yet.")
        return {tag: words for tag, words in found.items() if words}

    def name(self, value: object, key: Key, needed: bool = False) -> Text:
        """A name, written like a text; it stands as the person writes it, so no language is asked for."""
        found = {tag: words for tag, words in self._texts(value, key).items() if words}
        if needed and not found and isinstance(value, str | dict):
            self.fault(key, "schedule.empty", "is empty: name.")
        return found

    def _texts(self, value: object, key: Key) -> Text:
        if isinstance(value, str) and self.languages:
            value = {self.languages[0]: value}
        found: Text = {}
        for tag, words in self.table(value, key).items():
            self.language(tag, (*key, tag))
            found[tag] = self.string(words, (*key, tag))
        return found

    def language(self, value: object, key: Key) -> str:
        tag = self.string(value, key)
        if not tag and isinstance(value, str):
            self.fault(key, "schedule.empty", "is empty: a language tag.")
        elif tag and not is_language(tag):
            self.fault(
                key, "schedule.unknown_language", f"{tag!r} is no language tag.", did_you_mean(tag, self.languages)
            )
        return tag

    def country(self, value: object, key: Key) -> str | None:
        code = self.string(value, key)
        if not code:
            return None
        if not is_country(code):
            suggestion = f"Did you mean {code.upper()!r}?" if is_country(code.upper()) else did_you_mean(code, CODES)
            self.fault(key, "schedule.unknown_country", f"{code!r} is no country code of ISO 3166-1.", suggestion)
        return code

    def zone(self, value: object, key: Key) -> str | None:
        name, zones = self.string(value, key), zones_known()
        if name in zones:
            return name
        # A zone that is not known is more often a city misspelt than the whole name.
        cities = {zone.rpartition("/")[2]: zone for zone in zones}
        city = closest(name.rpartition("/")[2], cities)
        suggestion = did_you_mean(name, zones) if city is None else f"Did you mean {cities[city]!r}?"
        self.fault(key, "schedule.unknown_zone", f"{name!r} is no IANA time zone.", suggestion)
        return None

    def day(self, value: object, key: Key) -> date | None:
        """A date, as a TOML date or as a string like 1944-01-27."""
        if type(value) is date:
            return value
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.fault(key, "schedule.impossible_date", f"{value!r} is no date of the calendar, like 1944-01-27.")
        else:
            self._wrong(key, "a date like 1944-01-27", value)
        return None

    def month_and_day(self, value: object, key: Key) -> tuple[int, int] | None:
        """A string like 01-27; 02-29 is one."""
        words = self.string(value, key)
        try:
            found = date.fromisoformat(f"2000-{words}")
        except ValueError:
            self.fault(key, "schedule.impossible_date", f"{words!r} is no month and day, like 01-27.")
            return None
        return found.month, found.day

    def clock(self, value: object, key: Key) -> time | None:
        """A time of day, as a TOML time or as a string like 14:00."""
        if isinstance(value, str):
            try:
                value = time.fromisoformat(value)
            except ValueError:
                self.fault(key, "schedule.impossible_time", f"{value!r} is no time of day, like 14:00.")
                return None
        if isinstance(value, time) and value.tzinfo is None:
            return value
        self._wrong(key, "a time of day like 14:00", value)
        return None

    def source(self, value: object, key: Key) -> Source | None:
        """A link, or a table that says more about one."""
        if not isinstance(value, dict):
            return self.link(value, key)
        self.known(value, SOURCE_KEYS, key)
        found = self.values(value, SOURCE_KEYS, key)
        if found is None:
            return None
        source = self.link(found["link"], (*key, "link"))
        return source and replace(source, delay_s=found.get("delay_s"))

    def link(self, value: object, key: Key) -> Source | None:
        """A broadcast; a file beside the schedule gets the address under which it is served."""
        try:
            source = parse_link(self.string(value, key), self.peertube_hosts)
        except Refused as refused:
            self._refused(key, value, refused)
            return None
        return Source(source.provider, source.id, self._served(source.url, key))

    def file_link(self, value: object, key: Key, suffixes: frozenset[str]) -> str | None:
        try:
            return self._served(parse_file(self.string(value, key), suffixes), key)
        except Refused as refused:
            self._refused(key, value, refused)
            return None

    def origin(self, value: object, key: Key) -> str | None:
        """Where another site's pages come from, in small letters: https, a name, perhaps a port, and nothing else."""
        text = self.string(value, key).lower()
        if _ORIGIN.fullmatch(text):
            return text
        if isinstance(value, str):
            message = "is no address of a site like https://museum.example.org, without a path."
            whole = _ORIGIN.match(text)
            self.fault(key, "schedule.no_origin", message, f"{whole[0]!r}?" if whole else None)
        return None

    def media(self, value: object, key: Key) -> Media:
        table, keys = self.table(value, key), keys_of(Media)
        self.known(table, keys, key)
        links = [
            self.source(link, (*key, "sources", index))
            for index, link in enumerate(self.array(table.get("sources", []), (*key, "sources")))
        ]
        captions = [
            Caption(self.language(tag, (*key, "captions", tag)), url)
            for tag, link in self.table(table.get("captions", {}), (*key, "captions")).items()
            if (url := self.file_link(link, (*key, "captions", tag), CAPTIONS)) is not None
        ]
        rest = {
            name: self.value(table[name], spec, (*key, name))
            for name, spec in keys.items()
            if name in table and name not in ("sources", "captions")
        }
        return Media(sources=tuple(link for link in links if link is not None), captions=tuple(captions), **rest)

    def record(self, value: object, owner: type[T], key: Key) -> T | None:
        """A table that becomes a dataclass of the domain."""
        shorthand = SHORTHAND.get(owner)
        if shorthand is not None and isinstance(value, str):
            value = {shorthand: value}
        table, keys = self.table(value, key), keys_of(owner)
        self.known(table, keys, key)
        found = self.values(table, keys, key)
        return None if found is None else owner(**found)

    def values(self, table: Mapping[str, Any], keys: Mapping[str, KeySpec], key: Key) -> dict[str, Any] | None:
        """The values of a table by its keys; `None` when one that is needed is missing or cannot be used."""
        found: dict[str, Any] = {}
        for name, spec in keys.items():
            if name in table:
                found[name] = self.value(table[name], spec, (*key, name))
            elif spec.required:
                self.missing((*key, name), spec.shape())
        return found if all(found.get(name) is not None for name, spec in keys.items() if spec.required) else None

    def value(self, value: object, spec: KeySpec, key: Key) -> Any:
        """One value, by what its key calls for."""
        suffixes = FILES.get((spec.owner, spec.name))
        if suffixes is not None:
            return self.file_link(value, key, suffixes)
        if (spec.owner, spec.name) == (Closing, "guest_book_until"):
            return self._until(value, key)
        if spec.name == "country":
            return self.country(value, key)
        if spec.name in ("language", "order_language"):
            return self.language(value, key)
        found = self._typed(value, spec.hint, spec, key)
        if spec.needed and found in ("", ()):
            self.fault(key, "schedule.empty", f"is empty: {spec.shape()}.")
        return found

    def _typed(self, value: object, hint: Any, spec: KeySpec, key: Key) -> Any:
        hint, _ = optional(hint)
        if hint == Text and (spec.owner, spec.name) in NAMES:
            # In a list, an empty name would be a person without one.
            return self.name(value, key, needed=spec.required or isinstance(key[-1], int))
        if hint == Text:
            return self.text(value, key, needed=spec.required)
        if hint is Media:
            return self.media(value, key)
        if get_origin(hint) is Literal:
            return self.choice(value, get_args(hint), key)
        if get_origin(hint) is tuple:
            inner = get_args(hint)[0]
            return tuple(
                self._typed(element, inner, spec, (*key, index)) for index, element in enumerate(self.array(value, key))
            )
        if hint is str:
            return self.string(value, key)
        if hint is bool:
            return value if isinstance(value, bool) else self._wrong(key, "true or false", value)
        if hint is int or hint is float:
            return self._number(value, hint, spec, key)
        return self.record(value, hint, key)

    def _number(self, value: object, hint: Any, spec: KeySpec, key: Key) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int if hint is int else int | float):
            self._wrong(key, f"a {shape(hint)}", value)
            return None
        # Written so that `nan`, which TOML knows, is refused too.
        if spec.bounds is not None and not spec.bounds[0] <= value <= spec.bounds[1]:
            low, high = spec.bounds
            self.fault(key, "schedule.out_of_bounds", f"is {value}, but must be from {low:g} to {high:g}.")
        elif spec.bounds is None and value < 0:
            self.fault(key, "schedule.out_of_bounds", f"is {value}, but cannot be negative.")
        return value

    def _until(self, value: object, key: Key) -> str | None:
        if isinstance(value, str) and len(value) == len("05-09"):
            return value if self.month_and_day(value, key) else None
        day = self.day(value, key)
        return None if day is None else day.isoformat()

    def _served(self, url: str, key: Key) -> str:
        if not url.startswith("media/"):
            return url
        if not (self.folder / url).is_file():
            wanted = self.folder / url
            beside = [f"{url.rpartition('/')[0]}/{found.name}" for found in wanted.parent.glob("*" + wanted.suffix)]
            suggestion = did_you_mean(url, beside)
            self.fault(key, "schedule.no_file", f"there is no file {url} beside the schedule.", suggestion)
        return "/" + url

    def _refused(self, key: Key, value: object, refused: Refused) -> None:
        if isinstance(value, str):
            reason = _REASONS.get(str(refused.facts.get("reason")), "cannot be used")
            self.fault(key, "schedule.link_refused", f"{value!r} {reason}.")

    def _wrong(self, key: Key, wanted: str, value: object) -> None:
        names = {bool: "true or false", int: "a number", float: "a number", str: "a string", list: "a list",
                 dict: "a table"}  # fmt: skip
        got = names.get(type(value), "a date or time")
        self.fault(key, "schedule.wrong_type", f"must be {wanted}, not {got}.")


def _either(tags: Iterable[str]) -> str:
    *most, last = tags
    return f"{', '.join(most)} or {last}" if most else last
