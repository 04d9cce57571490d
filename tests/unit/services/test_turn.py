"""Words for the TURN server: as it reads them, for one ceremony, and leading to nobody."""

from dataclasses import replace
from pathlib import Path

import pytest

from memorata.config import Settings
from memorata.domain.planning import total_s
from memorata.services import turn
from tests.builders import START_MS, a_programme

SETTINGS = Settings(
    data_dir=Path("/nowhere"),
    database_url="sqlite:///nowhere.sqlite",
    secret_key=b"k" * 32,
    turn_urls=("stun:t.example:3478", "turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp"),
    turn_secret=b"sixteen bytes it",
)


def test_the_word_is_what_the_turn_server_computes() -> None:
    # printf '1798761600:amina-somebody' | openssl dgst -sha1 -hmac 'sixteen bytes it' -binary | base64
    assert turn.word(b"sixteen bytes it", "1798761600:amina-somebody") == "MlsfLsFVo0plJXOihwKcfgIZHtM="


def test_a_page_gets_every_address_and_words_for_those_that_ask() -> None:
    programme = a_programme()
    free, guarded = turn.ice_servers(SETTINGS, programme, "amina", START_MS)
    assert free == turn.IceServer(("stun:t.example:3478",))
    assert guarded.urls == ("turn:t.example:3478?transport=udp", "turns:t.example:443?transport=tcp")
    assert guarded.credential == turn.word(b"sixteen bytes it", guarded.username)
    assert int(guarded.username.partition(":")[0]) == START_MS // 1000 + total_s(programme.items) + 3600


def test_the_name_is_nobody_s_and_the_same_person_s_again() -> None:
    name = turn.ice_servers(SETTINGS, None, "amina", START_MS)[1].username
    assert "amina" not in name
    assert turn.ice_servers(SETTINGS, None, "amina", START_MS)[1].username == name
    assert turn.ice_servers(SETTINGS, None, "bruno", START_MS)[1].username != name
    assert turn.ice_servers(replace(SETTINGS, secret_key=b"l" * 32), None, "amina", START_MS)[1].username != name


def test_it_is_good_for_the_ceremony_within_bounds() -> None:
    programme = a_programme()
    end_ms = START_MS + total_s(programme.items) * 1000
    assert turn.lifetime_s(programme, end_ms) == 3600
    assert turn.lifetime_s(programme, end_ms + 2 * 3_600_000) == 600
    assert turn.lifetime_s(programme, START_MS - 30 * 86_400_000) == 12 * 3600
    assert turn.lifetime_s(None, START_MS) == 600


def test_nothing_configured_is_nothing_to_ask() -> None:
    none = replace(SETTINGS, turn_urls=())
    assert turn.ice_servers(none, a_programme(), "amina", START_MS) == ()
    only = replace(SETTINGS, turn_urls=("stun:t.example",))
    assert turn.ice_servers(only, a_programme(), "amina", START_MS) == (turn.IceServer(("stun:t.example",)),)


@pytest.mark.parametrize(
    ("chosen", "mesh", "janus"), [("auto", True, False), ("on", True, True), ("off", False, False)]
)
def test_home_addresses_are_hidden_where_pages_would_learn_them(chosen: str, mesh: bool, janus: bool) -> None:
    settings = replace(SETTINGS, stage_relay=chosen)  # type: ignore[arg-type]
    assert (turn.relay(settings, "mesh"), turn.relay(settings, "janus")) == (mesh, janus)


def test_without_a_turn_server_there_is_no_relay() -> None:
    assert not turn.relay(replace(SETTINGS, turn_urls=("stun:t.example",)), "mesh")
