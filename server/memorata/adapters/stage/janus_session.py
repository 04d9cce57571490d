"""A session with Janus that is made anew whenever it is lost, and outlives a restart of our own server."""

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import structlog
import websocket

from memorata import green
from memorata.adapters.stage.janus_line import Denied, Line, Lost, Message, Socket, Then, connect, lost

log = structlog.get_logger(__name__)

FIRST_TRY_S, LAST_TRY_S = 0.05, 1.0
"""Between tries to reach a Janus that is away."""

LIFE_S, LIFE_ANSWER_S = 10.0, 3.0
"""A session of which nothing is heard ends after 30 s or more; a Janus that hangs is found out by the same."""

HELD_S = 30.0
"""How long the session of the process before this one lives on, for the pages that still watch by it."""


class Owner(Protocol):
    """Who has the session. `up` and `down` may wait; `event` may not, and is called from the thread that reads."""

    def up(self) -> None:
        """There is a new session, which holds nothing."""

    def down(self) -> None:
        """Janus cannot be reached, or the session is lost; once until the next `up`."""

    def event(self, message: Message) -> None: ...

    def tick(self) -> None:
        """Once in `tick_s` while the session is there."""


class Session:
    def __init__(
        self,
        url: str,
        secret: str,
        owner: Owner,
        file: Path | None = None,
        *,
        tick_s: float = 2.0,
        open_to: Callable[[str], Socket] = connect,
    ) -> None:
        """Args: file: where the number of the session is kept for the next process; its folder is there."""
        self._url, self._secret, self._owner, self._file = url, secret, owner, file
        self._tick_s, self._open_to = tick_s, open_to
        self._stopping = green.event()
        self._tried = green.event()
        self._ended = green.event()
        self._line: Line | None = None
        self._id = 0
        self._before = self._read_file()
        self._held = 0
        self._held_until = 0.0

    @property
    def ready(self) -> bool:
        line = self._line
        return line is not None and not line.lost.is_set()

    def start(self) -> None:
        """Waits until Janus has answered, or has not, at most two seconds."""
        green.spawn(self._run)
        self._tried.wait(2.0)

    def stop(self) -> None:
        """Leave Janus as it is: what is sent goes on until its `reclaim_session_timeout`, for who starts next."""
        self._stopping.set()
        line = self._line
        if line is not None:
            line.close()
        self._ended.wait(2.0)

    def send(self, request: str, then: Then | None = None, *, handle: int = 0, **more: Any) -> None:
        line = self._line
        if line is None:
            if then is not None:
                then(lost())
            return
        if handle:
            more["handle_id"] = handle
        line.send(request, then, session_id=self._id, **more)

    def ask(self, request: str, *, handle: int = 0, **more: Any) -> Message:
        """Raises: Lost, Denied."""
        line = self._line
        if line is None:
            raise Lost("Janus is away")
        if handle:
            more["handle_id"] = handle
        return line.ask(request, session_id=self._id, **more)

    def release_held(self) -> None:
        """End what the process before this one has left."""
        line, held, self._held = self._line, self._held, 0
        if held and line is not None:
            line.send("destroy", session_id=held)

    def _run(self) -> None:
        told, pause = False, FIRST_TRY_S
        while not self._stopping.is_set():
            try:
                line = self._begin()
            except (OSError, websocket.WebSocketException, Lost, Denied) as fault:
                self._line = None
                if not told:
                    told = True
                    log.warning("stage.janus.away", fault=str(fault))
                    self._tell(self._owner.down)
                self._tried.set()
                self._stopping.wait(pause)
                pause = min(pause * 1.6, LAST_TRY_S)
                continue
            pause = FIRST_TRY_S
            log.info("stage.janus.answers", before=self._held != 0)
            self._tell(self._owner.up)
            self._tried.set()
            self._keep(line)
            self._line = None
            told = not self._stopping.is_set()
            if told:
                log.warning("stage.janus.away", fault="lost")
                self._tell(self._owner.down)
        self._ended.set()

    def _begin(self) -> Line:
        """Raises: OSError, websocket.WebSocketException, Lost, Denied."""
        line = Line(self._url, self._secret, self._take, self._open_to)
        try:
            if self._id:
                # The line alone was lost. What was sent by it is over for our pages, so it must be over here too.
                with suppress(Denied):
                    line.ask("claim", session_id=self._id)
                    line.ask("destroy", session_id=self._id)
            self._id = int(line.ask("create")["data"]["id"])
            self._write_file()
            if self._before:
                with suppress(Denied):  # it has ended meanwhile
                    line.ask("claim", session_id=self._before)
                    self._held, self._held_until = self._before, time.monotonic() + HELD_S
        except BaseException:
            line.close()
            raise
        # Only what another process has left goes on: after a fault of our own line all begin anew.
        self._before = 0
        self._line = line
        if self._stopping.is_set():
            line.close()
        return line

    def _keep(self, line: Line) -> None:
        """Until the line is lost."""
        sign = time.monotonic() + LIFE_S
        while not line.lost.wait(self._tick_s):
            now = time.monotonic()
            if self._held and now >= self._held_until:
                self.release_held()
            if now >= sign:
                sign = now + LIFE_S
                try:
                    if self._held:
                        line.send("keepalive", session_id=self._held)
                    line.ask("keepalive", LIFE_ANSWER_S, session_id=self._id)
                except (Lost, Denied):
                    line.close()
                    continue
            self._tell(self._owner.tick)
        self._held = 0

    def _take(self, message: Message) -> None:
        if message["janus"] == "timeout" and message.get("session_id") == self._id:
            line = self._line
            if line is not None:
                line.close()
            return
        if message.get("session_id") == self._id:
            self._owner.event(message)

    def _tell(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception:
            log.exception("stage.janus.defect")

    def _read_file(self) -> int:
        if self._file is None:
            return 0
        try:
            return int(self._file.read_text())
        except (OSError, ValueError):
            return 0

    def _write_file(self) -> None:
        if self._file is None:
            return
        try:
            self._file.write_text(str(self._id))
        except OSError as error:
            log.warning("stage.janus.session_not_kept", reason=error.strerror)
