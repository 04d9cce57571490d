"""Somebody with one screen, at the end of a bad line: follows a ceremony and presses buttons as the client does."""

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import socketio

from memorata.adapters.codec import revive, revive_recorded
from memorata.domain.ceremony import evolve
from memorata.domain.programme import Moment, Progress, moment
from memorata.domain.state import CeremonyState
from tests.live.client import NAMESPACE, counted_on
from tests.live.conftest import pin_of

ASK_AGAIN_S = 0.8
"""How long an answer is waited for before the same is asked again."""


@dataclass(slots=True)
class Press:
    """One press of a button: sent again, unchanged, until it is answered."""

    kind: str
    fields: dict[str, Any]
    cmd_id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    sent: int = 0
    sent_s: float = -1e9
    answer: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        return self.answer is not None and bool(self.answer["ok"])


class Attendee(threading.Thread):
    """Somebody with one screen: a Python twin of the client's connection, history and outbox.

    `applied` keeps every event in the order in which it was applied, and `jumps` each snapshot taken instead of events.
    """

    def __init__(self, url: str, key: str, **described: Any) -> None:
        super().__init__(name=str(described.get("name", "attendee")), daemon=True)
        self.url, self.key, self.described = url, key, described
        self.device, self.tab = secrets.token_urlsafe(16), secrets.token_urlsafe(8)
        self.token = self.participant = ""
        self.epoch, self.state = "", CeremonyState()
        self.applied: list[int] = []
        self.jumps: list[tuple[int, int]] = []
        self.told: Progress | None = None
        self.you: dict[str, Any] = {}
        self.presence: dict[str, Any] = {}
        self.presses: list[Press] = []
        self.welcomes = self.syncs = 0
        self.faults: list[str] = []
        self._wants: dict[object, Press] = {}
        self._later: dict[int, dict[str, Any]] = {}
        self._head = 0
        self._asked_s = self._lined_s = -1e9
        self._welcomed = False
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._sio: Any = None

    # --- what a test asks of it ---

    def press(self, kind: str, **fields: Any) -> Press:
        press = Press(kind, fields)
        self.presses.append(press)
        return press

    def once(self, what: object, kind: str, **fields: Any) -> None:
        """Press until it was granted once; a refusal is taken as "not now"."""
        last = self._wants.get(what)
        if last is None or (last.answer is not None and not last.ok):
            self._wants[what] = self.press(kind, **fields)

    def act(self) -> None:
        """What this person does by what is shown; called again and again while the line holds."""

    def pending(self) -> list[Press]:
        return [press for press in self.presses if press.answer is None]

    def shown(self) -> Moment | None:
        """What is on the screen now; this machine's clock is the server's."""
        state = self.state
        return None if state.programme is None else moment(state.programme, state.progress, round(time.time() * 1000))

    def leave(self) -> None:
        self._over.set()

    # --- its life ---

    def run(self) -> None:
        while not self._over.is_set():
            try:
                if not self.token:
                    self._enter()
                elif self._sio is None or not self._sio.connected:
                    self._connect()
                elif not self._welcomed and time.monotonic() - self._lined_s > 2.5:
                    self._close()  # the greeting was lost
                elif self._welcomed:
                    self._catch_up()
                    self.act()
                    self._send()
            except (requests.RequestException, socketio.exceptions.SocketIOError, OSError, ValueError):
                self._close()
                self._over.wait(0.3)
            self._over.wait(0.08)
        self._close()

    def _enter(self) -> None:
        body = {"key": self.key, "device": self.device, **self.described}
        answer = requests.post(f"{self.url}/api/enter", json=body, timeout=5)
        if answer.status_code == 403 and answer.json()["code"] == "link.pin_needed":
            pin = pin_of(self.key)
            answer = requests.post(f"{self.url}/api/enter", json={**body, "pin": pin}, timeout=5)
        if answer.status_code == 200:
            entered = answer.json()
            self.token, self.participant = entered["token"], entered["participant"]["id"]
        elif answer.status_code < 500:
            self.faults.append(f"enter: {answer.status_code} {answer.text[:200]}")
            self._over.set()

    def _connect(self) -> None:
        self._welcomed, self._lined_s = False, time.monotonic()
        sio = self._sio = socketio.Client(reconnection=False, handle_sigint=False)
        for name, handler in {"welcome": self._on_welcome, "event": self._on_event, "beat": self._on_beat,
                              "you": self._on_you, "presence_changed": self._on_presence}.items():  # fmt: skip
            sio.on(name, lambda message, handler=handler, sio=sio: self._on(sio, handler, message), namespace=NAMESPACE)
        auth = {"token": self.token, "ceremony": "", "epoch": self.epoch, "seq": self.state.seq, "tab": self.tab}
        sio.connect(self.url, auth=auth, namespaces=[NAMESPACE], transports=["websocket"], wait_timeout=5)

    def _close(self) -> None:
        sio, self._sio, self._welcomed = self._sio, None, False
        if sio is not None:
            with contextlib.suppress(Exception):
                sio.disconnect()

    def _send(self) -> None:
        for press in self.pending():
            if time.monotonic() - press.sent_s > ASK_AGAIN_S:
                press.sent, press.sent_s = press.sent + 1, time.monotonic()
                message = {"cmd_id": press.cmd_id, "kind": press.kind, **press.fields}
                self._sio.emit("command", message, NAMESPACE, lambda ack, press=press: self._on_answer(press, ack))

    def _catch_up(self) -> None:
        with self._lock:
            behind = self._head > self.state.seq or bool(self._later)
            if not behind or time.monotonic() - self._asked_s < ASK_AGAIN_S:
                return
            self._asked_s = time.monotonic()
            asked = {"epoch": self.epoch, "seq": self.state.seq}
        self._sio.emit("sync", asked, NAMESPACE, self._on_synced)

    # --- what it hears ---

    def _on(self, sio: Any, handler: Callable[[dict[str, Any]], None], message: dict[str, Any]) -> None:
        with self._lock:
            if sio is not self._sio:
                return
            try:
                handler(message)
            except Exception as fault:  # noqa: BLE001 - the library would swallow it; the test must hear of it
                self.faults.append(f"{handler.__name__}: {type(fault).__name__}: {fault}")

    def _on_welcome(self, message: dict[str, Any]) -> None:
        self._welcomed = True
        self.welcomes += 1
        self.you, self.presence = message["you"], message["presence"]
        self._take(message)

    def _on_synced(self, answer: dict[str, Any]) -> None:
        with self._lock:
            if answer.get("ok"):
                self.syncs += 1
                self._take(answer)

    def _take(self, message: dict[str, Any]) -> None:
        snapshot, replay = message["snapshot"], message["replay"]
        if (snapshot is None) == (replay is None):
            self.faults.append("neither or both of snapshot and replay")
        if snapshot is not None and (message["epoch"] != self.epoch or message["seq"] > self.state.seq):
            self.jumps.append((self.state.seq, message["seq"]))
            self.epoch, self.state = message["epoch"], revive(snapshot, CeremonyState)
            self._later = {seq: kept for seq, kept in self._later.items() if seq > self.state.seq}
        for event in replay or ():
            self._on_event(event)
        self._follow()
        if self.state.seq == message["seq"]:
            self.told = revive(message["progress"], Progress)
            if self.told != self.state.progress:
                self.faults.append(f"another timeline after {self.state.seq}")

    def _on_event(self, message: dict[str, Any]) -> None:
        if message["seq"] > self.state.seq:
            self._later[message["seq"]] = message
            self._follow()

    def _follow(self) -> None:
        while (message := self._later.pop(self.state.seq + 1, None)) is not None:
            self.state = evolve(self.state, revive_recorded(message))
            self.applied.append(message["seq"])

    def _on_beat(self, message: dict[str, Any]) -> None:
        if message["epoch"] == self.epoch:
            self._head = max(self._head, message["seq"])

    def _on_you(self, message: dict[str, Any]) -> None:
        self.you = message

    def _on_presence(self, change: dict[str, Any]) -> None:
        if not self._welcomed or change["version"] <= self.presence["version"]:
            return
        after = counted_on(self.presence, change)
        if after is not None:
            self.presence = after
        else:
            self._sio.emit("presence", {}, NAMESPACE, self._on_whole)

    def _on_whole(self, answer: dict[str, Any]) -> None:
        with self._lock:
            if answer.get("ok"):
                self.presence = answer["presence"]

    def _on_answer(self, press: Press, answer: dict[str, Any]) -> None:
        # Not an answer but a request to come again.
        if press.answer is None and answer.get("code") not in ("store.busy", "message.too_many"):
            press.answer = answer
