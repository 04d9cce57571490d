"""What the environment decides: read once, checked whole, every fault told at once."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, cast
from urllib.parse import SplitResult, urlsplit

from memorata.domain.accounts import mail_address
from memorata.domain.errors import Refused
from memorata.resources import schedules_dir

AsyncMode = Literal["eventlet", "threading"]
TransportChoice = Literal["fast", "plain"]
StageChoice = Literal["mesh", "janus", "off"]
RelayChoice = Literal["auto", "on", "off"]

SECRET_BYTES = 32
TURN_SECRET_BYTES = 16
METRICS_TOKEN_BYTES = 16
_MAILTO = re.compile(r"mailto:[!-?A-~]+@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*")
# RFC 7064 and 7065; a STUN address names no transport.
_ICE = re.compile(
    r"(?P<scheme>stuns?|turns?):"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]*:[0-9a-fA-F:.]*\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<transport>\?transport=(?:udp|tcp))?"
)
_INSTANCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NO = ("", "0", "false", "no", "off")


class ConfigFault(Exception):
    """The environment asks for something that cannot be; `lines` names every fault."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. `origins` empty means: only pages of this server; `base_url` is without a slash at the end."""

    data_dir: Path
    database_url: str = field(repr=False)
    secret_key: bytes = field(repr=False)
    host: str = "127.0.0.1"
    port: int = 5080
    base_url: str = "http://127.0.0.1:5080"
    schedules_dir: Path = field(default_factory=schedules_dir)
    schedules_given: bool = False
    """Whether the folder was named: then its files are loaded at each start; those that come along are examples."""
    async_mode: AsyncMode = "eventlet"
    transport: TransportChoice = "fast"
    """By what pages are written to and heard; on plain threads it is always the library's own."""
    base_url_given: bool = False
    """Whether `base_url` is the organizer's word; else it is a guess, and any address of a home network will do."""
    origins: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Further names, without ports, by which this server may be called."""
    log_level: str = "INFO"
    redis_url: str = field(default="", repr=False)
    """Where the workers of one installation meet; needs PostgreSQL beside it."""
    stage: StageChoice = "mesh"
    """What carries the pictures and voices of those who speak."""
    stage_relay: RelayChoice = "auto"
    """Whether pages reach each other by the TURN server alone; `auto`: where they would learn each other's address."""
    turn_urls: tuple[str, ...] = ()
    """Where pages find STUN and TURN servers: turn:memory.example.org:3478?transport=udp"""
    turn_secret: bytes = field(default=b"", repr=False)
    """Shared with the TURN server: it proves that a name and its word come from us."""
    janus_url: str = ""
    """The WebSocket of Janus, reached by this server and never by a page."""
    janus_secret: str = field(default="", repr=False)
    """Its `api_secret`."""
    janus_admin_key: str = field(default="", repr=False)
    """The `admin_key` of its video rooms."""
    stream: bool = False
    """Whether watchers see the stage as a stream, seconds late, of which any number can be served."""
    smtp_url: str = field(default="", repr=False)
    """The mail server; empty: mails are printed."""
    mail_from: str = ""
    reply_to: str = ""
    """Where answers to mails go; empty: to `mail_from`."""
    names_days: int = 30
    """For how long after a ceremony the names of its people are kept."""
    ballast_mb: int = 64
    """Room on the disk of the data that is kept back, for when it is full; 0: none."""
    link_checks: bool = True
    """Whether the links of programmes are looked at before a ceremony; that calls their hosts."""
    seats: int = 5_000
    """How many people have a seat for each process that serves; whoever comes beyond that watches until one is free."""
    proxies: int = 0
    """How many proxies of our own stand in front, whose X-Forwarded headers are believed."""
    metrics_token: bytes = field(default=b"", repr=False)
    """What whoever reads the metrics has to show; empty: programs of this machine read them, and nobody else."""
    security_contact: tuple[str, ...] = ()
    """To whom faults of security are reported, the preferred one first: addresses like mailto:… or https://…"""
    instance: str = "main"
    """What this process is called among those that serve one PostgreSQL together."""
    workers: int = 0
    """How many processes serve under one supervisor; 0: this process serves itself."""
    drain_s: int = 30
    """Within how long a worker lets its people go to its successor."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of this process; makes the data folder and, at first, the file of the secret key.

        Raises: ConfigFault
        """
        return _Reader(environ).settings()

    def allowed_origins(self) -> list[str]:
        """Whose pages may open a socket wherever they are; besides them, those of a name in `hosts` or at home."""
        parts = urlsplit(self.base_url)
        own = (f"{parts.scheme}://{parts.netloc}",) if self.base_url_given else ()
        return list(dict.fromkeys((*own, *self.origins)))

    @property
    def is_fast(self) -> bool:
        return self.transport == "fast" and self.async_mode == "eventlet"

    def told(self) -> dict[str, str]:
        """What of it concerns safety, without any secret: for the log that shows when it was changed."""
        return {
            "base_url": self.base_url,
            "host": self.host,
            "origins": " ".join(self.origins),
            "hosts": " ".join(self.hosts),
            "proxies": str(self.proxies),
            "link_checks": "on" if self.link_checks else "off",
            "instance": self.instance,
            "stage": self.stage,
            "stage_relay": self.stage_relay,
            "stream": "on" if self.stream else "off",
        }

    def at_port(self, port: int) -> "Settings":
        """With the port that was really taken, when any would do."""
        guessed = self.base_url if self.base_url_given else f"http://{_shown(self.host)}:{port}"
        return replace(self, port=port, base_url=guessed)


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []

    def settings(self) -> Settings:
        data_dir = Path(self.text("DATA_DIR", "var")).expanduser().absolute()
        host = self.text("HOST", "127.0.0.1")
        port = self.number("PORT", 5080, 0, 65_535)
        schedules = self.text("SCHEDULES_DIR", "")
        settings = {
            "data_dir": data_dir,
            "database_url": self.database(data_dir),
            "host": host,
            "port": port,
            "base_url": self.address("BASE_URL", f"http://{_shown(host)}:{port}"),
            "base_url_given": bool(self.text("BASE_URL", "")),
            "schedules_dir": Path(schedules).expanduser().absolute() if schedules else schedules_dir(),
            "schedules_given": bool(schedules),
            "async_mode": cast(AsyncMode, self.choice("ASYNC_MODE", "eventlet", ("eventlet", "threading"))),
            "transport": cast(TransportChoice, self.choice("TRANSPORT", "fast", ("fast", "plain"))),
            "origins": self.origins(),
            "hosts": self.hosts(),
            "log_level": self.choice("LOG_LEVEL", "INFO", _LEVELS),
            "redis_url": self.redis(),
            "stage": self.stage(),
            "stage_relay": self.relay(),
            "turn_urls": self.turn_urls(),
            "turn_secret": self.turn_secret(),
            "janus_url": self.janus(),
            "janus_secret": self.text("JANUS_SECRET", ""),
            "janus_admin_key": self.text("JANUS_ADMIN_KEY", ""),
            "stream": self.stream(),
            "smtp_url": self.smtp(),
            "mail_from": self.sender(),
            "reply_to": self.reply_to(),
            "names_days": self.number("NAMES_DAYS", 30, 1, 3650),
            "ballast_mb": self.number("BALLAST_MB", 64, 0, 100_000),
            "link_checks": self.choice("LINK_CHECKS", "on", ("on", "off")) == "on",
            "seats": self.number("SEATS", 5_000, 1, 100_000),
            "proxies": self.number("PROXIES", 0, 0, 10),
            "metrics_token": self.metrics_token(),
            "security_contact": self.contacts(),
            "instance": self.instance(),
            "workers": self.workers(),
            "drain_s": self.number("DRAIN_S", 30, 1, 600),
        }
        secret = self.secret(data_dir)
        self.exposed(str(settings["base_url"]), host)
        if self.faults:
            raise ConfigFault(self.faults)
        return Settings(secret_key=secret, **settings)  # type: ignore[arg-type]

    def fault(self, name: str, sentence: str) -> None:
        self.faults.append(f"MEMORATA_{name}: {sentence}")

    def text(self, name: str, default: str) -> str:
        return self.environ.get(f"MEMORATA_{name}", "").strip() or default

    def number(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.fault(name, f"{text!r} is no number from {least} to {most}.")
        return default

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        text = self.text(name, default)
        found = next((choice for choice in choices if choice.lower() == text.lower()), None)
        if found is None:
            self.fault(name, f"{text!r} is none of {', '.join(choices)}.")
        return found or default

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        text = self.text(name, "")
        if text and urlsplit(text).scheme not in schemes:
            self.fault(name, f"the address must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}")
        return text

    def redis(self) -> str:
        text = self.url("REDIS_URL", ("redis", "rediss", "unix"))
        if text and find_spec("redis") is None:
            self.fault("REDIS_URL", "needs the library for it: pip install 'memorata[scale]'.")
        return text

    def workers(self) -> int:
        wanted = self.number("WORKERS", 0, 0, 64)
        if wanted > 1:
            if self.text("DATABASE_URL", "sqlite:").startswith("sqlite"):
                self.fault(
                    "WORKERS", "several workers need one PostgreSQL, MEMORATA_DATABASE_URL: SQLite has one server."
                )
            if not self.text("REDIS_URL", ""):
                self.fault("WORKERS", "several workers need a Redis in which they meet, MEMORATA_REDIS_URL.")
        return wanted

    def stage(self) -> str:
        """Whoever names a Janus wants it used, unless they say otherwise."""
        named = bool(self.text("JANUS_URL", ""))
        chosen = self.choice("STAGE", "janus" if named else "mesh", ("mesh", "janus", "off"))
        if chosen == "janus" and not named:
            self.fault("STAGE", "janus needs MEMORATA_JANUS_URL, like ws://127.0.0.1:8188.")
        return chosen

    def janus(self) -> str:
        text = self.url("JANUS_URL", ("ws", "wss"))
        try:
            parts = urlsplit(text)
            if (
                text
                and parts.scheme in ("ws", "wss")
                and (not parts.hostname or parts.port == 0 or "@" in parts.netloc)
            ):
                raise ValueError
        except ValueError:
            self.fault("JANUS_URL", "this is no address like ws://127.0.0.1:8188.")
        return text

    def stream(self) -> bool:
        wanted = self.choice("STREAM", "off", ("on", "off")) == "on"
        named = bool(self.text("JANUS_URL", ""))
        if wanted and self.text("STAGE", "janus" if named else "mesh").lower() != "janus":
            self.fault("STREAM", "a stream is made of what Janus carries: it needs MEMORATA_STAGE=janus.")
        return wanted

    def relay(self) -> str:
        chosen = self.choice("STAGE_RELAY", "auto", ("auto", "on", "off"))
        if chosen == "on" and not self.has_turn():
            self.fault("STAGE_RELAY", "on needs a TURN server, MEMORATA_TURN_URLS.")
        return chosen

    def turn_urls(self) -> tuple[str, ...]:
        found = tuple(url.strip() for url in self.text("TURN_URLS", "").split(",") if url.strip())
        for url in found:
            parts = _ICE.fullmatch(url)
            if (
                parts is None
                or not 0 < int(parts["port"] or 1) <= 65_535
                or (parts["transport"] and parts["scheme"].startswith("stun"))
            ):
                self.fault("TURN_URLS", f"{url!r} is no address like turn:memory.example.org:3478?transport=udp")
        return found

    def has_turn(self) -> bool:
        return any(url.strip().startswith(("turn:", "turns:")) for url in self.text("TURN_URLS", "").split(","))

    def turn_secret(self) -> bytes:
        secret = self.text("TURN_SECRET", "").encode()
        if (secret or self.has_turn()) and len(secret) < TURN_SECRET_BYTES:
            self.fault(
                "TURN_SECRET",
                f"is shorter than {TURN_SECRET_BYTES} bytes; it is the static-auth-secret of your TURN server.",
            )
        return secret

    def metrics_token(self) -> bytes:
        token = self.text("METRICS_TOKEN", "").encode()
        if token and len(token) < METRICS_TOKEN_BYTES:
            self.fault(
                "METRICS_TOKEN", f"is shorter than {METRICS_TOKEN_BYTES} bytes; `openssl rand -hex 16` makes one."
            )
        return token

    def smtp(self) -> str:
        text = self.url("SMTP_URL", ("smtp", "smtps"))
        try:
            parts = urlsplit(text)
            if text and parts.scheme in ("smtp", "smtps") and (not parts.hostname or parts.port == 0 or parts.path):
                raise ValueError
        except ValueError:
            self.fault("SMTP_URL", "this is no address like smtps://user:password@mail.example.org:465.")
        return text

    def sender(self) -> str:
        text = self.text("MAIL_FROM", "")
        try:
            return mail_address(text) if text or self.text("SMTP_URL", "") else ""
        except Refused:
            self.fault("MAIL_FROM", f"{text!r} is no mail address; mails need one to come from.")
        return text

    def reply_to(self) -> str:
        text = self.text("REPLY_TO", "")
        try:
            return mail_address(text) if text else ""
        except Refused:
            self.fault("REPLY_TO", f"{text!r} is no mail address.")
        return text

    def address(self, name: str, default: str) -> str:
        text = self.text(name, default).rstrip("/")
        parts = _split(text)
        if parts is None or parts.path or parts.query or parts.fragment:
            self.fault(name, f"{text!r} is no address like https://memory.example.org, without a path.")
        return text

    def origins(self) -> tuple[str, ...]:
        found = tuple(origin.strip().rstrip("/") for origin in self.text("ORIGINS", "").split(",") if origin.strip())
        for origin in found:
            parts = _split(origin)
            if parts is None or parts.path or parts.query:
                self.fault("ORIGINS", f"{origin!r} is no origin like https://memory.example.org (`*` is not offered).")
        return found

    def contacts(self) -> tuple[str, ...]:
        """Nothing in them can begin a line of its own: they are parted by white space."""
        found = tuple(self.text("SECURITY_CONTACT", "").split())
        for contact in found:
            mail = _MAILTO.fullmatch(contact)
            page = _split(contact) if contact.startswith("https://") and contact.isascii() else None
            if not mail and (page is None or not contact.isprintable()):
                self.fault("SECURITY_CONTACT", f"{contact!r} is neither mailto:somebody@example.org nor https://…")
        return found

    def hosts(self) -> tuple[str, ...]:
        found = tuple(host.strip().strip("[]").lower() for host in self.text("HOSTS", "").split(",") if host.strip())
        for host in found:
            if not _HOST.fullmatch(host):
                self.fault("HOSTS", f"{host!r} is no name like memory.example.org, without scheme and port.")
        return found

    def instance(self) -> str:
        text = self.text("INSTANCE", "main")
        if not _INSTANCE.fullmatch(text):
            self.fault("INSTANCE", f"{text!r} is no name: up to 40 small letters, digits, - and _.")
        return text

    def exposed(self, base_url: str, host: str) -> None:
        """What may be at home may not be where strangers come: told for an address that others can reach."""
        parts = _split(base_url)
        if parts is None or not self.text("BASE_URL", "") or is_loopback(parts.hostname or ""):
            return
        if parts.scheme != "https" and self.text("INSECURE_HTTP", "").lower() in _NO:
            self.fault(
                "BASE_URL",
                f"{base_url} is read by everybody on the way: give the https address of your proxy, "
                "or say MEMORATA_INSECURE_HTTP=1 where there can be none.",
            )
        if not is_loopback(host) and not self.text("PROXIES", ""):
            self.fault(
                "PROXIES",
                f"is not set, and {host} can be reached past the proxy: say how many of your own stand in front "
                "(0 for none), or listen at 127.0.0.1.",
            )
        for name in ("FLASK_DEBUG", "FLASK_ENV"):
            if self.environ.get(name, "").strip().lower() not in (*_NO, "production"):
                self.faults.append(f"{name}: is for developers: it shows strangers what is inside. Remove it.")

    def database(self, data_dir: Path) -> str:
        url = self.text("DATABASE_URL", f"sqlite:///{data_dir / 'memorata.sqlite'}")
        scheme = url.partition(":")[0]
        if scheme in ("postgresql", "postgres"):
            # SQLAlchemy would take psycopg 3, whose waiting freezes everybody (docs/adr/0004-eventlet.md).
            return "postgresql+psycopg2" + url[len(scheme) :]
        if scheme not in ("sqlite", "postgresql+psycopg2"):
            self.fault("DATABASE_URL", f"{scheme}:// is not known; sqlite:///path or postgresql+psycopg2://… are.")
        elif scheme == "sqlite" and (url in ("sqlite://", "sqlite:///") or ":memory:" in url):
            self.fault("DATABASE_URL", "a ceremony must outlive the process: name a file, sqlite:////path/to/file.")
        return url

    def secret(self, data_dir: Path) -> bytes:
        """From the environment, or from a file that nobody else may read, made at the first start."""
        text = self.text("SECRET_KEY", "")
        if text:
            if len(text.encode()) < SECRET_BYTES:
                self.fault("SECRET_KEY", f"is shorter than {SECRET_BYTES} bytes; `openssl rand -hex 32` makes one.")
            return text.encode()
        path = data_dir / "secret.key"
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _create(path, secrets.token_hex(SECRET_BYTES))
            found = path.read_bytes().strip()
        except OSError as error:
            self.fault("DATA_DIR", f"{data_dir} cannot be used: {error.strerror}.")
            return b""
        if len(found) < SECRET_BYTES:
            self.fault("DATA_DIR", f"{path} holds no key; remove it to have a new one made (links change then).")
        return found


def is_loopback(host: str) -> bool:
    """Whether only this machine itself is meant."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@lru_cache(256)
def is_at_home(host: str) -> bool:
    """Whether this names this machine or one of a network at home, in numbers, which no stranger can make their own."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host.lower() == "localhost"
    mapped = getattr(address, "ipv4_mapped", None) or address
    return not (mapped.is_global or mapped.is_unspecified or mapped.is_multicast)


def _shown(host: str) -> str:
    """How a browser on this machine calls the host."""
    if host in ("", "::", "0.0.0.0"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _split(text: str) -> SplitResult | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc else None


def _create(path: Path, text: str) -> None:
    """Whole or not at all, and by one process only: the second one finds the first one's."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(made, path)
    except FileExistsError:
        pass
    finally:
        made.unlink()
