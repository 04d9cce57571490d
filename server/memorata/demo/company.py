"""A company of simulated participants: when each of them comes, what they do at which moment, and how they leave."""

import heapq
import itertools
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

import click

from memorata.demo.cast import GUEST_BOOK, HALLS, MEMORIES, PLACES, WISHES
from memorata.demo.people import Identity, Person, Tally
from memorata.demo.scene import Scene
from memorata.domain.items import Candle, Closing, Wishes, WreathLaying
from memorata.domain.laying import belongs
from memorata.domain.programme import Moment

ARRIVAL_S = 30
"""They come over half a minute."""

LEAVING_S = 10
"""After the end they stay for so long, to write into the guest book, and leave over as long again."""

TICK_S = 1.0


def cast(count: int, shift: int = 0) -> Iterator[Identity]:
    """That many people, place by place, so that even a few come from many countries; some watch in halls."""
    names = [
        (place, name)
        for turn in range(max(len(place.names) for place in PLACES))
        for place in PLACES
        for name in place.names[turn : turn + 1]
    ]
    for number in range(shift, shift + count):
        place, name = names[number % len(names)]
        again = number // len(names)
        # More people than names: the grandchildren come too.
        written = name if again == 0 else f"{name} {'II' if again == 1 else 'III' if again == 2 else again + 1}"
        if number % 25 == 20:
            hall, community, country = HALLS[number // 25 % len(HALLS)]
            yield Identity(hall, community, country, "en", people=30)
            continue
        language = "ru" if any("А" <= letter <= "я" for letter in name) else "en"
        consent = ("full", "full", "first", "count")[number % 4]
        people = 2 if number % 7 == 3 else 1
        yield Identity(written, place.community, place.country, language, consent, people)


class Company:
    """People of one process, led by one thread that does one thing after another at its time."""

    def __init__(self, url: str, keys: Sequence[str], shift: int, arrival_s: float) -> None:
        count = len(keys)
        self.scene = Scene()
        self.tally = Tally()
        self.random = random.Random(shift)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._over = False
        self._left = False
        self._seen: set[object] = set()
        self.people = [
            Person(who, url, key, self.scene, self.tally, self.later)
            for who, key in zip(cast(count, shift), keys, strict=True)
        ]
        for person in self.people:
            self.later(self.random.random() * arrival_s, person.enter)
        # One in eight would like to speak, one in ten loses the line once.
        for person in self.random.sample(self.people, max(1, count // 8)):
            self.later(arrival_s + self.random.random() * 120, lambda person=person: self._ask_to_speak(person))  # type: ignore[misc]
        for person in self.random.sample(self.people, count // 10):
            self.later(arrival_s + 20 + self.random.random() * 240, person.lose_line)
        self.later(TICK_S, self._tick)

    def later(self, pause_s: float, act: Callable[[], None]) -> None:
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + pause_s, next(self._number), act))
        self._woken.set()

    def stop(self) -> None:
        self._over = True
        self._woken.set()

    def run(self) -> None:
        """Until `stop`, or until the ceremony is over and all have left."""
        while not self._over:
            self._woken.clear()
            with self._lock:
                due = self._due[0] if self._due else None
                wait_s = due[0] - time.monotonic() if due else None
                if due is not None and wait_s is not None and wait_s <= 0:
                    heapq.heappop(self._due)
            if due is not None and wait_s is not None and wait_s <= 0:
                due[2]()
            else:
                self._woken.wait(wait_s)
        leaving = [threading.Thread(target=person.leave, daemon=True) for person in self.people]
        for thread in leaving:
            thread.start()
        deadline = time.monotonic() + 3
        for thread in leaving:
            thread.join(max(0.0, deadline - time.monotonic()))

    # --- what they do --------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        shown = self.scene.shown()
        if shown is not None:
            self._respond(shown)
        if not self._left:
            self.later(TICK_S, self._tick)

    def _once(self, what: object) -> bool:
        if what in self._seen:
            return False
        self._seen.add(what)
        return True

    def _respond(self, shown: Moment) -> None:
        if shown.phase == "closed":
            self._left = True
            self._write(GUEST_BOOK, len(self.people) // 8, self._closing_id(), 8)
            for person in self.people:
                self.later(LEAVING_S * (1 + self.random.random()), person.leave)
            self.later(LEAVING_S * 2 + 1, self.stop)
            return
        item = shown.item
        if item is None or shown.run is None:
            return
        detail = item.detail
        if isinstance(detail, WreathLaying):
            for step in range(shown.step + 1):
                if self._once((item.id, step)):
                    self._lay(item.id, detail, step)
        elif not self._once((item.id, shown.run.cue)):
            return
        elif isinstance(detail, Candle) and detail.mode != "host":
            for person in self.people:
                if self.random.random() < 0.85:
                    spread_s = min(25.0, item.planned_s * 0.7)
                    self._soon(spread_s, person, "candle.light", item_id=item.id)
        elif isinstance(detail, Wishes):
            self._write(WISHES, max(2, len(self.people) // 6), item.id, min(60.0, item.planned_s * 0.6))
        elif isinstance(detail, Closing):
            self._write(GUEST_BOOK, max(2, len(self.people) // 8), item.id, min(60.0, item.planned_s * 0.8))

    def _soon(self, within_s: float, person: Person, kind: str, **fields: object) -> None:
        self.later(self.random.random() * within_s, lambda: person.command(kind, **fields))

    def _lay(self, item_id: str, laying: WreathLaying, step: int) -> None:
        for person in self.people:
            who = person.identity
            if belongs(laying.wreaths[step], who.community, who.country) and self.random.random() < 0.8:
                self._soon(min(6.0, laying.slot_s * 0.5), person, "wreath.lay", item_id=item_id, wreath=step)

    def _write(self, texts: tuple[str, ...], count: int, item_id: str, within_s: float) -> None:
        if not item_id:
            return
        for number, person in enumerate(self.random.sample(self.people, min(count, len(self.people)))):
            text = texts[number % len(texts)]
            self._soon(within_s, person, "wish.offer", item_id=item_id, text=text, name=person.identity.name,
                       community=person.identity.community, country=person.identity.country)  # fmt: skip

    def _ask_to_speak(self, person: Person) -> None:
        kind, text = MEMORIES[next(self._number) % len(MEMORIES)]
        who = person.identity
        person.command("floor.request", entry_kind=kind, name=who.name, community=who.community, country=who.country,
                       text=text)  # fmt: skip

    def _closing_id(self) -> str:
        programme = self.scene.state.programme
        items = programme.items if programme is not None else ()
        return next((i.id for i in items if isinstance(i.detail, Closing) and i.detail.guest_book_until), "")


@click.command()
@click.option("--url", required=True, help="Where the server is.")
@click.option("--key", default="", help="The participants' link, or its last part, for all of them.")
@click.option("--keys", "file", type=click.File(encoding="utf-8"), help="Personal links, a line each, for the cast.")
@click.option("--people", default=60, show_default=True, help="How many screens; a few of them are halls.")
@click.option("--shift", default=0, help="Where in the cast to begin, so that several companies differ.")
@click.option("--arrival", "arrival_s", default=float(ARRIVAL_S), show_default=True, help="Over how many seconds.")
def main(url: str, key: str, file: TextIO | None, people: int, shift: int, arrival_s: float) -> None:
    """Simulated people for a demonstration: python -m memorata.demo.company."""
    links = [key] * people if file is None else file.read().split()[shift : shift + people]
    company = Company(url.rstrip("/"), [link.rpartition("/")[2] for link in links], shift, arrival_s)
    signal.signal(signal.SIGTERM, lambda *_: company.stop())
    signal.signal(signal.SIGINT, lambda *_: company.stop())
    if not sys.stdin.isatty():
        # The demonstration holds the other end: when it is gone, however it ended, so are its people.
        threading.Thread(target=_stop_with_stdin, args=(company,), daemon=True).start()
    company.run()
    tally = company.tally
    click.echo(
        json.dumps(
            {
                "entered": tally.entered,
                "returned": tally.returned,
                "done": dict(sorted(tally.done.items())),
                "refused": dict(sorted(tally.refused.items())),
                "failed": dict(sorted(tally.failed.items())),
            },
            ensure_ascii=False,
        )
    )
    # Threads of connections that do not end by themselves must not keep the process.
    sys.stdout.flush()
    os._exit(0)


def _stop_with_stdin(company: Company) -> None:
    sys.stdin.read()
    company.stop()


if __name__ == "__main__":
    main()
