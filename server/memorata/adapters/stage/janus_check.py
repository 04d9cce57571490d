"""Whether a Janus is there and set up for the stage, for an operator who asks."""

import secrets
from pathlib import Path

import websocket

from memorata.adapters.stage.janus_line import Line, Lost
from memorata.adapters.stage.janus_rooms import PLUGIN, the_room


def examine(url: str, secret: str, admin_key: str) -> str:
    """Make a room and end it again; returns Janus' version. What is being held by it is not touched.

    Raises: Lost: it does not answer; Denied: it does not do what it is asked, with the reason.
    """
    try:
        line = Line(url, secret, lambda _: None)
    except (OSError, websocket.WebSocketException) as fault:
        raise Lost(str(fault)) from None
    try:
        version = str(line.ask("info")["version_string"])
        session = int(line.ask("create")["data"]["id"])
        handle = int(line.ask("attach", session_id=session, plugin=PLUGIN)["data"]["id"])
        room = the_room(secrets.token_bytes(32), "examined")

        def ask(body: dict[str, object]) -> None:
            line.ask("message", session_id=session, handle_id=handle, body=body)

        ask(room.making(admin_key, Path("/nowhere")))  # nothing is recorded in it
        ask(room.command("destroy"))
        line.ask("destroy", session_id=session)
    finally:
        line.close()
    return version
