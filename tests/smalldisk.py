"""A disk of a few megabytes, in memory, that a test may fill to its last byte. It takes root and the right to mount."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path


@cache
def can_be_made() -> bool:
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder, mounted(Path(folder), 1) as done:
        return done


@contextmanager
def mounted(folder: Path, megabytes: int) -> Iterator[bool]:
    """Whether a disk of this size is at the folder for now."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "memorata-test", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)


class SmallDisk:
    """A disk, and the file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, leave_bytes: int = 0) -> None:
        """To the last byte, or to all but so many."""
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            piece = bytes(1 << 16)
            while leave_bytes == 0 or self.free() > leave_bytes + len(piece):
                file.write(piece)
                if leave_bytes == 0 and self.free() < len(piece):
                    piece = bytes(4096)

    def empty(self) -> None:
        self._filler.unlink(missing_ok=True)

    def free(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize
