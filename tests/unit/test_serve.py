"""The check at the start: a server in which waiting holds everybody up must not begin."""

import subprocess
import sys

import pytest

DRIVERS = {
    "takes turns": ("lambda seconds: time.sleep(seconds)", True),
    "holds everybody up": ("lambda seconds: eventlet.patcher.original('time').sleep(seconds)", False),
}
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


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_database_whose_driver_holds_everybody_up_is_noticed(driver: str) -> None:
    wait, expected = DRIVERS[driver]
    program = (
        "import eventlet; eventlet.monkey_patch()\nimport os, time\nfrom types import SimpleNamespace\n"
        "from memorata.serve import asks_in_turn\n"
        f"database = SimpleNamespace(is_sqlite=False, wait={wait})\n"
        "print(asks_in_turn(database), flush=True)\nos._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == str(expected)


def test_as_many_files_may_be_open_as_the_system_allows() -> None:
    program = (
        "import resource\n"
        "_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))\n"
        "from memorata.serve import FILES_MAX, _open_many\n"
        "_open_many()\n"
        "most = FILES_MAX if hard == resource.RLIM_INFINITY else min(hard, FILES_MAX)\n"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "True"
