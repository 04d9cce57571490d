"""Our load generator as a process (crowd.c): it is told what to do and tells what it saw."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.load.scale.placing import launch

SOURCE = Path(__file__).with_name("crowd.c")
FLAGS = ("-O2", "-std=gnu11", "-Wall", "-Wextra")


def compiler() -> str | None:
    """A C compiler of this machine."""
    return next((path for name in ("cc", "gcc", "clang") if (path := shutil.which(name))), None)


def compiled(folder: Path) -> Path:
    """The program, made anew.

    Raises: SystemExit: there is no compiler here.
    """
    found = compiler()
    if found is None:
        raise SystemExit("bench: needs a C compiler (Debian: apt-get install gcc libc6-dev)")
    program = folder / "crowd"
    subprocess.run([found, *FLAGS, str(SOURCE), "-o", str(program), "-lm"], check=True)
    return program


class Crowd:
    """The clients of one server, and the orders that they are given one after the other."""

    def __init__(self, program: Path, port: int, auths: list[str], core: int | None = None) -> None:
        """Args: auths: what each client shows, as JSON; core: where they run, `None` for anywhere."""
        with tempfile.NamedTemporaryFile("w", suffix=".auth") as file:
            file.write("\n".join(auths) + "\n")
            file.flush()
            command = [str(program), str(port), file.name]
            self._process = launch(command, core, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            # One thread, and it must not be late: what it measures with has no other to wait for.
            with contextlib.suppress(OSError):
                os.sched_setscheduler(self._process.pid, os.SCHED_RR, os.sched_param(5))
            self.look()  # it has read the file

    @property
    def pid(self) -> int:
        return self._process.pid

    def order(self, *words: object) -> dict[str, Any]:
        """Do this, and wait until it is done.

        Raises: RuntimeError: the program has ended, or does not know the order.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        said = " ".join(map(str, words))
        self._process.stdin.write(f"{said}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        told: dict[str, Any] = json.loads(line) if line else {"unknown": True}
        if told.get("unknown"):
            raise RuntimeError(f"crowd: {said}")
        return told

    def look(self) -> dict[str, Any]:
        return self.order("look")

    def join(self, who: range, *, most: int | None = None, within_s: float) -> dict[str, Any]:
        """They come, at most so many at the same time; all at once by default."""
        return self.order("join", who.start, who.stop, most or len(who), within_s)

    def leave(self, who: range) -> dict[str, Any]:
        return self.order("leave", who.start, who.stop)

    def fan(self, host: int, *, times: int, gap_ms: float, within_s: float) -> dict[str, Any]:
        return self.order("fan", host, times, gap_ms, within_s)

    def flow(self, host: int, *, hz: float, seconds: float, grace_s: float) -> dict[str, Any]:
        return self.order("flow", host, hz, seconds, grace_s)

    def ask(self, who: range, *, hz: float) -> None:
        self.order("ask", who.start, who.stop, hz)

    def asked(self, *, within_s: float) -> dict[str, Any]:
        return self.order("asked", within_s)

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
