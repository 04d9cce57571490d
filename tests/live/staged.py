"""A ceremony with somebody who is to speak: over real lines, with descriptions that nobody's browser made."""

import threading
import time
from typing import Any

import socketio

from tests.builders import a_programme, a_silence, an_item
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms

SENDS = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n"
TAKES = SENDS.replace("sendonly", "recvonly")


def told(person: Person, name: str) -> list[dict[str, Any]]:
    """What a page has heard under this name, oldest first."""
    return [message for _, heard, message in person.asides if heard == name]


def links(person: Person, do: str) -> list[dict[str, Any]]:
    return [link for link in told(person, "link") if link["do"] == do]


def last_grant(person: Person) -> Any:
    return told(person, "grant")[-1]["level"] if told(person, "grant") else None


class Evening:
    """A host and two people who have come; Vera has asked to speak."""

    def __init__(self, server: Server, name: str) -> None:
        items = [an_item("words", planned_s=600), a_silence(invitation_s=2, stillness_s=1, duration_s=15)]
        self.keys = server.plan(a_programme(f"stage-{name}", at_ms=now_ms() + 600_000, items=items))
        self.hana = server.person(self.keys["host"], name="Hana").connect()
        self.vera = server.person(self.keys["participant"], name="Vera").connect()
        self.chiyo = server.person(self.keys["participant"], name="Chiyo").connect(tab="c")
        for person in (self.hana, self.vera, self.chiyo):
            assert person.ask("stage_watch", {})["ok"]
        cmd_id = "asks-to-speak-" + name.ljust(12, "0")
        assert self.vera.command("floor.request", cmd_id=cmd_id, entry_kind="memory", name="Vera")["ok"]
        self.entry = cmd_id

    def do(self, kind: str, **fields: Any) -> None:
        answer = self.hana.command(kind, **fields)
        assert answer["ok"], answer

    def speaks(self) -> str:
        """Vera has the floor and sends; her feed."""
        self.do("floor.grant", entry_id=self.entry)
        eventually(lambda: last_grant(self.vera) == "on_stage", "the grant")
        feed: str = self.vera.ask("stage_publish", {"picture": True, "sound": True})["feed"]
        eventually(lambda: told(self.chiyo, "stage")[-1]["people"], "somebody on the stage")
        eventually(lambda: links(self.chiyo, "open") and links(self.hana, "open"), "the links")
        return feed


class Attending(Person):
    """A page that does of the stage what the client does: after `stage_anew`, and when it may, it asks once more."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.sends = False
        self.feeds: list[str] = []
        self.watched: list[tuple[float, dict[str, Any]]] = []
        """Each answer to `stage_watch`, and when it came."""
        self.grant: dict[str, Any] = {"level": None, "key": "", "recorded": False}
        self._turn = threading.Lock()

    def attend(self, *, sends: bool = False) -> "Attending":
        self.sends = sends
        self.watch()
        return self

    def watch(self) -> None:
        """Ask until it is answered, as a page does."""
        with self._turn:
            answer = self._patiently("stage_watch", {})
            if answer is None:
                return
            self.watched.append((time.monotonic(), answer))
            self.grant = answer["grant"]
        self._publish()

    def open_links(self, way: str) -> list[str]:
        """Links that are open, by what has been said of them; those of before `stage_anew` do not count."""
        found: list[str] = []
        for _, name, message in self.asides[self._since() :]:
            if name == "link" and message["way"] == way:
                if message["do"] == "open":
                    found.append(message["link"])
                elif message["do"] == "close" and message["link"] in found:
                    found.remove(message["link"])
        return found

    def sees(self) -> str | None:
        """By which feed the first on the stage is seen, as the page has heard it."""
        shown = self.watched[-1][1]["shown"]
        for _, name, message in self.asides[self._since() :]:
            if name == "stage" and message["version"] >= shown["version"]:
                shown = message
        return shown["people"][0]["feed"] if shown["people"] else None

    def _since(self) -> int:
        at = [number for number, (_, name, _) in enumerate(self.asides) if name == "stage_anew"]
        return at[-1] if at else 0

    def _patiently(self, event: str, message: dict[str, Any]) -> dict[str, Any] | None:
        """The answer that is more than "not just now"; `None` once the line is gone."""
        end = time.monotonic() + 20
        while time.monotonic() < end and self.connected:
            try:
                answer: dict[str, Any] = self.ask(event, message)
            except socketio.exceptions.SocketIOError:
                continue
            if answer["ok"] or answer["code"] != "stage.unavailable":
                return answer
            time.sleep(0.5)
        assert not self.connected, f"{event} is not answered"
        return None

    def _publish(self) -> None:
        if self.sends and self.grant["level"] is not None:
            answer = self._patiently("stage_publish", {"picture": True, "sound": True})
            if answer is not None and answer["ok"]:
                self.feeds.append(answer["feed"])

    def _on_aside(self, name: str, message: dict[str, Any]) -> None:
        super()._on_aside(name, message)
        if name == "stage_anew":
            threading.Thread(target=self.watch, daemon=True).start()
        elif name == "grant":
            had, self.grant = self.grant, message
            # Said again, all that was sent before is over.
            if had == message or had["level"] is None:
                threading.Thread(target=self._publish, daemon=True).start()
