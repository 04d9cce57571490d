"""T19, sabotage by the account of an organizer: it can be stopped at once, and what it did is known."""

import json
import time
from typing import Any

import pytest

from memorata.services.accounts import OPERATOR
from tests.builders import a_programme
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.office import AMINA, PASSWORD, Organizer, first_admin

pytestmark = pytest.mark.live

ID = "remembrance"
MALLORY = "mallory@museum.example"


def trail(server: Server) -> list[dict[str, Any]]:
    """What accounts have done, as the server wrote it down."""
    lines = [json.loads(line) for line in server.lines if line.startswith("{")]
    return [line for line in lines if line.get("logger") == "memorata.trail"]


def test_an_organizer_who_turns_on_us_is_stopped_and_known(own_server: Server) -> None:
    keys = own_server.plan(a_programme(ID, at_ms=now_ms() + 600_000))
    amina = first_admin(own_server)
    account = own_server.office.accounts.add(OPERATOR, MALLORY, "Mallory", "organizer", PASSWORD)
    mallory = Organizer(own_server).sign_in(MALLORY)
    host = mallory.open_console(ID)
    assert mallory.get(f"/desk/{ID}/links")[0] == 200
    assert host.command("autopilot.set", on=True)["ok"]

    # An organizer makes no accounts, ends none, and is no admin by asking for it.
    for path, body in {
        "/api/accounts": {"mail": "second@evil.example", "role": "admin"},
        "/api/accounts/disable": {"id": own_server.office.accounts.all(OPERATOR)[0].id},
    }.items():
        status, answer = mallory.post(path, **body)
        assert (status, answer["code"]) == (403, "role.not_allowed")

    began = time.monotonic()
    assert amina.post("/api/accounts/disable", id=account.id)[0] == 200
    eventually(lambda: not host.connected, "the line to be closed", within_s=3)
    print(f"\nout after {(time.monotonic() - began) * 1000:.0f} ms")

    # Whatever was kept is good for nothing: the token, the session, the password, a link.
    assert host.connect().refused["data"]["code"] == "link.revoked"
    assert mallory.get("/desk")[0] == 303
    assert mallory.post(f"/api/desk/{ID}/enter")[0] == 401
    assert mallory.post("/api/sign-in", mail=MALLORY, password=PASSWORD)[0] == 401
    status, _ = fetch(f"{own_server.url}/api/me", {"name": "still here"}, {"Authorization": f"Bearer {host.token}"})
    assert status in (403, 409)

    # The ceremony is as it was left, and the other one conducts it.
    rescuer = amina.open_console(ID)
    assert rescuer.state.progress.autopilot is True
    assert rescuer.command("autopilot.set", on=False)["ok"]
    rescuer.disconnect()
    assert own_server.person(keys["participant"]).connect().connected

    # Who did what, and when.
    told = [(line["event"], line.get("account"), line.get("by")) for line in trail(own_server)]
    (admin,) = [one.id for one in own_server.office.accounts.all(OPERATOR) if one.mail == AMINA]
    for fact in (
        ("sign_in.done", account.id, None),
        ("console.open", account.id, None),
        ("links.see_staff", account.id, None),
        ("account.disabled", account.id, admin),
        ("sign_in.refused", account.id, None),
    ):
        assert fact in told, fact
    assert all(line["timestamp"] for line in trail(own_server))
    opened = next(line for line in trail(own_server) if line["event"] == "console.open" and "participant" in line)
    own_server.office.ceremonies.follow()
    did = [
        (one.by, one.event.kind)
        for one in own_server.office.ceremonies.events_after(ID, 0)
        if one.by == opened["participant"]
    ]
    assert did == [(host.participant_id, "autopilot.set")], "the ceremony's history says what that account did in it"
    assert not any(MALLORY in line for line in own_server.lines)


def test_the_last_admin_cannot_be_taken_away(own_server: Server) -> None:
    amina = first_admin(own_server)
    (account,) = own_server.office.accounts.all(OPERATOR)
    status, answer = amina.post("/api/accounts/disable", id=account.id)
    assert (status, answer["code"]) == (409, "account.last_admin")
    assert amina.get("/desk")[0] == 200


def test_what_an_organizer_takes_out_another_brings_back(own_server: Server) -> None:
    amina = first_admin(own_server)
    own_server.office.accounts.add(OPERATOR, MALLORY, "Mallory", "organizer", PASSWORD)
    mallory = Organizer(own_server).sign_in(MALLORY)
    flood = {
        "title": {"en": "The flood"},
        "languages": ["en"],
        "source": "the minutes of the council",
        "date": {"rule": "fixed", "day": "02-01", "time": "11:00", "zone": "Europe/Amsterdam"},
        "items": [{"id": "words", "kind": "address", "title": {"en": "Words"}, "planned_s": 60}],
    }
    status, made = amina.post("/api/plan/series", id="flood", document=flood)
    assert status == 200, made
    status, shown = amina.post("/api/plan/series/flood/publish", version=made["version"])
    assert status == 200
    assert amina.get("/s/flood")[0] == 200
    status, gone = mallory.post("/api/plan/series/flood/remove", version=shown["version"])
    assert status == 200
    assert amina.get("/s/flood")[0] == 404
    entries = json.loads(amina.get("/api/plan/trail?series=flood")[1])["entries"]
    assert (entries[0]["kind"], entries[0]["by_name"], entries[0]["id"]) == ("series.removed", "Mallory", gone["trail"])
    assert amina.post("/api/plan/undo", id=gone["trail"])[0] == 200
    assert amina.get("/s/flood")[0] == 200
    # The undoing stands in the trail too, and nobody undoes twice.
    assert amina.post("/api/plan/undo", id=gone["trail"])[1]["code"] == "plan.undo_unknown"
    assert json.loads(amina.get("/api/plan/trail?series=flood")[1])["entries"][0]["kind"] == "undone"
