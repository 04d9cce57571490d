"""Schedule files to series: reads `schedules/<series>.toml`, and says of a broken one what, where and on which line."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from math import ceil
from pathlib import Path
from typing import Any

from memorata.adapters.countries import is_language
from memorata.adapters.schedules.checks import Placed, check_halls, check_items
from memorata.adapters.schedules.dates import read_when
from memorata.adapters.schedules.faults import Fault, Faulty, Key, did_you_mean
from memorata.adapters.schedules.gatherings import read_reminders
from memorata.adapters.schedules.grammar import DERIVED, item_keys, keys_of, kinds_with
from memorata.adapters.schedules.lines import locate
from memorata.adapters.schedules.reading import Reader
from memorata.domain.anniversary import Series
from memorata.domain.broadcast import PICTURES
from memorata.domain.door import POLICIES, DoorPolicy
from memorata.domain.items import DETAILS, Detail, Item, Lobby, Silence, Text, steps
from memorata.domain.planning import OWN_KEYS
from memorata.domain.programme import Delegation, Hall
from memorata.domain.silence import length_s

KEYS = (
    "title", "subject", "languages", "organizer", "telephone", "source", "holding_still", "date", "halls", "items",
    "delegations", "countries", "door", "embed", "reminders", "autopilot",
)  # fmt: skip
"""The keys of a file."""

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def load_file(path: Path, peertube_hosts: frozenset[str] = frozenset()) -> Series:
    """The series of one file; warnings are not told, `read_file` has them.

    Raises: Faulty: with all faults that were found.
    """
    series, faults = read_file(path, peertube_hosts)
    if series is None:
        raise Faulty(fault for fault in faults if fault.severity == "fault")
    return series


def read_file(path: Path, peertube_hosts: frozenset[str] = frozenset()) -> tuple[Series | None, list[Fault]]:
    """The series, `None` when it is refused, and all faults and warnings in the order of their lines."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        return None, [Fault(path.name, "", None, "schedule.unreadable", f"cannot be read: {error.strerror}.")]
    except UnicodeDecodeError:
        return None, [Fault(path.name, "", None, "schedule.unreadable", "is not UTF-8 text.")]
    return read_series(path.stem, text, path.parent, peertube_hosts, name=path.name)


def read_series(
    series_id: str,
    text: str,
    folder: Path,
    peertube_hosts: frozenset[str] = frozenset(),
    own: str = "",
    name: str = "",
) -> tuple[Series | None, list[Fault]]:
    """As `read_file`, of a text.

    Args:
        folder: where `media/` is.
        own: TOML whose keys, `OWN_KEYS`, take the place of those of the text; its faults have the lines of its own.
        name: of the file, where it is not that of the series.
    """
    name = name or f"{series_id}.toml"
    tables: list[dict[str, Any]] = []
    for each in (text, own):
        try:
            tables.append(parsed(each, name))
        except Faulty as faulty:
            return None, list(faulty.faults)
    table, own_table = tables
    lines = {key: line for key, line in locate(text).items() if key[0] not in own_table}
    reader = Reader(name, lines | locate(own), folder, peertube_hosts)
    reader.known(own_table, OWN_KEYS, ())
    table |= {key: value for key, value in own_table.items() if key in OWN_KEYS}
    series = _series(reader, series_id, table)
    faults = sorted(reader.faults, key=lambda fault: fault.line or 0)
    return None if any(fault.severity == "fault" for fault in faults) else series, faults


def parsed(text: str, name: str) -> dict[str, Any]:
    """The plain values of a TOML text. Raises: Faulty: `name` is the file that it is told of."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
        raise Faulty([_syntax(name, text, error)]) from None


def read_all(directory: Path, peertube_hosts: frozenset[str] = frozenset()) -> tuple[list[Series], list[Fault]]:
    """Every series of a folder that can be loaded, by id, and everything that is to be said about the files."""
    found = [read_file(path, peertube_hosts) for path in sorted(directory.glob("*.toml"))]
    return [series for series, _ in found if series is not None], [fault for _, faults in found for fault in faults]


def check(paths: Iterable[Path], peertube_hosts: frozenset[str] = frozenset()) -> list[Fault]:
    """Faults and warnings of these files, and of all files of these folders."""
    files = [file for path in paths for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path])]
    return [fault for file in files for fault in read_file(file, peertube_hosts)[1]]


def _syntax(file: str, text: str, error: Exception) -> Fault:
    message = str(error)
    place = _AT_LINE.search(message)
    line = None if place is None else int(place[1]) if place[1] else text.rstrip().count("\n") + 1
    return Fault(file, "", line, "schedule.syntax", f"is not valid TOML: {_AT_LINE.sub('', message)}.")


def _series(reader: Reader, series_id: str, table: Mapping[str, Any]) -> Series | None:
    if not _ID.fullmatch(series_id):
        message = "the name of the file is the id of the series: small letters, digits and hyphens, at most 40."
        reader.fault((), "schedule.file_name", message)
    reader.known(table, KEYS, ())
    # First of all the languages, for every text is measured by them.
    reader.languages = _languages(reader, table)
    for name, words in (("title", "text for each language"), ("date", "a table"), ("items", "a list of tables")):
        if name not in table:
            reader.missing((name,), words)
    title = reader.text(table["title"], ("title",), needed=True) if "title" in table else {}
    subject = reader.text(table["subject"], ("subject",)) if "subject" in table else {}
    when = read_when(reader, table["date"]) if "date" in table else None
    items = _items(reader, table.get("items", []))
    halls = _halls(reader, table.get("halls", []))
    check_halls(reader, halls, items)
    delegations = _delegations(reader, table.get("delegations", []))
    countries = _countries(reader, table.get("countries", {}))
    plain = {name: reader.string(table.get(name, ""), (name,)) for name in ("organizer", "telephone", "source")}
    if not plain["source"]:
        reader.warn(("source",), "schedule.no_source", "is missing: where the date comes from.")
    still = reader.file_link(table["holding_still"], ("holding_still",), PICTURES) if "holding_still" in table else None
    reminders = read_reminders(reader, table.get("reminders", []))
    autopilot = table.get("autopilot", False)
    if not isinstance(autopilot, bool):
        reader.fault(("autopilot",), "schedule.wrong_type", "must be true or false.")
    door: DoorPolicy = reader.choice(table.get("door", "knock"), POLICIES, ("door",)) or "knock"
    if when is not None and when.time_of is not None:
        _check_time_of(reader, when.time_of, tuple(placed.item for placed in items))
    if when is None or when.rule is None or when.at is None or when.zone is None:
        return None
    return Series(
        id=series_id,
        title=title,
        subject=subject,
        languages=reader.languages,
        base_date=when.base,
        rule=when.rule,
        shift=when.shift,
        at=when.at,
        zone=when.zone,
        eve=when.eve,
        time_of=when.time_of,
        reach=when.reach,
        sites=when.sites,
        departures=when.departures,
        reminders=reminders,
        autopilot=autopilot,
        items=tuple(placed.item for placed in items),
        halls=tuple(hall for hall in halls if hall is not None),
        delegations=delegations,
        countries=countries or None,
        holding_still=still,
        door=door,
        embed=_embed(reader, table.get("embed", [])),
        organizer=plain["organizer"],
        telephone=plain["telephone"],
        source=plain["source"],
    )


def _check_time_of(reader: Reader, item_id: str, items: tuple[Item, ...]) -> None:
    key: Key = ("date", "time_of")
    ids = [item.id for item in items if item.kind != "lobby"]
    if item_id not in ids:
        message = f"{item_id!r} is not the id of an item that is conducted."
        reader.fault(key, "schedule.unknown_item", message, did_you_mean(item_id, ids))
        return
    waiting = [item.id for item in items if item.id in ids[: ids.index(item_id)] and item.end != "next"]
    if waiting:
        message = f"{item_id!r} comes in time only if somebody presses: {', '.join(waiting)} does not go on by itself."
        reader.warn(key, "schedule.not_in_time", message, 'Write end = "next" there.')


def _languages(reader: Reader, table: Mapping[str, Any]) -> tuple[str, ...]:
    key: Key = ("languages",)
    if "languages" not in table:
        reader.missing(key, 'the languages of the ceremony, its own first, like ["ru", "en"]')
        return ()
    tags = table["languages"]
    if tags == []:
        reader.fault(key, "schedule.empty", "is empty: the languages of the ceremony, its own first.")
    found: list[str] = []
    for index, value in enumerate(reader.array(tags, key)):
        tag = reader.language(value, (*key, index))
        if tag in found:
            reader.fault((*key, index), "schedule.duplicate_language", f"{tag!r} is there already.")
        elif is_language(tag):
            found.append(tag)
    return tuple(found)


def _embed(reader: Reader, value: object) -> tuple[str, ...]:
    key: Key = ("embed",)
    found = [reader.origin(each, (*key, index)) for index, each in enumerate(reader.array(value, key))]
    return tuple(dict.fromkeys(origin for origin in found if origin))


def _items(reader: Reader, value: object) -> tuple[Placed, ...]:
    tables = reader.array(value, ("items",))
    found: list[Placed] = []
    for index, table in enumerate(tables):
        before = reader.refused()
        item = _item(reader, table, index)
        if item is not None:
            found.append(Placed(index, item, sound=reader.refused() == before))
    # An item that could not be read has said so; the rest is judged as if it were the whole.
    if found or not tables:
        check_items(reader, found)
    return tuple(found)


def _item(reader: Reader, value: object, index: int) -> Item | None:
    key: Key = ("items", index)
    table = reader.table(value, key)
    kind = table.get("kind")
    if kind is None:
        reader.missing((*key, "kind"), f"one of {', '.join(DETAILS)}")
        return None
    if not isinstance(kind, str) or kind not in DETAILS:
        reader.choice(kind, DETAILS, (*key, "kind"))
        return None
    keys = item_keys(kind)
    for name in table:
        if name not in keys and name != "kind":
            others = kinds_with(name)
            suggestion = did_you_mean(name, keys) or (f"It belongs to: {', '.join(others)}." if others else None)
            reader.fault((*key, name), "schedule.unknown_key", f"is not a key of {kind}.", suggestion)
    before = reader.refused()
    own = reader.values(table, keys_of(DETAILS[kind]), key)
    given = dict(table)
    detail = None if own is None else DETAILS[kind](**own)
    if "planned_s" not in table and kind in DERIVED:
        # What its parts take; measured only when they could be read.
        given["planned_s"] = _derived_s(detail) if detail is not None and reader.refused() == before else 1
    common = reader.values(given, keys_of(Item), key)
    if detail is None or common is None:
        return None
    reader.short_name(common["id"], (*key, "id"))
    return Item(detail=detail, **common)


def _derived_s(detail: Detail) -> int:
    match detail:
        case Silence():
            return length_s(detail)
        case Lobby(opens_before_s=opens_before_s):
            return opens_before_s
        case _:
            count, each_s = steps(Item("", {}, detail, 1))
            return ceil(count * each_s)


def _halls(reader: Reader, value: object) -> tuple[Hall | None, ...]:
    """In their places; `None` for one that cannot be read."""
    return tuple(
        reader.record(table, Hall, ("halls", index)) for index, table in enumerate(reader.array(value, ("halls",)))
    )


def _delegations(reader: Reader, value: object) -> tuple[Delegation, ...]:
    records = [
        reader.record(table, Delegation, ("delegations", index))
        for index, table in enumerate(reader.array(value, ("delegations",)))
    ]
    return tuple(record for record in records if record is not None)


def _countries(reader: Reader, value: object) -> dict[str, Text]:
    """Names of an organization's own; CLDR has the others, so that one language is enough."""
    found: dict[str, Text] = {}
    for code, text in reader.table(value, ("countries",)).items():
        reader.country(code, ("countries", code))
        found[code] = reader.text(text, ("countries", code), whole=False)
    return found
