"""A schedule as a document of plain JSON values, for editors: read from its TOML, and written back with its comments.

A text is cut into its blocks, a header with the lines under it. What the document leaves as it is stays to the letter;
within a block that changes, tomlkit replaces the values. Comments right above a header go where their block goes.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import SequenceMatcher
from json import dumps
from pathlib import Path
from typing import Any, TypeGuard

import tomlkit
from tomlkit.container import Container, OutOfOrderTableProxy
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from memorata.adapters.schedule_files import KEYS, parsed, read_series
from memorata.adapters.schedules.faults import Fault, Faulty
from memorata.adapters.schedules.lines import blocks
from memorata.domain.anniversary import Series

Plain = Any
"""What JSON knows: a dictionary, a list, a string, a number, true or false."""

DEEPEST = 12
"""How many tables and lists may lie in one another; the grammar needs six."""

_FILE = "the document"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = ("base", "day", "to", "dates")
"""Keys of `[date]` whose values are written as TOML dates."""

_IN_ONE_LINE = ("sources", "reminders")
"""Lists that are written in one place although there are tables in them."""

_FIRST = ("id", "kind", "title")

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 120

_TABLES = (Table, InlineTable, OutOfOrderTableProxy, Container)


def read_text(
    series_id: str, text: str, folder: Path, peertube_hosts: frozenset[str] = frozenset(), own: str = ""
) -> tuple[Series | None, list[Fault]]:
    """The series of a text, `None` when it is refused, and all that is to be said about it.

    Args:
        folder: where `media/` is.
        own: TOML whose `items` or `delegations` take the place of those of the text.
    """
    return read_series(series_id, text, folder, peertube_hosts, own)


def document_of(text: str) -> dict[str, Plain]:
    """A TOML text as plain values: dates and times as ISO strings. Raises: Faulty: it is no TOML."""
    return {key: _plain(value) for key, value in parsed(text, _FILE).items()}


def merged(text: str, document: Mapping[str, Plain]) -> str:
    """The text changed so that it says what the document says; `null` is as if the key were not there.

    Raises: Faulty: the text is no TOML, or the document holds what cannot be written.
    """
    wanted = _tidy(document)
    if _same(document_of(text), wanted):
        return text
    root = _tree(text if text.endswith("\n") or not text else text + "\n")
    root.become(wanted)
    written = root.written()
    if not _same(document_of(written), wanted):
        # A layout that no schedule has, as a table that is spread over the file: rather without comments than wrong.
        fresh = _Node(())
        fresh.become(wanted)
        written = fresh.written()
    return written


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; `None` where there is none. `key` names elements of a list by their ids."""

    key: str
    before: Plain
    after: Plain


def difference(before: str, after: str) -> list[Change]:
    """What the second text says otherwise than the first, in its order. Raises: Faulty: one is no TOML."""
    return list(_changes("", document_of(before), document_of(after)))


# --- plain values ---


def _plain(value: object) -> Plain:
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case datetime() | date() | time():
            return value.isoformat()
        case float() if not math.isfinite(value):
            # JSON has no such number; whoever reads it is told that a string stands there.
            return str(value)
        case _:
            return value


def _tidy(document: object) -> dict[str, Plain]:
    found = _checked(document, "", 0)
    if not isinstance(found, dict):
        raise _faulty("", "must be a table.")
    return found


def _checked(value: object, key: str, depth: int) -> Plain:
    if depth > DEEPEST:
        raise _faulty(key, "lies too deep: tables and lists in one another.")
    match value:
        case Mapping():
            return {
                _word(name, key): _checked(inner, f"{key}.{name}" if key else str(name), depth + 1)
                for name, inner in value.items()
                if inner is not None
            }
        case list() | tuple():
            return [_checked(each, f"{key}[{n}]", depth + 1) for n, each in enumerate(value) if each is not None]
        case str():
            return _word(value, key)
        case float() if not math.isfinite(value):
            return str(value)
        case bool() | float():
            return value
        case int() if -(2**63) <= value < 2**63:
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            raise _faulty(key, "cannot be written: a text, a number, true or false, a list or a table.")


def _word(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise _faulty(key, "has a key that is no text.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _faulty(key, "holds a character that is none.") from None
    # TOML knows one end of a line.
    return value.replace("\r\n", "\n")


def _faulty(key: str, message: str) -> Faulty:
    return Faulty([Fault(_FILE, key, None, "schedule.unwritable", message)])


def _same(one: Plain, other: Plain) -> bool:
    """Whether they say the same: 1 is 1.0, but it is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _tables(value: Plain) -> TypeGuard[list[dict[str, Plain]]]:
    """Whether it is a list of tables, and not empty."""
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


# --- blocks ---


@dataclass(slots=True)
class _Node:
    """A table of the text: the lines above its header, its header, the lines under it, and the tables inside it.

    `path` are the names of its header; `index` counts the elements of a list, `None` of a table that is none. A table
    that the text names only in the headers of others has no `head`.
    """

    path: tuple[str, ...]
    index: int | None = None
    lead: str = ""
    head: str = ""
    body: str = ""
    children: list["_Node"] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.path[-1]

    def written(self) -> str:
        head = self.head
        if not head and self.path and (self.index is not None or self.body or not self.children):
            head = _header(self.path, self.index)
        return self.lead + head + self.body + "".join(child.written() for child in self.children)

    def become(self, wanted: Mapping[str, Plain]) -> None:
        """Change it so that it says what is wanted."""
        plain = document_of(self.body)
        inside: dict[str, Plain] = {}
        tables: dict[str, Plain] = {}
        for key, value in wanted.items():
            mine = [child for child in self.children if child.name == key]
            has_header = bool(mine) and (isinstance(value, dict) or _tables(value))
            if key not in plain and (has_header or _stands_alone(self.path, key, value)):
                tables[key] = value
            else:
                inside[key] = value
        self.children = [child for child in self.children if child.name in tables]
        for key in _in_order(self.path, tables):
            self._become_table(key, tables[key])
        if not _same(plain, inside):
            self.body = _changed(self.body, self.path, {key: inside[key] for key in _in_order(self.path, inside)})

    def _become_table(self, key: str, value: Plain) -> None:
        mine = [child for child in self.children if child.name == key]
        path = (*self.path, key)
        if isinstance(value, dict):
            [kept, *_] = mine if mine and mine[0].index is None else [_Node(path, lead="\n")]
            now = [kept]
            kept.become(value)
        else:
            now = self._elements(path, [child for child in mine if child.index is not None], value)
        at = self.children.index(mine[0]) if mine else self._place(key)
        rest = [child for child in self.children if child.name != key]
        at -= sum(child.name == key for child in self.children[:at])
        self.children = [*rest[:at], *now, *rest[at:]]

    def _elements(self, path: tuple[str, ...], mine: list["_Node"], value: list[dict[str, Plain]]) -> list["_Node"]:
        section, first = _section(mine[0].lead) if mine else ("", "")
        if mine:
            mine[0].lead = first
        matched = _matched([child.document() for child in mine], value)
        now = []
        for index, wanted in enumerate(value):
            found = matched.get(index)
            child = _Node(path, index, lead="\n") if found is None else mine[found]
            child.become(wanted)
            now.append(child)
            if index and not child.lead:
                child.lead = "\n"
        if section:
            now[0].lead = section + now[0].lead.removeprefix("\n")
        return now

    def _place(self, key: str) -> int:
        """Where a new table goes: after those that come before it in a file, else at the end."""
        if self.path or key not in KEYS:
            return len(self.children)
        later = KEYS[KEYS.index(key) + 1 :]
        return next((at for at, child in enumerate(self.children) if child.name in later), len(self.children))

    def document(self) -> dict[str, Plain]:
        found = document_of(self.body)
        for child in self.children:
            if child.index is None:
                found[child.name] = child.document()
            else:
                found.setdefault(child.name, []).append(child.document())
        return found


def _tree(text: str) -> _Node:
    found = blocks(text)
    root = _Node(())
    end = 0
    for number, block in enumerate(found):
        node = root if number == 0 else _node_at(root, block.key)
        node.lead, node.head = (
            (node.lead, "") if number == 0 else (text[end : block.start], text[block.start : block.head])
        )
        node.body = text[block.head : block.end]
        end = block.end
        following = text[end : found[number + 1].start if number + 1 < len(found) else len(text)]
        # Comments that stand close under the last line belong to it, if a line is left empty after them.
        close, empty, _ = following.partition("\n\n")
        if empty and close.strip() and not following.startswith("\n"):
            node.body += close + "\n"
            end += len(close) + 1
        if number + 1 == len(found):
            node.body += text[end:]
    return root


def _node_at(root: _Node, key: Sequence[str | int]) -> _Node:
    """The node of a header, made when it is not there yet, as are the tables around it."""
    node = root
    parts = list(key)
    while parts:
        name = str(parts.pop(0))
        index = parts.pop(0) if parts and isinstance(parts[0], int) else None
        inner = next((child for child in node.children if child.name == name and child.index == index), None)
        if inner is None:
            inner = _Node((*node.path, name), int(index) if index is not None else None)
            node.children.append(inner)
        node = inner
    return node


def _section(lead: str) -> tuple[str, str]:
    """The comments above the first table of a list: those of the whole list, and those of the table."""
    above, empty, own = lead.rpartition("\n\n")
    return (above + empty, own) if above.strip() else ("", lead)


def _matched(before: list[dict[str, Plain]], after: list[dict[str, Plain]]) -> dict[int, int]:
    """Which element of the list as it was is which of the list as it is wanted: by index after, index before."""
    names_before, names_after = [_name(each) for each in before], [_name(each) for each in after]
    if _unique(names_before) and _unique(names_after):
        return {at: names_before.index(name) for at, name in enumerate(names_after) if name in names_before}
    old, new = ([dumps(each, sort_keys=True) for each in each_list] for each_list in (before, after))
    found: dict[int, int] = {}
    for at, element in enumerate(new):
        free = (index for index, other in enumerate(old) if other == element and index not in found.values())
        if (index := next(free, None)) is not None:
            found[at] = index
    # What is left stands where it stood, said otherwise.
    for kind, low, high, to_low, to_high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "replace":
            free_old = [index for index in range(low, high) if index not in found.values()]
            free_new = [at for at in range(to_low, to_high) if at not in found]
            found |= dict(zip(free_new, free_old, strict=False))
    return found


def _name(element: Mapping[str, Plain]) -> Plain:
    """What an element of a list is called: its id, or of an exception its day."""
    return element.get("id", element.get("day"))


def _unique(names: list[Plain]) -> bool:
    texts = [name for name in names if isinstance(name, str) and name]
    return len(texts) == len(names) == len(set(texts))


def _stands_alone(path: tuple[str, ...], key: str, value: Plain) -> bool:
    """Whether a new value becomes a table with a header of its own, or a list of such."""
    if isinstance(value, dict):
        return bool(value) and (
            (not path and key in ("date", "countries"))
            or key == "media"
            or any(isinstance(inner, dict) or _tables(inner) for inner in value.values())
        )
    return _tables(value) and key not in _IN_ONE_LINE


def _in_order(path: tuple[str, ...], keys: Mapping[str, Plain]) -> list[str]:
    """Of the file itself its keys in the order of the reference, of others as they come, but first what they are."""
    first = _FIRST if path else KEYS
    return sorted(keys, key=lambda key: first.index(key) if key in first else len(first))


# --- the lines of one block ---


def _changed(body: str, path: tuple[str, ...], wanted: Mapping[str, Plain]) -> str:
    """The lines of a table with other values; what stays keeps its place, its layout and its comments."""
    try:
        lines = tomlkit.parse(body)
        added = list(_replaced(lines, path, wanted, ()))
        written = tomlkit.dumps(lines)
        if added:
            written = _with(written, "".join(_line(path, names, value) for names, value in added))
        if _same(document_of(written), dict(wanted)):
            return written
    except (TOMLKitError, Faulty, ValueError, KeyError, TypeError, AttributeError, IndexError):
        pass  # tomlkit stumbles over layouts that TOML allows; the values count
    return "".join(_line(path, (key,), wanted[key]) for key in _in_order(path, wanted))


def _with(body: str, lines: str) -> str:
    """The body with more lines, before the comments and empty lines that close it."""
    kept = body.rstrip("\n")
    if not kept.strip():
        return body + lines
    return kept + "\n" + lines + body[len(kept) + 1 :]


def _replaced(
    table: Any, path: tuple[str, ...], wanted: Mapping[str, Plain], within: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Plain]]:
    """Change the values of a table in place; yields those that need lines of their own: names and value."""
    for key in [str(key) for key in table if str(key) not in wanted]:
        del table[key]
    for key, value in wanted.items():
        names = (*within, key)
        if key not in table:
            if isinstance(table, InlineTable):
                table[key] = tomlkit.value(_inline(value, (*path, *names)))
            else:
                yield names, value
            continue
        inner = table[key]
        now = _plain(inner.unwrap() if hasattr(inner, "unwrap") else inner)
        if _same(now, value):
            continue
        if isinstance(inner, InlineTable) and not isinstance(table, InlineTable) and _has_lines(value):
            del table[key]
            yield names, value
        elif isinstance(inner, _TABLES) and isinstance(value, dict) and value:
            yield from _replaced(inner, path, value, names)
        elif isinstance(now, list) and isinstance(value, list) and len(now) == len(value):
            _replace_elements(inner, (*path, *names), now, value)
        elif isinstance(value, str) and "\n" in value and not isinstance(table, InlineTable):
            table[key] = tomlkit.value(_multiline(value))
        else:
            table[key] = tomlkit.value(_inline(value, (*path, *names)))


def _replace_elements(array: Any, path: tuple[str, ...], now: list[Plain], wanted: list[Plain]) -> None:
    for index, (one, other) in enumerate(zip(now, wanted, strict=True)):
        if _same(one, other):
            continue
        if isinstance(one, dict) and isinstance(other, dict) and other:
            # In an inline table everything has its place, so that nothing is left over.
            list(_replaced(array[index], path, other, ()))
        else:
            array[index] = tomlkit.value(_inline(other, path))


def _has_lines(value: Plain) -> bool:
    """Whether it is a text with several lines in a language, which does not belong into one line of a file."""
    return isinstance(value, dict) and any(isinstance(inner, str) and "\n" in inner for inner in value.values())


def _line(path: tuple[str, ...], names: tuple[str, ...], value: Plain) -> str:
    """A value with its key, on a line of its own; a text of several lines on as many."""
    whole = (*path, *names)
    key = ".".join(map(_key, names))
    if isinstance(value, str) and "\n" in value:
        return f"{key} = {_multiline(value)}\n"
    texts = isinstance(value, dict) and value and all(isinstance(inner, str) for inner in value.values())
    inline = _inline(value, whole)
    if texts and (any("\n" in inner for inner in value.values()) or len(key) + len(inline) > 2 * _WIDTH):
        return "".join(_line(path, (*names, tag), inner) for tag, inner in value.items())
    if isinstance(value, list) and value and len(key) + len(inline) > _WIDTH:
        parts = "".join(f"    {_inline(each, whole)},\n" for each in value)
        return f"{key} = [\n{parts}]\n"
    return f"{key} = {inline}\n"


def _inline(value: Plain, path: tuple[str, ...]) -> str:
    match value:
        case dict():
            inner = ", ".join(f"{_key(key)} = {_inline(each, (*path, key))}" for key, each in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case list():
            return f"[{', '.join(_inline(each, path) for each in value)}]"
        case bool():
            return "true" if value else "false"
        case str() if path[:1] == ("date",) and path[-1] in _DAYS and _is_day(value):
            return value
        case str():
            return _string(value)
        case _:
            return repr(value)


def _is_day(text: str) -> bool:
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _string(name)


def _header(path: tuple[str, ...], index: int | None) -> str:
    names = ".".join(map(_key, path))
    return f"[{names}]\n" if index is None else f"[[{names}]]\n"


def _string(value: str) -> str:
    return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in value) + '"'


def _multiline(value: str) -> str:
    # Of quotes in a row, and at the end, all that could be taken for the closing ones are escaped.
    inner = re.sub(r'"(?="|\Z)', r"\\\g<0>", value.replace("\\", "\\\\"))
    return '"""\n' + "".join(each if each == "\n" else _escaped(each) for each in inner) + '"""'


def _escaped(character: str) -> str:
    """TOML allows tabs, and no other character that nobody sees."""
    if character == "\t" or (character >= " " and character != "\x7f"):
        return character
    return f"\\u{ord(character):04x}"


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


# --- differences ---


def _changes(key: str, before: Plain, after: Plain) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in (*after, *(name for name in before if name not in after)):
            yield from _changes(f"{key}.{name}" if key else name, before.get(name), after.get(name))
    elif _tables(before) and _tables(after):
        yield from _changed_elements(key, before, after)
    elif not _same(before, after):
        yield Change(key, before, after)


def _changed_elements(key: str, before: list[dict[str, Plain]], after: list[dict[str, Plain]]) -> Iterator[Change]:
    matched = _matched(before, after)
    names = [_name(each) for each in before], [_name(each) for each in after]
    named = _unique(names[0]) and _unique(names[1])

    def label(at: int, of: int) -> str:
        return f"{key}[{names[of][at] if named else at}]"

    for at, element in enumerate(after):
        if at in matched:
            yield from _changes(label(at, 1), before[matched[at]], element)
        else:
            yield Change(label(at, 1), None, element)
    for at, element in enumerate(before):
        if at not in matched.values():
            yield Change(label(at, 0), element, None)
    kept = [matched[at] for at in sorted(matched)]
    if kept != sorted(kept):
        yield Change(f"{key} (order)", names[0] if named else len(before), names[1] if named else len(after))
