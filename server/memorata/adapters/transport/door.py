"""The listener as the web server sees it: it lets in a few, then everybody inside gets a turn, then the next few."""

import errno
from typing import Any

import structlog

from memorata import green

log = structlog.get_logger(__name__)

AT_ONCE = 4
FULL = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))
AGAIN_S = 0.2


class Door:
    """Everything else is the listener's own."""

    def __init__(self, listener: Any) -> None:
        self._listener = listener
        self._let_in = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    def accept(self) -> Any:
        """Raises: OSError: not where there is no more room for a connection; that passes."""
        self._let_in += 1
        if self._let_in > AT_ONCE:
            self._let_in = 1
            green.sleep(0)
        while True:
            try:
                return self._listener.accept()
            except OSError as error:
                if error.errno not in FULL:
                    raise
                log.warning("serve.full", errno=error.errno)
                green.sleep(AGAIN_S)
