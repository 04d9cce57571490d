"""The grammar of schedule files for programs: as forms for an editor, and as the JSON Schema of a whole file."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, get_args, get_origin

from memorata.adapters.schedule_files import KEYS
from memorata.adapters.schedules.dates import COMMON_KEYS, REACHES, RULE_KEYS
from memorata.adapters.schedules.gatherings import DEPARTURES, EXCEPTION_KEYS, REMINDER_KEYS, SITE_KEYS
from memorata.adapters.schedules.grammar import (
    DERIVED,
    FILES,
    NAMES,
    SHORTHAND,
    SOURCE_KEYS,
    KeySpec,
    keys_of,
    optional,
)
from memorata.domain.broadcast import Source
from memorata.domain.calendars import HEBREW_MONTHS, ISLAMIC_MONTHS
from memorata.domain.door import POLICIES
from memorata.domain.items import DETAILS, Closing, Item, Media, Text
from memorata.domain.programme import Delegation, Hall
from memorata.domain.rules import WEEKDAYS

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_LEAPS = ("previous_day", "next_day", "only")

# --- forms ---


def forms() -> Json:
    """What an editor asks for.

    `item`: the keys of every item; `kinds`: those of each kind; `media`: of a broadcast; `parts`: of the tables in
    lists, by the name that a key of type `list` has as its `part`, which is `None` where the list holds plain values.
    Types: text, name, names, string, number, integer, boolean, choice, media, file, files, country, language, list,
    link, hall (the id of one of the series' halls) and date_or_month_day.
    """
    parts: dict[str, list[Json]] = {"Source": [_form(spec) for spec in SOURCE_KEYS.values()]}
    for detail in DETAILS.values():
        for spec in keys_of(detail).values():
            inner = _record(spec.hint)
            if inner is not None:
                parts[inner.__name__] = [_form(each) for each in keys_of(inner).values()]
    for record in (Delegation, Hall):
        parts[record.__name__] = [_form(spec) for spec in keys_of(record).values()]
    return {
        "item": [_form(spec) for spec in keys_of(Item).values()],
        "kinds": {kind: [_form(spec) for spec in keys_of(detail).values()] for kind, detail in DETAILS.items()},
        "media": [_form(spec) for spec in keys_of(Media).values()],
        "parts": parts,
    }


def _form(spec: KeySpec) -> Json:
    kind = _type(spec)
    hint, _ = optional(spec.hint)
    low, high = spec.bounds or (None, None)
    record = _record(hint)
    return {
        "name": spec.name,
        "type": kind,
        "required": spec.needed,
        "default": _default(spec),
        "low": low,
        "high": high,
        "choices": list(get_args(hint)) if kind == "choice" else None,
        "part": record.__name__ if record is not None and kind == "list" else None,
    }


def _default(spec: KeySpec) -> Any:
    plain = spec.default if isinstance(spec.default, str | int | float) else None
    return None if spec.required else plain


def _record(hint: Any) -> type | None:
    """The dataclass of the tables in a list."""
    inner = get_args(hint)[0] if get_origin(hint) is tuple else None
    return inner if inner is not None and hasattr(inner, "__dataclass_fields__") else None


def _type(spec: KeySpec) -> str:
    """What is asked for, by the name that editors know."""
    key = (spec.owner, spec.name)
    hint, _ = optional(spec.hint)
    if key in FILES:
        return "file"
    if key in NAMES:
        return "name" if hint == Text else "names"
    if key == (Closing, "guest_book_until"):
        return "date_or_month_day"
    if key == (Media, "captions"):
        return "files"
    if key == (Source, "link"):
        return "link"
    if spec.name == "hall":
        return "hall"
    if spec.name == "country":
        return "country"
    if spec.name in ("language", "order_language"):
        return "language"
    if hint == Text:
        return "text"
    if hint is Media:
        return "media"
    if get_origin(hint) is Literal:
        return "choice"
    if get_origin(hint) is tuple:
        return "list"
    return {str: "string", int: "integer", float: "number", bool: "boolean"}[hint]


# --- the schema ---


def json_schema() -> Json:
    """The JSON Schema of a schedule file; dates and times are strings, as editors of TOML take them.

    What only the whole file can tell is not in it: that a text has one of the languages, that lengths add up.
    """
    definitions: Json = {
        "text": {
            "description": "A table of languages, or a string in the first language of the ceremony.",
            "oneOf": [
                _STRING,
                {"type": "object", "propertyNames": _ref("language"), "additionalProperties": _STRING},
            ],
        },
        "language": {"type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"},
        "country": {"type": "string", "pattern": "^([A-Z]{2})?$"},
        "date": {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"},
        "month_day": {"type": "string", "pattern": r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"},
        "time": {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?$"},
        "zone": {"type": "string", "pattern": "^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$"},
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
        "before": {"type": "string", "pattern": "^[1-9][0-9]{0,5} ?(d|h|min)$"},
        "source": {"oneOf": [_STRING, _table(_properties(SOURCE_KEYS), ["link"])]},
        "media": _table(_properties(keys_of(Media))),
        "site": _table({key: _SITE[key] for key in SITE_KEYS}, ["place", "zone"]),
        "exception": _exception(),
        "reminder": {"oneOf": [_ref("before"), _table({key: _REMINDER[key] for key in REMINDER_KEYS}, ["before"])]},
        "date_table": {"oneOf": [_ref(f"rule_{rule}") for rule in RULE_KEYS]},
        "item": {"oneOf": [_ref(f"item_{kind}") for kind in DETAILS]},
    }
    definitions |= {f"rule_{rule}": _rule(rule) for rule in RULE_KEYS}
    definitions |= {f"item_{kind}": _item(kind) for kind in DETAILS}
    owners = [record for kind in DETAILS.values() for spec in keys_of(kind).values() if (record := _record(spec.hint))]
    definitions |= {record.__name__: _part(record) for record in (*owners, Delegation, Hall)}
    return {
        "$schema": DIALECT,
        "title": "A series of ceremonies",
        "description": "A schedule file of Memorata: an anniversary that is kept by a rule, with its programme.",
        **_table({key: _FILE[key] for key in KEYS}, ["title", "languages", "date", "items"]),
        "$defs": definitions,
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _list_of(inner: Json, least: int = 0) -> Json:
    return {"type": "array", "items": inner} | ({"minItems": least} if least else {})


def _table(properties: Json, required: Iterable[str] = ()) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


_STRING: Json = {"type": "string"}
_BOOLEAN: Json = {"type": "boolean"}

_FILE: Json = {
    "title": _ref("text"),
    "subject": _ref("text"),
    "languages": _list_of(_ref("language"), 1) | {"uniqueItems": True},
    "organizer": _STRING,
    "telephone": _STRING,
    "source": _STRING,
    "holding_still": _STRING,
    "date": _ref("date_table"),
    "halls": _list_of(_ref("Hall")),
    "items": _list_of(_ref("item"), 1),
    "delegations": _list_of(_ref("Delegation")),
    "countries": {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Z]{2}$"},
        "additionalProperties": _ref("text"),
    },
    "door": {"enum": list(POLICIES)},
    "embed": _list_of({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]://[A-Za-z0-9.-]+(:[1-9][0-9]{0,4})?$"}),
    "reminders": _list_of(_ref("reminder")),
    "autopilot": _BOOLEAN,
}

_WHEN: Json = {
    "base": _ref("date"),
    "rule": {"enum": list(RULE_KEYS)},
    "time": _ref("time"),
    "time_of": _STRING,
    "zone": _ref("zone"),
    "shift": {
        "type": "object",
        "propertyNames": {"enum": list(WEEKDAYS)},
        "additionalProperties": {"type": "integer", "minimum": -6, "maximum": 6},
    },
    "eve": _BOOLEAN,
    "reach": {"enum": list(REACHES)},
    "sites": _list_of(_ref("site")),
    "exceptions": _list_of(_ref("exception")),
}

_MONTH_DAY = _ref("month_day")
_LEAP: Json = {"enum": list(_LEAPS)}

_RULES: Mapping[str, tuple[Json, list[str]]] = {
    "fixed": ({"day": _MONTH_DAY, "leap": _LEAP}, []),
    "nth_weekday": (
        {
            "month": {"type": "integer", "minimum": 1, "maximum": 12},
            "weekday": {"enum": list(WEEKDAYS)},
            "n": {"type": "integer", "minimum": -5, "maximum": 5, "not": {"const": 0}},
        },
        ["month", "weekday", "n"],
    ),
    "weekday_in_window": (
        {"first": _MONTH_DAY, "last": _MONTH_DAY, "weekday": {"enum": list(WEEKDAYS)}},
        ["first", "last", "weekday"],
    ),
    "easter": (
        {
            "rite": {"enum": ["western", "orthodox"]},
            "offset_days": {"type": "integer", "minimum": -100, "maximum": 200},
        },
        ["rite"],
    ),
    "hebrew": (
        {
            "month": {"enum": list(HEBREW_MONTHS)},
            "day": {"type": "integer", "minimum": 1, "maximum": 30},
            "leap": _LEAP,
        },
        ["month", "day"],
    ),
    "islamic": (
        {
            "month": {"enum": list(ISLAMIC_MONTHS)},
            "day": {"type": "integer", "minimum": 1, "maximum": 30},
            "dates": _list_of(_ref("date")),
        },
        ["month", "day"],
    ),
    "daily": ({}, []),
    "dates": ({"dates": _list_of(_ref("date"), 1)}, ["dates"]),
}

_SITE: Json = {
    "id": _ref("id"),
    "place": _ref("text"),
    "zone": _ref("zone"),
    "time": _ref("time"),
    "community": _ref("text"),
    "contact": _STRING,
    "telephone": _STRING,
}

_REMINDER: Json = {"before": _ref("before"), "words": _ref("text")}


def _rule(rule: str) -> Json:
    """`[date]` with this rule; without any it is `fixed`."""
    own, needed = _RULES[rule]
    properties = {key: _WHEN[key] for key in COMMON_KEYS} | {key: own[key] for key in RULE_KEYS[rule]}
    properties["rule"] = {"const": rule}
    found = _table(properties, ["time", "zone", *needed, *(["rule"] if rule != "fixed" else [])])
    # Where each site has its own hour, there are sites, and each says it.
    found["if"] = {"properties": {"reach": {"const": "per_site"}}, "required": ["reach"]}
    found["then"] = {
        "properties": {"sites": {"minItems": 1, "items": {"required": ["time"]}}},
        "required": ["sites"],
    }
    if rule == "fixed":
        found["anyOf"] = [{"required": ["base"]}, {"required": ["day"]}]
    return found


def _exception() -> Json:
    words = {"kind": {"enum": list(DEPARTURES)}, "day": _ref("date"), "to": _ref("date"), "time": _ref("time"),
             "reason": _ref("text")}  # fmt: skip
    own = {"moved": ("to", "time"), "extra": ("time",), "cancelled": ()}
    kinds = []
    for kind in DEPARTURES:
        keys = [key for key in EXCEPTION_KEYS if key in ("kind", "day", "reason", *own[kind])]
        table = _table({key: words[key] for key in keys} | {"kind": {"const": kind}}, ["kind", "day"])
        if kind == "moved":
            table["anyOf"] = [{"required": ["to"]}, {"required": ["time"]}]
        kinds.append(table)
    return {"oneOf": kinds}


def _item(kind: str) -> Json:
    keys = {**keys_of(Item), **keys_of(DETAILS[kind])}
    needed = [name for name, spec in keys.items() if spec.required and not (name == "planned_s" and kind in DERIVED)]
    return _table({"kind": {"const": kind}, **_properties(keys)}, ["kind", *needed])


def _part(record: type) -> Json:
    keys = keys_of(record)
    table = _table(_properties(keys), [name for name, spec in keys.items() if spec.required])
    return {"oneOf": [_STRING, table]} if record in SHORTHAND else table


def _properties(keys: Mapping[str, KeySpec]) -> Json:
    return {name: _value(spec) for name, spec in keys.items()}


def _value(spec: KeySpec) -> Json:
    if (spec.owner, spec.name) in ((Item, "id"), (Hall, "id")):
        return _ref("id")
    if spec.name == "hall":
        return {"type": "string", "pattern": "^([a-z0-9][a-z0-9-]{0,39})?$"}
    if (spec.owner, spec.name) == (Media, "sources"):
        return _list_of(_ref("source"))
    hint, _ = optional(spec.hint)
    match _type(spec):
        case "file":
            return {"type": "string", "minLength": 1}
        case "files":
            return {"type": "object", "propertyNames": _ref("language"), "additionalProperties": _STRING}
        case "names":
            return _list_of(_ref("text"), int(spec.needed))
        case "text" | "name":
            return _ref("text")
        case "date_or_month_day":
            return {"oneOf": [_ref("date"), _MONTH_DAY]}
        case "country" | "language" | "media" as name:
            return _ref(name)
        case "choice":
            return {"enum": list(get_args(hint))}
        case "list":
            record = _record(hint)
            inner = {"type": "integer", "minimum": 0} if record is None else _ref(record.__name__)
            return _list_of(inner, int(spec.needed))
        case "integer" | "number" as name:
            low, high = spec.bounds or (0, None)
            return {"type": name, "minimum": low} | ({} if high is None else {"maximum": high})
        case "boolean":
            return _BOOLEAN
        case _:
            return _STRING
