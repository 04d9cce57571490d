"""Looks at what carries those who speak: the engine, Janus, the TURN server, and the programs for films and streams."""

import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from memorata.adapters import stun
from memorata.adapters.stage.mesh import MOST, WELL
from memorata.config import Settings, is_loopback
from memorata.findings import ANSWER_S, Finding
from memorata.services import turn

STREAMS_PER_CORE = (130, 175)
"""Pages that see one speaker for each core of Janus at 70 %: measured up to 40 and extended (docs/stage.md)."""

SAFE = (1, 4, 1)
"""Janus before it has faults in memory safety that strangers might reach."""


def stage(settings: Settings) -> Finding:
    """Which engine there is, and for how many."""
    if settings.stage == "off":
        return Finding("stage", "note", "off: nobody is seen or heard live", "MEMORATA_STAGE=mesh needs nothing else.")
    if settings.stage == "mesh":
        found = f"mesh: each speaker is carried well to {WELL} pages, to {MOST} at the most"
        if turn.relay(settings, "mesh"):
            return Finding("stage", "good", f"{found}; all goes by the TURN server")
        hint = "Each viewer can learn the speaker's address at home. With a TURN server nobody does: docs/stage.md"
        return Finding("stage", "note", f"{found}; no TURN server between them", hint)
    if not is_loopback(urlsplit(settings.janus_url).hostname or ""):
        return Finding("stage", "good", "Janus, on another machine: for as many as its cores carry (docs/stage.md)")
    cores = os.cpu_count() or 1
    least, most = (cores * each // 10 * 10 for each in STREAMS_PER_CORE)
    found = f"Janus: {least} to {most} pages that see one speaker (computed from {cores} cores, all of them its own)"
    return Finding("stage", "good", found)


def janus(settings: Settings) -> Finding:
    """Whether it answers, takes our secret, and makes rooms by our key."""
    if settings.stage != "janus":
        return Finding("Janus", "good", "not used")
    try:
        with _asking(settings) as asked:
            told = asked("info")
            version = str(told.get("version_string", "of some version"))
            found = f"{settings.janus_url} answers: {version}"
            session = asked("create")
            if session.get("janus") != "success":
                hint = "MEMORATA_JANUS_SECRET has to be the api_secret of janus.jcfg."
                return Finding("Janus", "missing", f"{found}, and refuses our secret", hint)
            number = session["data"]["id"]
            try:
                refused = _rooms(settings, asked, number)
            finally:
                asked("destroy", session_id=number)
    except (OSError, ValueError, KeyError, TypeError, _socket_fault()) as fault:
        return Finding("Janus", "missing", f"{settings.janus_url} does not answer: {fault}", "Is it running?")
    if refused:
        return Finding("Janus", "missing", found, refused)
    if not settings.janus_secret:
        return Finding("Janus", "missing", f"{found}, to anybody", "Set an api_secret: whoever reaches it may do all.")
    if not is_loopback(urlsplit(settings.janus_url).hostname or "") and settings.janus_url.startswith("ws:"):
        hint = "Its secret is read on the way: let it listen on 127.0.0.1 of this machine, or reach it by wss://"
        return Finding("Janus", "missing", found, hint)
    numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
    if numbers < SAFE:
        hint = "Good for tests and closed ceremonies. For public ones build 1.4.1 or later: docs/stage.md"
        return Finding("Janus", "note", found, hint)
    return Finding("Janus", "good", found)


def relay(settings: Settings) -> Finding:
    """Whether the STUN and TURN servers answer, and take the words that we make."""
    if not settings.turn_urls:
        if settings.stage == "off":
            return Finding("TURN", "good", "not needed")
        hint = "People behind strict firewalls are not seen, nor see. One server for all: docs/stage.md"
        return Finding("TURN", "note", "not configured", hint)
    [*_, words] = turn.ice_servers(settings, None, "memorata doctor", int(time.time() * 1000))
    good: list[str] = []
    for url in settings.turn_urls:
        try:
            with stun.line(url, ANSWER_S) as line:
                stun.bind(line)
                if url.startswith("turn"):
                    stun.allocate(line, words.username, words.credential)
        except stun.Refused as refused:
            hint = "MEMORATA_TURN_SECRET has to be its static-auth-secret, and its clock right."
            return Finding("TURN", "missing", f"{url} answers and refuses our words: {refused}", hint)
        except OSError as fault:
            hint = "Is it running, and are its ports open? A name must lead to it from here as from outside."
            return Finding("TURN", "missing", f"{url} does not answer: {fault.strerror or fault}", hint)
        good.append(url)
    return Finding("TURN", "good", f"{', '.join(good)} answer{'s' if len(good) == 1 else ''} and take our words")


def programs(settings: Settings) -> Finding:
    """What makes films of recordings, and streams."""
    if settings.stage == "off":
        return Finding("films", "good", "none are made")
    wanted = {"ffmpeg": "ffmpeg"} | ({"janus-pp-rec": "janus-tools"} if settings.stage == "janus" else {})
    missing = [package for program, package in wanted.items() if shutil.which(program) is None]
    if missing and settings.stream:
        hint = f"As root: apt-get install --no-install-recommends {' '.join(missing)}"
        return Finding("films", "missing", f"{', '.join(missing)} not installed: no streams, no recordings", hint)
    if missing:
        hint = f"As root: apt-get install --no-install-recommends {' '.join(missing)}"
        return Finding("films", "note", f"{', '.join(missing)} not installed: recordings cannot be joined", hint)
    return Finding("films", "good", " and ".join(wanted) + " here" + (", streams are on" if settings.stream else ""))


def _rooms(settings: Settings, asked: Any, session: int) -> str:
    """What is amiss with its video rooms; empty when one can be made as we need it."""
    attached = asked("attach", session_id=session, plugin="janus.plugin.videoroom")
    if attached.get("janus") != "success":
        return "It has no video rooms: libjanus_videoroom.so is disabled or not installed."
    handle = {"session_id": session, "handle_id": attached["data"]["id"]}
    room, secret = f"doctor-{secrets.token_hex(8)}", secrets.token_hex(16)
    more = {"secret": secret, "is_private": True, "admin_key": settings.janus_admin_key}
    made = asked("message", **handle, body={"request": "create", "room": room, **more})
    told = made.get("plugindata", {}).get("data", {})
    if told.get("videoroom") == "created":
        asked("message", **handle, body={"request": "destroy", "room": room, "secret": secret})
        return ""
    if told.get("error_code") == _UNAUTHORIZED:
        return "MEMORATA_JANUS_ADMIN_KEY has to be the admin_key of janus.plugin.videoroom.jcfg."
    reason = told.get("error", "no reason told")
    return f"It makes no rooms ({reason}): janus.plugin.videoroom.jcfg needs string_ids = true."


_UNAUTHORIZED = 433


@contextmanager
def _asking(settings: Settings) -> Iterator[Any]:
    """Something that asks and returns the answer."""
    from memorata.adapters.stage.janus_line import connect

    line = connect(settings.janus_url)

    def ask(request: str, **more: object) -> dict[str, Any]:
        transaction = secrets.token_hex(8)
        word = {"apisecret": settings.janus_secret} if settings.janus_secret else {}
        line.send(json.dumps({"janus": request, "transaction": transaction, **word, **more}))
        until = time.monotonic() + ANSWER_S
        while time.monotonic() < until:
            told: dict[str, Any] = json.loads(line.recv())
            if told.get("transaction") == transaction and told.get("janus") != "ack":
                return told
        raise TimeoutError("too late")

    try:
        yield ask
    finally:
        line.shutdown()


def _socket_fault() -> type[Exception]:
    import websocket

    found: type[Exception] = websocket.WebSocketException
    return found
