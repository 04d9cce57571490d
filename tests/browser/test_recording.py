"""What Janus has written of picture and sound becomes one film, by the real programs; a crash costs a moment."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from memorata.adapters.recordings.disk import DiskRecordings
from memorata.services.recording_ports import Recording
from tests import filming
from tests.janus import Janus, running

RED, BLUE = "#c02020", "#2020c0"
ONE = Recording("00112233445566aa", "remembrance-2027", "chiyo", "ask", "Chiyo", "Osaka", "memories", 0)
LOUD_DB = -30.0
"""A tone at half its volume has -9 dB; silence has -91."""


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    with running(tmp_path_factory.mktemp("janus")) as started:
        yield started


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    opened = chromium.new_page()
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def disk(tmp_path: Path, janus: Janus) -> DiskRecordings:
    """A disk whose `incoming` is where this Janus writes."""
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings/incoming").symlink_to(janus.recordings)
    return DiskRecordings(tmp_path / "recordings")


def until(condition: Callable[[], bool], what: str, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)


def left(disk: DiskRecordings) -> list[str]:
    return sorted(path.name for path in disk.incoming.glob(f"{ONE.id}-*"))


def is_red(colour: tuple[int, int, int]) -> bool:
    red, green, blue = colour
    return red > 150 and green < 80 and blue < 80


def is_blue(colour: tuple[int, int, int]) -> bool:
    return is_red((colour[2], colour[1], colour[0]))


def film_of(disk: DiskRecordings, recording: Recording) -> Path:
    until(lambda: disk.is_whole(recording), "Janus to close its files")
    disk.join(recording)
    path = disk.film(recording)
    assert path is not None
    return Path(path)


def test_what_janus_wrote_is_seen_and_heard(page: Page, janus: Janus, disk: DiskRecordings) -> None:
    filming.publish(page, janus, f"{ONE.id}-1", RED, 4)
    assert disk.written(ONE) > 10_000
    film = film_of(disk, ONE)
    told = filming.holds(film)
    assert (told["video"], told["audio"]) == ("vp8", "opus")
    assert 3 < told["seconds"] < 6
    assert filming.loudness_db(film) > LOUD_DB
    assert is_red(filming.seen(film, 2))
    assert left(disk) == []


def test_sound_alone_is_a_recording_too(page: Page, janus: Janus, disk: DiskRecordings) -> None:
    filming.publish(page, janus, f"{ONE.id}-1", RED, 3, picture=False)
    film = film_of(disk, ONE)
    assert set(filming.holds(film)) == {"audio", "seconds"}
    assert filming.loudness_db(film) > LOUD_DB


def test_of_several_parts_and_a_crash_there_is_one_film(
    page: Page, chromium: Browser, tmp_path: Path, janus: Janus, disk: DiskRecordings
) -> None:
    """Red, then a sound without a picture, then what a page has sent, and blue until Janus is killed."""
    filming.publish(page, janus, f"{ONE.id}-1", RED, 3)
    filming.publish(page, janus, f"{ONE.id}-2", RED, 3, picture=False)
    four = replace(ONE, parts=4)
    sent = filming.made(tmp_path / "sent.webm", "0xc02020", 3)
    disk.append(four, f"{ONE.id}-3", 0, sent[: len(sent) - 500])  # the page was closed in the middle
    filming.publish(page, janus, f"{ONE.id}-4", BLUE, 6, leave=False)
    janus.restart()
    assert [name for name in left(disk) if name.endswith(".tmp")] != []
    assert not disk.is_whole(four)
    disk.join(four)
    film = Path(disk.film(four) or "")
    told = filming.holds(film)
    assert 11 < told["seconds"] < 17
    assert is_red(filming.seen(film, 1))
    assert is_blue(filming.seen(film, told["seconds"] - 2.5))
    for from_s in (0.5, 4, 7, told["seconds"] - 4):
        assert filming.loudness_db(film, from_s, 1.5) > LOUD_DB, from_s
    assert left(disk) == []
