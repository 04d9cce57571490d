"""Fifty people through a whole ceremony, while every seventh message is lost and the server dies again and again."""

import random
import time
from collections import Counter
from urllib.parse import urlsplit

import pytest

from memorata.adapters.codec import plain
from memorata.domain import events as e
from memorata.domain import items as i
from memorata.domain.ceremony import fold
from memorata.domain.laying import belongs
from memorata.domain.state import CeremonyState
from memorata.services.ports import Mark
from memorata.services.snapshots import public_state
from tests.builders import a_programme, a_silence, an_item, text
from tests.live.attendee import Attendee, Press
from tests.live.client import eventually, fetch
from tests.live.conftest import Server, now_ms
from tests.live.lossy import LossyProxy

pytestmark = pytest.mark.live

PEOPLE, HOSTS = 48, 2
LOSS = 0.15
SEED = 83
DELEGATIONS = (("Recife", "BR"), ("Osaka", "JP"), ("Yerevan", "AM"), ("Mombasa", "KE"))
SPEAKERS, WRITERS, SIGNERS = range(4), range(4, 16), range(16, 24)

SILENCE = a_silence("minute", invitation_s=4, stillness_s=2, duration_s=15, quiet_after_s=3)
ITEMS = (
    an_item("lobby", i.Lobby(), 900),
    an_item("words", planned_s=5),
    SILENCE,
    an_item("memories", i.Testimony((i.Witness({"en": "Vera"}), i.Witness({"en": "Genrikh"})), 4), 8),
    an_item("wreaths", i.WreathLaying(wreaths=tuple(i.Wreath(text(c), iso) for c, iso in DELEGATIONS), slot_s=2.5), 10),
    an_item("candles", i.Candle(), 7),
    an_item("wishes", i.Wishes(max_chars=200), 8),
    an_item("farewell", i.Closing(words=text("Until next year."), guest_book_until="2027-05-09"), 4),
)


class Guest(Attendee):
    """A participant, who asks, answers, lays, lights and writes as what is shown invites to."""

    def __init__(self, url: str, key: str, number: int) -> None:
        self.number = number
        community, country = DELEGATIONS[number % len(DELEGATIONS)]
        super().__init__(url, key, name=f"Guest {number}", community=community, country=country, consent="full")

    def act(self) -> None:
        shown = self.shown()
        if shown is None or shown.silence in ("stillness", "silence", "rest"):
            return
        if self.number in SPEAKERS and shown.phase in ("lobby", "item"):
            self.once("ask", "floor.request", entry_kind="poem", name=f"Guest {self.number}", text="The same slow step")
        for entry in self.you["entries"]:
            answer = {"next": "floor.ready", "speaking": "floor.yield"}.get(entry["state"])
            if answer is not None:
                self.once((answer, entry["id"]), answer, entry_id=entry["id"])
        if shown.item is None:
            return
        match shown.item.detail:
            case i.WreathLaying(wreaths=wreaths):
                for n, wreath in enumerate(wreaths[: shown.step + 1]):
                    if belongs(wreath, self.described["community"], self.described["country"]):
                        self.once(("lay", n), "wreath.lay", item_id=shown.item.id, wreath=n)
            case i.Candle():
                self.once("light", "candle.light", item_id=shown.item.id)
            case i.Wishes() if self.number in WRITERS:
                self.once("wish", "wish.offer", item_id=shown.item.id, text=f"A lesson by letter, {self.number}")
            case i.Closing() if self.number in SIGNERS:
                self.once("sign", "wish.offer", item_id=shown.item.id, text=f"Thank you for today, {self.number}")


class Host(Attendee):
    """A host; one of them sees to the queue and to what is written."""

    def __init__(self, url: str, key: str, attends: bool) -> None:
        super().__init__(url, key, name="Amina")
        self.attends = attends

    def act(self) -> None:
        shown = self.shown()
        if not self.attends or shown is None or shown.silence in ("stillness", "silence", "rest"):
            return
        floor = self.state.floor
        for entry in floor.entries:
            if entry.state == "asked":
                self.once(("accept", entry.id), "floor.accept", entry_id=entry.id)
        if shown.phase == "item":
            called = next((entry for entry in floor.entries if entry.state in ("next", "ready", "speaking")), None)
            waiting = next((entry for entry in floor.entries if entry.state == "accepted"), None)
            if called is None and waiting is not None:
                self.once(("call", waiting.id), "floor.call", entry_id=waiting.id)
            elif called is not None and called.state == "ready":
                self.once(("grant", called.id), "floor.grant", entry_id=called.id, aimed_holder=None)
        for wish in self.state.tributes.wishes:
            if wish.state == "held":
                self.once(("release", wish.id), "wish.release", wish_id=wish.id)


def presses(people: list[Guest] | list[Host] | list[Attendee], kind: str) -> list[tuple[Attendee, Press]]:
    return [(person, press) for person in people for press in person.presses if press.kind == kind]


@pytest.mark.timeout(240)
def test_whole_ceremony_on_bad_lines(server: Server) -> None:
    chance = random.Random(SEED)
    programme = a_programme("evening", at_ms=now_ms() + 600_000, items=ITEMS)
    keys = server.plan(programme)
    with LossyProxy(urlsplit(server.url).port or 0, LOSS, SEED) as line:
        guests = [Guest(line.url, keys["participant"], number) for number in range(PEOPLE)]
        hosts = [Host(line.url, keys["host"], attends) for attends in (True, False)]
        everybody: list[Attendee] = [*guests, *hosts]
        try:
            for person in everybody:
                person.start()
            eventually(lambda: all(person.epoch for person in everybody), "everybody is greeted", 60)
            conduct(server, hosts, everybody, chance)
            eventually(lambda: all(closed(person) for person in everybody), "the end", 60)
            eventually(lambda: not any(person.pending() for person in everybody), "every press answered", 30)
            released(hosts[0])
            head = server.office.log.events("evening", 0)[-1].seq
            eventually(lambda: all(person.state.seq == head for person in everybody), "everybody at the end", 30)
        finally:
            for person in everybody:
                person.leave()
        for person in everybody:
            person.join(10)
    assert {person.name: person.faults for person in everybody if person.faults} == {}
    lost_enough(line, everybody)
    same_for_all(server, guests, hosts)
    exactly_once(server, everybody)
    everything_was_tried(server, guests, hosts)


def conduct(server: Server, hosts: list[Host], everybody: list[Attendee], chance: random.Random) -> None:
    """Both hosts press at once; then the clock conducts, and the server dies at five instants."""

    def die_in(item_id: str, within_s: float) -> None:
        eventually(lambda: sees(hosts[0], item_id), item_id, 30)
        time.sleep(chance.random() * within_s)
        server.kill()
        time.sleep(chance.random() * 0.5)
        server.start()

    for host in hosts:
        host.press("item.cue", item_id="words", aimed_cue=0)
    eventually(lambda: all(sees(person, "words") for person in everybody), "the words", 30)
    for host in hosts:
        host.press("item.cue", item_id="minute", aimed_cue=1)
    server.kill()
    server.start()
    eventually(lambda: all(sees(person, "minute", "silence") for person in everybody), "all are silent", 30)
    die_in("minute", 5.0)
    assert all(sees(person, "minute", "silence") for person in everybody)
    die_in("memories", 1.5)
    hosts[0].press("autopilot.set", on=True)
    die_in("wreaths", 2.0)
    die_in("wishes", 1.0)


def sees(person: Attendee, item_id: str, part: str | None = None) -> bool:
    shown = person.shown()
    if shown is None or shown.item is None:
        return False
    return shown.item.id == item_id and part in (None, shown.silence)


def closed(person: Attendee) -> bool:
    shown = person.shown()
    return shown is not None and shown.phase == "closed"


def released(host: Host) -> None:
    """What was written last is released after the end, which is allowed."""
    eventually(lambda: all(wish.state == "released" for wish in host.state.tributes.wishes), "all wishes released", 30)
    eventually(lambda: not host.pending(), "the last answers", 30)


def lost_enough(line: LossyProxy, everybody: list[Attendee]) -> None:
    for way in ("down", "up"):
        sent = line.passed[way] + line.dropped[way]
        assert line.dropped[way] > 50
        assert abs(line.dropped[way] / sent - LOSS) < 0.05
    assert sum(person.syncs for person in everybody) > 20
    assert all(person.welcomes >= 4 for person in everybody)
    assert sum(press.sent > 1 and press.ok for person in everybody for press in person.presses) > 20


def same_for_all(server: Server, guests: list[Guest], hosts: list[Host]) -> None:
    """Numbers without a gap; old snapshot + events = new snapshot, in both views."""
    history = server.office.log.events("evening", 0)
    assert [recorded.seq for recorded in history] == list(range(1, len(history) + 1))
    whole = fold(CeremonyState(), history)
    staff, audience = plain(whole), plain(public_state(whole))
    assert all(plain(host.state) == staff for host in hosts)
    assert all(plain(guest.state) == audience for guest in guests)
    for person in (*guests, *hosts):
        # One snapshot at the door; everything after it came as events, each applied once and in order.
        (first,) = person.jumps
        assert person.applied == list(range(first[1] + 1, len(history) + 1))


def exactly_once(server: Server, everybody: list[Attendee]) -> None:
    """What was granted is in the log once, what was refused is not in it, however often it was sent."""
    log = server.office.log
    history, marks = log.events("evening", 0), log.marks("evening")
    made = Counter[str]()
    by = Counter((recorded.by, recorded.event.kind) for recorded in history)
    for recorded in history:
        match recorded.event:
            case e.FloorRequested(entry=entry):
                made[entry.id] += 1
            case e.WishOffered(wish=wish):
                made[wish.id] += 1
    for person in everybody:
        for press in person.presses:
            assert (log.answer("evening", person.participant, press.cmd_id) is not None) == press.ok, press
            if press.kind in ("floor.request", "wish.offer"):
                assert made[press.cmd_id] == press.ok, press
        # Those whose every grant brings about one event of the person's own.
        for kind, event in {"item.cue": "item.cued", "floor.accept": "floor.accepted", "floor.call": "floor.called",
                            "floor.ready": "floor.readied", "floor.grant": "floor.granted",
                            "floor.yield": "floor.yielded", "wish.release": "wish.released"}.items():  # fmt: skip
            assert by[(person.participant, event)] == sum(p.ok for p in person.presses if p.kind == kind), kind
    lit = {person.participant for person, press in presses(everybody, "candle.light") if press.ok}
    laid = {
        (person.participant, str(press.fields["wreath"]))
        for person, press in presses(everybody, "wreath.lay")
        if press.ok
    }
    assert sorted(marks, key=repr) == sorted(
        [Mark("candles", "", who) for who in lit] + [Mark("wreaths", wreath, who) for who, wreath in laid], key=repr
    )
    assert Counter(r.event.kind for r in history)["wreath.laid"] == len({wreath for _, wreath in laid})
    counts = fetch(f"{server.url}/c/evening/timeline.json")[1]["counts"]
    assert counts["candles"] == {"candles": len(lit)}
    assert {int(n): count for n, count in counts["wreaths"]["wreaths"].items()} == Counter(int(w) for _, w in laid)


def everything_was_tried(server: Server, guests: list[Guest], hosts: list[Host]) -> None:
    history = server.office.log.events("evening", 0)
    kinds = Counter(recorded.event.kind for recorded in history)
    # Two hosts pressed twice at the same moment: each time one of them was heard.
    for aimed in (0, 1):
        first, second = sorted(
            (press for _, press in presses(hosts, "item.cue") if press.fields["aimed_cue"] == aimed), key=lambda p: p.ok
        )
        assert second.ok
        assert not first.ok
        assert first.answer is not None
        assert first.answer["code"] == "cue.stale"
    assert kinds["item.cued"] == len(ITEMS) - 1
    assert kinds["ceremony.closed"] == 1
    assert kinds["floor.requested"] == kinds["floor.yielded"] == len(SPEAKERS)
    assert kinds["wish.released"] == len(WRITERS) + len(SIGNERS)
    assert kinds["wreath.laid"] == len(DELEGATIONS)
    assert sum(press.ok for _, press in presses(guests, "candle.light")) >= PEOPLE / 2
    assert sum(press.ok for _, press in presses(guests, "wreath.lay")) >= PEOPLE / 2
    # The silence began when it was announced to begin, whatever died meanwhile; nothing was written in it.
    (cued,) = (r.event for r in history if isinstance(r.event, e.ItemCued) and r.event.item_id == "minute")
    silence = SILENCE.detail
    assert isinstance(silence, i.Silence)
    still_ms = cued.start_ms + silence.invitation_s * 1000
    rest_end_ms = still_ms + (silence.stillness_s + silence.duration_s + silence.quiet_after_s) * 1000
    within = [r.event.kind for r in history if still_ms <= r.at_ms < rest_end_ms]
    assert within in ([], ["item.cued"])
