"""A TCP proxy on loopback that delays what passes: a process of its own, so that its timing is nobody else's.

    python -m tests.load.clock.proxy PORT PROFILE SEED    prints its port; `handover PROFILE`, `stop` come by stdin
    python -m tests.load.clock.proxy --selftest           an echo through a line of 10 ms: what this machine can do

At the end it prints what it did, as JSON: its own lateness above all.
"""

import contextlib
import gc
import heapq
import json
import os
import random
import select
import socket
import struct
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.load.clock.figures import quantile
from tests.load.clock.lines import PROFILES, OneWay, Way

CHUNK = 65_536
SPIN_S = 60e-6
"""The kernel wakes a sleeper up to this much late; the rest is waited for awake."""

UP, DOWN = 0, 1


@dataclass(slots=True)
class Pair:
    """A client's connection and ours to the server; `ways` carry from either end to the other."""

    ends: tuple[socket.socket, socket.socket]
    ways: tuple[Way, Way]
    ready_ms: float
    """When the three-way handshake would have been over: nothing goes up before."""
    rests: tuple[bytearray, bytearray] = field(default_factory=lambda: (bytearray(), bytearray()))
    """What was due and not taken."""
    closed: list[bool] = field(default_factory=lambda: [False, False])
    dead: bool = False


class Proxy:
    def __init__(self, target: int, ways: tuple[OneWay, OneWay], seed: str) -> None:
        self.target, self.specs, self.seed = target, ways, seed
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.listener.setblocking(False)
        self.port = self.listener.getsockname()[1]
        self.epoll = select.epoll()
        self.epoll.register(self.listener, select.EPOLLIN)
        self.pairs: dict[int, tuple[Pair, int]] = {}
        self.heap: list[tuple[float, int, Pair, int, bytes | None]] = []
        self.sent = self.connections = 0
        self.late_ms: list[float] = []
        self.delays_ms: tuple[list[float], list[float]] = ([], [])
        self.ways: list[Way] = []

    def run(self, commands: int | None) -> None:
        """Until told to stop, or until `commands` ends."""
        if commands is not None:
            self.epoll.register(commands, select.EPOLLIN)
        while True:
            self._sleep()
            for descriptor, _ in self.epoll.poll(0):
                if descriptor == self.listener.fileno():
                    self._accept()
                elif descriptor == commands:
                    if not self._told(commands):
                        return
                else:
                    self._read(descriptor)
                self._deliver()
            self._deliver()

    def _sleep(self) -> None:
        """Until something has come, or the next delivery is due; precise to some microseconds."""
        if not self.heap:
            select.select([self.epoll], [], [], 0.5)
            return
        # epoll's own timeout counts whole milliseconds; select's does not, and an epoll can be selected.
        rest = self.heap[0][0] / 1000 - time.monotonic()
        if rest > SPIN_S and select.select([self.epoll], [], [], rest - SPIN_S)[0]:
            return
        while self.heap[0][0] / 1000 > time.monotonic():
            pass

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                for end in (client, server):
                    end.setblocking(False)
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.epoll.register(end, select.EPOLLIN)
                self.connections += 1
                up, down = self.specs
                rng = [random.Random(f"{self.seed} {self.connections} {way}") for way in (UP, DOWN)]
                ways = (Way(up, down, rng[UP]), Way(down, up, rng[DOWN]))
                self.ways += ways
                now_ms = time.monotonic() * 1000
                pair = Pair((client, server), ways, ways[DOWN].due(ways[UP].due(now_ms)))
                self.pairs[client.fileno()] = (pair, UP)
                self.pairs[server.fileno()] = (pair, DOWN)

    def _read(self, descriptor: int) -> None:
        found = self.pairs.get(descriptor)
        if found is None:
            return
        pair, way = found
        try:
            data = pair.ends[way].recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self._drop(pair)
            return
        now_ms = time.monotonic() * 1000
        sent_ms = max(now_ms, pair.ready_ms) if way == UP else now_ms
        due_ms = pair.ways[way].due(sent_ms, len(data))
        if data:
            self.delays_ms[way].append(due_ms - sent_ms)
        else:
            self.epoll.unregister(descriptor)
            del self.pairs[descriptor]
        self._push(due_ms, pair, way, data or None)

    def _push(self, due_ms: float, pair: Pair, way: int, data: bytes | None) -> None:
        """`None` is the end of this way."""
        self.sent += 1
        heapq.heappush(self.heap, (due_ms, self.sent, pair, way, data))

    def _deliver(self) -> None:
        while self.heap and self.heap[0][0] <= time.monotonic() * 1000:
            due_ms, _, pair, way, data = heapq.heappop(self.heap)
            if pair.dead:
                continue
            other, rest = pair.ends[1 - way], pair.rests[way]
            rest += data or b""
            try:
                if rest:
                    del rest[: other.send(rest)]
                    self.late_ms.append(time.monotonic() * 1000 - due_ms)
                if data is None and not rest:
                    pair.closed[way] = True
                    other.shutdown(socket.SHUT_WR)
            except BlockingIOError:
                pass
            except OSError:
                self._drop(pair)
                continue
            if rest:
                # The receiver is stopped; what is left goes before all that follows.
                self._push(time.monotonic() * 1000 + 1, pair, way, data and b"")
            if all(pair.closed):
                self._drop(pair, reset=False)

    def _drop(self, pair: Pair, reset: bool = True) -> None:
        pair.dead = True
        for end in pair.ends:
            number = end.fileno()
            if number < 0:
                continue
            if self.pairs.pop(number, None) is not None:
                self.epoll.unregister(number)
            if reset:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()

    def _told(self, commands: int) -> bool:
        for line in os.read(commands, 4096).decode().splitlines() or ["stop"]:
            word, _, name = line.partition(" ")
            if word == "stop":
                return False
            if word == "handover":
                self.specs = PROFILES[name].up, PROFILES[name].down
                for pair, _ in list(self.pairs.values()):
                    if not pair.dead:
                        self._drop(pair)
        return True

    def account(self) -> dict[str, Any]:
        def of(values: list[float]) -> dict[str, float]:
            told = {f"p{p}": round(quantile(values, p / 100), 3) for p in (50, 99)}
            return {"n": len(values), "least": round(min(values), 3), **told, "most": round(max(values), 3)}

        named = {"late_ms": self.late_ms, "up_ms": self.delays_ms[UP], "down_ms": self.delays_ms[DOWN]}
        return {
            "connections": self.connections,
            "stalls": sum(way.stalls for way in self.ways),
            **{name: of(values) for name, values in named.items() if values},
        }


def in_haste() -> bool:
    """Ask to run before ordinary processes; whether it was granted."""
    gc.disable()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
    except (AttributeError, OSError):
        return False
    return True


def selftest() -> dict[str, Any]:
    """Round trips of a byte through 10 ms each way, as a client sees them, ms above the 20 that are owed."""
    echo = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        end, _ = echo.accept()
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := end.recv(64):
            end.sendall(data)

    threading.Thread(target=answer, daemon=True).start()
    proxy = Proxy(echo.getsockname()[1], (OneWay(10, 0), OneWay(10, 0)), "1")
    out, told = os.pipe()
    serving = threading.Thread(target=proxy.run, args=(out,))
    serving.start()
    client = socket.create_connection(("127.0.0.1", proxy.port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    more_ms = []
    for _ in range(200):
        before = time.monotonic()
        client.sendall(b"x")
        client.recv(64)
        more_ms.append((time.monotonic() - before) * 1000 - 20)
        time.sleep(0.002)
    client.close()
    os.write(told, b"stop\n")
    serving.join()
    # The first byte also waited for the handshake.
    more_ms = more_ms[1:]
    return {
        "above_ms": {f"p{p}": round(quantile(more_ms, p / 100), 3) for p in (0, 50, 99)},
        **proxy.account(),
    }


def main() -> None:
    if sys.argv[1:] == ["--selftest"]:
        print(json.dumps({"in_haste": in_haste(), **selftest()}))
        return
    target, profile = int(sys.argv[1]), PROFILES[sys.argv[2]]
    haste = in_haste()
    # The profile is part of the seed: the luck of one run is not that of its neighbours.
    proxy = Proxy(target, (profile.up, profile.down), f"{sys.argv[3]} {sys.argv[2]}")
    print(proxy.port, flush=True)
    proxy.run(sys.stdin.fileno())
    print(json.dumps({"in_haste": haste, **proxy.account()}), flush=True)


if __name__ == "__main__":
    main()
