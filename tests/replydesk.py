"""The pages for replies behind the gate, over a post room: asked in this process, or served to a browser."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client, TestResponse

from memorata.adapters.http import errors, media, pages, replies, watch
from memorata.adapters.http.gate import Gate
from memorata.adapters.http.house import House
from memorata.adapters.http.limits import limit
from memorata.adapters.http.security import protect
from memorata.adapters.http.showing import prepare
from memorata.adapters.letters import Letters
from memorata.config import Settings
from memorata.services.planning_ports import Answer, Contact
from tests.fakes import FakeSecurityLog
from tests.postroom import AIGERIM, BRUNO, CHIYO, KEY, PostRoom

SITE = "https://memory.example.org"
FORM = "application/x-www-form-urlencoded"


class Desk:
    """Without a `site` it is at home, under any address of this machine."""

    def __init__(self, folder: Path, *people: Contact, site: str = "") -> None:
        self.room = PostRoom(*(people or (AIGERIM, BRUNO, CHIYO)), compose=Letters(site or SITE))
        settings = Settings(folder, "", b"k" * 32, base_url=site or SITE, base_url_given=bool(site))
        nobody: Any = None  # whom these pages do not ask
        house = House(
            settings,
            self.room.clock,
            self.room.ceremonies,
            nobody,
            nobody,
            nobody,
            self.room.inviting,
            nobody,
            nobody,
            nobody,
        )
        self.app = Flask("memorata", static_folder=None)
        prepare(self.app)
        self.app.after_request(protect)
        limit(self.app, FakeSecurityLog(), 0)
        self.app.register_blueprint(pages.blueprint(house, self.room.book))
        for part in (errors, media, watch):
            self.app.register_blueprint(part.blueprint(house))
        self.app.register_blueprint(replies.blueprint(house, self.room.reminding, Letters(site or SITE)))
        self.asked: list[str] = []
        self._gate = Gate(settings, FakeSecurityLog()).before(self.app.wsgi_app)
        self.browser = Client(self._gate)
        self.bruno = f"/r/{self.room.token(BRUNO)}"

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, base_url=SITE, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def post(self, path: str, data: str, kind: str = FORM, **headers: str) -> TestResponse:
        sent = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return self.browser.post(path, base_url=SITE, data=data.encode(), headers=sent)

    def answer(self) -> Answer:
        return self.room.contacts.asked["leningrad", KEY, "bruno"].answer

    def writes_to_bruno(self) -> bool:
        return self.room.contacts.known["bruno"].unsubscribed_ms is None

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve the pages at an address of this machine; `asked` are the methods and paths."""
        asked = self.asked

        class Quiet(WSGIRequestHandler):
            def log_request(self, *_: object) -> None:
                asked.append(f"{self.command} {self.path}")

        server = make_server("127.0.0.1", 0, self._gate, threaded=True, request_handler=Quiet)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
