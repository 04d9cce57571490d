"""One line to Janus: requests with their answers, and what Janus tells of its own accord, over a WebSocket.

https://janus.conf.meetecho.com/docs/rest: the same JSON goes over WebSockets, with the sub-protocol `janus-protocol`.
"""

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import structlog
import websocket

from memorata import green

log = structlog.get_logger(__name__)

ANSWER_S = 2.0
"""How long a request may take; Janus, on the same machine, needs a few milliseconds."""

TAKE_S = 2.0
"""How long Janus may take to be connected to, and to take what it is sent; then it hangs."""

Message = dict[str, Any]
Then = Callable[[Message], None]


class Lost(Exception):
    """The line is gone, or Janus has not answered in time."""


class Denied(Exception):
    """Janus has answered no."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{reason} ({code})")
        self.code = code


class Socket(Protocol):
    """What is used of `websocket.WebSocket`."""

    def send(self, payload: str) -> Any: ...

    def recv(self) -> str | bytes:
        """Raises: websocket.WebSocketTimeoutException: nothing has come for a while; it may be called again."""

    def abort(self) -> None:
        """Wake up whoever waits in `recv`."""

    def shutdown(self) -> None:
        """Close it without a word."""


def connect(url: str) -> Socket:
    """Raises: OSError, websocket.WebSocketException."""
    socket: Socket = websocket.create_connection(
        url,
        timeout=TAKE_S,
        subprotocols=["janus-protocol"],
        suppress_origin=True,
        http_no_proxy=["*"],  # it is our own machine, whatever the environment says of the way to others
    )
    return socket


def lost() -> Message:
    """What a request that never gets an answer is answered with."""
    return {"janus": "lost"}


def fault_of(answer: Message) -> Exception | None:
    """Why an answer is none, if it is not; the plugin's own faults come in answers that are well for Janus."""
    if answer["janus"] == "lost":
        return Lost("the line is gone")
    if answer["janus"] == "error":
        return Denied(answer["error"]["code"], answer["error"]["reason"])
    data = said(answer)
    if "error_code" in data:
        return Denied(data["error_code"], data.get("error", ""))
    return None


def said(answer: Message) -> Message:
    """What the plugin says in an answer or event."""
    found: Message = answer.get("plugindata", {}).get("data", {})
    return found


class Line:
    """Open from its making until `lost` is set; it is never opened again.

    Answers and events arrive in a thread of its own, which may not wait; exceptions there are defects and logged.
    """

    def __init__(
        self, url: str, secret: str, event: Callable[[Message], None], open_to: Callable[[str], Socket] = connect
    ) -> None:
        """Raises: OSError, websocket.WebSocketException: there is no Janus."""
        self.lost = green.event()
        self._secret, self._event = secret, event
        self._lock = green.lock()
        self._waiting: dict[str, tuple[bool, Then]] = {}
        self._socket = open_to(url)
        green.spawn(self._read)

    def send(self, request: str, then: Then | None = None, **more: object) -> str:
        """Ask, and call `then` with the answer, or with what `lost()` says; returns the number of the transaction."""
        number = secrets.token_hex(8)
        with self._lock:
            gone = self.lost.is_set()
            if not gone:
                # A plugin answers in an event; that Janus has taken the request (`ack`) is no answer yet.
                self._waiting[number] = (request == "message", then or _passed_over)
        if gone:
            if then is not None:
                then(lost())
            return number
        try:
            self._socket.send(json.dumps({"janus": request, "transaction": number, "apisecret": self._secret, **more}))
        except (OSError, websocket.WebSocketException):
            self.close()  # whoever reads sees it, and answers what waits
        return number

    def ask(self, request: str, within_s: float = ANSWER_S, **more: object) -> Message:
        """Ask and wait for the answer. Raises: Lost, Denied."""
        came = green.event()
        answers: list[Message] = []

        def then(answer: Message) -> None:
            answers.append(answer)
            came.set()

        number = self.send(request, then, **more)
        if not came.wait(within_s):
            with self._lock:
                self._waiting.pop(number, None)
            raise Lost("no answer in time")
        fault = fault_of(answers[0])
        if fault is not None:
            raise fault
        return answers[0]

    def close(self) -> None:
        """End it; `lost` is set soon after."""
        with suppress(OSError, websocket.WebSocketException):
            self._socket.abort()

    def _read(self) -> None:
        try:
            while True:
                try:
                    text = self._socket.recv()
                except websocket.WebSocketTimeoutException:
                    continue  # silence is no fault; the sign of life that is asked for now and then finds the end
                if not text:
                    break
                self._take(text)
        except (OSError, websocket.WebSocketException, ValueError):
            pass  # gone, or speaks no JSON: both are the end of it
        finally:
            with suppress(OSError, websocket.WebSocketException):
                self._socket.shutdown()
            with self._lock:
                self.lost.set()
                left = list(self._waiting.values())
                self._waiting.clear()
            for _, then in left:
                _call(then, lost())

    def _take(self, text: str | bytes) -> None:
        message: Message = json.loads(text)
        number = message.get("transaction", "")
        with self._lock:
            known = self._waiting.get(number)
            if known is not None and message["janus"] == "ack" and known[0]:
                return
            self._waiting.pop(number, None)
        _call(self._event if known is None else known[1], message)


def _passed_over(answer: Message) -> None:
    fault = fault_of(answer)
    if isinstance(fault, Denied):
        log.warning("stage.janus.denied", fault=str(fault))


def _call(what: Then, message: Message) -> None:
    try:
        what(message)
    except Exception:
        log.exception("stage.janus.defect")
