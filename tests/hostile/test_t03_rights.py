"""T3: who may do what. Every role, every command and every act about people, in every phase.

Refused means that nothing was done.
"""

import itertools
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import pytest

from memorata.domain import events as e
from memorata.domain.ceremony import decide
from memorata.domain.commands import COMMANDS, Actor, Command
from memorata.domain.errors import Refused
from memorata.domain.items import Lobby, Wishes
from memorata.domain.moderating import ACTS, Act
from memorata.domain.programme import Programme
from memorata.domain.roles import ALLOWED, RANKS, Phase, Role, is_staff
from memorata.domain.state import CeremonyState, phase_of
from memorata.services.keys import new_id
from memorata.services.ports import Participant
from memorata.services.presence import mark
from tests.builders import START_MS, a_ceremony, a_programme, a_silence, an_item
from tests.live.client import Person, as_json, eventually, new_cmd_id
from tests.live.conftest import Server, now_ms

PHASES: tuple[Phase, ...] = get_args(Phase)
NOT_ALLOWED = {"role.not_allowed", "phase.not_allowed", "silence.locked"}
MOVING = {"ceremony.open", "ceremony.close"}
"""Granted, they would lead into another phase; the tests of conducting have them."""


def a_message(
    kind: Literal["command", "moderate"], of: type[Command] | type[Act], known: dict[str, Any]
) -> dict[str, Any]:
    """A message with every field that has to be there: as known, else anything of its type."""
    hints = get_type_hints(of)
    return {
        field.name: known[field.name] if field.name in known else a_value(hints[field.name])
        for field in fields(cast(Any, of))
        if field.default is MISSING or (kind == "moderate" and field.name in known)
    }


def a_value(annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin is Literal:
        return get_args(annotation)[0]
    return {str: "x", int: 999, bool: True}.get(annotation, [] if origin is tuple else "x")


def may(role: Role, kind: str, phase: Phase) -> bool:
    least, phases = ALLOWED[kind]
    return RANKS.index(role) >= RANKS.index(least) and phase in phases


# --- the domain, in full ------------------------------------------------------------------------------------------


def states() -> Iterator[tuple[Phase, CeremonyState, int]]:
    """A ceremony in each phase, and when it is in it."""
    programme = a_programme()
    yield "planned", CeremonyState(programme=programme), programme.lobby_opens_ms - 60_000
    yield "lobby", a_ceremony(), START_MS - 60_000
    yield "live", a_ceremony(e.ItemCued("words", START_MS, 1)), START_MS + 1_000
    silence = a_ceremony(e.ItemCued("minute", START_MS, 1))
    at_ms = next(at for at in range(START_MS, START_MS + 300_000, 500) if phase_of(silence, at) == "silence")
    yield "silence", silence, at_ms
    yield "closed", a_ceremony(e.CeremonyClosed()), START_MS + 60_000


@pytest.mark.parametrize(("phase", "state", "at_ms"), list(states()), ids=PHASES)
def test_the_domain_refuses_every_cell_that_the_table_does_not_name(
    phase: Phase, state: CeremonyState, at_ms: int
) -> None:
    assert phase_of(state, at_ms) == phase
    for role, (kind, command) in itertools.product(RANKS, COMMANDS.items()):
        asked = command(**a_message("command", command, {}))
        if may(role, kind, phase):
            assert code_of(state, asked, role, at_ms) not in NOT_ALLOWED, (role, kind, phase)
        else:
            assert code_of(state, asked, role, at_ms) in NOT_ALLOWED, (role, kind, phase)


def code_of(state: CeremonyState, command: Command, role: Role, at_ms: int) -> str:
    """The code of the refusal; empty when it is granted."""
    try:
        decide(state, command, Actor("somebody", role, "press"), at_ms)
    except Refused as refused:
        return refused.code
    return ""


# --- the server -------------------------------------------------------------------------------------------------


@dataclass
class Scene:
    """A ceremony in one phase, with somebody whose words and whose standing the others are after."""

    server: Server
    ceremony_id: str
    victim: Participant
    host: Person
    entry_id: str
    wish_id: str

    def phase(self) -> Phase:
        self.server.office.ceremonies.follow()
        return phase_of(self.server.office.ceremonies.state(self.ceremony_id), now_ms())

    def facts(self) -> tuple[int, Any, Any]:
        """All that could change: the log, the state, the people."""
        office = self.server.office
        office.ceremonies.follow()
        people = tuple(
            stamped.participant
            for stamped in office.participants.changed_since(0)
            if stamped.participant.ceremony_id == self.ceremony_id
        )
        head = office.log.head(self.ceremony_id)
        assert head is not None
        return head.seq, as_json(office.ceremonies.state(self.ceremony_id)), people

    def known(self) -> dict[str, Any]:
        """Fields that aim at the victim, as they are seen just now."""
        who = self.server.office.participants.find(self.victim.id)
        assert who is not None
        return {
            "entry_id": self.entry_id, "wish_id": self.wish_id, "item_id": "words", "name": "Somebody", "text": "Words",
            "id": who.id, "ids": [who.id], "aimed": {who.id: mark(who)}, "on": False,
        }  # fmt: skip

    def somebody(self, role: Role) -> Person:
        """Anybody of this role, on a line of their own; there are no links for some of the roles."""
        office = self.server.office
        who = Participant(new_id(), self.ceremony_id, role)
        office.participants.add(who, f"device of {who.id}", now_ms())
        person = Person(self.server.url, "")
        person.token, person.ceremony = office.admission._keys.token(who.id), self.ceremony_id
        person.participant_id = who.id
        return person.connect()


def a_scene(server: Server, phase: Phase) -> Scene:
    ceremony_id = f"rights-{phase}"
    at_ms = now_ms() + (7_200_000 if phase == "planned" else 600_000)
    silence = a_silence(duration_s=240, invitation_s=0, stillness_s=0)
    programme: Programme = a_programme(
        ceremony_id,
        at_ms=at_ms,
        items=(an_item("lobby", Lobby(), 900), an_item("words"), silence, an_item("wishes", Wishes(), 600)),
    )
    keys = server.plan(programme)
    host = Person(server.url, keys["host"]).connect()
    victim = Person(server.url, keys["participant"], name="Chiyo Sato", consent="full").connect()
    entry_id = wish_id = "none"
    if phase != "planned":
        asked = victim.command("floor.request", entry_kind="memory", name="Chiyo Sato")
        offered = victim.command("wish.offer", item_id="wishes", text="To those who stayed")
        state = host.at(max(asked["seq"], offered["seq"])).state
        entry_id, wish_id = state.floor.entries[-1].id, state.tributes.wishes[-1].id
        assert host.command("floor.call", entry_id=entry_id)["ok"]
    if phase == "live":
        assert host.command("item.cue", item_id="words", aimed_cue=0)["ok"]
    elif phase == "silence":
        assert host.command("item.cue", item_id="minute", aimed_cue=0)["ok"]
    elif phase == "closed":
        assert host.command("ceremony.close")["ok"]
    found = server.office.participants.find(victim.participant_id)
    assert found is not None
    scene = Scene(server, ceremony_id, found, host, entry_id, wish_id)
    victim.disconnect()
    return scene


@pytest.fixture(scope="module")
def scenes(server: Server) -> dict[Phase, Scene]:
    made = {phase: a_scene(server, phase) for phase in PHASES}
    for phase, scene in made.items():
        eventually(lambda scene=scene, phase=phase: scene.phase() == phase, f"the phase {phase}", 30)
    return made


@pytest.mark.live
@pytest.mark.parametrize("phase", ["silence", "planned", "lobby", "live", "closed"])
def test_the_server_refuses_every_cell_and_nothing_is_done(scenes: dict[Phase, Scene], phase: Phase) -> None:
    scene = scenes[phase]
    cells = refused = 0
    for role in RANKS:
        person = scene.somebody(role)
        for kind in (*COMMANDS, *ACTS):
            if may(role, kind, phase) and kind in MOVING:
                continue
            cells += 1
            before = scene.facts()
            answer = ask(scene, person, kind)
            if not may(role, kind, phase):
                refused += 1
                assert answer["code"] in NOT_ALLOWED, (role, kind, phase, answer)
                assert scene.facts() == before, (role, kind, phase)
            elif not answer["ok"]:
                # Allowed in general, not with these facts: somebody else's request, a cue long past.
                assert answer["code"] not in NOT_ALLOWED, (role, kind, phase, answer)
                assert scene.facts() == before, (role, kind, phase)
            elif not is_staff(role):
                assert_own_alone(scene, person, before)
        person.disconnect()
    assert scene.phase() == phase
    print(f"{phase}: {cells} cells, {refused} refused, nothing done by any of those")


def ask(scene: Scene, person: Person, kind: str) -> dict[str, Any]:
    answer: dict[str, Any] = person.ask("moderate" if kind in ACTS else "command", a_request(scene, kind))
    return answer


def a_request(scene: Scene, kind: str) -> dict[str, Any]:
    known = scene.known()
    if kind in ACTS:
        return {"kind": kind, **a_message("moderate", ACTS[kind], known)}
    known.pop("aimed")
    return {"kind": kind, "cmd_id": new_cmd_id(), **a_message("command", COMMANDS[kind], known)}


def assert_own_alone(scene: Scene, person: Person, before: tuple[int, Any, Any]) -> None:
    """Whatever somebody of the audience was granted is their own: what was there of others is there unchanged."""
    after = scene.facts()
    mine = person.participant_id
    for was, now in ((before[1]["floor"]["entries"], after[1]["floor"]["entries"]),
                     (before[1]["tributes"]["wishes"], after[1]["tributes"]["wishes"])):  # fmt: skip
        assert [one for one in was if one["participant_id"] != mine] == [
            one for one in now if one["participant_id"] != mine
        ]
    assert before[1]["progress"] == after[1]["progress"]
    assert [who for who in before[2] if who.id != mine] == [who for who in after[2] if who.id != mine]


@pytest.mark.live
def test_a_speaker_s_place_is_bound_to_the_person(scenes: dict[Phase, Scene]) -> None:
    """T3 by name: whoever it is, a participant does nothing with the request of another."""
    scene = scenes["live"]
    thief = scene.somebody("participant")
    before = scene.facts()
    for kind in ("floor.ready", "floor.not_now", "floor.yield", "floor.withdraw"):
        assert thief.command(kind, entry_id=scene.entry_id)["code"] in ("floor.not_holder", "floor.wrong_state")
    for kind in ("floor.grant", "floor.call", "floor.accept", "floor.edit", "floor.mark_absent"):
        assert thief.command(kind, entry_id=scene.entry_id)["code"] == "role.not_allowed"
    assert scene.facts() == before
    thief.disconnect()


@pytest.mark.live
@pytest.mark.parametrize("kind", ["floor.set_asking", "person.admit_all"])
def test_the_role_is_looked_up_for_every_command(scenes: dict[Phase, Scene], kind: str) -> None:
    """A line that was opened by somebody put out meanwhile commands nothing more, though nothing has closed it yet."""
    scene = scenes["lobby"]
    office = scene.server.office
    person = scene.somebody("moderator")
    assert person.command("floor.set_asking", on=True)["ok"]
    who = office.participants.find(person.participant_id)
    assert who is not None
    assert office.participants.change(who, replace(who, standing="banned"), now_ms())
    before = scene.facts()
    person.emit("command" if kind in COMMANDS else "moderate", a_request(scene, kind))
    eventually(lambda: not person.connected, "the line to be closed")
    assert scene.facts() == before
    assert person.gone[0] in ("person.banned", "person.removed")
