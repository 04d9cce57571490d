"""Streams: what ffmpeg is asked for, the numbers of discontinuities, and folders that are left clean."""

import os
import socket
from pathlib import Path

import pytest

from memorata.adapters.stage import hls
from memorata.adapters.stage.hls import HlsStreams, command, free_ports, numbered, session

HEAD = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"


class FakeProcess:
    def __init__(self, pid: int, obeys: bool = True) -> None:
        self.pid, self.obeys, self.ended = pid, obeys, ""

    def poll(self) -> int | None:
        return None if not self.ended else 0

    def terminate(self) -> None:
        if self.obeys:
            self.ended = "terminated"

    def kill(self) -> None:
        self.ended = "killed"


class Runner:
    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.processes: list[FakeProcess] = []
        self.obeys = True

    def __call__(self, asked: list[str], log: Path) -> FakeProcess:
        self.commands.append(asked)
        self.processes.append(FakeProcess(2**22 + len(self.processes), self.obeys))
        return self.processes[-1]


def names(asked: list[str]) -> str:
    return Path(asked[asked.index("-hls_segment_filename") + 1]).name


def test_it_listens_to_this_machine_alone() -> None:
    asked = command("ffmpeg", Path("/s"), "ab-0000", picture=True, sound=True)
    assert asked[asked.index("-localaddr") + 1] == "127.0.0.1"
    assert asked.count("-i") == 1


@pytest.mark.parametrize(
    ("picture", "sound", "inputs", "seen", "heard"),
    [
        (True, True, 1, "0:v:0", "0:a:0"),
        (False, True, 2, "1:v:0", "0:a:0"),
        (True, False, 2, "0:v:0", "1:a:0"),
        (False, False, 2, "0:v:0", "1:a:0"),
    ],
)
def test_a_still_and_silence_take_the_place_of_what_is_not_there(
    picture: bool, sound: bool, inputs: int, seen: str, heard: str
) -> None:
    asked = command("ffmpeg", Path("/s"), "ab-0000", picture=picture, sound=sound)
    maps = [asked[at + 1] for at, word in enumerate(asked) if word == "-map"]
    assert (asked.count("-i"), maps) == (inputs, [seen, heard])


def test_a_session_tells_what_comes() -> None:
    assert session(4000, 4002).splitlines()[5:] == [
        "m=audio 4000 RTP/AVP 111", "a=rtpmap:111 opus/48000/2", "m=video 4002 RTP/AVP 96", "a=rtpmap:96 VP8/90000",
    ]  # fmt: skip
    assert "m=video" not in session(4000, 0)


@pytest.mark.parametrize(
    ("body", "passed"),
    [
        ("#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\nab12cd34-0000-000000.ts\n", 0),
        ("#EXTINF:2.0,\nab12cd34-0000-000001.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\nab12cd34-0001-000002.ts\n", 1),
        ("#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\nab12cd34-0001-000002.ts\n", 1),
        ("#EXTINF:2.0,\nab12cd34-0004-000009.ts\n", 5),
    ],
)
def test_discontinuities_that_have_left_the_list_are_counted(body: str, passed: int) -> None:
    told = numbered(HEAD + body)
    assert told == HEAD.replace("SEQUENCE:7\n", f"SEQUENCE:7\n#EXT-X-DISCONTINUITY-SEQUENCE:{passed}\n") + body
    assert numbered(told) == told
    assert numbered(HEAD) == HEAD


def test_each_run_that_wrote_something_is_followed_by_another_number(tmp_path: Path) -> None:
    runner = Runner()
    streams = HlsStreams(tmp_path, runner)
    streams.open("evening", picture=True, sound=True)
    streams.open("evening", picture=True, sound=True)
    first, again = map(names, runner.commands)
    assert again == first
    (tmp_path / "evening" / (first % 0)).write_text("")
    streams.open("evening", picture=True, sound=True)
    assert names(runner.commands[2]) == first.replace("-0000-", "-0001-")
    streams.clear("evening")
    assert not (tmp_path / "evening").exists()
    streams.open("evening", picture=True, sound=True)
    assert names(runner.commands[3])[:8] != first[:8]


def test_one_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hls, "END_S", 0.1)
    runner = Runner()
    HlsStreams(tmp_path, runner).open("a", picture=True, sound=True).end()
    runner.obeys = False
    HlsStreams(tmp_path, runner).open("b", picture=True, sound=True).end()
    assert [one.ended for one in runner.processes] == ["terminated", "killed"]
    assert list(tmp_path.rglob("*.pid")) == []


@pytest.mark.parametrize("name", ["..", ".hidden", "a/b", "", "a" * 201])
def test_a_folder_of_a_ceremony_is_nowhere_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match="no folder"):
        HlsStreams(tmp_path, Runner()).open(name, picture=True, sound=True)


def test_the_newest_is_known_once_there_is_a_list(tmp_path: Path) -> None:
    streams = HlsStreams(tmp_path, Runner())
    (tmp_path / "evening").mkdir()
    (tmp_path / "evening" / "live.m3u8").write_text("left by another life")
    assert streams.newest_ms("evening") is None
    streams.open("evening", picture=True, sound=True)
    assert streams.newest_ms("evening") is None
    (tmp_path / "evening" / "live.m3u8").write_text(HEAD)
    os.utime(tmp_path / "evening" / "live.m3u8", ns=(5_000_000, 7_000_000))
    assert streams.newest_ms("evening") == 7
    assert streams.playlist("evening") == HEAD


def test_what_was_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / "evening").mkdir()
    (tmp_path / "evening" / "ffmpeg.pid").write_text("1 1")
    (tmp_path / "evening" / "ab12cd34-0000-000000.ts").write_text("a face")
    HlsStreams(tmp_path, Runner()).sweep()
    assert list(tmp_path.iterdir()) == []


def test_ports_are_even_and_free_with_their_neighbours() -> None:
    ports = free_ports()
    assert [port % 2 for port in ports] == [0, 0]
    for port in ports:
        for own in (port, port + 1):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
                line.bind(("127.0.0.1", own))
