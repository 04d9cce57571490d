"""An organizer on an empty site: makes Remembrance Sunday, changes the programme, rehearses, publishes, invites three
people; their mails arrive at a real mail server, with a calendar file that parses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.test_accessibility import NARROW, Examiner
from tests.live.client import eventually
from tests.live.conftest import Server
from tests.live.office import AMINA, PASSWORD, set_up_code
from tests.mailbox import PlainMailbox, calendar_of, text_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PEOPLE = """name,community,language,zone,mail
Vera,Yerevan,ru,Asia/Yerevan,vera@a.example
Bruno,,en,America/New_York,bruno@b.example
Chiyo,,en,Asia/Tokyo,chiyo@c.example
"""


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
    editor = page.locator(".e-editor")
    editor.get_by_label("English").first.fill("Remembrance Sunday")
    editor.get_by_label("Short name for its address").fill("remembrance")
    editor.get_by_label("On a weekday of a month").check()
    editor.get_by_label("Which", exact=True).select_option(label="the second")
    editor.get_by_label("Month", exact=True).select_option(label="November")
    editor.get_by_label("Time", exact=True).fill("11:00")
    editor.get_by_role("combobox", name="By the clocks of").fill("London")
    page.get_by_role("option", name="London").first.click()
    editor.get_by_label("Where the date comes from").fill("The custom of the town")
    expect(page.locator(".e-results")).to_contain_text("the second Sunday of November")
    expect(page.locator(".e-results")).to_contain_text("Sunday, 14 November 2027")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page).to_have_url(f"{server.url}/plan/series/remembrance/edit")
    narrow.goto(f"{server.url}/plan/series/remembrance/edit")
    expect(narrow.locator(".e-results")).to_contain_text("14 November 2027")
    examiner.look(page, "the series", narrow=narrow)

    # The programme: the silence comes first now.
    page.goto(f"{server.url}/plan/series/remembrance/programme")
    silence = page.locator(".e-items > .e-ordered > .e-rows > li").filter(has_text="Silence")
    silence.get_by_role("button", name="Earlier").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".p-saved")).to_contain_text("Undo")
    narrow.goto(page.url)
    expect(narrow.get_by_text("Everything is saved")).to_be_visible()
    examiner.look(page, "the programme", narrow=narrow)

    # Shown from now on.
    page.goto(f"{server.url}/plan/series/remembrance")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Public page")).to_be_visible()
    examiner.look(page, "one series")

    # A rehearsal that only those with its links see.
    date = f"{server.url}/plan/series/remembrance/on/2027-11-14"
    page.goto(f"{date}/rehearsal")
    page.get_by_role("button", name="Rehearse").first.click()
    expect(page.get_by_role("button", name="Wipe it").first).to_be_visible()
    (rehearsal,) = server.office.planning.shelves.archives.rehearsals()
    assert rehearsal.ceremony_id.startswith("remembrance-2027-rehearsal-")
    public = narrow.context.request.get(f"{server.url}/c/{rehearsal.ceremony_id}")
    assert public.status == 404
    home = narrow.context.request.get(server.url).text()
    assert "/s/remembrance" in home
    assert "rehearsal" not in home
    keys = server.office.admission.links(rehearsal.ceremony_id)
    guest = sit(f"{server.url}/e/{keys['participant']}")
    expect(guest.get_by_text("This is a rehearsal.")).to_be_visible()
    page.get_by_role("button", name="Wipe it").first.click()
    page.get_by_role("button", name="Press again to wipe the rehearsal").click(delay=1_000)
    expect(page.get_by_role("button", name="Rehearse").first).to_be_visible()
    link = f"{server.url}/e/{keys['participant']}"
    eventually(lambda: narrow.context.request.get(link).status == 404, "the end of the rehearsal's links")

    # Three people, by a table; all of them invited by mail.
    page.goto(f"{server.url}/plan/series/remembrance/people")
    page.get_by_text("Read in a table").click()
    page.get_by_label("Or put the table in here").fill(PEOPLE)
    page.get_by_role("button", name="Read it in").click()
    expect(page.get_by_text("Chiyo", exact=True)).to_be_visible()
    narrow.goto(page.url)
    expect(narrow.get_by_text("Chiyo", exact=True)).to_be_visible()
    examiner.look(page, "people", narrow=narrow)
    page.goto(f"{date}/people")
    page.get_by_role("button", name="Invite people of the series").click()
    page.get_by_role("button", name="Choose all: 3").click()
    page.get_by_role("button", name="Invite: 3").click()
    expect(page.get_by_text("3 people are invited.")).to_be_visible()
    narrow.goto(page.url)
    examiner.look(page, "guests", narrow=narrow)
    page.get_by_role("button", name="Send to all who can be reached: 3").click()
    page.get_by_role("button", name="Press again to send mails: 3").click(delay=1_000)
    eventually(lambda: len(mailbox.arrived) == 3, "three mails")

    by_name = {str(mail["To"]): mail for mail in mailbox.arrived}
    assert set(by_name) == {"vera@a.example", "bruno@b.example", "chiyo@c.example"}
    for mail in by_name.values():
        _, _, event = calendar_of(mail)
        start = event.get("DTSTART").dt
        assert start.isoformat() == "2027-11-14T11:00:00+00:00"
        assert "/e/" in text_of(mail)
    assert "06:00" in text_of(by_name["bruno@b.example"])
    assert "20:00" in text_of(by_name["chiyo@c.example"])
    assert "15:00" in text_of(by_name["vera@a.example"])
    assert "Здравствуйте" in text_of(by_name["vera@a.example"]) or "Вера" in text_of(by_name["vera@a.example"])

    # One press in the mail is the answer, and the organizer sees it.
    link = next(line.strip() for line in text_of(by_name["bruno@b.example"]).splitlines() if "answer=coming" in line)
    bruno = sit(link)
    expect(bruno.get_by_text("Thank you", exact=False).first).to_be_visible()
    page.goto(f"{date}/people")
    expect(page.get_by_text("Coming: 1")).to_be_attached()
    page.goto(date)
    examiner.look(page, "one date")
    page.goto(f"{server.url}/plan/calendar?year=2027")
    expect(page.get_by_text("Remembrance Sunday").first).to_be_visible()
    examiner.look(page, "the calendar")
