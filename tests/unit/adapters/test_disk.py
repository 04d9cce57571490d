"""The ballast: laid where there is plenty, thrown off where there is hardly any room, and laid again."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from memorata.adapters import disk
from memorata.adapters.disk import FULL_BYTES, NAME, PLENTY, SHORT_BYTES, Disk

SIZE = 1 << 20
Room = Callable[[int | None], None]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """Says how much is free."""

    def set_to(free: int | None) -> None:
        def usage(_folder: Path) -> SimpleNamespace:
            if free is None:
                raise OSError
            return SimpleNamespace(free=free)

        monkeypatch.setattr(shutil, "disk_usage", usage)

    return set_to


def test_it_is_laid_thrown_off_and_laid_again(tmp_path: Path, room: Room) -> None:
    ballast, watched = tmp_path / NAME, Disk(tmp_path, SIZE * 8)
    plenty = SIZE * 8 * PLENTY
    room(plenty)
    watched.look()
    assert ballast.stat().st_size == SIZE * 8
    assert (watched.is_short, watched.is_full) == (False, False)
    room(SHORT_BYTES - 1)
    watched.look()
    assert not ballast.exists()
    room(plenty - 1)
    watched.look()
    assert (ballast.exists(), watched.is_short) == (False, True)
    room(plenty)
    watched.look()
    assert (ballast.exists(), watched.is_short) == (True, False)


def test_what_is_full(tmp_path: Path, room: Room) -> None:
    watched = Disk(tmp_path, 0)
    assert (watched.is_short, watched.is_full) == (False, False)
    for free, short, full in ((None, False, False), (SHORT_BYTES, False, False), (SHORT_BYTES - 1, True, False),
                              (FULL_BYTES - 1, True, True)):  # fmt: skip
        room(free)
        watched.look()
        assert (watched.is_short, watched.is_full) == (short, full), free
    assert list(tmp_path.iterdir()) == []


def test_where_it_cannot_be_laid_there_is_none(tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int, _from: int, _bytes: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk.os, "posix_fallocate", full)
    watched = Disk(tmp_path, SIZE)
    room(SIZE * 100)
    watched.look()
    assert list(tmp_path.iterdir()) == []
    assert watched.is_short is False
