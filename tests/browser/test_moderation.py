"""The page of moderators with five hundred entries: by keys, by presses, on a telephone; and what the audience sees."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from memorata.services.inviting import Guest
from memorata.services.keys import new_id
from memorata.services.ports import Participant
from tests.browser.conftest import PHONE, Sit
from tests.browser.evening import short
from tests.browser.test_accessibility import AXE, EXAMINE, GRAVE, SIDEWAYS
from tests.browser.test_ceremony import enter, open_console
from tests.live.client import eventually
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WAITING = 500
NARROW: Any = {**PHONE, "viewport": {"width": 360, "height": 740}}


@pytest.fixture
def keys(server: Server, request: pytest.FixtureRequest) -> dict[str, str]:
    name = re.sub(r"[^a-z]+", "-", request.node.name)[:40]
    return server.plan(short(now_ms() + 600_000, f"moderated-{name}"))


def crowd(server: Server, ceremony_id: str, count: int = WAITING) -> list[Participant]:
    """People at the door and inside, all with names that nobody has looked at; the oldest first."""
    people = server.office.participants
    at_ms = now_ms() - count
    made = []
    for n in range(count):
        standing: Any = "waiting" if n % 2 else "admitted"
        who = Participant(
            new_id(), ceremony_id, "participant", name=f"Guest {n:03}", community="Osaka", consent="full",
            standing=standing, name_state="held",
        )  # fmt: skip
        made.append(people.add(who, f"device of {who.id}", at_ms + n))
    return made


def moderate(server: Server, sit: Sit, key: str, name: str = "", **options: Any) -> Page:
    """Somebody opens the page of moderators, in a browser that knows the PIN."""
    page = sit(f"{server.url}/h/{key}", **options)
    if name:
        page.get_by_label("Your name, for the other hosts (may stay empty)").fill(name)
    open_console(page, shows=".h-topbar")
    page.evaluate("location.hash = '#moderate'")
    expect(page.get_by_role("heading", name="Moderating")).to_be_visible()
    return page


def entries(page: Page) -> Locator:
    return page.get_by_role("article")


def named(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=re.compile(rf"\b{re.escape(name)}$"))


def now(server: Server, who: Participant) -> Participant:
    found = server.office.participants.find(who.id)
    assert found is not None
    return found


def test_five_hundred_entries_by_keys(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    guests = crowd(server, name_of(server, keys))
    began = time.monotonic()
    page = moderate(server, sit, keys["moderator"], "Hana")
    expect(entries(page)).to_have_count(50)
    print(f"{WAITING} entries: the first page is drawn {time.monotonic() - began:.1f} s after the link was opened")
    expect(page.get_by_role("button", name="All that waits")).to_have_text(re.compile(r"500$"))
    expect(named(page, "Guest 000")).to_be_focused()

    # Down and up; letters and arrows are the same.
    for key in ("j", "ArrowDown", "j", "k", "ArrowUp"):
        page.keyboard.press(key)
    expect(named(page, "Guest 001")).to_be_focused()

    # Let in, and its name is released by the second press; the entry has kept its place, and the next one is next.
    page.keyboard.press("a")
    expect(named(page, "Guest 001").get_by_text("A name", exact=True)).to_be_visible()
    expect(named(page, "Guest 001")).to_be_focused()
    page.keyboard.press("a")
    expect(named(page, "Guest 001").get_by_text("Name released")).to_be_visible()
    expect(named(page, "Guest 002")).to_be_focused()
    eventually(lambda: (now(server, guests[1]).standing, now(server, guests[1]).name_state) == ("admitted", "released"))

    # Hide, refuse, remove, ban: each by its key, each on to the next.
    for n, (key, words) in enumerate((("h", "Name hidden"), ("x", "Not let in"), ("r", "Removed"), ("b", "Banned")), 2):
        expect(named(page, f"Guest {n:03}")).to_be_focused()
        page.keyboard.press(key)
        expect(named(page, f"Guest {n:03}").get_by_text(words)).to_be_visible()
    assert [now(server, guests[n]).standing for n in range(2, 6)] == ["admitted", "refused", "removed", "banned"]
    assert now(server, guests[2]).name_state == "hidden"

    # Undo takes back the last one.
    expect(page.get_by_text("Banned: Guest 005")).to_be_visible()
    page.keyboard.press("u")
    expect(named(page, "Guest 005").get_by_text("Waits at the door")).to_be_visible()
    assert now(server, guests[5]).standing == "waiting"
    expect(page.get_by_text("Banned: Guest 005")).to_be_hidden()

    # The page keeps still: somebody new is counted, and nothing moves.
    before = named(page, "Guest 020").bounding_box()
    late = crowd(server, guests[0].ceremony_id, 1)
    expect(page.get_by_role("button", name=re.compile(r"^Show more \(451\)"))).to_be_visible()
    assert named(page, "Guest 020").bounding_box() == before
    assert now(server, late[0]).name_state == "held"

    # A letter in a field is a letter, and none of them does anything outside of the list.
    page.get_by_role("button", name="Inside").focus()
    page.keyboard.press("b")
    page.keyboard.press("?")
    expect(page.get_by_text("The keys work while an entry has the focus")).to_be_hidden()
    named(page, "Guest 006").focus()
    page.keyboard.press("?")
    expect(page.get_by_text("The keys work while an entry has the focus")).to_be_visible()
    page.keyboard.press("?")

    # In bulk: all that is shown, and no others.
    page.get_by_role("button", name=re.compile(r"^Release all \d+ shown")).click()
    expect(named(page, "Guest 048").get_by_text("Name released")).to_be_visible()
    assert {now(server, guests[n]).name_state for n in range(6, 50, 2)} == {"released"}
    assert {now(server, guests[n]).name_state for n in range(50, WAITING)} == {"held"}
    page.get_by_role("button", name="Let in all").click()
    eventually(lambda: server.office.participants.waiting(guests[0].ceremony_id).door == 0, "the door to be empty")
    expect(page.get_by_role("button", name="Let in all")).to_be_hidden()

    # All the rest, page by page, in one list that stays quick.
    while (more := page.get_by_role("button", name=re.compile("^Show more"))).is_visible():
        count = entries(page).count()
        more.click()
        expect(entries(page)).not_to_have_count(count)
    assert entries(page).count() > 400
    named(page, "Guest 200").focus()
    began = time.monotonic()
    page.keyboard.press("a")
    expect(named(page, "Guest 200").get_by_text("Name released")).to_be_visible()
    print(
        f"{entries(page).count()} entries in the list: one is released {time.monotonic() - began:.2f} s after the key"
    )


def test_what_is_taken_away_leaves_the_page_of_the_audience(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    host = server.person(keys["host"]).connect()
    bruno = server.person(keys["participant"], name="Bruno", community="Recife", consent="full").connect()
    chiyo = sit(f"{server.url}/e/{keys['participant']}")
    enter(chiyo)
    page = moderate(server, sit, keys["moderator"])
    offered = bruno.command("wish.offer", item_id="wishes", text="Meet again in May")
    assert offered["ok"]
    assert host.command("item.cue", item_id="wishes", aimed_cue=0)["ok"]

    page.get_by_role("button", name=re.compile("^All that waits")).click()
    wish = page.get_by_role("article", name="Written words Bruno")
    wish.get_by_role("button", name="Release: Bruno").click()
    expect(wish.get_by_text("Released")).to_be_visible()
    expect(chiyo.get_by_text("Meet again in May")).to_be_visible()

    name = page.get_by_role("article", name="A name Bruno")
    name.get_by_role("button", name="Ban: Bruno").click()
    expect(chiyo.get_by_text("Meet again in May")).to_be_hidden()
    eventually(lambda: bruno.gone == ["person.banned"], "the line to be closed")
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(chiyo.get_by_text("Meet again in May")).to_be_visible()
    assert bruno.connect().connected
    for person in (host, bruno):
        person.disconnect()


def test_two_moderators_see_each_other_and_nothing_is_done_twice(
    server: Server, sit: Sit, keys: dict[str, str]
) -> None:
    guests = crowd(server, name_of(server, keys), 6)
    hana = moderate(server, sit, keys["moderator"], "Hana")
    expect(named(hana, "Guest 000")).to_be_focused()
    (invited,) = server.office.inviting.make(guests[0].ceremony_id, [Guest("Idris", role="moderator")])
    idris = moderate(server, sit, invited.key, "Idris")
    expect(hana.get_by_text("Also here: Idris")).to_be_visible()
    expect(idris.get_by_text("Also here: Hana")).to_be_visible()
    named(hana, "Guest 002").focus()
    expect(named(idris, "Guest 002").get_by_text("Hana is reading this")).to_be_visible()

    # Who sees what the other has decided: in its place, with the name.
    hana.keyboard.press("a")
    expect(named(idris, "Guest 002").get_by_text("Name released · Hana")).to_be_visible()

    # A name changed under the eyes of the reader asks to be read again.
    was = now(server, guests[4])
    named(idris, "Guest 004").focus()
    assert server.office.participants.change(was, replace(was, name="Somebody else"), now_ms())
    expect(named(idris, "Somebody else").get_by_text("has changed: please read it again")).to_be_visible()

    # The tab of the console counts what waits.
    idris.get_by_role("link", name="To the console").click()
    expect(idris.get_by_role("tab", name=re.compile(r"Waiting\s*5"))).to_be_visible()
    expect(hana.get_by_text("Nobody else is looking at this list.")).to_be_visible()


def test_on_a_telephone_and_by_an_examiner(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    crowd(server, name_of(server, keys), 8)
    author = server.person(keys["participant"], name="Bruno").connect()
    assert author.command("wish.offer", item_id="wishes", text="Meet again in May, all of us who can. " * 4)["ok"]
    page = moderate(server, sit, keys["moderator"], **NARROW)
    expect(entries(page)).to_have_count(9)
    assert page.evaluate(SIDEWAYS) == []
    small = page.evaluate(
        """() => [...document.querySelectorAll('.h-moderation button')].filter((button) => button.checkVisibility())
            .map((button) => [button.textContent, button.getBoundingClientRect()])
            .filter(([, box]) => box.height < 48 || box.width < 48).map(([words]) => words)"""
    )
    assert small == []
    page.get_by_role("button", name="Keys").click()
    page.evaluate(AXE)
    grave = [one for one in page.evaluate(EXAMINE) if one["impact"] in GRAVE]
    assert grave == []
    named(page, "Guest 001").get_by_role("button", name="Let in: Guest 001", exact=True).tap()
    expect(named(page, "Guest 001").get_by_text("A name", exact=True)).to_be_visible()
    author.disconnect()


def name_of(server: Server, keys: dict[str, str]) -> str:
    return server.office.admission.resolve(keys["participant"]).ceremony_id
