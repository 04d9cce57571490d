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
    # Half-patched threads may not survive the interpreter's tidying up, which is not what is asked here.
    program = (
        f"{patch}\nimport os\nfrom memorata.serve import takes_turns\nprint(takes_turns(), flush=True)\nos._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == str(expected)
