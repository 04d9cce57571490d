# ruff: noqa: E402 - eventlet patches before anything else is imported
"""What anybody would write first with Flask-SocketIO: messages like ours, in the same sizes, nothing behind them.

To be fair it has what its defaults lack: a listen queue of 4096 instead of 50, and room for more than 1,024 lines.
"""

import os
import time
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet

eventlet.monkey_patch()

import eventlet.wsgi
from flask import Flask
from flask_socketio import SocketIO, emit, join_room

WELCOME = {"snapshot": "x" * int(os.environ["BENCH_WELCOME"])}
PADDING = "x" * int(os.environ["BENCH_EVENT"])

app = Flask(__name__)
socketio = SocketIO(app, async_mode="eventlet")
given = 0


@socketio.on("connect", namespace="/live")
def connect(auth: dict[str, object]) -> None:
    join_room("everybody")
    emit("welcome", WELCOME)


@socketio.on("clock", namespace="/live")
def clock(asked: dict[str, float]) -> dict[str, float]:
    received = time.time() * 1000
    return {"t0": asked["t0"], "t1": received, "t2": time.time() * 1000}


@socketio.on("command", namespace="/live")
def command(asked: dict[str, object]) -> dict[str, object]:
    global given
    given += 1
    emit("event", {"seq": given, "kind": "floor.asking_set", "data": PADDING}, to="everybody")
    return {"ok": True, "seq": given}


listener = eventlet.listen(("127.0.0.1", 0), backlog=4096)
print(f"serving at {listener.getsockname()[1]}", flush=True)
eventlet.wsgi.server(listener, app, max_size=20_000, log_output=False)
