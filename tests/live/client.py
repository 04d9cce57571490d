"""A person at a page, as far as the server can tell: a real Socket.IO client that folds what it hears."""

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import requests
import socketio

from memorata.adapters.codec import revive, revive_recorded
from memorata.adapters.sockets import wire
from memorata.adapters.sockets.presences import applied
from memorata.domain.ceremony import evolve
from memorata.domain.state import CeremonyState

NAMESPACE = "/live"
PATIENCE_S = 15.0


def eventually(condition: Callable[[], Any], what: str = "", within_s: float = PATIENCE_S) -> Any:
    """The first true value of a condition."""
    end = time.monotonic() + within_s
    pause_s = 0.01
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"still waiting for {what or condition}")
        time.sleep(pause_s)
        # Whoever asks a page or a server all the time keeps it from what it is asked for.
        pause_s = min(pause_s * 1.2, 0.05)
    return found


def fetch(url: str, body: object = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    """Status and JSON (or text) of an answer; a body is posted."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            status, text = response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def as_json(value: object) -> Any:
    """What arrives when this is sent."""
    return msgspec.json.decode(msgspec.json.encode(value))


def counted_on(presence: dict[str, Any], change: dict[str, Any]) -> dict[str, Any] | None:
    """The totals after a change; `None` where it is one of others."""
    whole = msgspec.convert(presence, wire.Presence)
    after = applied(whole, msgspec.convert(change, wire.PresenceChange))
    return None if after is None else dict(as_json(after))


class Person:
    """Enters by a link, connects, keeps a state as a page does, and notes every violation of the protocol."""

    def __init__(self, base_url: str, key: str, *, device: str | None = None, pin: str = "", **profile: Any) -> None:
        self.base_url, self.key, self.pin = base_url, key, pin
        self.device = device or secrets.token_urlsafe(16)
        self.profile = profile
        self.cookie = ""
        """What a browser would send along, `name=value`."""
        self.token = ""
        self.participant_id = ""
        self.ceremony = ""
        self.epoch, self.state = "", CeremonyState()
        self.view = ""
        self.you: dict[str, Any] = {}
        self.presence: dict[str, Any] = {}
        self.welcomes: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self._connects = 0
        self.presences: list[tuple[float, dict[str, Any]]] = []
        self.beats: list[dict[str, Any]] = []
        self.gone: list[str] = []
        self.gone_at = 0.0
        self.asides: list[tuple[float, str, dict[str, Any]]] = []
        self.refused: Any = None
        self.faults: list[str] = []
        self.lost: list[str] = []
        """Why lines ended, in the library's words."""
        self.deaf = False
        self._changed = threading.Lock()
        self._socket = self._new_socket()

    # --- coming and going ---

    def enter(self) -> "Person":
        asked = {"key": self.key, "device": self.device, **self.profile}
        status, answer = fetch(f"{self.base_url}/api/enter", asked)
        if status == 403 and self.pin and answer["code"] == "link.pin_needed":
            status, answer = fetch(f"{self.base_url}/api/enter", {**asked, "pin": self.pin})
        assert status == 200, answer
        self.token, self.ceremony = answer["token"], answer["ceremony"]
        self.participant_id = answer["participant"]["id"]
        return self

    def connect(self, *, transports: tuple[str, ...] = ("websocket",), **auth: Any) -> "Person":
        """Connect and wait for the welcome; what is refused is in `refused`."""
        if not self.token and "token" not in auth:
            self.enter()
        welcomes = len(self.welcomes)
        self._connects = welcomes + 1
        self._socket = self._new_socket()
        if self.cookie:
            # In a header of its own it would go with the first request alone.
            self._socket.eio.http = requests.Session()
            self._socket.eio.http.cookies.set(*self.cookie.split("=", 1))
        shown = {"token": self.token, "ceremony": self.ceremony, "epoch": self.epoch, "seq": self.state.seq, "tab": "t"}
        try:
            self._socket.connect(
                self.base_url,
                auth={**shown, **auth},
                namespaces=[NAMESPACE],
                transports=list(transports),
                wait_timeout=10,
            )
        except socketio.exceptions.ConnectionError:
            eventually(lambda: self.refused, "a refusal")
            return self
        eventually(lambda: len(self.welcomes) > welcomes, "the welcome")
        return self

    def disconnect(self) -> None:
        self._socket.disconnect()

    def vanish(self) -> None:
        """Lose the line without a word, as a phone in a lift does."""
        self._socket.eio.ws.sock.close()

    @property
    def connected(self) -> bool:
        return bool(self._socket.connected)

    # --- asking ---

    def ask(self, event: str, *data: Any, within_s: float = PATIENCE_S) -> Any:
        """Send a message and return its acknowledgement."""
        return self._socket.call(event, data if len(data) != 1 else data[0], namespace=NAMESPACE, timeout=within_s)

    def command(self, kind: str, *, cmd_id: str | None = None, **fields: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("command", {"cmd_id": cmd_id or new_cmd_id(), "kind": kind, **fields})
        return answer

    def moderate(self, kind: str, **fields: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("moderate", {"kind": kind, **fields})
        return answer

    def waiting(self, only: str = "all", after: str | None = None) -> dict[str, Any]:
        """A page of what waits for moderators."""
        answer: dict[str, Any] = self.ask("waiting", {"after": after, "only": only})
        return answer

    def roster(self, search: str = "") -> list[dict[str, Any]]:
        """Every row of the roster."""
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = self.ask("roster", {"after": after, "search": search})
            rows += page["rows"]
            if (after := page["next"]) is None:
                return rows

    def emit(self, event: str, data: Any) -> None:
        self._socket.emit(event, data, namespace=NAMESPACE)

    def raw(self, packet: str) -> None:
        """Send a Socket.IO packet as it is, however wrong."""
        self._socket.eio.send(packet)

    def sync(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.ask("sync", {"epoch": self.epoch, "seq": self.state.seq})
        self._catch_up(answer)
        return answer

    # --- hearing ---

    def at(self, seq: int) -> "Person":
        """Wait until the state has come so far."""
        eventually(lambda: self.state.seq >= seq, f"seq {seq}, at {self.state.seq}")
        return self

    def picture(self) -> Any:
        """The state as plain values, to be compared with others'."""
        return as_json(self.state)

    def _new_socket(self) -> Any:
        socket = socketio.Client(reconnection=False, handle_sigint=False)
        # The library would hear each message in a thread of its own, in whatever order those run.
        aside = socket.eio._trigger_event
        socket.eio._trigger_event = lambda *args, **how: aside(*args, **{**how, "run_async": False})
        for name in ("welcome", "event", "beat", "you", "presence_changed", "gone", "connect_error"):
            socket.on(name, getattr(self, f"_on_{name}"), namespace=NAMESPACE)
        socket.on("disconnect", self._on_lost, namespace=NAMESPACE)
        for name in (
            "name_taken",
            "waiting_changed",
            "looking",
            "stage",
            "grant",
            "link",
            "signal",
            "record",
            "stage_anew",
        ):
            socket.on(name, partial(self._on_aside, name), namespace=NAMESPACE)
        return socket

    def _on_welcome(self, message: dict[str, Any]) -> None:
        with self._changed:
            self.view, self.you, self.presence = message["view"], message["you"], message["presence"]
            self._catch_up(message)
            self.welcomes.append(message)

    def _catch_up(self, message: dict[str, Any]) -> None:
        if (message["snapshot"] is None) == (message["replay"] is None):
            self.faults.append("neither or both of snapshot and replay")
        if message["snapshot"] is not None:
            if message["epoch"] != self.epoch or message["seq"] >= self.state.seq:
                self.state = revive(message["snapshot"], CeremonyState)
        else:
            for event in message["replay"]:
                self._apply(event)
        self.epoch = message["epoch"]
        if self.state.seq == message["seq"] and as_json(self.state.progress) != message["progress"]:
            self.faults.append("the timeline after the welcome differs")

    def _on_event(self, event: dict[str, Any]) -> None:
        if self.deaf:
            return
        with self._changed:
            self.events.append(event)
            if self.epoch:
                self._apply(event)

    def _apply(self, event: dict[str, Any]) -> None:
        if event["seq"] <= self.state.seq:
            return
        if event["seq"] > self.state.seq + 1:
            self.faults.append(f"gap: {event['seq']} after {self.state.seq}")
            return
        self.state = evolve(self.state, revive_recorded(event))

    def _on_beat(self, beat: dict[str, Any]) -> None:
        self.beats.append(beat)

    def _on_you(self, you: dict[str, Any]) -> None:
        self.you = you

    def _on_presence_changed(self, change: dict[str, Any]) -> None:
        if len(self.welcomes) < self._connects:
            return  # the welcome that is on its way has it
        if change["version"] > self.presence["version"]:
            presence = counted_on(self.presence, change)
            if presence is None:
                self.faults.append(f"totals: {change['base']} after {self.presence['version']}")
            else:
                self.presence = presence
        self.presences.append((time.monotonic(), self.presence))

    def _on_aside(self, name: str, message: dict[str, Any]) -> None:
        self.asides.append((time.monotonic(), name, message))

    def _on_lost(self, reason: str = "") -> None:
        self.lost.append(reason)

    def _on_gone(self, message: dict[str, Any]) -> None:
        self.gone_at = time.monotonic()
        self.gone.append(message["code"])

    def _on_connect_error(self, data: Any) -> None:
        self.refused = data


def new_cmd_id() -> str:
    return secrets.token_urlsafe(16)
