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
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import structlog

from memorata.bootstrap import FRAME_MAX, Services, build, create_app
from memorata.config import ConfigFault, Settings
from memorata.logs import WebServerLog, configure

log = structlog.get_logger("memorata.serve")

BACKLOG = 4096
CLIENTS_MAX = 20_000
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
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        print(f"memorata cannot start: {_why(error, settings)}", file=sys.stderr)  # noqa: T201
        return EXIT_TAKEN
    settings = settings.at_port(listener.getsockname()[1])
    if settings.async_mode == "eventlet" and not takes_turns():
        reason = "waiting holds everybody up: something was loaded before eventlet could patch it."
        print(f"memorata cannot start: {reason}", file=sys.stderr)  # noqa: T201
        return EXIT_BLOCKED
    services = build(settings)
    app, socketio = create_app(services)
    services.start()
    # What has been built stays: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    clock_ms, monotonic_s = services.clock.anchor()
    log.info(
        "serve.ready",
        url=settings.base_url,
        mode=settings.async_mode,
        pid=os.getpid(),
        clock_ms=clock_ms,
        monotonic_s=monotonic_s,
    )
    print(f"memorata: serving {settings.base_url} at port {settings.port}", flush=True)  # noqa: T201
    _welcome_first(services)
    if settings.async_mode == "eventlet":
        _serve_green(listener, app, socketio, services)
    else:
        _serve_threads(listener, app, services)
    return 0


def _welcome_first(services: Services) -> None:
    """While nobody can sign in, show how the first admin is made: here alone, and not in the log."""
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
    time.sleep(0.1)
    slept = turns - before
    threading.Event().wait(0.1)
    waited = turns - before - slept
    done = True
    green = sys.modules.get("eventlet")
    # In plain threads the ticks would come as well: the process must really be patched. One tick is enough, and comes
    # before the end of the wait on however busy a machine: its instant is the earlier one.
    return green is not None and green.patcher.is_monkey_patched("thread") and slept >= 1 and waited >= 1


def _why(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} is taken, perhaps by another memorata; MEMORATA_PORT names another one."
    if error.errno == errno.EACCES:
        return f"port {settings.port} is reserved for the system; MEMORATA_PORT names another one."
    return f"{settings.host} port {settings.port} cannot be opened: {error.strerror}."


def _on_signal(stop: Callable[[], None]) -> None:
    def stopping(number: int, _frame: object) -> None:
        log.info("serve.stopping", signal=signal.Signals(number).name)
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopping)


def _serve_green(listener: socket.socket, app: Any, socketio: Any, services: Services) -> None:
    import eventlet
    import eventlet.wsgi
    from eventlet import websocket

    from memorata.adapters.sockets.frames import guard_frames

    guard_frames(websocket, eventlet.sleep, FRAME_MAX)
    pool = eventlet.GreenPool(CLIENTS_MAX)

    def run() -> None:
        eventlet.wsgi.server(
            listener,
            without_deflate(app),
            debug=False,  # else a stranger's broken request is answered with a trace
            log_output=False,
            log=WebServerLog(),
            protocol=_silent(eventlet.wsgi.HttpProtocol),
            custom_pool=pool,
            max_size=CLIENTS_MAX,
            socket_timeout=30,
            keepalive=20,
            url_length_limit=4096,
        )

    serving = eventlet.spawn(run)
    stopped = eventlet.event.Event()
    _on_signal(lambda: None if stopped.ready() else stopped.send())
    stopped.wait()
    serving.kill()
    listener.close()
    _close(socketio, services)


def _serve_threads(listener: socket.socket, app: Any, services: Services) -> None:
    from werkzeug.serving import WSGIRequestHandler, make_server

    server = make_server(
        services.settings.host,
        services.settings.port,
        without_deflate(app),
        threaded=True,
        request_handler=_silent(WSGIRequestHandler),
        fd=listener.fileno(),
    )
    # `shutdown` waits for the loop that it stops, so a signal may not call it in the same thread.
    _on_signal(lambda: threading.Thread(target=server.shutdown, daemon=True).start())
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


def _close(socketio: Any, services: Services) -> None:
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
