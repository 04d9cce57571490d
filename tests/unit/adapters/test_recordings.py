"""Recordings as rows and as files; what programs of the system do is played here, and done in tests/browser."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from memorata.adapters.recordings.disk import CLOSING_S, SENDING_S, DiskRecordings
from memorata.adapters.recordings.programs import run
from memorata.adapters.store.database import Database
from memorata.adapters.store.recordings import SqlRecordings
from memorata.domain.errors import Refused
from memorata.services.ports import StoreBusy
from memorata.services.recording_ports import CannotJoin, Made, Recording
from tests.smalldisk import SmallDisk, mounted

NOW = 1_801_047_600_000
ONE = Recording("00112233445566aa", "remembrance-2027", "chiyo", "ask", "千代", "Ōsaka", "memories", NOW)
PART = "00112233445566aa-1"


# --- rows ---


@pytest.fixture(params=["sqlite", "postgresql"])
def recordings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlRecordings]:
    url = f"sqlite:///{tmp_path}/memorata.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").url()
    database = Database(url)
    database.upgrade()
    yield SqlRecordings(database)
    database.dispose()


def test_what_is_written_is_read(recordings: SqlRecordings) -> None:
    other = replace(ONE, id="ffffffffffffffff", ceremony_id="another", participant_id="bruno", started_ms=NOW - 1)
    recordings.add(ONE)
    recordings.add(other)
    assert recordings.find(ONE.id) == ONE
    assert recordings.find("unknown") is None
    assert recordings.of_ceremony(ONE.ceremony_id) == (ONE,)
    assert recordings.of_participant("bruno") == (other,)
    assert recordings.in_state("running", "held") == (other, ONE)
    assert recordings.in_state("held") == ()
    assert recordings.ids() == {ONE.id, other.id}
    recordings.remove(ONE.id)
    recordings.remove(ONE.id)
    assert recordings.ids() == {other.id}


def test_who_comes_second_changes_nothing(recordings: SqlRecordings) -> None:
    recordings.add(ONE)
    ended = replace(ONE, state="working", ended_ms=NOW + 1, parts=2)
    assert recordings.change(ONE, ended)
    assert not recordings.change(ONE, replace(ONE, state="failed"))
    assert not recordings.change(replace(ended, parts=1), replace(ended, state="held"))
    assert recordings.find(ONE.id) == ended
    recordings.remove(ONE.id)
    assert not recordings.change(ended, ONE)


# --- files ---


class Clock:
    def __init__(self) -> None:
        self.later_s = 0.0

    def __call__(self) -> float:
        import time

        return time.time() + self.later_s


class Programs:
    """Plays janus-pp-rec, ffmpeg and ffprobe: files are text: kinds, seconds, in `.mjr` files the first µs."""

    def __init__(self) -> None:
        self.commands: list[Sequence[str]] = []
        self.lists: list[str] = []
        self.film = "audio,video 10"
        self.missing = False

    def __call__(self, command: Sequence[str], seconds: float) -> tuple[int, str, str]:
        self.commands.append(command)
        if self.missing:
            raise FileNotFoundError(command[0])
        if command[0] == "janus-pp-rec":
            return self._janus(command)
        if command[0] == "ffprobe":
            return self._probe(Path(command[-1]))
        out = Path(command[-1])
        if "concat" in command:
            found = [Path(command[n + 1]) for n, word in enumerate(command) if word == "-i"]
            self.lists += [re.sub(r"'.*/", "'", listed.read_text()) for listed in found]
            out.write_text(self.film)
        else:
            kinds, seconds_told = Path(command[command.index("-i") + 1]).read_text().split()
            kind = {"0:a:0": "audio", "0:v:0": "video", "0": kinds}[command[command.index("-map") + 1]]
            out.write_text(f"{kind} {seconds_told}")
        return 0, "", ""

    def _janus(self, command: Sequence[str]) -> tuple[int, str, str]:
        source = Path(command[-1] if command[1] == "-j" else command[-2])
        words = source.read_text().split()
        if len(words) < 3:
            return 1, "", "no packets"
        if command[1] == "-j":
            return 0, f'{{"t": "a", "s": 1, "u": {words[2]}}}\n', ""
        Path(command[-1]).write_text(" ".join(words[:2]))
        return 0, "", ""

    def _probe(self, path: Path) -> tuple[int, str, str]:
        words = path.read_text().split()
        if len(words) < 2:
            return 1, "", ""
        kinds = [{"codec_type": kind} for kind in words[0].split(",")]
        return 0, json.dumps({"streams": kinds, "format": {"duration": words[1], "start_time": "0"}}), ""


class Disk(DiskRecordings):
    def __init__(self, folder: Path) -> None:
        self.programs, self.clock, self.folder = Programs(), Clock(), folder / "recordings"
        super().__init__(self.folder, self.programs, self.clock)
        assert self.incoming.is_dir()

    def engine(self, name: str, text: str = "audio 5 1000000") -> Path:
        path = self.incoming / name
        path.write_text(text)
        return path

    def left(self) -> list[str]:
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_pieces_are_written_once_and_never_past_a_gap(disk: Disk) -> None:
    assert disk.received(ONE, PART) == 0
    assert disk.append(ONE, PART, 0, b"abcd") == 4
    assert disk.append(ONE, PART, 0, b"ab") == 4
    assert disk.append(ONE, PART, 3, b"def") == 6
    assert disk.append(ONE, PART, 6, b"") == 6
    with pytest.raises(Refused, match=r"recording\.gap") as refused:
        disk.append(ONE, PART, 7, b"h")
    assert refused.value.facts == {"wanted": 6}
    assert (disk.received(ONE, PART), disk.written(ONE)) == (6, 6)
    assert (disk.folder / ONE.ceremony_id / ONE.id / f"{PART}.received").read_bytes() == b"abcdef"


def test_nobody_of_the_machine_but_us_reads_what_was_sent(disk: Disk) -> None:
    disk.append(ONE, PART, 0, b"abcd")
    assert (disk.folder / ONE.ceremony_id / ONE.id).stat().st_mode & 0o077 == 0


def test_a_page_is_waited_for_until_it_says_that_it_was_all(disk: Disk) -> None:
    disk.append(ONE, PART, 0, b"abcd")
    assert not disk.is_whole(ONE)
    disk.clock.later_s = SENDING_S + 1
    assert disk.is_whole(ONE)
    disk.clock.later_s = 0
    disk.finish(ONE, PART)
    assert disk.is_whole(ONE)


def test_an_engine_is_waited_for_until_it_has_closed_or_crashed(disk: Disk) -> None:
    assert disk.is_whole(ONE)
    path = disk.engine(f"{PART}-audio-0.mjr.tmp")
    assert not disk.is_whole(ONE)
    disk.clock.later_s = CLOSING_S + 1
    assert disk.is_whole(ONE)
    disk.clock.later_s = 0
    path.rename(path.with_suffix(""))
    assert disk.is_whole(ONE)


def test_the_files_of_an_engine_become_one_film_and_are_gone(disk: Disk) -> None:
    disk.engine(f"{PART}-audio-0.mjr", "audio 10 1000000")
    disk.engine(f"{PART}-video-1.mjr", "video 9.868 1132000")
    disk.engine("ffffffffffffffff-1-audio-0.mjr")
    assert disk.join(ONE) == Made(14, 10_000, picture=True, sound=True)
    assert disk.film(ONE) == str(disk.folder / ONE.ceremony_id / ONE.id / "film.webm")
    assert disk.left() == [
        "incoming/ffffffffffffffff-1-audio-0.mjr",
        f"{ONE.ceremony_id}/{ONE.id}/film.webm",
        f"{ONE.ceremony_id}/{ONE.id}/lock",
    ]
    written = next(command for command in disk.programs.commands if "concat" in command)
    # The picture came 132 ms after the sound, and nothing is coded anew.
    assert [written[n + 1] for n, word in enumerate(written) if word == "-itsoffset"] == ["0.132000", "0.000000"]
    assert written[written.index("-c") + 1] == "copy"


def test_of_several_parts_each_piece_keeps_its_instant(disk: Disk) -> None:
    three = replace(ONE, parts=4)
    disk.engine(f"{ONE.id}-1-audio-0.mjr", "audio 10 1000000")
    disk.engine(f"{ONE.id}-2-audio-0.mjr.tmp", "audio 5 9000000")
    disk.engine(f"{ONE.id}-2-video-1.mjr.tmp", "video 5 9500000")
    disk.engine(f"{ONE.id}-3-audio-0.mjr", "")  # no packet came
    disk.append(three, f"{ONE.id}-4", 0, b"audio,video 3")
    disk.programs.film = "audio,video 18.5"
    assert disk.join(three).duration_ms == 18_500
    assert disk.programs.lists == [
        "ffconcat version 1.0\nfile '2-picture.webm'\nduration 5.000000\nfile '4-picture.webm'\n",
        (
            "ffconcat version 1.0\nfile '1-sound.webm'\nduration 10.000000\n"
            "file '2-sound.webm'\nduration 5.500000\nfile '4-sound.webm'\n"
        ),
    ]
    offsets = [
        command[n + 1] for command in disk.programs.commands for n, word in enumerate(command) if word == "-itsoffset"
    ]
    assert offsets == ["10.500000", "0.000000"]


@pytest.mark.parametrize("film", ["", "audio,video 7.9"])
def test_the_pieces_stay_while_the_film_is_not_whole(disk: Disk, film: str) -> None:
    path = disk.engine(f"{PART}-audio-0.mjr", "audio 10 1000000")
    disk.programs.film = film
    with pytest.raises(CannotJoin):
        disk.join(ONE)
    assert path.exists()
    assert disk.film(ONE) is None


def test_nothing_or_no_programs_make_no_film(disk: Disk) -> None:
    with pytest.raises(CannotJoin):
        disk.join(ONE)
    disk.engine(f"{PART}-audio-0.mjr")
    disk.programs.missing = True
    with pytest.raises(CannotJoin):
        disk.join(ONE)


def test_of_one_that_is_removed_nothing_stays(disk: Disk) -> None:
    disk.engine(f"{PART}-audio-0.mjr")
    disk.join(ONE)
    disk.engine(f"{ONE.id}-2-audio-0.mjr.tmp")
    disk.append(ONE, PART, 0, b"abcd")
    disk.remove(ONE)
    disk.remove(ONE)
    assert disk.left() == []
    assert not (disk.folder / ONE.ceremony_id).exists()


def test_what_belongs_to_no_recording_is_swept_once_it_is_silent(disk: Disk) -> None:
    disk.engine(f"{PART}-audio-0.mjr.tmp")
    disk.engine("something-else.txt")
    disk.append(ONE, PART, 0, b"abcd")
    assert disk.sweep(frozenset({ONE.id}), 60_000) == 0
    assert disk.sweep(frozenset(), 60_000) == 0
    disk.clock.later_s = 61
    assert disk.sweep(frozenset({ONE.id}), 60_000) == 0
    assert disk.sweep(frozenset(), 60_000) == 2
    assert disk.left() == ["incoming/something-else.txt"]


@pytest.mark.parametrize("ceremony_id", ["../../etc", "incoming", ".", "a/b", "", "x" * 200, "-rf"])
def test_no_id_leads_out_of_the_folder(disk: Disk, ceremony_id: str) -> None:
    odd = replace(ONE, ceremony_id=ceremony_id)
    disk.append(odd, PART, 0, b"abcd")
    (path,) = disk.left()
    assert re.fullmatch(rf"x[0-9a-f]+/{ONE.id}/{PART}\.received", path)
    disk.remove(odd)
    assert disk.left() == []


def test_two_processes_do_not_make_it_at_once(disk: Disk, tmp_path: Path) -> None:
    disk.engine(f"{PART}-audio-0.mjr")
    other = DiskRecordings(disk.folder, disk.programs)
    with other._alone(_folder(disk)), pytest.raises(BlockingIOError):
        disk.join(ONE)
    assert disk.join(ONE).sound


def _folder(disk: Disk) -> Path:
    folder = disk.folder / ONE.ceremony_id / ONE.id
    folder.mkdir(parents=True)
    return folder


# --- programs ---


def test_a_program_says_how_it_ended_and_what_it_said() -> None:
    assert run(("sh", "-c", "echo out; echo err >&2; exit 3"), 10) == (3, "out\n", "err\n")


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        run(("sleep", "20"), 0.2)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(OSError, match="memorata"):
        run(("no-such-program-of-memorata",), 1)


@pytest.mark.small_disk
def test_what_a_full_disk_has_no_room_for_is_sent_again(tmp_path: Path) -> None:
    with mounted(tmp_path, 2) as done:
        assert done
        disk, files = SmallDisk(tmp_path), DiskRecordings(tmp_path)
        assert files.append(ONE, PART, 0, b"a" * 100) == 100
        disk.fill()
        sent = b"b" * (1 << 19)
        with pytest.raises(StoreBusy):
            files.append(ONE, PART, 100, sent)
        disk.empty()
        # So much of it as there was room for is there.
        already = files.received(ONE, PART) - 100
        assert files.append(ONE, PART, 100 + already, sent[already:]) == 100 + len(sent)
        (path,) = tmp_path.glob("*/*/*.received")
        assert path.read_bytes() == b"a" * 100 + sent
