"""One simulated participant: enters by the same link as everybody, over a real Socket.IO connection."""

import contextlib
import random
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
import socketio

from memorata.demo.scene import Scene

NAMESPACE = "/live"


@dataclass(slots=True)
class Tally:
    """What a company of people lived through; the counts are of answers by the server."""

    entered: int = 0
    returned: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, counter: Counter[str], what: str) -> None:
        with self.lock:
            counter[what] += 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What somebody says about themselves at the door."""

    name: str
    community: str
    country: str | None
    language: str
    consent: str = "full"
    people: int = 1


class Person:
    """Somebody with one screen. Safe to use from one thread; the connection's own threads only take notes."""

    def __init__(
        self,
        identity: Identity,
        url: str,
        key: str,
        scene: Scene,
        tally: Tally,
        later: Callable[[float, Callable[[], None]], None],
    ) -> None:
        self.identity = identity
        self.url = url
        self.key = key
        self.scene = scene
        self.tally = tally
        self.later = later
        self.random = random.Random(identity.name + identity.community)
        self.device = secrets.token_urlsafe(16)
        self.tab = secrets.token_urlsafe(8)
        self.token = ""
        self.ceremony = ""
        self.epoch = ""
        self.seq = 0
        self.you: dict[str, Any] = {}
        self.answering: set[tuple[str, str]] = set()
        self.welcomes = 0
        self.bound_ms: float | None = None
        # Some never find the button, and a few want it quiet.
        self.sound = self.random.choices(("running", "locked", "muted"), (92, 6, 2))[0]
        self._samples = 0
        self.sio = socketio.Client(handle_sigint=False, reconnection_delay=1, reconnection_delay_max=4, logger=False)
        self.sio.on("welcome", self._on_welcome, namespace=NAMESPACE)
        self.sio.on("event", self._on_event, namespace=NAMESPACE)
        self.sio.on("beat", self._on_beat, namespace=NAMESPACE)
        self.sio.on("you", self._on_you, namespace=NAMESPACE)

    @property
    def here(self) -> bool:
        return bool(self.sio.connected) and NAMESPACE in self.sio.namespaces

    # --- coming and going ----------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Come through the door, then stay connected; called again it tries again."""
        who = self.identity
        try:
            answer = requests.post(
                f"{self.url}/api/enter",
                json={
                    "key": self.key,
                    "device": self.device,
                    "name": who.name,
                    "community": who.community,
                    "country": who.country or "",
                    "consent": who.consent,
                    "people": who.people,
                    "language": who.language,
                },
                timeout=15,
            )
            answer.raise_for_status()
            entered = answer.json()
        except (requests.RequestException, ValueError) as fault:
            self.tally.add(self.tally.failed, f"enter: {type(fault).__name__}")
            self.later(2 + self.random.random() * 3, self.enter)
            return
        self.token, self.ceremony = entered["token"], entered["ceremony"]
        self.connect()

    def connect(self) -> None:
        try:
            self.sio.connect(
                self.url, auth=self._auth, namespaces=[NAMESPACE], transports=["websocket"], wait_timeout=10
            )
        except (socketio.exceptions.ConnectionError, ValueError, OSError) as fault:
            self.tally.add(self.tally.failed, f"connect: {type(fault).__name__}")
            with contextlib.suppress(Exception):
                self.sio.disconnect()
            self.later(2 + self.random.random() * 3, self.connect)

    def lose_line(self) -> None:
        """As when a telephone loses its network: nothing is said, the connection is simply gone."""
        transport = getattr(self.sio.eio, "ws", None)
        if transport is not None:
            with contextlib.suppress(OSError, AttributeError):
                transport.sock.shutdown(2)

    def leave(self) -> None:
        with contextlib.suppress(Exception):
            if self.here:
                self.sio.emit("bye", {}, namespace=NAMESPACE)
            self.sio.disconnect()

    def _auth(self) -> dict[str, Any]:
        return {"token": self.token, "ceremony": self.ceremony, "epoch": self.epoch, "seq": self.seq, "tab": self.tab}

    # --- what is heard -------------------------------------------------------------------------------------------

    def _on_welcome(self, message: dict[str, Any]) -> None:
        self.welcomes += 1
        with self.tally.lock:
            self.tally.entered += self.welcomes == 1
            self.tally.returned += self.welcomes > 1
        self.epoch, self.seq = message["epoch"], message["seq"]
        self.scene.welcomed(message)
        self._on_you(message["you"])
        self._samples = 0
        self.ask_clock()
        if self.welcomes == 1:
            self.later(3, lambda: self.report(5 + self.random.random() * 15))

    def _on_event(self, message: dict[str, Any]) -> None:
        if message["seq"] == self.seq + 1:
            self.seq = message["seq"]
            self.scene.happened(message)
        elif message["seq"] > self.seq:
            self.sync()

    def _on_beat(self, message: dict[str, Any]) -> None:
        if message["epoch"] != self.epoch or message["seq"] > self.seq:
            self.sync()

    def sync(self) -> None:
        """Ask for what was missed."""

        def answered(answer: dict[str, Any]) -> None:
            if answer.get("ok"):
                self.scene.welcomed(answer)
                self.epoch, self.seq = answer["epoch"], answer["seq"]

        self.ask("sync", {"epoch": self.epoch, "seq": self.seq}, answered)

    def _on_you(self, you: dict[str, Any]) -> None:
        self.you = you
        for entry in you.get("entries", ()):
            turn = (entry["id"], entry["state"])
            if entry["state"] in ("next", "speaking") and turn not in self.answering:
                self.answering.add(turn)
                answer = self._called if entry["state"] == "next" else self._spoken
                pause_s = 3 + self.random.random() * 6 if entry["state"] == "next" else 12 + self.random.random() * 20
                self.later(pause_s, lambda entry_id=entry["id"], answer=answer: answer(entry_id))  # type: ignore[misc]
            if entry["state"] in ("accepted", "not_here"):
                # Called again, they answer again.
                self.answering.discard((entry["id"], "next"))

    def _called(self, entry_id: str) -> None:
        self.command("floor.ready" if self.random.random() < 0.8 else "floor.not_now", entry_id=entry_id)

    def _spoken(self, entry_id: str) -> None:
        self.command("floor.yield", entry_id=entry_id)

    # --- what is asked -------------------------------------------------------------------------------------------

    def ask(self, event: str, message: dict[str, Any], answered: Callable[[Any], None] | None = None) -> None:
        if not self.here:
            return
        with contextlib.suppress(socketio.exceptions.SocketIOError):
            self.sio.emit(event, message, namespace=NAMESPACE, callback=answered)

    def command(self, kind: str, **fields: object) -> None:
        """Press a button; the answer is counted."""

        def answered(answer: dict[str, Any]) -> None:
            if answer.get("ok"):
                self.tally.add(self.tally.done, kind)
            else:
                self.tally.add(self.tally.refused, f"{kind}: {answer.get('code')}")

        self.ask("command", {"cmd_id": secrets.token_urlsafe(16), "kind": kind, **fields}, answered)

    def ask_clock(self) -> None:
        """Compare clocks: a burst on coming in, then now and then."""
        sent = time.time() * 1000

        def answered(answer: dict[str, Any]) -> None:
            got = time.time() * 1000
            trip_ms = (got - sent) - (answer["t2"] - answer["t1"])
            if self.bound_ms is None or trip_ms / 2 < self.bound_ms:
                self.bound_ms = max(0.0, trip_ms / 2)
                self.scene.clock_told(((answer["t1"] - sent) + (answer["t2"] - got)) / 2, sure=True)
            self._samples += 1
            if self._samples < 8:
                self.later(0.25, self.ask_clock)

        self.ask("clock", {"t0": sent}, answered)

    def report(self, next_s: float = 20) -> None:
        """Tell how this page fares, as pages do: soon after coming in, and then every 20 s, not all at once."""
        self.ask_clock()
        self.ask("report", {"bound_ms": self.bound_ms, "sound": self.sound, "picture": True})
        self.later(next_s, self.report)
