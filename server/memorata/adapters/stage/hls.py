"""Streams by ffmpeg: RTP in at two ports of this machine, HLS (RFC 8216) out into a folder of each ceremony.

Each encoder is a run: it goes on in the playlist where the last one ended, behind a discontinuity. The files are as new
as players need them, and are removed with the stream: they show people.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from memorata import green

PLAYLIST = "live.m3u8"
SEGMENT_S = 2
LISTED = 6
WIDTH, HEIGHT = 640, 360
"""Always the same, whatever the speaker's camera has: players need not begin anew."""

FRAMES = 15
EARTH = "0x1c1a18"
"""What is seen where there is no picture: the dark of the ceremony's page."""

SOUND_TYPE, PICTURE_TYPE = 111, 96
END_S = 0.8
BYE = bytes((0x82, 203, 0, 2)) + bytes(8)
"""That nothing more comes (RFC 3550, 6.6), from two senders, for ffmpeg reads no packet of less than 12 bytes."""

LOG_MOST = 1_000_000

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
SEGMENT = re.compile(r"[0-9a-f]{8}-(\d{4})-\d{6}\.ts")


class Process(Protocol):
    """As much of `subprocess.Popen` as is needed; none of it waits."""

    pid: int

    def poll(self) -> int | None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


Run = Callable[[list[str], Path], Process]


def start(command: list[str], log: Path) -> Process:
    """A process that ends with this one, and whose words go into a file, where nobody has to read them at once."""
    # The thread that starts a process counts as its parent. Only where threads are green is that the one which lasts.
    tied = ["setpriv", "--pdeathsig", "KILL"] if green.is_green() and shutil.which("setpriv") else []
    with log.open("ab") as said:
        return subprocess.Popen([*tied, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)


class FfmpegChannel:
    def __init__(self, process: Process, sound_port: int, picture_port: int, mark: Path) -> None:
        self._process, self.sound_port, self.picture_port, self._mark = process, sound_port, picture_port, mark

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        if self.alive():
            self._process.terminate()
            # Asked to end it still waits for what comes next, and a second signal would make it drop its list.
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                for port in (self.sound_port, self.picture_port):
                    with suppress(OSError):
                        line.sendto(BYE, ("127.0.0.1", port + 1))
            self._wait()
        if self.alive():
            self._process.kill()
            self._wait()
        with suppress(OSError):  # nor one that somebody else has begun meanwhile
            if self._mark.read_text().startswith(f"{self.pid} "):
                self._mark.unlink()

    def _wait(self) -> None:
        until = time.monotonic() + END_S
        while self.alive() and time.monotonic() < until:
            green.sleep(0.02)


class HlsStreams:
    """`root` holds a folder for each ceremony that has a stream; nothing else may be in it."""

    def __init__(self, root: Path, run: Run = start, program: str = "ffmpeg") -> None:
        self._root, self._run, self._program = root, run, program
        self._tokens: dict[str, tuple[str, int]] = {}

    def open(self, ceremony_id: str, *, picture: bool, sound: bool) -> FfmpegChannel:
        """Raises: OSError: it cannot be started."""
        folder = self._folder(ceremony_id)
        token, run = self._next(ceremony_id, folder)
        sound_port, picture_port = free_ports()
        (folder / "stage.sdp").write_text(session(sound_port if sound else 0, picture_port if picture else 0))
        said = folder / "ffmpeg.log"
        with suppress(OSError):
            if said.stat().st_size > LOG_MOST:
                said.unlink()
        process = self._run(command(self._program, folder, f"{token}-{run:04d}", picture=picture, sound=sound), said)
        mark = folder / "ffmpeg.pid"
        mark.write_text(f"{process.pid} {os.getpid()}")
        return FfmpegChannel(process, sound_port, picture_port, mark)

    def newest_ms(self, ceremony_id: str) -> int | None:
        if ceremony_id not in self._tokens:
            return None
        try:
            return self._folder(ceremony_id, made=False).joinpath(PLAYLIST).stat().st_mtime_ns // 1_000_000
        except OSError:
            return None

    def clear(self, ceremony_id: str) -> None:
        self._tokens.pop(ceremony_id, None)
        shutil.rmtree(self._folder(ceremony_id, made=False), ignore_errors=True)

    def sweep(self, *, alone: bool = False) -> None:
        for folder in self._root.glob("*"):
            owner = _owner(folder / "ffmpeg.pid", str(folder), alone)
            if owner is None or owner == os.getpid():
                shutil.rmtree(folder, ignore_errors=True)

    def playlist(self, ceremony_id: str) -> str:
        """As players get it. Raises: OSError: there is none."""
        return numbered(self._folder(ceremony_id, made=False).joinpath(PLAYLIST).read_text())

    def folder(self, ceremony_id: str) -> Path:
        return self._folder(ceremony_id, made=False)

    def _folder(self, ceremony_id: str, *, made: bool = True) -> Path:
        if not NAME.fullmatch(ceremony_id):
            raise FileNotFoundError(f"no folder may be called {ceremony_id!r}")
        folder = self._root / ceremony_id
        if made:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def _next(self, ceremony_id: str, folder: Path) -> tuple[str, int]:
        """The token of this stream, for names that no cache has seen, and the number of the run."""
        if ceremony_id not in self._tokens:
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            self._tokens[ceremony_id] = secrets.token_hex(4), 0
        token, run = self._tokens[ceremony_id]
        # A run without a segment has left no discontinuity in the list, so the next one takes its number.
        if any(folder.glob(f"{token}-{run:04d}-*.ts")):
            run += 1
            self._tokens[ceremony_id] = token, run
        return token, run


def numbered(playlist: str) -> str:
    """The playlist with its EXT-X-DISCONTINUITY-SEQUENCE (RFC 8216, 6.2.2), which ffmpeg does not keep.

    Each run begins behind a discontinuity, so a segment's number is that of its run plus one.
    """
    head, _, rest = playlist.partition("#EXTINF")
    first = SEGMENT.search(rest)
    if first is None or "#EXT-X-DISCONTINUITY-SEQUENCE" in playlist:
        return playlist
    passed = int(first[1]) + (0 if "#EXT-X-DISCONTINUITY\n" in head else 1)
    lines = playlist.splitlines(keepends=True)
    at = next((i + 1 for i, line in enumerate(lines) if line.startswith("#EXT-X-MEDIA-SEQUENCE")), 1)
    return "".join([*lines[:at], f"#EXT-X-DISCONTINUITY-SEQUENCE:{passed}\n", *lines[at:]])


def session(sound_port: int, picture_port: int) -> str:
    """What comes to the ports (RFC 8866); a port of 0: nothing does."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=stage", "c=IN IP4 127.0.0.1", "t=0 0"]
    if sound_port:
        lines += [f"m=audio {sound_port} RTP/AVP {SOUND_TYPE}", f"a=rtpmap:{SOUND_TYPE} opus/48000/2"]
    if picture_port:
        lines += [f"m=video {picture_port} RTP/AVP {PICTURE_TYPE}", f"a=rtpmap:{PICTURE_TYPE} VP8/90000"]
    return "\n".join(lines) + "\n"


def command(program: str, folder: Path, name: str, *, picture: bool, sound: bool) -> list[str]:
    """How ffmpeg is called; `name` begins the names of the run's segments."""
    received = [
        "-protocol_whitelist", "file,udp,rtp",
        # Nobody but this machine may send us a picture.
        "-localaddr", "127.0.0.1",
        "-analyzeduration", "1500000", "-probesize", "500000", "-fpsprobesize", "0",
        "-i", str(folder / "stage.sdp"),
    ]  # fmt: skip
    still = ["-re", "-f", "lavfi", "-i", f"color=c={EARTH}:s={WIDTH}x{HEIGHT}:r={FRAMES}"]
    silence = ["-re", "-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo"]
    inputs = [
        *(received if picture or sound else []),
        *([] if picture else still),
        *([] if sound else silence),
    ]
    live = 1 if picture or sound else 0
    seen = "0:v:0" if picture else f"{live}:v:0"
    heard = "0:a:0" if sound else f"{live + (0 if picture else 1)}:a:0"
    fitted = (
        f"scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease:force_divisible_by=2,"
        f"pad={WIDTH}:{HEIGHT}:-1:-1:color={EARTH},setsar=1"
    )
    whole = str(FRAMES * SEGMENT_S)
    return [
        program, "-nostdin", "-hide_banner", "-loglevel", "error", *inputs,
        "-map", seen, "-map", heard,
        "-vf", fitted, "-r", str(FRAMES), "-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency",
        "-pix_fmt", "yuv420p", "-profile:v", "main", "-g", whole, "-keyint_min", whole, "-sc_threshold", "0",
        "-b:v", "700k", "-maxrate", "900k", "-bufsize", "1400k",
        "-af", "aresample=async=1:first_pts=0", "-c:a", "aac", "-b:a", "64k", "-ar", "48000", "-ac", "2",
        "-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_list_size", str(LISTED), "-hls_delete_threshold", "3",
        "-hls_flags",
        "append_list+omit_endlist+delete_segments+program_date_time+independent_segments+temp_file",
        "-hls_segment_filename", str(folder / f"{name}-%06d.ts"), str(folder / PLAYLIST),
    ]  # fmt: skip


def free_ports() -> tuple[int, int]:
    """Two even ports, each free together with the one above it, where ffmpeg listens too (RFC 3550, 11)."""
    found: list[int] = []
    held: list[socket.socket] = []
    try:
        while len(found) < 2:
            first = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            held.append(first)
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            if port % 2:
                continue
            second = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            held.append(second)
            with suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                found.append(port)
    finally:
        for line in held:
            line.close()
    return found[0], found[1]


def _owner(mark: Path, folder: str, alone: bool) -> int | None:
    """Whose encoder is at work in the folder; one whose owner has died, or may not have one, is ended: then `None`."""
    try:
        pid, owner = map(int, mark.read_text().split())
        if folder.encode() not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return None
        # The name in parentheses may hold blanks; the parent is the second word after it.
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
    if parent == owner and (not alone or owner == os.getpid()):
        return owner
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    return None
