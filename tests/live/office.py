"""Somebody who signs in, as far as the server can tell: a browser that keeps its cookies, and opens a console."""

import re
from typing import Any

import requests

from tests.live.client import PATIENCE_S, Person, eventually
from tests.live.conftest import Server

AMINA, BRUNO = "amina@museum.example", "bruno@museum.example"
PASSWORD = "snow on the well"


class Organizer:
    """One browser at the pages of those who sign in."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.browser = requests.Session()

    def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = self.browser.post(self.server.url + path, json=body, timeout=PATIENCE_S * 2)
        return answer.status_code, answer.json()

    def get(self, path: str) -> tuple[int, str]:
        answer = self.browser.get(self.server.url + path, timeout=PATIENCE_S, allow_redirects=False)
        return answer.status_code, answer.text

    def sign_in(self, mail: str = AMINA, password: str = PASSWORD) -> "Organizer":
        status, answer = self.post("/api/sign-in", mail=mail, password=password)
        assert (status, answer) == (200, {"ok": True, "next": "/desk"})
        return self

    def open_console(self, ceremony: str) -> Person:
        """Come in without a link."""
        status, answer = self.post(f"/api/desk/{ceremony}/enter")
        assert status == 200, answer
        person = Person(self.server.url, "")
        person.token, person.ceremony = answer["token"], ceremony
        person.participant_id = answer["participant"]["id"]
        return person.connect()


def set_up_code(server: Server) -> str:
    """What the server showed at its start."""

    def shown() -> str:
        found = [re.search(r"set-up code, .*: ([A-Z2-9-]{19})$", line) for line in server.console]
        return next((one[1] for one in found if one is not None), "")

    code: str = eventually(shown, "the set-up code")
    return code


def first_admin(server: Server) -> Organizer:
    """Amina, who has set the server up."""
    amina = Organizer(server)
    status, answer = amina.post("/api/setup", code=set_up_code(server), mail=AMINA, name="Amina", password=PASSWORD)
    assert (status, answer) == (200, {"ok": True, "next": "/desk"})
    return amina


def mailed_link(server: Server, after: int = 0) -> str:
    """The token in a mail that was printed, of those after so many."""

    def printed() -> str:
        links = [found[1] for line in server.console if (found := re.search(r"/sign-in/(\S+)$", line)) is not None]
        return links[after] if len(links) > after else ""

    token: str = eventually(printed, "a mail")
    return token
