"""On which line of a TOML text each key and each element of a list stands; `tomllib` itself keeps no lines."""

from bisect import bisect_right
from dataclasses import dataclass

from memorata.adapters.schedules.faults import Key


def locate(text: str) -> dict[Key, int]:
    """The line, from 1, of every key, list element and table of a valid TOML text."""
    return _Scanner(text).scan()


@dataclass(frozen=True, slots=True)
class Block:
    """A header and the lines under it, as places in the text: its start, the end of its header's line, its end.

    `key` is the way to its table, empty for what stands above the first header, which has no header of its own. The
    end is that of the line of its last value; what follows are comments and empty lines.
    """

    key: Key
    start: int
    head: int
    end: int


def blocks(text: str) -> list[Block]:
    """A valid TOML text in its blocks, the first of them what stands above all headers."""
    return _Scanner(text).blocks()


def line_of(lines: dict[Key, int], key: Key) -> int | None:
    """The line of the key, or of the nearest table around it when the key itself is missing."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key)


class _Scanner:
    """Reads only what separates values; that the text is valid has been found out before."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.newlines = [index for index, character in enumerate(text) if character == "\n"]
        self.lines: dict[Key, int] = {}
        self.tables: dict[Key, int] = {}

    def scan(self) -> dict[Key, int]:
        current: Key = ()
        while True:
            self._skip(" \t\r\n")
            if self.at >= len(self.text):
                return self.lines
            if self.text[self.at] == "[":
                current = self._header()
            else:
                self._pair(current)

    def blocks(self) -> list[Block]:
        found = [Block((), 0, 0, 0)]
        while True:
            self._skip(" \t\r\n")
            start = self.at
            if start >= len(self.text):
                return found
            if self.text[start] == "[":
                key = self._header()
                end = self._line_end()
                found.append(Block(key, start, end, end))
            else:
                last = found[-1]
                self._pair(last.key)
                found[-1] = Block(last.key, last.start, last.head, self._line_end())

    def _line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end + 1

    def _header(self) -> Key:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        names = self._names("]")
        self.at += 2 if many else 1
        table: Key = ()
        for name in names[:-1] if many else names:
            self._mark((*table, name), start)
            table = self._within((*table, name))
        if many:
            table = (*table, names[-1])
            self.tables[table] = self.tables.get(table, 0) + 1
            self._mark(table, start)
            table = (*table, self.tables[table] - 1)
        self._mark(table, start)
        return table

    def _within(self, table: Key) -> Key:
        """The last table so far of a list of tables; another table as it is."""
        return (*table, self.tables[table] - 1) if table in self.tables else table

    def _pair(self, table: Key) -> None:
        start = self.at
        key = table
        for name in self._names("="):
            key = (*key, name)
            self._mark(key, start)
        self.at += 1
        self._skip(" \t")
        self._value(key)

    def _value(self, key: Key) -> None:
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self.at += 1
            index = 0
            while self._peek(" \t\r\n,") != "]":
                self._mark((*key, index), self.at)
                self._value((*key, index))
                index += 1
            self.at += 1
        elif opening == "{":
            self.at += 1
            while self._peek(" \t\r\n,") != "}":
                self._pair(key)
            self.at += 1
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                self.at += 1

    def _string(self) -> str:
        quote = self.text[self.at]
        closing = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(closing)
        start = self.at
        while not self.text.startswith(closing, self.at):
            self.at += 2 if self.text[self.at] == "\\" and quote == '"' else 1
        found = self.text[start : self.at]
        self.at += len(closing)
        # Up to two quotes may stand right before the three that close.
        while len(closing) == 3 and self.text.startswith(quote, self.at):
            self.at += 1
        return found

    def _names(self, end: str) -> list[str]:
        names: list[str] = []
        while self._peek(" \t.") != end:
            if self.text[self.at] in "\"'":
                names.append(self._string())
                continue
            start = self.at
            while self.text[self.at] not in " \t.=]":
                self.at += 1
            names.append(self.text[start : self.at])
        return names

    def _peek(self, skipped: str) -> str:
        self._skip(skipped)
        return self.text[self.at]

    def _skip(self, skipped: str) -> None:
        """Past these characters and, where lines may end, past comments."""
        while self.at < len(self.text):
            if self.text[self.at] in skipped:
                self.at += 1
            elif self.text[self.at] == "#" and "\n" in skipped:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def _mark(self, key: Key, at: int) -> None:
        self.lines.setdefault(key, bisect_right(self.newlines, at - 1) + 1)
