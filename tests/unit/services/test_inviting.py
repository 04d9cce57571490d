"""Personal invitations: made, known again by link and by spoken code, taken back; and how the door meets the others."""

import pytest

from memorata.domain.errors import Refused
from memorata.services.admission import Profile
from memorata.services.inviting import CODES_WITHIN_MS, CODES_WRONG, Guest, Issued
from tests.unit.services.test_admission import DEVICE, ID, Door

OTHER = "another-device-of-hers"


@pytest.fixture
def door() -> Door:
    made = Door()
    made.policy = "knock"
    return made


def invited(door: Door, role: str = "participant", name: str = "Vera Sokolova") -> Issued:
    (issued,) = door.inviting.make(ID, [Guest(name, "Yerevan", "jp", "hy", role, "vera@example.org")])
    return issued


def test_an_invitation_carries_who_somebody_is_and_the_store_keeps_only_hashes(door: Door) -> None:
    issued = invited(door)
    assert len(issued.key) == 22, "128 bits"
    (sealed,) = door.invitations.made.values()
    kept = repr(sealed)
    assert issued.key not in kept
    assert issued.code is not None
    assert len(issued.code) == 6
    assert issued.code not in kept
    who = door.enter(issued.key, DEVICE, Profile()).participant
    assert (who.name, who.community, who.country, who.language) == ("Vera Sokolova", "Yerevan", "JP", "hy")
    assert (who.role, who.standing, who.name_state, who.consent) == ("participant", "admitted", "released", "count")


def test_the_same_person_on_a_second_device_is_the_same_seat(door: Door) -> None:
    issued = invited(door)
    first, second = (door.enter(issued.key, device, Profile()) for device in (DEVICE, OTHER))
    assert first.participant == second.participant
    assert door.authenticate(second.token) == first.participant


def test_nobody_takes_an_invited_seat_by_naming_it_as_a_device(door: Door) -> None:
    issued = invited(door)
    invited_one = door.enter(issued.key, DEVICE, Profile()).participant
    door.policy = "open"
    public = door.links(ID)["participant"]
    for device in (f"invitation:{issued.invitation.id}", door._keys.seat(issued.invitation.id)):
        assert door.enter(public, device, Profile()).participant.id != invited_one.id


@pytest.mark.parametrize("role", ["moderator", "host"])
def test_the_link_of_somebody_who_leads_is_exchanged_once(door: Door, role: str) -> None:
    issued = invited(door, role)
    assert issued.code is None
    assert issued.pin is not None
    first = door.enter(issued.key, DEVICE, Profile())
    assert door.enter(issued.key, DEVICE, Profile()).participant == first.participant
    with pytest.raises(Refused, match=r"link\.pin_needed"):
        door.enter(issued.key, OTHER, Profile())
    with pytest.raises(Refused, match=r"link\.pin_wrong"):
        door.enter(issued.key, OTHER, Profile(), "000000" if issued.pin != "000000" else "111111")
    assert door.enter(issued.key, OTHER, Profile(), issued.pin).participant == first.participant
    # Known from now on.
    assert door.enter(issued.key, OTHER, Profile()).participant == first.participant


def test_so_are_the_links_of_the_ceremony_for_those_who_lead(door: Door) -> None:
    key = door.links(ID)["host"]
    door.enter(key, DEVICE, Profile())
    with pytest.raises(Refused, match=r"link\.pin_needed"):
        door.enter(key, OTHER, Profile())
    door.enter(key, OTHER, Profile(), door.pin(key))


def test_few_pins_can_be_tried_and_the_first_browser_is_not_locked_out_by_it(door: Door) -> None:
    issued = invited(door, "host")
    door.enter(issued.key, DEVICE, Profile())
    wrong = [f"{n:06}" for n in range(10) if f"{n:06}" != issued.pin]
    for pin in wrong[:5]:
        with pytest.raises(Refused, match=r"link\.pin_wrong"):
            door.enter(issued.key, OTHER, Profile(), pin)
    with pytest.raises(Refused, match=r"link\.pin_locked") as locked:
        door.enter(issued.key, OTHER, Profile(), issued.pin or "")
    assert 0 < int(str(locked.value.facts["after_s"])) <= 15 * 60
    door.enter(issued.key, DEVICE, Profile())
    door.clock.forward(15 * 60_000)
    door.enter(issued.key, OTHER, Profile(), issued.pin or "")


def test_a_revoked_invitation_lets_nobody_in_and_puts_its_person_out(door: Door) -> None:
    issued = invited(door)
    entry = door.enter(issued.key, DEVICE, Profile())
    assert door.inviting.revoke(ID, [issued.invitation.id]) == 1
    assert door.outside == [entry.participant.id]
    with pytest.raises(Refused, match=r"link\.revoked"):
        door.enter(issued.key, DEVICE, Profile())
    with pytest.raises(Refused, match=r"person\.removed"):
        door.authenticate(entry.token)
    assert door.inviting.revoke(ID, [issued.invitation.id]) == 0
    assert door.inviting.issued(ID) == ()


def test_an_invitation_to_another_ceremony_is_not_known_here(door: Door) -> None:
    issued = invited(door)
    with pytest.raises(Refused, match=r"invitation\.unknown"):
        door.inviting.revoke("another", [issued.invitation.id])
    assert door.inviting.issued(ID) == (issued,)


def test_a_spoken_code_leads_to_the_link_of_its_person_alone(door: Door) -> None:
    issued = invited(door)
    assert issued.code is not None
    assert door.inviting.by_code(ID, f" {issued.code[:3]}-{issued.code[3:]} ") == issued.key
    with pytest.raises(Refused, match=r"code\.unknown"):
        door.inviting.by_code("another", issued.code)


def test_codes_are_different_for_as_many_as_are_invited(door: Door) -> None:
    issued = door.inviting.make(ID, [Guest(f"Guest {n}") for n in range(2000)])
    assert len({one.code for one in issued}) == 2000
    assert len({one.key for one in issued}) == 2000


def test_guessing_codes_ends_soon(door: Door) -> None:
    issued = invited(door)
    for n in range(CODES_WRONG):
        with pytest.raises(Refused, match=r"code\.unknown"):
            door.inviting.by_code(ID, f"x{n}")
    with pytest.raises(Refused, match=r"code\.locked"):
        door.inviting.by_code(ID, issued.code or "")
    door.clock.forward(CODES_WITHIN_MS)
    assert door.inviting.by_code(ID, issued.code or "") == issued.key


def test_every_fault_of_a_list_is_told_with_its_place_and_nobody_is_invited(door: Door) -> None:
    guests = [
        Guest("Vera", where="2"),
        Guest("", where="3"),
        Guest("Anna\u202e", country="ZZ", where="4"),
        Guest("Bruno", role="king", mail="not a mail", language="?", where="5"),
    ]
    with pytest.raises(Refused, match=r"invitation\.invalid") as refused:
        door.inviting.make(ID, guests)
    faults = refused.value.facts["faults"]
    assert isinstance(faults, list)
    assert [(one["where"], one["field"], one["reason"]) for one in faults] == [
        ("3", "name", "length"),
        ("4", "name", "characters"),
        ("4", "country", "unknown"),
        ("5", "role", "unknown"),
        ("5", "language", "characters"),
        ("5", "mail", "characters"),
    ]
    assert door.inviting.issued(ID) == ()


def test_a_changed_role_is_the_persons_from_the_next_command_on(door: Door) -> None:
    issued = invited(door)
    entry = door.enter(issued.key, DEVICE, Profile())
    again = door.inviting.set_role(ID, issued.invitation.id, "moderator")
    assert again.key == issued.key
    assert door.outside == [entry.participant.id]
    assert door.authenticate(entry.token).role == "moderator"


# --- the door, for those whom nobody has invited ---


def test_the_uninvited_knock_wait_and_are_let_in_by_an_open_door(door: Door) -> None:
    public = door.links(ID)["participant"]
    entry = door.enter(public, DEVICE, Profile(name="Anna"))
    assert (entry.participant.standing, entry.participant.name_state) == ("waiting", "held")
    with pytest.raises(Refused, match=r"door\.waiting"):
        door.authenticate(entry.token)
    assert door.standing(entry.token).standing == "waiting"
    door.policy = "open"
    assert door.standing(entry.token).standing == "admitted"
    assert door.authenticate(entry.token).name == "Anna"


def test_a_closed_door_lets_nobody_new_in_but_those_who_are_in_come_back(door: Door) -> None:
    public = door.links(ID)["participant"]
    door.policy = "open"
    inside = door.enter(public, DEVICE, Profile())
    guest = invited(door)
    door.policy = "closed"
    assert door.enter(public, DEVICE, Profile()).participant.id == inside.participant.id
    assert door.enter(guest.key, OTHER, Profile()).participant.standing == "admitted"
    with pytest.raises(Refused, match=r"door\.closed"):
        door.enter(public, OTHER, Profile())
    assert len(door.participants.known) == 2, "nobody is written down who was not let in"


def test_those_who_wait_are_told_when_it_closes(door: Door) -> None:
    entry = door.enter(door.links(ID)["participant"], DEVICE, Profile())
    door.policy = "closed"
    with pytest.raises(Refused, match=r"door\.closed"):
        door.standing(entry.token)
