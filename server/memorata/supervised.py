"""What a worker has from the supervisor that started it, and how it makes room for its successor."""

import os
import signal
import socket
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from memorata import green

LISTENER, READY, FOLLOWS = "MEMORATA_LISTENER_FD", "MEMORATA_READY_FD", "MEMORATA_FOLLOWS"
"""Set by the supervisor alone: two descriptors, and the number of the process whose successor this one is."""

DRAIN = signal.SIGUSR1
"""Tells a worker that its successor serves."""

WAVE_S = 0.25


@dataclass(frozen=True, slots=True)
class Supervised:
    """A worker's side; `follows` is `None` where it is nobody's successor."""

    listener_fd: int
    ready_fd: int
    follows: int | None
    parent: int

    @classmethod
    def taken(cls, environ: MutableMapping[str, str]) -> "Supervised | None":
        """What stands in the environment, which it is taken from: no child of ours has a part in it."""
        listener, ready, follows = (environ.pop(name, "") for name in (LISTENER, READY, FOLLOWS))
        if not listener or not ready:
            return None
        for descriptor in (int(listener), int(ready)):
            os.set_inheritable(descriptor, False)
        return cls(int(listener), int(ready), int(follows) if follows else None, os.getppid())

    def listener(self, host: str) -> socket.socket:
        """The socket that the supervisor has bound for us."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.socket(family, socket.SOCK_STREAM, fileno=self.listener_fd)

    def ready(self) -> None:
        """Say that we serve."""
        os.write(self.ready_fd, b"ready\n")
        os.close(self.ready_fd)

    def look(self) -> None:
        """End as well when the supervisor has ended without a word: its successor needs our place."""
        if os.getppid() != self.parent:
            os.kill(os.getpid(), signal.SIGTERM)


def notified(address: str, said: str) -> None:
    """Tell systemd how we are, where it has started us (sd_notify(3))."""
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.sendall(said.encode())


class _Shut(Exception):
    """Nobody comes in by this process any more."""


class Doorway:
    """A listener that can be left to another process without a word to anybody who is at it."""

    def __init__(self, listener: Any) -> None:
        self._listener = listener
        self.is_shut = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)

    def accept(self) -> Any:
        try:
            if not self.is_shut:
                return self._listener.accept()
        except _Shut:
            self._listener.close()  # our own descriptor of it; the successor has another one
        # Those who are inside are served until they are gone: the server may not notice that nobody comes.
        while True:
            green.sleep(3600)

    def shut(self, server: Any) -> None:
        """Take in nobody more. server: the green thread that accepts."""
        self.is_shut = True
        green.throw(server, _Shut())


def let_go(engine: Any, within_s: float) -> None:
    """Close all lines, each at a moment of its own: who loses the line comes back by itself, to our successor.

    Args: engine: that of Engine.IO; within_s: until when; returns after that.
    """
    import random

    end_s = time.monotonic() + within_s
    due_s: dict[str, float] = {}
    while (now_s := time.monotonic()) < end_s:
        for sid, line in list(engine.sockets.items()):
            # Who came a moment before the end has no time left to be let go gently.
            if due_s.setdefault(sid, random.uniform(now_s, end_s)) <= now_s:
                line.close(wait=False, abort=True)
        green.sleep(min(WAVE_S, max(0.0, end_s - now_s)))
