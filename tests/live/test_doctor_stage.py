"""What `memorata doctor` says of the stage, before a real Janus and a real TURN server."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from memorata import doctor_stage
from memorata.config import Settings
from tests import janus
from tests.coturn import Coturn
from tests.janus import Janus

pytestmark = pytest.mark.live

MESH = Settings(data_dir=Path("/nowhere"), database_url="sqlite:///nowhere.sqlite", secret_key=b"k" * 32)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Janus]:
    with janus.running(tmp_path_factory.mktemp("janus")) as server:
        yield server


def with_janus(media: Janus) -> Settings:
    return replace(MESH, stage="janus", janus_url=media.url, janus_secret=media.secret, janus_admin_key=media.admin_key)


def with_turn(relay: Coturn) -> Settings:
    return replace(
        MESH, turn_urls=(*relay.urls, f"stun:{relay.address}:{relay.port}"), turn_secret=relay.secret.encode()
    )


def test_a_mesh_tells_what_it_carries_and_what_it_shows() -> None:
    found = doctor_stage.stage(MESH)
    assert (found.state, "4 pages" in found.found, "address at home" in found.hint) == ("note", True, True)
    hidden = replace(MESH, turn_urls=("turn:t.example",), turn_secret=b"x" * 16)
    assert doctor_stage.stage(hidden).state == "good"
    assert doctor_stage.janus(MESH).found == "not used"


def test_a_janus_that_is_as_it_should_be(media: Janus) -> None:
    settings = with_janus(media)
    found = doctor_stage.janus(settings)
    assert (found.state in ("good", "note"), "answers: " in found.found) == (True, True)
    assert media.secret not in str(found)
    assert "computed" in doctor_stage.stage(settings).found
    assert media.admin("list_sessions")["sessions"] == []


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"janus_secret": "another"}, "MEMORATA_JANUS_SECRET"),
        ({"janus_admin_key": "another"}, "MEMORATA_JANUS_ADMIN_KEY"),
        ({"janus_url": "ws://127.0.0.1:1"}, "Is it running?"),
    ],
)
def test_a_janus_that_is_not(media: Janus, change: dict[str, str], hint: str) -> None:
    found = doctor_stage.janus(replace(with_janus(media), **change))  # type: ignore[arg-type]
    assert (found.state, hint in found.hint) == ("missing", True)


def test_a_turn_server_that_takes_our_words(relay: Coturn) -> None:
    found = doctor_stage.relay(with_turn(relay))
    assert (found.state, found.hint) == ("good", "")
    assert found.found.endswith("answer and take our words")


def test_a_turn_server_that_does_not(relay: Coturn) -> None:
    settings = with_turn(relay)
    other = doctor_stage.relay(replace(settings, turn_secret=b"another secret of sixteen"))
    assert (other.state, "401" in other.found, "MEMORATA_TURN_SECRET" in other.hint) == ("missing", True, True)
    closed = doctor_stage.relay(replace(settings, turn_urls=("turn:127.0.0.1:1?transport=tcp",)))
    assert (closed.state, "does not answer" in closed.found) == ("missing", True)
    assert doctor_stage.relay(MESH).state == "note"
