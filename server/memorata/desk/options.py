"""What the commands share: options that are settings of the environment, the services, and how one says what is wrong.

Only click is imported at the top: help must be there at once.
"""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from memorata.bootstrap import Services

F = TypeVar("F", bound=Callable[..., Any])


def setting(flag: str, name: str, text: str, **kwargs: Any) -> Callable[[F], F]:
    """An option that is one setting of the environment: given here, it is as if it stood there."""
    variable = f"MEMORATA_{name}"

    def keep(_context: click.Context, _option: click.Parameter, value: object) -> None:
        if value is not None:
            os.environ[variable] = str(value)

    return click.option(flag, envvar=variable, show_envvar=True, expose_value=False, callback=keep, help=text, **kwargs)


def settings(*wanted: tuple[str, str, str]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for flag, name, text in reversed(wanted):
            command = setting(flag, name, text)(command)
        return command

    return decorate


STORE = (
    ("--data-dir", "DATA_DIR", "Folder of the database and the secret key. [default: var]"),
    ("--database-url", "DATABASE_URL", "Another database: postgresql+psycopg2://user:word@host/name."),
)
SCHEDULES = (("--schedules-dir", "SCHEDULES_DIR", "Folder of the schedule files. [default: those that are shipped]"),)
ADDRESS = (("--base-url", "BASE_URL", "Address under which people reach this server: https://memory.example.org"),)
SERVER = (
    ("--host", "HOST", "Address to listen at. [default: 127.0.0.1]"),
    ("--port", "PORT", "Port to listen at. [default: 5080]"),
    *ADDRESS,
    *STORE,
    *SCHEDULES,
    ("--names-days", "NAMES_DAYS", "Days for which names are kept after a ceremony. [default: 30]"),
    ("--ballast-mb", "BALLAST_MB", "Megabytes of disk kept back for when it is full; 0 for none. [default: 64]"),
    ("--link-checks", "LINK_CHECKS", "Whether links of programmes are looked at: on or off. [default: on]"),
    ("--origins", "ORIGINS", "Other addresses whose pages may connect, separated by commas."),
    ("--hosts", "HOSTS", "Other names by which this server may be called, separated by commas."),
    ("--instance", "INSTANCE", "Name of this process among several on one PostgreSQL. [default: main]"),
    (
        "--workers",
        "WORKERS",
        "Processes that serve together, at ports that follow each other. [default: 0, just this one]",
    ),
    ("--drain", "DRAIN_S", "Seconds within which a worker lets its people go to its successor. [default: 30]"),
    ("--seats", "SEATS", "How many have a seat for each process; others watch until one is free. [default: 5000]"),
    ("--proxies", "PROXIES", "How many proxies of your own stand in front. [default: 0]"),
    ("--security-contact", "SECURITY_CONTACT", "To whom faults of security are reported: mailto:… or https://…"),
    ("--async-mode", "ASYNC_MODE", "eventlet, or threading for finding faults. [default: eventlet]"),
    ("--transport", "TRANSPORT", "fast, or plain: the libraries' own, slower way. [default: fast]"),
    ("--redis-url", "REDIS_URL", "Redis, by which several workers hear of each other: redis://127.0.0.1:6379/0"),
    ("--stage", "STAGE", "What carries who speaks: mesh, janus or off. [default: mesh, janus where one is named]"),
    (
        "--janus-url",
        "JANUS_URL",
        "WebSocket of Janus: ws://127.0.0.1:8188; its two secrets are in the environment alone.",
    ),
    ("--turn-urls", "TURN_URLS", "STUN and TURN servers, separated by commas; MEMORATA_TURN_SECRET goes with them."),
    ("--stage-relay", "STAGE_RELAY", "Whether all goes by the TURN server: auto, on or off. [default: auto]"),
    ("--stream", "STREAM", "Whether watchers get the stage as a stream (Janus, ffmpeg): on or off. [default: off]"),
    ("--mail-from", "MAIL_FROM", "Address that mails come from; the mail server is MEMORATA_SMTP_URL alone."),
    ("--log-level", "LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR. [default: INFO]"),
)


def stop(*sentences: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    sys.exit(code)


def house() -> "Services":
    """The services, built but not started."""
    from memorata.bootstrap import build
    from memorata.config import ConfigFault, Settings
    from memorata.logs import configure

    try:
        found = Settings.from_env()
    except ConfigFault as fault:
        stop("The settings are not right:", *(f"  {line}" for line in fault.lines), code=2)
    configure("WARNING")
    return build(found)
