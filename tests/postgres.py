"""A real PostgreSQL server for the length of a test run, in a folder that is thrown away."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2


def binary(name: str) -> str | None:
    """Where a program of PostgreSQL is; Debian keeps those of the server out of the path."""
    found = shutil.which(name)
    if found:
        return found
    candidates = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(candidates[-1]) if candidates else None


class PostgreSQL:
    """A running server; `url` names a database of its own at each asking."""

    def __init__(self, folder: Path, port: int, user: str | None) -> None:
        self.port = port
        self._folder, self._user = folder, user
        self._databases = 0
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._server is not None
        return self._server.pid

    def start(self) -> "PostgreSQL":
        """Returns when it answers."""
        self._server = subprocess.Popen(
            [str(binary("postgres")), "-D", self._folder / "data", "-p", str(self.port), "-k", self._folder,
             "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user, cwd=self._folder,
        )  # fmt: skip
        _wait(self._server, self.port)
        return self

    def stop(self, *, at_once: bool = False) -> None:
        """End it; at once: without waiting for those who are connected, as an immediate shutdown does."""
        assert self._server is not None
        self._server.send_signal(signal.SIGQUIT if at_once else signal.SIGTERM)
        try:
            self._server.wait(5)  # SIGTERM waits for connections to end; a test may have left one
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()

    def url(self) -> str:
        self._databases += 1
        name = f"memorata_{self._databases}"
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="memorata", dbname="postgres")
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgresql+psycopg2://memorata@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It is there and answers nobody, like a machine whose disk hangs."""
        pids = [self.pid, *self._children()]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def _children(self) -> list[int]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                # The name in parentheses may hold blanks; the parent is the second word after it.
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if parent == self.pid:
                found.append(int(stat.parent.name))
        return found


@contextmanager
def running() -> Iterator[PostgreSQL | None]:
    """A server, or None where PostgreSQL is not installed."""
    initdb = binary("initdb")
    if initdb is None or binary("postgres") is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="memorata-pg-"))
    # PostgreSQL refuses to run as root, as which containers often test.
    user = _ordinary_user()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", data, "-U", "memorata", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
        check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder,
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = PostgreSQL(folder, port, user)
    try:
        yield server.start()
    finally:
        server.stop(at_once=True)
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            psycopg2.connect(host="127.0.0.1", port=port, user="memorata", dbname="postgres").close()
            return
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.05)
