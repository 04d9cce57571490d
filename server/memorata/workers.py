"""Several workers under one supervisor: `memorata serve --workers N`, a plain program that serves nobody itself.

It binds the ports and hands each to a process of its own; a worker that dies is followed by another at the same port,
and whoever comes meanwhile waits at the door. On SIGHUP, or by `memorata restart`, one after the other makes room for a
successor at the same socket, and nobody is turned away.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from memorata.config import ConfigFault, Settings
from memorata.logs import configure
from memorata.serve import EXIT_BLOCKED, EXIT_CONFIG, EXIT_TAKEN, cannot, command, listen, why
from memorata.supervised import DRAIN, FOLLOWS, LISTENER, READY, notified

log = structlog.get_logger("memorata.workers")

LOOK_S = 0.05
AGAIN_S, AGAIN_MAX_S = 1.0, 30.0
"""How soon a dead worker is followed by another: longer each time, as long as they die young."""

YOUNG_S = 30.0
HOPELESS = 3
"""After so many young deaths the door is shut until the next try: a proxy sends people elsewhere."""

READY_S = 60.0
"""How long a worker may take until it serves."""

STOP_S = 15.0
"""How long a worker may take to end."""

FORCE = signal.SIGUSR2
"""Restart whatever is going on, as whoever has looked says it."""

STATE = "workers.json"


class Child:
    """One process of a worker."""

    def __init__(self, process: "subprocess.Popen[bytes]", ready: int) -> None:
        self.process = process
        self._ready: int | None = ready
        os.set_blocking(ready, False)
        self.is_ready = False
        self.started_s = time.monotonic()

    @property
    def pid(self) -> int:
        return self.process.pid

    def look(self) -> int | None:
        """Whether it serves by now; its exit status when it has ended."""
        if self._ready is not None:
            try:
                said: bytes | None = os.read(self._ready, 16)
            except BlockingIOError:
                said = None
            if said is not None:
                self.is_ready = bool(said)
                os.close(self._ready)
                self._ready = None
        return self.process.poll()

    def tell(self, number: int) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)


class Worker:
    """A place: a port, a name, and the process that has it just now."""

    def __init__(self, name: str, host: str, listener: socket.socket) -> None:
        self.name, self._host = name, host
        self.port: int = listener.getsockname()[1]
        self._listener: socket.socket | None = listener
        self.child: Child | None = None
        self.deaths = 0
        self.again_s = 0.0

    def start(self, environ: Mapping[str, str], follows: int | None = None) -> Child:
        """Another process for this place.

        Args: follows: the number of the one that has it yet.
        Raises: OSError: the port is somebody else's now.
        """
        if self._listener is None:
            self._listener = listen(self._host, self.port)
        fd = self._listener.fileno()
        hears, tells = os.pipe()
        mine = {
            **environ,
            "MEMORATA_PORT": str(self.port),
            "MEMORATA_INSTANCE": self.name,
            LISTENER: str(fd),
            READY: str(tells),
            FOLLOWS: "" if follows is None else str(follows),
        }
        try:
            return Child(subprocess.Popen(command(), env=mine, pass_fds=(fd, tells)), hears)
        finally:
            os.close(tells)

    def shut(self) -> None:
        """Let nobody wait at the door."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None


class Supervisor:
    """Keeps the workers going. `notify` tells whoever started us that all serve, or that we end."""

    def __init__(self, settings: Settings, workers: list[Worker], notify: Callable[[str], object]) -> None:
        self._settings = settings
        self._workers = workers
        self._notify = notify
        self._environ = dict(os.environ)
        self._one_at_a_time = settings.database_url.startswith("sqlite")
        self._wanted: list[int] = []
        self._check: subprocess.Popen[str] | None = None
        self._rolling: Iterator[None] | None = None
        self._rolled: Worker | None = None
        self._failed = ""
        self._rolls = 0
        self._written: dict[str, Any] | None = None
        self._up = False

    def run(self) -> int:
        """Until told to stop; returns the exit status."""
        for heard in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, FORCE):
            signal.signal(heard, lambda which, _frame: self._wanted.append(which))
        for worker in self._workers:
            worker.child = worker.start(self._environ)
        while True:
            time.sleep(LOOK_S)
            for number in self._taken():
                if number in (signal.SIGTERM, signal.SIGINT):
                    log.info("workers.stopping", signal=signal.Signals(number).name)
                    return self._stop(0)
                self._restart(forced=number == FORCE)
            status = self._look()
            if status is not None:
                return self._stop(status)

    def _taken(self) -> list[int]:
        wanted, self._wanted = self._wanted, []
        return wanted

    def _look(self) -> int | None:
        """Start anew what has died; an exit status when it makes no sense to go on."""
        now_s = time.monotonic()
        for worker in self._workers:
            child = worker.child
            if child is None:
                if now_s >= worker.again_s:
                    self._start(worker, now_s)
                continue
            status = child.look()
            if child.is_ready and now_s - child.started_s > YOUNG_S:
                worker.deaths = 0
            if status is None or worker is self._rolled:
                continue
            if not self._up and status in (EXIT_CONFIG, EXIT_TAKEN, EXIT_BLOCKED):
                return status  # it has said why
            pause_s = min(AGAIN_MAX_S, AGAIN_S * 2**worker.deaths)
            log.error("workers.died", worker=worker.name, pid=child.pid, status=status, again_in_s=pause_s)
            worker.child, worker.deaths, worker.again_s = None, worker.deaths + 1, now_s + pause_s
            if worker.deaths >= HOPELESS:
                worker.shut()
        if not self._up and all(worker.child is not None and worker.child.is_ready for worker in self._workers):
            self._up = True
            self._greet()
        self._go_on()
        if self._up:
            self._write()
        return None

    def _start(self, worker: Worker, now_s: float) -> None:
        try:
            worker.child = worker.start(self._environ)
        except OSError as error:
            log.error("workers.not_started", worker=worker.name, port=worker.port, reason=error.strerror)
            worker.again_s = now_s + AGAIN_MAX_S

    def _greet(self) -> None:
        ports = ", ".join(str(worker.port) for worker in self._workers)
        url = self._settings.base_url
        print(f"memorata: serving {url} by {len(self._workers)} workers at ports {ports}", flush=True)  # noqa: T201
        log.info("workers.ready", workers=len(self._workers), pid=os.getpid())
        self._notify("READY=1")

    # --- one after the other ---

    def _restart(self, *, forced: bool) -> None:
        if self._rolling is not None or self._check is not None or not self._up:
            log.warning("workers.busy")
        elif forced:
            self._begin()
        else:
            # Who looks at the ceremonies needs the store, and we keep nothing of that kind here.
            look = [sys.executable, "-m", "memorata", "restart", "--check"]
            self._check = subprocess.Popen(look, env=self._environ, stderr=subprocess.PIPE, text=True)

    def _begin(self) -> None:
        log.info("workers.restarting")
        self._failed = ""
        self._rolling = self._roll()

    def _go_on(self) -> None:
        if self._check is not None and self._check.poll() is not None:
            said = self._check.communicate()[1].strip()
            if self._check.returncode:
                log.warning("workers.restart_refused", reason=said)
            else:
                self._begin()
            self._check = None
        if self._rolling is not None:
            try:
                next(self._rolling)
            except StopIteration:
                log.info("workers.restarted", failed=self._failed)
                self._rolling = self._rolled = None
                self._rolls += 1

    def _roll(self) -> Iterator[None]:
        """A successor for each worker: it starts, it serves, then the old one lets its people go, and ends."""
        for worker in self._workers:
            while worker.child is None or not worker.child.is_ready:
                yield  # it is just being started anew
            old, self._rolled = worker.child, worker
            if self._one_at_a_time:
                # A file has one server: who comes in between waits at the door.
                old.tell(signal.SIGTERM)
                yield from self._ended(old, STOP_S)
            successor = worker.start(self._environ, None if self._one_at_a_time else old.pid)
            while successor.look() is None and not successor.is_ready:
                if time.monotonic() - successor.started_s > READY_S:
                    successor.tell(signal.SIGKILL)
                yield
            if not successor.is_ready:
                self._failed = f"the successor of {worker.name} did not start; the others are as they were"
                log.error("workers.restart_failed", worker=worker.name)
                self._rolled = None
                return
            worker.child = successor
            self._rolled = None
            if not self._one_at_a_time:
                old.tell(DRAIN)
                yield from self._ended(old, self._settings.drain_s + STOP_S)
            log.info("workers.followed", worker=worker.name, pid=successor.pid, after=old.pid)

    def _ended(self, child: Child, within_s: float) -> Iterator[None]:
        end_s = time.monotonic() + within_s
        while child.look() is None:
            if time.monotonic() > end_s:
                child.tell(signal.SIGKILL)
            yield

    def _stop(self, status: int) -> int:
        self._notify("STOPPING=1")
        children = [worker.child for worker in self._workers if worker.child is not None]
        for child in children:
            child.tell(signal.SIGTERM)
        end_s = time.monotonic() + STOP_S
        for child in children:
            try:
                child.process.wait(max(0.0, end_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        if self._up:
            self._state.unlink(missing_ok=True)
        return status

    # --- for whoever asks ---

    @property
    def _state(self) -> Path:
        return self._settings.data_dir / STATE

    def _write(self) -> None:
        """What the workers are just now, for `memorata restart`; written where it is not so already."""
        told: dict[str, Any] = {
            "pid": os.getpid(),
            "restarting": self._rolling is not None,
            "restarts": self._rolls,
            "failed": self._failed,
            "workers": [
                {"name": worker.name, "port": worker.port, "pid": worker.child.pid if worker.child else None}
                for worker in self._workers
            ],
        }
        if told == self._written:
            return
        self._written = told
        made = self._state.with_suffix(".new")
        try:
            made.write_text(json.dumps(told))
            made.replace(self._state)
        except OSError as error:  # a full disk is no reason to let anybody go
            log.warning("workers.state_not_kept", reason=error.strerror)


def main() -> int:
    try:
        settings = Settings.from_env()
    except ConfigFault as fault:
        print("memorata cannot start:", *fault.lines, sep="\n  ", file=sys.stderr)  # noqa: T201
        return EXIT_CONFIG
    configure(settings.log_level)
    workers: list[Worker] = []
    for number in range(settings.workers):
        port = settings.port + number if settings.port else 0
        try:
            listener = listen(settings.host, port)
        except OSError as error:
            return cannot(why(error, settings.at_port(port)), EXIT_TAKEN)
        workers.append(Worker(f"{settings.instance}-{number + 1}", settings.host, listener))
    # Ours alone: the workers' children are not to be reported as ours, and no other variable is theirs either.
    address = os.environ.pop("NOTIFY_SOCKET", "")
    return Supervisor(settings, workers, lambda said: notified(address, said)).run()


if __name__ == "__main__":
    sys.exit(main())
