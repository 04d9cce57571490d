"""A line of the log is one line, whatever somebody has put into it."""

import json
import subprocess
import sys

HOSTILE = 'Vera"}\n{"event": "forged", "level": "error"}\r\n\u2028\u2029\x85\x9b31m\x1b[2J\u202eabc\x00'

SCRIPT = """\
import logging, structlog
from memorata.logs import WebServerLog, configure
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
