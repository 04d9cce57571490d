"""The links of a reminder in a browser: one press in the mail is enough, and without scripts it is one press more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.builders import START_MS
from tests.postroom import AIGERIM, BRUNO, KEY, PostRoom
from tests.replydesk import Desk

pytestmark = pytest.mark.browser

NARROW: Any = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LONG = replace(AIGERIM, name="Айгерим Сейдахметқызы Бекболатова-Нұрғалиева")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, LONG, BRUNO)


@pytest.fixture
def site(desk: Desk) -> Iterator[str]:
    with desk.served() as found:
        yield found


def answer_of(room: PostRoom, who: str = "bruno") -> str:
    return room.contacts.asked["leningrad", KEY, who].answer


def test_a_press_in_the_mail_is_enough(desk: Desk, site: str, chromium: Browser) -> None:
    page = chromium.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto("about:blank")
    page.goto(f"{site}{desk.bruno}?answer=coming")
    expect(page.get_by_role("status")).to_contain_text("We expect you on Wednesday, 27 January 2027, 06:00")
    assert answer_of(desk.room) == "coming"
    assert "answer=" not in page.url
    presses = [one for one in desk.asked if one.startswith("POST")]
    assert len(presses) == 1
    page.reload()
    page.go_back()
    page.go_forward()
    expect(page.get_by_role("status")).to_be_visible()
    assert [one for one in desk.asked if one.startswith("POST")] == presses, "looking again is no second answer"
    page.get_by_role("button", name="I cannot come after all").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you for telling us.")
    assert answer_of(desk.room) == "cannot"
    assert said == []
    page.close()


def test_without_scripts_it_is_one_press_more(desk: Desk, site: str, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}{desk.bruno}?answer=cannot")
    assert answer_of(desk.room) == ""
    page.get_by_role("button", name="I cannot come").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you for telling us.")
    assert answer_of(desk.room) == "cannot"
    page.goto(f"{site}{desk.bruno}/unsubscribe")
    page.get_by_role("button", name="Do not write to me any more").click()
    expect(page.get_by_role("heading", name="You get no more mails")).to_be_visible()
    assert desk.room.contacts.known["bruno"].unsubscribed_ms is not None
    context.close()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("text_size", ["100%", "200%"])
def test_it_fits_a_small_telephone_and_large_text(
    desk: Desk, site: str, chromium: Browser, text_size: str, tmp_path: Path
) -> None:
    context = chromium.new_context(**NARROW)
    page = context.new_page()

    def look(path: str, name: str) -> None:
        page.goto(f"{site}{path}")
        page.evaluate("size => { document.documentElement.style.fontSize = size }", text_size)
        assert fits(page), name
        for button in page.locator(".reply button, .links a").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 56, name
            assert box["x"] >= 0, name
            assert box["x"] + box["width"] <= 360, name
        page.screenshot(path=tmp_path / f"{name}-{text_size.rstrip('%')}.png", full_page=True)

    aigerim = f"/r/{desk.room.token(LONG)}"
    look(aigerim, "asked")
    look(f"{aigerim}/unsubscribe", "unsubscribe")
    desk.room.reminding.answer(desk.room.token(LONG), "coming")
    look(aigerim, "coming")
    desk.room.reminding.answer(desk.room.token(LONG), "cannot")
    look(aigerim, "cannot")
    desk.room.reminding.unsubscribe(desk.room.token(LONG))
    look(f"{aigerim}/unsubscribe", "unsubscribed")
    desk.room.clock.at_ms = START_MS + 10**8
    look(aigerim, "over")
    context.close()
