"""The files of docs/examples/stage: the real servers run with them, and our doctor is content."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from memorata import doctor_stage
from memorata.config import Settings
from memorata.findings import Finding
from tests.network import free_port, own_address

pytestmark = pytest.mark.live

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples/stage"
SETTINGS = Settings(data_dir=Path("/nowhere"), database_url="sqlite:///nowhere.sqlite", secret_key=b"k" * 32)


def filled(name: str, folder: Path, **others: str) -> Path:
    """The example with what an operator puts into it."""
    text = (EXAMPLES / name).read_text()
    for before, after in {
        "CHANGE-ME-address": own_address(),
        "CHANGE-ME-api-secret": "the secret of the api",
        "CHANGE-ME-admin-secret": "the secret of the admin",
        "CHANGE-ME-admin-key": "the key of the rooms",
        "CHANGE-ME-turn-secret": "the secret of the TURN server",
        "/etc/memorata-janus": str(folder),
        **others,
    }.items():
        text = text.replace(before, after)
    assert "CHANGE-ME" not in text
    (folder / name).write_text(text)
    return folder / name


@contextmanager
def running(command: list[str], port: int, host: str, folder: Path) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder)
    try:
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection((host, port), timeout=1).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > end:
                    raise AssertionError((folder / "log").read_text(errors="replace")[-3000:]) from None
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        try:
            server.wait(5)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@pytest.mark.skipif(not shutil.which("janus"), reason="Janus is not installed (Debian: apt-get install janus)")
def test_janus(tmp_path: Path) -> None:
    port = free_port("127.0.0.1")
    # The folders of another machine's architecture.
    parts = next(iter(sorted(Path("/usr/lib").glob("*/janus"))))
    filled("janus.jcfg", tmp_path, **{"/usr/lib/x86_64-linux-gnu/janus": str(parts)})
    filled("janus.plugin.videoroom.jcfg", tmp_path)
    filled("janus.transport.websockets.jcfg", tmp_path, **{"8188": str(port)})
    # As memorata-janus.service starts it.
    unit = (EXAMPLES / "memorata-janus.service").read_text()
    start = unit.partition("ExecStart=")[2].partition("\n")[0].replace("/etc/memorata-janus", str(tmp_path)).split()
    with running([shutil.which("janus") or "", *start[1:]], port, "127.0.0.1", tmp_path):
        settings = replace(
            SETTINGS, stage="janus", janus_url=f"ws://127.0.0.1:{port}", janus_secret="the secret of the api",
            janus_admin_key="the key of the rooms",
        )  # fmt: skip
        found = doctor_stage.janus(settings)
        assert found.state in ("good", "note"), found
        assert doctor_stage.janus(replace(settings, janus_secret="another")).state == "missing"
    loaded = (tmp_path / "log").read_text(errors="replace")
    assert "libjanus_videoroom.so" in loaded
    assert [line for line in loaded.splitlines() if "Loading plugin" in line and "videoroom" not in line] == []


@pytest.mark.skipif(not shutil.which("turnserver"), reason="coturn is not installed (Debian: apt-get install coturn)")
def test_coturn(tmp_path: Path) -> None:
    port = free_port(own_address())
    config = filled(
        "turnserver.conf", tmp_path,
        **{"3478": str(port), "\nsyslog\n": f"\nlog-file=stdout\npidfile={tmp_path}/pid\nuserdb={tmp_path}/users\n"},
    )  # fmt: skip
    with running([shutil.which("turnserver") or "", "-c", str(config)], port, own_address(), tmp_path):
        settings = replace(
            SETTINGS,
            turn_urls=tuple(f"turn:{own_address()}:{port}?transport={way}" for way in ("udp", "tcp")),
            turn_secret=b"the secret of the TURN server",
        )
        urls = " and ".join(settings.turn_urls).replace(" and ", ", ")
        assert doctor_stage.relay(settings) == Finding("TURN", "good", f"{urls} answer and take our words")


def test_the_unit_is_one_that_systemd_knows() -> None:
    unit = EXAMPLES / "memorata-janus.service"
    assert {"User=memorata-janus", "ProtectSystem=strict", "NoNewPrivileges=true"} <= set(unit.read_text().splitlines())
    program = shutil.which("systemd-analyze")
    if program is not None:  # bare containers have none
        done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
        # Janus may be missing.
        assert [line for line in done.stderr.splitlines() if "not executable" not in line] == []
