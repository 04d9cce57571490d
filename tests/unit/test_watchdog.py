"""When nobody gets a turn it is told, with what ran."""

import json
import subprocess
import sys

PROGRAM = """
import eventlet
eventlet.monkey_patch()
import json, time
from eventlet import patcher
from memorata import watchdog

def holds_everybody_up(seconds):
    patcher.original("time").sleep(seconds)

told = []
watchdog.log = type("Log", (), {"warning": staticmethod(lambda what, **facts: told.append([what, facts]))})
dog = watchdog.Watchdog()
dog.start()
time.sleep(0.3)
quiet = len(told)
holds_everybody_up(0.8)
time.sleep(0.2)
dog.stop()
print(json.dumps({"quiet": quiet, "told": told, "largest_s": dog.largest_s}))
"""


def test_what_holds_everybody_up_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    found = json.loads(done.stdout)
    what, facts = found["told"][-1]
    assert what == "serve.held_up"
    assert found["largest_s"] >= 0.5
    assert any("holds_everybody_up" in place for place in facts["ran"])
