"""A server that writes down what it asks of its store: `python -m tests.live.counted`, a line for each statement."""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

FILE = "STATEMENTS"
"""The variable of the environment that names the file."""


def write_down(path: Path) -> None:
    from sqlalchemy import Engine, event

    written = path.open("a", buffering=1)

    @event.listens_for(Engine, "before_cursor_execute")
    def asked(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        written.write(" ".join(statement.split()) + "\n")

    @event.listens_for(Engine, "commit")
    def committed(_connection: Any) -> None:
        written.write("COMMIT\n")


if __name__ == "__main__":
    if os.environ.get("MEMORATA_ASYNC_MODE") != "threading":
        import eventlet

        eventlet.monkey_patch()  # as the server does, before the driver of the store is loaded
    write_down(Path(os.environ[FILE]))
    sys.argv = ["memorata.serve"]
    runpy.run_module("memorata.serve", run_name="__main__")
