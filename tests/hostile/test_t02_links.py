"""T2, a link in other hands: those who lead are bound to a browser, and whoever is put out is out at once."""

import secrets
import time
from collections.abc import Callable
from typing import Any

import pytest

from memorata.services.inviting import Guest
from tests.builders import a_programme
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

pytestmark = pytest.mark.hostile

SOON_S = 1.0
"""Within this a person is out whose rights were taken."""
PATIENCE_S = 5.0

Come = Callable[..., Person]


@pytest.fixture
def keys(server: Server) -> dict[str, str]:
    return server.plan(a_programme(f"leaked-{secrets.token_hex(4)}", at_ms=now_ms() + 600_000))


def enter(server: Server, key: str, **more: Any) -> tuple[int, Any]:
    return fetch(f"{server.url}/api/enter", {"key": key, "device": secrets.token_urlsafe(16), **more})


@pytest.mark.parametrize("role", ["host", "moderator"])
def test_a_used_link_of_the_staff_opens_nothing_in_another_browser(
    server: Server, keys: dict[str, str], role: str
) -> None:
    # A preview by a mail programme looks at the page; that exchanges nothing, and shows nothing of the staff's.
    status, page = fetch(f"{server.url}/h/{keys[role]}", headers={"Accept": "text/html"})
    assert status == 200
    assert "Smile." not in page
    status, first = enter(server, keys[role])
    assert status == 200, first
    for replay in range(3):
        assert enter(server, keys[role])[1]["code"] == "link.pin_needed", replay
    assert enter(server, keys[role], pin="not it")[1]["code"] == "link.pin_wrong"
    assert enter(server, keys[role], pin=server.office.admission.pin(keys[role]))[0] == 200


def test_two_who_exchange_a_link_at_the_same_moment_are_one(server: Server, keys: dict[str, str]) -> None:
    found = [server.office.admission.resolve(keys["host"]).hash]
    claims = [server.office.admission._invitations.claim(found[0], f"device-{n}", now_ms(), first=True) for n in (1, 2)]
    assert claims == [True, False]


def test_pins_cannot_be_tried_out(server: Server, keys: dict[str, str]) -> None:
    enter(server, keys["host"])
    pin = server.office.admission.pin(keys["host"])
    guesses = [f"{n:06}" for n in range(40) if f"{n:06}" != pin]
    codes = [enter(server, keys["host"], pin=guess)[1]["code"] for guess in guesses]
    assert codes[:5] == ["link.pin_wrong"] * 5
    assert set(codes[5:]) <= {"link.pin_locked", "request.too_many"}
    assert enter(server, keys["host"], pin=pin)[0] != 200


def test_a_revoked_hosts_line_is_closed_within_a_second_and_what_it_asks_is_refused(
    server: Server, keys: dict[str, str], people: Come
) -> None:
    (hana,) = server.office.inviting.make(keys_ceremony(server, keys), [Guest("Hana", role="host")])
    thief = people(server, hana.key)
    assert thief.command("picture.hold")["ok"]
    chief = people(server, keys["host"])
    begun = time.monotonic()
    status, _ = fetch(
        f"{server.url}/api/invitations/revoke",
        {"ids": [hana.invitation.id]},
        {"Authorization": f"Bearer {chief.token}"},
    )
    assert status == 200
    eventually(lambda: not thief.connected, "the thief's line to be closed", PATIENCE_S)
    took_s = time.monotonic() - begun
    print(f"closed after {took_s * 1000:.0f} ms")
    assert took_s < SOON_S + 1.0, "a second, and some for a busy machine"
    assert thief.gone == ["person.removed"]
    assert thief.connect().refused["data"]["code"] == "person.removed"
    assert enter(server, hana.key)[1]["code"] == "link.revoked"


def test_revoked_by_another_process_it_is_closed_within_seconds_too(
    server: Server, keys: dict[str, str], people: Come
) -> None:
    ceremony_id = keys_ceremony(server, keys)
    (vera,) = server.office.inviting.make(ceremony_id, [Guest("Vera")])
    guest = people(server, vera.key)
    server.office.inviting.revoke(ceremony_id, [vera.invitation.id])
    eventually(lambda: not guest.connected, "the line to be closed", PATIENCE_S)
    assert guest.gone == ["person.removed"]


def test_a_changed_role_holds_from_the_next_command_on_and_the_line_comes_back_as_it(
    server: Server, keys: dict[str, str], people: Come
) -> None:
    ceremony_id = keys_ceremony(server, keys)
    (issued,) = server.office.inviting.make(ceremony_id, [Guest("Hugo", role="host")])
    hugo = people(server, issued.key)
    assert hugo.view == "staff"
    chief = people(server, keys["host"])
    status, _ = fetch(
        f"{server.url}/api/invitations/role",
        {"id": issued.invitation.id, "role": "participant"},
        {"Authorization": f"Bearer {chief.token}"},
    )
    assert status == 200
    eventually(lambda: not hugo.connected, "the line to be closed", PATIENCE_S)
    hugo.connect()
    assert hugo.view == "public"
    assert hugo.command("picture.hold")["code"] == "role.not_allowed"


def keys_ceremony(server: Server, keys: dict[str, str]) -> str:
    return server.office.admission.resolve(keys["host"]).ceremony_id
