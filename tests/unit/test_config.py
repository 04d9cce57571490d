"""Settings: from the environment alone, every fault told at once."""

import os
import stat
from pathlib import Path

import pytest

from memorata.config import ConfigFault, Settings


def settings(tmp_path: Path, **environ: str) -> Settings:
    given = {f"MEMORATA_{name}": value for name, value in environ.items()}
    return Settings.from_env({"MEMORATA_DATA_DIR": str(tmp_path), **given})


def test_nothing_need_be_set(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.host, found.port, found.base_url) == ("127.0.0.1", 5080, "http://127.0.0.1:5080")
    assert found.database_url == f"sqlite:///{tmp_path}/memorata.sqlite"
    assert found.async_mode == "eventlet"
    assert found.is_fast
    assert found.allowed_origins() == []


def test_the_secret_is_made_once_and_is_nobody_else_s(tmp_path: Path) -> None:
    first = settings(tmp_path / "data")
    assert len(first.secret_key) >= 32
    assert settings(tmp_path / "data").secret_key == first.secret_key
    assert stat.S_IMODE(os.stat(tmp_path / "data/secret.key").st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert settings(tmp_path / "elsewhere").secret_key != first.secret_key


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    found = settings(tmp_path, SECRET_KEY="x" * 40, DATABASE_URL="postgresql+psycopg2://u:password@h/d")
    assert "password" not in repr(found)
    assert "xxxx" not in repr(found)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault) as fault:
        settings(
            tmp_path, PORT="70000", ASYNC_MODE="gevent", SECRET_KEY="short", BASE_URL="example.org/path", ORIGINS="*",
            LOG_LEVEL="loud", REDIS_URL="http://redis", DATABASE_URL="mysql://x",
        )  # fmt: skip
    assert [line.partition(":")[0] for line in fault.value.lines] == [
        "MEMORATA_PORT", "MEMORATA_DATABASE_URL", "MEMORATA_BASE_URL", "MEMORATA_ASYNC_MODE", "MEMORATA_ORIGINS",
        "MEMORATA_LOG_LEVEL", "MEMORATA_REDIS_URL", "MEMORATA_SECRET_KEY",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_postgresql_is_spoken_by_the_driver_that_takes_turns(tmp_path: Path, scheme: str) -> None:
    found = settings(tmp_path, DATABASE_URL=f"{scheme}://u@h/d")
    assert found.database_url == "postgresql+psycopg2://u@h/d"


def test_the_token_of_the_metrics_is_long_enough_and_not_shown(tmp_path: Path) -> None:
    given = {"MEMORATA_DATA_DIR": str(tmp_path), "MEMORATA_METRICS_TOKEN": "0123456789abcdef"}
    found = Settings.from_env(given)
    assert found.metrics_token == b"0123456789abcdef"
    assert "0123456789abcdef" not in repr(found)
    with pytest.raises(ConfigFault, match="METRICS_TOKEN: is shorter than 16 bytes"):
        Settings.from_env({**given, "MEMORATA_METRICS_TOKEN": "0123456789abcde"})


@pytest.mark.parametrize("url", ["postgresql+psycopg://u@h/d", "sqlite://", "sqlite:///:memory:"])
def test_databases_that_would_freeze_or_forget_are_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigFault):
        settings(tmp_path, DATABASE_URL=url)


def test_origins_are_the_address_and_those_named(tmp_path: Path) -> None:
    found = settings(tmp_path, BASE_URL="https://memory.example.org/", ORIGINS="https://a.example, https://b.example")
    assert found.allowed_origins() == ["https://memory.example.org", "https://a.example", "https://b.example"]


def test_the_libraries_own_transport_may_be_asked_for_and_is_all_there_is_on_plain_threads(tmp_path: Path) -> None:
    assert not settings(tmp_path, TRANSPORT="plain").is_fast
    assert not settings(tmp_path, TRANSPORT="fast", ASYNC_MODE="threading").is_fast
    with pytest.raises(ConfigFault, match="MEMORATA_TRANSPORT: 'quick' is none of fast, plain"):
        settings(tmp_path, TRANSPORT="quick")


def test_links_are_looked_at_unless_that_is_switched_off(tmp_path: Path) -> None:
    assert settings(tmp_path).link_checks
    assert settings(tmp_path, LINK_CHECKS="ON").told()["link_checks"] == "on"
    assert not settings(tmp_path, LINK_CHECKS="off").link_checks
    with pytest.raises(ConfigFault, match="MEMORATA_LINK_CHECKS: 'perhaps' is none of on, off"):
        settings(tmp_path, LINK_CHECKS="perhaps")


def test_the_port_that_was_taken_shows_in_a_guessed_address_alone(tmp_path: Path) -> None:
    assert settings(tmp_path, PORT="0", HOST="0.0.0.0").at_port(4711).base_url == "http://127.0.0.1:4711"
    named = settings(tmp_path, PORT="0", BASE_URL="https://memory.example.org").at_port(4711)
    assert (named.base_url, named.port) == ("https://memory.example.org", 4711)


def test_a_data_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigFault, match="DATA_DIR"):
        settings(tmp_path / "file")


def test_the_mail_server_is_an_address_and_its_password_is_not_shown(tmp_path: Path) -> None:
    found = settings(tmp_path, SMTP_URL="smtps://amina:word@mail.example:465", MAIL_FROM="Memorata@museum.example")
    assert (found.smtp_url, found.mail_from) == ("smtps://amina:word@mail.example:465", "memorata@museum.example")
    assert found.reply_to == ""
    assert settings(tmp_path, REPLY_TO="Amina@museum.example").reply_to == "amina@museum.example"
    with pytest.raises(ConfigFault, match="REPLY_TO"):
        settings(tmp_path, REPLY_TO="nobody")
    assert "word@" not in repr(found)
    assert settings(tmp_path).smtp_url == ""


@pytest.mark.parametrize(
    ("url", "sender", "faulty"),
    [
        ("http://mail.example", "m@museum.example", ["SMTP_URL"]),
        ("smtp://", "m@museum.example", ["SMTP_URL"]),
        ("smtp://mail.example:70000", "m@museum.example", ["SMTP_URL"]),
        ("smtp://mail.example/path", "m@museum.example", ["SMTP_URL"]),
        ("smtp://mail.example", "", ["MAIL_FROM"]),
        ("smtp://mail.example", "Memorata <m@museum.example>", ["MAIL_FROM"]),
        ("", "nobody", ["MAIL_FROM"]),
        ("mail.example", "", ["SMTP_URL", "MAIL_FROM"]),
    ],
)
def test_mail_settings_that_cannot_be_are_told(tmp_path: Path, url: str, sender: str, faulty: list[str]) -> None:
    with pytest.raises(ConfigFault) as fault:
        settings(tmp_path, SMTP_URL=url, MAIL_FROM=sender)
    assert [line.partition(":")[0] for line in fault.value.lines] == [f"MEMORATA_{name}" for name in faulty]
    assert "mail.example:70000" not in str(fault.value)


def test_the_stage_is_a_mesh_until_a_janus_is_named(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.stage, found.stage_relay, found.turn_urls, found.stream) == ("mesh", "auto", (), False)
    assert settings(tmp_path, JANUS_URL="ws://127.0.0.1:8188").stage == "janus"
    assert settings(tmp_path, JANUS_URL="ws://127.0.0.1:8188", STAGE="mesh").stage == "mesh"
    assert settings(tmp_path, JANUS_URL="ws://127.0.0.1:8188", STREAM="on").stream
    assert settings(tmp_path, STAGE="off").told()["stage"] == "off"


def test_the_words_of_the_stage_are_not_shown(tmp_path: Path) -> None:
    found = settings(
        tmp_path, JANUS_URL="wss://janus.example/ws", JANUS_SECRET="janus-word", JANUS_ADMIN_KEY="admin-word",
        TURN_URLS="turn:t.example", TURN_SECRET="turn-word turn-word",
    )  # fmt: skip
    assert (found.janus_secret, found.janus_admin_key, found.turn_secret) == (
        "janus-word", "admin-word", b"turn-word turn-word",
    )  # fmt: skip
    assert "-word" not in repr(found)


def test_addresses_of_turn_servers(tmp_path: Path) -> None:
    urls = "stun:t.example, turn:t.example:3478?transport=udp,turns:192.0.2.7:443?transport=tcp,turn:[2001:db8::7]"
    found = settings(tmp_path, TURN_URLS=urls, TURN_SECRET="x" * 16)
    assert found.turn_urls == (
        "stun:t.example", "turn:t.example:3478?transport=udp", "turns:192.0.2.7:443?transport=tcp",
        "turn:[2001:db8::7]",
    )  # fmt: skip
    assert settings(tmp_path, TURN_URLS="stun:t.example").turn_secret == b""


@pytest.mark.parametrize(
    ("given", "faulty"),
    [
        ({"STAGE": "jitsi"}, ["STAGE"]),
        ({"STAGE": "janus"}, ["STAGE"]),
        ({"JANUS_URL": "http://127.0.0.1:8088/janus"}, ["JANUS_URL"]),
        ({"JANUS_URL": "ws://"}, ["JANUS_URL"]),
        ({"JANUS_URL": "ws://u:p@janus.example"}, ["JANUS_URL"]),
        ({"STREAM": "on"}, ["STREAM"]),
        ({"STREAM": "on", "STAGE": "mesh", "JANUS_URL": "ws://127.0.0.1:8188"}, ["STREAM"]),
        ({"STAGE_RELAY": "on"}, ["STAGE_RELAY"]),
        ({"STAGE_RELAY": "on", "TURN_URLS": "stun:t.example"}, ["STAGE_RELAY"]),
        ({"STAGE_RELAY": "perhaps"}, ["STAGE_RELAY"]),
        ({"TURN_URLS": "turn:t.example"}, ["TURN_SECRET"]),
        ({"TURN_URLS": "turn:t.example", "TURN_SECRET": "x" * 15}, ["TURN_SECRET"]),
        ({"TURN_URLS": "https://t.example", "TURN_SECRET": "x" * 16}, ["TURN_URLS"]),
        ({"TURN_URLS": "turn:t.example:70000", "TURN_SECRET": "x" * 16}, ["TURN_URLS"]),
        ({"TURN_URLS": "turn://t.example", "TURN_SECRET": "x" * 16}, ["TURN_URLS"]),
        ({"TURN_URLS": "turn:t.example?transport=sctp", "TURN_SECRET": "x" * 16}, ["TURN_URLS"]),
        ({"TURN_URLS": "stun:t.example?transport=udp"}, ["TURN_URLS"]),
    ],
)
def test_settings_of_the_stage_that_cannot_be_are_told(
    tmp_path: Path, given: dict[str, str], faulty: list[str]
) -> None:
    with pytest.raises(ConfigFault) as fault:
        settings(tmp_path, **given)
    assert [line.partition(":")[0] for line in fault.value.lines] == [f"MEMORATA_{name}" for name in faulty]
