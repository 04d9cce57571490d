"""A line of the log is one line, whatever somebody has put into it."""

import json
import subprocess
import sys

HOSTILE = 'Vera"}\n{"event": "forged", "level": "error"}\r\n\u2028\u2029\x85\x9b31m\x1b[2J\u202eabc\x00'

SCRIPT = """\
import gc, logging, sys, threading, warnings, structlog
from memorata.logs import WebServerLog, catch_the_rest, configure
configure("INFO")
hostile = HOSTILE
structlog.get_logger("memorata.test").warning("entered", name=hostile)
logging.getLogger("engineio.server").warning("bad packet %s", hostile)
try:
    raise ValueError(hostile)
except ValueError:
    structlog.get_logger("memorata.test").exception("defect")
for name in ("werkzeug", "engineio.server", "socketio.server"):
    logging.getLogger(name).info("203.0.113.7 - - GET /e/secret")  # their access lines
web = WebServerLog()
for n in range(50):
    web.debug("(1) accepted ('203.0.113.7', 1)")
    web.info("203.0.113.7 - - GET /e/secret")
    web.error('client=203.0.113.7 request="GET /e/secret"')
web.info("Traceback (most recent call last):\\n  ValueError")
"""


def test_a_line_stays_one_line_for_every_reader() -> None:
    script = f"HOSTILE = {HOSTILE!a}\n{SCRIPT}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    written = done.stderr.decode()
    lines = written.rstrip("\n").split("\n")
    assert written.rstrip("\n").splitlines() == lines
    told = [json.loads(line) for line in lines]
    assert [(one["event"][:20], one["level"]) for one in told] == [
        ("entered", "warning"),
        (f"bad packet {HOSTILE}"[:20], "warning"),
        ("defect", "error"),
        ("broken request", "warning"),
        ("Traceback (most rece", "error"),
    ]
    assert told[0]["name"] == HOSTILE
    assert not any(character in written for character in "\x00\x1b\x9b\x85\u2028\u202e")
    assert "203.0.113.7" not in written
    assert "secret" not in written


CAUGHT = """\
import warnings
warnings.filterwarnings("ignore", message=r"\\s*Eventlet is deprecated")
import eventlet
eventlet.monkey_patch()
import threading, time
from memorata import green
from memorata.logs import catch_the_rest, configure, defect
configure("DEBUG")
catch_the_rest()
green.tell_defects(defect)

def fails(where):
    raise ValueError(f"{where}\\nsecond line")

class Ends:
    def __del__(self):
        fails("end")

green.spawn(fails, "spawned")
green.spawn_after(0.01, lambda: fails("later"))
threading.Thread(target=fails, args=("thread",)).start()
time.sleep(0.1)
Ends()
warnings.warn("an old\\nway")
fails("process")
"""


def test_what_nobody_caught_is_one_line_too() -> None:
    done = subprocess.run([sys.executable, "-W", "default", "-c", CAUGHT], capture_output=True, timeout=60)
    assert done.returncode == 1
    lines = done.stderr.decode().splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    places = [one["exception"].rsplit("ValueError: ")[-1].split("\n")[0] for one in told if "exception" in one]
    assert sorted(places) == ["end", "later", "process", "spawned", "thread"]
    assert [one["logger"] for one in told if "exception" not in one] == ["py.warnings"]
    assert len(told) == len(lines)
