"""The stage where several workers serve one installation: one of them keeps it, and the others ask that one.

Each has the lines of its own pages. What a page asks goes to the keeper and its answer comes back; what the keeper says
to a page goes to the worker where the page is. When another one keeps, or words may have been lost between the two, the
pages watch and publish anew, as they do after a restart: meanwhile what they see and send goes on.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import msgspec
import structlog

from memorata import green
from memorata.domain.errors import Refused
from memorata.services.bus import Bus, Message, NoAnswer
from memorata.services.keeping import LOOK_S, Keeping
from memorata.services.ports import Alarm, Participant, StoreBusy
from memorata.services.recording_ports import RecordingPages
from memorata.services.stage import StageDesk
from memorata.services.stage_front import StageFront
from memorata.services.stage_ports import Candidate, Description, Signal, Way
from memorata.services.stage_told import Devices, Joined, Scene, Seen, StageGrant, StagePages

log = structlog.get_logger(__name__)

ASK_S = 2.0

DEAF_S = 1.0
"""A keeper that has not answered is not asked by the next ones for so long: they would wait in vain, one by one."""

READY_S = 1.5
"""How long a worker that has just become the keeper lets those wait who ask already; its engine is being reached."""

STREAMS_S = 1.0
STREAM_OLD_S = 10.0
"""What was said of streams counts for so long; it is said each second."""

PORTION = 2_000
"""How many lines another worker is asked about at once."""

ANSWERS_AGAIN = 3


class Stages(Protocol):
    """The stage as sockets and pages need it, whoever keeps it. What a page asks may raise Refused."""

    def watch(self, who: Participant, sid: str, page: str, *, picture: bool) -> Joined: ...

    def publish(self, who: Participant, sid: str, page: str, *, picture: bool, sound: bool) -> str: ...

    def signal(self, who: Participant, sid: str, link_id: str, signal: Signal) -> None: ...

    def tell(self, who: Participant, devices: Devices) -> None: ...

    def stop(self, who: Participant, sid: str, what: Literal["publish", "watch"]) -> None: ...

    def left(self, ceremony_id: str, sid: str, *, goodbye: bool) -> None: ...

    def streamed(self, ceremony_id: str) -> tuple[str, Seen | None]: ...

    def changed(self, ceremony_id: str) -> None: ...

    def look(self, ceremony_id: str) -> None: ...

    def start(self) -> None: ...

    def make_room(self) -> None: ...

    def end(self) -> None: ...


class KeeperPages(StagePages, RecordingPages, Protocol):
    """What a desk that keeps the stage is given to speak to pages and to have them record."""


MakeDesk = Callable[[KeeperPages, int, Callable[[str], bool]], StageDesk]
"""Gets what speaks to pages, the first number of what is told, and who knows whether somebody's page is open."""


class SharedStage:
    """This worker's part in the stage. `make` makes the desk, with an engine of its own, each time that we keep it."""

    def __init__(
        self,
        make: MakeDesk,
        front: StageFront,
        bus: Bus,
        keeping: Keeping,
        alarm: Alarm,
        here: Callable[[str], bool],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Args: here: whether a page of this participant is open at this worker."""
        self._make = make
        self._front = front
        self._bus = bus
        self._keeping = keeping
        self._alarm = alarm
        self._here = here
        self._now_s = now_s
        self._desk: StageDesk | None = None
        self._pages: _Pages | None = None
        self._ready = green.event()
        self._lines: dict[str, tuple[str, str, str]] = {}
        """While we keep: by line of another worker the name of that worker, the ceremony, the participant."""
        self._elsewhere: Counter[str] = Counter()
        self._deaf_until_s = 0.0
        self._streams: dict[str, tuple[float, str, Seen | None]] = {}
        self._told_streams = False
        keeping.on_taken(lambda term: green.spawn(self._take, term))
        keeping.on_lost(self._lose)
        keeping.on_other(self._follow)
        bus.answer("stage", self._answer)
        bus.answer("stage lines", self._missing)
        bus.on("stage", self._hear)
        bus.on("stage left", self._hear_left)
        bus.on_gap(self._gap)
        bus.on_left(self._worker_left)

    # --- asked by pages ---

    def watch(self, who: Participant, sid: str, page: str, *, picture: bool) -> Joined:
        self._front.came(who, sid)
        for _ in range(ANSWERS_AGAIN):
            before = self._front.words(who)
            if self._desk is not None:
                joined = self._desk.watch(who, sid, page, picture=picture)
            else:
                told = self._ask("watch", who, sid, page=page, picture=picture)
                joined = msgspec.convert(told, Joined)
            if before == self._front.words(who) or self._desk is not None:
                break
        return self._front.joined(who, joined)

    def publish(self, who: Participant, sid: str, page: str, *, picture: bool, sound: bool) -> str:
        self._front.came(who, sid)
        if self._desk is not None:
            return self._desk.publish(who, sid, page, picture=picture, sound=sound)
        return str(self._ask("publish", who, sid, page=page, picture=picture, sound=sound))

    def signal(self, who: Participant, sid: str, link_id: str, signal: Signal) -> None:
        if self._desk is not None:
            self._desk.signal(who, sid, link_id, signal)
        else:
            self._ask("signal", who, sid, link=link_id, signal=_packed(signal))

    def tell(self, who: Participant, devices: Devices) -> None:
        if self._desk is not None:
            self._desk.tell(who, devices)
        else:
            self._ask("tell", who, "", devices=msgspec.to_builtins(devices))

    def stop(self, who: Participant, sid: str, what: Literal["publish", "watch"]) -> None:
        if self._desk is not None:
            self._desk.stop(who, sid, what)
        else:
            self._ask("stop", who, sid, of=what)

    def left(self, ceremony_id: str, sid: str, *, goodbye: bool) -> None:
        if not self._front.left(sid):
            return
        if self._desk is not None:
            self._desk.left(ceremony_id, sid, goodbye=goodbye)
        elif self._keeping.keeper:
            told = {"ceremony": ceremony_id, "sid": sid, "goodbye": goodbye}
            self._bus.tell("stage left", told, self._keeping.keeper)

    def streamed(self, ceremony_id: str) -> tuple[str, Seen | None]:
        if self._desk is not None:
            return self._desk.streamed(ceremony_id)
        told_s, url, seen = self._streams.get(ceremony_id, (0.0, "", None))
        return (url, seen) if self._now_s() - told_s < STREAM_OLD_S else ("", None)

    # --- told by the world ---

    def start(self) -> None:
        self._front.start()
        self._alarm.each(LOOK_S, "keeper", self._keeping.look)
        self._alarm.each(STREAMS_S, "streams told", self._tell_streams)
        self._keeping.look()

    def make_room(self) -> None:
        """We shall end soon: another worker keeps the stage from now on, and has it when our pages come to it."""
        self._lose()
        self._keeping.give()

    def end(self) -> None:
        desk, self._desk = self._desk, None
        if desk is not None:
            desk.end()
        if self._pages is not None:
            self._pages.over = True
        self._keeping.give()

    def changed(self, ceremony_id: str) -> None:
        # Each worker hears of each event, so the keeper hears of it too.
        if self._desk is not None:
            self._desk.changed(ceremony_id)

    def look(self, ceremony_id: str) -> None:
        if self._desk is not None:
            self._desk.look(ceremony_id)
        elif self._front.recorded(ceremony_id):
            # Somebody may have taken their consent back: what is deleted next must not be written any more.
            try:
                self._bus.ask(self._keeping.keeper, "stage", {"what": "look", "ceremony": ceremony_id}, ASK_S)
            except NoAnswer as gone:
                log.warning("stage.keeper_silent", reason=str(gone))

    # --- who keeps ---

    def _take(self, term: int) -> None:
        pages = _Pages(self._front, self._bus, term, lambda sid: self._lines.get(sid, ("", "", ""))[0])
        self._lines.clear()
        self._elsewhere.clear()
        desk = self._make(pages, term << 20, lambda whose: self._here(whose) or self._elsewhere[whose] > 0)
        desk.start()
        if self._keeping.term != term:
            pages.over = True
            desk.let_go()
            return
        self._pages, self._desk = pages, desk
        self._ready.set()
        log.info("stage.kept_here", term=term)
        self._front.anew()

    def _lose(self) -> None:
        desk, self._desk = self._desk, None
        self._ready.clear()
        if self._pages is not None:
            self._pages.over = True
        if desk is not None:
            desk.let_go()

    def _follow(self, _worker: str, _term: int) -> None:
        self._deaf_until_s = 0.0
        self._front.anew()

    def _gap(self) -> None:
        if self._desk is not None:
            self._find_missing()
        else:
            self._deaf_until_s = 0.0
            self._front.anew()

    def _worker_left(self, worker: str) -> None:
        for sid, (whose, _, _) in list(self._lines.items()):
            if whose == worker:
                self._lost(sid, goodbye=False)

    def _find_missing(self) -> None:
        """Ask the others which of their lines are gone: that may have been said while we did not hear."""
        for worker in {worker for worker, _, _ in self._lines.values()}:
            sids = [sid for sid, (whose, _, _) in self._lines.items() if whose == worker]
            for at in range(0, len(sids), PORTION):
                try:
                    answer = self._bus.ask(worker, "stage lines", {"sids": sids[at : at + PORTION]})
                except NoAnswer:
                    break  # it is gone, which is told by itself, or will be heard of again
                for sid in answer["gone"]:
                    self._lost(sid, goodbye=False)

    def _missing(self, _worker: str, told: Message) -> Message:
        return {"gone": [sid for sid in told["sids"] if not self._front.here(sid)]}

    # --- asking the keeper ---

    def _ask(self, what: str, who: Participant, sid: str, /, **more: Any) -> Any:
        """Raises: Refused: as the keeper refuses; `stage.unavailable` where nobody answers."""
        keeper = self._keeping.keeper
        if not keeper or keeper == self._bus.me or not self._bus.connected or self._now_s() < self._deaf_until_s:
            raise Refused("stage.unavailable")
        message = {"what": what, "who": [who.id, who.ceremony_id, who.role, who.hall], "sid": sid, **more}
        try:
            answer = self._bus.ask(keeper, "stage", message, ASK_S)
        except NoAnswer as gone:
            log.warning("stage.keeper_silent", reason=str(gone))
            self._deaf_until_s = self._now_s() + DEAF_S
            raise Refused("stage.unavailable") from None
        if "refused" in answer:
            raise Refused(answer["refused"], **answer["facts"])
        return answer["gives"]

    # --- answering, while we keep ---

    def _answer(self, worker: str, told: Message) -> Message:
        try:
            return {"gives": self._do(worker, told)}
        except Refused as refused:
            return {"refused": refused.code, "facts": refused.facts}
        except StoreBusy:
            return {"refused": "stage.unavailable", "facts": {}}

    def _do(self, worker: str, told: Message) -> Any:
        if self._keeping.mine and self._desk is None:
            self._ready.wait(READY_S)
        desk = self._desk
        if desk is None:
            raise Refused("stage.unavailable")
        if told["what"] == "look":
            return desk.look(told["ceremony"])
        participant_id, ceremony_id, role, hall = told["who"]
        who, sid = Participant(participant_id, ceremony_id, role, hall=hall), told["sid"]
        match told["what"]:
            case "watch":
                self._know(sid, worker, who)
                return msgspec.to_builtins(desk.watch(who, sid, told["page"], picture=told["picture"]))
            case "publish":
                self._know(sid, worker, who)
                return desk.publish(who, sid, told["page"], picture=told["picture"], sound=told["sound"])
            case "signal":
                return desk.signal(who, sid, told["link"], _unpacked(told["signal"]))
            case "tell":
                return desk.tell(who, msgspec.convert(told["devices"], Devices))
            case _:
                return desk.stop(who, sid, told["of"])

    def _know(self, sid: str, worker: str, who: Participant) -> None:
        if sid not in self._lines:
            self._lines[sid] = worker, who.ceremony_id, who.id
            self._elsewhere[who.id] += 1

    def _hear_left(self, _worker: str, told: Message) -> None:
        self._lost(told["sid"], goodbye=told["goodbye"])

    def _lost(self, sid: str, *, goodbye: bool) -> None:
        _, ceremony_id, participant_id = self._lines.pop(sid, ("", "", ""))
        if ceremony_id:
            self._elsewhere[participant_id] -= 1
            if not self._elsewhere[participant_id]:
                del self._elsewhere[participant_id]
            if self._desk is not None:
                self._desk.left(ceremony_id, sid, goodbye=goodbye)

    # --- hearing the keeper ---

    def _hear(self, worker: str, told: Message) -> None:
        if told["term"] < self._keeping.keeper_term or self._keeping.mine:
            return  # from one that has yet to notice that it keeps nothing any more
        args = told["args"]
        match told["do"]:
            case "link":
                self._front.link(*args)
            case "signal":
                self._front.signal(args[0], args[1], _unpacked(args[2]))
            case "record":
                self._front.record(*args[:4], on=args[4])
            case "grant":
                self._front.grant(args[0], msgspec.convert(args[1], StageGrant))
            case "shown":
                ceremony_id, version, scene, everybody = args
                self._front.shown(ceremony_id, version, msgspec.convert(scene, Scene), everybody=everybody)
            case "streams":
                now_s = self._now_s()
                self._streams = {
                    ceremony_id: (now_s, url, msgspec.convert(seen, Seen | None))
                    for ceremony_id, (url, seen) in args[0].items()
                }

    def _tell_streams(self) -> None:
        desk, pages = self._desk, self._pages
        if desk is None or pages is None:
            return
        streams = desk.streams()
        if streams or self._told_streams:
            pages.all("streams", msgspec.to_builtins(streams))
        self._told_streams = bool(streams)


class _Pages:
    """Pages as a keeper speaks to them, wherever they are; once it is `over`, no more.

    Args: worker_of: at which other worker a line is; empty for our own.
    """

    def __init__(self, front: StageFront, bus: Bus, term: int, worker_of: Callable[[str], str]) -> None:
        self._front = front
        self._bus = bus
        self._term = term
        self._worker_of = worker_of
        self.over = False

    def link(self, sid: str, link_id: str, do: Literal["open", "move", "close"], way: Way, feed_id: str) -> None:
        if not self._elsewhere(sid, "link", link_id, do, way, feed_id):
            self._front.link(sid, link_id, do, way, feed_id)

    def signal(self, sid: str, link_id: str, signal: Signal) -> None:
        if not self._elsewhere(sid, "signal", link_id, _packed(signal)):
            self._front.signal(sid, link_id, signal)

    def record(self, sid: str, part: str, key: str, feed_id: str, *, on: bool) -> None:
        if not self._elsewhere(sid, "record", part, key, feed_id, on):
            self._front.record(sid, part, key, feed_id, on=on)

    def shown(self, ceremony_id: str, version: int, scene: Scene, *, everybody: bool) -> None:
        if not self.over:
            self._front.shown(ceremony_id, version, scene, everybody=everybody)
            self.all("shown", ceremony_id, version, msgspec.to_builtins(scene), everybody)

    def grant(self, participant_id: str, grant: StageGrant) -> None:
        if not self.over:
            self._front.grant(participant_id, grant)
            self.all("grant", participant_id, msgspec.to_builtins(grant))

    def all(self, do: str, *args: Any) -> None:
        """To every other worker."""
        if not self.over:
            self._bus.tell("stage", {"term": self._term, "do": do, "args": args})

    def _elsewhere(self, sid: str, do: str, *args: Any) -> bool:
        """Whether the line is none of ours, or we have nothing to say any more."""
        if self.over:
            return True
        worker = self._worker_of(sid)
        if worker:
            self._bus.tell("stage", {"term": self._term, "do": do, "args": [sid, *args]}, worker)
        return bool(worker)


def _packed(signal: Signal) -> Mapping[str, Any]:
    """A signal as plain values; its kind is known by its fields."""
    plain: Mapping[str, Any] = msgspec.to_builtins(signal)
    return plain


def _unpacked(plain: Mapping[str, Any]) -> Signal:
    if "sdp" in plain:
        return msgspec.convert(plain, Description)
    return msgspec.convert(plain, Candidate)
