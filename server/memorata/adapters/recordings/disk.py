"""Recordings as files: a folder for each, and one into which the media server writes.

<data>/recordings/incoming/<part>-audio-0.mjr        what Janus writes; its room has this folder as `rec_dir`
<data>/recordings/<ceremony>/<id>/<part>.received    what a page has sent, beside it `<part>.whole` at its end
<data>/recordings/<ceremony>/<id>/film.webm          what is played
"""

import fcntl
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2s
from pathlib import Path

import structlog

from memorata.adapters.recordings.joining import join
from memorata.adapters.recordings.programs import run as run_program
from memorata.domain.errors import Refused
from memorata.services.ports import StoreBusy
from memorata.services.recording_ports import CannotJoin, Made, Recording, Runner, part_name, recording_of

log = structlog.get_logger(__name__)

INCOMING = "incoming"
FILM = "film.webm"

CLOSING_S = 30.0
"""A file of the engine that is still called unfinished, and was not written to for so long, was left by a crash."""

SENDING_S = 300.0
"""For how long a page that has lost its line may come back with the rest."""

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_INCOMING = re.compile(r"(?P<part>[0-9a-f]{16}-[0-9]+)-(?:audio|video|data)-[0-9]+\.mjr(?:\.tmp)?")


class DiskRecordings:
    def __init__(self, folder: Path, run: Runner = run_program, now_s: Callable[[], float] = time.time) -> None:
        """Args: folder: made when it is needed; now_s: by the clock of the disk."""
        self._folder = folder
        self._run = run
        self._now_s = now_s

    @property
    def incoming(self) -> Path:
        """Where the media server is to write; it is made, so that its rights can be given before anything is."""
        path = self._folder / INCOMING
        path.mkdir(parents=True, exist_ok=True)
        return path

    def received(self, recording: Recording, part: str) -> int:
        return _size(self._received(recording, part))

    def append(self, recording: Recording, part: str, offset: int, data: bytes) -> int:
        path = self._received(recording, part)
        if offset and not path.exists():
            raise Refused("recording.gap", wanted=0)
        with _told_as_busy():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Not buffered: where there is room for a part of it, so much is there, and the page sends what is not.
            with path.open("ab", buffering=0) as file:
                # A page that has sent a piece once more by another line may do so at another worker.
                fcntl.flock(file, fcntl.LOCK_EX)
                size = _size(path)
                if offset > size:
                    raise Refused("recording.gap", wanted=size)
                rest = data[size - offset :]
                if rest and file.write(rest) < len(rest):
                    raise StoreBusy("there is no room for all of it")
        return size + len(rest)

    def finish(self, recording: Recording, part: str) -> None:
        folder = self._of(recording)
        with _told_as_busy():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / f"{part}.whole").touch()

    def is_whole(self, recording: Recording) -> bool:
        now_s = self._now_s()
        for path in self._engines(recording):
            if path.suffix == ".tmp" and now_s - _touched_s(path) < CLOSING_S:
                return False
        sent = self._of(recording).glob("*.received")
        return all(path.with_suffix(".whole").exists() or now_s - _touched_s(path) >= SENDING_S for path in sent)

    def written(self, recording: Recording) -> int:
        return sum(_size(path) for path in (*self._engines(recording), *self._of(recording).glob("*.received")))

    def join(self, recording: Recording) -> Made:
        folder = self._of(recording)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._alone(folder):
            work, new = folder / "work", folder / "film.new"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(mode=0o700)
            engines = self._engines(recording)
            parts: list[list[Path]] = []
            for number in range(1, recording.parts + 1):
                name = part_name(recording.id, number)
                mine = [path for path in engines if path.name.startswith(f"{name}-")]
                received = self._received(recording, name)
                parts.append([*mine, received] if _size(received) else mine)
            try:
                made = join(parts, work, new, self._run)
            except (OSError, TimeoutError) as fault:
                raise CannotJoin(str(fault)) from fault
            finally:
                shutil.rmtree(work, ignore_errors=True)
            new.replace(folder / FILM)
            for path in (*engines, *folder.glob("*.received"), *folder.glob("*.whole")):
                path.unlink(missing_ok=True)
            return made

    def film(self, recording: Recording) -> str | None:
        path = self._of(recording) / FILM
        return str(path) if path.is_file() else None

    def remove(self, recording: Recording) -> None:
        for path in self._engines(recording):
            path.unlink(missing_ok=True)
        folder = self._of(recording)
        shutil.rmtree(folder, ignore_errors=True)
        self._tidy(folder.parent)

    def sweep(self, known: frozenset[str], silent_ms: int) -> int:
        before_s = self._now_s() - silent_ms / 1000
        count = 0
        for path in (self._folder / INCOMING).glob("*.mjr*"):
            found = _INCOMING.fullmatch(path.name)
            if found is not None and recording_of(found["part"]) not in known and _touched_s(path) < before_s:
                path.unlink(missing_ok=True)
                count += 1
        for folder in self._folder.glob("*/*/"):
            if folder.parent.name != INCOMING and folder.name not in known and _touched_s(folder) < before_s:
                shutil.rmtree(folder, ignore_errors=True)
                self._tidy(folder.parent)
                count += 1
        return count

    def _of(self, recording: Recording) -> Path:
        return self._folder / _safe(recording.ceremony_id) / recording.id

    def _received(self, recording: Recording, part: str) -> Path:
        return self._of(recording) / f"{part}.received"

    def _engines(self, recording: Recording) -> list[Path]:
        found = (self._folder / INCOMING).glob(f"{recording.id}-*.mjr*")
        return sorted(path for path in found if _INCOMING.fullmatch(path.name))

    def _tidy(self, folder: Path) -> None:
        try:
            folder.rmdir()
        except OSError:
            return  # not empty, or not there

    @contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """Of several servers on one disk, one makes the film; a server that dies lets go by that."""
        with (folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BlockingIOError("another process is at it") from None
            yield


@contextmanager
def _told_as_busy() -> Iterator[None]:
    """A full disk is no defect: the page sends it again. Raises: StoreBusy."""
    try:
        yield
    except OSError as error:
        log.warning("recordings.not_written", reason=error.strerror)
        raise StoreBusy("it could not be written") from error


def _safe(ceremony_id: str) -> str:
    """The name of a folder for a ceremony, whatever its id."""
    if _SAFE.fullmatch(ceremony_id) and ceremony_id != INCOMING and not ceremony_id.startswith("~"):
        return ceremony_id
    return "x" + blake2s(ceremony_id.encode(), digest_size=12).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _touched_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
