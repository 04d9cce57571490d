"""T7: markup and scripts in any field that a person can write are drawn as what they are: letters."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from memorata.domain import items as i
from memorata.domain.programme import Delegation, Programme
from memorata.services.inviting import Guest
from tests.browser.conftest import PATIENCE_MS
from tests.browser.test_ceremony import open_console
from tests.builders import a_programme, an_item
from tests.live.client import Person
from tests.live.conftest import Server, now_ms

pytestmark = [pytest.mark.hostile, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parents[2]

MARK = "window.hit=1"
PAYLOADS = (
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f"<svg onload={MARK}>",
    f'"><svg/onload={MARK}>',
    f"' autofocus onfocus={MARK} x='",
    f"</script><script>{MARK}//",
    f"javascript:{MARK}",
    "<iframe srcdoc='<script>top.hit=1</script>'>",
    "<base href=https://evil.example/>",
    "<style>*{display:none}</style>",
    f"<a href=javascript:{MARK}>x</a>",
    "{{7*7}}${7*7}{%raw%}",
    f"<math><mtext></math><img src onerror={MARK}>",
    "<!--</title><script>-->",
    "&lt;img src=x onerror=alert(1)&gt;",
    f"<details open ontoggle={MARK}>",
)
LONG = " ".join(PAYLOADS)


def hostile(words: str) -> i.Text:
    return {"en": words}


def programme(ceremony_id: str) -> Programme:
    """A ceremony whose every text is hostile: organizers paste from anywhere."""
    everything = [
        an_item("lobby", i.Lobby(), 900),
        an_item("words", i.Address(hostile(PAYLOADS[1]), hostile(PAYLOADS[0])), 600, text=hostile(LONG)),
        an_item("memories", i.Testimony((i.Witness(hostile(PAYLOADS[3]), community=hostile(PAYLOADS[4])),), 60), 60),
        an_item(
            "wreaths",
            i.WreathLaying(
                mode="live", wreaths=(i.Wreath(hostile(PAYLOADS[5]), "BR", ribbon=hostile(PAYLOADS[2])),), slot_s=60
            ),
            60,
        ),
        an_item("poem", i.Reading(author=hostile(PAYLOADS[6]), rights=PAYLOADS[7]), 60, text=hostile(LONG)),
        an_item("names", i.Names(names=(i.NameRead(PAYLOADS[0], note=PAYLOADS[1]),)), 60),
        an_item("wishes", i.Wishes(prompt=hostile(PAYLOADS[8]), max_chars=400), 600),
        an_item("farewell", i.Closing(words=hostile(LONG)), 60),
    ]
    items = [replace(item, title=hostile(f"{item.id} {PAYLOADS[n]}")) for n, item in enumerate(everything)]
    return replace(
        a_programme(ceremony_id, at_ms=now_ms() + 600_000, items=items),
        title=hostile(PAYLOADS[0]),
        subject=hostile(LONG),
        organizer=PAYLOADS[2],
        telephone=PAYLOADS[3],
        delegations=(Delegation(hostile(PAYLOADS[5]), "BR"),),
        countries={"BR": hostile(PAYLOADS[1])},
    )


class Witnesses:
    """What went wrong on any page: something ran, opened, left the site, or was stopped by the policy."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.told: list[str] = []

    def watch(self, page: Page) -> Page:
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('POLICY ' + e.violatedDirective + ' ' + e.blockedURI + ' ' + e.sample))"
        )
        page.on("dialog", lambda dialog: (self.told.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.told.append(f"{page.url}: {error}"))
        page.on("console", lambda said: said.type == "error" and self.told.append(f"{page.url}: {said.text}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("popup", lambda popup: self.told.append(f"popup {popup.url}"))
        return page

    def _asked(self, url: str) -> None:
        if not url.startswith((self.home, "data:", "blob:", self.home.replace("http", "ws"))):
            self.told.append(f"asked {url}")


@pytest.mark.browser
def test_nothing_that_is_written_anywhere_runs_anywhere(
    server: Server, people: Callable[..., Person], chromium: Browser
) -> None:
    keys = server.plan(programme("markup"))
    host = people(server, keys["host"], name=PAYLOADS[0])
    writers = [
        people(server, keys["participant"], name=payload[:60], community=payload[:80], country="BR", consent="full")
        for payload in PAYLOADS
    ]
    for writer, payload in zip(writers, PAYLOADS, strict=True):
        asked = writer.command("floor.request", entry_kind="poem", name=payload[:60], community=payload[:80], text=LONG)
        assert asked["ok"], asked
    assert host.command("item.cue", item_id="wishes", aimed_cue=0)["ok"]

    (hana,) = server.office.inviting.make("markup", [Guest(PAYLOADS[0][:60], PAYLOADS[0][:80], role="host")])
    witnesses = Witnesses(server.url)
    context = chromium.new_context(locale="en", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    pages: dict[str, Page] = {}
    for name, path in {
        "list": "/",
        "programme": "/c/markup",
        "calendar": "/c/markup/watch?lang=en&x=%3Cscript%3Ewindow.hit=1%3C/script%3E",
        "watch": "/c/markup/watch",
        "embed": "/embed/markup",
        "participant": f"/e/{keys['participant']}",
        "hall": f"/e/{keys['participant']}/hall",
        "host": f"/h/{hana.key}",
    }.items():
        pages[name] = witnesses.watch(context.new_page())
        pages[name].goto(server.url + path)
    pages["lost"] = witnesses.watch(context.new_page())
    pages["lost"].route("**/lost", lambda route: route.fulfill(body="", content_type="text/html"))
    for said in (f"/c/{PAYLOADS[0]}", f"/e/{PAYLOADS[1]}"):
        assert f"{PAYLOADS[0]}" not in pages["lost"].request.get(server.url + said).text()

    open_console(pages["host"])
    pages["participant"].locator("button[data-main]").click()
    expect(pages["participant"].locator(".bar")).to_be_visible()

    deadline = writers[0].at(host.state.seq)
    assert deadline.state.seq >= 1
    pages["participant"].wait_for_function(
        "() => document.querySelector('.audience')?.dataset.shown?.endsWith('-wishes')", timeout=PATIENCE_MS
    )
    for writer, payload in zip(writers, PAYLOADS, strict=True):
        offered = writer.command(
            "wish.offer", item_id="wishes", text=payload, name=payload[:60], community=payload[:80]
        )
        assert offered["ok"], offered
    host.sync()
    for wish in host.state.tributes.wishes:
        assert host.command("wish.release", wish_id=wish.id)["ok"]
    first = host.state.floor.entries[0].id
    assert host.command("floor.call", entry_id=first)["ok"]

    # Shown as letters, wherever it is shown.
    expect(pages["participant"].get_by_text(PAYLOADS[0]).first).to_be_visible()
    expect(pages["host"].get_by_text(PAYLOADS[1]).first).to_be_visible()
    for name in ("list", "programme"):
        expect(pages[name].get_by_text(PAYLOADS[0]).first).to_be_attached()
    for item_id in ("words", "memories", "wreaths", "poem", "names", "farewell"):
        host.sync()
        assert host.command("item.cue", item_id=item_id, aimed_cue=host.state.progress.cues)["ok"]
        pages["participant"].wait_for_function(
            f"() => document.querySelector('.audience')?.dataset.shown?.endsWith('-{item_id}')", timeout=PATIENCE_MS
        )
    for name, page in pages.items():
        page.bring_to_front()
        page.wait_for_timeout(150)
        assert page.evaluate("() => window.hit === undefined"), name
        assert (
            page.evaluate("() => document.querySelectorAll('[onerror],[onload],[onfocus],base[href]').length") == 0
        ), name
    assert witnesses.told == []
    context.close()


@pytest.mark.browser
def test_the_browser_itself_would_refuse_markup_and_code_from_text(server: Server, chromium: Browser) -> None:
    """Were there a mistake in a page one day, the policy still stands behind it."""
    keys = server.plan(a_programme("refusing", at_ms=now_ms() + 600_000))
    context = chromium.new_context()
    for path in ("/", "/c/refusing/watch", f"/h/{keys['host']}"):
        page = context.new_page()
        page.goto(server.url + path)
        for attempt in (
            "() => { document.body.innerHTML = '<b>x</b>' }",
            "() => { document.body.insertAdjacentHTML('beforeend', '<b>x</b>') }",
            "() => { document.createElement('script').text = 'window.hit=1' }",
            "() => { document.createElement('script').src = 'https://evil.example/x.js' }",
            "() => { document.createElement('iframe').srcdoc = '<b>x</b>' }",
            "() => { trustedTypes.createPolicy('default', { createHTML: (s) => s }) }",
            "() => { new Worker('/x.js') }",
        ):
            refused = page.evaluate(f"() => {{ try {{ ({attempt})(); return '' }} catch (e) {{ return e.name }} }}")
            assert refused in ("TypeError", "SecurityError"), (path, attempt, refused)
        page.close()
    context.close()


MAKING_MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|dangerouslySetInnerHTML|\beval\(|new Function|srcdoc"
    r"|setHTML|createContextualFragment|DOMParser|javascript:|\|\s*safe\b"
)


def test_nothing_of_ours_makes_markup_of_text() -> None:
    sources = [
        *(ROOT / "client/src").rglob("*.ts*"),
        *(ROOT / "server/memorata/templates").rglob("*"),
        *(ROOT / "server/memorata/static").rglob("*.js"),
    ]
    assert len(sources) > 100
    assert [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sources
        if path.is_file() and (found := MAKING_MARKUP.search(path.read_text()))
    ] == []


def test_markup_is_made_in_two_places_of_the_server() -> None:
    """Of pages and of mails, where it is escaped beside it."""
    makers = sorted(path.name for path in (ROOT / "server/memorata").rglob("*.py") if "Markup(" in path.read_text())
    assert makers == ["layout.py", "showing.py"]
