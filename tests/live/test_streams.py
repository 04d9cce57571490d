"""Streams by the real ffmpeg, which another one feeds as Janus does; and none of them outlives its server."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from memorata.adapters.clock import SystemClock
from memorata.adapters.stage.hls import FfmpegChannel, HlsStreams
from memorata.services.streaming import Streaming
from tests.fakes import FakeAlarm, FakeClock
from tests.live.client import eventually

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(120),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed (Debian: apt-get install ffmpeg)"),
]

ID = "evening"
SLOW_S = 60
"""A machine that others use too takes its time to encode."""


class Speaker:
    """Sends a test picture and a tone to the ports that it is told, as a media server forwards a speaker."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.size = "320x240"

    def forward(self, feed_id: str | None, ceremony_id: str, sound_port: int, picture_port: int) -> None:
        self.stop()
        if feed_id is None:
            return
        ways = [
            "-map", "0:v", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "30",
            "-payload_type", "96", "-f", "rtp", f"rtp://127.0.0.1:{picture_port}?pkt_size=1200",
            "-map", "1:a", "-c:a", "libopus", "-ac", "2", "-b:a", "32k",
            "-payload_type", "111", "-f", "rtp", f"rtp://127.0.0.1:{sound_port}?pkt_size=1200",
        ]  # fmt: skip
        self.process = subprocess.Popen(
            [
                "ffmpeg", "-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", f"testsrc=s={self.size}:r=15",
                "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", *ways,
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class House:
    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / ID
        self.streams, self.speaker, clock = HlsStreams(root), Speaker(), SystemClock()
        self.alarm = FakeAlarm(FakeClock())
        self.desk = Streaming(self.speaker, self.streams, clock, self.alarm)  # type: ignore[arg-type]

    def show(self, feed: str | None, *, picture: bool = True, sound: bool = True) -> None:
        self.desk.show(ID, feed, picture=picture, sound=sound)
        self.desk.look()

    def until(self, runs: int, each: int = 1) -> list[Path]:
        """The segments that are listed, once there are so many of so many runs; the desk looks meanwhile."""

        def there() -> list[Path]:
            self.desk.look()
            listed = self.listed()
            found = [sum(1 for one in listed if f"-{run:04d}-" in one.name) for run in range(runs)]
            return listed if len(found) == runs and found[-1] >= each else []

        found: list[Path] = eventually(there, f"{each} segments of run {runs - 1}", SLOW_S)
        return found

    def listed(self) -> list[Path]:
        try:
            lines = self.streams.playlist(ID).splitlines()
        except OSError:
            return []
        return [self.folder / line for line in lines if line.endswith(".ts")]

    @property
    def channel(self) -> FfmpegChannel:
        found = self.desk._shows[ID].channel
        assert isinstance(found, FfmpegChannel)
        return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.desk.stop()
    made.speaker.stop()
    assert list(tmp_path.iterdir()) == []


def probed(segment: Path) -> dict[str, dict[str, object]]:
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-count_frames", "-of", "json", segment],
        check=True, capture_output=True,
    )  # fmt: skip
    return {one["codec_type"]: one for one in json.loads(told.stdout)["streams"]}


def loudness_db(segment: Path) -> float:
    told = subprocess.run(
        ["ffmpeg", "-nostdin", "-i", segment, "-vn", "-af", "volumedetect", "-f", "null", "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return float(told.stderr.partition("mean_volume:")[2].split()[0])


def test_a_speaker_becomes_segments_that_play(house: House) -> None:
    house.show("vera")
    segment = house.until(1)[0]
    found = probed(segment)
    assert (found["video"]["codec_name"], found["audio"]["codec_name"]) == ("h264", "aac")
    assert (found["video"]["width"], found["video"]["height"]) == (640, 360)
    assert int(str(found["video"]["nb_read_frames"])) == 30
    assert loudness_db(segment) > -40
    assert house.desk.url(ID) == f"/stream/{ID}/live.m3u8"


def test_the_next_speaker_follows_in_the_same_list_behind_a_discontinuity(house: House) -> None:
    house.show("vera")
    house.until(1)
    house.speaker.size = "480x640"
    house.show("bruno")
    listed = house.until(2)
    assert [probed(one)["video"]["width"] for one in (listed[0], listed[-1])] == [640, 640]
    playlist = house.streams.playlist(ID)
    assert playlist.count("#EXT-X-DISCONTINUITY\n") == 2
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:0\n" in playlist


def test_an_encoder_that_is_killed_is_replaced(house: House) -> None:
    house.show("vera")
    house.until(1)
    subprocess.run(["kill", "-9", str(house.channel.pid)], check=True)
    house.until(2)


def test_a_voice_without_a_picture_has_a_still(house: House) -> None:
    house.show("vera", picture=False)
    segment = house.until(1)[0]
    assert set(probed(segment)) == {"video", "audio"}
    assert loudness_db(segment) > -40


def test_nobody_is_a_still_and_silence(house: House) -> None:
    house.show("vera")
    house.until(1)
    house.show(None)
    segment = house.until(2)[-1]
    assert set(probed(segment)) == {"video", "audio"}
    assert loudness_db(segment) < -80


SERVER = """
import sys, time
if sys.argv[2] == "green":
    import eventlet
    eventlet.monkey_patch()
from pathlib import Path
from memorata.adapters.stage.hls import HlsStreams
print(HlsStreams(Path(sys.argv[1])).open("evening", picture=True, sound=True).pid, flush=True)
time.sleep(600)
"""


@contextmanager
def a_server(root: Path, threads: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER, str(root), threads], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        encoder = int(server.stdout.readline())
        eventually(lambda: b"ffmpeg" in Path(f"/proc/{encoder}/cmdline").read_bytes().split(b"\0")[0], "ffmpeg", SLOW_S)
        try:
            yield server, encoder
        finally:
            server.kill()


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_encoder_dies_with_its_server(tmp_path: Path) -> None:
    with a_server(tmp_path, "green") as (server, encoder):
        server.kill()
        eventually(lambda: not runs(encoder), "the end of the encoder")


def test_one_that_was_left_is_ended_at_the_next_start_and_another_server_s_is_not(tmp_path: Path) -> None:
    with a_server(tmp_path, "plain") as (server, encoder):
        HlsStreams(tmp_path).sweep()
        time.sleep(0.2)
        assert runs(encoder)
        server.kill()
        server.wait()
        assert runs(encoder)
        HlsStreams(tmp_path).sweep()
        eventually(lambda: not runs(encoder), "the end of the encoder")
        assert list(tmp_path.iterdir()) == []
