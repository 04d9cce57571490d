"""The messages between server and pages as JSON Schema, for programs in other languages."""

from collections.abc import Mapping
from typing import Any

import msgspec

from memorata.adapters.sockets import wire
from memorata.domain.events import EVENTS
from memorata.domain.items import DETAILS, Detail
from memorata.domain.state import CeremonyState
from memorata.services import moderation

FROM_CLIENT: dict[str, type] = {
    "auth": wire.Auth,
    "sync": wire.Sync,
    "clock": wire.ClockAsk,
    "roster": wire.RosterAsk,
    "waiting": wire.WaitingAsk,
    "looking": wire.Looking,
    "report": wire.Report,
    "bye": wire.Bye,
}
FROM_SERVER: dict[str, type] = {
    "welcome": wire.Welcome,
    "event": wire.EventMessage,
    "beat": wire.Beat,
    "you": wire.You,
    "presence": wire.Presence,
    "gone": wire.Gone,
    "name_taken": wire.NameTaken,
    "devices": wire.Devices,
    "waiting_changed": moderation.WaitingHint,
    "looking": moderation.Look,
}
ANSWERS: dict[str, type] = {
    "command": wire.Ack,
    "sync": wire.Synced,
    "clock": wire.ClockAnswer,
    "roster": wire.RosterPage,
    "moderate": wire.Moderated,
    "waiting": wire.WaitingPage,
    "looking": wire.Ack,
    "report": wire.Ack,
    "bye": wire.Ack,
    "POST /api/enter": wire.Entered,
}
TEMPLATE = "#/$defs/{name}"


def document() -> dict[str, Any]:
    """The whole protocol: what may be sent, what is answered, what is told, and the data of each event."""
    roots = {
        **FROM_CLIENT,
        **{f"answer:{name}": kind for name, kind in ANSWERS.items()},
        **{f"told:{name}": kind for name, kind in FROM_SERVER.items()},
        **{f"command:{kind}": message for kind, message in wire.MESSAGES.items()},
        **{f"act:{kind}": message for kind, message in wire.ACT_MESSAGES.items()},
        **{f"event:{kind}": event for kind, event in EVENTS.items()},
        "state": CeremonyState,
    }
    by_name, definitions = components(roots, TEMPLATE)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Memorata",
        "from_client": {name: by_name[name] for name in FROM_CLIENT}
        | {"command": {"oneOf": [by_name[f"command:{kind}"] for kind in wire.MESSAGES]}}
        | {"moderate": {"oneOf": [by_name[f"act:{kind}"] for kind in wire.ACT_MESSAGES]}},
        "answers": {name: by_name[f"answer:{name}"] for name in ANSWERS},
        "from_server": {name: by_name[f"told:{name}"] for name in FROM_SERVER},
        "events": {kind: by_name[f"event:{kind}"] for kind in EVENTS},
        "$defs": definitions,
    }


def components(roots: Mapping[str, Any], template: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schemas of these types by their names, and the definitions that they refer to; `template` makes references.

    Several names may end in one definition; whatever is only a reference stays one.
    """

    def schema_of(kind: type) -> dict[str, Any]:
        if kind is Detail:
            return {"$ref": template.format(name="Detail")}
        raise NotImplementedError(kind)

    wanted = {**roots, **{f"item:{kind}": detail for kind, detail in DETAILS.items()}}
    found, definitions = msgspec.json.schema_components(wanted.values(), schema_hook=schema_of, ref_template=template)
    by_name = dict(zip(wanted, found, strict=True))
    detail = {"oneOf": [by_name[f"item:{kind}"] for kind in DETAILS]}
    return {name: by_name[name] for name in roots}, {**definitions, "Detail": detail}
