"""Who comes in, as people see it: by an invitation, by knocking, by a number read out; and links for one browser."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from memorata.services.inviting import Guest
from tests.browser.conftest import PHONE, Sit, ru
from tests.browser.evening import short
from tests.browser.test_ceremony import open_console
from tests.live.conftest import Server, now_ms, pin_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def keys(server: Server) -> dict[str, str]:
    return server.plan(replace(short(now_ms() + 600_000, "doors"), door="knock"))


def test_the_door(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    host = open_console(sit(f"{server.url}/h/{keys['host']}"))
    public = f"{server.url}/e/{keys['participant']}"

    # Somebody knocks, and is let in by the door that opens, without another press.
    anna = sit(public, locale="ru-RU", **PHONE)
    anna.locator("button[data-main]").click()
    expect(anna.get_by_role("heading", name=ru("Please wait a moment at the door"))).to_be_visible()
    tab(host, "People")
    host.get_by_role("button", name="Open", exact=True).click()
    expect(anna.locator(".bar")).to_be_visible()

    # Closed, it lets nobody new in; those inside stay, those invited walk in, and watching needs no door.
    host.get_by_role("button", name="Closed", exact=True).click()
    expect(host.get_by_role("button", name="Closed", exact=True)).to_have_attribute("aria-pressed", "true")
    stranger = sit(public)
    stranger.locator("button[data-main]").click()
    expect(stranger.get_by_role("heading", name="The doors are closed")).to_be_visible()
    expect(anna.locator(".bar")).to_be_visible()
    (vera,) = server.office.inviting.make("doors", [Guest("Vera Sokolova", "Yerevan")])
    guest = sit(f"{server.url}/e/{vera.key}")
    guest.locator("button[data-main]").click()
    expect(guest.locator(".bar")).to_be_visible()
    stranger.get_by_role("link", name="Watch the ceremony").click()
    expect(stranger.get_by_role("heading", name="Unconquered")).to_be_visible()

    # Taken back, the invitation puts its person out.
    server.office.inviting.revoke("doors", [vera.invitation.id])
    guest.reload()
    expect(guest.get_by_role("heading", name="This link is no longer in use")).to_be_visible()


def test_a_hosts_link_in_a_second_browser_wants_its_pin(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    (hana,) = server.office.inviting.make("doors", [Guest("Hana", role="host")])
    address = f"{server.url}/h/{hana.key}"
    open_console(sit(address))
    second = sit(address)
    second.get_by_role("button", name="Open the console").click()
    pin = second.get_by_label("PIN of this link")
    expect(pin).to_be_visible()
    pin.fill("000000" if hana.pin != "000000" else "111111")
    second.get_by_role("button", name="Open the console").click()
    expect(second.get_by_text("This is not the PIN of this link.")).to_be_visible()
    assert hana.pin == pin_of(hana.key)
    pin.fill(hana.pin or "")
    second.get_by_role("button", name="Open the console").click()
    expect(second.locator("#next")).to_be_visible()


def test_a_host_invites_prints_and_takes_back(server: Server, sit: Sit, keys: dict[str, str]) -> None:
    (hana,) = server.office.inviting.make("doors", [Guest("Hugo", role="host")])
    host = open_console(sit(f"{server.url}/h/{hana.key}"))
    tab(host, "Invitations")
    panel = host.locator(".h-invitations")
    panel.get_by_label("Name", exact=True).fill("Bruno Alves")
    panel.get_by_label("Town, association or family (may stay empty)").fill("Recife")
    panel.get_by_role("button", name="Invite", exact=True).click()
    expect(panel.get_by_text("1 person has been invited.")).to_be_visible()

    panel.get_by_text("Invite a list").first.click()
    table = panel.get_by_label("Or paste the table here")
    table.fill("name;country\nТаисия Орлова;KG\n;RU\n")
    panel.get_by_role("button", name="Invite everybody in the list").click()
    expect(panel.get_by_text("Line 3, name: empty or too long")).to_be_visible()
    table.fill("name;country\nТаисия Орлова;KG\nГенрих Адлер;IL\n")
    panel.get_by_role("button", name="Invite everybody in the list").click()
    expect(panel.get_by_text("2 people have been invited.")).to_be_visible()

    with host.context.expect_page() as opened:
        panel.get_by_role("button", name="Letter: Таисия Орлова").click()
    letter = opened.value
    expect(letter.locator(".letter")).to_have_count(1)
    expect(letter.get_by_role("heading", name="Таисия Орлова")).to_be_visible()
    code = letter.locator(".letter-code").inner_text()

    # Whoever is rung up reads the number out, and a helper types it.
    helper = sit(f"{server.url}/c/doors/code", **PHONE)
    field = helper.get_by_label("The six digits of your letter")
    field.fill("12")
    helper.get_by_role("button", name="Come in").click()
    expect(helper.get_by_text("This number is not known here.")).to_be_visible()
    field.fill(code)
    helper.get_by_role("button", name="Come in").click()
    helper.locator("button[data-main]").click()
    expect(helper.locator(".bar")).to_be_visible()

    gone = panel.get_by_role("button", name="Take back: Bruno Alves")
    gone.click()
    sure = panel.get_by_role("button", name="Yes, take the invitation of Bruno Alves back")
    expect(sure).not_to_have_attribute("aria-disabled", "true")
    sure.click()
    expect(panel.get_by_text("Bruno Alves")).to_have_count(0)


def tab(host: Page, name: str) -> None:
    host.get_by_role("tab", name=re.compile(rf"^{name}")).click()
