"""One film out of what Janus and pages have written, without coding anything anew: sound and picture keep their places.

Janus writes what it receives to a file for each kind (`<part>-audio-0.mjr`, `<part>-video-1.mjr`); after a crash the
ending `.tmp` is still there, and all but the last moment can be read. A page writes one WebM with both. Of parts that
follow each other one may have no picture, so the kinds are joined apart, each piece at its own instant.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from memorata.services.recording_ports import CannotJoin, Made, Part, Runner

CONVERT_S = 600.0
LOOK_S = 60.0

LOSS_S = 2.0
"""How much shorter than its pieces a film may be; else something has been lost and the pieces are kept."""

_FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y")

_MJR = re.compile(r".*-(audio|video)-[0-9]+\.mjr(?:\.tmp)?")
_FORMATS: dict[Part, str] = {"sound": "opus", "picture": "webm"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One kind of one part, ready to be copied: it begins at `at_s` of the film and lasts for `seconds`."""

    kind: Part
    path: Path
    at_s: float
    seconds: float


def join(parts: Iterable[Iterable[Path]], work: Path, film: Path, run: Runner) -> Made:
    """Write `film` out of the parts in their order, each the files of one name; one that holds nothing is left out.

    Args: work: an empty folder for what is made on the way.
    Raises: CannotJoin
    """
    pieces: list[Piece] = []
    at_s = 0.0
    for number, files in enumerate(parts, 1):
        found = _pieces(sorted(files), work, number, at_s, run)
        pieces += found
        at_s = max((piece.at_s + piece.seconds for piece in found), default=at_s)
    if not pieces:
        raise CannotJoin("nothing was written")
    _write(pieces, work, film, run)
    made = look(film, run)
    if made is None or made.duration_ms / 1000 < at_s - LOSS_S:
        raise CannotJoin("the film is shorter than what it was made of")
    return made


def look(film: Path, run: Runner) -> Made | None:
    """What a file holds; `None` when it cannot be played."""
    told = _probed(film, run)
    kinds = {stream.get("codec_type") for stream in told.get("streams", ())}
    seconds = _seconds(told)
    if not kinds & {"audio", "video"} or seconds <= 0:
        return None
    return Made(film.stat().st_size, round(seconds * 1000), "video" in kinds, "audio" in kinds)


def _pieces(files: list[Path], work: Path, number: int, at_s: float, run: Runner) -> list[Piece]:
    """What can be used of one part, which begins at `at_s`."""
    found: list[tuple[Part, Path, float, float]] = []
    for path in files:
        known = _MJR.fullmatch(path.name)
        if known is None:
            found += _of_page(path, work, number, run)
        else:
            kind: Part = "sound" if known[1] == "audio" else "picture"
            if not any(one[0] == kind for one in found):
                found += _of_janus(path, kind, work, number, run)
    first_s = min((begins_s for _, _, begins_s, _ in found), default=0.0)
    return [Piece(kind, path, at_s + begins_s - first_s, seconds) for kind, path, begins_s, seconds in found]


def _of_janus(path: Path, kind: Part, work: Path, number: int, run: Runner) -> list[tuple[Part, Path, float, float]]:
    status, told, _ = run(("janus-pp-rec", "-j", str(path)), LOOK_S)
    begins_us = _first_packet_us(told) if status == 0 else None
    if begins_us is None:
        return []  # a file in which no packet came
    read = work / f"{number}-{kind}.{_FORMATS[kind]}"
    status, _, _ = run(("janus-pp-rec", "-o", "-f", _FORMATS[kind], str(path), str(read)), CONVERT_S)
    if status != 0 or not read.is_file():
        return []
    made = work / f"{number}-{kind}.webm"
    if made != read:
        # Pieces that follow each other have to count time alike, and those of pages do it as WebM does.
        status, _, _ = run((*_FFMPEG, "-i", str(read), "-map", "0", "-c", "copy", str(made)), CONVERT_S)
        if status != 0:
            return []
    seconds = _seconds(_probed(made, run))
    return [(kind, made, begins_us / 1_000_000, seconds)] if seconds > 0 else []


def _first_packet_us(told: str) -> int | None:
    for line in told.splitlines():
        if line.startswith("{"):
            try:
                header = json.loads(line)
            except ValueError:
                continue
            if isinstance(header, dict) and isinstance(header.get("u"), int):
                begins: int = header["u"]
                return begins
    return None


def _of_page(path: Path, work: Path, number: int, run: Runner) -> list[tuple[Part, Path, float, float]]:
    """The sound and the picture of a page's WebM, apart; its end may be missing."""
    found: list[tuple[Part, Path, float, float]] = []
    kinds = {stream.get("codec_type"): stream for stream in _probed(path, run).get("streams", ())}
    for kind, stream, which in (("sound", "audio", "0:a:0"), ("picture", "video", "0:v:0")):
        if stream not in kinds:
            continue
        made = work / f"{number}-{kind}.webm"
        status, _, _ = run((*_FFMPEG, "-i", str(path), "-map", which, "-c", "copy", str(made)), CONVERT_S)
        told = _probed(made, run) if status == 0 and made.is_file() else {}
        begins_s, ends_s = float(told.get("format", {}).get("start_time", 0) or 0), _seconds(told)
        if ends_s > begins_s:
            found.append(("sound" if kind == "sound" else "picture", made, begins_s, ends_s - begins_s))
    return found


def _write(pieces: list[Piece], work: Path, film: Path, run: Runner) -> None:
    inputs: list[str] = []
    maps: list[str] = []
    for kind in ("picture", "sound"):
        mine = sorted((piece for piece in pieces if piece.kind == kind), key=lambda piece: piece.at_s)
        if not mine:
            continue
        listed = work / f"{kind}.txt"
        listed.write_text(_list(mine))
        maps += ["-map", str(len(maps) // 2)]
        inputs += ["-itsoffset", f"{mine[0].at_s:.6f}", "-f", "concat", "-safe", "0", "-i", str(listed)]
    # Nothing of whom it is, or when it was, stands in the film itself.
    plain = ("-map_metadata", "-1", "-fflags", "+bitexact", "-f", "webm")
    status, _, said = run((*_FFMPEG, *inputs, *maps, "-c", "copy", *plain, str(film)), CONVERT_S)
    if status != 0:
        raise CannotJoin(said.strip().splitlines()[-1] if said.strip() else f"ffmpeg ended with {status}")


def _list(pieces: list[Piece]) -> str:
    """For the concat demuxer: each piece lasts until the next one of its kind begins."""
    lines = ["ffconcat version 1.0"]
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        path = str(piece.path).replace("'", "'\\''")
        lines.append(f"file '{path}'")
        if following is not None:
            lines.append(f"duration {following.at_s - piece.at_s:.6f}")
    return "\n".join(lines) + "\n"


def _probed(path: Path, run: Runner) -> dict[str, Any]:
    asked = ("ffprobe", "-v", "error", "-show_entries", "format=duration,start_time:stream=codec_type", "-of", "json")
    status, told, _ = run((*asked, str(path)), LOOK_S)
    try:
        found = json.loads(told) if status == 0 else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(told: dict[str, Any]) -> float:
    try:
        return float(told.get("format", {}).get("duration", 0))
    except (TypeError, ValueError):
        return 0.0
