"""Recordings at a real server: pieces over a line that is cut, what is heard by whom, and gone with the consent."""

import http.client
import json
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from memorata.adapters.store.recordings import SqlRecordings
from memorata.services.recording import AGAIN_MS
from memorata.services.recording_ports import Recording
from tests import filming
from tests.builders import a_programme
from tests.live.client import Person, eventually
from tests.live.conftest import Server, now_ms

PIECE = 65_536


@dataclass
class Answer:
    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)


def ask(server: Server, method: str, path: str, who: Person | None = None, body: bytes = b"", **headers: str) -> Answer:
    line = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    token = {} if who is None else {"Authorization": f"Bearer {who.token}"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request(method, path, body or None, {**token, **given})
    answer = line.getresponse()
    told = Answer(answer.status, answer.headers, answer.read())
    line.close()
    return told


def put(server: Server, who: Person, part: str, offset: int, data: bytes, *, last: bool = False) -> Answer:
    path = f"/api/recordings/{part}/bytes/{offset}{'?last=1' if last else ''}"
    return ask(server, "PUT", path, who, data, Content_Type="application/octet-stream", Content_Length=str(len(data)))


def post(server: Server, who: Person, path: str, body: object | None = None) -> Answer:
    return ask(server, "POST", path, who, json.dumps(body or {}).encode(), Content_Type="application/json")


def cut_short(server: Server, who: Person, part: str, offset: int, data: bytes) -> None:
    """A line that is lost in the middle of a piece."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as line:
        head = (
            f"PUT /api/recordings/{part}/bytes/{offset} HTTP/1.1\r\nHost: {where.netloc}\r\n"
            f"Authorization: Bearer {who.token}\r\nContent-Type: application/octet-stream\r\n"
            f"Content-Length: {len(data)}\r\n\r\n"
        )
        line.sendall(head.encode() + data[: len(data) // 2])


class Evening:
    """Amina leads; Chiyo has agreed to be recorded; Bruno listens. Their films lie below `folder`."""

    def __init__(self, server: Server, people: Callable[..., Person], ceremony_id: str) -> None:
        self.server, self.id = server, ceremony_id
        keys = server.plan(a_programme(ceremony_id, at_ms=now_ms() + 600_000))
        self.amina = people(server, keys["host"], name="Amina")
        self.chiyo = people(server, keys["participant"], name="Chiyo", recording=True)
        self.bruno = people(server, keys["participant"], name="Bruno")
        self.folder = Path(server.environment["MEMORATA_DATA_DIR"]) / "recordings" / ceremony_id

    def begin(self) -> str:
        """As the stage does, from beside the server: the store and the disk are the same."""
        recordings = self.server.office.recordings
        part = recordings.begin(self.id, self.chiyo.participant_id, "ask", "Chiyo", "Osaka", "memories")
        assert part is not None
        return part

    def end(self, part: str) -> None:
        self.server.office.recordings.end(part)
        rows = SqlRecordings(self.server.office.database)
        known = rows.find(part.partition("-")[0])
        assert known is not None
        # As if the time had passed in which whoever comes back goes on in the same recording.
        assert rows.change(known, replace(known, ended_ms=now_ms() - AGAIN_MS))

    def listed(self, who: Person) -> list[Any]:
        found: list[Any] = ask(self.server, "GET", "/api/recordings", who).json["recordings"]
        return found

    def made(self, film: bytes) -> str:
        """A finished recording, which is kept back."""
        part = self.begin()
        for offset in range(0, len(film), PIECE):
            assert put(self.server, self.amina, part, offset, film[offset : offset + PIECE]).status == 200
        assert put(self.server, self.amina, part, len(film), b"", last=True).status == 200
        self.end(part)
        recording_id = part.partition("-")[0]
        eventually(lambda: self.state(recording_id) == "held", "the film to be made", 30)
        return recording_id

    def state(self, recording_id: str) -> str | None:
        found = {one["id"]: str(one["state"]) for one in self.listed(self.amina)}
        return found.get(recording_id)

    def row(self, recording_id: str) -> Recording | None:
        return SqlRecordings(self.server.office.database).find(recording_id)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Longer than one piece."""
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    return filming.made(tmp_path_factory.mktemp("film") / "red.webm", "0xc02020", 8)


@pytest.fixture
def evening(server: Server, people: Callable[..., Person], request: pytest.FixtureRequest) -> Evening:
    return Evening(server, people, f"evening-{abs(hash(request.node.name))}")


def test_pieces_over_a_line_that_is_cut_become_the_film_that_was_sent(
    evening: Evening, film: bytes, tmp_path: Path
) -> None:
    server, amina = evening.server, evening.amina
    part = evening.begin()
    assert put(server, amina, part, 0, film[:40_000]).json == {"size": 40_000}
    cut_short(server, amina, part, 40_000, film[40_000:90_000])
    cut_short(server, amina, part, 40_000, film[40_000:90_000])
    # Whoever did not hear the answer sends the same again, and whoever has gone ahead hears where to go on.
    assert put(server, amina, part, 0, film[:40_000]).json == {"size": 40_000}
    gap = put(server, amina, part, 60_000, film[60_000:61_000])
    assert (gap.status, gap.json["code"], gap.json["facts"]) == (409, "recording.gap", {"wanted": 40_000})
    for offset in range(40_000, len(film), 50_000):
        piece = film[offset : offset + 50_000]
        assert put(server, amina, part, offset, piece).status == 200
        assert put(server, amina, part, offset, piece).json == {"size": min(len(film), offset + 50_000)}
    sent = evening.folder / part.partition("-")[0] / f"{part}.received"
    assert sent.read_bytes() == film
    assert put(server, amina, part, len(film), b"", last=True).json == {"size": len(film)}
    evening.end(part)
    recording_id = part.partition("-")[0]
    eventually(lambda: evening.state(recording_id) == "held", "the film to be made", 30)
    assert not sent.exists()
    answer = ask(server, "GET", f"/api/recordings/{recording_id}.webm", amina)
    got = tmp_path / "got.webm"
    got.write_bytes(answer.data)
    told = filming.holds(got)
    assert (answer.status, told["video"], told["audio"], round(told["seconds"])) == (200, "vp8", "opus", 8)
    red, green, blue = filming.seen(got, 4)
    assert red > 150 > 80 > max(green, blue)
    assert filming.loudness_db(got) > -30


def test_one_that_is_held_is_nobodys_but_the_moderators_and_its_speakers(evening: Evening, film: bytes) -> None:
    server = evening.server
    recording_id = evening.made(film)
    path = f"/api/recordings/{recording_id}.webm"
    assert evening.listed(evening.bruno) == []
    assert [ask(server, "GET", path, who).status for who in (evening.amina, evening.chiyo, evening.bruno)] == [
        200, 200, 404,
    ]  # fmt: skip
    assert ask(server, "GET", path).status == 401
    assert post(server, evening.bruno, f"/api/recordings/{recording_id}/release").status == 403
    assert post(server, evening.amina, f"/api/recordings/{recording_id}/release").status == 200
    (seen,) = evening.listed(evening.bruno)
    part = ask(server, "GET", seen["url"], Range="bytes=0-3")
    assert (part.status, part.data) == (206, b"\x1a\x45\xdf\xa3")
    assert post(server, evening.amina, f"/api/recordings/{recording_id}/hold").status == 200
    assert ask(server, "GET", seen["url"]).status == 404


def test_with_the_consent_goes_the_row_and_the_film(evening: Evening, film: bytes) -> None:
    server = evening.server
    recording_id = evening.made(film)
    post(server, evening.amina, f"/api/recordings/{recording_id}/release")
    assert (evening.folder / recording_id / "film.webm").is_file()
    assert post(server, evening.chiyo, "/api/me/recordings/withdraw").json == {"deleted": 1}
    assert (evening.row(recording_id), evening.folder.exists()) == (None, False)
    assert ask(server, "GET", f"/api/recordings/{recording_id}.webm", evening.amina).status == 404
    assert (
        evening.server.office.recordings.begin(evening.id, evening.chiyo.participant_id, "ask", "", "", "memories")
        is None
    )


def test_with_the_consent_goes_what_is_being_sent_and_the_rest_is_refused(evening: Evening) -> None:
    part = evening.begin()
    assert put(evening.server, evening.amina, part, 0, b"words").status == 200
    assert post(evening.server, evening.chiyo, "/api/me", {"recording": False}).status == 200
    refused = put(evening.server, evening.amina, part, 5, b"more")
    assert (refused.status, refused.json["code"]) == (404, "recording.unknown")
    assert not evening.folder.exists()


def test_who_is_erased_leaves_no_recording(evening: Evening, film: bytes) -> None:
    recording_id = evening.made(film)
    post(evening.server, evening.amina, f"/api/recordings/{recording_id}/release")
    assert post(evening.server, evening.chiyo, "/api/me/erase").status == 200
    assert (evening.row(recording_id), evening.folder.exists()) == (None, False)


def test_nobody_but_a_host_of_this_ceremony_sends_pieces(evening: Evening, people: Callable[..., Person]) -> None:
    part = evening.begin()
    assert put(evening.server, evening.chiyo, part, 0, b"x").json["code"] == "role.not_allowed"
    other = Evening(evening.server, people, f"{evening.id}-other")
    assert put(evening.server, other.amina, part, 0, b"x").json["code"] == "recording.unknown"
    foreign = ask(
        evening.server, "PUT", f"/api/recordings/{part}/bytes/0", evening.amina, b"x",
        Content_Type="application/octet-stream", Origin="https://elsewhere.example",
    )  # fmt: skip
    assert foreign.json["code"] == "request.origin_not_allowed"
    assert not evening.folder.exists()


def test_what_was_left_by_a_server_that_died_is_made_by_the_next(
    own_server: Server, people: Callable[..., Person], film: bytes
) -> None:
    evening = Evening(own_server, people, "evening-of-a-crash")
    part = evening.begin()
    for offset in range(0, len(film), PIECE):
        put(own_server, evening.amina, part, offset, film[offset : offset + PIECE])
    put(own_server, evening.amina, part, len(film), b"", last=True)
    own_server.kill()
    own_server.start()
    recording_id = part.partition("-")[0]
    began = time.monotonic()
    eventually(lambda: evening.state(recording_id) == "held", "the film to be made", 40)
    assert time.monotonic() - began > AGAIN_MS / 1000 - 5
