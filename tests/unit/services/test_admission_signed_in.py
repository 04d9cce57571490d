"""Who comes in without a link, because they have signed in: for as long as that lasts, and no longer."""

import pytest

from memorata.domain.errors import Refused
from memorata.services.admission import Admission, Profile
from memorata.services.keys import Keys, digest
from memorata.services.ports import Participant
from tests.fakes import FakeClock, MemoryInvitations, MemoryParticipants

ID = "remembrance-2027"
SESSION, ANOTHER = digest("session"), digest("another")


class Door(Admission):
    """With the sessions that last in sight."""

    def __init__(self) -> None:
        self.sessions = {SESSION, ANOTHER}
        self.told: list[Participant] = []
        super().__init__(
            Keys(b"s" * 32), MemoryParticipants(), MemoryInvitations(), lambda: [ID], lambda _: "open", FakeClock(),
            {"JP", "BR"}.__contains__, self.told.append, lambda *_: None, self.sessions.__contains__,
        )  # fmt: skip


@pytest.fixture
def door() -> Door:
    return Door()


def test_they_come_in_as_what_they_are(door: Door) -> None:
    entry = door.enter_as(ID, "organizer", SESSION, Profile(name="Bruno", country="BR"))
    who = door.authenticate(entry.token)
    assert who == entry.participant
    assert (who.role, who.name, who.country, who.session, who.standing) == (
        "organizer",
        "Bruno",
        "BR",
        SESSION,
        "admitted",
    )


def test_the_same_session_is_the_same_participant_in_one_ceremony(door: Door) -> None:
    first = door.enter_as(ID, "organizer", SESSION, Profile(name="Bruno"))
    again = door.enter_as(ID, "organizer", SESSION, Profile(name="B."))
    assert (again.participant.id, again.token, again.participant.name) == (first.participant.id, first.token, "B.")
    assert door.told == [again.participant]
    others = [
        door.enter_as(ID, "organizer", ANOTHER, Profile()),
        door.enter_as("another", "organizer", SESSION, Profile()),
        door.enter(door.links(ID)["host"], None, Profile()),
    ]
    assert len({first.participant.id, *(other.participant.id for other in others)}) == 4


def test_when_the_session_is_over_so_is_all_that_came_by_it(door: Door) -> None:
    entry = door.enter_as(ID, "organizer", SESSION, Profile())
    stays = door.enter_as(ID, "organizer", ANOTHER, Profile())
    door.sessions.discard(SESSION)
    for refused in (lambda: door.authenticate(entry.token), lambda: door.participant(entry.participant.id)):
        with pytest.raises(Refused, match=r"link\.revoked"):
            refused()
    assert door.authenticate(stays.token) == stays.participant


def test_a_door_that_knows_of_no_sessions_lets_nobody_in_by_one() -> None:
    participants = MemoryParticipants()
    door = Admission(
        Keys(b"s" * 32), participants, MemoryInvitations(participants), lambda: [ID], lambda _: "knock", FakeClock(),
        {"JP"}.__contains__, lambda _: None, lambda *_: None,
    )  # fmt: skip
    entry = door.enter_as(ID, "organizer", SESSION, Profile())
    with pytest.raises(Refused, match=r"link\.revoked"):
        door.authenticate(entry.token)


def test_words_are_tidied_and_refused_as_for_everybody(door: Door) -> None:
    with pytest.raises(Refused, match=r"words\.not_allowed"):
        door.enter_as(ID, "organizer", SESSION, Profile(name="Bru\u202eno"))
