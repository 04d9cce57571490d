"""A ceremony with somebody who is to speak: over real lines, with descriptions that nobody's browser made."""

from typing import Any

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
