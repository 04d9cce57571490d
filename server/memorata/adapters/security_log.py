"""The log of what concerns safety: one small file that is rotated, in which nobody can be found.

An address is written as a keyed hash, and the key is made anew each day and kept nowhere: within a day one can see that
it was the same one, and after it nothing at all. OWASP ASVS 5, 16.2.5 and 16.3.
"""

import fcntl
import hashlib
import json
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from memorata.domain.errors import CODES
from memorata.services.ports import SecurityLog

NAME = "security.log"
EACH_MAX = 1_000_000
KEPT = 4
"""Files besides the one being written: 5 MB in all."""

DAY_S = 24 * 3600
TURNS_MAX = 5
"""How often it is tried again when others have just turned the files."""

LINE_MAX = 200
"""Characters of one fact."""

SAME_S, SAME_MAX = 60.0, 30
"""How many lines of one kind are written in so long; the next one after that says how many were left out."""


class CountedSecurityLog:
    """Counts what is noted, however little of it is written."""

    def __init__(self, log: SecurityLog, counts: Counter[tuple[str, str]]) -> None:
        self._log = log
        self._counts = counts

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        # A code is one of a few words; no other fact may become a name under which is counted.
        code = str(facts.get("code", ""))
        self._counts[what, code if code in CODES else ""] += 1
        self._log.note(what, address, **facts)


class FileSecurityLog:
    """Made at the first note, so that a command that notes nothing leaves no file behind.

    Several processes may write to it: each line is written, and the files are turned, by whoever holds the newest one.
    """

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        """Args: now: seconds since 1970."""
        self._path = folder / NAME
        self._now = now
        self._key, self._key_s = b"", -1e9
        self._seen: dict[str, tuple[float, int]] = {}

    def note(self, what: str, /, address: str = "", **facts: object) -> None:
        now_s = self._now()
        since_s, count = self._seen.get(what, (-1e9, 0))
        if not 0 <= now_s - since_s < SAME_S:
            left_out = max(0, count - SAME_MAX)
            since_s, count = now_s, 0
            if left_out:
                facts["left_out"] = left_out
        self._seen[what] = since_s, count + 1
        if count >= SAME_MAX:
            return
        said: dict[str, object] = {"at": _stamp(now_s), "what": what}
        if address:
            said["from"] = self._hidden(address, now_s)
        said |= {name: _short(value) for name, value in facts.items()}
        self._write(json.dumps(said, ensure_ascii=True))

    def _hidden(self, address: str, now_s: float) -> str:
        if not 0 <= now_s - self._key_s < DAY_S:
            self._key, self._key_s = secrets.token_bytes(32), now_s
        return hashlib.blake2s(network(address).encode(), key=self._key, digest_size=8).hexdigest()

    def _write(self, line: str) -> None:
        text = f"{line}\n".encode()
        # A full disk must not keep anybody out, nor let anybody in; it is told by the store.
        with suppress(OSError):
            for _ in range(TURNS_MAX):
                with self._newest() as file:
                    if file is None:
                        continue
                    size = os.fstat(file).st_size
                    if not size or size + len(text) <= EACH_MAX:
                        os.write(file, text)
                        return
                    self._turn()

    @contextmanager
    def _newest(self) -> Iterator[int | None]:
        """The file that is written to, for ourselves alone; `None` when another process has just turned it."""
        # Ours alone to read, from the first byte on.
        file = os.open(self._path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file if os.path.samestat(os.fstat(file), os.stat(self._path)) else None
        finally:
            os.close(file)

    def _turn(self) -> None:
        """Begin a new file, and let go of the oldest."""
        names = [self._path, *(self._path.with_name(f"{NAME}.{number}") for number in range(1, KEPT + 1))]
        for older, newer in zip(reversed(names), reversed(names[:-1]), strict=False):
            if newer.exists():
                newer.replace(older)


def network(address: str) -> str:
    """What one house has: an IPv4 address, or the first half of an IPv6 address, of which each house has very many."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Address(int(found) >> 64 << 64)) + "/64"
    return str(found)


def _stamp(now_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_s))


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return str(value)[:LINE_MAX]
