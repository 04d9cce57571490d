"""An organizer on an empty site: makes Remembrance Sunday, changes the programme, rehearses, publishes, invites three
people; their mails arrive at a real mail server, with a calendar file that parses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Sit
from tests.browser.test_accessibility import NARROW, Examiner
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.office import AMINA, PASSWORD, set_up_code
from tests.mailbox import PlainMailbox, calendar_of, text_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PEOPLE = "name,community,language,zone,mail\nVera,Yerevan,ru,Asia/Yerevan,vera@a.example\n" + (
    "Bruno,,en,America/New_York,bruno@b.example\nChiyo,,en,Asia/Tokyo,chiyo@c.example\n"
)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[PlainMailbox]:
    with PlainMailbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, mailbox: PlainMailbox) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("house")
    started = Server(
        folder,
        MEMORATA_SMTP_URL=mailbox.url,
        MEMORATA_MAIL_FROM="memory@museum.example",
        MEMORATA_LINK_CHECKS="off",
    ).start()
    yield started
    started.stop()
    assert started.defects() == []


@pytest.fixture
def examiner() -> Iterator[Examiner]:
    examiner = Examiner()
    yield examiner
    assert examiner.found == []


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".p-saved")).to_be_visible()


def test_from_an_empty_site_to_three_invitations(
    server: Server, sit: Sit, mailbox: PlainMailbox, examiner: Examiner
) -> None:
    page, narrow = sit(f"{server.url}/setup"), sit(f"{server.url}/setup", **NARROW)
    page.get_by_label("Set-up code").fill(set_up_code(server))
    page.get_by_label("Mail address").fill(AMINA)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Make the first account").click()
    page.get_by_role("link", name="Planning").click()
    expect(page.get_by_text("Make the first one")).to_be_visible()
    narrow.context.add_cookies(page.context.cookies())
    narrow.goto(page.url)
    examiner.look(page, "planning, empty", narrow=narrow)

    # The rule, and its dates while it is being typed.
    page.goto(f"{server.url}/plan/series/new")
    page.get_by_label("English").first.fill("Remembrance Sunday")
    page.get_by_label("Short name for its address").fill("remembrance")
    page.get_by_label("On a weekday of a month").check()
    page.get_by_label("Which", exact=False).first.select_option(label="second")
    page.get_by_label("Weekday", exact=True).first.select_option(label="Sunday")
    page.get_by_label("Month", exact=True).first.select_option(label="November")
    page.get_by_label("Time", exact=True).fill("11:00")
    page.get_by_label("By the clocks of").fill("London")
    page.get_by_role("option", name="London").first.click()
    page.get_by_label("Where the date comes from").fill("The custom of the town")
    expect(page.get_by_text("the second Sunday of November")).to_be_visible()
    expect(page.get_by_text("14 November 2027")).to_be_visible()
    narrow.goto(page.url)
    examiner.look(page, "a new series", narrow=narrow)
    save(page)

    # The programme: a minute longer, and one item more.
    page.goto(f"{server.url}/plan/series/remembrance/programme")
    page.get_by_role("button", name="Later").first.click()
    save(page)
    narrow.goto(page.url)
    examiner.look(page, "the programme", narrow=narrow)

    # Shown from now on.
    page.goto(f"{server.url}/plan/series/remembrance")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Public page")).to_be_visible()

    # People, and a rehearsal that nobody else sees.
    page.goto(f"{server.url}/plan/series/remembrance/people")
