"""The room on the disk of the data, and the ballast that is thrown off when there is hardly any.

A file that holds nothing lies beside the data and takes up room. It is deleted when the disk is nearly full, whoever
filled it, so that a ceremony that is being held can be written to its end; it is laid anew when there is plenty again.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

NAME = "ballast"
SHORT_BYTES = 16 << 20
"""With less than this the ballast goes; what is left is enough for hours of a ceremony."""

FULL_BYTES = 1 << 20
"""With less than this nothing can be relied on to be written."""

PLENTY = 4
"""The ballast is laid where there is so many times its size."""


class Disk:
    """`look` is to be called each second. The operator may delete the ballast too."""

    def __init__(self, folder: Path, ballast_bytes: int) -> None:
        """Args: ballast_bytes: 0 for none."""
        self._folder = folder
        self._path = folder / NAME
        self._ballast_bytes = ballast_bytes
        self.free_bytes: int | None = None
        """As it was found last; `None`: nobody has looked, or the system does not tell."""

    @property
    def is_full(self) -> bool:
        return self.free_bytes is not None and self.free_bytes < FULL_BYTES

    @property
    def is_short(self) -> bool:
        """Little is left, or only what the ballast has left."""
        if self.free_bytes is None:
            return False
        return self.free_bytes < SHORT_BYTES or (self._missing and self.free_bytes < self._ballast_bytes * PLENTY)

    @property
    def _missing(self) -> bool:
        return bool(self._ballast_bytes) and not self._path.exists()

    def look(self) -> None:
        self.free_bytes = self._free()
        if self.free_bytes is None or not self._ballast_bytes:
            return
        if self.free_bytes < SHORT_BYTES:
            self._throw_off()
        elif self._missing and self.free_bytes >= self._ballast_bytes * PLENTY:
            self._lay()

    def _free(self) -> int | None:
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return None

    def _throw_off(self) -> None:
        with suppress(OSError):
            self._path.unlink()
            log.warning("disk.ballast_thrown_off", bytes=self._ballast_bytes)
            self.free_bytes = self._free()

    def _lay(self) -> None:
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.posix_fallocate(handle, 0, self._ballast_bytes)
            finally:
                os.close(handle)
        except OSError as error:
            log.warning("disk.no_ballast", reason=error.strerror)
            self._ballast_bytes = 0
            with suppress(OSError):
                self._path.unlink()
