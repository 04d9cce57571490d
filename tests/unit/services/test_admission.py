"""Who enters by which link, as whom, and how long that is good."""

from dataclasses import replace
from typing import Any

import pytest

from memorata.domain.door import DoorPolicy
from memorata.domain.errors import Refused
from memorata.services.admission import Admission, Link, Profile
from memorata.services.inviting import Guest, Inviting
from memorata.services.keys import Keys
from memorata.services.ports import Participant, StoreBusy
from tests.fakes import FakeClock, MemoryInvitations, MemoryParticipants

ID = "remembrance-2027"
DEVICE = "the-device-of-chiyo"


class Door(Admission):
    """With everything around it in sight."""

    def __init__(self, participants: MemoryParticipants | None = None, secret: bytes = b"s" * 32) -> None:
        self.clock, self.participants = FakeClock(), participants or MemoryParticipants()
        self.ceremony_ids = [ID]
        self.told: list[Participant] = []
        self.put_out: list[tuple[str, str]] = []
        self.policy: DoorPolicy = "open"
        keys = Keys(secret)
        self.invitations = MemoryInvitations(self.participants)
        self.outside: list[str] = []
        self.inviting = Inviting(
            keys, self.invitations, self.participants, self.clock, {"JP", "BR"}.__contains__, self.outside.append
        )
        super().__init__(
            keys, self.participants, self.invitations, lambda: self.ceremony_ids, lambda _: self.policy, self.clock,
            {"JP", "BR"}.__contains__, self.told.append,
            lambda ceremony_id, role: self.put_out.append((ceremony_id, role)),
        )  # fmt: skip


@pytest.fixture
def door() -> Door:
    return Door()


def test_links_are_long_different_and_always_the_same(door: Door) -> None:
    links = door.links(ID)
    assert set(links) == {"participant", "moderator", "host"}
    assert {len(key) for key in links.values()} == {24}
    assert len(set(links.values()) | set(door.links("another").values())) == 6
    assert Door().links(ID) == links
    assert set(Door(secret=b"t" * 32).links(ID).values()).isdisjoint(links.values())


def test_each_link_opens_its_own_door(door: Door) -> None:
    links = door.links(ID)
    assert {role: door.resolve(key) for role, key in links.items()} == {
        role: Link(key, ID, role) for role, key in links.items()
    }


@pytest.mark.parametrize("key", ["", "x", "A" * 24, "../../etc", "ключ"])
def test_an_unknown_link_opens_nothing(door: Door, key: str) -> None:
    with pytest.raises(Refused, match=r"link\.unknown"):
        door.resolve(key)


def test_a_ceremony_planned_a_moment_ago_can_be_entered(door: Door) -> None:
    door.resolve(door.links(ID)["host"])
    door.ceremony_ids.append("another")
    key = Door().links("another")["host"]
    assert door.resolve(key) == Link(key, "another", "host")


def test_the_same_device_is_the_same_person(door: Door) -> None:
    key = door.links(ID)["participant"]
    first = door.enter(key, DEVICE, Profile(name=" Chiyo   Sato ", country="jp", people=2))
    again = door.enter(key, DEVICE, Profile())
    other = door.enter(key, "another-device", Profile())
    assert (again.token, again.participant) == (first.token, first.participant)
    assert (first.participant.name, first.participant.country, first.participant.people) == ("Chiyo Sato", "JP", 2)
    assert other.participant.id != first.participant.id
    host = door.enter(door.links(ID)["host"], DEVICE, Profile())
    assert (host.participant.role, host.participant.id != first.participant.id) == ("host", True)


def test_a_device_without_a_word_of_its_own_is_given_one(door: Door) -> None:
    key = door.links(ID)["participant"]
    first, second = door.enter(key, None, Profile()), door.enter(key, None, Profile())
    assert first.device != second.device
    assert door.enter(key, first.device, Profile()).participant == first.participant


def test_neither_device_nor_token_is_stored(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile())
    assert DEVICE not in repr(door.participants.known)
    assert entry.token not in repr(door.participants.known)


def test_a_token_is_its_owner_s(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile(name="Chiyo"))
    assert door.authenticate(entry.token) == entry.participant
    assert Door(door.participants).authenticate(entry.token) == entry.participant


def test_no_other_token_is_taken(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile())
    other = door.enter(door.links(ID)["participant"], "another-device", Profile())
    mixed = f"{entry.participant.id}.{other.token.partition('.')[2]}"
    for forged in ("", ".", entry.participant.id, entry.token[:-1], entry.token + "A", mixed, "ü" * 55):
        with pytest.raises(Refused, match=r"link\.unknown"):
            door.authenticate(forged)
    with pytest.raises(Refused, match=r"link\.unknown"):
        Door(door.participants, secret=b"t" * 32).authenticate(entry.token)


def test_a_replaced_link_puts_out_who_came_by_it(door: Door) -> None:
    old = door.links(ID)["participant"]
    entry = door.enter(old, DEVICE, Profile(name="Chiyo"))
    host = door.enter(door.links(ID)["host"], DEVICE, Profile())
    new = door.renew(ID, "participant")
    assert door.put_out == [(ID, "participant")]
    with pytest.raises(Refused, match=r"link\.unknown"):
        door.resolve(old)
    with pytest.raises(Refused, match=r"link\.revoked"):
        door.authenticate(entry.token)
    assert door.authenticate(host.token) == host.participant
    back = door.enter(new, DEVICE, Profile())
    assert (back.participant.id, back.participant.name) == (entry.participant.id, "Chiyo")
    assert door.authenticate(entry.token) == back.participant


def test_a_link_replaced_by_another_process_is_out_within_seconds(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile())
    new = Door(door.participants).renew(ID, "participant")
    door.clock.forward(5_001)
    with pytest.raises(Refused, match=r"link\.revoked"):
        door.authenticate(entry.token)
    assert door.resolve(new) == Link(new, ID, "participant")


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": "x" * 61}, "name"),
    ({"name": "A\u202eB"}, "name"),
    ({"community": "y" * 81}, "community"),
    ({"country": "ZZ"}, "country"),
    ({"country": "Japan"}, "country"),
    ({"consent": "everything"}, "consent"),
    ({"people": 0}, "people"),
    ({"people": 501}, "people"),
    ({"language": "<script>"}, "language"),
]


@pytest.mark.parametrize(("said", "field"), REFUSED)
def test_what_is_said_is_checked(door: Door, said: dict[str, Any], field: str) -> None:
    key = door.links(ID)["participant"]
    with pytest.raises(Refused, match=r"words\.not_allowed") as refused:
        door.enter(key, DEVICE, Profile(**said))
    assert refused.value.facts["field"] == field
    assert door.participants.known == {}


def test_an_odd_device_is_refused(door: Door) -> None:
    with pytest.raises(Refused, match=r"words\.not_allowed"):
        door.enter(door.links(ID)["participant"], "a b", Profile())


def test_a_profile_changes_what_it_names_and_is_told(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile(name="Chiyo", country="JP"))
    door.told.clear()
    updated = door.update(entry.participant, Profile(country="", consent="full"))
    assert updated == replace(entry.participant, country=None, consent="full")
    assert door.told == [updated]
    door.update(updated, Profile(consent="full"))
    assert door.told == [updated]


def test_a_name_of_one_s_own_waits_for_a_moderator_and_so_does_every_new_one(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile(name="Chiyo", community="Osaka"))
    assert entry.participant.name_state == "held"
    released = replace(entry.participant, name_state="released")
    assert door.participants.change(entry.participant, released, 0)
    assert door.update(released, Profile(name=" Chiyo ", country="JP", people=2)).name_state == "released"
    for said in (Profile(name="Another"), Profile(community="Recife")):
        renamed = door.update(released, said)
        assert renamed.name_state == "held"
        assert door.participants.change(renamed, replace(renamed, name_state="released"), 0)
        assert door.update(renamed, Profile(name="Chiyo", community="Osaka")).name_state == "held"


def test_those_who_lead_are_trusted_with_their_names(door: Door) -> None:
    host = door.enter(door.links(ID)["host"], DEVICE, Profile(name="Hana")).participant
    assert host.name_state == "released"
    assert door.update(host, Profile(name="Hana M.")).name_state == "released"


def stood(door: Door, who: Participant, **change: Any) -> Participant:
    changed = replace(door.participants.known[who.id][0], **change)
    assert door.participants.change(door.participants.known[who.id][0], changed, 0)
    return changed


@pytest.mark.parametrize(("standing", "code"), [("refused", "door.refused"), ("removed", "person.removed"),
                                                ("banned", "person.banned")])  # fmt: skip
def test_who_has_been_put_out_is_heard_no_more(door: Door, standing: str, code: str) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile())
    stood(door, entry.participant, standing=standing)
    with pytest.raises(Refused) as refused:
        door.authenticate(entry.token)
    assert refused.value.code == code


def test_who_has_been_removed_comes_back_to_the_door_and_waits(door: Door) -> None:
    key = door.links(ID)["participant"]
    entry = door.enter(key, DEVICE, Profile(name="Chiyo"))
    stood(door, entry.participant, standing="removed")
    back = door.enter(key, DEVICE, Profile())
    assert (back.participant.id, back.participant.standing) == (entry.participant.id, "waiting")


def test_who_has_been_banned_does_not_come_back_by_the_device_or_the_invitation(door: Door) -> None:
    key = door.links(ID)["participant"]
    stood(door, door.enter(key, DEVICE, Profile()).participant, standing="banned")
    (issued,) = door.inviting.make(ID, [Guest("Bruno")])
    stood(door, door.enter(issued.key, DEVICE, Profile()).participant, standing="banned")
    for banned, device in ((key, DEVICE), (issued.key, DEVICE), (issued.key, "another-device")):
        with pytest.raises(Refused, match=r"person\.banned"):
            door.enter(banned, device, Profile())


def test_a_name_from_an_invitation_is_shown_and_another_one_waits(door: Door) -> None:
    issued = door.inviting.make(ID, [Guest("Vera"), Guest("Bruno")])
    vera = door.enter(issued[0].key, DEVICE, Profile()).participant
    assert (vera.name, vera.name_state) == ("Vera", "released")
    assert door.enter(issued[1].key, DEVICE, Profile(name="Another")).participant.name_state == "held"


def test_a_moderator_s_word_is_not_written_over_by_what_was_read_before_it(door: Door) -> None:
    who = door.enter(door.links(ID)["participant"], DEVICE, Profile(name="Chiyo")).participant

    def meanwhile() -> None:
        stood(door, who, standing="banned")

    door.participants.before_change = meanwhile
    with pytest.raises(StoreBusy):
        door.update(who, Profile(language="ja"))
    assert door.participants.known[who.id][0].standing == "banned"
