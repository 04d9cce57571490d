"""An organizer in a browser: sets the server up, signs in and out, opens a console, is disabled; each page examined."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from memorata.services.accounts import OPERATOR
from tests.browser.conftest import Sit
from tests.browser.evening import short
from tests.browser.test_accessibility import NARROW, Examiner
from tests.live.conftest import Server, now_ms
from tests.live.office import AMINA, BRUNO, PASSWORD, set_up_code

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture
def examiner() -> Iterator[Examiner]:
    examiner = Examiner()
    yield examiner
    assert examiner.found == []


def sign_in(page: Page, mail: str = AMINA, password: str = PASSWORD) -> None:
    form = page.locator("form").first
    form.get_by_label("Mail address").fill(mail)
    form.get_by_label("Password", exact=True).fill(password)
    form.get_by_role("button", name="Sign in").click()


def test_from_the_set_up_to_the_console(server: Server, sit: Sit, examiner: Examiner) -> None:
    server.plan(short(now_ms() + 600_000))
    page, narrow = sit(f"{server.url}/desk"), sit(f"{server.url}/setup", **NARROW)
    expect(page).to_have_url(f"{server.url}/setup")
    examiner.look(page, "set-up", narrow=narrow)
    page.get_by_label("Set-up code").fill(set_up_code(server).lower())
    page.get_by_label("Name").fill("Amina")
    page.get_by_label("Mail address").fill(AMINA)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name="Make the first account").press("Enter")
    expect(page.get_by_role("heading", name="The organizers' desk")).to_be_visible()
    for drawer in page.locator("summary").all():
        drawer.click()
    examiner.look(page, "desk")

    # Somebody else is added, and the page shows it.
    adding = page.locator("form[data-post='/api/accounts']")
    adding.get_by_label("Name").fill("Bruno")
    adding.get_by_label("Mail address").fill("bruno")
    adding.get_by_role("button", name="Add").click()
    expect(page.get_by_text(BRUNO)).to_have_count(0)  # the browser itself says that this is no address
    adding.get_by_label("Mail address").fill(BRUNO)
    adding.get_by_role("button", name="Add").click()
    expect(page.get_by_text(BRUNO)).to_be_visible()

    page.get_by_role("link", name="Links to hand on").click()
    expect(page.get_by_role("heading", name="For hosts")).to_be_visible()
    narrow.context.add_cookies(page.context.cookies())
    narrow.goto(page.url)
    examiner.look(page, "links", narrow=narrow)
    narrow.goto(f"{server.url}/desk?lang=ru")
    examiner.look(narrow, "desk in Russian", narrow=narrow)
    page.get_by_role("link", name="Back to the desk").click()

    page.get_by_role("link", name="Open the console").click()
    page.get_by_role("button", name="Open the console").click()
    expect(page.locator(".h-desk")).to_be_visible()
    page.reload()
    expect(page.locator(".h-desk")).to_be_visible()


def test_the_console_says_when_its_account_has_ended(server: Server, sit: Sit, examiner: Examiner) -> None:
    accounts = server.office.accounts
    carla = accounts.add(OPERATOR, "carla@museum.example", "Carla", "organizer", PASSWORD)
    page, narrow = sit(f"{server.url}/sign-in"), sit(f"{server.url}/sign-in?lang=ru", **NARROW)
    examiner.look(page, "sign in", narrow=narrow)
    sign_in(page, carla.mail, PASSWORD)
    page.get_by_role("link", name="Open the console").click()
    page.get_by_role("button", name="Open the console").click()
    expect(page.locator(".h-desk")).to_be_visible()
    accounts.disable(OPERATOR, carla.id)
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    examiner.look(page, "signed out")
    page.get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(f"{server.url}/sign-in")


def test_by_a_link_with_a_new_password_and_out_again(server: Server, sit: Sit, examiner: Examiner) -> None:
    accounts = server.office.accounts
    dora = accounts.add(OPERATOR, "dora@museum.example", "Dora", "organizer")
    page = sit(f"{server.url}/sign-in/{accounts.link(dora.mail)}")
    examiner.look(page, "link", narrow=None)
    field = page.get_by_label("A new password")
    field.fill("the same slow step")
    expect(field).to_have_attribute("type", "password")
    page.get_by_label("Show the password").check()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Dora, organizer")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{server.url}/sign-in")
    sign_in(page, dora.mail, "the same slow step")
    expect(page.get_by_text("Dora, organizer")).to_be_visible()


def test_what_was_wrong_is_said_on_the_page(server: Server, chromium: Browser) -> None:
    # Not by `sit`: a browser tells of an answer of 401 on its console, which is no fault of the page.
    server.office.accounts.add(OPERATOR, "filip@museum.example", "Filip", "organizer", PASSWORD)
    with chromium.new_context(locale="ru") as context:
        page = context.new_page()
        page.goto(f"{server.url}/sign-in")
        form = page.locator("form").first
        form.locator("[name=mail]").fill("filip@museum.example")
        form.locator("[name=password]").fill("wrong")
        form.locator("button[type=submit]").click()
        expect(form.get_by_role("status")).to_have_text("Адрес почты или пароль неверны.")
        expect(form.locator("[name=mail]")).to_have_value("filip@museum.example")


def test_an_admin_disables_by_a_second_press(server: Server, sit: Sit) -> None:
    accounts = server.office.accounts
    emil = accounts.add(OPERATOR, "emil@museum.example", "Emil", "organizer")
    admin = accounts.add(OPERATOR, "ada@museum.example", "Ada", "admin", PASSWORD)
    page = sit(f"{server.url}/sign-in")
    sign_in(page, admin.mail)
    button = page.locator(f"form:has(input[value='{emil.id}']) button")
    expect(button).to_have_text("Disable Emil")
    button.click()
    expect(button).to_have_text("Press again to disable")
    assert next(one for one in accounts.all(OPERATOR) if one.id == emil.id).disabled_ms is None
    button.click()
    expect(page.locator(".people > li").filter(has_text="emil@")).to_contain_text("disabled")
