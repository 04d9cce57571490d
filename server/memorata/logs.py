"""The log: one JSON line for each thing that happened, to standard error; never a link, a token or a person's words."""

import logging
import sys
import threading
import time
from typing import Any

import structlog

_requests = logging.getLogger("memorata.requests")


class WebServerLog:
    """What a web server has to say, without the addresses and the links of people that it would put into its lines."""

    def debug(self, _message: str, *_args: object) -> None: ...

    def info(self, message: str, *_args: object) -> None:
        if "Traceback" in message:
            logging.getLogger("memorata.serve").error(message)

    def error(self, _message: str, *_args: object) -> None:
        """A stranger's broken request: worth a line a minute."""
        _requests.warning("broken request")

    write = debug


def configure(level: str) -> None:
    """Set up logging for the process; libraries speak through the same lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                _plainly,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # What strangers can cause by the thousand is told once a minute.
    for name in ("engineio.server", "socketio.server", "engineio", "socketio", "werkzeug"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
        logging.getLogger(name).addFilter(Sparingly())
    _requests.addFilter(Sparingly())
    for name in ("apscheduler", "alembic", "flask-limiter"):
        logging.getLogger(name).setLevel(logging.WARNING)


def defect(caught: Any) -> None:
    """What nobody caught, by type, value and trace: one line like everything else."""
    logging.getLogger("memorata.defect").error("nobody caught this", exc_info=caught)


def catch_the_rest() -> None:
    """What Python would print by itself, in as many lines as it likes."""
    logging.captureWarnings(True)

    def of_process(kind: Any, value: Any, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value, trace)
        else:
            defect((kind, value, trace))

    def of_thread(args: Any) -> None:
        if args.exc_type is not SystemExit:
            defect((args.exc_type, args.exc_value, args.exc_traceback))

    def of_end(args: Any) -> None:
        defect((args.exc_type, args.exc_value, args.exc_traceback))

    sys.excepthook, threading.excepthook, sys.unraisablehook = of_process, of_thread, of_end


_UNSEEN = {
    code: f"\\u{code:04x}"
    for code in (*range(0x7F, 0xA0), 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}
"""What JSON leaves as it is and a terminal or an editor may obey: ends of lines, escapes, turns of direction."""


def _plainly(_logger: object, _method: str, line: Any) -> str:
    """The line, which stays one line wherever it is read."""
    return str(line).translate(_UNSEEN)


class Sparingly(logging.Filter):
    """Lets a line through, then no other from the same place for a while; the next one says how many there were."""

    def __init__(self, each_s: float = 60.0) -> None:
        super().__init__()
        self._each_s = each_s
        self._seen: dict[tuple[str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place, now = (record.pathname, record.lineno), time.monotonic()
        since, swallowed = self._seen.get(place, (-1e9, 0))
        if now - since < self._each_s:
            self._seen[place] = (since, swallowed + 1)
            return False
        self._seen[place] = (now, 0)
        if record.levelno > logging.WARNING and not record.exc_info:
            # A stranger who is turned away is no fault of ours.
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        if swallowed:
            record.msg, record.args = f"{record.getMessage()} (and {swallowed} more like it)", ()
        return True
