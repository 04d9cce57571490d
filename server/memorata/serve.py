"""Starts the server: a program of its own, `python -m memorata.serve`, so that eventlet can patch before all else.

With green.py the only file that names eventlet.
"""

import os
import warnings

if __name__ == "__main__" and os.environ.get("MEMORATA_ASYNC_MODE", "eventlet").strip().lower() != "threading":
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")  # known: docs/adr/0004-eventlet.md
    import eventlet

    eventlet.monkey_patch()

import errno
import gc
import json
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from memorata import green
from memorata.config import ConfigFault, Settings
from memorata.domain.errors import text_of
from memorata.logs import WebServerLog, catch_the_rest, configure, defect
from memorata.supervised import DRAIN, Doorway, Supervised, let_go, notified
from memorata.watchdog import Watchdog

if TYPE_CHECKING:
    # What takes a second to load is loaded when the door stands: who comes back after a death of the server waits at
    # it, and is not sent away to come again later.
    from memorata.adapters.store.database import Database
    from memorata.bootstrap import Services

log = structlog.get_logger("memorata.serve")

BACKLOG = 4096
CLIENTS_MAX = 20_000
FILES_MAX = 65_536
IDLE_S, HEAD_S = 20, 10
"""How long a line may rest between two requests, and how long the head of a request may take in all."""
REFUSED_BODY = {411: "message.invalid", 413: "message.too_large"}
SUPERVISOR_S = 2.0
"""How often a worker looks whether whoever started it is there."""

EXIT_CONFIG, EXIT_TAKEN, EXIT_BLOCKED = 2, 3, 4


def command() -> list[str]:
    """What starts a server as a process of its own; the environment says which."""
    return [sys.executable, "-m", "memorata.serve"]


def main() -> int:
    """Serve until told to stop; returns the exit status."""
    try:
        settings = Settings.from_env()
    except ConfigFault as fault:
        print("memorata cannot start:", *fault.lines, sep="\n  ", file=sys.stderr)  # noqa: T201
        return EXIT_CONFIG
    configure(settings.log_level)
    catch_the_rest()
    _open_many()
    if green.is_green():
        green.tell_defects(defect)
    supervised = Supervised.taken(os.environ)
    try:
        listener = supervised.listener(settings.host) if supervised else listen(settings.host, settings.port)
    except OSError as error:
        return cannot(why(error, settings), EXIT_TAKEN)
    settings = settings.at_port(listener.getsockname()[1])
    if settings.async_mode == "eventlet" and not takes_turns():
        reason = "waiting holds everybody up: something was loaded before eventlet could patch it."
        return cannot(reason, EXIT_BLOCKED)
    from memorata.adapters.store.instances import Taken
    from memorata.bootstrap import build, create_app

    services = build(settings)
    if settings.async_mode == "eventlet" and not asks_in_turn(services.database):
        return cannot("waiting for the database holds everybody up.", EXIT_BLOCKED)
    try:
        services.instance.claim(supervised.follows if supervised else None)
    except Taken as taken:
        return cannot(f"{taken}; MEMORATA_DATA_DIR or MEMORATA_INSTANCE names another place.", EXIT_TAKEN)
    services.keep_time()
    if settings.schedules_given:
        _load(services)
    app, socketio = create_app(services)
    services.start()
    if supervised:
        services.alarm.each(SUPERVISOR_S, "supervisor", supervised.look)
    services.security.note("serve.started", **settings.told())
    # What has been built stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    clock_ms, monotonic_s = services.clock.anchor()
    log.info(
        "serve.ready",
        url=settings.base_url,
        mode=settings.async_mode,
        transport="fast" if settings.is_fast else "plain",
        pid=os.getpid(),
        clock_ms=clock_ms,
        monotonic_s=monotonic_s,
    )
    if settings.async_mode == "eventlet":
        _serve_green(listener, app, socketio, services, supervised)
    else:
        _serve_threads(listener, app, services, supervised)
    return 0


def _open_many() -> None:
    """Each page is an open file, and many systems allow a thousand at first, but more to whoever asks."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, FILES_MAX)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _load(services: "Services") -> None:
    """Take in the schedule files; one that has a fault keeps neither the others nor the server."""
    from memorata.loading import take

    taken, faults = take(services, sorted(services.settings.schedules_dir.glob("*.toml")))
    for one in taken:
        log.info("schedules.loaded", series=one.series, outcome=one.outcome)
    for fault in faults:
        if fault.severity == "fault":
            log.warning("schedules.faulty", file=fault.file, line=fault.line, key=fault.key, message=fault.message)


def _greet(services: "Services", supervised: Supervised | None) -> None:
    """Say where we are, once a signal to stop is heard. While nobody can sign in, show how the first admin is made:
    here alone, and not in the log; what is shown is taken back when the process is told to stop.
    """
    settings = services.settings
    if supervised:
        supervised.ready()
        if not settings.instance.endswith("-1"):
            return  # one of several says it
    else:
        print(f"memorata: serving {settings.base_url} at port {settings.port}", flush=True)  # noqa: T201
        notified(os.environ.pop("NOTIFY_SOCKET", ""), "READY=1")
    code = services.accounts.set_up_code()
    if code is not None:
        url = services.settings.base_url
        print(f"memorata: there is no account yet. To make the first: {url}/setup", flush=True)  # noqa: T201
        print(f"memorata: its set-up code, good once and for 24 hours: {code}", flush=True)  # noqa: T201


def listen(host: str, port: int) -> socket.socket:
    """The listener: the port is ours alone, many may arrive at once, and small answers are not held back.

    Raises: OSError: the port is taken, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    # Not SO_REUSEPORT, which eventlet.listen would set: a second server would take half of the people, silently.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # passed on to each connection
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def takes_turns() -> bool:
    """Whether others get their turns while somebody waits."""
    eventlet: Any = sys.modules.get("eventlet")
    # In plain threads the ticks would come as well: the process must really be patched. One tick is enough, and comes
    # before the end of the wait on however busy a machine: its instant is the earlier one.
    return (
        eventlet is not None
        and eventlet.patcher.is_monkey_patched("thread")
        and _turns_during(lambda: time.sleep(0.1)) >= 1
        and _turns_during(lambda: threading.Event().wait(0.1)) >= 1
    )


def asks_in_turn(database: "Database") -> bool:
    """Whether others get their turns while the database is asked, through the very driver that is in use.

    SQLite waits for nobody, so there it is enough that it answers.
    """
    turns = _turns_during(lambda: database.wait(0.2))
    return database.is_sqlite or turns >= 1


def _turns_during(work: Callable[[], object]) -> int:
    """How many turns somebody else got meanwhile."""
    turns = 0
    done = False

    def tick() -> None:
        nonlocal turns
        # An end of its own: where waiting holds everybody up, it would never hear that it is done.
        while not done and turns < 100:
            turns += 1
            time.sleep(0.005)

    threading.Thread(target=tick, daemon=True).start()
    time.sleep(0)
    before = turns
    try:
        work()
        return turns - before
    finally:
        done = True


def cannot(reason: str, status: int) -> int:
    print(f"memorata cannot start: {reason}", file=sys.stderr)  # noqa: T201
    return status


def why(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} is taken, perhaps by another memorata; MEMORATA_PORT names another one."
    if error.errno == errno.EACCES:
        return f"port {settings.port} is reserved for the system; MEMORATA_PORT names another one."
    return f"{settings.host} port {settings.port} cannot be opened: {error.strerror}."


def _on_signal(stop: Callable[[], None], *more: signal.Signals) -> None:
    def stopping(number: int, _frame: object) -> None:
        log.info("serve.stopping", signal=signal.Signals(number).name)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT, *more):
        signal.signal(number, stopping)


def _serve_green(
    listener: socket.socket, app: Any, socketio: Any, services: "Services", supervised: Supervised | None
) -> None:
    import eventlet
    import eventlet.wsgi
    from eventlet import websocket

    from memorata.adapters.http.gate import ADDRESS
    from memorata.adapters.sockets.frames import guard_frames
    from memorata.adapters.transport.door import Door
    from memorata.adapters.transport.upgrade import Upgrades
    from memorata.bootstrap import FRAME_MAX

    def cut(kind: str, environ: dict[str, Any]) -> None:
        services.security.note("flood.cut", address=environ.get(ADDRESS, ""), kind=kind)

    transport = socketio.server.manager.transport if services.settings.is_fast else None
    door: Any = Doorway(listener)
    if transport is not None:
        upgrades = Upgrades(without_deflate(app), listener.getsockname())
        door = Door(listener, upgrades, transport.loop, transport.turns, IDLE_S)
    else:
        guard_frames(websocket, eventlet.sleep, FRAME_MAX, cut)
    watchdog = Watchdog(services.meters.loop_gap_s)
    watchdog.start()
    pool = eventlet.GreenPool(CLIENTS_MAX)

    def run() -> None:
        eventlet.wsgi.server(
            door,
            without_deflate(app),
            debug=False,  # else a stranger's broken request is answered with a trace
            log_output=False,
            log=WebServerLog(),
            protocol=_silent(_protocol(eventlet, lambda: services.readiness.draining)),
            custom_pool=pool,
            max_size=CLIENTS_MAX,
            socket_timeout=30,
            keepalive=IDLE_S,
            url_length_limit=4096,
        )

    serving = eventlet.spawn(run)
    stopped = eventlet.event.Event()
    _on_signal(lambda: None if stopped.ready() else stopped.send())
    draining = eventlet.event.Event()
    signal.signal(DRAIN, lambda *_: None if draining.ready() else draining.send())

    def drain() -> None:
        draining.wait()
        log.info("serve.draining", within_s=services.settings.drain_s)
        services.readiness.drain()
        services.stage.make_room()
        # Those who are at the door already are let in.
        door.shut(serving) if transport is None else door.close()
        let_go(socketio.server.eio, services.settings.drain_s)
        if not stopped.ready():
            stopped.send()

    eventlet.spawn(drain)
    _greet(services, supervised)
    stopped.wait()
    watchdog.stop()
    serving.kill()
    door.close()
    _close(socketio, services)


def _protocol(eventlet: Any, leaves: Callable[[], bool]) -> Any:
    """How requests are read: each line in its turn, heads within their time, bodies whose length is told.

    Args: leaves: whether each line is to be closed after the answer, for somebody else takes the next one.
    """
    from memorata.adapters.http.planning.api import BODY_MAX as PLAN_BODY_MAX
    from memorata.bootstrap import FRAME_MAX

    plain = eventlet.wsgi.HttpProtocol

    def body_max(path: str) -> int:
        """Bytes of a body: of a whole series more than of anything else."""
        return PLAN_BODY_MAX if path.startswith("/api/plan/") else FRAME_MAX

    class Protocol(plain):  # type: ignore[misc,valid-type]
        def handle_one_request(self) -> None:
            eventlet.sleep(0)  # a line on which there is always something to read would keep everybody else out
            super().handle_one_request()

        def _read_request_line(self) -> Any:
            line: Any = b""
            with eventlet.Timeout(IDLE_S, False):
                line = super()._read_request_line()
            return line  # noqa: RET504 - it stays empty when the time is over

        def parse_request(self) -> bool:
            # One that comes byte by byte is never silent, so the time-out of the socket would not find it.
            whole: bool = False
            with eventlet.Timeout(HEAD_S, False):
                whole = super().parse_request()
            if not whole:
                self.close_connection = True
            return whole

        def handle_one_response(self) -> None:
            if leaves():
                self.close_connection = True
            # What the page leaves of a body is read to its end, and one without an end would be read for ever.
            if self.headers.get("transfer-encoding") is not None:
                self.send_error(411)
            elif int(self.headers.get("content-length") or 0) > body_max(self.path):
                self.send_error(413)
            else:
                super().handle_one_response()

        def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
            """The bare number, or for a body that is not taken the one shape of a refusal; nothing about who we are."""
            self.log_error("code %d", code)
            phrase = self.responses.get(code, ("Error",))[0]
            refused = REFUSED_BODY.get(int(code), "")
            body = json.dumps({"code": refused, "message": text_of(refused), "facts": {}}) if refused else ""
            heads = ["Connection: close", f"Content-Length: {len(body)}"]
            if refused:
                heads.append("Content-Type: application/json")
            head = "\r\n".join([f"HTTP/1.1 {int(code)} {phrase}", *heads])
            self.wfile.write(f"{head}\r\n\r\n{body}".encode("latin-1"))
            self.wfile.flush()
            self.close_connection = True

    return Protocol


def _serve_threads(listener: socket.socket, app: Any, services: "Services", supervised: Supervised | None) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Nameless(WSGIRequestHandler):
        """Says nothing about which versions are at work."""

        def send_header(self, keyword: str, value: str) -> None:
            if keyword.lower() != "server":
                super().send_header(keyword, value)

    server = make_server(
        services.settings.host,
        services.settings.port,
        without_deflate(app),
        threaded=True,
        request_handler=_silent(Nameless),
        fd=listener.fileno(),
    )
    # `shutdown` waits for the loop that it stops, so a signal may not call it in the same thread.
    _on_signal(lambda: threading.Thread(target=server.shutdown, daemon=True).start(), DRAIN)
    _greet(services, supervised)
    server.serve_forever()
    services.stop()


def _silent(handler: Any) -> Any:
    """The handler of a web server, which would write the address and the request of whoever sends it nonsense."""

    def log_message(_self: object, _format: str, *_args: object) -> None:
        WebServerLog().error("")

    def log_request(*_: object) -> None: ...

    return type(
        "Silent", (handler,), {"log_message": log_message, "log_error": log_message, "log_request": log_request}
    )


def _close(socketio: Any, services: "Services") -> None:
    """Let every page know that the line is gone, so that it comes back as soon as there is a server again."""
    engine = socketio.server.eio
    for open_socket in list(engine.sockets.values()):
        open_socket.close(wait=False, abort=True)
    time.sleep(0.2)
    services.stop()


def without_deflate(app: Any) -> Any:
    """Compression of each line would cost 100 kB of memory for every person, for messages that are small."""

    def plain(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return plain


if __name__ == "__main__":
    sys.exit(main())
