"""The rooms against the library's own, which walks through all of them: whatever is done, both say the same."""

from typing import Any

import socketio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from socketio.manager import Manager

from memorata.adapters.transport.rooms import Rooms

SPACES = ("/", "/live")
NAMES = ("all", "staff", "person")


class Pair:
    """One manager of ours and one of the library's, to which the same is done; lines have numbers."""

    def __init__(self) -> None:
        self.managers: list[Any] = []
        self.step = 0
        for manager in (Rooms(), Manager()):
            server = socketio.Server(async_mode="threading", client_manager=manager)
            server.eio.generate_id = lambda: f"s{self.step}"
            self.managers.append(manager)

    def do(self, name: str, *args: Any) -> Any:
        said = []
        self.step += 1
        for manager in self.managers:
            try:
                said.append(getattr(manager, name)(*args))
            except (ValueError, KeyError) as error:
                said.append(type(error))
        ours, theirs = said
        assert ours == theirs, (name, args)
        return ours

    def check(self, lines: dict[tuple[str, str], str]) -> None:
        asked: list[tuple[str, Any]] = [(space, room) for space in SPACES for room in (*NAMES, None, list(NAMES))]
        asked += [(space, sid) for (_, space), sid in lines.items()]
        for space, room in asked:
            ours, theirs = (dict(manager.get_participants(space, room)) for manager in self.managers)
            assert ours == theirs, (space, room)
        for (eio_sid, space), sid in lines.items():
            assert self.do("sid_from_eio_sid", eio_sid, space) in (sid, None)
            for question in ("is_connected", "is_pre_connected", "eio_sid_from_sid"):
                if space in self.managers[1].rooms:
                    self.do(question, sid, space)
            ours, theirs = (sorted(manager.get_rooms(sid, space)) for manager in self.managers)
            assert ours == theirs
        assert {*self.managers[0].get_namespaces()} == {*self.managers[1].get_namespaces()}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("arrive", "accept", "enter", "leave", "close", "go", "gone", "own")),
        st.integers(0, 5),
        st.sampled_from(SPACES),
        st.sampled_from(NAMES),
    ),
    max_size=60,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_they_say_what_the_library_s_say(steps: list[tuple[str, int, str, str]]) -> None:
    pair, lines = Pair(), dict[tuple[str, str], str]()
    for what, number, space, room in steps:
        eio_sid = f"e{number}"
        sid = lines.get((eio_sid, space))
        if what == "arrive":
            made = pair.do("pre_connect", eio_sid, space)
            if made is not None:
                lines[eio_sid, space] = made
        elif sid is None:
            continue
        elif what == "accept":
            if pair.do("is_pre_connected", sid, space):
                pair.do("connect", sid, space)
        elif what == "enter":
            pair.do("enter_room", sid, space, room)
        elif what == "own":
            pair.do("enter_room", sid, space, sid)
        elif what == "leave":
            pair.do("leave_room", sid, space, room)
        elif what == "close":
            pair.do("close_room", room, space)
        elif what == "go":
            pair.do("pre_disconnect", sid, space)
        else:
            pair.do("disconnect", sid, space)
            del lines[eio_sid, space]
        pair.check(lines)


def test_nothing_is_left_of_those_who_have_gone() -> None:
    rooms = Rooms()
    server = socketio.Server(async_mode="threading", client_manager=rooms)
    del server
    sids = [rooms.pre_connect(f"e{n}", "/live") for n in range(20)]
    for sid in sids:
        assert sid is not None
        rooms.connect(sid, "/live")
        rooms.enter_room(sid, "/live", "all")
    for sid in sids:
        assert sid is not None
        rooms.disconnect(sid, "/live")
    assert (rooms._by_name, rooms.callbacks) == ({}, {})


def test_what_goes_to_many_is_encoded_once_and_handed_on_once() -> None:
    rooms = Rooms()
    socketio.Server(async_mode="threading", client_manager=rooms)
    for n in range(3):
        sid = rooms.pre_connect(f"e{n}", "/live")
        assert sid is not None
        rooms.connect(sid, "/live")
        if n:
            rooms.enter_room(sid, "/live", "all")
    handed: list[tuple[list[str], Any]] = []
    rooms.broadcast = lambda eio_sids, packet: handed.append((list(eio_sids), packet.encode()))
    rooms.emit("event", {"n": 1}, "/live", room="all")
    rooms.emit("event", None, "/live", room="nobody")
    rooms.emit("event", (1, 2), "/live", skip_sid=rooms.sid_from_eio_sid("e1", "/live"))
    assert handed == [
        (["e1", "e2"], '42/live,["event",{"n":1}]'),
        (["e0", "e2"], '42/live,["event",1,2]'),
    ]
