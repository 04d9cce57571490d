"""A hall's own link on the real server: it comes in at a closed door, and a new link puts the old screen out."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from memorata.domain.programme import Hall
from tests.builders import a_programme, text
from tests.live.client import Person, eventually, fetch
from tests.live.conftest import Server, now_ms

People = Callable[..., Person]

HALLS = (
    Hall("osaka", text("Osaka"), country="JP", contact="Chiyo", telephone="+81 00"),
    Hall("recife", text("Recife")),
)


def call(who: Person, body: object = None) -> tuple[int, Any]:
    return fetch(f"{who.base_url}/api/halls", body, {"Authorization": f"Bearer {who.token}"})


def test_a_hall_joins_by_its_own_link_and_is_replaced_by_the_next(server: Server, people: People) -> None:
    ceremony_id = f"halls-{secrets.token_hex(4)}"
    programme = replace(a_programme(ceremony_id, at_ms=now_ms() + 600_000), halls=HALLS, door="closed")
    keys = server.plan(programme)
    host = people(server, keys["host"])
    status, answer = call(host, {"id": "osaka"})
    assert status == 200, answer
    key = answer["hall"]["link"].rpartition("/")[2]
    status, spoken = fetch(f"{server.url}/api/code", {"ceremony": ceremony_id, "code": answer["hall"]["code"]})
    assert (status, spoken["url"]) == (200, f"/e/{key}")

    osaka = people(server, key, hall=True)
    assert osaka.you["participant"]["name"] == "Osaka"
    seen = osaka.state.programme
    assert seen is not None
    assert [(hall.id, hall.contact, hall.telephone) for hall in seen.halls] == [("osaka", "", ""), ("recife", "", "")]
    eventually(lambda: [one["online"] for one in call(host)[1]["halls"]] == [True, False], "the hall online")

    status, answer = call(host, {"id": "osaka"})
    assert status == 200
    eventually(lambda: osaka.gone, "the old screen is out")
    assert osaka.gone == ["person.removed"]
    again = people(server, answer["hall"]["link"].rpartition("/")[2], hall=True)
    assert again.participant_id != osaka.participant_id
    assert call(again)[0] == 403
