"""The door by a loop of the test's: a few at a time, pages to the web server, nobody who says nothing for ever."""

import errno
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from eventlet.greenio import GreenSocket

from memorata.adapters.transport import turns as turns_module
from memorata.adapters.transport.door import AGAIN_S, AT_ONCE, READY_MAX, Door
from memorata.adapters.transport.turns import Turns
from tests.unit.adapters.transport.test_line import Loop

SILENT_S = 20.0


class OpenLoop(Loop):
    def opened(self, fd: int) -> None:
        assert fd not in self.readers


class Upgrades:
    """Serves whoever says U; all others are not plain."""

    def __init__(self) -> None:
        self.served: list[str] = []

    def read(self, sock: socket.socket) -> dict[str, Any] | None:
        said = sock.recv(10, socket.MSG_PEEK)
        return {} if said == b"U" else None

    def answer(self, sock: socket.socket, address: Any, environ: dict[str, Any]) -> None:
        self.served.append(address[0])
        sock.close()


class House:
    def __init__(self) -> None:
        self.loop, self.upgrades = OpenLoop(), Upgrades()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        turns = Turns(self.loop)  # type: ignore[arg-type]
        self.door = Door(GreenSocket(self.listener), self.upgrades, self.loop, turns, SILENT_S)  # type: ignore[arg-type]
        self.guests: list[socket.socket] = []

    def guest(self, *says: bytes) -> socket.socket:
        made = socket.create_connection(self.listener.getsockname(), timeout=5)
        for word in says:
            made.sendall(word)
        self.guests.append(made)
        return made


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(turns_module.time, "monotonic", lambda: 0.0)  # however busy the machine, a turn is enough
    made = House()
    yield made
    made.door.close()
    for guest in made.guests:
        guest.close()


def test_who_opens_a_line_is_served_and_others_are_handed_on(house: House) -> None:
    page = house.guest(b"GET / HTTP/1.1\r\n\r\n")
    house.guest(b"U")
    house.loop.run()
    assert house.upgrades.served == ["127.0.0.1"]
    given, address = house.door.accept()
    assert address == page.getsockname()
    assert given.recv(100) == b"GET / HTTP/1.1\r\n\r\n"
    given.close()


def test_a_few_come_in_at_a_time(house: House) -> None:
    for _ in range(3 * AT_ONCE):
        house.guest(b"U")
    look = house.loop.readers[house.listener.fileno()]
    look(house.listener.fileno())
    assert len(house.loop.readers) == 1
    (_, call), *_ = house.loop.calls
    call()
    assert len(house.upgrades.served) == AT_ONCE
    house.loop.run()
    assert len(house.upgrades.served) == 3 * AT_ONCE


def test_who_speaks_later_is_served_then(house: House) -> None:
    guest = house.guest()
    house.loop.run()
    assert (house.upgrades.served, len(house.loop.readers)) == ([], 2)
    guest.sendall(b"U")
    house.loop.run()
    assert (house.upgrades.served, len(house.loop.readers)) == (["127.0.0.1"], 1)


def test_who_says_nothing_is_closed_after_a_while(house: House) -> None:
    guest = house.guest()
    house.loop.run()
    house.loop.run(SILENT_S - 1)
    assert len(house.loop.readers) == 2
    house.loop.run(2)
    assert len(house.loop.readers) == 1
    assert guest.recv(1) == b""


def test_while_the_web_server_has_enough_nobody_more_is_let_in(house: House) -> None:
    for _ in range(READY_MAX + 50):
        house.guest(b"GET")
        house.loop.run()
    assert house.listener.fileno() not in house.loop.readers
    for _ in range(READY_MAX + 50):
        house.door.accept()[0].close()
        house.loop.run()


def test_without_room_for_another_it_is_tried_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def accept(self) -> Any:
            raise OSError(errno.EMFILE, "too many open files")

    real = house.door._listener.fd
    house.door._listener.fd = Full()
    house.guest(b"U")
    house.loop.run()
    assert (house.upgrades.served, house.loop.readers) == ([], {})
    house.door._listener.fd = real
    house.loop.run(AGAIN_S)
    assert house.upgrades.served == ["127.0.0.1"]


def test_closed_it_lets_nobody_in(house: House) -> None:
    house.door.close()
    assert house.loop.readers == {}
