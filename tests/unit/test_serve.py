"""The check at the start: a server in which waiting holds everybody up must not begin."""

import subprocess
import sys

import pytest

PATCHES = {
    "wholly": ("import eventlet; eventlet.monkey_patch()", True),
    "without time": ("import eventlet; eventlet.monkey_patch(time=False)", False),
    "without threads": ("import eventlet; eventlet.monkey_patch(thread=False)", False),
    "not at all": ("import eventlet", False),
}


@pytest.mark.parametrize("patched", PATCHES)
def test_only_a_process_that_takes_turns_may_serve(patched: str) -> None:
    patch, expected = PATCHES[patched]
    program = f"{patch}\nfrom memorata.serve import takes_turns\nprint(takes_turns())"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == str(expected)
