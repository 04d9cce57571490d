"""Letters of invitation as one file, which a browser opens and prints without any server."""

import re
from collections.abc import Sequence

from flask import Flask

from memorata.adapters.http import app as pages
from memorata.adapters.http.letters import letters_page
from memorata.adapters.http.showing import tongue_for
from memorata.domain.state import planned
from memorata.resources import static_dir
from memorata.services.inviting import Issued

_STYLE = re.compile(r'<link rel="stylesheet"[^>]*>')
_ICON = re.compile(r'<link rel="icon"[^>]*>')


def file_of(services: pages.Needs, ceremony_id: str, issued: Sequence[Issued]) -> str:
    """The letters as one file with its style inside, in the first language of the ceremony.

    Raises: Refused: `ceremony.not_planned`.
    """
    programme = planned(services.ceremonies.state(ceremony_id))
    app = Flask("memorata", static_folder=None)
    pages.register(app, services)
    with app.test_request_context("/", query_string={"lang": programme.languages[0]}):
        app.preprocess_request()
        tongue_for(programme)
        page = letters_page(services.settings.base_url, programme, issued)
    style = (static_dir() / "page.css").read_text(encoding="utf-8")
    return _ICON.sub("", _STYLE.sub(lambda _: f"<style>{style}</style>", page))
