"""The link of a hall: it brings in a place, made again it ends the one before, and no list of people names it."""

import pytest

from memorata.domain.errors import Refused
from memorata.domain.programme import Hall
from memorata.services.admission import Profile
from memorata.services.inviting import Guest
from memorata.services.ports import Participant
from tests.unit.services.test_admission import DEVICE, ID, Door

OSAKA = Hall("osaka", {"ja": "大阪", "en": "Osaka"}, {"en": "The Osaka choir"}, "JP", "Chiyo", "+81 00")
RECIFE = Hall("recife", {"en": "Recife"})


@pytest.fixture
def door() -> Door:
    made = Door()
    made.policy = "closed"
    return made


def came(door: Door, key: str) -> Participant:
    return door.enter(key, DEVICE, Profile()).participant


def test_who_comes_by_it_is_the_hall_and_needs_no_door(door: Door) -> None:
    issued = door.inviting.make_hall(ID, OSAKA, ("en", "ja"))
    who = came(door, issued.key)
    assert (who.hall, who.role, who.standing, who.consent) == ("osaka", "participant", "admitted", "count")
    assert (who.name, who.community, who.country, who.language) == ("Osaka", "The Osaka choir", "JP", "en")
    assert issued.code is not None
    assert door.inviting.by_code(ID, issued.code) == issued.key


def test_it_is_called_as_in_the_first_language_that_has_a_name_for_it(door: Door) -> None:
    assert door.inviting.make_hall(ID, OSAKA, ("ja",)).invitation.name == "大阪"
    assert door.inviting.make_hall(ID, RECIFE, ("ja", "ru")).invitation.name == "Recife"
    long = Hall("long", {"en": "x" * 300})
    assert len(door.inviting.make_hall(ID, long, ("en",)).invitation.name) == 60


def test_made_again_it_ends_the_one_before_and_that_of_no_other_hall(door: Door) -> None:
    other = door.inviting.make_hall(ID, RECIFE, ("en",))
    first = door.inviting.make_hall(ID, OSAKA, ("en",))
    before = came(door, first.key)
    second = door.inviting.make_hall(ID, OSAKA, ("en",))
    assert door.outside == [before.id]
    with pytest.raises(Refused, match=r"link\.revoked"):
        came(door, first.key)
    assert came(door, second.key).id != before.id
    assert {hall: one.key for hall, one in door.inviting.halls(ID).items()} == {
        "recife": other.key, "osaka": second.key,
    }  # fmt: skip


def test_no_list_of_people_names_it_and_it_leads_nobody_to_the_console(door: Door) -> None:
    (guest,) = door.inviting.make(ID, [Guest("Vera")])
    issued = door.inviting.make_hall(ID, OSAKA, ("en",))
    assert [one.invitation.id for one in door.inviting.issued(ID)] == [guest.invitation.id]
    with pytest.raises(Refused, match=r"invitation\.unknown"):
        door.inviting.set_role(ID, issued.invitation.id, "host")
    assert set(door.inviting.halls(ID)) == {"osaka"}
    assert door.inviting.halls("another") == {}


def test_people_belong_to_no_hall(door: Door) -> None:
    (guest,) = door.inviting.make(ID, [Guest("Vera")])
    assert came(door, guest.key).hall == ""


def test_it_can_be_taken_back_like_any_other(door: Door) -> None:
    issued = door.inviting.make_hall(ID, OSAKA, ("en",))
    assert door.inviting.revoke(ID, [issued.invitation.id]) == 1
    assert door.inviting.halls(ID) == {}
