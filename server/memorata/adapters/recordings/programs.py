"""Runs a program of the system while everybody else goes on."""

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from memorata import green

LOOK_S = 0.05
MOST = 200_000
"""Letters kept of what a program says."""


def run(command: Sequence[str], seconds: float) -> tuple[int, str, str]:
    """Run a program to its end; returns its status and what it said on both outputs.

    Nothing of it goes through a shell. It is looked at now and then instead of waited for, which would hold everybody
    up in green; its outputs are files, because a pipe that nobody reads would halt it.

    Raises: OSError: there is no such program; TimeoutError: it took too long, and has been ended.
    """
    end_s = time.monotonic() + seconds
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=err, close_fds=True, cwd=Path("/")
        )
        try:
            while process.poll() is None:
                if time.monotonic() > end_s:
                    raise TimeoutError(f"{Path(command[0]).name} took longer than {seconds:.0f} s")
                green.sleep(LOOK_S)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return process.returncode, _said(out), _said(err)


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read(MOST).decode("utf-8", "replace")
