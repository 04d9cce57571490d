"""Recordings over HTTP: who may know of them, hear them, judge them, send them, and have their own deleted."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from memorata.services.recording import AGAIN_MS
from tests.builders import a_programme
from tests.unit.adapters.http.conftest import Office

ID = "remembrance-2027"
BYTES = "application/octet-stream"


class Evening:
    """A ceremony with Amina, who leads it, Chiyo, who has agreed to be recorded, and Bruno."""

    def __init__(self, office: Office, browser: FlaskClient, folder: Any) -> None:
        self.office, self.browser, self.folder = office, browser, folder
        keys = office.plan(a_programme(ID))
        self.token: dict[str, str] = {}
        self.id: dict[str, str] = {}
        for name, role in (
            ("Amina", "host"),
            ("Mila", "moderator"),
            ("Chiyo", "participant"),
            ("Bruno", "participant"),
        ):
            body = {"key": keys[role], "device": f"device-of-{name}", "name": name, "recording": name == "Chiyo"}
            entered: Any = browser.post("/api/enter", json=body).json
            self.token[name], self.id[name] = entered["token"], entered["participant"]["id"]

    def get(self, name: str, path: str, **headers: str) -> Any:
        return self.browser.get(path, headers={"Authorization": f"Bearer {self.token[name]}", **headers})

    def post(self, name: str, path: str, body: object | None = None) -> Any:
        return self.browser.post(path, json=body or {}, headers={"Authorization": f"Bearer {self.token[name]}"})

    def put(self, name: str, path: str, data: bytes, kind: str = BYTES) -> Any:
        headers = {"Authorization": f"Bearer {self.token[name]}"}
        return self.browser.put(path, data=data, content_type=kind, headers=headers)

    def begun(self) -> str:
        part = self.office.recordings.begin(ID, self.id["Chiyo"], "ask", "Chiyo", "Osaka", "memories")
        assert part is not None
        return part

    def made(self) -> str:
        """The id of a finished one; its film holds ten letters."""
        part = self.begun()
        self.office.films.engine[part] = 10
        self.office.recordings.end(part)
        self.office.clock.forward(AGAIN_MS)
        self.office.recordings.work()
        film = self.folder / "film.webm"
        film.write_bytes(b"0123456789")
        recording_id = part.partition("-")[0]
        self.office.films.films[recording_id] = str(film)
        return recording_id

    def listed(self, name: str) -> list[Any]:
        found: list[Any] = self.get(name, "/api/recordings").json["recordings"]
        return found


@pytest.fixture
def evening(office: Office, browser: FlaskClient, tmp_path: Any) -> Evening:
    return Evening(office, browser, tmp_path)


def told(response: Any) -> tuple[int, str]:
    return response.status_code, response.json["code"]


def test_moderators_list_all_and_others_what_was_released(evening: Evening) -> None:
    recording_id = evening.made()
    (seen,) = evening.listed("Mila")
    assert (seen["id"], seen["name"], seen["state"], seen["bytes"], seen["duration_ms"]) == (
        recording_id, "Chiyo", "held", 10, 1000
    )  # fmt: skip
    assert (evening.listed("Amina") == [], evening.listed("Bruno"), evening.listed("Chiyo")) == (False, [], [])
    assert evening.post("Mila", f"/api/recordings/{recording_id}/release").status_code == 200
    assert [one["id"] for one in evening.listed("Bruno")] == [recording_id]
    assert evening.post("Mila", f"/api/recordings/{recording_id}/hold").json["recording"]["state"] == "held"
    assert evening.listed("Bruno") == []


def test_a_held_one_is_heard_by_moderators_and_its_speaker_alone(evening: Evening) -> None:
    path = f"/api/recordings/{evening.made()}.webm"
    for name in ("Amina", "Mila", "Chiyo"):
        heard = evening.get(name, path)
        assert (heard.status_code, heard.data, heard.mimetype) == (200, b"0123456789", "video/webm")
        assert heard.headers["Cache-Control"] == "private, no-store"
    assert told(evening.get("Bruno", path)) == (404, "recording.unknown")
    assert told(evening.browser.get(path)) == (401, "token.missing")


def test_a_released_one_is_heard_by_everybody_inside_in_parts_too(evening: Evening) -> None:
    recording_id = evening.made()
    evening.post("Mila", f"/api/recordings/{recording_id}/release")
    part = evening.get("Bruno", f"/api/recordings/{recording_id}.webm", Range="bytes=2-4")
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    assert part.headers["Cache-Control"] == "private, no-cache"
    assert told(evening.browser.get(f"/api/recordings/{recording_id}.webm")) == (401, "token.missing")


def test_the_address_of_a_film_is_good_for_one_person_and_one_recording(evening: Evening) -> None:
    recording_id = evening.made()
    url = evening.listed("Mila")[0]["url"]
    assert evening.browser.get(url).data == b"0123456789"
    assert told(evening.browser.get(url.replace(recording_id, "0" * 16))) == (404, "recording.unknown")
    assert told(evening.browser.get(url[:-1] + ("A" if url[-1] != "A" else "B"))) == (404, "recording.unknown")
    evening.post("Mila", f"/api/recordings/{recording_id}/release")
    theirs = evening.listed("Bruno")[0]["url"]
    assert evening.browser.get(theirs).status_code == 200
    evening.post("Mila", f"/api/recordings/{recording_id}/hold")
    assert told(evening.browser.get(theirs)) == (404, "recording.unknown")
    assert evening.browser.get(url).status_code == 200


@pytest.mark.parametrize("verb", ["release", "hold", "delete"])
def test_nobody_but_moderators_judges(evening: Evening, verb: str) -> None:
    path = f"/api/recordings/{evening.made()}/{verb}"
    for name in ("Chiyo", "Bruno"):
        assert told(evening.post(name, path)) == (403, "role.not_allowed")
    assert evening.post("Mila", path).status_code == 200
    assert told(evening.post("Mila", f"/api/recordings/{'0' * 16}/{verb}")) == (404, "recording.unknown")


def test_one_that_runs_is_neither_judged_nor_heard(evening: Evening) -> None:
    recording_id = evening.begun().partition("-")[0]
    for verb in ("release", "hold", "delete"):
        assert told(evening.post("Mila", f"/api/recordings/{recording_id}/{verb}")) == (409, "recording.not_ready")
    assert told(evening.get("Mila", f"/api/recordings/{recording_id}.webm")) == (409, "recording.not_ready")
    assert evening.listed("Mila")[0]["url"] is None


def test_a_host_sends_pieces_that_may_come_twice_and_not_with_a_gap(evening: Evening) -> None:
    at = f"/api/recordings/{evening.begun()}/bytes"
    assert evening.put("Amina", f"{at}/0", b"abcd").json == {"size": 4}
    assert evening.put("Amina", f"{at}/0", b"abcd").json == {"size": 4}
    gap = evening.put("Amina", f"{at}/9", b"x")
    assert (told(gap), gap.json["facts"]) == ((409, "recording.gap"), {"wanted": 4})
    assert evening.put("Amina", f"{at}/4?last=1", b"").json == {"size": 4}
    assert evening.listed("Mila")[0]["bytes"] == 4


def test_pieces_are_small_bytes_of_hosts(evening: Evening) -> None:
    at = f"/api/recordings/{evening.begun()}/bytes"
    for name in ("Mila", "Chiyo", "Bruno"):
        assert told(evening.put(name, f"{at}/0", b"abcd")) == (403, "role.not_allowed")
    assert told(evening.put("Amina", f"{at}/0", b"{}", "application/json")) == (415, "message.not_json")
    assert told(evening.put("Amina", f"{at}/0", b"x" * 65_537)) == (413, "message.too_large")
    assert told(evening.put("Amina", f"{at}/-1", b"x")) == (400, "message.invalid")
    assert told(evening.put("Amina", f"{at}/x", b"x")) == (400, "message.invalid")
    assert told(evening.put("Amina", f"/api/recordings/{'0' * 16}-1/bytes/0", b"x")) == (404, "recording.unknown")
    assert evening.put("Amina", f"{at}/0", b"x" * 65_536).json == {"size": 65_536}


def test_who_was_recorded_hears_it_and_has_it_deleted_with_their_consent(evening: Evening) -> None:
    recording_id = evening.made()
    evening.post("Mila", f"/api/recordings/{recording_id}/release")
    mine = evening.get("Chiyo", "/api/me/recordings").json
    assert ([one["id"] for one in mine["recordings"]], mine["agreed"]) == ([recording_id], True)
    assert evening.browser.get(mine["recordings"][0]["url"]).status_code == 200
    assert evening.get("Bruno", "/api/me/recordings").json == {"recordings": [], "agreed": False}
    assert evening.post("Chiyo", "/api/me/recordings/withdraw").json == {"deleted": 1}
    assert evening.get("Chiyo", "/api/me/recordings").json == {"recordings": [], "agreed": False}
    assert evening.listed("Mila") == []
    assert (evening.office.recorded.known, evening.office.films.removed) == ({}, [recording_id])


def test_consent_taken_back_under_ones_details_deletes_too(evening: Evening) -> None:
    evening.made()
    evening.post("Chiyo", "/api/me", {"community": "Kyoto"})
    assert len(evening.listed("Mila")) == 1
    evening.post("Chiyo", "/api/me", {"recording": False})
    assert evening.listed("Mila") == []
