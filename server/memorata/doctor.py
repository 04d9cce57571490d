"""Looks at everything a ceremony needs: what is configured, what answers, what is missing, and what to do about it."""

import json
import os
import resource
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from memorata import doctor_stage
from memorata.config import ConfigFault, Settings
from memorata.findings import ANSWER_S, Finding

LINES_EACH, LINES_BESIDE = 15, 10
"""Lines to PostgreSQL: of each worker at the most (adapters/store/database.py), and of commands, copies and its own."""

SPACE_LOW = 500 * 2**20
FILES_LOW = 4096


def examine() -> list[Finding]:
    """Look at everything; nothing is changed, but for the data folder, which is made."""
    findings = [_python(), _files()]
    try:
        settings = Settings.from_env()
    except ConfigFault as fault:
        hint = "Correct the environment variables that are named here; memorata serve --help tells what they mean."
        return [*findings, *(Finding("settings", "missing", line, hint) for line in fault.lines)]
    looks: tuple[Callable[[Settings], Finding], ...] = (
        _data, _database, _address, _contact, _listener, _transport, _client, _languages, _schedules, _ceremonies,
        _mail, _redis, doctor_stage.stage, doctor_stage.janus, doctor_stage.relay, doctor_stage.programs,
    )  # fmt: skip
    return [*findings, *(_looked(look, settings) for look in looks)]


def printed(findings: list[Finding], *, as_json: bool) -> str:
    """The table, for people or for programs."""
    if as_json:
        whole = {
            "ok": all(found.state != "missing" for found in findings),
            "findings": [asdict(found) for found in findings],
        }
        return json.dumps(whole, ensure_ascii=False, indent=1)
    width = max(len(found.what) for found in findings)
    lines = []
    for found in findings:
        lines.append(f"{found.state:<8} {found.what:<{width}}  {found.found}")
        if found.hint:
            lines.append(f"{'':<8} {'':<{width}}  -> {found.hint}")
    missing = sum(found.state == "missing" for found in findings)
    lines.append("")
    lines.append("All is there." if not missing else f"To be seen to: {missing}.")
    return "\n".join(lines)


def _looked(look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except Exception as fault:  # noqa: BLE001 - one look that fails must not hide the others
        return Finding(look.__name__.strip("_"), "missing", f"could not be looked at: {type(fault).__name__}: {fault}")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "good", version)


def _files() -> Finding:
    """Each connection is an open file; the server asks for as many as the system lets it have."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:
        return Finding("open files", "good", "as many as wanted")
    if most < FILES_LOW:
        hint = "For more people raise it: LimitNOFILE=20000 in the systemd unit, or ulimit -Hn as root."
        return Finding("open files", "note", f"{most} at most: about {max(0, most - 100)} connections", hint)
    return Finding("open files", "good", f"{most} at most")


def _transport(settings: Settings) -> Finding:
    if settings.is_fast:
        return Finding("transport", "good", "fast")
    hint = "For a crowd leave MEMORATA_TRANSPORT=fast and MEMORATA_ASYNC_MODE=eventlet, as they are by themselves."
    return Finding("transport", "note", f"plain, on {settings.async_mode}: several times the work for each page", hint)


def _data(settings: Settings) -> Finding:
    # It is made by the first command that needs it.
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    found = f"{settings.data_dir}, {free // 2**20:,} MB free"
    if not os.access(folder, os.W_OK):
        return Finding("data folder", "missing", found, "It cannot be written to: give it to the user of the server.")
    if free < SPACE_LOW:
        return Finding("data folder", "missing", found, "Make room: a full disk stops every change of a ceremony.")
    return Finding("data folder", "good", found)


def _database(settings: Settings) -> Finding:
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    from memorata.adapters.store.database import Database

    shown = _without_password(settings.database_url)
    path = urlsplit(settings.database_url).path
    if settings.database_url.startswith("sqlite:") and not Path(path[1:] if path.startswith("//") else path).exists():
        return Finding("database", "good", f"{shown}, made at the first start")
    database = Database(settings.database_url)
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            found = connection.execute(text("SELECT count(*) FROM ceremony")).scalar()
            lines = None if database.is_sqlite else int(connection.execute(text("SHOW max_connections")).scalar() or 0)
    except SQLAlchemyError as fault:
        reason = str(getattr(fault, "orig", fault)).strip().partition("\n")[0]
        return Finding(
            "database", "missing", f"{shown}: {reason}", "Is it running, and is MEMORATA_DATABASE_URL right?"
        )
    finally:
        database.dispose()
    wanted = max(1, settings.workers) * LINES_EACH + LINES_BESIDE
    if lines is not None and lines < wanted:
        return Finding(
            "database", "missing", f"{shown}, {found} ceremonies; it takes {lines} lines, and there may be {wanted}",
            f"Set max_connections = {wanted} in postgresql.conf and restart PostgreSQL, or run fewer workers.",
        )  # fmt: skip
    return Finding("database", "good", f"{shown}, {found} ceremonies")


def _address(settings: Settings) -> Finding:
    parts = urlsplit(settings.base_url)
    at_home = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme == "https":
        return Finding("address", "good", settings.base_url)
    if at_home:
        hint = "For others set MEMORATA_BASE_URL to the https address of your proxy: links are made from it."
        return Finding("address", "note", f"{settings.base_url}, for this machine only", hint)
    hint = "Without https browsers refuse camera, microphone and keeping the screen on: put a proxy with TLS in front."
    return Finding("address", "missing", settings.base_url, hint)


def _contact(settings: Settings) -> Finding:
    """Whom those may write to who find a way in."""
    if settings.security_contact:
        found = f"{', '.join(settings.security_contact)}, told by {settings.base_url}/.well-known/security.txt"
        return Finding("contact", "good", found)
    hint = "Whoever finds a fault should know whom to tell: MEMORATA_SECURITY_CONTACT=mailto:… or https://…"
    return Finding("contact", "note", "nobody is named for faults of security", hint)


def _listener(settings: Settings) -> Finding:
    """Whether a server of ours answers there, or the port is free for one."""
    host = settings.host if settings.host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # noqa: S104
    place = f"{settings.host} port {settings.port}"
    try:
        with socket.create_connection((host, settings.port), timeout=1):
            pass
    except OSError:
        return Finding("server", "note", f"not running; {place} is free", "memorata serve")
    url = f"http://[{host}]:{settings.port}/health" if ":" in host else f"http://{host}:{settings.port}/health"
    try:
        answer = json.loads(_fetched(url))
        if answer["ok"]:
            return Finding("server", "good", f"answers at {place}, {answer['clients']} connected")
        return Finding("server", "missing", f"answers at {place} that it is not well", "Look into its log.")
    except (OSError, ValueError, KeyError):
        hint = "Something else has the port: end it, or choose another by MEMORATA_PORT."
        return Finding("server", "missing", f"{place} is taken, and no memorata answers there", hint)


def _client(_: Settings) -> Finding:
    from memorata.adapters.http.client import bundle
    from memorata.resources import web_dir

    found = bundle(web_dir(), "participant", "en")
    if not found.entry:
        return Finding("pages", "missing", f"not built: {web_dir()} holds none", "make built, or install the wheel.")
    return Finding("pages", "good", f"built: {found.entry.rpartition('/')[2]}")


def _languages(_: Settings) -> Finding:
    from memorata.i18n import languages

    found = ", ".join(languages())
    if len(languages()) < 2:
        return Finding("languages", "note", f"{found} alone", "make built compiles the catalogues.")
    return Finding("languages", "good", found)


def _schedules(settings: Settings) -> Finding:
    from memorata.adapters.schedule_files import read_all

    series, faults = read_all(settings.schedules_dir)
    broken = [fault for fault in faults if fault.severity == "fault"]
    found = f"{settings.schedules_dir}: {len(series)} series"
    if broken:
        return Finding(
            "schedules", "missing", f"{found}, {len(broken)} faults", f"memorata schedules check: {broken[0]}"
        )
    if not series:
        return Finding("schedules", "note", found, "Put a schedule there, or plan on the site.")
    warned = f", {len(faults)} warnings" if faults else ""
    return Finding("schedules", "good", found + warned, "memorata schedules check tells them." if faults else "")


def _ceremonies(settings: Settings) -> Finding:
    from memorata.adapters.store.database import Database
    from memorata.adapters.store.event_log import SqlEventLog
    from memorata.domain.ceremony import fold
    from memorata.domain.civil import civil
    from memorata.domain.planning import total_s
    from memorata.domain.programme import Programme
    from memorata.domain.state import CeremonyState

    if _database(settings).found.endswith("made at the first start"):
        return Finding("ceremonies", "note", "none is planned", "memorata schedules load")
    database = Database(settings.database_url)
    try:
        log = SqlEventLog(database)
        states = [fold(CeremonyState(), log.events(head.ceremony_id, 0)) for head in log.heads()]
    finally:
        database.dispose()
    now_ms = time.time() * 1000
    ahead: list[Programme] = sorted(
        (
            state.programme
            for state in states
            if state.programme is not None
            and state.progress.closed_ms is None
            and state.programme.starts_ms + total_s(state.programme.items) * 1000 > now_ms
        ),
        key=lambda programme: programme.starts_ms,
    )
    if not ahead:
        return Finding("ceremonies", "note", f"{len(states)} planned, none ahead", "memorata schedules load")
    first = ahead[0]
    at = civil(first.starts_ms, first.zone)
    return Finding("ceremonies", "good", f"next: {first.ceremony_id}, {at:%a %Y-%m-%d %H:%M} {first.zone}")


def _mail(settings: Settings) -> Finding:
    if not settings.smtp_url:
        hint = "Links to sign in are printed where the server was started; MEMORATA_SMTP_URL names a mail server."
        return Finding("mail", "note", "not configured", hint)
    parts = urlsplit(settings.smtp_url)
    place = f"{parts.hostname} port {parts.port or (465 if parts.scheme == 'smtps' else 587)}"
    try:
        host, port = place.split(" port ")
        socket.create_connection((host, int(port)), timeout=ANSWER_S).close()
    except OSError as fault:
        return Finding("mail", "missing", f"{place} does not answer: {fault.strerror or fault}", "Is it the right one?")
    return Finding("mail", "good", f"{place} answers; from {settings.mail_from}")


def _redis(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("Redis", "good", "not configured; one worker needs none")
    import redis  # there, or the settings would not be right

    shown = _without_password(settings.redis_url)
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=ANSWER_S, socket_connect_timeout=ANSWER_S)
    try:
        client.ping()
    except (redis.RedisError, ValueError) as fault:
        return Finding(
            "Redis", "missing", f"{shown} does not answer: {fault}", "Is it running, and is the address right?"
        )
    finally:
        client.close()
    if settings.database_url.startswith("sqlite"):
        return Finding("Redis", "good", f"{shown} answers; with SQLite there is one worker, who needs none")
    return Finding("Redis", "good", f"{shown} answers; by it the workers hear of each other at once")


def _fetched(url: str) -> bytes:
    """What is at an address of the organizer's own settings."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:  # noqa: S310 - http, from the settings
            body: bytes = answer.read(100_000)
            return body
    except urllib.error.HTTPError as refused:
        return refused.read(100_000)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url if parts.password is None else url.replace(f":{parts.password}@", ":***@")
