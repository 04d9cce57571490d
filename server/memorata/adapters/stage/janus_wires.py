"""What the parts of the Janus engine share: one lock, the handles, the ways to Janus, pages and the stage."""

from collections.abc import Callable
from typing import Any, Literal

import structlog

from memorata import green
from memorata.adapters.stage.janus_line import Message, fault_of
from memorata.adapters.stage.janus_rooms import PLUGIN
from memorata.adapters.stage.janus_session import Session
from memorata.adapters.stage.outbox import Outbox
from memorata.services.stage_ports import Candidate, Description, Heard, Pages, Signal, Way

log = structlog.get_logger(__name__)

Answered = Callable[[Message, Exception | None], None]
"""Called with the answer and, if it is a no, why; under the lock. Of a lost line nobody is told: all is forgotten."""


class Wires:
    """All but `heard` and `page` is used under `lock`.

    The lock is one for the engine, as whatever happens under it is short: no answer is waited for. Pages and the
    stage are called from outside of it, since they may come back with a question.
    """

    def __init__(self, session: Session) -> None:
        self.lock = green.lock()
        self.handles: dict[int, object] = {}
        """Whose they are."""
        self.pages: Pages | None = None
        self.heard: Heard | None = None
        self._session = session
        self._to_pages, self._to_stage = Outbox(), Outbox()

    @property
    def ready(self) -> bool:
        return self._session.ready

    def attach(self, owner: object, then: Answered) -> None:
        """A handle for `owner`, whose number is `data.id` of the answer."""

        def made(answer: Message, fault: Exception | None) -> None:
            if fault is None:
                self.handles[answer["data"]["id"]] = owner
            then(answer, fault)

        self._send("attach", made, plugin=PLUGIN)

    def detach(self, handle: int) -> None:
        if handle:
            self.handles.pop(handle, None)
            self._session.send("detach", handle=handle)

    def message(
        self, handle: int, body: dict[str, Any], then: Answered | None = None, jsep: Description | None = None
    ) -> None:
        more: dict[str, Any] = {"body": body}
        if jsep is not None:
            more["jsep"] = {"type": jsep.type, "sdp": jsep.sdp}
        self._send("message", then or _noted, handle=handle, **more)

    def trickle(self, handle: int, candidate: dict[str, Any]) -> None:
        self._session.send("trickle", handle=handle, candidate=candidate)

    def link(self, sid: str, link: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        pages = self.pages
        if pages is not None:
            self._to_pages.put(lambda: pages.link(sid, link, do, way, feed_id))

    def signal(self, sid: str, link: str, signal: Signal) -> None:
        pages = self.pages
        if pages is not None:
            self._to_pages.put(lambda: pages.signal(sid, link, signal))

    def tell(self, what: Callable[[Heard], None]) -> None:
        heard = self.heard
        if heard is not None:
            self._to_stage.put(lambda: what(heard))

    def pass_on(self, sid: str, link: str, message: Message) -> None:
        """A candidate of Janus, to the page at the other end."""
        told = message["candidate"]
        candidate = Candidate(told.get("candidate", ""), told.get("sdpMid"), told.get("sdpMLineIndex"))
        self.signal(sid, link, candidate)

    def _send(self, request: str, then: Answered, *, handle: int = 0, **more: Any) -> None:
        def answered(answer: Message) -> None:
            if answer["janus"] == "lost":
                return
            with self.lock:
                then(answer, fault_of(answer))

        self._session.send(request, answered, handle=handle, **more)


def description_of(answer: Message) -> Description | None:
    told = answer.get("jsep")
    return None if told is None else Description(told["type"], told["sdp"])


def _noted(_: Message, fault: Exception | None) -> None:
    if fault is not None:
        log.warning("stage.janus.denied", fault=str(fault))
